r"""Text as a reader sees it: escapes decoded, invisible characters removed, offsets mapped back.

It handles percent-encoding, HTML entities (also escaped twice), inline tags, backslashes before
`/ _ , ; %`, zero-width characters, and unusual blanks and dashes. Sources get only such plain text, so
their grammars need no rules for these. Only windows around anchors are decoded, and only if needed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate

from enrich.text.patterns import compile_later

FOLD = bytes(ord("0") if 48 <= byte < 58 else byte for byte in range(256)).lower()
"""For `bytes.translate`: lower case, and each digit as `0`; anchors are searched in such text."""

LITERAL_BREAK = b"\x0b"
r"""Replacement of a literal `\n`: white space that ends a line and never joins two lines."""

LONG_DASH = b"\x1e"
"""Replacement of a dash that may also separate words."""

_MAX_ROUNDS = 6  # each mailer on the way may escape the text again
_MAX_FIND_CALLS = 8  # occurrences found with `bytes.find`; then the pattern searches

# Bytes by their Unicode names: REVERSE SOLIDUS is the backslash, LOW LINE the underscore. `in` finds the
# number of a byte many times faster than the byte as bytes.
_PERCENT_SIGN, _AMPERSAND, _REVERSE_SOLIDUS, _LESS_THAN, _LOW_LINE = b"%&\\<_"
_E2, _C2, _E3, _EF = b"\xe2\xc2\xe3\xef"

# Each kind of escape after its first byte; patterns begin with a set of bytes, which `re` finds fast.
_PERCENT = rb"(?<=%)[0-9A-Fa-f]{2}(?:%[0-9A-Fa-f]{2})*+"
_ENTITY = rb"(?<=&)(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
_BACKSLASH = rb"(?<=\\)(?:u00[0-7][0-9A-Fa-f]|[nN]|[rt](?![a-z])|[/_,;%])"
_TAG = (
    rb"(?<=<)/?(?i:b|i|u|tt|em|span|wbr|strong|lb"
    rb"(?<!(?:1[5-9]|[2-4][0-9])[0-9]{2}\.[0-9]{5}<lb)(?<!(?:0[7-9]|1[0-4])[0-9]{2}\.[0-9]{4}<lb)(?<!/[0-9]{7}<lb))"
    rb"(?:[ \t\r\n][^<>]{0,200})?/?>"
)
"""Inline tags; GROBID's `<lb/>` is one only after an incomplete id."""
_SOFT = rb"\xc2\xad|\xe2(?:\x80[\x8b-\x8f\xaa-\xae]|\x81[\xa0-\xa9])|\xef\xbb\xbf"
_INVISIBLE = (
    rb"(?:(?<=\xc2)\xad|(?<=\xe2)(?:\x80[\x8b-\x8f\xaa-\xae]|\x81[\xa0-\xa9])|(?<=\xef)\xbb\xbf)(?:"
    + _SOFT
    + rb")*+"
)
_CHARACTER = (
    rb"(?<=\xc2)[\x85\xa0]|(?<=\xe2)(?:\x80[\x80-\x8a\x90-\x95\xa8\xa9\xaf]|\x81\x9f|\x88\x92)"
    rb"|(?<=\xe3)\x80[\x80\x81]|(?<=\xef)\xbc[\x88\x89\x8c\x8d\x9a\x9b]"
)
_ESCAPE = compile_later(  # `re` selects the kind by its first byte
    b"("
    + b"|".join(
        lead + b"(?:" + kind + b")"
        for lead, kind in (
            (b"%", _PERCENT),
            (b"&", _ENTITY),
            (rb"\\", _BACKSLASH),
            (b"<", _TAG),
            *(
                (lead, _INVISIBLE + b"|" + _CHARACTER)
                for lead in (b"\xc2", b"\xe2", b"\xe3", b"\xef")
            ),
        )
    )
    + b")"
)
_PERCENT_AT, _ENTITY_AT = compile_later(b"%" + _PERCENT), compile_later(b"&" + _ENTITY)
_BACKSLASH_AT, _TAG_AT = re.compile(rb"\\" + _BACKSLASH), compile_later(b"<" + _TAG)
_TAG_BEGINS = compile_later(rb"<[/bBeEiIlLsStTuUwW]")
_E2_AT, _C2_AT, _E3_AT, _EF_AT = (
    compile_later(lead + b"(?:" + _INVISIBLE + b"|" + _CHARACTER + b")")
    for lead in (b"\xe2", b"\xc2", b"\xe3", b"\xef")
)

