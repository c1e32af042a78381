"""CSL items of papers and talks (CSL-JSON 1.0.2), from which all bibliography formats are rendered."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from enrich.model import Talk
from enrich.paper import Author, Lookup, Paper, Publication
from enrich.text.names import split_suffix
from enrich.text.tex import marked_math, render
from enrich.text.tidy import tidy
from enrich.writers._venues import recognize_venue

ARCHIVES = {"arxiv": "arXiv", "openreview": "OpenReview"}
"""Names of the services as bibliographies print them, by a paper's source."""

_SMALL_LETTER = re.compile("[a-z]")
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_BETWEEN_SPEAKERS = re.compile(r"\s+(?:and|&)\s+|\s*;\s*")
_ACADEMIC_TITLE = re.compile(r"(?:(?:Dr|Prof|Professor)\b\.?\s+)+")

Item = dict[str, Any]


def paper_item(
    paper: Paper, render_formula: Callable[[str], str], others: Iterable[Lookup] = ()
) -> Item:
    """Make the CSL item of a paper; `render_formula` renders formulas in its title.

    `others` are the other records of the same work: an accepted paper keeps its preprint's id. A preprint
    is an `article` with `genre` and `number`, which Zotero reads as the archive's id. If `archive` were
    set too, styles would print the id twice.
    """
    item: Item = {"id": str(paper.id)}
    if is_in_proceedings(paper):
        item |= {"type": "paper-conference", "container-title": clean(paper.venue)}
    else:
        item |= {"type": "article", "genre": "preprint"}
    if (archive := ARCHIVES.get(paper.id.source)) and item["type"] == "article":
        item["publisher"] = archive
    others = tuple(others)
    if eprint := eprint_of(paper, others):
        item["number"] = f"arXiv:{eprint}"
        if eprint_of(paper) and paper.latest_version:
            item["version"] = paper.latest_version
    item["title"] = render(clean(paper.title), render_formula)
    if paper.authors:
        item["author"] = [_csl_name(author) for author in paper.authors]
    _add_value(item, "issued", _issued(date_of(paper)))
    _add_value(item, "DOI", doi_of(paper, others))
    _add_value(item, "URL", paper.url)
    _add_value(item, "note", ". ".join(notes_of(paper, others)))
    _add_value(item, "abstract", clean(paper.abstract))
    return item


def published_item(
    paper: Paper, render_formula: Callable[[str], str], others: Iterable[Lookup] = ()
) -> Item:
    """Make the CSL item of a paper's published version, otherwise that of `paper_item`.

    Formats without a type for preprints use it. `number` is the id of the paper at its own service.
    """
    others = tuple(others)
    item = paper_item(paper, render_formula, others)
    item.setdefault("number", str(paper.id))
    published = find_publication(paper, others)
    if published is None or item["type"] != "article":
        return item
    venue = clean(published.venue)
    item["type"] = recognize_venue(venue)
    _add_value(item, "container-title", venue)
    for key in ("genre", "publisher", "version", "note"):
        item.pop(key, None)
    item.pop("issued", None)
    _add_value(item, "issued", _issued(date_in(published, paper)))
    _add_value(item, "note", ". ".join(notes_of(paper, others, with_publication=False)))
    return item


def talk_item(talk: Talk, render_formula: Callable[[str], str]) -> Item:
    """Make the CSL item of a talk, as `paper_item`."""
    title = render(talk_title(talk), render_formula)
    item: Item = {"id": f"talk:{talk.id}", "type": "speech", "genre": "Talk", "title": title}
    if speakers := talk_speakers(talk):
        item["author"] = [_csl_name(speaker) for speaker in speakers]
    _add_value(item, "issued", _issued(talk_day(talk)))
    _add_value(item, "event-title", clean(talk.series))
    _add_value(item, "event-place", clean(talk.room))
    _add_value(item, "URL", talk.url)
    return item


def is_in_proceedings(paper: Paper) -> bool:
    """Return whether a paper was accepted at a venue of its service."""
    return paper.decision == "accepted" and bool(clean(paper.venue))


def eprint_of(paper: Paper, others: Iterable[Lookup] = ()) -> str | None:
    """Return the arXiv id of a paper, otherwise that of its work's preprint."""
    preprint = find_preprint(paper, others)
    return preprint.id.key if preprint else None


def category_of(paper: Paper, others: Iterable[Lookup] = ()) -> str | None:
    """Return the arXiv category of a paper, otherwise that of its work's preprint."""
    preprint = find_preprint(paper, others)
    return preprint.category if isinstance(preprint, Paper) else None


def find_preprint(paper: Paper, others: Iterable[Lookup]) -> Lookup | None:
    """Return the record at arXiv among those of a work."""
    records = (paper, *others)
    return next((r for r in records if r.id.source == "arxiv" and r.status != "not_found"), None)


def find_publication(paper: Paper, others: Iterable[Lookup] = ()) -> Publication | None:
    """Return a published version of the work, preferably one with a DOI."""
    named = [r.published_as for r in (paper, *others) if isinstance(r, Paper) and r.published_as]
    return next(
        (publication for publication in named if publication.doi), named[0] if named else None
    )


