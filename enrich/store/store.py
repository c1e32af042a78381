"""The store of papers: one SQLite file, a record a paper or version, read and written in batches.

What may go wrong with a file is reported once and the run goes on: a corrupt file is set aside as
`*.corrupt-N` and its good records are carried over; a foreign database, a newer schema, a folder
or disk that cannot be written leave what can be read readable, and the rest of the run in memory.
Each row bears a checksum, so a damaged one is a miss and never a wrong paper.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from hashlib import blake2b
from pathlib import Path
from threading import RLock
from typing import Any, Self

from enrich.errors import StoreError
from enrich.identity import find_title_keys
from enrich.paper import Links, Paper, PaperId
from enrich.store.codec import Derive, decode_paper, encode_paper
from enrich.store.freshness import Record, may_replace
from enrich.store.sqlite import (
    FAULTS,
    INDEX,
    SCHEMA,
    EarlierLayout,
    check,
    checksum,
    connect,
    create,
    drop_tables,
    guard,
    is_corrupt,
    is_empty,
    reason,
    touch,
    transaction,
)

__all__ = ["Record", "Store", "open_store", "store_folder"]

BATCH = 500
"""Ids of one `IN (…)`."""
_COLUMNS = "id, version, revision, fetched_at, expires_at, misses, p.sum, record"
_WITH_ABSTRACT = f"{_COLUMNS}, a.sum, a.text FROM papers p LEFT JOIN abstracts a USING (number)"
Key = tuple[PaperId, str | None]

logger = logging.getLogger("enrich")


def open_store(
    folder: Path | None,
    *,
    now: float,
    on_trouble: Callable[[str], None],
    derive: Derive = lambda _: Links(),
) -> Store:
    """Open the store in a folder.

    Folder and store are made if they are missing.

    Nothing is raised for a damaged file or folder: `on_trouble` gets one line, and the store returns
    what it can.

    Args:
        folder: None: the user's cache folder.
        now: Seconds of the epoch.
        on_trouble: Called with one line for each kind of trouble.
        derive: Gives the links that papers' sources derive from ids; they are not stored.
    """
    path = store_folder(folder) / "papers.sqlite"
    return Store(path, now=now, on_trouble=on_trouble, derive=derive)


def store_folder(folder: Path | None) -> Path:
    """Return the folder given, otherwise the user's cache folder."""
    if folder is not None:
        return folder
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("enrich", appauthor=False))


