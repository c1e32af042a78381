"""The SQLite file of a store or a collection: its tables, how it is opened, what may go wrong.

No business of papers: rows are made and read elsewhere.
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
"""Of the tables and of the records in them; raised when either changes."""
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
"""Digests of title keys, by which other records of a work are found; a store's only."""
TITLES_INDEX = "CREATE INDEX IF NOT EXISTS titles_by_number ON titles (number)"
INDEX = "CREATE UNIQUE INDEX IF NOT EXISTS papers_by_id ON papers (id, version)"
FAULTS = (sqlite3.Error, UnicodeDecodeError)
"""What a statement may raise: the second where SQLite's message quotes a damaged schema."""
CORRUPT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def connect(path: Path, mode: str = "mode=rw") -> sqlite3.Connection:
    """Open a SQLite file.

    Nothing in its schema can run code. Text is returned as bytes.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=5,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.text_factory = bytes  # invalid UTF-8 must not break the good rows beside it
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA synchronous=NORMAL")
    except FAULTS:
        connection.close()
        raise
    return connection


@contextmanager
def guard(path: Path, *, alone: bool = False) -> Iterator[None]:
    """Keep a file where it lies while it is opened or written.

    With `alone`, no other process does so meanwhile.

    SQLite finds `-wal` and `-shm` by name: who has opened a file that is then moved would take those
    of the file that follows, and delete them. The guard is a lock of SQLite's own, on a second file.

    Raises:
        OSError: the second file cannot be made or opened, or others hold it for too long.
    """
    lock = Path(f"{path}.lock")
    touch(lock)
    with closing(sqlite3.connect(lock, timeout=30, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=MEMORY")  # an empty file stays empty, and alone
            connection.execute("BEGIN EXCLUSIVE" if alone else "BEGIN")
            connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
        except sqlite3.Error as error:
            raise OSError(f"{lock.name}: {error}") from error
        yield


def touch(path: Path) -> None:
    """Make an empty private file, unless there is one.

    Nobody else may read it.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


class EarlierLayout(StoreError):  # noqa: N818 - reads as the outcome it is
    """A file that an earlier version of this program made, whose records are not read."""


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raise an error if a file is not of today's layout.

    Raises:
        EarlierLayout: an earlier version of this program made it.
        StoreError: another program's database, or a newer layout.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (schema,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise StoreError(f"{path} is the database of another program")
    if schema < SCHEMA:
        raise EarlierLayout(f"{path} has an earlier layout")
    if schema > SCHEMA:
        raise StoreError(
            f"{path} has layout {schema} and this enrich knows {SCHEMA}: a newer one made it"
        )


def create(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty database, in the open transaction."""
    connection.execute(PAPERS)
    connection.execute(ABSTRACTS)
    connection.execute(TITLES)
    connection.execute(TITLES_INDEX)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={SCHEMA}")


def drop_tables(connection: sqlite3.Connection) -> None:
    """Remove all tables, in the open transaction."""
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (name,) in names:
        quoted = name.decode("utf-8", "replace").replace('"', '""')
        connection.execute(f'DROP TABLE IF EXISTS "{quoted}"')


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Run a block as one transaction: all of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        with suppress(*FAULTS):
            connection.execute("ROLLBACK")
        raise


def checksum(id_: bytes, version: bytes, data: bytes | None) -> int:
    """Return a 31-bit checksum of a row, to detect a flipped bit.

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


def reason(error: Exception) -> str:
    """Return the cause in a few words."""
    if isinstance(error, UnicodeDecodeError):
        return "malformed database schema"
    return (isinstance(error, OSError) and error.strerror) or str(error)
