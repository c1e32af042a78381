"""Local collections of papers: files opened for lookups without network.

A collection is a SQLite file with the store's tables, opened read-only and immutable; its records are
checked like the response of a service. Any file that a reader recognizes can be used as a collection: it
is read into a private temporary database first, so memory stays flat.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Self

from enrich.collection.readers import HEAD, Place, Reader, reader_of
from enrich.collection.readers._json import is_html
from enrich.collection.readers._stream import Stream
from enrich.document import encode
from enrich.errors import PapersError, StoreError
from enrich.paper import Lookup, Paper, PaperId, paper_object
from enrich.sources import links
from enrich.store.codec import StoredPaper, decode_paper
from enrich.store.sqlite import (
    FAULTS,
    INDEX,
    EarlierLayout,
    check_layout,
    checksum,
    connect,
    create_tables,
    describe_cause,
    transaction,
)
from enrich.store.store import BATCH
from enrich.text.tidy import tidy

Name = str | Path
"""Path of a file."""
OnWarning = Callable[[str], None]
logger = logging.getLogger("enrich")

MAGIC = b"SQLite format 3\0"
MAX_WARNINGS = 20
"""Number of a file's warnings that are reported in full."""
MAX_ROW_BYTES = 1 << 26
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
    if is_html(head):
        raise PapersError(f"{path}: this is a web page; papers are read from {KINDS}")
    reader = reader_of(head if head.strip() else b"{}")
    if reader is None:
        raise PapersError(f"{path}: not a known format of papers; they are read from {KINDS}")
    return reader


def info(path: Path) -> dict[str, Any]:
    """Return a collection's size, counts and imported files.

    Raises:
        PapersError: there is no such file, or it is not a collection.
    """
    check_is_collection(path)
    with closing(connect_collection(path)) as connection:
        try:
            papers, abstracts = connection.execute(
                "SELECT (SELECT count(*) FROM papers), (SELECT count(*) FROM abstracts)"
            ).fetchone()
            files = connection.execute(
                "SELECT name, format, papers, problems FROM files ORDER BY number"
            ).fetchall()
        except FAULTS as error:
            raise PapersError(
                f"{path}: the collection is damaged ({describe_cause(error)})"
            ) from None
    return {
        "path": str(path),
        "bytes": path.stat().st_size,
        "papers": papers,
        "abstracts": abstracts,
        "files": [
            {
                "name": name.decode("utf-8", "replace"),
                "format": format_.decode("utf-8", "replace"),
                "papers": file_papers,
                "problems": problems,
            }
            for name, format_, file_papers, problems in files
        ],
    }


def export(path: Path, *, abstracts: bool = False) -> Iterator[str]:
    """Return a collection's papers as JSON lines, for `--papers`.

    Raises:
        PapersError: there is no such file, or it is not a collection; raised by the call itself.
    """
    return _iterate_exported(open_collection(path), abstracts=abstracts)


def open_collection(path: Name, *, on_warning: OnWarning | None = None) -> Collection:
    """Open a collection.

    `on_warning` gets a line if records are damaged; without it, the log gets that line.

    Raises:
        PapersError: there is no such file, or it is not a collection.
    """
    path = Path(path)
    check_is_collection(path)
    return Collection(connect_collection(path), path, on_warning)


