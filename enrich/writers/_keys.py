"""Citation keys such as `agarwal2021acceleration`: ASCII letters and digits, unique without case.

If several entries have the same short key, the earliest (by date, then id) keeps it, and each other one
appends its own id. So a key depends only on the entry itself and on older entries with the same short
key, not on the order or on newer entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from enrich.paper import Author, Paper
from enrich.text.letters import strip_accents
from enrich.text.tex import plain

_OTHER = re.compile("[^a-z0-9]+")
_WORD = re.compile(r"[^\W_]+(?:['’\-‐][^\W_]+)*")
_STOP_WORDS = frozenset("a an the on of for and in to at by from with is are behalf".split())
_MAX_PART_CHARS = 30
_PLAIN_IN_ID = re.compile("[a-z0-9.]")


class Namesake(NamedTuple):
    """Parts of an entry's key. Entries with one `base` are namesakes."""

    base: str
    """The short key."""
    date: str
    """Sort key of namesakes; empty is last."""
    id: str
    """Sort key of namesakes of one date; unique among all entries."""
    tail: str
    """Suffix that makes the key unique."""


def paper_namesake(paper: Paper) -> Namesake:
    """Return the parts of a paper's key."""
    base = _make_base(paper.authors, paper.published, plain(paper.title))
    tail = f"_{_escape_id(paper.id.source)}.{_escape_id(paper.id.key)}"
    return Namesake(base, paper.published or "", str(paper.id), tail)


def talk_namesake(
    authors: Iterable[Author], day: str | None, title: str, identity: Iterable[str | None]
) -> Namesake:
    """Return the parts of a talk's key, which never equals a paper's."""
    id_ = "\\0".join([part or "" for part in identity])
    digest = sha256(id_.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    base = f"{_make_base(tuple(authors), day, plain(title))}_talk"
    return Namesake(base, day or "", id_, f"_{digest}")


def make_keys(namesakes: Iterable[Namesake]) -> list[str]:
    """Return a key for each entry, in order.

    >>> def paper(id_, date):
    ...     return Namesake("li2021learning", date, id_, "_" + id_)
    >>> make_keys([paper("b", "2021-02"), paper("c", "2021-01"), paper("a", "2021-02")])
    ['li2021learning_b', 'li2021learning', 'li2021learning_a']
    """
    entries = list(namesakes)
    first: dict[str, tuple[bool, str, str]] = {}
    for entry in entries:
        rank = _rank(entry)
        if entry.base not in first or rank < first[entry.base]:
            first[entry.base] = rank
    return [
        entry.base if first[entry.base] == _rank(entry) else entry.base + entry.tail
        for entry in entries
    ]


def _rank(entry: Namesake) -> tuple[bool, str, str]:
    return not entry.date, entry.date, entry.id


def _make_base(authors: tuple[Author, ...], day: str | None, title: str) -> str:
    """Return family name, year and the first word of the title that is not a stop word."""
    author = _make_author_part(authors[0]) if authors else ""
    words = (fold(word) for word in _WORD.findall(title))
    word = next((word for word in words if word and word not in _STOP_WORDS), "")
    return f"{author or 'anon'}{(day or '')[:4]}{word[:_MAX_PART_CHARS]}"


def _make_author_part(author: Author) -> str:
    """Return the family name, otherwise the first word of the whole name, in ASCII letters."""
    if author.family:
        name = fold(author.family)
    else:
        words = (fold(word) for word in _WORD.findall(author.name))
        name = next((word for word in words if word and word not in _STOP_WORDS), "")
    return name.lstrip("0123456789")[:_MAX_PART_CHARS]


def fold(text: str) -> str:
    """Return the ASCII letters and digits of a text, in lower case.

    >>> fold("Łoś"), fold("Weiß"), fold("d'Aubry"), fold("王")
    ('los', 'weiss', 'daubry', '')
    """
    return _OTHER.sub("", strip_accents(text).lower())


def _escape_id(text: str) -> str:
    """Return an id in characters allowed in keys; unique without regard to case.

    >>> _escape_id("2103.01338"), _escape_id("FpKgG31Z_i9"), _escape_id("math/0601001")
    ('2103.01338', '_fp_kg_g31_z__i9', 'math_47_0601001')
    """
    return "".join([c if _PLAIN_IN_ID.match(c) else _escape_character(c) for c in text])


def _escape_character(c: str) -> str:
    if c == "_":
        return "__"
    return f"_{c.lower()}" if c.isascii() and c.isupper() else f"_{ord(c)}_"
