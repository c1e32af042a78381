"""DataCite's REST API, as far as it holds arXiv's DOIs: `/dois/DOI` and `/dois?ids=…`.

No answer of it was to be had recorded; shapes and habits are those that others have described.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape
from typing import Any
from urllib.parse import unquote

from tests.fakes.papers import FakePaper
from tests.fakes.wire import Answer, Request

HOST = "api.datacite.org"
MEDIA = "application/vnd.api+json; charset=utf-8"
PAGE_SIZE, LARGEST_PAGE = 25, 1000
RECORD_CHANGED = "2026-10-01T00:00:00Z"
"""The record's own `Updated`, no date of any version."""
NAMES = {
    "cs.LG": "Machine Learning",
    "stat.ML": "Machine Learning",
    "math.AG": "Algebraic Geometry",
}
"""What some categories are called in words."""


class DataCite:
    """The service; a test adds the papers that are registered there."""

    hosts = (HOST,)

    def __init__(self) -> None:
        self.papers: dict[str, FakePaper] = {}
        """By their DOI in lower case."""
        self.numbers = False
        """True: `version` is a number instead of a string; both occur."""
        self.overrides: dict[str, dict[str, Any]] = {}
        """arXiv id to attributes that win: any field can be null or of a wrong shape."""

    def add(self, *papers: FakePaper) -> None:
        """Register these papers."""
        self.papers |= {_doi(paper): paper for paper in papers}

    def remove(self, *ids: str) -> None:
        """Register them no more."""
        for id_ in ids:
            del self.papers[f"10.48550/arxiv.{id_}".lower()]

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        if request.method != "GET" or not re.match(r"/dois(/|$)", request.path):
            return _missing()
        query = request.query
        fields = query.get("fields[dois]")
        wanted = fields.split(",") if fields else None
        if request.path != "/dois":
            paper = self.papers.get(unquote(request.path.removeprefix("/dois/")).lower())
            return _json(200, {"data": self._record(paper, wanted)}) if paper else _missing()
        asked = {doi.lower() for doi in _asked(query)}
        found = [paper for doi, paper in sorted(self.papers.items()) if doi in asked]
        size = min(int(query.get("page[size]") or PAGE_SIZE), LARGEST_PAGE)
        page = int(query.get("page[number]") or 1)
        shown = found[(page - 1) * size : page * size]
        return _json(
            200,
            {
                "data": [self._record(paper, wanted) for paper in shown],
                "meta": {"total": len(found), "totalPages": -(-len(found) // size), "page": page},
            },
        )

    def _record(self, paper: FakePaper, fields: Iterable[str] | None) -> dict[str, Any]:
        attributes = self._attributes(paper) | self.overrides.get(paper.id, {})
        if fields is not None:
            attributes = {key: value for key, value in attributes.items() if key in fields}
        return {"id": _doi(paper), "type": "dois", "attributes": attributes}

    def _attributes(self, paper: FakePaper) -> dict[str, Any]:
        newest = paper.version(paper.newest)
        title = paper.title if newest.title is None else newest.title
        authors = paper.authors if newest.authors is None else newest.authors
        comment = paper.comment if newest.comment is None else newest.comment
        first = paper.version(1).date
        return {
            "doi": _doi(paper),
            "identifiers": [{"identifier": paper.id, "identifierType": "arXiv"}],
            "creators": [_creator(name) for name in authors],
            "titles": [{"title": escape(title, quote=False)}],
            "publisher": "arXiv",
            "publicationYear": int(first[:4]),
            "subjects": [*map(_subject, paper.categories), _FIELD_OF_SCIENCE],
            "dates": [
                *(
                    {
                        "date": version.date,
                        "dateType": "Withdrawn" if version.withdrawn else "Submitted",
                        "dateInformation": f"v{n}; None" if version.withdrawn else f"v{n}",
                    }
                    for n, version in enumerate(paper.versions, 1)
                ),
                {"date": RECORD_CHANGED, "dateType": "Updated", "dateInformation": None},
                {"date": first[:7], "dateType": "Available", "dateInformation": None},
                {"date": first[:4], "dateType": "Issued", "dateInformation": None},
            ],
            "types": {"resourceTypeGeneral": "Preprint", "resourceType": "Article"},
            "relatedIdentifiers": [
                {
                    "relationType": "IsVersionOf",
                    "relatedIdentifier": doi,
                    "relatedIdentifierType": "DOI",
                }
                for doi in [paper.doi]
                if doi
            ],
            "version": paper.newest if self.numbers else str(paper.newest),
            "descriptions": [
                {"description": paper.summary, "descriptionType": "Abstract"},
                *({"description": text, "descriptionType": "Other"} for text in [comment] if text),
            ],
            "url": f"https://arxiv.org/abs/{paper.id}",
        }


_FIELD_OF_SCIENCE = {
    "subject": "FOS: Computer and information sciences",
    "subjectScheme": "Fields of Science and Technology (FOS)",
}


def _doi(paper: FakePaper) -> str:
    return f"10.48550/arxiv.{paper.id}".lower()


def _asked(query: dict[str, str]) -> list[str]:
    if "ids" in query:
        return query["ids"].split(",")
    return re.findall(r'"([^"]+)"', query.get("query", ""))  # query=doi:("…" OR "…")


def _creator(name: str) -> dict[str, Any]:
    given, _, family = name.rpartition(" ")
    common: dict[str, Any] = {"affiliation": [], "nameIdentifiers": []}
    if not given:  # single names are taken for organizations there
        return {"name": name, "nameType": "Organizational", **common}
    return {
        "name": f"{family}, {given}",
        "nameType": "Personal",
        "givenName": given,
        "familyName": family,
        **common,
    }


def _subject(category: str) -> dict[str, Any]:
    name = NAMES.get(category, "Something")
    return {"subject": f"{name} ({category})", "subjectScheme": "arXiv", "lang": "en"}


def _missing() -> Answer:
    title = "The resource you are looking for doesn't exist."
    return _json(404, {"errors": [{"status": "404", "title": title}]})


def _json(status: int, value: object) -> Answer:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(status=status, media=MEDIA, body=body)