def doi_of(paper: Paper, others: Iterable[Lookup] = ()) -> str | None:
    """Return the DOI of the published version, otherwise the paper's own."""
    published = find_publication(paper, others)
    return (published and published.doi) or paper.doi


def notes_of(
    paper: Paper, others: Iterable[Lookup] = (), *, with_publication: bool = True
) -> Iterator[str]:
    """Yield notes: withdrawn, venue, then the other records' addresses.

    Without `with_publication`, the venue of the published version is left out.
    """
    others = tuple(others)
    if paper.withdrawn:
        yield "Withdrawn"
    published = find_publication(paper, others)
    if published and (venue := clean(published.venue)):
        year = f", {published.year}" if published.year and str(published.year) not in venue else ""
        if with_publication:
            yield f"Published in {venue}{year}"
    elif (venue := clean(paper.venue)) and not is_in_proceedings(paper):
        yield venue
    if links := [_name_record(other) for other in others if other.status != "not_found"]:
        yield f"Also at {', '.join(links)}"


def _name_record(paper: Lookup) -> str:
    withdrawn = " (withdrawn)" if isinstance(paper, Paper) and paper.withdrawn else ""
    return clean(paper.url or paper.id) + withdrawn


def year_in_proceedings(paper: Paper) -> str | None:
    """Return the year of a paper's venue, otherwise that of the paper."""
    found = _YEAR.search(paper.venue or "")
    return found[0] if found else paper.published and paper.published[:4]


def date_of(paper: Paper) -> str | None:
    """Return the date to cite: the paper's, or its proceedings' year if it differs."""
    year = year_in_proceedings(paper) if is_in_proceedings(paper) else None
    return year if year and year != (paper.published or "")[:4] else paper.published


def date_in(published: Publication, paper: Paper) -> str | None:
    """Return the date of a published version: its year, or the paper's date in that year."""
    year = f"{published.year:04}" if published.year else None
    return year if year and year != (paper.published or "")[:4] else paper.published


def talk_title(talk: Talk) -> str:
    """Return the title of a talk, with its TeX."""
    return clean(talk.title) or "Untitled talk"


def talk_day(talk: Talk) -> str | None:
    """Return the day on which a talk begins, in its own zone."""
    start: datetime | date | None = talk.start_time
    if start is None:
        return None
    return f"{start.year:04}-{start.month:02}-{start.day:02}"


def talk_speakers(talk: Talk) -> list[Author]:
    """Return the speakers of a talk, without academic titles.

    >>> [s.family for s in talk_speakers(Talk(id="1", speaker="Dr. Ada Lovelace and Prof. Alan Turing"))]
    ['Lovelace', 'Turing']
    >>> [s.family for s in talk_speakers(Talk(id="1", speaker="Ada Lovelace, Alan Turing"))]
    ['Lovelace', 'Turing']
    """
    names: list[str] = []
    for part in _BETWEEN_SPEAKERS.split(clean(talk.speaker)):
        people = part.split(", ")
        names += people if all(" " in person.strip() for person in people) else [part]
    found = (_ACADEMIC_TITLE.sub("", name.strip(), count=1) for name in names)
    return [Author(name) for name in found if name]


def valid_date(text: str | None) -> tuple[int, ...]:
    """Return year, month and day of a date, without the parts that are not valid.

    >>> valid_date("2021-03-01"), valid_date("2021-02-31"), valid_date("2021-13"), valid_date(None)
    ((2021, 3, 1), (2021, 2), (2021,), ())
    """
    year, month, day = [*(int(part) for part in (text or "").split("-") if part), 0, 0, 0][:3]
    if not 1 <= year <= 9999:
        return ()
    if not 1 <= month <= 12:
        return (year,)
    if 1 <= day <= 28 or 1 <= day <= monthrange(year, month)[1]:
        return year, month, day
    return year, month


def clean(text: str | None) -> str:
    """Return a text as one line; the empty string for None."""
    return tidy(text) if text else ""


def _issued(text: str | None) -> Item | None:
    parts = valid_date(text)
    return {"date-parts": [list(parts)]} if parts else None


def _csl_name(author: Author) -> Item:
    if not author.family or not author.given:
        return {"literal": author.name}
    given, suffix = split_suffix(author.given)
    if suffix:
        return {"family": author.family, "given": given, "suffix": suffix}
    return {"family": author.family, "given": author.given}


def protect_formula(formula: str) -> str:
    r"""Render a formula so that no style capitalises its letters.

    >>> protect_formula(r"\ell_1"), protect_formula("O(n^2)")
    ('ℓ₁', '<span class="nocase">O(n²)</span>')
    """
    text = marked_math(formula)
    return f'<span class="nocase">{text}</span>' if _SMALL_LETTER.search(text) else text


def _add_value(item: Item, key: str, value: object) -> None:
    """Add a value unless it is empty."""
    if value:
        item[key] = value
