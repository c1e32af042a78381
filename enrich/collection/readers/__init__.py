"""Readers of bulk files of papers: one file per format; every file here is a reader.

A format is recognized by the file's content, never by its name. A file here ends with `READER = …`. A reader
keeps one record in memory, and can resume after each record.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from enrich.collection.readers._stream import Stream
from enrich.registry import load, names_in
from enrich.store.codec import StoredPaper

HEAD = 1 << 18
"""Maximum number of bytes for recognizing a format."""


class Place(NamedTuple):
    """End of a record in a file, from which reading can resume."""

    offset: int = 0
    """Decoded bytes from the beginning of the file."""
    number: int = 0
    """1-based number of the line, or of the record in formats without lines; 0 is the beginning."""


class Item(NamedTuple):
    """Record of a file: a paper, a problem, or neither if it is a paper of another service."""

    place: Place
    paper: StoredPaper | None = None
    problem: str | None = None


class Reader(Protocol):
    """Reader of one format of bulk files."""

    name: str
    """Name of the reader's file, and of the format in messages."""
    unit: str
    """Unit of `Place.number`: `line` or `record`."""

    def recognises(self, head: bytes) -> bool:
        """Return whether a file's first bytes are this format.

        `head` has at most `HEAD` bytes.
        """
        ...

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """Yield the records after a place.

        Raises:
            PapersError: the file turns out to have another format.
        """
        ...


def names() -> tuple[str, ...]:
    """Return the sorted names of the readers, importing none."""
    return names_in(__path__)


def reader_of(head: bytes) -> Reader | None:
    """Return the reader that recognizes a file's first bytes.

    A byte order mark is skipped.
    """
    head = head.removeprefix(BOM_UTF8)
    for name in names():
        reader: Reader = load(__name__, "READER", name)
        if reader.recognises(head):
            return reader
    return None