class Store:
    """An open store; `open_store` makes it. May be used from several threads."""

    def __init__(
        self, path: Path, *, now: float, on_trouble: Callable[[str], None], derive: Derive
    ) -> None:
        self.path = path
        self._derive = derive
        self._now = now
        self._on_trouble = on_trouble
        self._said: set[str] = set()
        self._lock = RLock()
        self._unsaved: dict[Key, Record] = {}
        """Records that could not be written; they win over those of the file."""
        self._writable = True
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        """Device and number of the file that the connection has open."""
        self._open()

    def get_many(self, keys: Iterable[Key], *, abstracts: bool = False) -> dict[Key, Record]:
        """Return the records found for keys.

        A version of None is the newest.
        """
        wanted = list(dict.fromkeys(keys))
        with self._lock:
            try:
                found = self._read(wanted, abstracts=abstracts)
            except FAULTS as error:
                self._failed(error)
                found = {}
                with suppress(*FAULTS):  # what could be carried over, or is left readable
                    found = self._read(wanted, abstracts=abstracts)
            if self._unsaved:
                found |= {key: self._unsaved[key] for key in wanted if key in self._unsaved}
        return found

    def find_by_titles(self, keys: Iterable[str]) -> dict[PaperId, Paper]:
        """Return the papers of which a known title has one of the keys.

        Records that could not be written are not searched.
        """
        digests = sorted({digest_title(key) for key in keys})
        found: dict[PaperId, Paper] = {}
        with self._lock:
            try:
                for start in range(0, len(digests) if self._connection else 0, BATCH):
                    found |= self._read_by_titles(digests[start : start + BATCH])
            except FAULTS as error:
                self._failed(error)
        return found

    def put_many(self, records: Iterable[Record]) -> None:
        """Store records in one transaction.

        One that `may_replace` refuses is left out.
        """
        new = {(record.id, record.version): record for record in records}
        if not new:
            return
        with self._lock:
            for _ in range(2):
                if not self._writable:
                    break
                try:
                    if self._write(new):
                        return
                except (*FAULTS, OSError) as error:
                    self._failed(error, writing=True)
                else:
                    self._discard()
                    self._open()
            old = self.get_many(new)
            self._unsaved |= {
                key: record
                for key, record in new.items()
                if key not in old or may_replace(old[key], record)
            }

    def info(self) -> dict[str, Any]:
        """Return facts about the file.

        They are path, schema number, size in bytes, and counts of records by kind.
        """
        with self._lock:
            counts = (0, 0, 0, 0)
            if self._connection:
                try:
                    counts = self._connection.execute(
                        "SELECT count(record), count(*) - count(record), (SELECT count(*) FROM abstracts),"
                        " count(*) FILTER (WHERE expires_at <= ?) FROM papers",
                        (self._now,),
                    ).fetchone()
                except FAULTS as error:
                    self._failed(error)
            return {
                "path": str(self.path),
                "schema": SCHEMA,
                "bytes": sum(f.stat().st_size for f in _files(self.path) if f.exists()),
                "papers": counts[0],
                "missing": counts[1],
                "abstracts": counts[2],
                "expired": counts[3],
                "writable": self._writable,
            }

    def clear(self) -> None:
        """Remove all records, and the files that were set aside.

        Raises:
            StoreError: the file cannot be written, or is not ours.
        """
        with self._lock:
            self._unsaved.clear()
            if self._connection is None or not self._writable:
                raise StoreError(
                    f"{self.path} cannot be cleared: it cannot be written, or is no store of ours"
                )
            try:
                with transaction(self._connection) as connection:
                    connection.execute("DELETE FROM abstracts")
                    connection.execute("DELETE FROM titles")
                    connection.execute("DELETE FROM papers")
                self._connection.execute("VACUUM")
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except FAULTS as error:
                raise StoreError(f"{self.path} cannot be cleared: {error}") from error
            for file in self.path.parent.glob(f"{self.path.name}.corrupt-*"):
                file.unlink(missing_ok=True)

    def prune(self, before: float) -> int:
        """Remove the records that were fetched before a time; return their number.

        Args:
            before: Seconds of the epoch.

        Raises:
            StoreError: the file cannot be written, or is not ours.
        """
        with self._lock:
            if self._connection is None or not self._writable:
                raise StoreError(
                    f"{self.path} cannot be pruned: it cannot be written, or is no store of ours"
                )
            old = "(SELECT number FROM papers WHERE fetched_at < ?)"
            try:
                with transaction(self._connection) as connection:
                    for table in ("abstracts", "titles"):
                        connection.execute(f"DELETE FROM {table} WHERE number IN {old}", (before,))  # noqa: S608 - names of our own
                    removed = connection.execute(
                        "DELETE FROM papers WHERE fetched_at < ?", (before,)
                    ).rowcount
                if removed:
                    self._connection.execute("VACUUM")
                    self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except FAULTS as error:
                raise StoreError(f"{self.path} cannot be pruned: {error}") from error
        return removed

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection:
                with suppress(*FAULTS):
                    self._connection.close()
            self._connection = None
            self._writable = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with guard(self.path):
                if is_empty(connection := self._connect()):
                    self._discard()
                else:
                    check(connection, self.path)
                    return
            with guard(self.path, alone=True):
                self._make()
        except EarlierLayout:
            self._discard()
            self._rebuild()
        except StoreError as error:
            self._discard()
            self._writable = False
            self._say(f"{error}; this run keeps its papers in memory")
        except (*FAULTS, OSError) as error:
            self._discard()
            if is_corrupt(error):
                self._set_aside(error)
            else:
                self._open_to_read(error)

    def _connect(self) -> sqlite3.Connection:
        """Open the existing file; the caller holds its guard."""
        touch(self.path)
        self._connection = connection = connect(self.path)
        self._file = _identity(self.path)
        return connection

    def _make(self) -> sqlite3.Connection:
        """Open the file, and create missing tables.

        The caller holds the guard alone.
        """
        connection = self._connect()
        if is_empty(connection):
            connection.execute("PRAGMA journal_mode=WAL")
            with transaction(connection):
                create(connection)
                connection.execute(INDEX)
        check(connection, self.path)
        return connection

    def _rebuild(self) -> None:
        """Rebuild a file of an earlier layout, unless another process just did."""
        try:
            with guard(self.path, alone=True):
                connection = self._connect()
                try:
                    check(connection, self.path)
                except EarlierLayout:
                    with transaction(connection):
                        drop_tables(connection)
                        create(connection)
                        connection.execute(INDEX)
                    self._say(
                        f"{self.path} had an earlier layout and was rebuilt; its papers are looked up again"
                    )
        except (*FAULTS, OSError, StoreError) as error:
            self._discard()
            self._writable = False
            self._say(
                f"{self.path} has an earlier layout and cannot be rebuilt ({reason(error)});"
                " this run keeps its papers in memory"
            )

    def _open_to_read(self, cause: Exception) -> None:
        """Open the file, if any, to read only.

        This is for a folder or disk that cannot be written.
        """
        self._writable = False
        for mode in ("mode=ro", "mode=ro&immutable=1"):
            try:
                self._connection = connect(self.path, mode)
                check(self._connection, self.path)
                self._connection.execute("SELECT 1 FROM papers LIMIT 1").fetchone()
            except (*FAULTS, StoreError):
                self._discard()
            else:
                self._say(
                    f"{self.path} cannot be written ({reason(cause)}); it is only read in this run"
                )
                return
        self._say(
            f"{self.path} cannot be opened ({reason(cause)}); this run keeps its papers in memory"
        )

    def _failed(self, error: Exception, *, writing: bool = False) -> None:
        """Handle an error of SQLite.

        A corrupt file is set aside; any other is only read from then on, or not used at all.
        """
        if is_corrupt(error):
            self._discard()
            self._set_aside(error)
        elif writing:
            self._writable = False
            self._say(
                f"{self.path} cannot be written ({reason(error)}); new papers are kept for this run only"
            )
        else:
            self._discard()
            self._open_to_read(error)

    def _set_aside(self, cause: Exception) -> None:
        """Move a corrupt file away, and begin a new one.

        The rows that are whole are carried over.
        """
        try:
            with guard(self.path, alone=True):
                if _is_whole(self.path):  # another process was faster
                    self._make()
                    return
                aside = _unused(self.path)
                for file, target in zip(_files(self.path), _files(aside), strict=True):
                    with suppress(FileNotFoundError):
                        file.replace(target)
                carried = 0
                with transaction(self._make()) as connection:
                    for record in _salvage(aside, self._derive):
                        _insert(connection, record, self._derive)
                        carried += 1
        except (OSError, *FAULTS, StoreError) as error:
            self._discard()
            self._writable = False
            self._say(
                f"{self.path} is damaged ({reason(error)}); this run keeps its papers in memory"
            )
        else:
            self._say(
                f"{self.path} was damaged ({reason(cause)}) and lies now in {aside.name};"
                f" {carried} of its records were carried over"
            )

    def _read(self, wanted: list[Key], *, abstracts: bool) -> dict[Key, Record]:
        if self._connection is None:
            return {}
        found: dict[Key, Record] = {}
        names = {(key[0].encode(), (key[1] or "").encode()): key for key in wanted}
        for start in range(0, len(wanted), BATCH):
            ids = [key[0] for key in wanted[start : start + BATCH]]
            marks = ",".join("?" * len(ids))
            columns = _WITH_ABSTRACT if abstracts else f"{_COLUMNS} FROM papers p"
            rows = self._connection.execute(f"SELECT {columns} WHERE id IN ({marks})", ids)
            for row in rows:
                key = names.get((row[0], row[1]))
                if key is not None and (record := _record(key, row, self._derive)) is not None:
                    found[key] = record
        return found

    def _read_by_titles(self, digests: list[int]) -> dict[PaperId, Paper]:
        assert self._connection is not None  # noqa: S101 - the caller checks it
        marks = ",".join("?" * len(digests))
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM papers p JOIN titles USING (number)"  # noqa: S608 - marks alone
            f" WHERE titles.key IN ({marks}) AND version = ''",
            digests,
        )
        found = {}
        for row in rows:
            id_ = PaperId(row[0].decode("utf-8", "replace"))
            record = _record((id_, None), row, self._derive)
            if record is not None and record.paper is not None:
                found[id_] = record.paper
        return found

    def _write(self, new: dict[Key, Record]) -> bool:
        """Write records.

        Return False if another process moved the opened file away.
        """
        assert self._connection is not None  # noqa: S101 - writable implies it
        with guard(self.path):
            if _identity(self.path) != self._file:
                return False
            with transaction(self._connection) as connection:
                old = self._read(list(new), abstracts=False)
                for key, record in new.items():
                    if key not in old or may_replace(old[key], record):
                        _insert(connection, record, self._derive)
        return True

    def _discard(self) -> None:
        if self._connection:
            with suppress(*FAULTS):
                self._connection.close()
        self._connection = None

    def _say(self, message: str) -> None:
        if message not in self._said:
            self._said.add(message)
            self._on_trouble(message)


