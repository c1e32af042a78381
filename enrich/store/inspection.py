"""State of a store's file, found without changing it: what it holds, what is damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from enrich.errors import StoreError
from enrich.store.sqlite import FAULTS, check, checksum, connect, is_corrupt, is_empty, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreState:
    """Facts about one file of papers."""

    records: int = 0
    """Records whose checksum is right."""
    damaged: int = 0
    """Records whose checksum is wrong; a run skips them and asks again."""
    newest: float | None = None
    """When the newest record was fetched, in seconds of the epoch."""
    set_aside: tuple[str, ...] = ()
    """Names of damaged files that earlier runs set aside."""
    trouble: str | None = None
    """Why the file cannot be read as a store; None if it can."""
    corrupt: bool = False
    """Whether the file itself is damaged."""


def inspect_store(path: Path) -> StoreState:
    """Return the state of a store's file.

    Nothing is repaired or written. A missing file is an empty store.
    """
    aside = tuple(sorted(file.name for file in path.parent.glob(f"{path.name}.corrupt-*")))
    if not path.exists():
        return StoreState(set_aside=aside)
    try:
        with closing(_open_to_inspect(path)) as connection:
            if is_empty(connection):
                return StoreState(set_aside=aside)
            check(connection, path)
            good, damaged, newest = _count_records(connection)
            problem = _find_corruption(connection)
    except StoreError as error:
        return StoreState(set_aside=aside, trouble=str(error))
    except (*FAULTS, OSError) as error:
        corrupt = is_corrupt(error)
        cause = reason(error)
        return StoreState(set_aside=aside, trouble=f"{path}: {cause}", corrupt=corrupt)
    return StoreState(
        records=good,
        damaged=damaged,
        newest=newest,
        set_aside=aside,
        trouble=problem and f"{path}: {problem}",
        corrupt=problem is not None,
    )


def _open_to_inspect(path: Path) -> sqlite3.Connection:
    """Open a file to read; one in a folder without write access is taken as it lies."""
    connection = connect(path, "mode=ro")
    try:
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:  # its -wal and -shm cannot be made
        connection.close()
        return connect(path, "mode=ro&immutable=1")
    except BaseException:
        connection.close()
        raise
    return connection


def _count_records(connection: sqlite3.Connection) -> tuple[int, int, float | None]:
    """Count the good and the damaged records, and find the newest."""
    good = damaged = 0
    newest: float | None = None
    for id_, version, fetched_at, total, data in _iterate_rows(connection):
        if total == checksum(id_, version, data) and isinstance(fetched_at, float):
            good += 1
            newest = fetched_at if newest is None else max(newest, fetched_at)
        else:
            damaged += 1
    return good, damaged, newest


def _iterate_rows(
    connection: sqlite3.Connection,
) -> Iterator[tuple[bytes, bytes, object, object, bytes | None]]:
    yield from connection.execute("SELECT id, version, fetched_at, sum, record FROM papers")


def _find_corruption(connection: sqlite3.Connection) -> str | None:
    """Return the first fault that SQLite finds in the file."""
    (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return None if text == "ok" else text.partition("\n")[0]