# Escapes that may hide an anchor, and their meanings; incomplete, for a cheap check.
_SPELLED = (
    (b"%", b"%25", b"%"), (b"%", b"%25", b"%"), (b"%", b"%25", b"%"),
    (b"%", b"%2F", b"/"), (b"%", b"%2f", b"/"), (b"%", b"%2E", b"."), (b"%", b"%2e", b"."),
    (b"%", b"%2D", b"-"), (b"%", b"%2d", b"-"), (b"%", b"%3F", b"?"), (b"%", b"%3f", b"?"),
    (b"&", b"&amp;", b"&"), (b"&", b"&amp;", b"&"), (b"&", b"&lt;", b"<"), (b"&", b"&gt;", b">"),
    (b"\\", b"\\/", b"/"), (b"\\", b"\\u002f", b"/"), (b"\\", b"\\u002F", b"/"),
)  # fmt: skip
_SPELLED_ENTITIES = (
    (compile_later(rb"&(?:#0*47|#[xX]0*2[fF]|sol);"), b"/"),
    (compile_later(rb"&(?:#0*46|#[xX]0*2[eE]|period);"), b"."),
    (compile_later(rb"&(?:#0*45|#[xX]0*2[dD]|dash|hyphen|#820[89]|#x201[01]);"), b"-"),
    (compile_later(rb"&(?:shy|zwn?j|#173|#820[3-7]|#8288|#65279|#[xX](?:[aA][dD]|200[b-fB-F]|2060|[fF]{2}));"), b""),
)  # fmt: skip
_GONE = compile_later(rb"[<\xc2\xe2\xef](?:" + _TAG + b"|" + _INVISIBLE + rb")")

_PROOFPOINT = compile_later(
    rb"(?i)urldefense\.proofpoint\.com/v2/url\?u(?:=|%3D)(?=https?-3A__)([^&\s\"'<>]{1,2000})"
)
_PROOFPOINT_ESCAPE = compile_later(rb"-[0-9A-F]{2}|_")

