"""The paper sources: one file each, named after itself, found because the file exists.

A source recognises its papers in text, canonicalises ids, gives addresses (all pure), and fetches
records through the session that it is given. A file here ends with `SOURCE = …`; nothing else has to
know of it. A stranger's package may offer one under the entry-point group `enrich.sources`; it is
looked for only when no file here has the name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

from enrich.model import Mention
from enrich.paper import Lookup, PaperId
from enrich.registry import load, names_in

if TYPE_CHECKING:
    from requests import Response, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Politeness:
    """What a service asks of its callers; the HTTP layer keeps it for every request."""

    hosts: tuple[str, ...]
    """Host names that may be asked; the first is the base of the gate's file name."""
    delay_s: float
    """Seconds from the end of one request to the start of the next, over all processes."""
    timeout_s: tuple[float, float] = (5.0, 30.0)
    """Seconds to connect and to wait for the next bytes."""
    deadline_s: float = 60.0
    """Seconds that one whole answer may take."""
    batch: int = 1
    """The most ids that one request may ask for."""
    max_bytes: int = 4_000_000
    """The most decoded bytes of an answer."""
    media: str = "application/json"
    """What an answer must be: `application/json` or `application/atom+xml`."""
    retried: frozenset[int] = frozenset({429, 500, 502, 503, 504})
    """HTTP statuses that are asked again."""
    keep_s: int = 0
    """Seconds that the HTTP cache may keep an answer: 0 for batches, for a cache of whole answers
    misses them all when one id joins. Answers got with a login are never kept."""


class Source(Protocol):
    """A service that names papers. The pure half never sees a session, `fetch` never sees a talk."""

    name: str
    """File name and id prefix."""
    revision: int
    """Of the parser; a stored record of an older one counts as expired."""
    anchors: tuple[bytes, ...]
    """Lower-case bytes without which no mention can be there; a digit in one stands for any digit."""
    politeness: Politeness

    def recognise(self, text: bytes, at: int) -> Sequence[Mention]:
        """The mentions around the anchor that begins at byte `at`, in order: none, one, or a list's.

        The text is plain: its escapes are decoded, what is invisible is gone (`enrich.text.decoding`).
        """
        ...

    def canonical(self, text: str) -> tuple[PaperId, str | None] | None:
        """The id and the version that a bare key stands for; None where it is none of ours."""
        ...

    def url(self, paper: PaperId) -> str:
        """The canonical page."""
        ...

    def pdf(self, paper: PaperId) -> str | None:
        """The PDF's address."""
        ...

    def check(self, response: Response) -> None:
        """Look at a whole answer before anybody believes or keeps it (`enrich.http.polite.Service`).

        Raises:
            SourceError: it is none.
        """
        ...

    def fetch(
        self, wanted: Sequence[tuple[PaperId, str | None]], session: Session
    ) -> Iterator[tuple[PaperId, str | None, Lookup]]:
        """Ask for at most `politeness.batch` papers; version None is the newest.

        Gives each wanted pair's answer, in any order. A pair that is not given could not be asked.

        Raises:
            SourceError: the service could not be asked; what was not yet given stays open.
        """
        ...


def names() -> tuple[str, ...]:
    """Names of the sources in this folder, sorted; nothing is imported."""
    return names_in(__path__)


@cache
def source(name: str) -> Source:
    """Load one source by its name.

    Raises:
        LookupError: there is none of this name.
    """
    from contextlib import suppress

    with suppress(LookupError, ModuleNotFoundError):  # a folder
        return load(f"{__name__}.{name}", "SOURCE", "api")  # type: ignore[no-any-return]
    return load(__name__, "SOURCE", name)  # type: ignore[no-any-return]


def sources() -> tuple[Source, ...]:
    """All sources of this folder, in the order of their names."""
    return tuple(source(name) for name in names())


def addresses(paper: PaperId) -> tuple[str | None, str | None]:
    """Page and PDF of a paper as its source gives them; None where its source is not known."""
    try:
        its_source = source(paper.source)
    except LookupError:
        return None, None
    return its_source.url(paper), its_source.pdf(paper)
