"""Store of papers: one SQLite file with one record per paper or version, read and written in batches.

Each file problem is reported once and the run continues. A corrupt file is renamed to `*.corrupt-N` and
its good records are copied. If the file cannot be written, it is only read and new records stay in
memory. A database of another program or a newer layout is not used. Each row has a checksum, so a
damaged row counts as missing and never becomes a wrong paper.
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
from enrich.store.freshness import Key, Record, may_replace
from enrich.store.sqlite import (
    BATCH,
    FAULTS,
    INDEX,
    SCHEMA,
    EarlierLayout,
    check_layout,
    checksum,
    connect,
    create_private_file,
    create_tables,
    describe_cause,
    drop_tables,
    guard,
    is_corrupt,
    is_empty,
    transaction,
)

__all__ = ["Record", "Store", "open_store", "store_folder"]

_COLUMNS = "id, version, revision, fetched_at, expires_at, misses, p.sum, record"
_WITH_ABSTRACT = f"{_COLUMNS}, a.sum, a.text FROM papers p LEFT JOIN abstracts a USING (number)"

logger = logging.getLogger("enrich")


def open_store(
    folder: Path | None,
    *,
    now: float,
    on_trouble: Callable[[str], None],
    derive: Derive = lambda _: Links(),
) -> Store:
    """Open the store in a folder, created if missing.

    A damaged file or folder raises nothing: `on_trouble` gets one line, and the store returns the
    records it can read.

    Args:
        folder: Folder, or None for the user's cache folder.
        now: Seconds since 1970.
        on_trouble: Called with one line for each problem.
        derive: Derives a paper's links from its id; they are not stored.
    """
    path = store_folder(folder) / "papers.sqlite"
    return Store(path, now=now, on_trouble=on_trouble, derive=derive)


def store_folder(folder: Path | None) -> Path:
    """Return the folder, or the user's cache folder."""
    if folder is not None:
        return folder
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("enrich", appauthor=False))


