"""Comparison of persons by name: whether two names can belong to one person.

A name is read in the order given name, family name, and in the other order as well ("Zhang Xiaoming"),
because sources write both. Two names are one person's if in some reading the family names are equal and
the given names compatible: an initial agrees with each name that begins with it, a middle name may be
missing, but "Jan" is not "Jane". Nicknames ("Bob") are not known. If in doubt, names do not match: a wrong
match is worse than a missing one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from enrich.text.letters import strip_accents
from enrich.text.names import split_name
from enrich.text.patterns import compile_later
from enrich.text.tex import plain
from enrich.text.tidy import person, tidy

Part = tuple[str, ...]
"""The parts of a word between hyphens, folded; an initial ends in a full stop."""


class Reading(NamedTuple):
    """A name divided into family and given name."""

    family: str
    particles: str
    """`vander` of "van der Schoot"; empty without particles."""
    given: tuple[Part, ...]
    is_reverse: bool
    """True if the first word is taken as the family name."""


class Person(NamedTuple):
    """A name, prepared for comparison."""

    whole: str
    """All letters of the name, and a full stop after each initial."""
    stated: Reading | None
    """Family and given name as given or derived; None for a name of one word."""
    reverse: Reading | None
    """The first word as family name; None if the name has only one word or an initial there."""

    def readings(self, *, any_order: bool) -> list[Reading]:
        """Return the readings of the name."""
        both = (self.stated, self.reverse if any_order else None)
        return [reading for reading in both if reading]


Spellings = tuple[Person, ...]
"""A person's name in one or two spellings: Müller is written Muller and Mueller."""


_PARTICLES = frozenset(
    """
    al bin d da das de del della den der di do dos du e el ibn la le les ten ter te van vande vander
    vom von zu zum zur af av y
    """.split()  # noqa: SIM905 - reads as the list it is
)
_TITLES = frozenset(
    """
    assistant associate assoc asst dame doctor docent dr emeritus herr hon ing ir lecturer madame
    miss mr mrs ms mx pd priv prof profdr professor rev reverend sir
    """.split()  # noqa: SIM905 - reads as the list it is
)
_SUFFIXES = frozenset(
    """
    cbe dphil dsc esq frs ii iii iv jr junior mbe md msc obe phd sr
    """.split()  # noqa: SIM905 - reads as the list it is
)
_COLLABORATION = compile_later(
    r"\b(?:collaborations?|consortium|consortia|team|group|project|task force|working group|network"
    r"|committee|initiative|collective|survey|alliance|university|institute|authors)\b",
    re.IGNORECASE,
)
_UNKNOWN = compile_later(
    r"(?:t\W{0,2}b\W{0,2}[acd]\W{0,2}|to be (?:announced|confirmed|determined|decided)|n/?a|various(?: speakers)?"
    r"|unknown|none|several speakers|speakers?|anonymous|\W*)",
    re.IGNORECASE,
)
_DEGREE = compile_later(r"\b(Ph|D|M|B|Sc)\.\s?(D|Phil|Sc|A|S)\b\.?")
_BRACKETS = compile_later(r" ?[(\[{\uff08][^()\[\]{}\uff08\uff09]{0,200}[)\]}\uff09]")
_APOSTROPHES = compile_later("['\u2018\u2019\u02bc\u02bb\u00b4`\u2032]")
_WORD = compile_later(r"[^\W\d_]+\.?")
_SIMPLE = compile_later(r"[A-Za-z]+(?:[ -][A-Za-z]+)+|[A-Z]\. [A-Za-z]+")
_FULL_NAME = compile_later(r"[A-Z][a-z]{2,}(?: [A-Z]\.?| [A-Z][a-z]+)? [A-Z][a-z]+")
_HYPHENS = compile_later("[-\u2010-\u2015\u2212]")
_BETWEEN_PERSONS = compile_later(
    r"[;/|&\u2022\u00b7]| -{1,2} | [\u2013\u2014@] |,? (?:and|und|et|y|with|joint with) ",
    re.IGNORECASE,
)
_EXPANSIONS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Ø": "Oe", "Å": "Aa"}
)  # fmt: skip


def read_person(name: str, family: str | None = None, given: str | None = None) -> Spellings:
    """Read a name for comparison; empty for a collaboration.

    Args:
        name: The whole name, also with a title and TeX.
        family: The family name, if the source has the parts.
        given: The given name, if the source has the parts.
    """
    if is_collaboration(name) and family is None:
        return ()
    if _SIMPLE.fullmatch(name):
        read = _read_spelling(name, family, given)
        return (read,) if read else ()
    text = name
    if "\\" in name or "{" in name:
        text, family, given = plain(name), family and plain(family), given and plain(given)
    if _BRACKETS.search(text):
        family = given = None
    text = tidy(_BRACKETS.sub(" ", person(text)))
    spelled = text.translate(_EXPANSIONS)
    read = _read_spelling(text, family, given)
    if spelled == text:
        return (read,) if read else ()
    other = _read_spelling(
        spelled, family and family.translate(_EXPANSIONS), given and given.translate(_EXPANSIONS)
    )
    return tuple([person for person in (read, other) if person])