def _record(key: Key, row: tuple[Any, ...], derive: Derive) -> Record | None:
    """Make the record of a row.

    Return None for a bad row, which is a miss.
    """
    try:
        return _decode_record(key, row, derive)
    except Exception as error:
        logger.debug("a row of the store cannot be read: %s", type(error).__name__, exc_info=error)
        return None


def _decode_record(key: Key, row: tuple[Any, ...], derive: Derive) -> Record | None:
    """Decode a row; return None if a checksum is wrong."""
    revision, fetched_at, expires_at, misses, total, data = row[2:8]
    if total != checksum(row[0], row[1], data):
        return None
    abstract = None
    if len(row) > 8 and row[8] is not None:
        if row[8] != checksum(row[0], row[1], row[9]):
            return None
        abstract = row[9].decode()
    return Record(
        id=key[0],
        version=key[1],
        paper=None if data is None else decode_paper(key[0], data, derive, abstract=abstract),
        revision=int(revision),
        fetched_at=float(fetched_at),
        expires_at=None if expires_at is None else float(expires_at),
        misses=int(misses),
    )


def _insert(connection: sqlite3.Connection, record: Record, derive: Derive) -> None:
    paper, version = record.paper, record.version or ""
    id_ = record.id.encode("utf-8", "replace")
    data = None if paper is None else encode_paper(paper, derive)
    connection.execute(
        "INSERT INTO papers (id, version, revision, fetched_at, expires_at, misses, sum, record)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id, version) DO UPDATE SET"
        " revision = excluded.revision, fetched_at = excluded.fetched_at, expires_at = excluded.expires_at,"
        " misses = excluded.misses, sum = excluded.sum, record = excluded.record",
        (
            record.id,
            version,
            record.revision,
            record.fetched_at,
            record.expires_at,
            record.misses,
            checksum(id_, version.encode(), data),
            data,
        ),
    )
    if record.version is None:
        _index_titles(connection, record)
    if paper is None or paper.abstract is None:  # an older one's does not belong to this paper
        connection.execute(
            "DELETE FROM abstracts WHERE number ="
            " (SELECT number FROM papers WHERE id = ? AND version = ?)",
            (record.id, version),
        )
    else:
        text = paper.abstract.encode("utf-8", "replace")
        connection.execute(
            "INSERT OR REPLACE INTO abstracts (number, sum, text)"
            " SELECT number, ?, ? FROM papers WHERE id = ? AND version = ?",
            (checksum(id_, version.encode(), text), text, record.id, version),
        )


