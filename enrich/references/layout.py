r"""Normalization of a text for the role rules: markup becomes plain characters, offsets stay valid.

An HTML heading becomes a line that begins with `#`, a list item one that begins with `*`. Bold text is put
between `**`; other tags become blanks. Full-width punctuation becomes ASCII, a literal `\n` a line break.
"""

from __future__ import annotations

import re

from enrich.text.patterns import compile_later

_TAG = compile_later(rb"<(/?)([a-z][a-z0-9:_-]{0,15})(?:[\s/][^<>]{0,500})?>")
_BOLD = frozenset({b"b", b"strong"})
_HEADINGS = frozenset({b"h0", b"summary", b"caption", b"legend", b"figcaption"})
"""Names of heading tags; digits are folded (`h2` is `h0`)."""
_BLOCKS = frozenset(
    b"p div br tr td th dt dd section article blockquote header footer main aside table hr".split()
)
_REPLACED_SIGNS = (
    ("\uff1a", b":  "), ("\u3002", b".  "), ("\uff0e", b".  "), ("\uff0c", b",  "), ("\uff1b", b";  "),
    ("\uff08", b"  ("), ("\uff09", b")  "), ("\u3010", b"  ["), ("\u3011", b"]  "), ("\u300c", b'  "'),
    ("\u300d", b'"  '), ("\u3001", b",  "), ("\u0964", b".  "), ("\uff1f", b"?  "), ("\uff01", b"!  "),
    ("\u00a0", b"  "), ("\u3000", b"   "),
)  # fmt: skip
"""Non-ASCII punctuation and its replacement, padded to the same number of bytes."""
_REPLACED_BY_FIRST_BYTE = tuple(
    (
        lead,
        tuple(
            (sign.encode(), replacement)
            for sign, replacement in _REPLACED_SIGNS
            if sign.encode()[0] == lead
        ),
    )
    for lead in sorted({sign.encode()[0] for sign, _ in _REPLACED_SIGNS})
)
"""The same, grouped by first byte; `in` finds a number many times faster than bytes."""
_LITERAL_BREAK = compile_later(rb"\\n(?![a-z])")
_LESS_THAN, _REVERSE_SOLIDUS = b"<\\"
_C2, _E0, _E3, _EF = b"\xc2\xe0\xe3\xef"
"""First bytes of the replaced signs."""


def has_no_markup(low: bytes, *, is_ascii: bool) -> bool:
    """Return whether a text needs no normalization (a cheap check)."""
    return (
        _LESS_THAN not in low
        and _REVERSE_SOLIDUS not in low
        and (is_ascii or not (_C2 in low or _E0 in low or _E3 in low or _EF in low))
    )


def replace_markup(raw: bytes, low: bytes, *, is_ascii: bool) -> bytes:
    r"""Replace markup by plain characters; all offsets stay valid.

    `low` is the text folded by `FOLD`.

    >>> replace_markup(b"<h2>References</h2><li>A", b"<h0>references</h0><li>a", is_ascii=True)
    b'\n#  references\n    \n*  a'
    """
    if _LESS_THAN in low:
        low = _TAG.sub(_replace_tag, low)
    if _REVERSE_SOLIDUS in raw and b"\\n" in raw:
        low = _replace_breaks(raw, low)
    if not is_ascii:
        for lead, signs in _REPLACED_BY_FIRST_BYTE:
            if lead in low:
                for sign, replacement in signs:
                    low = low.replace(sign, replacement)
    return low


def _replace_tag(match: re.Match[bytes]) -> bytes:
    """Return a tag's replacement, padded to the same length."""
    closing, name = match.groups()
    if name in _HEADINGS:
        sign = b"\n" if closing else b"\n# "
    elif name in _BOLD:
        sign = b"**"
    elif name == b"li":
        sign = b"" if closing else b"\n* "
    elif name in _BLOCKS and not closing:
        sign = b"\n"
    else:
        sign = b""
    return sign.ljust(len(match[0]))


def _replace_breaks(raw: bytes, low: bytes) -> bytes:
    r"""Replace each literal `\n`, but not TeX's `\nu`."""
    breaks = [match.start() for match in _LITERAL_BREAK.finditer(raw)]
    if not breaks:
        return low
    plain = bytearray(low)
    for at in breaks:
        plain[at : at + 2] = b" \n"
    return bytes(plain)
