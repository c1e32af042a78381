"""The HTTP cache: requests-cache in one SQLite file, and what is done when that file fails.

What lies in it can always be asked again, so any trouble is reported once and the run goes on without
it: nothing raises for the cache's sake, and nothing waits for ever for a lock.
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
_BUSY_S = 5.0


def open_cache(
    folder: Path | None, on_trouble: Callable[[str], None], *, file: str = FILE
) -> BaseCache:
    """Open the cache in a folder, or in memory if unusable.

    Args:
        folder: The cache folder; None: in memory.
        on_trouble: Called once with what is wrong.
        file: Its name in the folder.
    """
    if folder is None:
        return BaseCache()
    from filelock import FileLock, Timeout

    path = folder / file
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Several processes that make one file at once meet "database is locked" at once.
        with FileLock(folder / f"{file}.lock", mode=0o600, timeout=_BUSY_S):
            try:
                _prepare(path)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                _set_aside(path)
                on_trouble(f"{path} was damaged; it is set aside, and a new one begun")
                _prepare(path)
            return _Cache(path, on_trouble)
    except (OSError, sqlite3.Error, Timeout) as error:
        on_trouble(f"{path} cannot be used ({_reason(error)}); this run keeps no answers")
        return BaseCache()


class _Cache(SQLiteCache):
    """Cache that is no longer used once its file fails."""

    def __init__(self, path: Path, on_trouble: Callable[[str], None]) -> None:
        super().__init__(path, serializer="json", wal=True, timeout=_BUSY_S)
        self._path, self._on_trouble = path, on_trouble
        self._failed = False
        self._writing = threading.Lock()  # all threads share one connection

    def get_response(self, key: str, default: Any = None) -> Any:
        """Return what a key holds.

        A damaged entry is missing.
        """
        if self._failed:
            return default
        try:
            found = super().get_response(key, default)
        except sqlite3.Error as error:
            self._fail(error)
            return default
        except Exception:  # noqa: BLE001 - cattrs' and others, for a row of another form
            return default
        return found if isinstance(found, CachedResponse) else default

    def save_response(
        self, response: Any, cache_key: str | None = None, expires: datetime | None = None
    ) -> None:
        """Store a response if that can be done at once."""
        if self._failed:
            return
        key = cache_key or self.create_key(response.request)
        try:
            # requests-cache waits for this lock without end, and does not report a failed write.
            with self._writing:
                with self.responses.connection() as connection:
                    connection.execute("BEGIN IMMEDIATE")
                    connection.rollback()
                super().save_response(response, key, expires)
                if key not in self.responses:
                    raise sqlite3.OperationalError("nothing can be written")
        except sqlite3.Error as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._failed = True
        self._on_trouble(f"{self._path} failed ({_reason(error)}); this run keeps no answers")


def _prepare(path: Path) -> None:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # -wal and -shm get its mode
    with closing(sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA user_version=1")  # written for real: is there room, may we?
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'responses'")
        if known.fetchone():
            connection.execute("DELETE FROM responses WHERE expires <= ?", (int(time.time()),))


def _set_aside(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.replace(path.with_name(f"{path.name}.corrupt"))


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