def _index_titles(connection: sqlite3.Connection, record: Record) -> None:
    """Insert the digests of a paper's titles.

    They replace those of its earlier record.
    """
    (number,) = connection.execute(
        "SELECT number FROM papers WHERE id = ? AND version = ''", (record.id,)
    ).fetchone()
    connection.execute("DELETE FROM titles WHERE number = ?", (number,))
    keys = find_title_keys(record.paper) if record.paper else ()
    rows = [(digest_title(key), number) for key in keys]
    connection.executemany("INSERT OR IGNORE INTO titles (key, number) VALUES (?, ?)", rows)


def digest_title(key: str) -> int:
    """Return 63 bits of a title's key, the same on every machine."""
    digest = blake2b(key.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _salvage(path: Path, derive: Derive) -> Iterator[Record]:
    """Yield a damaged file's whole rows.

    They are read from the beginning, and if that breaks, from the end.
    """
    with suppress(*FAULTS), closing(connect(path, "mode=ro")) as connection:
        for order in ("ASC", "DESC"):
            with suppress(*FAULTS):
                for row in connection.execute(f"SELECT {_WITH_ABSTRACT} ORDER BY number {order}"):
                    with suppress(TypeError, ValueError, AttributeError):
                        key = (PaperId(row[0].decode()), row[1].decode() or None)
                        if record := _record(key, row, derive):
                            yield record
                return


def _is_whole(path: Path) -> bool:
    try:
        with closing(connect(path)) as connection:
            return bool(connection.execute("PRAGMA integrity_check(1)").fetchone() == (b"ok",))
    except FAULTS as error:
        return not is_corrupt(error)  # then others write into it


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _files(path: Path) -> tuple[Path, Path, Path]:
    return Path(f"{path}-shm"), Path(f"{path}-wal"), path


def _unused(path: Path) -> Path:
    n = 1
    while (aside := Path(f"{path}.corrupt-{n}")).exists():
        n += 1
    return aside
