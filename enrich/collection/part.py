"""Growing collection beside its place: its name, its lock, its one step into place."""

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
"""Table of what a collection was made of."""
_HEADER = 100  # bytes; the application's id stands at 68: sqlite.org/fileformat2.html
_OURS = APPLICATION_ID.to_bytes(4, "big")
_MAX_NAME = 255  # bytes, on all usual file systems


def name_part(out: Path) -> Path:
    """Name the growing collection.

    The name is always the same for one `out`, however long that name is.
    """
    name = out.name + ".part"
    if len(os.fsencode(name + "-journal")) > _MAX_NAME:
        name = f".{hashlib.sha256(os.fsencode(out.name)).hexdigest()[:32]}.part"
    return out.with_name(name)


def check_replaceable(out: Path) -> None:
    """Raise PapersError if another file than a collection would be replaced.

    A collection of any layout may be replaced.
    """
    try:
        if not out.exists():
            return
        head = b""
        if out.is_file():
            with out.open("rb") as file:
                head = file.read(_HEADER)
            if not head or (head.startswith(MAGIC) and head[68:72] == _OURS):
                return
    except OSError as error:
        raise PapersError(f"{out}: {error.strerror}") from None
    raise PapersError(
        f"{out}: this is no collection, and is not replaced by one",
        hint="give -o another name, or remove it",
    )


def connect_part(part: Path) -> sqlite3.Connection:
    """Open a growing collection; no other process can open it meanwhile.

    Raises:
        sqlite3.Error: it is damaged, or another process holds it.
    """
    connection = connect(part)
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute(
            "PRAGMA synchronous=OFF"
        )  # a kill loses nothing; at the end it is synced
        connection.execute("PRAGMA cache_size=-16000")
        connection.execute(
            "PRAGMA page_size=8192"
        )  # of a new file: less is left over at their ends
        with transaction(connection):
            pass
    except FAULTS:
        connection.close()
        raise
    return connection


def publish_part(part: Path, out: Path) -> None:
    """Move the finished collection to its name.

    It keeps the mode of an older one.
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