class Collection:
    """Open collection, returned by `open_papers`. Several threads may use it.

    Closing it reports how many of the records that were read are damaged.
    """

    def __init__(
        self, connection: sqlite3.Connection, path: Path, on_warning: OnWarning | None = None
    ) -> None:
        self.path = path
        self._connection = connection
        self._on_warning = on_warning or logger.warning
        self._damaged: set[str | int] = set()

    def get_many(self, ids: Iterable[PaperId], *, abstracts: bool = False) -> dict[PaperId, Paper]:
        """Return the stored papers of ids, with `via` `collection`.

        Raises:
            PapersError: the file is damaged.
        """
        found: dict[PaperId, Paper] = {}
        for id_, record, abstract in self.rows(ids, abstracts=abstracts):
            if (paper := self._decode(id_, record, abstract, via="collection")) is not None:
                found[id_] = paper
        return found

    def _decode(
        self, id_: PaperId, record: bytes, abstract: str | None, *, via: str | None = None
    ) -> Paper | None:
        """Decode a record; count it and return None if damaged."""
        try:
            return decode_paper(id_, record, links, abstract=abstract, via=via)
        except Exception:  # noqa: BLE001 - the file may come from an untrusted source
            self._damaged.add(id_)
            return None

    def get_answers(
        self, ids: Iterable[PaperId], *, abstracts: bool = False
    ) -> dict[PaperId, Lookup]:
        """Return the answers for ids: the papers of `get_many`.

        Raises:
            PapersError: the file is damaged.
        """
        return dict(self.get_many(ids, abstracts=abstracts))

    def rows(self, ids: Iterable[PaperId], *, abstracts: bool = False) -> Iterator[StoredPaper]:
        """Yield the stored papers of ids, undecoded.

        Damaged records are counted and skipped.

        Raises:
            PapersError: the file is damaged.
        """
        wanted = list(dict.fromkeys(ids))
        columns = "id, p.sum, record, a.sum, a.text" if abstracts else "id, p.sum, record"
        tables = "papers p LEFT JOIN abstracts a USING (number)" if abstracts else "papers p"
        try:
            for start in range(0, len(wanted), BATCH):
                batch = wanted[start : start + BATCH]
                names = {id_.encode(): id_ for id_ in batch}
                marks = ",".join("?" * len(batch))
                query = f"SELECT {columns} FROM {tables} WHERE id IN ({marks}) AND version = ''"  # noqa: S608
                for key, total, record, *more in self._connection.execute(query, batch):
                    id_ = names.get(key)  # an untrusted table may compare ids otherwise
                    if id_ is None:
                        continue
                    if type(record) is not bytes or total != checksum(key, b"", record):
                        self._damaged.add(id_)
                        continue
                    abstract = _check_abstract(key, *more) if more else None
                    if abstract is None and more and more != [None, None]:
                        self._damaged.add(id_)
                    yield StoredPaper(id_, record, abstract)
        except FAULTS as error:
            raise PapersError(
                f"{self.path}: the collection is damaged ({describe_cause(error)})"
            ) from None

    def papers(self, *, abstracts: bool = False) -> Iterator[Paper]:
        """Yield all papers, sorted by id.

        Raises:
            PapersError: the file is damaged.
        """
        last = b""
        while True:
            try:
                rows = self._connection.execute(
                    "SELECT id FROM papers WHERE id > CAST(? AS TEXT) AND typeof(id) = 'text'"
                    " AND version = '' ORDER BY id LIMIT ?",
                    (last, BATCH),
                ).fetchall()
            except FAULTS as error:
                raise PapersError(
                    f"{self.path}: the collection is damaged ({describe_cause(error)})"
                ) from None
            if not rows:
                self._count_unreachable()
                return
            last = rows[-1][0]
            ids = [PaperId(row[0].decode("utf-8", "replace")) for row in rows]
            yield from self.get_many(ids, abstracts=abstracts).values()

    def _count_unreachable(self) -> None:
        """Count the papers whose id is not a text."""
        with suppress(*FAULTS):
            for (number,) in self._connection.execute(
                "SELECT number FROM papers WHERE typeof(id) <> 'text'"
            ):
                self._damaged.add(number)

    def close(self) -> None:
        """Close the file; report the number of damaged records."""
        self._connection.close()
        if damaged := len(self._damaged):
            self._damaged.clear()
            records = (
                "record is damaged and was" if damaged == 1 else "records are damaged and were"
            )
            self._on_warning(f"{self.path}: {damaged} {records} skipped")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Problems:
    """Reporter of a file's bad records: the first in full, the others as a number."""

    def __init__(self, path: Path, unit: str, on_warning: Callable[[str], None]) -> None:
        self.count = 0
        self._name, self._unit, self._on_warning = str(path), unit, on_warning

    def add(self, number: int, problem: str) -> None:
        """Report a record that is not a paper."""
        self.count += 1
        if self.count <= MAX_WARNINGS:
            self._on_warning(f"{self._name}, {self._unit} {number}: {problem}")

    def end(self, *, cut: bool) -> None:
        """Report the number of the other problems.

        Args:
            cut: Whether the file is truncated.
        """
        if cut:
            self._on_warning(f"{self._name}: the compressed file is truncated")
        if self.count > MAX_WARNINGS:
            more = self.count - MAX_WARNINGS
            self._on_warning(f"{self._name}: {more} more {self._unit}s are not papers")


