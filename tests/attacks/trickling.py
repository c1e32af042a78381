"""A server on a real socket that answers byte by byte and never comes to an end."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from types import TracebackType
from typing import Self

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_CHUNKED = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
_GZIP = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_GZIP_WITH_NAME = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"
_EMPTY_BLOCK = b"\x00\x00\x00\xff\xff"
_EMPTY_MEMBER = _GZIP + b"\x03\x00" + bytes(8)


def _after(*first: bytes, again: bytes) -> Iterator[bytes]:
    return chain(first, repeat(again))


def endless_answers() -> dict[str, Iterator[bytes]]:
    """Return what each kind of endless answer sends, piece by piece."""
    compressed = _HEAD + b"Content-Encoding: gzip\r\n\r\n"
    deflated = _HEAD + b"Content-Encoding: deflate\r\n\r\n"
    start = zlib.compressobj(9).compress(b"") or b"\x78\xda"
    return {
        "silence": iter(()),
        "status line": _after(b"HTTP/1.1 200 ", again=b"O"),
        "header": _after(_HEAD, b"X-Long: ", again=b"a"),
        "100 Continue": _after(again=b"HTTP/1.1 100 Continue\r\n\r\n"),
        "100 Continue with fields": _after(again=b"HTTP/1.1 100 Continue\r\nA: b\r\n\r\n"),
        "body": _after(_HEAD + b"\r\n", again=b" "),
        "body of a length": _after(_HEAD + b"Content-Length: 100000\r\n\r\n", again=b" "),
        "chunk size": _after(_CHUNKED, again=b"0"),
        "chunks": _after(_CHUNKED, again=b"1\r\n \r\n"),
        "trailers": _after(_CHUNKED, b"2\r\n{}\r\n0\r\n", again=b"A: b\r\n"),
        "name in gzip": _after(compressed, _GZIP_WITH_NAME, again=b"n"),
        "members of gzip": _after(compressed, again=_EMPTY_MEMBER),
        "empty blocks in gzip": _after(compressed, _GZIP, again=_EMPTY_BLOCK),
        "empty blocks in deflate": _after(deflated, start, again=_EMPTY_BLOCK),
    }


class Trickle:
    """Server of one endless answer; a context manager that ends all connections."""

    def __init__(
        self, pieces: Iterable[bytes], *, every_s: float = 0.05, reads: bool = True
    ) -> None:
        """Listen.

        Args:
            pieces: What is sent.
            every_s: Seconds between two pieces.
            reads: Whether the client's first bytes are awaited.
        """
        self._pieces, self._every_s, self._reads = pieces, every_s, reads
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.accepted = 0
        self.left = threading.Event()
        """Set when a client has closed its connection."""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=5)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self.accepted += 1
                threading.Thread(target=self._answer, args=(sock,), daemon=True).start()

    def _answer(self, sock: socket.socket) -> None:
        with sock:
            try:
                if self._reads:
                    sock.recv(1 << 16)
                for piece in self._pieces:
                    if self._ended.is_set():
                        return
                    sock.sendall(piece)
                    if self._every_s:
                        time.sleep(self._every_s)
                while not self._ended.is_set() and sock.recv(1 << 16):
                    pass
                self.left.set()
            except OSError:
                self.left.set()
