r"""Framing of calendars: the spans of events, zones and own lines in a file, and unfolding. Pure.

RFC 5545 §3.1 is applied to bytes before decoding, because a fold may split a UTF-8 character.
Line breaks are CRLF, LF or CR. Only BEGIN and END lines determine the structure, so junk, missing
ends and several calendars in one file need no special treatment.
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
_MAX_MARKER_BYTES = 256  # the end of a chunk is searched again with the next
_MAX_BLOCK_BYTES = 1 << 18  # of one zone, or of one block of a calendar's own lines
_MAX_BLOCKS = 1000  # of each kind in one file

_FOLDED = rb"(?:\r?[\r\n][ \t])?"


def _allow_folds(word: bytes) -> bytes:
    return _FOLDED.join(bytes([letter]) for letter in word) + _FOLDED


_NAME = compile_later(
    rb":(?=[Vv \t\r\n])" + _FOLDED + rb"[ \t]{0,8}" + _FOLDED
    + rb"(?i:(?P<event>VEVENT(?=\r?\n[A-Z])|" + _allow_folds(b"VEVENT") + rb")|(?P<zone>" + _allow_folds(b"VTIMEZONE") + rb")|"
    + _allow_folds(b"VCALENDAR") + rb")[ \t]{0,64}(?=[\r\n]|\Z)"
)  # fmt: skip
"""Begins with one fixed byte, which is found fast; the usual form of VEVENT comes first."""
_BEFORE = compile_later(
    rb"[\r\n](?:\xef\xbb\xbf)?(?i:("
    + _allow_folds(b"BEGIN")
    + rb")|"
    + _allow_folds(b"END")
    + rb")\Z"
)
_MAX_BEGIN_BYTES = 80  # longest BEGIN or END before the name, folded at every letter
_CR, _LF, _TAB = b"\r\n\t"  # `in` finds a number many times faster than bytes
_CRLF_FOLD = compile_later(rb"\r(?:\n[ \t])")
_CRLF_SPACE = re.compile(rb"\r\n ")  # a fixed text: twice as fast, and faster than bytes.split
_CRLF = re.compile(rb"\r(?:\n)")
_LF_FOLD = compile_later(rb"\n(?:[ \t])")
_UID = compile_later(rb"^UID(?:;[^:\n]*)?:(.*)$", re.IGNORECASE | re.MULTILINE)
_SERIES_UID = compile_later(rb"[A-Za-z0-9_+.-]{1,60}/-?\d{1,9}")
"""A UID of researchseminars.org, which is also the end of the talk's URL."""
_TALK_PAGE = compile_later(
    rb"\nDESCRIPTION:Title: <a href=\"?https?://[^/\s]{1,80}/talk/([^\"/>\s]+/-?\d+)"
)

_OTHER = compile_later(rb"[\r\n]BEGIN:(VTODO|VJOURNAL|VFREEBUSY)(?=[\r\n ])", re.IGNORECASE)
_INDENT = compile_later(
    rb"\s{0,64}?([ \t]{1,64})BEGIN[ \t]{0,4}:[ \t]{0,4}VCALENDAR[^\r\n]{0,64}\r?\n\1", re.IGNORECASE
)


class Spans(Struct, frozen=True, kw_only=True):
    """Positions of events, zones and own lines in a file: byte offsets, ends exclusive."""

    starts: array[int] = field(default_factory=lambda: array("q"))
    """Start of each event's BEGIN line."""
    ends: array[int] = field(default_factory=lambda: array("q"))
    """End of each event's END line; without one, the start of the line that ends the event."""
    calendars: array[int] = field(default_factory=lambda: array("l"))
    """Number of each event's calendar; 0 is before any BEGIN:VCALENDAR."""
    keys: array[int] = field(default_factory=lambda: array("q"))
    """Hash of each event, equal if two events may be the same talk; empty unless requested."""
    unclosed: set[int] = field(default_factory=set)
    """Ordinals of events that another component ended."""
    truncated: list[int] = field(default_factory=list)
    """Start of the event that the end of the file truncates, if any."""
    own_lines: list[tuple[int, int, int]] = field(default_factory=list)
    """(calendar, start, end) of the lines outside of events and zones."""
    zones: list[tuple[int, int, int]] = field(default_factory=list)
    """(calendar, start, end) of each VTIMEZONE."""
    calendars_begun: int = 0
    is_open: bool = False
    """The last calendar has no END line."""