def append_papers(
    connection: sqlite3.Connection, rows: Iterable[StoredPaper], *, abstracts: bool
) -> None:
    """Append papers; `index_papers` removes repeated ones."""
    (number,) = connection.execute("SELECT coalesce(max(number), 0) FROM papers").fetchone()
    papers, texts = [], []
    for number, (id_, record, abstract) in enumerate(rows, number + 1):  # noqa: B020
        key = id_.encode("utf-8", "replace")
        papers.append((number, id_, checksum(key, b"", record), record))
        if abstracts and abstract and (text := tidy(abstract).encode("utf-8", "replace")):
            texts.append((number, checksum(key, b"", text), text))
    connection.executemany(
        "INSERT INTO papers (number, id, version, revision, misses, sum, record)"
        " VALUES (?, ?, '', 0, 0, ?, ?)",
        papers,
    )
    connection.executemany("INSERT INTO abstracts (number, sum, text) VALUES (?, ?, ?)", texts)


def index_papers(connection: sqlite3.Connection) -> None:
    """Index the papers, keeping each one's last record."""
    try:
        connection.execute(INDEX)
    except sqlite3.IntegrityError:
        connection.execute(
            "DELETE FROM papers WHERE number NOT IN (SELECT max(number) FROM papers GROUP BY id, version)"
        )
        connection.execute("DELETE FROM abstracts WHERE number NOT IN (SELECT number FROM papers)")
        connection.execute(INDEX)


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
    problems.end(cut=stream.cut)


def check_is_collection(path: Path) -> None:
    """Raise PapersError if a file is not a collection."""
    with Stream(path) as stream:
        if not stream.head(len(MAGIC)).startswith(MAGIC):
            raise PapersError(
                f"{path}: this is not a collection",
                hint="make one: enrich papers import FILE… -o COLLECTION",
            )


def _iterate_exported(collection: Collection, *, abstracts: bool) -> Iterator[str]:
    with collection:
        for paper in collection.papers(abstracts=abstracts):
            yield encode(paper_object(paper)) + "\n"


def connect_collection(path: Path) -> sqlite3.Connection:
    """Open a collection's file read-only and immutable.

    Many processes may read it, also on shared storage: it is not locked, and no file is written beside
    it. An import replaces it with one rename.

    Raises:
        PapersError: the file is not a collection of the current layout.
    """
    connection = None
    try:
        connection = connect(path, "mode=ro&immutable=1")
        check_layout(connection, path)
        connection.execute("PRAGMA query_only=ON")
        connection.execute("PRAGMA cache_size=-32000")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_ROW_BYTES)
        tables = connection.execute(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('papers', 'abstracts')"
        ).fetchone()
        if tables != (2,):
            raise StoreError(f"{path} does not have the tables of a collection")  # noqa: TRY301
    except EarlierLayout:
        if connection:
            connection.close()
        raise PapersError(
            f"{path}: a collection of an earlier layout", hint="run enrich papers import again"
        ) from None
    except (*FAULTS, StoreError) as error:
        if connection:
            connection.close()
        message = error if isinstance(error, StoreError) else f"{path}: {describe_cause(error)}"
        raise PapersError(f"{message}; this is not an enrich collection") from None
    return connection


def _check_abstract(key: bytes, total: Any, text: Any) -> str | None:
    if type(text) is not bytes or total != checksum(key, b"", text):
        return None
    return text.decode("utf-8", "replace")
