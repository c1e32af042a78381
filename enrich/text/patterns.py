"""Patterns that are compiled at first use, and alternatives that `re` matches fast. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, AnyStr, cast


def compile_later(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    r"""Return a pattern that is compiled when it is first used.

    A run needs few of the hundreds of patterns, and compiling one takes a tenth of a millisecond. After
    its first use, a call takes 10 ns longer than with a compiled pattern. Patterns that run several times
    in every text are therefore compiled at once.

    >>> compile_later(r"\d+").findall("1 and 2")
    ['1', '2']
    """
    return cast("re.Pattern[AnyStr]", _LaterPattern(pattern, flags))


_MEMBERS = (
    *("findall", "finditer", "flags", "fullmatch", "groupindex", "groups", "match", "pattern"),
    *("scanner", "search", "split", "sub", "subn"),
)


class _BoundPattern:
    """Members of a compiled pattern."""

    __slots__ = ("_source", *_MEMBERS)


class _LaterPattern(_BoundPattern):
    """Pattern that becomes a `_BoundPattern` at its first use.

    Python finds a member faster if the class has no `__getattr__`.
    """

    __slots__ = ()

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self._source: tuple[Any, int] = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        """Compile the pattern, bind its members, and return one of them."""
        if name not in _MEMBERS:
            raise AttributeError(name)
        compiled = re.compile(*self._source)
        for member in _MEMBERS:
            setattr(self, member, getattr(compiled, member))
        self.__class__ = _BoundPattern  # type: ignore[assignment]
        return getattr(self, name)


def group_words(words: Iterable[bytes], *, any_case: bool = False) -> bytes:
    """Return alternatives for words, grouped by first byte.

    `re` selects a group with one comparison. If case is ignored, it tries plain alternatives one by one;
    `any_case` avoids that in such patterns.

    >>> group_words([b"and", b"a", b"und"])
    b'(?:a(?:nd|)|u(?:nd))'
    >>> group_words([b"and"], any_case=True)
    b'(?:(?-i:[aA])(?:nd))'
    """
    grouped: dict[bytes, list[bytes]] = {}
    for word in sorted(words, reverse=True):
        grouped.setdefault(word[:1], []).append(re.escape(word[1:]))
    groups = []
    for first, rest in sorted(grouped.items()):
        start = re.escape(first)
        if any_case and first.isalpha():
            start = b"(?-i:[%b%b])" % (first.lower(), first.upper())
        groups.append(start + b"(?:" + b"|".join(rest) + b")")
    return b"(?:" + b"|".join(groups) + b")"
