"""arXiv's snapshot on Kaggle (Cornell-University/arxiv): JSON lines, a paper a line.

The submitter's name is not read. Authors come from `authors_parsed`, dates from `versions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from enrich.collection.readers import Item, Place, _arxiv
from enrich.collection.readers._json import json_lines
from enrich.collection.readers._stream import Stream
from enrich.sources import forms_of
from enrich.sources.arxiv.entry import publication
from enrich.store.codec import Row, row_of, snapshot_row
from enrich.text.tidy import tidy

_NUMBERED = [f"v{n}" for n in range(1, 200)]
_HOME = forms_of("arxiv")


class Kaggle:
    """The format."""

    name = "kaggle"
    unit = "line"

    def recognises(self, head: bytes) -> bool:
        """Objects with the snapshot's own keys."""
        return head.lstrip()[:1] == b"{" and b'"authors_parsed"' in head and b'"categories"' in head

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """The papers from a line on."""
        return json_lines(stream, start, row)


def row(data: Mapping[str, Any]) -> Row:
    """The row of a line.

    Raises:
        ValueError: the line is no record of a paper.
    """
    try:
        return _row(data)
    except (TypeError, KeyError, IndexError, AttributeError):
        raise ValueError("is no record of arXiv's snapshot") from None


def _row(data: Mapping[str, Any]) -> Row:
    """The row, by the short way where nothing is unusual, as with nearly all lines."""
    id_, title, abstract = data["id"], data["title"], data.get("abstract")
    comments, journal_ref, doi = data.get("comments"), data.get("journal-ref"), data.get("doi")
    categories = data["categories"]
    if not (abstract is None or type(abstract) is str):
        raise TypeError
    authors = [
        name[1] + " " + name[0] + ", " + name[2] if name[2] else name[1] + " " + name[0]
        for name in data["authors_parsed"]
    ]
    versions = data.get("versions") or []
    numbers = [version["version"] for version in versions]
    dates = [_arxiv.day(version["created"]) or "" for version in versions]
    found = _HOME.canonical(id_)
    tidy_title = tidy(title)
    if found and tidy_title and dates and "" not in dates and numbers == _NUMBERED[: len(dates)]:
        record = snapshot_row(
            tidy_title,
            _arxiv.tidied(authors),
            dates,
            categories.split(None, 1)[0] if categories else None,
            publication(journal_ref, doi) if journal_ref or doi else None,
            withdrawn=_arxiv.withdrawn(comments, abstract),
        )
        return Row(found[0], record, abstract)
    return row_of(
        _arxiv.paper(
            id_=id_,
            title=title,
            authors=authors,
            versions=[(n, date or None) for n, date in zip(numbers, dates, strict=True)],
            categories=categories,
            comments=comments,
            journal_ref=journal_ref,
            doi=doi,
            abstract=abstract,
        )
    )


READER = Kaggle()
