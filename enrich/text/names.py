"""Division of a person's whole name into family and given names. Pure.

The first rule that matches decides. White space is collapsed; nothing else of the name is changed.

1. An organization is not a person: a name with a word such as Collaboration, Team, Institute or AI, with
   `of`, `for` or `and`, or with `&`, `@` or `/`; also "et al." and "others", and a name of one word.
2. With a comma: family, then given. A suffix (Jr., Sr., II, III, IV) is added to given, after a comma.
3. In Han or Hangul, the family name comes first: before a blank; without one, the first character
   (or two, of a two-character surname) of a name of two or three. Other Japanese names stay whole.
4. Otherwise the last word is the family name. These words before it belong to it: all from the first
   lower-case particle on (van, de la, bin), capitalized particles directly before it (De, Van Der),
   and the word before `y` or before a Portuguese Neto or Filho. The first word is always given.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from enrich.text.patterns import compile_later


class NameParts(NamedTuple):
    """Family and given names; both None if the name cannot be divided."""

    family: str | None
    given: str | None


WHOLE = NameParts(None, None)
"""The result for a name that cannot be divided."""

_UNNAMED = frozenset({"et al", "et al.", "and others", "others"})
_ORGANIZATION_WORDS = frozenset(
    "collaboration collaborations team teams consortium group institute institut instituto istituto"
    " institution organization organisation community authors workshop university universität"
    " université universidad università research project projects program programme foundation"
    " association society council commission committee agency administration department ministry"
    " laboratory laboratories labs center centre centers centres observatory alliance network"
    " initiative contributors developers company corporation inc inc. ltd ltd. gmbh llc corp corp."
    " academy hospital experiment survey working deepmind kommune".split()
)
_LOWER_CASE_ORGANIZATION_WORDS = frozenset({"of", "for", "and", "the", "on", "at", "et"})
_SIGNS_OF_BODIES = compile_later(r"[&@/]")
_SUFFIX = compile_later(r"(?:[JS]r|JR|SR)\.?|II|III|IV")
_SMALL_PARTICLES = frozenset(
    "van von der den de la le las los du des di da dal dalla del dell della delle dello degli dei do"
    " dos das ten ter te 't ’t 's ’s op zu zum zur vom vander aan uit aus auf af av bin ibn ben bint"
    " abu al el".split()
)
_SMALL_PREFIXES = ("al-", "el-", "d'", "d’")
_CAPITAL_PARTICLES = frozenset(
    "de da dal dalla di del della dello degli dei do dos des du la le van von der den ten ter mac ben"
    " ibn el al abu st. st".split()
)
_JOINING = frozenset({"y", "i"})
_PORTUGUESE_SUFFIXES = frozenset({"neto", "filho", "júnior", "junior", "sobrinho"})
_USUAL_WORD = compile_later(r"[A-Z][A-Za-z'.-]*")
_SPECIAL_WORDS = frozenset({"ai"}).union(
    _ORGANIZATION_WORDS,
    _LOWER_CASE_ORGANIZATION_WORDS,
    _SMALL_PARTICLES,
    _CAPITAL_PARTICLES,
    _JOINING,
    _PORTUGUESE_SUFFIXES,
    *map(str.split, _UNNAMED),
)
"""Words on which one of the rules depends."""
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HANGUL = "\uac00-\ud7a3"
_EASTERN = compile_later(rf"[{_HAN}{_HANGUL}\u3005\u3040-\u30ff]+")
_HAN_NAME = compile_later(rf"[{_HAN}]{{2,3}}")
_HANGUL_NAME = compile_later(rf"[{_HANGUL}]{{2,4}}")
_TWO_CHARACTER_HAN_SURNAMES = frozenset(
    "欧阳 歐陽 司马 司馬 诸葛 諸葛 上官 夏侯 尉迟 尉遲 东方 東方 皇甫 令狐".split()
)
_TWO_CHARACTER_HANGUL_SURNAMES = frozenset("남궁 제갈 독고 사공 선우 황보".split())


@lru_cache(maxsize=1 << 14)  # the same authors recur within a talk, a field or a year
def split_name(name: str) -> NameParts:
    """Return family and given names of a person's name.

    >>> split_name("Aad van der Vaart"), split_name("W. King, Jr.")
    (NameParts(family='van der Vaart', given='Aad'), NameParts(family='King', given='W., Jr.'))
    >>> split_name("王小明"), split_name("for the ATLAS Collaboration")
    (NameParts(family='王', given='小明'), NameParts(family=None, given=None))
    """
    words = name.split()
    if len(words) < 2 and name.isascii():
        return WHOLE
    if not name.isascii() and all(map(_EASTERN.fullmatch, words)):
        return _split_eastern(words)
    if len(words) < 2 or _is_organization(name, words):
        return WHOLE
    if "," in name:
        return _split_at_commas([part.strip() for part in " ".join(words).split(",")])
    return _split_in_order(words)


@lru_cache(maxsize=1 << 14)
def is_usual_word(word: str) -> bool:
    """Return whether no special rule concerns a word.

    In a name of several such words, the last one is the family name.

    >>> is_usual_word("Lovelace"), is_usual_word("W."), is_usual_word("Van"), is_usual_word("Team")
    (True, True, False, False)
    """
    small = word.lower()
    return (
        _USUAL_WORD.fullmatch(word) is not None
        and small not in _SPECIAL_WORDS
        and not small.startswith(_SMALL_PREFIXES)
        and not _SUFFIX.fullmatch(word)
    )


def split_suffix(given: str) -> tuple[str, str]:
    """Split given names from the suffix after a comma.

    A missing suffix is an empty string.

    >>> split_suffix("Martin Luther, Jr."), split_suffix("François, abbé")
    (('Martin Luther', 'Jr.'), ('François, abbé', ''))
    """
    names, comma, suffix = given.rpartition(", ")
    return (names, suffix) if comma and names and _SUFFIX.fullmatch(suffix) else (given, "")


def _is_organization(name: str, words: Sequence[str]) -> bool:
    """Return whether a name is an organization's or unnamed persons'."""
    if _SIGNS_OF_BODIES.search(name) or " ".join(words).lower() in _UNNAMED:
        return True
    if not _LOWER_CASE_ORGANIZATION_WORDS.isdisjoint(words):
        return True
    if "AI" in words and not name.isupper():
        return True
    return not _ORGANIZATION_WORDS.isdisjoint([word.rstrip(",").lower() for word in words])


def _split_at_commas(parts: Sequence[str]) -> NameParts:
    """Return the parts of `Family, Given`, of `Name, Jr.`, and of both."""
    if len(parts) == 2:
        first, second = parts
        if not _SUFFIX.fullmatch(second):
            return NameParts(first, second) if first and second else WHOLE
        family, given = _split_in_order(first.split())
        return NameParts(family, f"{given}, {second}") if family else WHOLE
    if len(parts) == 3 and all(parts):
        family, second, third = parts
        if _SUFFIX.fullmatch(third):
            return NameParts(family, f"{second}, {third}")
        if _SUFFIX.fullmatch(second):
            return NameParts(family, f"{third}, {second}")
    return WHOLE


def _split_in_order(words: Sequence[str]) -> NameParts:
    """Return the parts of a name in the order given, family, suffix."""
    suffix = ""
    if len(words) > 1 and _SUFFIX.fullmatch(words[-1]):
        *words, suffix = words
    if len(words) < 2:
        return WHOLE
    at = _find_family(words)
    family, given = " ".join(words[at:]), " ".join(words[:at])
    return NameParts(family, f"{given}, {suffix}" if suffix else given)


def _find_family(words: Sequence[str]) -> int:
    """Return the index of the word that begins the family name, at least 1."""
    last = len(words) - 1
    if last == 1:
        return 1
    for at in range(1, last):
        if _is_small_particle(words, at):
            return at
    if words[last].lower() in _PORTUGUESE_SUFFIXES:
        last -= 1
    elif words[last - 1] in _JOINING:
        last = max(last - 2, 1)
    while last > 1 and words[last - 1].lower() in _CAPITAL_PARTICLES:
        last -= 1
    return last


def _is_small_particle(words: Sequence[str], at: int) -> bool:
    """Return whether a word is a lower-case particle before another word."""
    word = words[at]
    if word == "in":  # in 't Veld
        return words[at + 1] in {"'t", "’t", "den", "der", "het"}
    return word in _SMALL_PARTICLES or word.startswith(_SMALL_PREFIXES)


def _split_eastern(words: Sequence[str]) -> NameParts:
    """Return the parts of a name in Han, kana or Hangul."""
    if len(words) > 1:
        return NameParts(words[0], " ".join(words[1:]))
    name = words[0]
    if _HAN_NAME.fullmatch(name):
        at = 2 if len(name) == 3 and name[:2] in _TWO_CHARACTER_HAN_SURNAMES else 1
    elif _HANGUL_NAME.fullmatch(name) and (
        len(name) < 4 or name[:2] in _TWO_CHARACTER_HANGUL_SURNAMES
    ):
        at = 2 if len(name) == 4 else 1
    else:
        return WHOLE
    return NameParts(name[:at], name[at:])
