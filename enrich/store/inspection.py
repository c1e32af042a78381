"""Inspection of a store's file, without changing it: its records and its damage."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from enrich.errors import StoreError
from enrich.store.sqlite import (
    FAULTS,
    check_layout,
    checksum,
    connect,
    describe_cause,
    is_corrupt,
    is_empty,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreState:
    """Counts and damage of one store file."""

    records: int = 0
    """Records with a correct checksum."""
    damaged: int = 0
    """Records with a wrong checksum; a run skips them and requests their papers again."""
    newest: float | None = None
    """Time of the newest record's request, in seconds since 1970."""
    set_aside: tuple[str, ...] = ()
    """Names of the damaged files that earlier runs renamed."""
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
            check_layout(connection, path)
            good, damaged, newest = _count_records(connection)
            problem = _find_corruption(connection)
    except StoreError as error:
        return StoreState(set_aside=aside, trouble=str(error))
    except (*FAULTS, OSError) as error:
        corrupt = is_corrupt(error)
        cause = describe_cause(error)
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
    """Open a file read-only, also in a read-only folder."""
    connection = connect(path, "mode=ro")
    try:
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:  # -wal and -shm cannot be created
        connection.close()
        return connect(path, "mode=ro&immutable=1")
    except BaseException:
        connection.close()
        raise
    return connection


def _count_records(connection: sqlite3.Connection) -> tuple[int, int, float | None]:
    """Count good and damaged records; find the newest time."""
    good = damaged = 0
    newest: float | None = None
    for id_, version, fetched_at, stored_sum, data in _iterate_rows(connection):
        if stored_sum == checksum(id_, version, data) and isinstance(fetched_at, float):
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
    """Return the first fault that SQLite finds."""
    (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return None if text == "ok" else text.partition("\n")[0]