def find_spans(stream: BinaryIO, *, keys: bool = False, max_event_bytes: int) -> Spans:
    r"""Return the spans of events, zones and own lines.

    The file is read once, from its beginning. Memory is one chunk and some 30 bytes per event.

    >>> import io
    >>> file = io.BytesIO(b"BEGIN:VEVENT\nUID:1\nEND:VEVENT\nBEGIN:VEVENT\nUID:2")
    >>> spans = find_spans(file, max_event_bytes=100)
    >>> list(zip(spans.starts, spans.ends)), spans.truncated
    ([(0, 29)], [30])
    """
    scan = _Scan()
    spans = scan.spans
    stream.seek(0)
    base = -1  # offset of the buffer's first byte: a line break precedes the file
    buffer = b"\n"
    at = 0
    while True:
        data = stream.read(_CHUNK)
        buffer += data
        limit = len(buffer) - _MAX_MARKER_BYTES if data else len(buffer)
        for begins, name, before, after in _find_markers(buffer, at, limit):
            at = after
            known = len(spans.starts)
            scan.add_marker(begins, name, base + before, base + after)
            if keys and len(spans.starts) > known:
                start, end = spans.starts[-1], spans.ends[-1]
                if end - start > max_event_bytes:
                    spans.keys.append(0)
                elif start >= base:
                    spans.keys.append(_coarse_key(buffer[start - base : end - base]))
                else:
                    spans.keys.append(_coarse_key(read_span(stream, start, end)))
                    stream.seek(base + len(buffer))
        if not data:
            break
        at = max(at, limit, 0)
        buffer, base, at = buffer[at:], base + at, 0
    scan.finish(base + len(buffer))
    return spans


def _find_markers(
    buffer: bytes, at: int, limit: int
) -> Iterator[tuple[bool, str | None, int, int]]:
    """Yield the BEGIN and END lines of a buffer that end before `limit`.

    Each item is (whether it is a BEGIN; `event`, `zone`, or None for a calendar; the offset of the
    line break before it; its end).
    """
    for name in _NAME.finditer(buffer, at):
        start = name.start()
        if buffer[start - 6 : start] == b"\nBEGIN":
            before, begins = start - 6, True
        elif buffer[start - 4 : start] == b"\nEND":
            before, begins = start - 4, False
        else:
            floor = max(start - _MAX_BEGIN_BYTES, at)
            word = _BEFORE.search(buffer[floor:start])
            if word is None:
                continue
            before, begins = floor + word.start(), word[1] is not None
        if before >= limit:
            return
        yield begins, name.lastgroup, before, name.end()


