r"""A text as its reader sees it: escapes decoded, what is invisible taken out, offsets kept.

Percent-encoding, HTML entities (also escaped twice), inline tags, backslashes before `/ _ , ; %`,
zero-width characters, odd blanks and dashes. Sources see only such plain text, so their grammars need not know of
any of it. A plain text is made of a window around an anchor, and only where something odd stands in it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

FOLD = bytes(ord("0") if chr(b).isdigit() and b < 128 else b for b in range(256)).lower()
"""For `bytes.translate`: lower case, and each digit as `0`; anchors are searched in such text."""

LITERAL_BREAK = b"\x0b"
r"""What a literal `\n` becomes: white space that ends a line and joins nothing."""

MOST_ROUNDS = 6
"""How often escapes may be escaped."""

_ESCAPE = re.compile(
    rb"%[0-9A-Fa-f]{2}"
    rb"|&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
    rb"|\\(?:u00[0-7][0-9A-Fa-f]|[nN]|[rt](?![a-z])|[/_,;%])"
    rb"|</?(?:[bBiIuU]|tt|TT|em|EM|span|SPAN|wbr|WBR|strong|STRONG)(?:[ \t\r\n][^<>]{0,200})?/?>"
    rb"|\xc2[\x85\xa0\xad]"
    rb"|\xe2(?:\x80[\x80-\x95\xa8-\xaf]|\x81[\x9f-\xa4\xa6-\xa9]|\x88\x92)"
    rb"|\xe3\x80[\x80\x81]|\xef\xbb\xbf|\xef\xbc[\x88\x89\x8c\x8d\x9a\x9b]"
)
_PROOFPOINT_2 = re.compile(rb"(?i)urldefense\.proofpoint\.com/v2/url\?u=([^&\s\"'<>]{1,2000})")
_PROOFPOINT_ESCAPE = re.compile(rb"-[0-9A-F]{2}|_")
_ASCII = bytes(range(128))
_ODD_CHARACTER = re.compile(
    rb"\xc2[\x85\xa0\xad]|\xe2(?:\x80[\x80-\x95\xa8-\xaf]|\x81[\x9f-\xa4\xa6-\xa9]|\x88\x92)"
    rb"|\xe3\x80|\xef\xbb\xbf|\xef\xbc"
)
_HIDING = re.compile(
    rb"(?<=[0-9.])(?:<(?:/?(?:[biuBIU]>|tt|em|span|strong)|wbr)|&(?:#|period))"
    rb"|(?<=[0-9A-Za-z./])(?:\xc2\xad|\xe2(?:\x80[\x8b-\x8f]|\x81[\xa0-\xa9])|\xef\xbb\xbf)"
)

_CHARACTERS = {
    **dict.fromkeys("\u00a0\u202f\u205f\u3000", b" "),
    **dict.fromkeys(map(chr, range(0x2000, 0x200B)), b" "),
    **dict.fromkeys("\u0085\u2028\u2029", b"\n"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d", b"-"),
    "\u3001": b",",
    "\uff08": b"(",
    "\uff09": b")",
    "\uff0c": b",",
    "\uff1a": b":",
    "\uff1b": b";",
}  # all else that the pattern finds is invisible
_URL_BLANK = b"+"
r"""A decoded blank, quote, bracket or `@` stays within its address."""


def may_be_odd(raw: bytes, *, is_ascii: bool) -> bool:
    """Whether anything in a text may have to be made plain; as cheap as can be."""
    if b"%" in raw or b"&" in raw or b"\\" in raw or b"<" in raw:
        return True
    return not is_ascii and _ODD_CHARACTER.search(raw.translate(None, _ASCII)) is not None


def hiding(raw: bytes) -> Iterator[int]:
    """Where an anchor may be hidden: a tag or an entity in a number, something invisible in a word."""
    return (match.start() for match in _HIDING.finditer(raw))


class Plain:
    """A plain text, with the way back to the bytes that it was made of."""

    __slots__ = ("_below", "_clean", "_raw", "text")

    def __init__(
        self, text: bytes, clean: Sequence[int], raw: Sequence[int], below: Plain | None
    ) -> None:
        self.text = text
        self._clean = clean  # where runs of untouched bytes begin here
        self._raw = raw  # and in the text below
        self._below = below

    def start(self, at: int) -> int:
        """The raw offset at which the plain byte `at` begins."""
        run = bisect_right(self._clean, at) - 1
        at += self._raw[run] - self._clean[run]
        return self._below.start(at) if self._below else at

    def end(self, at: int) -> int:
        """The raw offset at which the plain byte before `at` ends."""
        run = bisect_left(self._clean, at)
        if run == len(self._clean) or self._clean[run] != at:
            run -= 1
        at += self._raw[run] - self._clean[run]
        return self._below.end(at) if self._below else at


def plain(raw: bytes, low: int, high: int, cuts: Sequence[tuple[int, int]] = ()) -> Plain | None:
    r"""The plain text of raw[low:high] without the ranges `cuts`; None where it is plain already.

    >>> seen = plain(b"arXiv:21&#48;3.0133<wbr>8", 0, 25)
    >>> seen.text, seen.start(6), seen.end(16)
    (b'arXiv:2103.01338', 6, 25)
    """
    window = raw[low:high]
    edits = [(a - low, b - low, b"") for a, b in cuts if low <= a and b <= high]
    edits += _edits(window)
    if b"rldefense" in window:
        edits += _proofpoint(window)
    seen = None
    for _ in range(MOST_ROUNDS):
        if not edits:
            break
        seen = _apply(window, edits, seen, 0 if seen else low)
        window = seen.text
        edits = list(_edits(window))
    return seen


def _edits(text: bytes) -> Iterator[tuple[int, int, bytes]]:
    for match in _ESCAPE.finditer(text):
        new = _decoded(match[0])
        if new != match[0]:
            yield match.start(), match.end(), new


def _proofpoint(text: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Proofpoint's rewritten addresses, version 2, which writes %3A as -3A and / as _."""
    for region in _PROOFPOINT_2.finditer(text):
        for match in _PROOFPOINT_ESCAPE.finditer(text, region.start(1), region.end(1)):
            new = b"/" if match[0] == b"_" else _decoded(b"%" + match[0][1:])
            yield match.start(), match.end(), new


def _decoded(escape: bytes) -> bytes:
    kind = escape[:1]
    if kind == b"%":
        byte = int(escape[1:], 16)
        return _URL_BLANK if byte <= 0x20 or byte in b"\"'<>`@\x7f" else bytes((byte,))
    if kind == b"&":
        from html import unescape  # 5 ms of tables, for the few texts that hold an entity

        return unescape(escape.decode()).encode("utf-8", "replace")
    if kind == b"\\":
        if escape[1:2] == b"u":
            return bytes.fromhex(escape[4:].decode())
        return LITERAL_BREAK if escape[1:] in {b"n", b"N", b"r", b"t"} else escape[1:]
    if kind == b"<":
        return b""
    return _CHARACTERS.get(escape.decode("utf-8", "replace"), b"")


def _apply(
    text: bytes, edits: Iterable[tuple[int, int, bytes]], below: Plain | None, low: int
) -> Plain:
    pieces: list[bytes] = []
    clean, raw = [0], [low]
    length = done = 0
    for start, end, new in sorted(edits):
        if start < done:
            continue
        pieces += (text[done:start], new)
        length += start - done
        clean.append(length)
        raw.append(low + start)
        length += len(new)
        clean.append(length)
        raw.append(low + end)
        done = end
    pieces.append(text[done:])
    return Plain(b"".join(pieces), clean, raw, below)
