"""Cancellation in prose: the words of a talk's texts that call it off or postpone it. Pure.

Cancelled terms and flights are not the talk's: a wrong "cancelled" costs more than a missed one, so a
title has to begin or end with the word, or to set it off, and a text to have the talk as its subject.
"""

from __future__ import annotations

import re

from enrich.codes import TalkStatus
from enrich.text.patterns import compile_later

_HINT = compile_later(b"cancel")  # of bytes: `in` takes half as long again
_OFF = r"(?=\W{0,3}(?:[:!\u2013\u2014]|[ ]-|\Z))"
_TALK = r"\b(?:talk|seminar|lecture|event|meeting|colloquium|session|workshop)s?"
_SAID = rf"{_TALK}\s(?:has\sbeen|have\sbeen|is|are|was|were|will\sbe|had\sto\sbe)\s(?:now\s)?cancell?ed\b"
_TITLE = compile_later(
    rf"\A\W{{0,9}}cancel(?:l?ed\b|lation{_OFF})|(?:[:;,.!|\u2013\u2014]|[ ]-|{_TALK})\s{{0,3}}cancell?ed\W{{0,9}}\Z"
    rf"|\b(?-i:CANCELL?ED)\W{{0,9}}\Z|[\[(*]\W{{0,3}}cancell?ed\b[^\[\]()*\n]{{0,40}}[\])*]|{_SAID}",
    re.IGNORECASE,
)
_TEXT = compile_later(
    rf"\A\W{{0,9}}cancel(?:l?ed|lation){_OFF}|^\W{{0,9}}status:[^\n]{{0,60}}\bcancell?ed\b"
    rf"|^\W{{0,9}}cancell?ed\W{{0,9}}$|^\W{{0,3}}[\[(*]\W{{0,3}}cancell?ed\b[^\[\]()*\n]{{0,40}}[\])*]|{_SAID}",
    re.IGNORECASE | re.MULTILINE,
)
_LATER_HINT = compile_later(b"postpon")
_NO_DATE = r"(?!\s{1,3}(?:to|until|till)\b[^\n]{0,20}\d)"
"""A talk that was moved to a date takes place: the event is the new one."""
_LATER_SAID = rf"{_TALK}\s(?:has\sbeen|have\sbeen|is|are|was|were|will\sbe|had\sto\sbe)\s(?:now\s)?postponed\b{_NO_DATE}"
_LATER_TITLE = compile_later(
    rf"\A\W{{0,9}}postponed(?:{_OFF}|\suntil\sfurther)|\A\W{{0,9}}(?-i:POSTPONED)\b{_NO_DATE}"
    rf"|(?:[:;,.!|\u2013\u2014]|[ ]-|{_TALK})\s{{0,3}}postponed\W{{0,9}}\Z|\b(?-i:POSTPONED)\W{{0,9}}\Z"
    rf"|[\[(*]\W{{0,3}}postponed\b{_NO_DATE}[^\[\]()*\n]{{0,40}}[\])*]|{_LATER_SAID}",
    re.IGNORECASE,
)
_LATER_TEXT = compile_later(
    rf"\A\W{{0,9}}postponed{_OFF}|^\W{{0,9}}status:[^\n]{{0,60}}\bpostponed\b{_NO_DATE}"
    rf"|^\W{{0,9}}postponed\W{{0,9}}$|^\W{{0,3}}[\[(*]\W{{0,3}}postponed\b{_NO_DATE}[^\[\]()*\n]{{0,40}}[\])*]|{_LATER_SAID}",
    re.IGNORECASE | re.MULTILINE,
)
_ABROAD = compile_later(
    r"\W{0,9}(?:abgesagt|entfällt|annulée?s?|annullat[oaie]|cancelad[oa]s?|geannuleerd|afgelast)"
    rf"(?:\W{{0,2}}[\])*]|{_OFF})",
    re.IGNORECASE,
)


_LATER_ABROAD = compile_later(
    r"\W{0,9}(?:verschoben|reportée?s?|rinviat[oaie]|rimandat[oaie]|aplazad[oa]s?|pospuest[oa]s?|adiad[oa]s?|uitgesteld)"
    rf"(?:\W{{0,2}}[\])*]|{_OFF})",
    re.IGNORECASE,
)


def find_status(title: str | None, abstract: str | None, lower: bytes) -> TalkStatus | None:
    """Find what title or abstract state about the talk; `lower` holds both, in lower case and UTF-8.

    >>> find_status("POSTPONED: On knots", None, b"postponed: on knots")
    'postponed'
    >>> find_status("On postponed decisions", None, b"on postponed decisions")
    >>> find_status("On knots", "The talk is postponed to 5 May.", b"the talk is postponed to 5 may.")
    """
    if is_called_off(title, abstract, lower):
        return "cancelled"
    return "postponed" if _is_postponed(title, abstract, lower) else None


def _is_postponed(title: str | None, abstract: str | None, lower: bytes) -> bool:
    if title is not None and _LATER_ABROAD.match(title) is not None:
        return True
    if _LATER_HINT.search(lower) is None:
        return False
    return (title is not None and _LATER_TITLE.search(title) is not None) or (
        abstract is not None and _LATER_TEXT.search(abstract) is not None
    )


def is_called_off(title: str | None, abstract: str | None, lower: bytes) -> bool:
    """Return whether title or abstract call the talk off.

    `lower` holds both, in lower case and UTF-8.

    >>> is_called_off("Cancelled: On knots", None, b"cancelled: on knots")
    True
    >>> is_called_off("On knots", "All terms are cancelled.", b"all terms are cancelled.")
    False
    >>> is_called_off("[Abgesagt] Über Knoten", None, b"")
    True
    """
    if title is not None and _ABROAD.match(title) is not None:
        return True
    if _HINT.search(lower) is None:
        return False
    return (title is not None and _TITLE.search(title) is not None) or (
        abstract is not None and _TEXT.search(abstract) is not None
    )
