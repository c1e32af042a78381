r"""Framing of calendars: where events, zones and the calendar's own lines lie, and their lines. Pure.

RFC 5545 §3.1 on bytes, before anything is decoded, so that a fold inside a UTF-8 character heals.
Line breaks are CRLF, LF or CR. BEGIN and END lines are all that is read of structure: junk, missing
ends and several calendars in one file need no case of their own.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct, field
from msgspec.structs import force_setattr

from enrich.text.patterns import compile_later

_CHUNK = 1 << 20
_AGAIN = 256  # bytes at the end of a chunk that are searched with the next; no marker is longer
_STRETCH = 1 << 18  # most bytes that are read of one zone or one stretch of a calendar's own lines
_STRETCHES = 1000  # most of them that are kept of one file

_FOLDED = rb"(?:\r?[\r\n][ \t])?"


def _word(word: bytes) -> bytes:
    return _FOLDED.join(bytes([letter]) for letter in word) + _FOLDED


_NAME = compile_later(
    rb":(?=[Vv \t\r\n])" + _FOLDED + rb"[ \t]{0,8}" + _FOLDED
    + rb"(?i:(?P<event>VEVENT(?=\r?\n[A-Z])|" + _word(b"VEVENT") + rb")|(?P<zone>" + _word(b"VTIMEZONE") + rb")|"
    + _word(b"VCALENDAR") + rb")[ \t]{0,64}(?=[\r\n]|\Z)"
)  # fmt: skip
"""Begins with one letter, which is searched at the speed of memory; the usual VEVENT comes first."""
_BEFORE = compile_later(
    rb"[\r\n](?:\xef\xbb\xbf)?(?i:(" + _word(b"BEGIN") + rb")|" + _word(b"END") + rb")\Z"
)
_LONGEST = 80  # bytes of what stands before the name, if it is folded at every letter
_CR, _LF, _TAB = b"\r\n\t"  # `in` finds a number many times faster than bytes
_CRLF_FOLD = compile_later(rb"\r(?:\n[ \t])")
_CRLF_SPACE = re.compile(rb"\r\n ")  # half the time, for it is fixed; less than bytes.split too
_CRLF = re.compile(rb"\r(?:\n)")
_LF_FOLD = compile_later(rb"\n(?:[ \t])")
_UID = compile_later(rb"^UID(?:;[^:\n]*)?:(.*)$", re.IGNORECASE | re.MULTILINE)
_SERIES_UID = compile_later(rb"[A-Za-z0-9_+.-]{1,60}/-?\d{1,9}")
"""A UID of researchseminars.org, which is the end of its page's address."""
_TALK_PAGE = compile_later(
    rb"\nDESCRIPTION:Title: <a href=\"?https?://[^/\s]{1,80}/talk/([^\"/>\s]+/-?\d+)"
)

_OTHER = compile_later(rb"[\r\n]BEGIN:(VTODO|VJOURNAL|VFREEBUSY)(?=[\r\n ])", re.IGNORECASE)
_INDENT = compile_later(
    rb"\s{0,64}?([ \t]{1,64})BEGIN[ \t]{0,4}:[ \t]{0,4}VCALENDAR[^\r\n]{0,64}\r?\n\1", re.IGNORECASE
)


class Spans(Struct, frozen=True, kw_only=True):
    """Where everything lies in a file: offsets in bytes, ends exclusive."""

    starts: array[int] = field(default_factory=lambda: array("q"))
    """Of each event its BEGIN line."""
    ends: array[int] = field(default_factory=lambda: array("q"))
    """Of each event the end of its END line, or of what comes before the line that stands for it."""
    calendars: array[int] = field(default_factory=lambda: array("l"))
    """Number of the calendar that each event stands in; 0 is before any BEGIN:VCALENDAR."""
    keys: array[int] = field(default_factory=lambda: array("q"))
    """Hashes that are equal wherever two events may be the same talk; empty unless asked for."""
    unclosed: set[int] = field(default_factory=set)
    """Ordinals of events that another component ended."""
    cut: list[int] = field(default_factory=list)
    """Where the event begins that the end of the file cuts off."""
    own_lines: list[tuple[int, int, int]] = field(default_factory=list)
    """(calendar, start, end) of the lines outside of events and zones."""
    zones: list[tuple[int, int, int]] = field(default_factory=list)
    """(calendar, start, end) of each VTIMEZONE, wherever it stands."""
    calendars_begun: int = 0


