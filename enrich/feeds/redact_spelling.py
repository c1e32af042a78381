r"""Spelling of redaction's words: what their patterns spell, and patterns that are found fast. Pure.

The patterns of words in `redact_words` are made of letters, classes, groups, `|` and `?` alone, so all
that they spell can be listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from enrich.feeds.redact_words import LOOKALIKES

_FIRST_UNPARTED = 0x2E80  # from here on scripts do not part words by blanks
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
"""Letters and digits as wide as Chinese ones."""
_WIDE_DISTANCE = 0xFEE0  # from such a letter to the plain one


def fold_letters(text: str) -> str:
    """Return a text in lower case with plain blanks and signs, each character in its place."""
    if not text.isascii():
        for letter, plain in LOOKALIKES:
            text = text.replace(letter, plain)
        if _WIDE.search(text) is not None:
            text = _WIDE.sub(lambda found: chr(ord(found[0]) - _WIDE_DISTANCE), text)
    return text.lower()


def spell(words: str) -> list[str]:
    """Return all that a pattern spells which is made of letters, classes, groups, `|` and `?`.

    >>> spell("m[öo]tes-?id|id (?:della )?riunione")
    ['mötesid', 'mötes-id', 'motesid', 'motes-id', 'id riunione', 'id della riunione']
    """
    return _spell_from(words, 0)[0]


def _spell_from(words: str, at: int) -> tuple[list[str], int]:
    """Return the spellings of a group, and where it ends."""
    done: list[str] = []
    begun = [""]
    while at < len(words) and words[at] != ")":
        if words[at] == "|":
            done, begun, at = done + begun, [""], at + 1
            continue
        if words.startswith("(?:", at):
            pieces, at = _spell_from(words, at + 3)
        elif words[at] == "[":
            end = words.index("]", at)
            pieces, at = list(words[at + 1 : end]), end
        else:
            pieces = [words[at]]
        at += 1
        if words[at : at + 1] == "?":
            pieces, at = ["", *pieces], at + 1
        begun = [before + piece for before in begun for piece in pieces]
    return done + begun, at


def begin_word(words: Iterable[str]) -> str:
    """Return a pattern of words where a word begins, if their script parts words by blanks.

    It begins with the set of their first letters, which the engine searches fast.
    """
    rests: dict[str, set[str]] = {}
    for word in map(fold_letters, words):
        rests.setdefault(word[0], set()).add(re.escape(word[1:]))
    choices = "|".join(
        f"(?<={first})(?:{'|'.join(sorted(group, reverse=True))})"
        for first, group in sorted(rests.items())
    )
    unparted = "".join(sorted(first for first in rests if ord(first) >= _FIRST_UNPARTED))
    begins = rf"(?:(?<=[{unparted}])|(?<!\w.))" if unparted else r"(?<!\w.)"
    return rf"[{''.join(sorted(rests))}]{begins}(?:{choices})"
