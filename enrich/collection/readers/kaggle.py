"""arXiv's snapshot on Kaggle (Cornell-University/arxiv): JSON lines, one paper per line.

The submitter's name is not read. Authors come from `authors_parsed`, dates from `versions`.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from enrich.collection.readers import Item, Place, _arxiv
from enrich.collection.readers._json import json_lines
from enrich.collection.readers._stream import Stream
from enrich.paper import Author
from enrich.sources import forms_of, links
from enrich.sources.arxiv.entry import publication
from enrich.store.codec import (
    PaperRecord,
    StoredPaper,
    encode_author,
    encode_parts,
    encode_publication,
    encode_record,
    store_paper,
)
from enrich.text.tidy import has_marks, tidy

_NUMBERED = [f"v{n}" for n in range(1, 200)]


class SnapshotVersion(Struct, frozen=True):
    """Version of a paper in the snapshot."""

    version: str
    created: str | None = None


class SnapshotLine(Struct, frozen=True):
    """Fields of a line that are read."""

    id: str
    title: str
    authors_parsed: list[list[str]]
    """Family name, given names, suffix, then affiliations."""
    categories: str | None
    versions: list[SnapshotVersion] | None = None
    comments: str | None = None
    journal_ref: str | None = field(default=None, name="journal-ref")
    doi: str | None = None
    abstract: str | None = None


class Kaggle:
    """Reader of arXiv's snapshot."""

    name = "kaggle"
    unit = "line"

    def recognises(self, head: bytes) -> bool:
        """Recognize objects with the snapshot's keys."""
        return head.lstrip()[:1] == b"{" and b'"authors_parsed"' in head and b'"categories"' in head

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """Yield the papers after a line."""
        return json_lines(stream, start, SnapshotLine, store_line)


def store_line(line: SnapshotLine) -> StoredPaper:
    """Make the stored paper of a line.

    Most lines have usual fields and take a faster path, with the same result.

    Raises:
        ValueError: the line is not a record of a paper.
    """
    if min(map(len, line.authors_parsed), default=3) < 3:
        raise ValueError("authors_parsed: not names in three parts")
    versions = line.versions or ()
    numbers = [version.version for version in versions]
    dates = [_arxiv.parse_day(version.created) or "" for version in versions]
    found = forms_of("arxiv").canonical(line.id)
    title = tidy(line.title)
    names = [
        f"{given}, {suffix}|{family}" if suffix else f"{given}|{family}"
        for family, given, suffix, *_ in line.authors_parsed
    ]
    joined = "|".join(["", *names, ""])
    if (
        found
        and title
        and dates
        and "" not in dates
        and numbers == _NUMBERED[: len(dates)]
        and joined.isprintable()
        and not has_marks(joined)
        and not ("  " in joined or "| " in joined or " |" in joined or (names and "||" in joined))
        and joined.count("|") == 2 * len(names) + 1
    ):
        record = PaperRecord(
            title=title,
            authors=[
                encode_author(Author(f"{given} {family}, {suffix}", family, f"{given}, {suffix}"))
                if suffix
                else encode_parts(family, given)
                for family, given, suffix, *_ in line.authors_parsed
            ],
            versions=dates,
            category=line.categories.split(None, 1)[0] if line.categories else None,
            withdrawn=_arxiv.withdrawn(line.comments, line.abstract),
            published_as=encode_publication(publication(line.journal_ref, line.doi)),
        )
        return StoredPaper(found[0], encode_record(record), line.abstract)
    authors = (_arxiv.author(*parts[:3]) for parts in line.authors_parsed)
    return store_paper(
        _arxiv.paper(
            id_=line.id,
            title=line.title,
            authors=[author for author in authors if author],
            versions=[(n, date or None) for n, date in zip(numbers, dates, strict=True)],
            categories=line.categories,
            comments=line.comments,
            journal_ref=line.journal_ref,
            doi=line.doi,
            abstract=line.abstract,
        ),
        links,
    )


READER = Kaggle()