def find_spans(stream: BinaryIO, *, keys: bool = False, max_event_bytes: int) -> Spans:
    r"""Read a file once, from its beginning, and return where its events, zones and own lines lie.

    Memory is one chunk and some 30 bytes an event, whatever the file holds.

    >>> import io
    >>> file = io.BytesIO(b"BEGIN:VEVENT\nUID:1\nEND:VEVENT\nBEGIN:VEVENT\nUID:2")
    >>> spans = find_spans(file, max_event_bytes=100)
    >>> list(zip(spans.starts, spans.ends)), spans.cut
    ([(0, 29)], [30])
    """
    scan = _Scan()
    spans = scan.spans
    stream.seek(0)
    base = -1  # offset of the buffer's first byte; a line break is put before the file
    buffer = b"\n"
    at = 0
    while True:
        data = stream.read(_CHUNK)
        buffer += data
        limit = len(buffer) - _AGAIN if data else len(buffer)
        for begins, name, before, after in _markers(buffer, at, limit):
            at = after
            known = len(spans.starts)
            scan.marker(begins, name, base + before, base + after)
            if keys and len(spans.starts) > known:
                start, end = spans.starts[-1], spans.ends[-1]
                if end - start > max_event_bytes:
                    spans.keys.append(0)
                elif start >= base:
                    spans.keys.append(_coarse_key(buffer[start - base : end - base]))
                else:
                    spans.keys.append(_coarse_key(block(stream, start, end)))
                    stream.seek(base + len(buffer))
        if not data:
            break
        at = max(at, limit, 0)
        buffer, base, at = buffer[at:], base + at, 0
    scan.end(base + len(buffer))
    return spans


def _markers(buffer: bytes, at: int, limit: int) -> Iterator[tuple[bool, str | None, int, int]]:
    """Yield the BEGIN and END lines of a buffer that end before `limit`.

    Each is (whether it is a BEGIN, `event`, `zone` or None for a calendar, where the line break
    before it stands, where it ends).
    """
    for name in _NAME.finditer(buffer, at):
        start = name.start()
        if buffer[start - 6 : start] == b"\nBEGIN":
            before, begins = start - 6, True
        elif buffer[start - 4 : start] == b"\nEND":
            before, begins = start - 4, False
        else:
            floor = max(start - _LONGEST, at)
            word = _BEFORE.search(buffer[floor:start])
            if word is None:
                continue
            before, begins = floor + word.start(), word[1] is not None
        if before >= limit:
            return
        yield begins, name.lastgroup, before, name.end()


class _Scan:
    """What is open while the markers of a file go by."""

    def __init__(self) -> None:
        self.spans = Spans()
        self._calendar = 0
        self._event = self._zone = -1
        self._outside = 0  # where the stretch of own lines begins

    def marker(self, begins: bool, name: str | None, before: int, end: int) -> None:
        if name == "event":
            if begins:
                self._close(before, of_event=False)
                self._event = before + 1
            elif self._event >= 0:
                self._close(end, of_event=True)
        elif name == "zone":
            if begins:
                if self._event < 0:
                    self._own_lines(before)
                self._zone = before + 1
            elif self._zone >= 0:
                if len(self.spans.zones) < _STRETCHES and end - self._zone <= _STRETCH:
                    self.spans.zones.append((self._calendar, self._zone, end))
                self._zone = -1
                self._outside = end
        else:
            self._close(before, of_event=False)
            if begins:
                self._calendar += 1
            self._outside = end

    def end(self, at: int) -> None:
        if self._event >= 0:
            self.spans.cut.append(self._event)
        else:
            self._own_lines(at)
        force_setattr(self.spans, "calendars_begun", self._calendar)

    def _close(self, end: int, *, of_event: bool) -> None:
        if self._event >= 0:
            if not of_event:
                self.spans.unclosed.add(len(self.spans.starts))
            self.spans.starts.append(self._event)
            self.spans.ends.append(end)
            self.spans.calendars.append(self._calendar)
            self._outside = end
        elif self._zone < 0:
            self._own_lines(end)
        self._event = self._zone = -1

    def _own_lines(self, end: int) -> None:
        if end - self._outside > 4 and len(self.spans.own_lines) < _STRETCHES:
            self.spans.own_lines.append(
                (self._calendar, self._outside, min(end, self._outside + _STRETCH))
            )


def block(stream: BinaryIO, start: int, end: int) -> bytes:
    """Return the bytes of a span."""
    stream.seek(start)
    return stream.read(end - start)


def find_events_with(stream: BinaryIO, spans: Spans, word: bytes) -> Iterator[int]:
    """Yield the ordinals of the events in which a word stands."""
    stream.seek(0)
    base, buffer, last = 0, b"", -1
    found: list[int] = []
    while data := stream.read(_CHUNK):
        buffer += data
        at = -1
        while (at := buffer.find(word, at + 1)) >= 0:
            number = bisect_right(spans.starts, base + at) - 1
            if number > last and base + at < spans.ends[number]:
                found.append(number)
                last = number
        kept = buffer[-len(word) + 1 :]
        base, buffer = base + len(buffer) - len(kept), kept
    yield from found