def is_collaboration(name: str) -> bool:
    """Return whether a name is that of a collaboration."""
    return bool(_COLLABORATION.search(name))


def is_full_name(name: str) -> bool:
    """Return whether family and given name are certain.

    >>> is_full_name("Ann Lee"), is_full_name("A. Lee"), is_full_name("ATLAS Collaboration")
    (True, False, False)
    """
    return bool(_FULL_NAME.fullmatch(name)) and not is_collaboration(name)


def split_persons(names: str) -> list[str]:
    """Split a speaker's field into names of persons.

    >>> split_persons("Dr. Ingrid Solheim, Jakob Lund, and Ewa Zych"), split_persons("T.B.A.")
    (['Dr. Ingrid Solheim', 'Jakob Lund', 'Ewa Zych'], [])
    >>> split_persons("Solheim, Ingrid")
    ['Ingrid Solheim']
    """
    found: list[str] = []
    field = tidy(_BRACKETS.sub(" ", tidy(names.replace("\n", ";"))))
    for part in _BETWEEN_PERSONS.split(field):
        words = [piece.strip() for piece in part.split(",")]
        pieces = [piece for piece in words if piece and not _is_suffix(piece)]
        if len(pieces) == 2 and _is_family_alone(pieces[0]):
            pieces = [f"{pieces[1]} {pieces[0]}"]
        found += [piece for piece in pieces if not _UNKNOWN.fullmatch(piece)]
    return found


def find_shared(
    first: Sequence[Spellings], second: Sequence[Spellings], *, any_order: bool
) -> bool:
    """Return whether two lists have a person in common.

    If several persons of one list share a family name, an initial does not match: it does not
    distinguish them. Time is linear in the number of names.

    Args:
        first: Each person in one or two spellings.
        second: The persons to compare with, in the same form.
        any_order: Names are also read with the family name first.
    """
    counts = _count_families(first), _count_families(second)
    by_family: dict[str, list[Person]] = {}
    for other in (other for spellings in second for other in spellings):
        for reading in other.readings(any_order=any_order):
            by_family.setdefault(reading.family, []).append(other)
    for one in (one for spellings in first for one in spellings):
        others: dict[Person, None] = {}
        for reading in one.readings(any_order=any_order):
            others.update(dict.fromkeys(by_family.get(reading.family, ())[:_MAX_NAMESAKES]))
        if any(_is_same_person(one, other, counts, any_order) for other in others):
            return True
    return False


def count_shared_families(first: Iterable[Spellings], second: Iterable[Spellings]) -> int:
    """Count persons whose family name is in both lists."""
    families = {
        reading.family
        for spellings in second
        for other in spellings
        for reading in other.readings(any_order=True)
    }
    return sum(
        any(
            reading.family in families
            for one in spellings
            for reading in one.readings(any_order=True)
        )
        for spellings in first
    )


_MAX_NAMESAKES = 50
"""Authors of one paper with the same family name that are compared; keeps time linear."""

Families = Counter[tuple[str, bool]]


def _is_same_person(
    one: Person, other: Person, counts: tuple[Families, Families], any_order: bool
) -> bool:
    for mine in one.readings(any_order=any_order):
        for theirs in other.readings(any_order=any_order):
            if not _has_equal_family(mine, theirs):
                continue
            has_namesakes = (
                counts[0][mine.family, mine.is_reverse] > 1
                or counts[1][theirs.family, theirs.is_reverse] > 1
            )
            initials = _is_initial(mine.given[0][0]) or _is_initial(theirs.given[0][0])
            if not (has_namesakes and initials) and are_compatible(
                mine.given,
                theirs.given,
                middle_is_optional=not (mine.is_reverse or theirs.is_reverse),
            ):
                return True
    return one.whole == other.whole and "." not in one.whole and bool(one.stated)


def are_compatible(
    first: tuple[Part, ...], second: tuple[Part, ...], *, middle_is_optional: bool
) -> bool:
    """Return whether given names are compatible.

    Unless `middle_is_optional`, both must have the same number of words.
    """
    if _join_letters(first) == _join_letters(second) and not _has_initial(first + second):
        return True
    if (middle_is_optional or len(first) == len(second)) and all(
        _words_agree(a, b) for a, b in zip(first, second, strict=False)
    ):
        return True
    one, two = ([part for word in words for part in word] for words in (first, second))
    return len(one) == len(two) and all(
        _words_agree((a,), (b,)) for a, b in zip(one, two, strict=True)
    )