_CHARACTERS = {
    **dict.fromkeys("\u00a0\u202f\u205f\u3000", b" "),
    **dict.fromkeys(map(chr, range(0x2000, 0x200B)), b" "),
    **dict.fromkeys("\u0085\u2028\u2029", b"\n"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", b"-"),
    **dict.fromkeys("\u2014\u2015", LONG_DASH),
    **dict(zip("\u3001\uff08\uff09\uff0c\uff1a\uff1b", (b",", b"(", b")", b",", b":", b";"), strict=True)),
}  # fmt: skip  # other matches of the pattern are invisible
_IN_ADDRESS = bytes(
    ord("+") if byte <= 0x20 or byte in b"\"'<>`@\x7f" else byte for byte in range(256)
)
"""Table that replaces decoded blanks, quotes, brackets and `@`, which would end a URL."""


def is_odd(raw: bytes, *, is_ascii: bool) -> bool:
    r"""Return whether a text holds escapes or unusual characters.

    >>> is_odd(b"hep-th\\/9901001", is_ascii=True), is_odd(b"a 5 % rise", is_ascii=True)
    (True, False)
    """
    if (
        (_PERCENT_SIGN in raw and _has_match(raw, b"%", _PERCENT_AT))
        or (_AMPERSAND in raw and _has_match(raw, b"&", _ENTITY_AT))
        or (_REVERSE_SOLIDUS in raw and _has_match(raw, b"\\", _BACKSLASH_AT))
        or (_LESS_THAN in raw and _TAG_BEGINS.search(raw) and _has_match(raw, b"<", _TAG_AT))
        or (_LOW_LINE in raw and b"urldefense" in raw)
    ):
        return True
    return not is_ascii and (
        (_E2 in raw and _has_match(raw, b"\xe2", _E2_AT))
        or (_C2 in raw and _has_match(raw, b"\xc2", _C2_AT))
        or (_E3 in raw and _has_match(raw, b"\xe3", _E3_AT))
        or (_EF in raw and _has_match(raw, b"\xef", _EF_AT))
    )


def _has_match(raw: bytes, byte: bytes, pattern: re.Pattern[bytes]) -> bool:
    """Return whether a pattern that begins with `byte` matches.

    Finding the byte is many times faster than searching for the pattern.
    """
    at = raw.find(byte)
    for _ in range(_MAX_FIND_CALLS):
        if pattern.match(raw, at):
            return True
        at = raw.find(byte, at + 1)
        if at < 0:
            return False
    return pattern.search(raw, at) is not None


def decode_anchors(raw: bytes) -> bytes:
    r"""Return a text with escapes in anchors decoded.

    >>> decode_anchors(b"hep-th\\/9901001, arxiv%252Eorg, open<wbr>review")
    b'hep-th/9901001, arxiv.org, openreview'
    """
    for byte, spelled, new in _SPELLED:
        if byte in raw:
            raw = raw.replace(spelled, new)
    if b"&" in raw:
        for pattern, new in _SPELLED_ENTITIES:
            raw = pattern.sub(new, raw)
    if b"urldefense" in raw:
        raw = _PROOFPOINT.sub(
            lambda region: _PROOFPOINT_ESCAPE.sub(lambda m: _decode_proofpoint(m[0]), region[0]),
            raw,
        )
    return _GONE.sub(b"", raw)


class Plain:
    """Decoded text, with the offsets of the bytes from which it was decoded."""

    __slots__ = ("_clean", "_encoded", "_ends", "_new", "_offset", "_starts", "text")

    def __init__(self, parts: list[bytes], new: list[bytes], encoded: Plain | int) -> None:
        """Build the text: replace every second part.

        `encoded` is the text of the parts, or its offset if it is a window of the raw text.
        """
        ends = list(accumulate(map(len, parts)))
        self._starts = [0, *ends[0::2]]  # spans of the escapes in the encoded text
        self._ends = [0, *ends[1::2]]
        self._new = [b"", *new]
        parts[1::2] = new
        self.text = b"".join(parts)
        self._clean = [
            0,
            *list(accumulate(map(len, parts)))[0::2],
        ]  # where their replacements begin
        self._clean.pop()
        self._encoded = None if isinstance(encoded, int) else encoded
        self._offset = encoded if isinstance(encoded, int) else 0

    def start(self, at: int) -> int:
        """Return the raw offset where a byte begins."""
        at = self._map_offset(bisect_right(self._clean, at) - 1, at)
        return self._offset + at if self._encoded is None else self._encoded.start(at)

    def end(self, at: int) -> int:
        """Return the raw offset where a byte ends."""
        at = self._map_offset(bisect_left(self._clean, at) - 1, at)
        return self._offset + at if self._encoded is None else self._encoded.end(at)

    def _map_offset(self, edit: int, at: int) -> int:
        """Convert an offset to one of the encoded text."""
        at -= self._clean[edit]
        length = len(self._new[edit])
        start, end = self._starts[edit], self._ends[edit]
        return start + at * ((end - start) // length) if at < length else at + end - length


def decode_window(
    raw: bytes, low: int, high: int, breaks: Sequence[tuple[int, int]] = ()
) -> Plain | None:
    r"""Decode raw[low:high]; return None if nothing changes.

    >>> seen = decode_window(b"arXiv:21&#48;3.0133<wbr>8", 0, 25)
    >>> seen.text, seen.start(6), seen.end(16)
    (b'arXiv:2103.01338', 6, 25)
    """
    window = raw[low:high]
    seen = None
    if breaks:
        within = [(a - low, b - low, b"") for a, b in breaks if low <= a and b <= high]
        seen = _replace_spans(window, within, low)
    is_rewritten = b"rldefense" in window
    for _ in range(_MAX_ROUNDS):
        encoded = low if seen is None else seen
        window = window if seen is None else seen.text
        edits = list(_find_proofpoint_escapes(window)) if is_rewritten else []
        if edits:
            seen = _replace_spans(window, edits, encoded)
            continue
        if seen is not None and not is_odd(window, is_ascii=window.isascii()):
            break
        parts = _ESCAPE.split(window)
        escapes = parts[1::2]
        new = list(map(_decode_escape, escapes))
        if new == escapes:
            break
        seen = Plain(parts, new, encoded)
    return seen


def _replace_spans(
    text: bytes, edits: Sequence[tuple[int, int, bytes]], encoded: Plain | int
) -> Plain:
    """Replace spans of a text by other bytes."""
    parts: list[bytes] = []
    copied_to = 0
    for start, end, _ in edits:
        parts += (text[copied_to:start], text[start:end])
        copied_to = end
    return Plain([*parts, text[copied_to:]], [new for _, _, new in edits], encoded)


def _find_proofpoint_escapes(text: bytes) -> Iterable[tuple[int, int, bytes]]:
    """Yield the escapes of Proofpoint's version 2."""
    for region in _PROOFPOINT.finditer(text):
        for match in _PROOFPOINT_ESCAPE.finditer(text, region.start(1), region.end(1)):
            yield match.start(), match.end(), _decode_proofpoint(match[0])


def _decode_proofpoint(escape: bytes) -> bytes:
    """Decode one escape of Proofpoint's version 2."""
    return b"/" if escape == b"_" else _decode_escape(b"%" + escape[1:])


@lru_cache(4096)
def _decode_escape(escape: bytes) -> bytes:
    """Decode one escape of any kind."""
    kind = escape[:1]
    if kind == b"%":
        return bytes.fromhex(escape.replace(b"%", b"").decode()).translate(_IN_ADDRESS)
    if kind == b"&":
        from html import unescape  # its tables take 5 ms, and few texts hold an entity

        return unescape(escape.decode()).encode("utf-8", "replace")
    if kind == b"\\":
        if escape[1:2] == b"u":
            return bytes.fromhex(escape[4:].decode())
        return LITERAL_BREAK if escape[1:] in {b"n", b"N", b"r", b"t"} else escape[1:]
    if kind == b"<":
        return b""
    return _CHARACTERS.get(escape.decode("utf-8", "replace"), b"")
