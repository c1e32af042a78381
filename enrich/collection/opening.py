"""Files of papers, opened as collections.

Any file that a reader recognizes is read into a private temporary database, so memory stays flat.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from enrich.collection.collection import (
    MAGIC,
    Collection,
    append_papers,
    connect_collection,
    index_papers,
)
from enrich.collection.readers import HEAD, Place, Reader, reader_of
from enrich.collection.readers._json import is_web_page
from enrich.collection.readers._stream import Stream
from enrich.errors import PapersError
from enrich.store.codec import StoredPaper
from enrich.store.sqlite import BATCH, create_tables, transaction

MAX_WARNINGS = 20
"""Number of a file's warnings that are reported in full."""
KINDS = (
    "a collection, arXiv's snapshot, OAI-PMH, paperlists' JSON, dblp's XML, CSL-JSON, BibTeX, "
    "JSON lines of papers, or an earlier output (json, ndjson)"
)
"""List of the readable files of papers, for messages."""


def open_papers(
    path: Path, *, on_warning: Callable[[str], None], abstracts: bool = True
) -> Collection:
    """Open a collection, or any readable file of papers.

    `on_warning` gets a line for each record that is not a paper, with the file and the record's place.
    `abstracts=False` skips the abstracts of a file that is not a collection.

    Raises:
        PapersError: there is no such file, or its format is unknown.
    """
    with Stream(path) as stream:
        head = stream.head(HEAD)
        if head.startswith(MAGIC):
            return Collection(connect_collection(path), path, on_warning)
        reader = choose_reader(head, path)
        if not head.strip():
            on_warning(f"{path}: the file is empty, so it has no papers")
        connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        connection.text_factory = bytes
        try:
            _read_into(
                connection,
                stream,
                reader,
                Problems(path, reader.unit, on_warning),
                abstracts,
            )
        except BaseException:
            connection.close()
            raise
        return Collection(connection, path, on_warning)


def choose_reader(head: bytes, path: Path) -> Reader:
    """Choose a file's reader by its first bytes.

    An empty file is read as JSON lines.

    Raises:
        PapersError: no reader recognizes the file.
    """
    if is_web_page(head):
        raise PapersError(f"{path}: this is a web page; papers are read from {KINDS}")
    reader = reader_of(head if head.strip() else b"{}")
    if reader is None:
        raise PapersError(f"{path}: not a known format of papers; they are read from {KINDS}")
    return reader


class Problems:
    """Reporter of a file's bad records: the first ones in full, then the number of the others."""

    def __init__(self, path: Path, unit: str, on_warning: Callable[[str], None]) -> None:
        self.count = 0
        self._name, self._unit, self._on_warning = str(path), unit, on_warning

    def add(self, number: int, problem: str) -> None:
        """Report a record that is not a paper."""
        self.count += 1
        if self.count <= MAX_WARNINGS:
            self._on_warning(f"{self._name}, {self._unit} {number}: {problem}")

    def end(self, *, truncated: bool) -> None:
        """Report the number of the other problems.

        Args:
            truncated: Whether the file is truncated.
        """
        if truncated:
            self._on_warning(f"{self._name}: the compressed file is truncated")
        if self.count > MAX_WARNINGS:
            more = self.count - MAX_WARNINGS
            self._on_warning(f"{self._name}: {more} more {self._unit}s are not papers")


def _read_into(
    connection: sqlite3.Connection,
    stream: Stream,
    reader: Reader,
    problems: Problems,
    abstracts: bool,
) -> None:
    with transaction(connection):
        create_tables(connection)
        batch: list[StoredPaper] = []
        for item in reader.read(stream, Place()):
            if item.problem is not None:
                problems.add(item.place.number, item.problem)
            elif item.paper is not None:
                batch.append(item.paper)
                if len(batch) == BATCH:
                    append_papers(connection, batch, abstracts=abstracts)
                    batch.clear()
        append_papers(connection, batch, abstracts=abstracts)
        index_papers(connection)
    problems.end(truncated=stream.truncated)
