"""arXiv's snapshot on Kaggle (Cornell-University/arxiv): JSON lines, a paper a line.

The submitter's name is not read. Authors come from `authors_parsed`, dates from `versions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from enrich.checks import string
from enrich.paper import Paper
from enrich.readers import Item, Place, _arxiv
from enrich.readers._json import json_lines
from enrich.readers._stream import Stream


class Kaggle:
    """The format."""

    name = "kaggle"
    unit = "line"

    def recognises(self, head: bytes) -> bool:
        """Objects with the snapshot's own keys."""
        return head.lstrip()[:1] == b"{" and b'"authors_parsed"' in head and b'"categories"' in head

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """The papers from a line on."""
        return json_lines(stream, start, paper)


def paper(data: Mapping[str, Any]) -> Paper:
    r"""The paper of a line.

    Raises:
        ValueError: the line is no record of a paper.

    >>> paper({"id": "0704.0001", "title": "A\n title", "authors_parsed": [["Lovelace", "Ada", ""]]}).authors
    ('Ada Lovelace',)
    """
    try:
        return _arxiv.paper(
            id_=string(data, "id"),
            title=string(data, "title"),
            authors=[
                f"{first} {last}, {suffix}" if suffix else f"{first} {last}"
                for last, first, suffix, *_ in data.get("authors_parsed") or ()
            ],
            versions=[
                (row["version"], _arxiv.day(row["created"])) for row in data.get("versions") or ()
            ],
            categories=string(data, "categories"),
            comments=string(data, "comments"),
            journal_ref=string(data, "journal-ref"),
            doi=string(data, "doi"),
            abstract=string(data, "abstract"),
        )
    except (TypeError, KeyError, AttributeError):
        raise ValueError("is no record of arXiv's snapshot") from None


READER = Kaggle()