def count_components(stream: BinaryIO) -> dict[str, int]:
    r"""Count what a file may hold beside events: VTODO, VJOURNAL, VFREEBUSY.

    >>> import io
    >>> count_components(io.BytesIO(b"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nEND:VTODO\r\n"))
    {'VTODO': 1}
    """
    stream.seek(0)
    counts: dict[str, int] = {}
    buffer = b""
    while data := stream.read(_CHUNK):
        buffer += data
        end = 0
        for found in _OTHER.finditer(buffer):
            name = found[1].decode().upper()
            counts[name] = counts.get(name, 0) + 1
            end = found.end()
        buffer = buffer[max(end, len(buffer) - _AGAIN) :]
    return counts


def logical_lines(raw: bytes) -> list[str]:
    r"""Return the unfolded lines of a block, decoded.

    Each is UTF-8, otherwise cp1252.

    >>> logical_lines(b"SUMMARY:Poincar\xc3\r\n \xa9\r\nLOCATION:Caf\xe9")
    ['SUMMARY:Poincaré', 'LOCATION:Café']
    """
    if _CR in raw:
        fold = _CRLF_FOLD if _TAB in raw else _CRLF_SPACE
        lines = _CRLF.split(b"".join(fold.split(raw)))
        rest = b"".join(lines)
        if _LF not in rest and _CR not in rest:
            return _decode_lines(lines)
        raw = raw.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return _decode_lines(b"".join(_LF_FOLD.split(raw)).split(b"\n"))


def _decode_lines(lines: list[bytes]) -> list[str]:
    try:
        return [line.decode() for line in lines]
    except UnicodeDecodeError:
        return [_decoded_line(line) for line in lines]


def _decoded_line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def count_lines(stream: BinaryIO, start: int, end: int) -> int:
    """Return the number of line breaks between two offsets; a CRLF is one.

    `end` is not between a CR and its LF.
    """
    stream.seek(start)
    breaks = 0
    after_cr = False
    while start < end and (data := stream.read(min(_CHUNK, end - start))):
        start += len(data)
        breaks += data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
        breaks -= after_cr and data.startswith(b"\n")
        after_cr = data.endswith(b"\r")
    return breaks


def hash_key(data: bytes) -> int:
    """Return a hash that is the same in every process, as a signed number of 64 bits."""
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big", signed=True)


def _coarse_key(raw: bytes) -> int:
    """Return what events of one talk share: the end of its page's address, otherwise the UID."""
    at = raw.find(b"\nUID:")
    uid = None
    if at >= 0:
        end = raw.find(b"\n", at + 5)
        if raw[end + 1 : end + 2] not in {b" ", b"\t"}:
            uid = raw[at + 5 : end].strip()
            if _SERIES_UID.fullmatch(uid) is not None:
                return hash_key(uid)
    page = raw.find(b"\nDESCRIPTION:Title: <a href=")
    if page >= 0:
        found = _TALK_PAGE.match(_unfolded(raw[page : page + 400]))
        if found is not None:
            return hash_key(found[1])
    if uid is None:
        line = _UID.search(_unfolded(raw))
        uid = raw if line is None else line[1].strip()
    return hash_key(uid)


def _unfolded(raw: bytes) -> bytes:
    if _CR in raw:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw.replace(b"\n ", b"").replace(b"\n\t", b"")


def normalize_encoding(stream: BinaryIO) -> Iterator[bytes] | None:
    r"""Yield the file re-encoded as UTF-8 and dedented; return None if it needs neither.

    >>> import io
    >>> b"".join(normalize_encoding(io.BytesIO("BEGIN:VCALENDAR".encode("utf-16"))))
    b'BEGIN:VCALENDAR'
    >>> list(normalize_encoding(io.BytesIO(b"  BEGIN:VCALENDAR\n  VERSION:2.0")))
    [b'BEGIN:VCALENDAR\n', b'VERSION:2.0']
    """
    stream.seek(0)
    start = stream.read(_AGAIN)
    stream.seek(0)
    encoding = _detect_encoding(start[:4])
    if encoding is not None:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        return (decoder.decode(d, final=not d).encode() for d in _chunks(stream))
    indent = _INDENT.match(start)
    return None if indent is None else (line.removeprefix(indent[1]) for line in stream)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the pieces of a file, the last one empty."""
    while data := stream.read(_CHUNK):
        yield data
    yield b""


def _detect_encoding(start: bytes) -> str | None:
    if start in {b"\xff\xfe\0\0", b"\0\0\xfe\xff"}:
        return "utf-32"
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    if start[1::2] == b"\0\0":
        return "utf-16-le"
    return "utf-16-be" if start[::2] == b"\0\0" else None
