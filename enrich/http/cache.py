"""HTTP cache: requests-cache in one SQLite file; a run can continue without it.

Every cached response can be requested again. So a failing file is reported once and no longer used: no
exception leaves the cache, and each wait for a lock has a limit.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from requests_cache.backends.base import BaseCache
from requests_cache.backends.sqlite import SQLiteCache
from requests_cache.models.response import CachedResponse

FILE = "answers.sqlite"
_LOCK_TIMEOUT_S = 5.0


def open_cache(
    folder: Path | None, on_trouble: Callable[[str], None], *, file: str = FILE
) -> BaseCache:
    """Open the cache in a folder, otherwise in memory.

    Args:
        folder: The cache folder; None for a cache in memory.
        on_trouble: Called once with a message if the file cannot be used.
        file: Name of the file in the folder.
    """
    if folder is None:
        return BaseCache()
    from filelock import FileLock, Timeout

    path = folder / file
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite fails with "database is locked" if several processes create one file.
        with FileLock(folder / f"{file}.lock", mode=0o600, timeout=_LOCK_TIMEOUT_S):
            try:
                _prepare_file(path)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                _rename_corrupt(path)
                on_trouble(
                    f"{path} was damaged; it was renamed to {path.name}.corrupt and a new one made"
                )
                _prepare_file(path)
            return _Cache(path, on_trouble)
    except (OSError, sqlite3.Error, Timeout) as error:
        on_trouble(
            f"{path} cannot be used ({_describe_cause(error)}); this run caches no responses"
        )
        return BaseCache()


class _Cache(SQLiteCache):
    """Cache that is no longer used after an error of its file."""

    def __init__(self, path: Path, on_trouble: Callable[[str], None]) -> None:
        super().__init__(path, serializer="json", wal=True, timeout=_LOCK_TIMEOUT_S)
        self._path, self._on_trouble = path, on_trouble
        self._failed = False
        self._write_lock = threading.Lock()  # all threads share one connection

    def get_response(self, key: str, default: Any = None) -> Any:
        """Return the response of a key.

        A damaged entry counts as missing.
        """
        if self._failed:
            return default
        try:
            found = super().get_response(key, default)
        except sqlite3.Error as error:
            self._stop_using(error)
            return default
        except Exception:  # noqa: BLE001 - cattrs and others raise many types for other forms of entries
            return default
        return found if isinstance(found, CachedResponse) else default

    def save_response(
        self, response: Any, cache_key: str | None = None, expires: datetime | None = None
    ) -> None:
        """Store a response, unless the file fails."""
        if self._failed:
            return
        key = cache_key or self.create_key(response.request)
        try:
            # requests-cache waits for SQLite's lock without a limit and hides a failed write. So the
            # lock is tried first.
            with self._write_lock:
                with self.responses.connection() as connection:
                    connection.execute("BEGIN IMMEDIATE")
                    connection.rollback()
                super().save_response(response, key, expires)
                if key not in self.responses:
                    raise sqlite3.OperationalError("the response was not written")
        except sqlite3.Error as error:
            self._stop_using(error)

    def _stop_using(self, error: Exception) -> None:
        self._failed = True
        self._on_trouble(
            f"{self._path} failed ({_describe_cause(error)}); this run caches no responses"
        )


def _prepare_file(path: Path) -> None:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # -wal and -shm inherit this mode
    with closing(
        sqlite3.connect(path, timeout=_LOCK_TIMEOUT_S, isolation_level=None)
    ) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(
            "PRAGMA user_version=1"
        )  # a real write: fails here if the disk is full or read-only
        table = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'responses'")
        if table.fetchone():
            connection.execute("DELETE FROM responses WHERE expires <= ?", (int(time.time()),))


def _rename_corrupt(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.replace(path.with_name(f"{path.name}.corrupt"))


def _describe_cause(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
