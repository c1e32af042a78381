"""Answers without sockets, and a session for the stand-ins that waits no time."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import requests

from enrich.http.adapter import Login, Service
from enrich.http.session import PoliteSession, open_session
from enrich.paper import Lookup, PaperId
from enrich.sources import Source


def response(
    body: bytes, *, status: int = 200, url: str = "", headers: Mapping[str, str] | None = None
) -> requests.Response:
    """A buffered answer, as the HTTP layer gives them."""
    answer = requests.Response()
    answer.status_code = status
    answer.url = url
    answer._content = body
    answer.headers.update(headers or {})
    answer.request = requests.Request("GET", url or "https://example.org/").prepare()
    return answer


class Canned(requests.Session):
    """A session that gives prepared answers in turn, by the address's end where that is given."""

    def __init__(
        self, *answers: requests.Response, by_end: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__()
        self.answers = list(answers)
        self.by_end = by_end or {}
        self.asked: list[str] = []

    def get(self, url: Any, **_: Any) -> requests.Response:
        self.asked.append(url)
        for end, body in self.by_end.items():
            if url.endswith(end):
                return response(json.dumps(body).encode(), url=url)
        if self.answers:
            answer = self.answers.pop(0)
            answer.url = url
            return answer
        name = {"name": "NotFoundError", "message": "not found", "status": 404}
        return response(json.dumps(name).encode(), status=404, url=url)


class Clock:
    """Clocks that go on by what was slept, so that waits take no time."""

    def __init__(self) -> None:
        self.slept = 0.0

    def clock(self) -> float:
        return time.monotonic() + self.slept

    def now(self) -> float:
        return time.time() + self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


def polite(folder: Path, service: Service, login: Login | None = None) -> PoliteSession:
    """The product's own session for one service."""
    clock = Clock()
    return open_session(
        [service],
        cache_dir=folder,
        state_dir=folder,
        login=None if login is None else {service.name: login},
        clock=clock.clock,
        now=clock.now,
        sleep=clock.sleep,
    )


def fetch(
    source: Source,
    session: requests.Session,
    *wanted: PaperId | tuple[PaperId, str | None],
) -> dict[tuple[PaperId, str | None], Lookup]:
    """What a source gives, by what was wanted; each once."""
    pairs: Sequence[tuple[PaperId, str | None]] = [
        (each, None) if isinstance(each, PaperId) else each for each in wanted
    ]
    found: dict[tuple[PaperId, str | None], Lookup] = {}
    for paper, version, lookup in source.fetch(pairs, session):
        assert (paper, version) not in found
        assert lookup.id == paper
        found[paper, version] = lookup
    return found
