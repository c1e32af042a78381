"""What goes wrong with services, each as a switch: a number of the list below, or a name.

| number | name | what the client meets |
|---|---|---|
| 1-3 | `500`, `502`, `503` | that status; 502 with a web page; `retry_after` for 503 |
| 4 | `429` | Retry-After in seconds: `retry_after=1` |
| 5 | `429-date` | Retry-After as a date, `retry_after=2` seconds from now |
| 6 | `429-hour` | Retry-After: 3600 |
| 7 | `reset` | the connection is reset |
| 8-10 | `cut`, `cut-chunked`, `cut-unmarked` | half a body: under Content-Length, in chunks, with no length |
| 11 | `truncated` | half a body, under its own right length |
| 12 | `slow` | `seconds=3` before the first byte |
| 13 | `drip` | the body in 50 pieces over `seconds=10` |
| 14 | `bad-gzip` | Content-Encoding: gzip over damaged bytes |
| 15 | `captcha` | 200 with a web page |
| 16 | `rate-exceeded` | 200 with the text "Rate exceeded." |
| 17 | `empty` | 200, well-formed, with nothing in it |
| 18 | `latin-1` | declared UTF-8, sent as Latin-1 |
| 19 | `lost` | an entry less than the total says |
| 20 | `redirect-loop` | 302 to itself |
| 21 | `redirect`, `downgrade` | 302 to another host; to http (both answer well, for who follows) |
| 22 | `huge` | the right answer and 64 MB of blanks |
| 23 | `bomb` | the same with 300 MB, 300 kB over the wire |
| 24 | `refused` | the proxy cannot reach the host (a plain connection is reset) |
| 25 | `tls`, `tls-name` | a certificate of an unknown authority; of another name |
| 26 | `404` | that status |

Without a number: `429-bare` (no Retry-After), `406`, `403` (a web page, "Access Denied"), `hang` (no
answer for an hour), and the harmless `gzip` (the right answer, compressed), which no client may fail.
"""

from __future__ import annotations

import gzip
import inspect
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Any

from tests.fakes.wire import Answer, Request

Apply = Callable[..., Answer]

ELSEWHERE = "elsewhere.example"
"""Where fault `redirect` leads; it answers `/HOST/path` as HOST would."""

MEGABYTE = 1 << 20


def _status(
    status: int, good: Answer, text: str, *, page: bool = False, **fields: str | None
) -> Answer:
    return replace(
        good,
        status=status,
        media="text/html; charset=utf-8" if page else "text/plain; charset=utf-8",
        headers=tuple((name.replace("_", "-"), value) for name, value in fields.items() if value),
        body=_page(text) if page else text.encode(),
    )


def _page(text: str) -> bytes:
    return f"<!DOCTYPE html>\n<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>\n".encode()


def _503(good: Answer, _: Request, *, retry_after: float | None = None) -> Answer:
    seconds = None if retry_after is None else f"{retry_after:g}"
    return _status(503, good, "first byte timeout", Retry_After=seconds)


def _429(good: Answer, _: Request, *, retry_after: float = 1) -> Answer:
    return _status(429, good, "Rate exceeded.", Retry_After=f"{retry_after:g}")


def _429_date(good: Answer, _: Request, *, retry_after: float = 2) -> Answer:
    date = formatdate(time.time() + retry_after, usegmt=True)
    return _status(429, good, "Rate exceeded.", Retry_After=date)


def _half(good: Answer) -> int:
    return len(good.body) // 2


