"""Detection of cancelled and postponed talks from title and abstract. Pure.

A wrong "cancelled" costs more than a missed one, and a text may be about cancelled terms or flights. The
word must therefore begin or end the title, or punctuation must separate it; in an abstract, the talk must
be the subject of the sentence.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from enrich.codes import TalkStatus
from enrich.text.patterns import compile_later

_SET_OFF = r"(?=\W{0,3}(?:[:!\u2013\u2014]|[ ]-|\Z))"
"""Punctuation that separates a word from the title after it."""
_TALK = r"\b(?:talk|seminar|lecture|event|meeting|colloquium|session|workshop)s?"
_BE = r"(?:has\sbeen|have\sbeen|is|are|was|were|will\sbe|had\sto\sbe)"
_NO_DATE = r"(?!\s{1,3}(?:to|until|till)\b[^\n]{0,20}\d)"
"""A talk postponed to a date takes place: the event has the new date."""


class _Words(NamedTuple):
    """The words of one status, as patterns."""

    status: TalkStatus
    root: bytes
    """Part of every form of the English word, in lower case."""
    word: str
    title: str
    """Beginning of a title."""
    text: str
    """Beginning of a text."""
    unless: str
    """Text after the word that invalidates the match."""
    other_languages: str
    """Words of other languages at the beginning of a title."""


_STATUSES = (
    _Words(
        "cancelled",
        b"cancel",
        "cancell?ed",
        rf"cancel(?:l?ed\b|lation{_SET_OFF})",
        rf"cancel(?:l?ed|lation){_SET_OFF}",
        "",
        "abgesagt|entfällt|annulée?s?|annullat[oaie]|cancelad[oa]s?|geannuleerd|afgelast|отменен|отменён|отменена|отменено|отмена|取消|中止|休講|취소",
    ),
    _Words(
        "postponed",
        b"postpon",
        "postponed",
        rf"(?:postponed(?:{_SET_OFF}|\suntil\sfurther)|(?-i:POSTPONED)\b{_NO_DATE})",
        rf"postponed{_SET_OFF}",
        _NO_DATE,
        "verschoben|reportée?s?|rinviat[oaie]|rimandat[oaie]|aplazad[oa]s?|pospuest[oa]s?|adiad[oa]s?|uitgesteld|перенесен|перенесён|перенесена|перенесено|延期|연기",
    ),
)


_QUICK_CHECKS = tuple(
    (
        words,
        re.compile(words.root),  # a pattern of bytes is as fast as `in`
        re.compile(
            rf"\W{{0,9}}(?:{words.other_languages})(?:\W{{0,2}}[\])*】]|\uff1a|{_SET_OFF})",
            re.IGNORECASE,
        ),
    )
    for words in _STATUSES
)
"""Patterns that are searched in every talk."""


_ENDING = re.compile(
    r"(?:aus|sagt|fällt|ul[ée]e?s?|lat[oaie]|lad[oa]s?|leerd|last|fallen)\W{0,4}\Z", re.IGNORECASE
)
"""Endings of titles that `_NON_ENGLISH_END` can match (a cheap check of the last letters)."""
_NON_ENGLISH_END = compile_later(
    r"\bfällt(?:\s(?:leider|heute|krankheitsbedingt)){0,2}\saus\W{0,9}\Z|\A\W{0,9}ausgefallen\W{0,9}\Z"
    r"|(?:séminaire|exposé|séance|conférence|colloque|seminario|charla|seminário|palestra|seminar|vortrag|kolloquium"
    r"|vorlesung|lezing|colloquium)s?\s(?:est\s|ist\s|è\s|is\s|wird\s|leider\s){0,2}"
    r"(?:abgesagt|entfällt|annulée?s?|annullat[oaie]|cancelad[oa]s?|geannuleerd|afgelast)\W{0,9}\Z",
    re.IGNORECASE,
)


@cache
def _compile_status(words: _Words) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Compile the patterns of a status for titles and texts.

    They are compiled at first use, because few feeds need them.
    """
    word, unless = words.word, words.unless
    bracketed = rf"[\[(*]\W{{0,3}}{word}\b{unless}[^\[\]()*\n]{{0,40}}[\])*]"
    sentence = rf"{_TALK}\s{_BE}\s(?:now\s)?{word}\b{unless}"
    return (
        re.compile(
            rf"\A\W{{0,9}}{words.title}|(?:[:;,.!|\u2013\u2014]|[ ]-|{_TALK})\s{{0,3}}{word}\W{{0,9}}\Z"
            rf"|\b(?-i:{word.upper()})\W{{0,9}}\Z|{bracketed}|{sentence}",
            re.IGNORECASE,
        ),
        re.compile(
            rf"\A\W{{0,9}}{words.text}|^\W{{0,9}}status:[^\n]{{0,60}}\b{word}\b{unless}"
            rf"|^\W{{0,9}}{word}\W{{0,9}}$|^\W{{0,3}}{bracketed}|{sentence}",
            re.IGNORECASE | re.MULTILINE,
        ),
    )


def find_status(title: str | None, abstract: str | None, lower: bytes) -> TalkStatus | None:
    """Return the status that the title or abstract states.

    `lower` holds both in lower case, as UTF-8.

    >>> find_status("POSTPONED: On knots", None, b"postponed: on knots")
    'postponed'
    >>> find_status("Cancelled: On knots", None, b"cancelled: on knots")
    'cancelled'
    >>> find_status("[Abgesagt] Über Knoten", None, b"")
    'cancelled'
    >>> find_status("On postponed decisions", "All terms are cancelled.", b"postponed cancelled")
    >>> find_status("On knots", "The talk is postponed to 5 May.", b"the talk is postponed to 5 may.")
    """
    if title is not None and _ends_cancelled(title):
        return "cancelled"
    for words, root, other_languages in _QUICK_CHECKS:
        if title is not None and other_languages.match(title) is not None:
            return words.status
        if root.search(lower) is not None:
            title_pattern, text_pattern = _compile_status(words)
            if (title is not None and title_pattern.search(title) is not None) or (
                abstract is not None and text_pattern.search(abstract) is not None
            ):
                return words.status
    return None


def _ends_cancelled(title: str) -> bool:
    """Return whether a non-English title ends with a cancellation."""
    return (
        _ENDING.search(title, max(0, len(title) - 14)) is not None
        and _NON_ENGLISH_END.search(title) is not None
    )
