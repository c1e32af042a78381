"""What is asked and what is answered, and the socket work between them."""

from __future__ import annotations

import http.client
import select
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BufferedReader
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

PIECE = 1 << 16
"""Bytes sent at once, so that a client that leaves is noticed."""


class GoneError(Exception):
    """The client has left, the server is closing, or the answer ends here on purpose."""


@dataclass(slots=True, kw_only=True)
class Request:
    """One request as it arrived; `ended` and `status` are filled in when it is answered."""

    method: str
    scheme: str
    host: str
    target: str
    """Path and query as they stood in the request line."""
    headers: http.client.HTTPMessage
    """Read without regard to case: `request.headers["user-agent"]`."""
    body: bytes = b""
    proxied: bool = False
    arrived: float = field(default_factory=time.monotonic)
    """Monotonic seconds, the same clock for all processes of the machine."""
    ended: float | None = None
    """When the last bytes were handed to the socket, or the client had left; None: still open."""
    in_flight: int = 1
    """Requests to this host that were open when this one arrived, itself included."""
    status: int | None = None
    fault: str | None = None
    """Name of the fault that was answered with."""

    @property
    def path(self) -> str:
        """The path without its query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the address, decoded; of a repeated one the last."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """The parameters of a form body, decoded."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, and how it goes over the wire; a fault is a function that makes another of it."""

    status: int = 200
    media: str | None = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    wait_s: float = 0.0
    """Seconds before the first byte."""
    framing: Literal["length", "chunked", "close"] = "length"
    """How the client can tell the end of the body; `close`: only by the end of the connection."""
    cut_at: int | None = None
    """Bytes of the body after which the connection ends."""
    drip: tuple[int, float] | None = None
    """Bytes a piece, and seconds between pieces."""
    reset: bool = False
    """No answer at all: the connection is reset."""
    last: bool = False
    """The connection ends after this answer, in order."""


def read_request(
    stream: BufferedReader, scheme: str, tunnel: str | None
) -> tuple[Request, str] | None:
    """Read one request; gives it and its raw target, or None where the client is done."""
    line = stream.readline(PIECE)
    if not line.strip():
        return None
    method, raw, _ = line.decode("latin-1").split()
    headers = http.client.parse_headers(stream)
    length = int(headers.get("content-length") or 0)
    body = stream.read(length) if length else b""
    host, target, proxied = tunnel, raw, tunnel is not None
    if host is None and raw.startswith("http://"):
        parts = urlsplit(raw)
        host, proxied = parts.hostname or "", True
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if host is None:
        host = (headers.get("host") or "").rpartition(":")[0] or headers.get("host") or ""
    request = Request(
        method=method,
        scheme=scheme,
        host=host.lower(),
        target=target,
        headers=headers,
        body=body,
        proxied=proxied,
    )
    return request, raw


def head(answer: Answer) -> bytes:
    """The status line and header fields, with the blank line."""
    reason = HTTPStatus(answer.status).phrase
    lines = [f"HTTP/1.1 {answer.status} {reason}"]
    if answer.media:
        lines.append(f"Content-Type: {answer.media}")
    lines += [f"{name}: {value}" for name, value in answer.headers]
    if answer.framing == "length":
        lines.append(f"Content-Length: {len(answer.body)}")
    elif answer.framing == "chunked":
        lines.append("Transfer-Encoding: chunked")
    if not keeps_alive(answer):
        lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def keeps_alive(answer: Answer) -> bool:
    """Whether a further request may follow on this connection."""
    return answer.framing != "close" and answer.cut_at is None and not answer.last


def pieces(answer: Answer, *, bodiless: bool = False) -> Iterator[bytes]:
    """The bytes of an answer in the pieces in which they are sent."""
    start = head(answer)
    if bodiless:
        yield start
        return
    body = answer.body[: answer.cut_at]
    if answer.framing == "chunked":
        body = b"%x\r\n%s\r\n" % (len(answer.body), body)
        body = body.removesuffix(b"\r\n") if answer.cut_at is not None else body + b"0\r\n\r\n"
    size = answer.drip[0] if answer.drip else PIECE
    if answer.drip:
        yield start
        start = b""
    yield start + body[:size]
    for at in range(size, len(body), size):
        yield body[at : at + size]


def pause(sock: socket.socket, stop: socket.socket, seconds: float) -> None:
    """Wait, unless the client leaves or the server closes.

    Raises:
        GoneError: one of them did.
    """
    if select.select([sock, stop], [], [], seconds)[0]:
        raise GoneError


def reset(sock: socket.socket) -> None:
    """Make the closing of this socket a reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
