"""The second sources: one file each, asked only when a first source could not answer.

A file here ends with `FALLBACK = …`. What a second source does not know stays None; what it does not
have says nothing about the paper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from enrich.paper import Paper, PaperId
from enrich.registry import load, names_in
from enrich.sources import Politeness

if TYPE_CHECKING:
    from requests import Response, Session


class Fallback(Protocol):
    """A service that holds records of another source's papers."""

    name: str
    """File name, and the records' `via`."""
    source: str
    """Name of the source that it stands behind."""
    revision: int
    politeness: Politeness

    def check(self, response: Response) -> None:
        """Look at a whole answer before anybody believes or keeps it (`enrich.http.polite.Service`).

        Raises:
            SourceError: it is none.
        """
        ...

    def fetch(self, wanted: Sequence[PaperId], session: Session) -> Iterator[Paper]:
        """The records that it has of at most `politeness.batch` papers, in any order.

        Raises:
            SourceError: it could not be asked either.
        """
        ...


def names() -> tuple[str, ...]:
    """Names of the second sources in this folder, sorted; nothing is imported."""
    return names_in(__path__)


def fallbacks() -> tuple[Fallback, ...]:
    """All second sources of this folder."""
    return tuple(load(__name__, "FALLBACK", name) for name in names())