def _drip(good: Answer, _: Request, *, seconds: float = 10) -> Answer:
    return replace(good, drip=(max(1, len(good.body) // 50), seconds / 50))


def _slow(good: Answer, _: Request, *, seconds: float = 3) -> Answer:
    return replace(good, wait_s=seconds)


def _encoded(good: Answer, body: bytes) -> Answer:
    return replace(good, headers=(*good.headers, ("Content-Encoding", "gzip")), body=body)


def _bad_gzip(good: Answer, _: Request) -> Answer:
    body = gzip.compress(good.body)
    middle = len(body) // 2
    return _encoded(good, body[:middle] + bytes(b ^ 0xFF for b in body[middle:]))


def _bomb(good: Answer, _: Request, *, megabytes: int = 300) -> Answer:
    blanks = gzip.compress(b" " * MEGABYTE)
    return _encoded(good, gzip.compress(good.body) + blanks * megabytes)


def _huge(good: Answer, _: Request, *, megabytes: int = 64) -> Answer:
    return replace(good, body=good.body + b" " * (megabytes * MEGABYTE))


def _latin_1(good: Answer, _: Request) -> Answer:
    # one letter more into each title, so that no answer is the same in both encodings
    text = re.sub(r"(<title>|\"title\": ?\"|\"value\": ?\")", r"\1é", good.body.decode())
    return replace(good, body=text.encode("latin-1", "replace"))


def _emptied(good: Answer, _: Request) -> Answer:
    if "json" in (good.media or ""):
        return _relisted(good, lambda items: [], count=0)
    text = re.sub(r"(?s)\s*<entry>.*</entry>", "", good.body.decode())
    return replace(good, body=re.sub(r"(totalResults>)\d+", r"\g<1>0", text).encode())


def _lost(good: Answer, _: Request) -> Answer:
    if "json" in (good.media or ""):
        return _relisted(good, lambda items: items[:-1])
    text = good.body.decode()
    start, end = text.rfind("<entry>"), text.rfind("</entry>")
    if start < 0:
        return good
    return replace(good, body=(text[:start].rstrip() + text[end + len("</entry>") :]).encode())


def _relisted(
    good: Answer, change: Callable[[list[Any]], list[Any]], count: int | None = None
) -> Answer:
    """The answer with another list of notes, DOIs or rows, and (if given) another count of them."""
    value = json.loads(good.body)
    for holder in (value, value.get("results"), value.get("meta")):
        for key, held in (holder or {}).items():
            if key in {"notes", "data", "bindings"} and isinstance(held, list):
                holder[key] = change(held)
            elif key in {"count", "total"} and count is not None:
                holder[key] = count
    return replace(good, body=json.dumps(value, ensure_ascii=False).encode())


def _redirect(scheme: str, host: str | None = None) -> Apply:
    def apply(good: Answer, request: Request) -> Answer:
        path = request.target if host is None else f"/{request.host}{request.target}"
        location = f"{scheme or request.scheme}://{host or request.host}{path}"
        return _status(302, good, "Found", Location=location)

    return apply


def _never(good: Answer, _: Request) -> Answer:
    raise AssertionError("a fault of the connection was to answer a request")


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault: its number, its name, and the answer it makes of the right one."""

    number: int | None
    name: str
    apply: Apply
    connection: bool = False
    """It strikes while the connection is made, before any request."""


FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault(1, "500", lambda good, _: _status(500, good, "Internal Server Error")),
        Fault(2, "502", lambda good, _: _status(502, good, "502 Bad Gateway", page=True)),
        Fault(3, "503", _503),
        Fault(4, "429", _429),
        Fault(5, "429-date", _429_date),
        Fault(6, "429-hour", lambda good, _: _429(good, _, retry_after=3600)),
        Fault(7, "reset", lambda good, _: replace(good, reset=True)),
        Fault(8, "cut", lambda good, _: replace(good, cut_at=_half(good))),
        Fault(
            9,
            "cut-chunked",
            lambda good, _: replace(good, framing="chunked", cut_at=_half(good)),
        ),
        Fault(
            10,
            "cut-unmarked",
            lambda good, _: replace(good, framing="close", cut_at=_half(good)),
        ),
        Fault(11, "truncated", lambda good, _: replace(good, body=good.body[: _half(good)])),
        Fault(12, "slow", _slow),
        Fault(13, "drip", _drip),
        Fault(14, "bad-gzip", _bad_gzip),
        Fault(15, "captcha", lambda good, _: _status(200, good, "Are you a robot?", page=True)),
        Fault(16, "rate-exceeded", lambda good, _: _status(200, good, "Rate exceeded.")),
        Fault(17, "empty", _emptied),
        Fault(18, "latin-1", _latin_1),
        Fault(19, "lost", _lost),
        Fault(20, "redirect-loop", _redirect("")),
        Fault(21, "redirect", _redirect("https", ELSEWHERE)),
        Fault(21, "downgrade", _redirect("http")),
        Fault(22, "huge", _huge),
        Fault(23, "bomb", _bomb),
        Fault(24, "refused", _never, connection=True),
        Fault(25, "tls", _never, connection=True),
        Fault(25, "tls-name", _never, connection=True),
        Fault(26, "404", lambda good, _: _status(404, good, "404 Not Found", page=True)),
        Fault(None, "429-bare", lambda good, _: _status(429, good, "Rate exceeded.")),
        Fault(None, "406", lambda good, _: _status(406, good, "Not Acceptable", page=True)),
        Fault(None, "403", lambda good, _: _status(403, good, "Access Denied", page=True)),
        Fault(None, "hang", lambda good, _: replace(good, wait_s=3600)),
        Fault(None, "gzip", lambda good, _: _encoded(good, gzip.compress(good.body))),
    )
}
NUMBERED: dict[int, str] = {
    fault.number: fault.name for fault in reversed(FAULTS.values()) if fault.number is not None
}
"""Number to name; the first name where two share a number."""


@dataclass(slots=True)
class Planned:
    """A fault in a host's plan."""

    fault: Fault
    left: int | None
    match: str
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.fault.name

    def apply(self, good: Answer, request: Request) -> Answer:
        return self.fault.apply(good, request, **self.options)


class Faults:
    """The faults planned for each host, taken in their order."""

    def __init__(self) -> None:
        self._planned: dict[str, list[Planned]] = {}
        self._lock = threading.Lock()

    def plan(
        self, host: str, which: str | int, *, times: int | None, match: str, **options: Any
    ) -> None:
        """Add a fault at the end of a host's plan; `times` None is for ever.

        Raises:
            KeyError: there is no such fault.
            TypeError: it has no such option.
        """
        fault = FAULTS[NUMBERED[which] if isinstance(which, int) else which]
        if options:
            inspect.signature(fault.apply).bind(None, None, **options)
        with self._lock:
            self._planned.setdefault(host, []).append(Planned(fault, times, match, options))

    def clear(self, host: str | None) -> None:
        """Drop what is planned for a host, or for all."""
        with self._lock:
            for name in list(self._planned) if host is None else [host]:
                self._planned.pop(name, None)

    def take(self, host: str, target: str | None) -> Planned | None:
        """The fault for this request (or, with target None, for this new connection)."""
        with self._lock:
            planned = self._next(host, target or "")
            if planned is None or planned.fault.connection is not (target is None):
                return None  # there is none, or its turn comes at the other moment
            if planned.left is not None:
                planned.left -= 1
            return planned

    def strike_next(self, host: str) -> bool:
        """Whether a fault of the connection is next, so that the open one must end."""
        with self._lock:
            planned = self._next(host, "")
            return planned is not None and planned.fault.connection

    def _next(self, host: str, target: str) -> Planned | None:
        for planned in self._planned.get(host, []):
            if planned.left != 0 and planned.match in target:
                return planned
        return None