class _Scan:
    """State of the scan: the event, zone and own lines that are open."""

    def __init__(self) -> None:
        self.spans = Spans()
        self._calendar = 0
        self._is_open = False
        self._event = self._zone = -1
        self._block_start = 0  # start of the current block of own lines

    def add_marker(self, begins: bool, name: str | None, before: int, end: int) -> None:
        if name == "event":
            if begins:
                self._end_event(before, of_event=False)
                self._event = before + 1
            elif self._event >= 0:
                self._end_event(end, of_event=True)
        elif name == "zone":
            if begins:
                if self._event < 0:
                    self._add_own_lines(before)
                self._zone = before + 1
            elif self._zone >= 0:
                if len(self.spans.zones) < _MAX_BLOCKS and end - self._zone <= _MAX_BLOCK_BYTES:
                    self.spans.zones.append((self._calendar, self._zone, end))
                self._zone = -1
                self._block_start = end
        else:
            self._end_event(before, of_event=False)
            self._is_open = begins
            if begins:
                self._calendar += 1
            self._block_start = end

    def finish(self, at: int) -> None:
        if self._event >= 0:
            self.spans.truncated.append(self._event)
        else:
            self._add_own_lines(at)
        force_setattr(self.spans, "calendars_begun", self._calendar)
        force_setattr(self.spans, "is_open", self._is_open)

    def _end_event(self, end: int, *, of_event: bool) -> None:
        if self._event >= 0:
            if not of_event:
                self.spans.unclosed.add(len(self.spans.starts))
            self.spans.starts.append(self._event)
            self.spans.ends.append(end)
            self.spans.calendars.append(self._calendar)
            self._block_start = end
        elif self._zone < 0:
            self._add_own_lines(end)
        self._event = self._zone = -1

    def _add_own_lines(self, end: int) -> None:
        if end - self._block_start > 4 and len(self.spans.own_lines) < _MAX_BLOCKS:
            self.spans.own_lines.append(
                (self._calendar, self._block_start, min(end, self._block_start + _MAX_BLOCK_BYTES))
            )


def read_span(stream: BinaryIO, start: int, end: int) -> bytes:
    """Return the bytes of a span."""
    stream.seek(start)
    return stream.read(end - start)


def find_events_with(stream: BinaryIO, spans: Spans, word: bytes) -> Iterator[int]:
    """Yield the ordinals of the events that contain a word."""
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
    r"""Count the components other than events: VTODO, VJOURNAL, VFREEBUSY.

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
        buffer = buffer[max(end, len(buffer) - _MAX_MARKER_BYTES) :]
    return counts


def logical_lines(raw: bytes) -> list[str]:
    r"""Return the unfolded lines of a block, decoded.

    Each line is decoded as UTF-8, otherwise as cp1252.

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
        return [_decode_line(line) for line in lines]


def _decode_line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def count_lines(stream: BinaryIO, start: int, end: int) -> int:
    """Count the line breaks between two offsets.

    A CRLF counts once; `end` must not be between a CR and its LF.
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
    """Return a signed 64-bit hash, equal in every process."""
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big", signed=True)


def _coarse_key(raw: bytes) -> int:
    """Return a hash that events of one talk share.

    It is made of the end of the talk's URL, otherwise of the UID.
    """
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
        found = _TALK_PAGE.match(_unfold(raw[page : page + 400]))
        if found is not None:
            return hash_key(found[1])
    if uid is None:
        line = _UID.search(_unfold(raw))
        uid = raw if line is None else line[1].strip()
    return hash_key(uid)


def _unfold(raw: bytes) -> bytes:
    if _CR in raw:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw.replace(b"\n ", b"").replace(b"\n\t", b"")


def normalize_encoding(stream: BinaryIO) -> Iterator[bytes] | None:
    r"""Yield the file re-encoded as UTF-8 and dedented.

    Return None if it needs neither.

    >>> import io
    >>> b"".join(normalize_encoding(io.BytesIO("BEGIN:VCALENDAR".encode("utf-16"))))
    b'BEGIN:VCALENDAR'
    >>> list(normalize_encoding(io.BytesIO(b"  BEGIN:VCALENDAR\n  VERSION:2.0")))
    [b'BEGIN:VCALENDAR\n', b'VERSION:2.0']
    """
    stream.seek(0)
    start = stream.read(_MAX_MARKER_BYTES)
    stream.seek(0)
    encoding = _detect_encoding(start[:4])
    if encoding is not None:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        return (decoder.decode(d, final=not d).encode() for d in _read_chunks(stream))
    indent = _INDENT.match(start)
    return None if indent is None else (line.removeprefix(indent[1]) for line in stream)


def _read_chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the chunks of a file, then an empty one."""
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
