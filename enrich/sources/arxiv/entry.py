"""Conversion of arXiv's Atom entries (`arxiv.Result`) to a `Paper`. Pure.

The fields: arXiv API user manual 3.3.2 and arXiv's `atom.py`. `published` is the time at which v1 was
submitted, `updated` the time of the entry's version. Authors enter `arxiv:doi` and `arxiv:journal_ref` for
another publication; they are never the paper's own DOI.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from enrich.paper import Author, Paper, PaperId, Publication, Version
from enrich.sources.arxiv.forms import FORMS
from enrich.text.patterns import compile_later
from enrich.text.tidy import person, tidy
from enrich.text.web import doi_url

if TYPE_CHECKING:
    from arxiv import Result

_ENTRY_ID = compile_later(r"https?://arxiv\.org/abs/(\S+)")
_REJECTED = compile_later(r"/api/errors#incorrect_id_format_for_(.+)")
_VERSION = compile_later(r"[vV]\d{0,9}$")
_ATOM = "{http://www.w3.org/2005/Atom}"
_DATES = ("published", "updated")
_NO_DATE = "0001-01-01T00:00:00Z"
_DOI = compile_later(r"10\.\d{4,9}/[!-~]+")
_YEAR = compile_later(r"(?<![\w:./-])(?:19|20)\d\d(?![\w:/-])")
_YEAR_IN_BRACKETS = compile_later(r"\(((?:19|20)\d\d)\)")

# Other venues' withdrawals ("withdrawn from ICLR") do not count for arXiv.
_WITHDRAWN = compile_later(
    r"\bwithdrawn\b(?!\s+from\s+(?!(?:the\s+)?arxiv\b|(?:publication|consideration)\b))",
    re.IGNORECASE,
)
_WITHDRAWN_AT_START = compile_later(
    r"\W{0,3}(?:withdrawn\b|(?:this|the)\s+(?:\w+\s+){0,4}?(?:has|have|was|were|is)\s+(?:\w+\s+){0,2}?withdrawn\b)",
    re.IGNORECASE,
)


def id_text(entry_id: str) -> str | None:
    """Return the id in an entry's address, as written.

    >>> id_text("http://arxiv.org/abs/math/0211159v1")
    'math/0211159v1'
    >>> id_text("https://arxiv.org/api/errors#incorrect_id_format_for_abc")
    """
    match = _ENTRY_ID.fullmatch(entry_id.strip())
    return match[1] if match else None


def key_text(entry_id: str) -> str | None:
    """Return the id without its version, valid or not.

    >>> key_text("http://arxiv.org/abs/2103.01338v01")
    '2103.01338'
    """
    text = id_text(entry_id)
    return text and _VERSION.sub("", text)


def rejected_id(entry_id: str) -> str | None:
    """Return the id that an error entry rejects.

    >>> rejected_id("https://arxiv.org/api/errors#incorrect_id_format_for_abc")
    'abc'
    """
    match = _REJECTED.search(entry_id.strip())
    return match[1] if match else None


def is_error(entry_id: str) -> bool:
    """Return whether an entry is an error."""
    return "/api/errors" in entry_id


def replace_bad_dates(content: bytes) -> bytes:
    """Replace dates that do not exist in an Atom feed.

    The client skips an entry without both dates, so they get one that `paper` reads as None.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(content, parser)
    for date in list(root.iter(*(f"{_ATOM}{name}" for name in _DATES))):
        try:
            datetime.fromisoformat((date.text or "").strip()).astimezone(UTC)
        except (ValueError, OverflowError):
            date.text = _NO_DATE
    feed: bytes = etree.tostring(root)
    return feed


def has_title(result: Result) -> bool:
    """Return whether the entry has a title."""
    return bool(tidy(result.title))


def paper(result: Result, id_: PaperId, version: str, *, url: str, pdf: str | None) -> Paper:
    """Parse an entry as its paper's newest version."""
    title = tidy(result.title)
    published = _find_day(result.published)
    updated = _find_day(result.updated) if version != "v1" else None
    dates = (("submitted", published), ("updated", updated))
    newest = Version(version=version, date=published if version == "v1" else updated, title=title)
    abstract = tidy(result.summary)
    return Paper(
        id=id_,
        title=title,
        authors=tuple(Author(name) for author in result.authors if (name := person(author.name))),
        published=published,
        updated=updated,
        dates=tuple([(name, day) for name, day in dates if day]),
        latest_version=version,
        versions=(newest,) if version == "v1" else (Version(version="v1", date=published), newest),
        category=tidy(result.primary_category) or next(iter(result.categories), None),
        withdrawn=is_withdrawn(result.comment, abstract),
        doi=FORMS.doi(id_),
        published_as=publication(result.journal_ref, result.doi),
        abstract=abstract or None,
        url=url,
        pdf=pdf,
    )


def _find_day(time: datetime) -> str | None:
    return None if time == datetime.fromisoformat(_NO_DATE) else time.date().isoformat()


def as_version(paper: Paper) -> Paper:
    """Return the paper as a record of one version."""
    return replace(paper, latest_version=None)


def add_versions(newest: Paper, others: Iterable[Paper]) -> Paper:
    """Add the versions of other records to a paper."""
    versions = {version.version: version for version in newest.versions}
    for other in others:
        versions |= {version.version: version for version in other.versions if version.title}
    ordered = sorted(versions.values(), key=lambda version: version.number)
    return replace(newest, versions=tuple(ordered))


def is_withdrawn(comment: str | None, abstract: str) -> bool:
    """Return whether comment or abstract report a withdrawal.

    arXiv's API has no flag (info.arxiv.org/help/withdraw).

    >>> is_withdrawn("This has been withdrawn by arXiv administrators due to a dispute", "We show …")
    True
    >>> is_withdrawn(None, "This paper has been withdrawn due to a problem in one of the figures.")
    True
    >>> is_withdrawn("withdrawn from ICLR 2022; 9 pages", "Funds withdrawn from banks …")
    False
    """
    return bool(_WITHDRAWN.search(tidy(comment or "")) or _WITHDRAWN_AT_START.match(abstract))


def publication(journal_ref: str | None, doi: str | None) -> Publication | None:
    r"""Return the publication that the authors report.

    The first of several DOIs counts.

    >>> publication("Astrophys. J. 789\n (2014) L29", "10.1088/2041-8205/789/2/L29").year
    2014
    >>> publication(None, "10.48550/arXiv.2103.01338")  # not another publication
    """
    venue = tidy(journal_ref or "") or None
    found = _DOI.search(doi or "")
    publisher_doi = (
        found[0] if found and not found[0].lower().startswith("10.48550/arxiv.") else None
    )
    if venue is None and publisher_doi is None:
        return None
    return Publication(
        venue=venue,
        year=_find_year(venue or ""),
        doi=publisher_doi,
        url=publisher_doi and doi_url(publisher_doi),
        via="arxiv",
    )


def _find_year(journal_ref: str) -> int | None:
    """Return a journal reference's year, if only one."""
    for pattern in (_YEAR_IN_BRACKETS, _YEAR):
        years = set(pattern.findall(journal_ref))
        if years:
            return int(years.pop()) if len(years) == 1 else None
    return None
