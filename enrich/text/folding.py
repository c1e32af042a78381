"""Text without its case and accents, for comparing what people type with what others wrote."""

from __future__ import annotations

import unicodedata

_WITHOUT_DECOMPOSITION = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ħ": "h",
        "ŧ": "t",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
"""Letters that Unicode does not decompose into a letter and an accent."""


def fold_text(text: str) -> str:
    """Return a text without case, accents and repeated white space.

    >>> fold_text("Élie  Cartan"), fold_text("Łódź"), fold_text("Straße")
    ('elie cartan', 'lodz', 'strasse')
    """
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
        return " ".join(text.casefold().translate(_WITHOUT_DECOMPOSITION).split())
    return " ".join(text.lower().split())
