"""SQLite file of a store or a collection: its tables, its opening, its errors.

This module does not read or write rows.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from zlib import crc32

from enrich.errors import StoreError

APPLICATION_ID = 0x656E7269  # "enri"
SCHEMA = 3
"""Version of the tables and their records; increased when either changes."""
PAPERS = """CREATE TABLE papers (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, version TEXT NOT NULL, revision INTEGER NOT NULL,
    fetched_at REAL, expires_at REAL, misses INTEGER NOT NULL, sum INTEGER NOT NULL, record BLOB
)"""
ABSTRACTS = """CREATE TABLE abstracts (
    number INTEGER PRIMARY KEY, sum INTEGER NOT NULL, text BLOB NOT NULL
)"""
TITLES = """CREATE TABLE titles (
    key INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (key, number)
) WITHOUT ROWID"""
"""Table of digests of title keys, to find other records of a work; only in a store."""
TITLES_INDEX = "CREATE INDEX IF NOT EXISTS titles_by_number ON titles (number)"
INDEX = "CREATE UNIQUE INDEX IF NOT EXISTS papers_by_id ON papers (id, version)"
BATCH = 500
"""Maximum number of ids in one query."""
FAULTS = (sqlite3.Error, UnicodeDecodeError)
"""Exceptions of a statement; the second comes from a message that quotes a damaged schema."""
CORRUPT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def connect(path: Path, mode: str = "mode=rw") -> sqlite3.Connection:
    """Open a SQLite file, whose schema cannot run code.

    Text is returned as bytes.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=5,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.text_factory = bytes  # so a row with invalid UTF-8 does not break other rows
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA synchronous=NORMAL")
    except FAULTS:
        connection.close()
        raise
    return connection


@contextmanager
def guard(path: Path, *, exclusive: bool = False) -> Iterator[None]:
    """Hold a lock that keeps a file in place.

    With `exclusive`, no other process holds the lock, so the file may be moved.

    SQLite finds `-wal` and `-shm` by name: a process that has a moved file open would use those of the
    file that replaced it, and delete them. The lock is SQLite's, on a second file.

    Raises:
        OSError: the second file cannot be created or opened, or is locked for too long.
    """
    lock = Path(f"{path}.lock")
    create_private_file(lock)
    with closing(sqlite3.connect(lock, timeout=30, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=MEMORY")  # creates no -wal or -shm
            connection.execute("BEGIN EXCLUSIVE" if exclusive else "BEGIN")
            connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
        except sqlite3.Error as error:
            raise OSError(f"{lock.name}: {error}") from error
        yield


def create_private_file(path: Path) -> None:
    """Create an empty file, unless it exists.

    Only this user may read it.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


class EarlierLayout(StoreError):  # noqa: N818 - reads as the outcome it is
    """Raised for a file of an earlier version of this program, whose records are not read."""


def check_layout(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StoreError unless a file has the current layout.

    Raises:
        EarlierLayout: an earlier version of this program made it.
        StoreError: another program's database, or a newer layout.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (schema,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise StoreError(f"{path} is a database of another program")
    if schema < SCHEMA:
        raise EarlierLayout(f"{path} has an earlier layout")
    if schema > SCHEMA:
        raise StoreError(
            f"{path} has layout {schema}, made by a newer enrich; this one reads layout {SCHEMA}"
        )


def create_tables(connection: sqlite3.Connection) -> None:
    """Create the tables in an empty database.

    The caller has a transaction open.
    """
    connection.execute(PAPERS)
    connection.execute(ABSTRACTS)
    connection.execute(TITLES)
    connection.execute(TITLES_INDEX)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={SCHEMA}")


def drop_tables(connection: sqlite3.Connection) -> None:
    """Remove all tables.

    The caller has a transaction open.
    """
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (name,) in names:
        quoted = name.decode("utf-8", "replace").replace('"', '""')
        connection.execute(f'DROP TABLE IF EXISTS "{quoted}"')


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Run a block as one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        with suppress(*FAULTS):
            connection.execute("ROLLBACK")
        raise


def checksum(id_: bytes, version: bytes, data: bytes | None) -> int:
    """Return a row's 31-bit checksum, against flipped bits.

    >>> checksum(b"x:1", b"v2", b"{}") == checksum(b"x:1", b"", b"v2{}")
    False
    """
    return crc32(b"\0" if data is None else data, crc32(b"%b\0%b\0" % (id_, version))) & 0x7FFFFFFF


def is_empty(connection: sqlite3.Connection) -> bool:
    """Return whether the database has no tables yet."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return not application and not tables


def is_corrupt(error: Exception) -> bool:
    """Return whether the file itself is damaged."""
    if isinstance(error, UnicodeDecodeError):
        return True
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in CORRUPT


def is_busy(error: Exception) -> bool:
    """Return whether another process holds the file."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) == sqlite3.SQLITE_BUSY


def describe_cause(error: Exception) -> str:
    """Return an error's cause in a few words."""
    if isinstance(error, UnicodeDecodeError):
        return "malformed database schema"
    return (isinstance(error, OSError) and error.strerror) or str(error)
