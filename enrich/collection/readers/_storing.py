"""Papers of bulk files to stored ones: with the links that their sources derive."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from enrich.paper import Paper
from enrich.sources import links
from enrich.store.codec import StoredPaper, store_paper

T = TypeVar("T")


def storing(make: Callable[[T], Paper | None]) -> Callable[[T], StoredPaper | None]:
    """Return a function that makes stored papers out of one that makes papers."""

    def made(data: T) -> StoredPaper | None:
        paper = make(data)
        return None if paper is None else store_paper(paper, links)

    return made
