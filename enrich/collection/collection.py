"""Local collections of papers: files for lookups without network.

A collection is a SQLite file with the store's tables, opened read-only and immutable; its records are
checked like the response of a service. `opening` opens other files of papers as collections.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Self

from enrich.document import encode
from enrich.errors import PapersError, StoreError
from enrich.paper import Lookup, Paper, PaperId, paper_object
from enrich.sources import links
from enrich.store.codec import StoredPaper, decode_paper
from enrich.store.sqlite import (
    BATCH,
    FAULTS,
    INDEX,
    EarlierLayout,
    check_layout,
    checksum,
    connect,
    describe_cause,
)
from enrich.text.tidy import tidy

FilePath = str | Path
"""Path of a file."""
OnWarning = Callable[[str], None]
MAGIC = b"SQLite format 3\0"
MAX_ROW_BYTES = 1 << 26


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


def open_collection(path: FilePath, *, on_warning: OnWarning | None = None) -> Collection:
    """Open a collection.

    `on_warning` gets a line if records are damaged; without it, the log gets that line.

    Raises:
        PapersError: there is no such file, or it is not a collection.
    """
    path = Path(path)
    check_is_collection(path)
    return Collection(connect_collection(path), path, on_warning)


class Collection:
    """Open collection. Several threads may use it.

    Closing it reports how many of the records that were read are damaged.
    """

    def __init__(
        self, connection: sqlite3.Connection, path: Path, on_warning: OnWarning | None = None
    ) -> None:
        self.path = path
        self._connection = connection
        self._on_warning = on_warning or _log_warning
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
                placeholders = ",".join("?" * len(batch))
                query = (
                    f"SELECT {columns} FROM {tables} WHERE id IN ({placeholders}) AND version = ''"  # noqa: S608
                )
                for key, stored_sum, record, *more in self._connection.execute(query, batch):
                    id_ = names.get(key)  # an untrusted table may have another collation
                    if id_ is None:
                        continue
                    if type(record) is not bytes or stored_sum != checksum(key, b"", record):
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


def check_is_collection(path: Path) -> None:
    """Raise PapersError if a file is not a collection."""
    try:
        with path.open("rb") as file:
            head = file.read(len(MAGIC))
    except OSError as error:
        raise PapersError(f"{path}: {error.strerror or error}") from None
    if head != MAGIC:
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


def _log_warning(message: str) -> None:
    import logging  # most collections need no warning

    logging.getLogger("enrich").warning("%s", message)


def _check_abstract(key: bytes, stored_sum: Any, text: Any) -> str | None:
    if type(text) is not bytes or stored_sum != checksum(key, b"", text):
        return None
    return text.decode("utf-8", "replace")
