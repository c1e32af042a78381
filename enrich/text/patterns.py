"""Pieces of patterns over bytes that `re` runs fast. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable


def group_words(words: Iterable[bytes], *, any_case: bool = False) -> bytes:
    """Return alternatives for words, grouped by first byte.

    `re` chooses a group by one comparison, but tries plain alternatives one by one if the case of letters
    is ignored. `any_case` is for such patterns.

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
