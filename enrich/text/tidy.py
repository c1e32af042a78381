"""White space and control characters: how every string of a paper or a talk is tidied."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_MAIL = re.compile(r"[<(]?[^\s<>()@]{1,100}@[^\s<>()@]{1,100}\.[^\s<>()@]{1,60}[>)]?")
_BLANK = re.compile(r"\s+")
_MARK = "*\u2217†‡§¶‖¹²³⁰⁴-⁹"
_MARKS = re.compile(rf"\s?[{_MARK}]+(?:\s?,?\s?[{_MARK}]+)*")


def tidy(text: str) -> str:
    r"""Collapse white space, drop control characters, strip: what every string of a paper gets.

    >>> tidy(" On\n  the  H1\x07 Collaboration ")
    'On the H1 Collaboration'
    """
    if text.isprintable() and "  " not in text:  # most are tidy already
        return text.strip()
    return _BLANK.sub(" ", _CONTROL.sub("", text)).strip()


def person(name: str) -> str:
    """Return an author's name without mail address and footnote marks; empty if nothing is left.

    >>> person("Ada Lovelace <ada@example.org>"), person("ada@example.org")
    ('Ada Lovelace', '')
    >>> person("The ATLAS@Home Collaboration")
    'The ATLAS@Home Collaboration'
    """
    return without_marks(tidy(_MAIL.sub(" ", name) if "@" in name else name))


def without_marks(name: str) -> str:
    """Return a name or a part of one without footnote marks.

    >>> without_marks("Li Wang*"), without_marks("Zoë Łoś*,†"), without_marks("*")
    ('Li Wang', 'Zoë Łoś', '')
    """
    if name.isascii() and "*" not in name:
        return name
    return _MARKS.sub("", name).strip()
