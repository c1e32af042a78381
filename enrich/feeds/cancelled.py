"""Cancellation in prose: the words of a talk's texts that call it off. Pure.

Cancelled terms and flights are not the talk's: a wrong "cancelled" costs more than a missed one, so a
title has to begin or end with the word, or to set it off, and a text to have the talk as its subject.
"""

from __future__ import annotations

import re

_HINT = re.compile(b"cancel")  # of bytes: `in` takes half as long again
_OFF = r"(?=\W{0,3}(?:[:!\u2013\u2014]|[ ]-|\Z))"
_TALK = r"\b(?:talk|seminar|lecture|event|meeting|colloquium|session|workshop)s?"
_SAID = rf"{_TALK}\s(?:has\sbeen|have\sbeen|is|are|was|were|will\sbe|had\sto\sbe)\s(?:now\s)?cancell?ed\b"
_TITLE = re.compile(
    rf"\A\W{{0,9}}cancel(?:l?ed\b|lation{_OFF})|(?:[:;,.!|\u2013\u2014]|[ ]-|{_TALK})\s{{0,3}}cancell?ed\W{{0,9}}\Z"
    rf"|\b(?-i:CANCELL?ED)\W{{0,9}}\Z|[\[(*]\W{{0,3}}cancell?ed\b[^\[\]()*\n]{{0,40}}[\])*]|{_SAID}",
    re.IGNORECASE,
)
_TEXT = re.compile(
    rf"\A\W{{0,9}}cancel(?:l?ed|lation){_OFF}|^\W{{0,9}}status:[^\n]{{0,60}}\bcancell?ed\b"
    rf"|^\W{{0,9}}cancell?ed\W{{0,9}}$|^\W{{0,3}}[\[(*]\W{{0,3}}cancell?ed\b[^\[\]()*\n]{{0,40}}[\])*]|{_SAID}",
    re.IGNORECASE | re.MULTILINE,
)
_ABROAD = re.compile(
    r"\W{0,9}(?:abgesagt|entfällt|annulée?s?|annullat[oaie]|cancelad[oa]s?|geannuleerd|afgelast)"
    rf"(?:\W{{0,2}}[\])*]|{_OFF})",
    re.IGNORECASE,
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
