"""Import of files of papers into a collection: streaming, resumable, atomic.

The collection grows in `NAME.part`; if that name is too long, a digest replaces it. The place reached in each file is
written in the same transaction as the records, so a killed import resumes there. The finished collection
replaces an older one in one step; a failed import does not change the older one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from enrich.collection.collection import MAGIC, append_papers, index_papers
from enrich.collection.opening import Problems, choose_reader, open_papers
from enrich.collection.part import (
    FILES,
    check_replaceable,
    connect_part,
    name_part,
    publish_part,
    remove_part,
)
from enrich.collection.readers import HEAD, Item, Place, Reader
from enrich.collection.readers._stream import Stream
from enrich.errors import PapersError
from enrich.sources import links
from enrich.store.codec import store_paper
from enrich.store.sqlite import FAULTS, SCHEMA, create_tables, describe_cause, is_busy, transaction

BATCH = 1000
"""Number of records in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Progress of an import."""

    name: str
    """Name of the current file."""
    read: int
    """Bytes read so far from all files, before decompression."""
    total: int
    papers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Result of an import."""

    papers: int
    problems: int
    """Number of records that are not papers."""
    resumed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    path: Path
    size: int
    mtime_ns: int
    reader: Reader | None
    """Reader of the file; None for a collection."""

    @property
    def format(self) -> str:
        return self.reader.name if self.reader else "collection"


def import_papers(
    files: Sequence[Path],
    out: Path,
    *,
    abstracts: bool = False,
    on_warning: Callable[[str], None],
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Imported:
    """Make a collection from files.

    If a paper occurs twice, the last one wins.

    Raises:
        PapersError: a file cannot be read, or is not a file of papers; no file has a paper; the
            collection cannot be written, or would replace a file that is not a collection.
    """
    check_replaceable(out)
    known = [_examine_file(path) for path in files]
    part = name_part(out)
    try:
        connection, resumed = _open_part(part, known, abstracts=abstracts)
    except FAULTS as error:
        raise PapersError(
            f"{part}: {describe_cause(error)}; does another import write it?"
        ) from None
    run = _Import(
        connection=connection,
        abstracts=abstracts,
        on_warning=on_warning,
        on_progress=on_progress,
        total=sum(file.size for file in known),
    )
    try:
        with closing(connection):
            for number, file in enumerate(known, 1):
                run.read(number, file)
            papers, problems = run.finish([file.path for file in known])
    except PapersError:
        remove_part(part)
        raise
    except FAULTS as error:
        raise PapersError(
            f"{part}: {describe_cause(error)}", hint="run it again to resume"
        ) from None
    publish_part(part, out)
    return Imported(papers=papers, problems=problems, resumed=resumed)


@dataclass(slots=True, kw_only=True)
class _Import:
    """Import of several files, in progress."""

    connection: sqlite3.Connection
    abstracts: bool
    on_warning: Callable[[str], None]
    on_progress: Callable[[Progress], None]
    total: int
    finished_bytes: int = 0
    """Bytes of the files read to their end."""

    def read(self, number: int, file: _File) -> None:
        """Read one file, resuming at the stored place."""
        offset, place, done = self.connection.execute(
            "SELECT offset, place, done FROM files WHERE number = ?", (number,)
        ).fetchone()
        if not done:
            with Stream(file.path) as stream:
                self._read_batches(number, file, stream, Place(offset, place))
        self.finished_bytes += file.size

    def _read_batches(self, number: int, file: _File, stream: Stream, start: Place) -> None:
        unit = file.reader.unit if file.reader else "record"
        reported = Problems(file.path, unit, self.on_warning)
        (imported,) = self.connection.execute("SELECT sum(papers) FROM files").fetchone()
        items = _read_items(file, stream, start, self.on_warning)
        while batch := list(islice(items, BATCH)):
            rows = [item.paper for item in batch if item.paper is not None]
            problems = [item for item in batch if item.problem is not None]
            for item in problems:
                reported.add(item.place.number, item.problem or "")
            with transaction(self.connection):
                append_papers(self.connection, rows, abstracts=self.abstracts)
                self.connection.execute(
                    "UPDATE files SET offset = ?, place = ?, papers = papers + ?,"
                    " problems = problems + ? WHERE number = ?",
                    (*batch[-1].place, len(rows), len(problems), number),
                )
            imported += len(rows)
            read = self.finished_bytes + stream.consumed
            self.on_progress(
                Progress(name=stream.name, read=read, total=self.total, papers=imported)
            )
        reported.end(truncated=stream.truncated)
        self.connection.execute("UPDATE files SET done = 1 WHERE number = ?", (number,))

    def finish(self, files: Sequence[Path]) -> tuple[int, int]:
        """Index the records; return the numbers of papers and problems.

        Raises:
            PapersError: the files have no paper.
        """
        papers, problems = self.connection.execute(
            "SELECT sum(papers), sum(problems) FROM files"
        ).fetchone()
        if not papers:
            names = ", ".join(map(str, files))
            raise PapersError(f"no arXiv or OpenReview paper found in {names}")
        with transaction(self.connection):
            index_papers(self.connection)
        (papers,) = self.connection.execute("SELECT count(*) FROM papers").fetchone()
        return papers, problems


def _examine_file(path: Path) -> _File:
    with Stream(path) as stream:
        head = stream.head(HEAD)
        reader = None if head.startswith(MAGIC) else choose_reader(head, path)
        status = path.stat()
        return _File(path=path, size=status.st_size, mtime_ns=status.st_mtime_ns, reader=reader)


def _open_part(
    part: Path, files: Sequence[_File], *, abstracts: bool
) -> tuple[sqlite3.Connection, bool]:
    """Open the growing collection; return whether it is resumed."""
    wanted: list[tuple[object, ...]] = [
        (f.path.name.encode(), f.size, f.mtime_ns, f.format.encode(), abstracts) for f in files
    ]
    if part.exists():
        if connection := _resume_part(part, wanted):
            return connection, True
        remove_part(part)
    try:
        part.touch()
    except OSError as error:
        raise PapersError(f"{part}: {error.strerror}") from None
    connection = connect_part(part)
    with transaction(connection):
        create_tables(connection)
        connection.execute(FILES)
        connection.executemany(
            "INSERT INTO files (name, size, changed, format, abstracts) VALUES (?, ?, ?, ?, ?)",
            [(f.path.name, f.size, f.mtime_ns, f.format, abstracts) for f in files],
        )
    return connection, False


def _resume_part(part: Path, wanted: list[tuple[object, ...]]) -> sqlite3.Connection | None:
    """Open the unfinished collection of an earlier import.

    Return None if it is unusable or was made from other files.

    Raises:
        sqlite3.Error: another import is writing it.
    """
    try:
        connection = connect_part(part)
        try:
            (layout,) = connection.execute("PRAGMA user_version").fetchone()
            found = connection.execute(
                "SELECT name, size, changed, format, abstracts FROM files ORDER BY number"
            ).fetchall()
        except FAULTS:
            connection.close()
            raise
    except FAULTS as error:
        if is_busy(error):
            raise
        return None
    if (
        layout == SCHEMA and found == wanted and part.exists()
    ):  # another import that finished has renamed it
        return connection
    connection.close()
    return None


def _read_items(
    file: _File, stream: Stream, start: Place, on_warning: Callable[[str], None]
) -> Iterator[Item]:
    if file.reader:
        yield from file.reader.read(stream, start)
        return
    with open_papers(file.path, on_warning=on_warning) as collection:
        for number, paper in enumerate(collection.papers(abstracts=True), 1):
            if number > start.number:
                yield Item(Place(0, number), store_paper(paper, links))
