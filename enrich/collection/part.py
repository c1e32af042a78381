"""File of a growing collection: its name, its lock, its rename at the end."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

from enrich.collection.collection import MAGIC
from enrich.errors import PapersError
from enrich.store.sqlite import APPLICATION_ID, FAULTS, connect, transaction

FILES = """CREATE TABLE files (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, changed INTEGER NOT NULL,
    format TEXT NOT NULL, abstracts INTEGER NOT NULL, offset INTEGER NOT NULL DEFAULT 0,
    place INTEGER NOT NULL DEFAULT 0, papers INTEGER NOT NULL DEFAULT 0,
    problems INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0
)"""
"""Table of the files from which a collection was made."""
_HEADER_BYTES = 100  # with the application id at byte 68: sqlite.org/fileformat2.html
_ID_BYTES = APPLICATION_ID.to_bytes(4, "big")
_MAX_NAME_BYTES = 255  # on all usual file systems


def name_part(out: Path) -> Path:
    """Name the file of a growing collection.

    The name depends only on `out`; a digest replaces a very long name.
    """
    name = out.name + ".part"
    if len(os.fsencode(name + "-journal")) > _MAX_NAME_BYTES:
        name = f".{hashlib.sha256(os.fsencode(out.name)).hexdigest()[:32]}.part"
    return out.with_name(name)


def check_replaceable(out: Path) -> None:
    """Raise PapersError if `out` is another kind of file.

    A collection of any layout may be replaced.
    """
    try:
        if not out.exists():
            return
        head = b""
        if out.is_file():
            with out.open("rb") as file:
                head = file.read(_HEADER_BYTES)
            if not head or (head.startswith(MAGIC) and head[68:72] == _ID_BYTES):
                return
    except OSError as error:
        raise PapersError(f"{out}: {error.strerror}") from None
    raise PapersError(
        f"{out}: this is not a collection, so it is not replaced",
        hint="use another name for -o, or remove the file",
    )


def connect_part(part: Path) -> sqlite3.Connection:
    """Open a growing collection for this process alone.

    Raises:
        sqlite3.Error: the file is damaged, or another process has it open.
    """
    connection = connect(part)
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute(
            "PRAGMA synchronous=OFF"
        )  # a killed process loses nothing; `publish_part` syncs
        connection.execute("PRAGMA cache_size=-16000")
        connection.execute("PRAGMA page_size=8192")  # of a new file: large pages waste less space
        with transaction(connection):
            pass
    except FAULTS:
        connection.close()
        raise
    return connection


def publish_part(part: Path, out: Path) -> None:
    """Move the finished collection to `out`.

    It gets the file mode of the collection that it replaces.
    """
    try:
        if out.exists():
            shutil.copymode(out, part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(out)
    except OSError as error:
        raise PapersError(f"{out}: {error.strerror}") from None
    remove_part(part)


def remove_part(part: Path) -> None:
    """Remove a growing collection and its journal."""
    for file in (part, part.with_name(part.name + "-journal")):
        with suppress(OSError):
            file.unlink(missing_ok=True)
