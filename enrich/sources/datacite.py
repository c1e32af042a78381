"""DataCite, the second source for arXiv; arXiv registers each paper there as `10.48550/arXiv.ID`.

The REST API (support.datacite.org/docs/api) returns arXiv's deposit: the newest version's title and
authors, and the times of all versions. A missing DOI does not mean a missing paper: new papers are
registered some days later.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from enrich.errors import BadAnswer, Refused, SourceError
from enrich.http.politeness import Politeness
from enrich.paper import Author, Paper, PaperId, Publication, Version
from enrich.sources._answers import parse_json
from enrich.sources.arxiv.forms import FORMS
from enrich.text.dates import existing_date
from enrich.text.html import unescape_entities
from enrich.text.patterns import compile_later
from enrich.text.tidy import tidy
from enrich.text.web import doi_url

if TYPE_CHECKING:
    from requests import Response, Session

HOST = "api.datacite.org"

_PREFIX = "10.48550/arxiv."  # DOIs are compared without case
_FIELDS = "doi,titles,creators,dates,subjects,version,relatedIdentifiers,descriptions"
_DOI = compile_later(r"10\.\d{4,9}/[!-~]+")
_DATE = compile_later(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?=$|T)")
_VERSION_NAMED = compile_later(r"v([1-9]\d{0,3})\b")
_VERSION = compile_later(r"v?([1-9]\d{0,3})")
_CATEGORY = compile_later(r".*\(([A-Za-z-]+(?:\.[A-Za-z-]+)?)\)")

_Object = Mapping[str, Any]

logger = logging.getLogger("enrich")


class DataCite:
    """Second source with DataCite's records of arXiv's papers."""

    name = "datacite"
    fallback_for = "arxiv"
    revision = 1
    politeness = Politeness(hosts=(HOST,), delay_s=1.0, batch=50, media="application/vnd.api+json")

    def check(self, response: Response) -> None:
        """Check that a response is a list of records.

        Raises:
            BadAnswer: a 200 without such a list.
            Refused: 403.
        """
        if response.status_code == 403:
            raise Refused("DataCite denies this machine access")
        if response.status_code == 200:
            _parse_records(response)

    def fetch(self, wanted: Sequence[PaperId], session: Session) -> Iterator[Paper]:
        """Yield the registered papers, from one request.

        Raises:
            SourceError: the request failed.
        """
        papers = {f"{_PREFIX}{paper.key}".lower(): paper for paper in wanted}
        query = {
            "ids": ",".join(sorted(papers)),
            "page[size]": str(len(papers)),
            "fields[dois]": _FIELDS,
        }
        response = session.get(f"https://{HOST}/dois?{urlencode(query, safe=',/')}")
        if response.status_code != 200:
            status = response.status_code
            raise SourceError(f"DataCite answered HTTP {status}", code="http_error")
        for record in _parse_records(response):
            attributes = record.get("attributes") if isinstance(record, Mapping) else None
            if not isinstance(attributes, Mapping):
                continue
            paper = papers.pop(str(attributes.get("doi") or record.get("id")).lower(), None)
            found = paper and _try_read(paper, attributes)
            if found:
                yield found


def _try_read(paper: PaperId, attributes: _Object) -> Paper | None:
    """Parse a record; return None if that fails."""
    try:
        return read(paper, attributes)
    except Exception as error:  # noqa: BLE001 - only this record fails
        logger.debug("datacite: a record raised %s", type(error).__name__)
        return None


def read(id_: PaperId, attributes: _Object) -> Paper | None:
    """Parse a record's attributes; None without a title.

    >>> given = {"titles": [{"title": "A &gt; B"}], "version": 2, "dates": [
    ...     {"date": "2017-06-12T17:57:34Z", "dateType": "Submitted", "dateInformation": "v1"},
    ...     {"date": "2023-08-02T00:41:18Z", "dateType": "Submitted", "dateInformation": "v2"},
    ...     {"date": "2024-01-01", "dateType": "Updated"}]}
    >>> paper = read(PaperId("arxiv:1706.03762"), given)
    >>> paper.title, paper.published, paper.updated, paper.latest_version
    ('A > B', '2017-06-12', '2023-08-02', 'v2')
    """
    title = next(
        (t for item in _find_objects(attributes, "titles") if (t := _decode_text(item, "title"))),
        "",
    )
    if not title:
        return None
    days, withdrawn = _find_versions(attributes)
    newest = _find_newest(attributes, days)
    published = days.get(1)
    updated = days.get(newest) if newest and newest > 1 else None
    dates = {"submitted": published, "updated": updated}
    versions = {n: Version(version=f"v{n}", date=day) for n, day in days.items()}
    if newest:
        versions[newest] = Version(version=f"v{newest}", date=days.get(newest), title=title)
    return Paper(
        id=id_,
        title=title,
        authors=tuple(
            author
            for creator in _find_objects(attributes, "creators")
            if (author := _convert_creator(creator))
        ),
        published=published,
        updated=updated,
        dates=tuple((name, day) for name, day in dates.items() if day),
        latest_version=f"v{newest}" if newest else None,
        versions=tuple(version for _, version in sorted(versions.items())),
        category=_find_category(attributes),
        withdrawn=bool(withdrawn) and max(withdrawn) == newest,
        doi=FORMS.doi(id_),
        published_as=_find_publication(attributes),
        abstract=_find_abstract(attributes),
        url=FORMS.url(id_),
        pdf=FORMS.pdf(id_),
        via="datacite",
    )


def _find_versions(attributes: _Object) -> tuple[dict[int, str], set[int]]:
    """Return each version's day, and the withdrawing versions.

    The date `Updated` is the record's, not a version's.
    """
    days: dict[int, str] = {}
    withdrawn = set()
    for item in _find_objects(attributes, "dates"):
        kind = item.get("dateType")
        number = _VERSION_NAMED.match(_decode_text(item, "dateInformation") or "")
        day = _DATE.match(_decode_text(item, "date") or "")
        if kind in ("Submitted", "Withdrawn") and number and day and existing_date(day[0]):
            days[int(number[1])] = day[0]
        if kind == "Withdrawn" and number:
            withdrawn.add(int(number[1]))
    return days, withdrawn


def _find_newest(attributes: _Object, days: Mapping[int, str]) -> int | None:
    value = attributes.get("version")
    match = _VERSION.fullmatch(str(value)) if isinstance(value, str | int) else None
    return max([*days, *([int(match[1])] if match else [])], default=None)


def _convert_creator(creator: _Object) -> Author | None:
    """Return the author of a creator.

    If DataCite has no given and family name, the creator's `name` is used.
    """
    given, family = _decode_text(creator, "givenName"), _decode_text(creator, "familyName")
    if given and family:
        return Author(f"{given} {family}", family=family, given=given)
    name = _decode_text(creator, "name") or family
    if name and creator.get("nameType") == "Organizational":
        return Author(name, None, None)
    return Author(name) if name else None


def _find_category(attributes: _Object) -> str | None:
    """Return arXiv's first subject: `stat.AP` for `Applications (stat.AP)`."""
    for subject in _find_objects(attributes, "subjects"):
        if str(subject.get("subjectScheme")).lower() == "arxiv":
            found = _CATEGORY.fullmatch(_decode_text(subject, "subject") or "")
            return found[1] if found else None
    return None


