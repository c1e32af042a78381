"""Deadline of one exchange, over connection, TLS, head, body and trailers.

urllib3's timeouts restart with each byte, so a trickling response never reaches one. So the exchange
runs in its own thread, and the waiting thread shuts its socket down at the deadline. A thread without
a socket (in name resolution, or in an adapter of the caller) continues alone, but sends nothing more.
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

_CHECK_INTERVAL_S = 0.1  # between two checks of the size

T = TypeVar("T")


class DeadlineError(Exception):
    """Raised if an exchange does not end before its deadline."""


class SizeError(Exception):
    """Raised if a response has more bytes on the wire than allowed."""


class Watch:
    """Connection and response of one exchange, so that another thread can end it."""

    def __init__(self) -> None:
        self.ended = False
        self._lock = threading.Lock()
        self._connection: Any = None
        self._response: Any = None

    def add_connection(self, connection: Any) -> None:
        """Register the connection that the exchange uses.

        Raises:
            DeadlineError: the exchange was ended, so it may send nothing more.
        """
        with self._lock:
            self._connection = connection
            if self.ended:
                raise DeadlineError

    def add_response(self, response: Any) -> None:
        """Register the response whose body is read."""
        self._response = response

    def count_bytes(self) -> int:
        """Return the size of the body received so far."""
        try:
            return int(self._response.tell())
        except Exception:  # noqa: BLE001 - a caller's adapter or a recorded response may lack it
            return 0

    def end_exchange(self) -> None:
        """End the exchange: shut its socket down."""
        with self._lock:
            self.ended = True
            connection = self._connection
        found = getattr(connection, "sock", None) or _find_socket(self._response)
        found = getattr(found, "socket", found)  # TLS inside TLS, through an https proxy
        if isinstance(found, socket.socket):
            with contextlib.suppress(OSError):  # not `found.shutdown`, which would wait for TLS
                socket.socket.shutdown(found, socket.SHUT_RDWR)


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)
"""The watch of the exchange that runs in this context."""


def watch_exchange(
    work: Callable[[Watch], T],
    *,
    left_s: float,
    max_bytes: int | None = None,
) -> T:
    """Return an exchange's result, or end it in time.

    Args:
        work: The exchange; it runs in its own thread.
        left_s: Seconds until the deadline.
        max_bytes: Limit of the body on the wire.

    Raises:
        DeadlineError: the exchange did not end in time.
        SizeError: the body has more bytes.
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
        except BaseException as error:  # noqa: BLE001 - raised again in the waiting thread
            errors.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=copy_context().run, args=(run,), name="exchange", daemon=True)
    thread.start()
    try:
        while not done.wait(max(0.0, min(_CHECK_INTERVAL_S, end - time.monotonic()))):
            if time.monotonic() >= end:
                raise DeadlineError  # noqa: TRY301 - caught to end the exchange
            if max_bytes is not None and watch.count_bytes() > max_bytes:
                raise SizeError  # noqa: TRY301
    except BaseException:
        watch.end_exchange()
        raise
    if errors:
        raise errors[0]
    return results[0]


def open_adapter(
    plain: type[HTTPConnection] | None = None, secure: type[HTTPConnection] | None = None
) -> HTTPAdapter:
    """Return an adapter whose connections a watch can end.

    Args:
        plain: Class of the http connections; None for urllib3's.
        secure: Class of the https connections; None for urllib3's.
    """

    class PlainPool(_WatchedPool, urllib3.HTTPConnectionPool):
        pass

    class SecurePool(_WatchedPool, urllib3.HTTPSConnectionPool):
        pass

    # The default stays on urllib3's classes, where a recorder of responses replaces it.
    if plain is not None:
        PlainPool.ConnectionCls = plain
    if secure is not None:
        SecurePool.ConnectionCls = secure  # type: ignore[assignment]
    return _WatchedAdapter({"http": PlainPool, "https": SecurePool})


class _WatchedPool:
    """Mixin of a pool that registers each connection with the watch before its use."""

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection = super()._get_conn(timeout)  # type: ignore[misc]
        _register_connection(connection)
        return connection

    def _make_request(self, conn: Any, *args: Any, **options: Any) -> Any:
        _register_connection(conn)
        return super()._make_request(conn, *args, **options)  # type: ignore[misc]


class _WatchedAdapter(HTTPAdapter):
    """Adapter that uses the given pools, also through a proxy."""

    def __init__(self, pools: dict[str, Any]) -> None:
        self._pools = pools
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):  # SOCKS has its own pools
            manager.pool_classes_by_scheme = self._pools
        return manager


def _register_connection(connection: Any) -> None:
    watch = _watch.get()
    if watch is not None:
        watch.add_connection(connection)


def _find_socket(response: Any) -> Any:
    """Return the socket of a response, if any."""
    stream = getattr(getattr(response, "_fp", None), "fp", None)
    return getattr(getattr(stream, "raw", None), "_sock", None)
