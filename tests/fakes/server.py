"""A threaded server on one loopback port: HTTPS proxy (CONNECT), plain proxy, and plain server."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace

import trustme

from tests.fakes.faults import Faults
from tests.fakes.wire import (
    Answer,
    GoneError,
    Request,
    keeps_alive,
    pause,
    pieces,
    read_request,
    reset,
)

Model = Callable[[Request], Answer]
"""What answers for a host."""

LOCAL = ("127.0.0.1", "localhost")


class Server:
    """Accepts, speaks TLS under any name, records, and answers by the model of the host."""

    def __init__(self) -> None:
        self.models: dict[str, Model] = {}
        self.faults = Faults()
        self.latencies: dict[str, float] = {}
        """Host to seconds before each of its answers."""
        self.held: dict[str, threading.Semaphore] = {}
        """Hosts whose answers wait until they are let go."""
        self.errors: list[BaseException] = []
        """Defects of the stand-ins themselves; raised when the server closes."""
        self.authority = trustme.CA()
        self._stranger = trustme.CA()
        self._contexts: dict[tuple[str, str | None], ssl.SSLContext] = {}
        self._records: list[Request] = []
        self._open: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()
        self._live: dict[socket.socket, str | None] = {}
        self._threads: list[threading.Thread] = []
        self._stop, self._stopper = socket.socketpair()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._spawn(self._accept)

    # --- what tests read -------------------------------------------------------------------

    def requests(self, host: str | None = None) -> list[Request]:
        """The requests so far, in the order of their arrival."""
        with self._lock:
            return [r for r in self._records if host is None or r.host == host]

    def forget(self) -> None:
        """Forget the requests so far."""
        with self._lock:
            self._records.clear()

    def drop(self, host: str) -> None:
        """Close the open connections of a host, so that the next request makes a new one."""
        with self._lock:
            sockets = [sock for sock, name in self._live.items() if name == host]
        for sock in sockets:
            _shut(sock)

    def _shut_all(self) -> None:
        with self._lock:
            live = list(self._live)
        for sock in live:
            _shut(sock)

    def close(self) -> None:
        """End all connections and threads.

        Raises:
            ExceptionGroup: a stand-in itself failed in answering.
        """
        self._stopper.close()
        _shut(self._listener)
        self._listener.close()
        for thread in self._threads:
            while thread.is_alive():  # one that had just been accepted is tracked a moment later
                self._shut_all()
                thread.join(0.05)
        self._stop.close()
        if self.errors:
            raise BaseExceptionGroup("the stand-ins failed", self.errors)

    # --- connections -----------------------------------------------------------------------

    def _spawn(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener is closed
            while True:
                sock, _ = self._listener.accept()
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._spawn(self._connection, sock)

    def _connection(self, sock: socket.socket) -> None:
        try:
            with self._tracked(sock, None):
                if sock.recv(1, socket.MSG_PEEK) == b"\x16":  # a TLS hello: not a proxy request
                    with self._secured(sock, "localhost", None) as tls:
                        self._talk(tls, "https", None)
                else:
                    self._talk(sock, "http", None)
        except (GoneError, OSError):  # ssl.SSLError is an OSError
            pass
        except BaseException as error:  # noqa: BLE001 - shown when the server closes
            self.errors.append(error)

    @contextlib.contextmanager
    def _tracked(self, sock: socket.socket, host: str | None) -> Iterator[None]:
        with self._lock:
            self._live[sock] = host
        try:
            yield
        finally:
            with self._lock:
                del self._live[sock]
            sock.close()

    @contextlib.contextmanager
    def _secured(
        self, sock: socket.socket, host: str, fault: str | None
    ) -> Iterator[ssl.SSLSocket]:
        tls = self._context(host, fault).wrap_socket(
            sock, server_side=True, do_handshake_on_connect=False
        )
        with self._tracked(tls, host):
            tls.do_handshake()
            yield tls

    def _context(self, host: str, fault: str | None) -> ssl.SSLContext:
        with self._lock:
            context = self._contexts.get((host, fault))
            if context is None:
                authority = self._stranger if fault == "tls" else self.authority
                names = ["stranger.example"] if fault == "tls-name" else [host]
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                authority.issue_cert(*(LOCAL if host in LOCAL else names)).configure_cert(context)
                self._contexts[host, fault] = context
            return context

    def _talk(self, sock: socket.socket, scheme: str, tunnel: str | None) -> None:
        stream = sock.makefile("rb")
        try:
            while read := read_request(stream, scheme, tunnel):
                request, raw = read
                if request.method == "CONNECT":
                    stream.close()
                    self._tunnel(sock, request, raw)
                    return
                if not self._exchange(sock, request):
                    return
        finally:
            stream.close()

    def _tunnel(self, sock: socket.socket, request: Request, raw: str) -> None:
        host = raw.rpartition(":")[0].lower()
        request.host, request.proxied = host, True
        known = host in self.models
        fault = self.faults.take(host, None)
        request.fault = fault.name if fault else None if known else "unknown host"
        if request.fault:  # no request will come of it, so the attempt itself is what is recorded
            self._begin(request)
            self._end(request)
        if not known or (fault and fault.name == "refused"):
            sock.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with self._secured(sock, host, fault.name if fault else None) as tls:
            self._talk(tls, "https", host)

    # --- one exchange ----------------------------------------------------------------------

    def _exchange(self, sock: socket.socket, request: Request) -> bool:
        self._begin(request)
        try:
            answer = self._answer(request)
            wait_s = answer.wait_s + self.latencies.get(request.host, 0.0)
            if wait_s:
                pause(sock, self._stop, wait_s)
            held = self.held.get(request.host)
            while held and not held.acquire(blocking=False):
                pause(sock, self._stop, 0.01)
            if answer.reset:
                reset(sock)
                return False
            request.status = answer.status
            parts = list(pieces(answer, bodiless=request.method == "HEAD"))
            for part in parts[:-1]:
                sock.sendall(part)
                if answer.drip:
                    pause(sock, self._stop, answer.drip[1])
            self._end(
                request
            )  # before the last bytes: the next request may come with their arrival
            sock.sendall(parts[-1])
            return keeps_alive(answer)
        finally:
            self._end(request)

    def _answer(self, request: Request) -> Answer:
        model = self.models.get(request.host)
        if model is None:
            return Answer(status=404, body=b"no such host here\n")
        tunnelled = request.proxied and request.scheme == "https"
        if not tunnelled and (fault := self.faults.take(request.host, None)):
            request.fault = fault.name
            return Answer(reset=True)
        answer = model(request)
        if fault := self.faults.take(request.host, request.target):
            request.fault = fault.name
            answer = fault.apply(answer, request)
        return replace(answer, last=self.faults.strike_next(request.host))

    def _begin(self, request: Request) -> None:
        with self._lock:
            self._open[request.host] += 1
            request.in_flight = self._open[request.host]
            request.arrived = time.monotonic()
            self._records.append(request)

    def _end(self, request: Request) -> None:
        with self._lock:
            if request.ended is None:
                request.ended = time.monotonic()
                self._open[request.host] -= 1


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # also of a TLS socket: below its records