def _words_agree(first: Part, second: Part) -> bool:
    """Return whether two given names or initials are compatible."""
    if len(first) == len(second):
        return all(map(_part_agrees, first, second))
    if len(first) > len(second):
        first, second = second, first
    (short, *rest) = first
    if not rest and _is_initial(short):
        return second[0].startswith(short[:-1])  # X. matches Xiao-Ming
    if not rest and all(map(_is_initial, second)):  # X.-M. matches Xiaoming
        place = 0
        for initial in second:
            place = short.find(initial[:-1], place) + 1
            if place == 0:
                return False
        return short.startswith(second[0][:-1])
    return not _has_initial((first, second)) and "".join(first) == "".join(second)


def _part_agrees(first: str, second: str) -> bool:
    if _is_initial(first) or _is_initial(second):
        a, b = first.rstrip("."), second.rstrip(".")
        return a.startswith(b) or b.startswith(a)
    return first == second


def _is_initial(part: str) -> bool:
    return part.endswith(".")


def _has_initial(words: tuple[Part, ...]) -> bool:
    return any(_is_initial(part) for word in words for part in word)


def _join_letters(words: tuple[Part, ...]) -> str:
    return "".join([part for word in words for part in word])


def _has_equal_family(first: Reading, second: Reading) -> bool:
    if first.family != second.family:
        return False
    return not (first.particles and second.particles) or first.particles == second.particles


def _count_families(persons: Iterable[Spellings]) -> Families:
    """Count the persons of each family name and order."""
    return Counter(
        key
        for spellings in persons
        for key in {
            (reading.family, reading.is_reverse)
            for one in spellings
            for reading in one.readings(any_order=True)
        }
    )


def _read_spelling(text: str, family: str | None, given: str | None) -> Person | None:
    """Read one spelling of a name."""
    text = _DEGREE.sub(" ", text)
    if family is None and "," in text:
        family, _, given = text.partition(",")
        text = f"{given} {family}"
    words = _fold_words(text)
    if not words:
        return None
    whole = _join_letters(tuple(words))
    if family is None and given is None and not _capitals_first(text):
        family, given = split_name(text)
    elif family is None or given is None:
        family, _, given = text.strip().partition(" ")
    stated = None
    if family and given and len(words) > 1:
        stated = _make_reading(_fold_words(given), _fold_words(family), is_reverse=False)
    first = words[0]
    can_reverse = len(words) > 1 and not any(map(_is_initial, first))
    reverse = _make_reading(words[1:], words[:1], is_reverse=True) if can_reverse else None
    return Person(whole, stated, reverse)


def _make_reading(
    given: Sequence[Part], family: Sequence[Part], *, is_reverse: bool
) -> Reading | None:
    if not given or not family:
        return None
    parts = [part for word in family for part in word]
    start = 0
    while start < len(parts) - 1 and parts[start] in _PARTICLES:
        start += 1
    return Reading("".join(parts[start:]), "".join(parts[:start]), tuple(given), is_reverse)


def _capitals_first(text: str) -> bool:
    """Return whether only the first word is in capitals."""
    first, _, rest = text.strip().partition(" ")
    return len(first) > 2 and first.isalpha() and first.isupper() and not rest.isupper()


def _fold_words(text: str) -> list[Part]:
    """Split a name into folded words without titles."""
    text = strip_accents(_APOSTROPHES.sub("", text)).lower()
    words: list[Part] = []
    for piece in text.replace(".", ". ").replace(". -", ".-").split():
        parts = tuple(
            [
                part
                for section in _HYPHENS.split(piece)
                for part in map(_mark_initial, _WORD.findall(section))
            ]
        )
        if parts:
            words.append(parts)
    while len(words) > 1 and "".join(words[0]).rstrip(".") in _TITLES:
        del words[0]
    while len(words) > 1 and "".join(words[-1]).rstrip(".") in _SUFFIXES:
        del words[-1]
    return words


def _mark_initial(word: str) -> str:
    """Mark an initial with a full stop: "r", "yu."."""
    bare = word.rstrip(".")
    return f"{bare}." if len(bare) == 1 or (word != bare and len(bare) == 2) else bare


def _is_suffix(piece: str) -> bool:
    return _DEGREE.sub("", piece).strip(" .").lower().replace(".", "") in (*_SUFFIXES, "")


def _is_family_alone(piece: str) -> bool:
    words = _fold_words(piece)
    return bool(words) and all(word[0] in _PARTICLES for word in words[:-1])
