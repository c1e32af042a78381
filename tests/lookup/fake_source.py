"""A source that answers without a network."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from enrich.errors import Overloaded
from enrich.http.politeness import Politeness
from enrich.model import Mention
from enrich.paper import Lookup, Paper, PaperId, Unresolved
from enrich.sources import forms_of


@dataclass
class FakeSource:
    """A source over a dict; it records its batches."""

    name: str
    batch: int = 100
    gone: frozenset[str] = frozenset()
    down: bool = False
    revision: int = 1
    asked: list[list[str]] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    barrier: threading.Barrier | None = None

    @property
    def politeness(self) -> Politeness:
        return Politeness(hosts=("example.org",), delay_s=0.0, batch=self.batch)

    @property
    def anchors(self) -> tuple[bytes, ...]:
        return forms_of(self.name).anchors

    def recognise(self, text: bytes, at: int) -> Sequence[Mention]:
        return forms_of(self.name).recognise(text, at)

    def canonical(self, text: str) -> tuple[PaperId, str | None] | None:
        return forms_of(self.name).canonical(text)

    def url(self, paper: PaperId) -> str:
        return f"https://example.org/{paper.key}"

    def pdf(self, paper: PaperId) -> str | None:
        return None

    def doi(self, paper: PaperId) -> str | None:
        return None

    def check(self, response: object) -> None:
        return None

    def fetch(
        self, wanted: Sequence[tuple[PaperId, str | None]], session: object
    ) -> Iterator[tuple[PaperId, str | None, Lookup]]:
        self.threads.add(threading.current_thread().name)
        self.asked.append([id_.key for id_, version in wanted if version is None])
        if self.barrier:
            self.barrier.wait(timeout=60)
        if self.down:
            raise Overloaded("it does not answer")
        for id_, version in wanted:
            if id_.key in self.gone:
                yield id_, version, Unresolved(id=id_, code="not_found", message="no such paper")
            else:
                yield id_, version, Paper(id=id_, title=f"Title {id_.key}", url=self.url(id_))
