"""Letters folded for comparison: no case, no accents, no ligatures."""

from __future__ import annotations

import unicodedata

_BASES = str.maketrans(
    {
        "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ħ": "h",
        "Ħ": "H", "ŧ": "t", "Ŧ": "T", "ŋ": "n", "Ŋ": "N", "ĸ": "k", "\u0131": "i", "\u0237": "j",
        "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "ß": "ss", "ẞ": "SS",
        "ə": "e", "Ə": "E",
    }
)  # fmt: skip
"""Letters that Unicode does not decompose."""


def strip_accents(text: str) -> str:
    """Replace letters with accents by plain ones.

    >>> strip_accents("Łukasz Müßig, ℤ², Ştefan")
    'Lukasz Mussig, Z2, Stefan'
    """
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_BASES))
    bare = "".join([c for c in decomposed if not unicodedata.combining(c)])
    return bare if bare.isascii() else unicodedata.normalize("NFC", bare)


def fold_text(text: str) -> str:
    """Return a text without case, accents and repeated white space.

    >>> fold_text("Élie  Cartan"), fold_text("Łódź"), fold_text("Straße")
    ('elie cartan', 'lodz', 'strasse')
    """
    return " ".join(strip_accents(text).casefold().split())
