"""Shared part of the readers of reference managers' formats: a record's ids and dates. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from enrich.codes import Decision
from enrich.paper import Author, Paper, PaperId, Publication
from enrich.references.extract import find_references
from enrich.sources import forms_of
from enrich.text.dates import existing_date
from enrich.text.tidy import tidy
from enrich.text.web import doi_url

_MAX_AUTHORS = 50_000
_PREPRINT = re.compile(r"\b(?:arxiv|corr|openreview|e-?prints?)\b", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/[!-~]+")
_DATE_SHAPE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_DATE = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")


def find_cited(texts: Iterable[str | None]) -> tuple[PaperId, ...]:
    """Return the papers cited in the texts, in order.

    >>> find_cited(["https://doi.org/10.48550/arXiv.2103.01338", None, "Forum: openreview.net/forum?id=FpKgG31Z_i9"])
    ('arxiv:2103.01338', 'openreview:FpKgG31Z_i9')
    """
    found = (find_references(text) for text in texts if text)
    return tuple(dict.fromkeys(reference.paper for each in found for reference in each))


def split_names(text: str, separator: str) -> list[str]:
    """Split names written as one string; drop blank ones.

    Raises:
        ValueError: there are more names than allowed.
    """
    if text.count(separator) > _MAX_AUTHORS:
        raise ValueError(f"has more than {_MAX_AUTHORS:,} authors")
    return [name for part in text.split(separator) if (name := tidy(part))]


def date(text: str | None) -> str | None:
    """Return the valid part of an ISO date.

    The date has any precision. Return None if its year is not valid.

    >>> date("2021-06"), date("2021-02-30"), date("2021-13-01"), date("June 2021")
    ('2021-06', '2021-02', '2021', None)
    """
    if text is None or not _DATE_SHAPE.fullmatch(text):
        return None
    found = _DATE.match(text)
    return next((d for n in (10, 7, 4) if found and (d := existing_date(found[0][:n]))), None)


def paper(
    ids: tuple[PaperId, ...],
    *,
    title: str,
    authors: Iterable[Author],
    date: str | None,
    venue: str | None,
    doi: str | None,
    abstract: str | None,
    grounds: str,
    decision: Decision | None = None,
) -> Paper | None:
    """Return a record's paper, under its first id.

    Return None if the record has no id. A venue other than a preprint server means that the paper was
    published there. For OpenReview's papers it becomes `venue`. For arXiv's papers it becomes
    `published_as`, and the date belongs to that publication, not to the preprint.

    Raises:
        ValueError: the record has no title.
    """
    if not ids:
        return None
    title = tidy(title)
    if not title:
        raise ValueError("has no title")
    id_, *others = ids
    home = forms_of(id_.source)
    venue = tidy(venue or "") or None
    published = venue is not None and not _PREPRINT.search(venue)
    match = _DOI.fullmatch(doi.strip()) if doi else None
    publisher_doi = (
        match[0] if match and not match[0].lower().startswith("10.48550/arxiv.") else None
    )
    is_preprint = id_.source == "arxiv"
    published_as = None
    if publisher_doi or (published and is_preprint):
        published_as = Publication(
            venue=venue if published else None,
            year=int(date[:4]) if date else None,
            doi=publisher_doi,
            url=publisher_doi and doi_url(publisher_doi),
        )
    return Paper(
        id=id_,
        title=title,
        authors=tuple(author for author in authors if author.name),
        published=None if published_as and is_preprint else date,
        venue=venue if published and not is_preprint else None,
        decision=decision,
        withdrawn=decision == "withdrawn",
        doi=f"10.48550/arXiv.{id_.key}" if is_preprint else None,
        published_as=published_as,
        same_as=tuple(other for other in others if other.source != id_.source),
        matched_by=grounds if any(other.source != id_.source for other in others) else None,
        abstract=abstract,
        url=home.url(id_),
        pdf=home.pdf(id_),
    )