class Store:
    """Open store, made by `open_store`. Several threads may use it."""

    def __init__(
        self, path: Path, *, now: float, on_trouble: Callable[[str], None], derive: Derive
    ) -> None:
        self.path = path
        self._derive = derive
        self._now = now
        self._on_trouble = on_trouble
        self._reported: set[str] = set()
        self._lock = RLock()
        self._unsaved: dict[Key, Record] = {}
        """Records that could not be written; they take precedence over the file's."""
        self._writable = True
        self._connection: sqlite3.Connection | None = None
        self._opened_file: tuple[int, int] | None = None
        """Device and inode of the open file."""
        self._open()

    def get_many(self, keys: Iterable[Key], *, abstracts: bool = False) -> dict[Key, Record]:
        """Return the stored records of keys."""
        wanted = list(dict.fromkeys(keys))
        with self._lock:
            try:
                found = self._read(wanted, abstracts=abstracts)
            except FAULTS as error:
                self._handle_error(error)
                found = {}
                with suppress(*FAULTS):  # retry: the file may be recovered or read-only now
                    found = self._read(wanted, abstracts=abstracts)
            if self._unsaved:
                found |= {key: self._unsaved[key] for key in wanted if key in self._unsaved}
        return found

    def find_by_titles(self, keys: Iterable[str]) -> dict[PaperId, Paper]:
        """Return the papers whose title matches a key.

        Records held in memory are not searched.
        """
        digests = sorted({digest_title(key) for key in keys})
        found: dict[PaperId, Paper] = {}
        with self._lock:
            try:
                for start in range(0, len(digests) if self._connection else 0, BATCH):
                    found |= self._read_by_titles(digests[start : start + BATCH])
            except FAULTS as error:
                self._handle_error(error)
        return found

    def put_many(self, records: Iterable[Record]) -> None:
        """Store records in one transaction.

        A record that may not replace the stored one is skipped.
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
                    self._handle_error(error, writing=True)
                else:
                    self._close_connection()
                    self._open()
            old = self.get_many(new)
            self._unsaved |= {
                key: record
                for key, record in new.items()
                if key not in old or may_replace(old[key], record)
            }

    def info(self) -> dict[str, Any]:
        """Return the file's path, schema, size and counts."""
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
                    self._handle_error(error)
            return {
                "path": str(self.path),
                "schema": SCHEMA,
                "bytes": sum(f.stat().st_size for f in _list_db_files(self.path) if f.exists()),
                "papers": counts[0],
                "missing": counts[1],
                "abstracts": counts[2],
                "expired": counts[3],
                "writable": self._writable,
            }

    def clear(self) -> None:
        """Remove all records, and the renamed corrupt files.

        Raises:
            StoreError: the file is not writable, or not an enrich store.
        """
        with self._lock:
            self._unsaved.clear()
            if self._connection is None or not self._writable:
                raise StoreError(
                    f"{self.path} cannot be cleared: it is not writable, or not an enrich store"
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
        """Remove records fetched before a time; return their number.

        Args:
            before: Seconds since 1970.

        Raises:
            StoreError: the file is not writable, or not an enrich store.
        """
        with self._lock:
            if self._connection is None or not self._writable:
                raise StoreError(
                    f"{self.path} cannot be pruned: it is not writable, or not an enrich store"
                )
            old = "(SELECT number FROM papers WHERE fetched_at < ?)"
            try:
                with transaction(self._connection) as connection:
                    for table in ("abstracts", "titles"):
                        connection.execute(f"DELETE FROM {table} WHERE number IN {old}", (before,))  # noqa: S608 - constant names
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
                    self._close_connection()
                else:
                    check_layout(connection, self.path)
                    return
            with guard(self.path, exclusive=True):
                self._create_and_open()
        except EarlierLayout:
            self._close_connection()
            self._rebuild()
        except StoreError as error:
            self._close_connection()
            self._writable = False
            self._report_once(f"{error}; papers are held in memory for this run")
        except (*FAULTS, OSError) as error:
            self._close_connection()
            if is_corrupt(error):
                self._recover_corrupt(error)
            else:
                self._open_to_read(error)

    def _connect(self) -> sqlite3.Connection:
        """Open the file; the caller holds its guard."""
        create_private_file(self.path)
        self._connection = connection = connect(self.path)
        self._opened_file = _stat_identity(self.path)
        return connection

    def _create_and_open(self) -> sqlite3.Connection:
        """Open the file, and create missing tables.

        The caller holds the exclusive guard.
        """
        connection = self._connect()
        if is_empty(connection):
            connection.execute("PRAGMA journal_mode=WAL")
            with transaction(connection):
                create_tables(connection)
                connection.execute(INDEX)
        check_layout(connection, self.path)
        return connection

    def _rebuild(self) -> None:
        """Rebuild a file of an earlier layout.

        Another process may have done it already.
        """
        try:
            with guard(self.path, exclusive=True):
                connection = self._connect()
                try:
                    check_layout(connection, self.path)
                except EarlierLayout:
                    with transaction(connection):
                        drop_tables(connection)
                        create_tables(connection)
                        connection.execute(INDEX)
                    self._report_once(
                        f"{self.path} had an earlier layout and was rebuilt; its papers are looked up again"
                    )
        except (*FAULTS, OSError, StoreError) as error:
            self._close_connection()
            self._writable = False
            self._report_once(
                f"{self.path} has an earlier layout and cannot be rebuilt ({describe_cause(error)});"
                " papers are held in memory for this run"
            )

    def _open_to_read(self, cause: Exception) -> None:
        """Open the file read-only, if possible.

        This is for a folder or disk that is not writable.
        """
        self._writable = False
        for mode in ("mode=ro", "mode=ro&immutable=1"):
            try:
                self._connection = connect(self.path, mode)
                check_layout(self._connection, self.path)
                self._connection.execute("SELECT 1 FROM papers LIMIT 1").fetchone()
            except (*FAULTS, StoreError):
                self._close_connection()
            else:
                self._report_once(
                    f"{self.path} cannot be written ({describe_cause(cause)}); it is only read in this run"
                )
                return
        self._report_once(
            f"{self.path} cannot be opened ({describe_cause(cause)}); papers are held in memory for this run"
        )

    def _handle_error(self, error: Exception, *, writing: bool = False) -> None:
        """Handle an error of SQLite.

        A corrupt file is renamed and recovered. After an error while writing, the file is only read.
        After any other error it is reopened read-only, or closed.
        """
        if is_corrupt(error):
            self._close_connection()
            self._recover_corrupt(error)
        elif writing:
            self._writable = False
            self._report_once(
                f"{self.path} cannot be written ({describe_cause(error)}); new papers are held in memory for this run"
            )
        else:
            self._close_connection()
            self._open_to_read(error)

    def _recover_corrupt(self, cause: Exception) -> None:
        """Move a corrupt file away; start a new one.

        The readable records are copied.
        """
        try:
            with guard(self.path, exclusive=True):
                if _is_whole(self.path):  # another process has recovered it
                    self._create_and_open()
                    return
                aside = _pick_aside_path(self.path)
                for file, target in zip(
                    _list_db_files(self.path), _list_db_files(aside), strict=True
                ):
                    with suppress(FileNotFoundError):
                        file.replace(target)
                recovered = 0
                with transaction(self._create_and_open()) as connection:
                    for record in _iterate_readable(aside, self._derive):
                        _insert(connection, record, self._derive)
                        recovered += 1
        except (OSError, *FAULTS, StoreError) as error:
            self._close_connection()
            self._writable = False
            self._report_once(
                f"{self.path} is damaged ({describe_cause(error)}); papers are held in memory for this run"
            )
        else:
            self._report_once(
                f"{self.path} was damaged ({describe_cause(cause)}) and was moved to {aside.name};"
                f" {recovered} records were recovered"
            )

    def _read(self, wanted: list[Key], *, abstracts: bool) -> dict[Key, Record]:
        if self._connection is None:
            return {}
        found: dict[Key, Record] = {}
        names = {
            (id_.encode(), (version or "").encode()): (id_, version) for id_, version in wanted
        }
        for start in range(0, len(wanted), BATCH):
            ids = [id_ for id_, _ in wanted[start : start + BATCH]]
            placeholders = ",".join("?" * len(ids))
            columns = _WITH_ABSTRACT if abstracts else f"{_COLUMNS} FROM papers p"
            rows = self._connection.execute(f"SELECT {columns} WHERE id IN ({placeholders})", ids)
            for row in rows:
                key = names.get((row[0], row[1]))
                if (
                    key is not None
                    and (record := _decode_or_none(key, row, self._derive)) is not None
                ):
                    found[key] = record
        return found

    def _read_by_titles(self, digests: list[int]) -> dict[PaperId, Paper]:
        assert self._connection is not None  # noqa: S101 - the caller checks it
        placeholders = ",".join("?" * len(digests))
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM papers p JOIN titles USING (number)"  # noqa: S608 - question marks only
            f" WHERE titles.key IN ({placeholders}) AND version = ''",
            digests,
        )
        found = {}
        for row in rows:
            id_ = PaperId(row[0].decode("utf-8", "replace"))
            record = _decode_or_none((id_, None), row, self._derive)
            if record is not None and record.paper is not None:
                found[id_] = record.paper
        return found

    def _write(self, new: dict[Key, Record]) -> bool:
        """Write records; return False if the file was moved.

        Another process moves a corrupt file.
        """
        assert self._connection is not None  # noqa: S101 - writable implies it
        with guard(self.path):
            if _stat_identity(self.path) != self._opened_file:
                return False
            with transaction(self._connection) as connection:
                old = self._read(list(new), abstracts=False)
                for key, record in new.items():
                    if key not in old or may_replace(old[key], record):
                        _insert(connection, record, self._derive)
        return True

    def _close_connection(self) -> None:
        if self._connection:
            with suppress(*FAULTS):
                self._connection.close()
        self._connection = None

    def _report_once(self, message: str) -> None:
        if message not in self._reported:
            self._reported.add(message)
            self._on_trouble(message)


