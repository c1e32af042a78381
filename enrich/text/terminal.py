"""Text that is safe on a terminal: control and bidi characters escaped as JSON escapes them."""

from __future__ import annotations

import re

# Categories Cc (but tab and line feed) and the bidi marks of UAX #9: they can forge a terminal line.
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_PLAIN = bytes(c for c in range(0x7F) if not _UNSAFE.match(chr(c)))
"""ASCII that is safe; that of a text is taken out at nearly the speed of memory."""

_ESCAPES = (
    ("\\", r"\\"),
    ('"', r"\""),
    ("\n", r"\n"),
    ("\t", r"\t"),
    ("\r", r"\r"),
    ("\f", r"\f"),
    ("\b", r"\b"),
)
"""Those of JSON that have a letter, the backslash first; `printable` writes all others as JSON does."""


def printable(text: str) -> str:
    r"""Text that is safe on a terminal: control and bidi characters become `\uXXXX`.

    So do lone surrogates, which UTF-8 cannot hold. Tab and line feed stay. JSON stays the same JSON.

    >>> print(printable("a\x1b[2Jb\u202ec"))
    a\u001b[2Jb\u202ec
    """
    raw = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN)
    odd = raw.decode("utf-8", "surrogatepass")  # few letters, or none
    if odd.isprintable() or _UNSAFE.search(odd) is None:
        return text
    return _UNSAFE.sub(lambda m: f"\\u{ord(m[0]):04x}", text)


def quoted(text: str) -> str:
    r"""A long text as a JSON string that is safe on a terminal: in less than half of `json`'s time.

    `json` looks at each letter twice; here letters that are not there cost next to nothing.

    >>> print(quoted('a\n"b"\x1b'))
    "a\n\"b\"\u001b"
    """
    for letter, escape in _ESCAPES:
        if letter in text:
            text = escape.join(text.split(letter))
    return f'"{printable(text)}"'
