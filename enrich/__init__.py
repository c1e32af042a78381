"""Turn a feed of research talks into a reading list.

    from enrich import Document, Enricher, read_talks, write

    with Enricher() as enricher:
        for piece in write(Document(enricher.enrich(read_talks("feed.ics")))):
            print(piece, end="")

The public names are those of `__all__`. Each is imported at its first use, so that `import enrich` is
fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enrich.version import VERSION

if TYPE_CHECKING:
    from enrich.annotation import annotate
    from enrich.enricher import Enricher
    from enrich.errors import EnrichError, FeedError, InvalidId, PapersError
    from enrich.feeds.reading import read_talks
    from enrich.feeds.selection import select_talks
    from enrich.lookup.run import Run
    from enrich.lookup.scheduler import Progress
    from enrich.model import (
        AnnotatedTalk,
        Document,
        Feed,
        Notice,
        Reference,
        References,
        Talk,
        TalkWarning,
    )
    from enrich.paper import Author, Paper, PaperId, Papers, Unresolved
    from enrich.references.extract import find_references, find_references_many, parse_id
    from enrich.writers import write

__version__ = VERSION

_HOME = {
    "AnnotatedTalk": "model",
    "Author": "paper",
    "Document": "model",
    "EnrichError": "errors",
    "Enricher": "enricher",
    "Feed": "model",
    "FeedError": "errors",
    "InvalidId": "errors",
    "Notice": "model",
    "Paper": "paper",
    "PaperId": "paper",
    "Papers": "paper",
    "PapersError": "errors",
    "Progress": "lookup.scheduler",
    "Reference": "model",
    "References": "model",
    "Run": "lookup.run",
    "Talk": "model",
    "TalkWarning": "model",
    "Unresolved": "paper",
    "annotate": "annotation",
    "find_references": "references.extract",
    "find_references_many": "references.extract",
    "parse_id": "references.extract",
    "read_talks": "feeds.reading",
    "select_talks": "feeds.selection",
    "write": "writers",
}

__all__ = [
    "AnnotatedTalk",
    "Author",
    "Document",
    "EnrichError",
    "Enricher",
    "Feed",
    "FeedError",
    "InvalidId",
    "Notice",
    "Paper",
    "PaperId",
    "Papers",
    "PapersError",
    "Progress",
    "Reference",
    "References",
    "Run",
    "Talk",
    "TalkWarning",
    "Unresolved",
    "annotate",
    "find_references",
    "find_references_many",
    "parse_id",
    "read_talks",
    "select_talks",
    "write",
]


def __getattr__(name: str) -> Any:
    """Import a public name where it is first used (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(f"enrich.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