def _decode_or_none(key: Key, row: tuple[Any, ...], derive: Derive) -> Record | None:
    """Decode a row; return None if not valid."""
    try:
        return _decode_record(key, row, derive)
    except Exception as error:
        logger.debug(
            "a row of the store cannot be decoded: %s", type(error).__name__, exc_info=error
        )
        return None


def _decode_record(key: Key, row: tuple[Any, ...], derive: Derive) -> Record | None:
    """Decode a row; return None for a wrong checksum."""
    id_, version = key
    raw_id, raw_version, revision, fetched_at, expires_at, misses, stored_sum, data = row[:8]
    if stored_sum != checksum(raw_id, raw_version, data):
        return None
    abstract = None
    if len(row) > 8 and row[8] is not None:  # columns of `_WITH_ABSTRACT`
        abstract_sum, raw_abstract = row[8:]
        if abstract_sum != checksum(raw_id, raw_version, raw_abstract):
            return None
        abstract = raw_abstract.decode()
    return Record(
        id=id_,
        version=version,
        paper=None if data is None else decode_paper(id_, data, derive, abstract=abstract),
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
    if (
        paper is None or paper.abstract is None
    ):  # an abstract of an older record does not belong to this one
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
    """Replace the digests of a paper's titles."""
    (number,) = connection.execute(
        "SELECT number FROM papers WHERE id = ? AND version = ''", (record.id,)
    ).fetchone()
    connection.execute("DELETE FROM titles WHERE number = ?", (number,))
    keys = find_title_keys(record.paper) if record.paper else ()
    rows = [(digest_title(key), number) for key in keys]
    connection.executemany("INSERT OR IGNORE INTO titles (key, number) VALUES (?, ?)", rows)


def digest_title(key: str) -> int:
    """Return a 63-bit digest of a title's key.

    It is the same on every machine.
    """
    digest = blake2b(key.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _iterate_readable(path: Path, derive: Derive) -> Iterator[Record]:
    """Yield the readable records of a damaged file.

    They are read from the beginning and, after an error, from the end.
    """
    with suppress(*FAULTS), closing(connect(path, "mode=ro")) as connection:
        for order in ("ASC", "DESC"):
            with suppress(*FAULTS):
                for row in connection.execute(f"SELECT {_WITH_ABSTRACT} ORDER BY number {order}"):
                    with suppress(TypeError, ValueError, AttributeError):
                        key = (PaperId(row[0].decode()), row[1].decode() or None)
                        if record := _decode_or_none(key, row, derive):
                            yield record
                return


def _is_whole(path: Path) -> bool:
    try:
        with closing(connect(path)) as connection:
            return bool(connection.execute("PRAGMA integrity_check(1)").fetchone() == (b"ok",))
    except FAULTS as error:
        return not is_corrupt(error)  # busy: another process writes to it


def _stat_identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _list_db_files(path: Path) -> tuple[Path, Path, Path]:
    return Path(f"{path}-shm"), Path(f"{path}-wal"), path


def _pick_aside_path(path: Path) -> Path:
    n = 1
    while (aside := Path(f"{path}.corrupt-{n}")).exists():
        n += 1
    return aside
