"""Text that is safe on a terminal: control and bidi characters escaped as JSON escapes them."""

from __future__ import annotations

import re

# Categories Cc (but tab and line feed) and the bidi marks of UAX #9: they can forge a terminal line.
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_PLAIN = bytes(c for c in range(0x7F) if not _UNSAFE.match(chr(c)))
"""ASCII that is safe; that of a text is taken out at nearly the speed of memory."""


def printable(text: str) -> str:
    r"""Escape control and bidi characters of a text as `\uXXXX`.

    So do lone surrogates, which UTF-8 cannot hold. Tab and line feed stay. JSON stays the same JSON.

    >>> print(printable("a\x1b[2Jb\u202ec"))
    a\u001b[2Jb\u202ec
    """
    return printable_utf8(text.encode("utf-8", "surrogatepass"))


def printable_utf8(raw: bytes) -> str:
    """Decode UTF-8 to text that is safe on a terminal.

    Lone surrogates are decoded too.
    """
    odd = raw.translate(None, _PLAIN).decode("utf-8", "surrogatepass")  # few letters, or none
    text = raw.decode("utf-8", "surrogatepass")
    if odd.isprintable() or _UNSAFE.search(odd) is None:
        return text
    return _UNSAFE.sub(lambda m: f"\\u{ord(m[0]):04x}", text)
