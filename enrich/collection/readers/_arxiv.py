"""Shared part of the readers of arXiv's metadata: arXiv's fields to a paper. Pure.

The fields: info.arxiv.org/help/prep (their rules for authors) and arXiv's OAI schemas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from enrich.paper import Author, Paper, Version
from enrich.sources import forms_of
from enrich.sources.arxiv.entry import is_withdrawn, publication
from enrich.text.dates import existing_date
from enrich.text.tex import plain
from enrich.text.tidy import person, tidy

_MONTHS = {
    name: f"{number:02}"
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_VERSION = re.compile(r"v[1-9]\d{0,3}")
_BRACKET = re.compile(r"[()]")
_BETWEEN = re.compile(r"\s*[,;:]\s*(?:and\s+)?|\s+and\s+")
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV")


def paper(
    *,
    id_: str | None,
    title: str | None,
    authors: Iterable[Author],
    versions: Iterable[tuple[str, str | None]] = (),
    created: str | None = None,
    updated: str | None = None,
    categories: str | None = None,
    comments: str | None = None,
    journal_ref: str | None = None,
    doi: str | None = None,
    abstract: str | None = None,
) -> Paper:
    """Return the paper of a record.

    `versions` are pairs (`v1`, date); they take precedence over `created` and `updated`.

    Raises:
        ValueError: the record has no title, or no id of a paper.
    """
    home = forms_of("arxiv")
    found = home.canonical(id_) if id_ else None
    if found is None:
        raise ValueError(f"{id_!s:.40} is not an arXiv id")
    title = tidy(title or "")
    if not title:
        raise ValueError("has no title")
    made = tuple([_check_version_name(version, date) for version, date in versions])
    if len(made) > 1:
        made = tuple(sorted(made, key=lambda version: version.number))
    latest = None
    if made:
        latest = made[-1].version
        created = made[0].date if made[0].version == "v1" else created
        updated = made[-1].date if latest != "v1" else None
    dates = [(name, date) for name, date in (("submitted", created), ("updated", updated)) if date]
    return Paper(
        id=found[0],
        title=title,
        authors=tuple(authors),
        published=created,
        updated=updated,
        dates=tuple(dates),
        latest_version=latest,
        versions=made,
        category=categories.split(None, 1)[0] if categories else None,
        withdrawn=withdrawn(comments, abstract),
        doi=f"10.48550/arXiv.{found[0].key}",
        published_as=publication(journal_ref, doi) if journal_ref or doi else None,
        abstract=abstract,
        url=home.url(found[0]),
        pdf=home.pdf(found[0]),
    )


def author(family: str, given: str, suffix: str = "") -> Author | None:
    """Return the author of arXiv's three parts, if any.

    >>> author("King", "W.", "Jr."), author("ATLAS Collaboration", "")
    (Author(name='W. King, Jr.', family='King', given='W., Jr.'), Author(name='ATLAS Collaboration', family=None, given=None))
    """
    family, given, suffix = person(family), person(given), person(suffix)
    if not family or not given:
        name = f"{family or given}, {suffix}" if suffix else family or given
        return Author(name, None, None) if family or given else None
    if suffix:
        return Author(f"{given} {family}, {suffix}", family, f"{given}, {suffix}")
    return Author(f"{given} {family}", family, given)


def withdrawn(comments: str | None, abstract: str | None) -> bool:
    """Return whether comments or abstract report a withdrawal."""
    text = f"{comments} {abstract[:400]}" if abstract else str(comments)
    if "ithdraw" not in text and "ITHDRAW" not in text:
        return False
    return is_withdrawn(comments, tidy(abstract or ""))


def _check_version_name(version: str, date: str | None) -> Version:
    if type(version) is not str or not _VERSION.fullmatch(version):
        raise ValueError(f"{version!s:.20} is not a version of a paper")
    return Version(version=version, date=date)


def parse_day(text: str | None) -> str | None:
    """Return the ISO date of a version, otherwise None.

    The text is an RFC 822 date (always GMT) or an ISO one.

    >>> parse_day("Mon, 22 Oct 2018 22:41:50 GMT"), parse_day("2018-10-22"), parse_day("yesterday")
    ('2018-10-22', '2018-10-22', None)
    """
    return _parse_day(text[:16]) if text else None


@lru_cache(maxsize=4096)  # in a dump, papers of one day follow each other
def _parse_day(text: str) -> str | None:
    parts = text.split()
    if len(parts) > 3 and parts[2] in _MONTHS and parts[1].isdecimal() and parts[3].isdecimal():
        found = f"{parts[3]}-{_MONTHS[parts[2]]}-{parts[1]:0>2}"
    else:
        found = parts[0] if parts else ""
    return existing_date(found) if len(found) == len("2018-10-22") else None


def _drop_brackets(text: str) -> str:
    """Drop all bracketed text, also nested.

    A bracket without its partner stays.

    >>> _drop_brackets("a (1, (2)) b ) c ( d (3)")
    'a   b ) c ( d  '
    """
    opened: list[int] = []
    kept = [""]  # pieces of text; an opening bracket starts a new one
    at = 0
    for bracket in _BRACKET.finditer(text):
        kept.append(text[at : bracket.start()])
        at = bracket.end()
        if bracket[0] == "(":
            opened.append(len(kept))
            kept.append("(")
        elif opened:
            del kept[opened.pop() :]
            kept.append(" ")
        else:
            kept.append(")")
    return "".join(kept) + text[at:]


def names(text: str) -> list[str]:
    r"""Split authors written as one string.

    Affiliations in brackets are dropped, TeX accents become letters.

    >>> names(r"Raphael Chetrite (1), Izaak Neri and \'Edgar Rold\'an ((1) Lyon, (2) London)")
    ['Raphael Chetrite', 'Izaak Neri', 'Édgar Roldán']
    >>> names("ATLAS Collaboration: G. Aad, W. King, Jr.")
    ['ATLAS Collaboration', 'G. Aad', 'W. King, Jr.']
    """
    found: list[str] = []
    for part in _BETWEEN.split(plain(tidy(_drop_brackets(text)))):
        name = tidy(part)
        if found and _SUFFIX.fullmatch(name):
            found[-1] += f", {name}"
        elif name:
            found.append(name)
    return found
