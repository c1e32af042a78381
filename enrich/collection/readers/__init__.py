"""Bulk files of papers: one reader a format, one file each, found because the file exists.

A format is recognised by the file's content, never by its name. A file here ends with `READER = …`. Readers
stream: memory for one record, and a place to go on from after each.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from enrich.collection.readers._stream import Stream
from enrich.registry import load, names_in
from enrich.store.codec import StoredPaper

HEAD = 1 << 18
"""Most bytes by which a format is recognised."""


class Place(NamedTuple):
    """Where a record of a file ends, so that reading can go on there."""

    offset: int = 0
    """Decoded bytes from the beginning of the file."""
    number: int = 0
    """1-based number of the line, in formats without lines of the record; 0 is before the first."""


class Item(NamedTuple):
    """One record of a file: a paper, or what is wrong with it, or neither if it is not ours."""

    place: Place
    paper: StoredPaper | None = None
    problem: str | None = None


class Reader(Protocol):
    """A format of bulk files."""

    name: str
    """File name, and what the format is called in messages."""
    unit: str
    """What `Place.number` counts: `line` or `record`."""

    def recognises(self, head: bytes) -> bool:
        """Return whether a file's first bytes are of this format.

        At most `HEAD` bytes are given.
        """
        ...

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """Yield the records from a place on.

        Raises:
            PapersError: the file is something else after all.
        """
        ...


def names() -> tuple[str, ...]:
    """Return the sorted names of this folder's readers.

    Nothing is imported.
    """
    return names_in(__path__)


def reader_of(head: bytes) -> Reader | None:
    """Return the reader that recognises a file's first bytes.

    A byte order mark is skipped.
    """
    head = head.removeprefix(BOM_UTF8)
    for name in names():
        reader: Reader = load(__name__, "READER", name)
        if reader.recognises(head):
            return reader
    return None
