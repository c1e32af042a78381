"""Cleaning of white space, control characters and marks in strings of papers and talks."""

from __future__ import annotations

from enrich.text.patterns import compile_later

_CONTROL = compile_later(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_MAIL = compile_later(r"[<(]?[^\s<>()@]{1,100}@[^\s<>()@]{1,100}\.[^\s<>()@]{1,60}[>)]?")
_MARK = r"[*\u2217\u204e†‡§¶‖¹²³⁰⁴-⁹]+"
_MARKS = compile_later(rf"{_MARK}(?:\s?,\s?{_MARK})*")
"""Footnote marks after a name, and the commas between them."""
_BLANK = compile_later(r"\s+")


def tidy(text: str) -> str:
    r"""Tidy white space and control characters of a text.

    It is applied to every string of a paper.

    >>> tidy(" On\n  the  H1\x07 Collaboration ")
    'On the H1 Collaboration'
    """
    if text.isprintable() and "  " not in text:  # most texts are tidy already
        return text.strip()
    return _BLANK.sub(" ", _CONTROL.sub("", text)).strip()


def person(name: str) -> str:
    """Tidy an author's name: no mail address, no footnote marks.

    Return an empty string if nothing is left.

    >>> person("Ada Lovelace <ada@example.org>"), person("ada@example.org")
    ('Ada Lovelace', '')
    >>> person("The ATLAS@Home Collaboration"), person("Émilie du Châtelet*¹,²")
    ('The ATLAS@Home Collaboration', 'Émilie du Châtelet')
    """
    if "@" in name:
        name = _MAIL.sub(" ", name)
    return tidy(_MARKS.sub("", name) if has_marks(name) else name)


def has_marks(name: str) -> bool:
    """Return whether a name holds a footnote mark or a mail address."""
    return "*" in name or "@" in name or (not name.isascii() and bool(_MARKS.search(name)))
