r"""Expansion of the word patterns of redaction, and patterns that `re` searches fast. Pure.

The word patterns in `redact_words` use only letters, classes, groups, `|` and `?`, so all words that they
match can be listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import normalize

from enrich.feeds.redact_words import LOOKALIKES
from enrich.text.patterns import compile_later

_FIRST_UNPARTED = 0x2E80  # scripts from here on do not separate words by blanks
_WIDE = compile_later("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
"""Letters and digits as wide as Chinese ones."""
_WIDE_DISTANCE = 0xFEE0  # from such a letter to the plain one


def fold_letters(text: str) -> str:
    """Return a text in lower case, with look-alikes replaced.

    Offsets do not change.
    """
    if not text.isascii():
        for letter, plain in LOOKALIKES:
            text = text.replace(letter, plain)
        if _WIDE.search(text) is not None:
            text = _WIDE.sub(lambda found: chr(ord(found[0]) - _WIDE_DISTANCE), text)
    return text.lower()


def spell(words: str) -> list[str]:
    """Return all words that a word pattern matches.

    The pattern may use letters, classes, groups, `|` and `?`. A word with accents is also spelled with
    combining characters, as macOS writes it.

    >>> spell("m[öo]tes-?id|id (?:della )?riunione")[:6]
    ['mötesid', 'mötes-id', 'motesid', 'motes-id', 'id riunione', 'id della riunione']
    >>> len(spell("mötesid"))
    2
    """
    composed = _spell_from(words, 0)[0]
    return list(dict.fromkeys([*composed, *(normalize("NFD", word) for word in composed)]))


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
    """Return a pattern that matches words at their beginning.

    In scripts without blanks between words, they match anywhere. The pattern begins with the set of
    first letters, which `re` searches fast.
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
