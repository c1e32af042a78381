"""Text on a terminal: escaping, width in columns, and wrapping. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Categories Cc (but tab and line feed) and the bidi marks of UAX #9: they can forge a terminal line.
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_PLAIN = bytes(c for c in range(0x7F) if not _UNSAFE.match(chr(c)))
"""Safe ASCII; it is removed (fast) before the rest of a text is checked."""


def printable(text: str) -> str:
    r"""Escape control and bidi characters of a text as `\uXXXX`.

    Lone surrogates are escaped too. Tab and line feed stay. Escaped JSON has the same meaning.

    >>> print(printable("a\x1b[2Jb\u202ec"))
    a\u001b[2Jb\u202ec
    """
    return printable_utf8(text.encode("utf-8", "surrogatepass"))


def printable_utf8(raw: bytes) -> str:
    """Decode UTF-8 to text that is safe on a terminal.

    Lone surrogates are decoded too.
    """
    # few characters are left, or none
    odd = raw.translate(None, _PLAIN).decode("utf-8", "surrogatepass")
    text = raw.decode("utf-8", "surrogatepass")
    if odd.isprintable() or _UNSAFE.search(odd) is None:
        return text
    return _UNSAFE.sub(lambda m: f"\\u{ord(m[0]):04x}", text)


def drop_unsafe(text: str) -> str:
    r"""Drop control and bidi characters, for formats that cannot escape them.

    >>> drop_unsafe("a\x1b[2Jb\u202ec\n")
    'a[2Jbc\n'
    """
    return text if text.isprintable() else _UNSAFE.sub("", text)


def count_columns(text: str) -> int:
    """Count the columns of a terminal that a text takes.

    >>> count_columns("Zürich"), count_columns("東京")
    (6, 4)
    """
    if text.isascii():
        return len(text)
    return sum(map(_count_char, text))


def fit_columns(text: str, columns: int) -> str:
    """Return a text padded or truncated to a number of columns.

    A truncated text ends in `…`.

    >>> fit_columns("東京タワー", 6), fit_columns("ab", 4)
    ('東京… ', 'ab  ')
    """
    taken = count_columns(text)
    if taken <= columns:
        return text + " " * (columns - taken)
    start = _take_start(text, columns - 1).rstrip()
    return start + "…" + " " * (columns - 1 - count_columns(start))


def wrap_columns(text: str, columns: int) -> Iterator[str]:
    """Yield the lines of a text, at most `columns` wide.

    Lines are broken at blanks. A longer word is split; a URL stays whole, so that it can be
    clicked and copied.

    >>> list(wrap_columns("a talk in 東京タワー https://example.org/abc", 9))
    ['a talk in', '東京タワ', 'ー', 'https://example.org/abc']
    """
    line, taken = "", 0
    for word in text.split():
        width = count_columns(word)
        if line and taken + 1 + width <= columns:
            line, taken = f"{line} {word}", taken + 1 + width
            continue
        if line:
            yield line
        while width > columns and "://" not in word:
            start = _take_start(word, columns) or word[0]
            yield start
            word = word[len(start) :]  # noqa: PLW2901
            width = count_columns(word)
        line, taken = word, width
    if line:
        yield line


def _take_start(text: str, columns: int) -> str:
    """Return the longest beginning of a text that fits."""
    taken = 0
    for at, char in enumerate(text):
        taken += _count_char(char)
        if taken > columns:
            return text[:at]
    return text


def _count_char(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