def _find_publication(attributes: _Object) -> Publication | None:
    for related in _find_objects(attributes, "relatedIdentifiers"):
        doi = _DOI.fullmatch(_decode_text(related, "relatedIdentifier") or "")
        if related.get("relationType") == "IsVersionOf" and doi and not _is_arxiv_doi(doi[0]):
            url = doi_url(doi[0])
            return Publication(doi=doi[0], url=url, via="datacite")
    return None


def _is_arxiv_doi(doi: str) -> bool:
    return doi.lower().startswith(_PREFIX)


def _find_abstract(attributes: _Object) -> str | None:
    for description in _find_objects(attributes, "descriptions"):
        if description.get("descriptionType") == "Abstract":
            return _decode_text(description, "description")
    return None


def _find_objects(attributes: _Object, key: str) -> list[_Object]:
    value = attributes.get(key)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _decode_text(item: _Object, key: str) -> str | None:
    """Return a string, its HTML entities decoded once."""
    value = item.get(key)
    if not isinstance(value, str):
        return None
    return tidy(unescape_entities(value.encode("utf-8", "replace").decode())) or None


def _parse_records(response: Response) -> list[Any]:
    body = parse_json(response)
    data = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(data, list):
        raise BadAnswer("DataCite's response has no list of records")
    return data


SECOND_SOURCE = DataCite()
