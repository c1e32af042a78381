"""Deadline of one exchange, over connection, TLS, head, body and trailers.

urllib3's timeouts begin anew with each byte, so an answer that trickles never meets one. The exchange
therefore runs in a thread of its own, and whoever waits for it shuts its socket down at the deadline.
A thread that no socket ends (in name resolution, or in an adapter of the caller) is left alone; it
sends nothing afterwards.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import Any, TypeVar

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection

_CHECK_EVERY_S = 0.1  # how often the size is read

T = TypeVar("T")


class DeadlineError(Exception):
    """The exchange was not over in time."""


class SizeError(Exception):
    """More bytes came over the wire than an answer may have."""


class Watch:
    """Connection and answer of one exchange, so that another thread can end it."""

    def __init__(self) -> None:
        self.ended = False
        self._lock = threading.Lock()
        self._connection: Any = None
        self._answer: Any = None

    def add_connection(self, connection: Any) -> None:
        """Register the connection that the exchange uses.

        Raises:
            DeadlineError: the exchange was ended, so nothing may be sent over it.
        """
        with self._lock:
            self._connection = connection
            if self.ended:
                raise DeadlineError

    def add_answer(self, answer: Any) -> None:
        """Register the answer whose body is read."""
        self._answer = answer

    def count_bytes(self) -> int:
        """Return how many bytes of the body came so far."""
        try:
            return int(self._answer.tell())
        except Exception:  # noqa: BLE001 - a caller's adapter, or a recorded answer, cannot tell
            return 0

    def end(self) -> None:
        """End the exchange: shut its socket down."""
        with self._lock:
            self.ended = True
            connection = self._connection
        found = getattr(connection, "sock", None) or _find_socket(self._answer)
        found = getattr(found, "socket", found)  # TLS through a proxy that itself speaks TLS
        if isinstance(found, socket.socket):
            with contextlib.suppress(OSError):  # not `found.shutdown`: TLS would be ended first
                socket.socket.shutdown(found, socket.SHUT_RDWR)


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)
"""The watch of the exchange that runs in this context."""


def watch_exchange(
    work: Callable[[Watch], T],
    *,
    left_s: float,
    max_bytes: int | None = None,
) -> T:
    """Return what the work returns, or end it at its deadline.

    Args:
        work: What is done, in a thread of its own.
        left_s: Seconds until it must be over.
        max_bytes: The most bytes of the body on the wire.

    Raises:
        DeadlineError: it was not over in time.
        SizeError: more bytes came.
    """
    if left_s <= 0:
        raise DeadlineError
    watch = Watch()
    done = threading.Event()
    results: list[T] = []
    errors: list[BaseException] = []
    end = time.monotonic() + left_s

    def run() -> None:
        _watch.set(watch)
        try:
            results.append(work(watch))
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            errors.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=copy_context().run, args=(run,), name="exchange", daemon=True)
    thread.start()
    try:
        while not done.wait(max(0.0, min(_CHECK_EVERY_S, end - time.monotonic()))):
            if time.monotonic() >= end:
                raise DeadlineError  # noqa: TRY301 - caught to end the exchange
            if max_bytes is not None and watch.count_bytes() > max_bytes:
                raise SizeError  # noqa: TRY301
    except BaseException:
        watch.end()
        raise
    if errors:
        raise errors[0]
    return results[0]


def open_adapter(
    plain: type[HTTPConnection] | None = None, secure: type[HTTPConnection] | None = None
) -> HTTPAdapter:
    """Return an adapter whose connections a watch can end.

    Args:
        plain: Class of its connections over http; urllib3's own if None.
        secure: Class of its connections over https.
    """

    class PlainPool(_Watched, urllib3.HTTPConnectionPool):
        pass

    class SecurePool(_Watched, urllib3.HTTPSConnectionPool):
        pass

    # urllib3's own are not named: a recorder of answers replaces them on its classes.
    if plain is not None:
        PlainPool.ConnectionCls = plain
    if secure is not None:
        SecurePool.ConnectionCls = secure  # type: ignore[assignment]
    return _WatchedAdapter({"http": PlainPool, "https": SecurePool})


class _Watched:
    """Part of a pool that shows each connection to the watch before it is used."""

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection = super()._get_conn(timeout)  # type: ignore[misc]
        _show(connection)
        return connection

    def _make_request(self, conn: Any, *args: Any, **options: Any) -> Any:
        _show(conn)
        return super()._make_request(conn, *args, **options)  # type: ignore[misc]


class _WatchedAdapter(HTTPAdapter):
    """Adapter whose pools, through a proxy too, are the given ones."""

    def __init__(self, pools: dict[str, Any]) -> None:
        self._pools = pools
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):  # which has pools of its own
            manager.pool_classes_by_scheme = self._pools
        return manager


def _show(connection: Any) -> None:
    watch = _watch.get()
    if watch is not None:
        watch.add_connection(connection)


def _find_socket(answer: Any) -> Any:
    """Return the socket under an answer, if it has one."""
    stream = getattr(getattr(answer, "_fp", None), "fp", None)
    return getattr(getattr(stream, "raw", None), "_sock", None)
