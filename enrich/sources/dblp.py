"""dblp behind OpenReview: its knowledge graph holds the accepted papers with their OpenReview pages.

The SPARQL endpoint (sparql.dblp.org, schema: github.com/dblp/kg) is asked once for all ids. It knows
a year and no day, and no rejected paper; what it lacks means nothing.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from enrich.errors import BadAnswer, Refused, SourceError
from enrich.http.politeness import Politeness
from enrich.paper import Author, Paper, PaperId, Publication
from enrich.sources._answers import parse_json
from enrich.sources.arxiv.ids import canonical as canonical_arxiv
from enrich.sources.openreview.forms import FORMS
from enrich.text.tidy import tidy
from enrich.text.web import doi_url

if TYPE_CHECKING:
    from requests import Response, Session

HOST = "sparql.dblp.org"
ENDPOINT = f"https://{HOST}/sparql"

_LONGEST_QUERY = 2000
"""Octets of a GET's query; a longer one is posted."""
_PAGE = "https://openreview.net/forum?id="
_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
_HOMONYM = re.compile(r" \d{4}$")
_DOI = re.compile(r"https?://(?:dx\.)?doi\.org/(10\.\d{4,9}/[!-~]+)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")

logger = logging.getLogger("enrich")

_QUERY = """\
PREFIX dblp: <https://dblp.org/rdf/schema#>
SELECT ?page ?pub ?title ?n ?name ?venue ?year ?doi WHERE {
  VALUES ?page { %s }
  ?pub dblp:documentPage ?page ; dblp:title ?title ; dblp:hasSignature ?s .
  ?s dblp:signatureOrdinal ?n ; dblp:signatureDblpName ?name .
  OPTIONAL { ?pub dblp:publishedIn ?venue }
  OPTIONAL { ?pub dblp:yearOfPublication ?year }
  OPTIONAL { ?pub dblp:doi ?doi }
}
ORDER BY ?page ?pub ?n"""


class Dblp:
    """The service."""

    name = "dblp"
    behind = "openreview"
    revision = 1
    politeness = Politeness(
        hosts=(HOST,), delay_s=1.0, batch=200, media="application/sparql-results+json"
    )

    def check(self, response: Response) -> None:
        """Check that an answer is a table of results.

        Raises:
            BadAnswer: a 200 without such a table.
            Refused: 403, or a web page under 200: dblp's test for bots.
        """
        if response.status_code == 403:
            raise Refused("dblp denies this machine access")
        if response.status_code == 200:
            if response.content.lstrip()[:1] == b"<":
                raise Refused("dblp answers with a test for bots", code="challenge")
            _bindings(response)

    def fetch(self, wanted: Sequence[PaperId], session: Session) -> Iterator[Paper]:
        """Yield the papers whose OpenReview page dblp has.

        Raises:
            SourceError: dblp could not be asked.
        """
        pages = {f"{_PAGE}{p.key}": p for p in wanted if _KEY.fullmatch(p.key)}
        if not pages:
            return
        asked = {"query": query(pages)}
        if len(urlencode(asked)) > _LONGEST_QUERY:
            response = session.post(ENDPOINT, data=asked)
        else:
            response = session.get(f"{ENDPOINT}?{urlencode(asked)}")
        if response.status_code != 200:
            raise SourceError(f"dblp answered HTTP {response.status_code}", code="http_error")
        for page, record in _best(_bindings(response)).items():
            if page in pages and (paper := _try_parse(record, pages[page])):
                yield paper


def _try_parse(record: _Record, paper: PaperId) -> Paper | None:
    """Parse a record; return None for one that nobody foresaw."""
    try:
        return record.paper(paper)
    except Exception as error:  # noqa: BLE001 - whatever is in it
        logger.debug("dblp: a record raised %s", type(error).__name__)
        return None


def query(pages: Sequence[str] | Mapping[str, object]) -> str:
    """Return the SPARQL query for pages of canonical ids."""
    return _QUERY % " ".join(f"<{page}>" for page in sorted(pages))


@dataclass(slots=True, kw_only=True)
class _Record:
    """One publication, gathered from its rows."""

    title: str
    names: dict[int, str] = field(default_factory=dict)
    venue: str | None = None
    year: str | None = None
    dois: set[str] = field(default_factory=set)

    @property
    def is_preprint(self) -> bool:
        """Return whether the record is CoRR's, with the title of v1."""
        return self.venue == "CoRR"

    def paper(self, id_: PaperId) -> Paper:
        same, published_as = None, None
        for doi in sorted(self.dois):
            own = doi.lower().removeprefix("10.48550/arxiv.")
            if own != doi.lower():
                same = same or canonical_arxiv(own)
            elif published_as is None:
                published_as = Publication(
                    venue=self.venue,
                    year=int(self.year) if self.year else None,
                    doi=doi.lower(),  # dblp writes them in capitals
                    url=doi_url(doi.lower()),
                    via="dblp",
                )
        return Paper(
            id=id_,
            title=self.title,
            authors=tuple(Author(name) for _, name in sorted(self.names.items())),
            published=self.year,
            venue=self.venue,
            published_as=published_as,
            same_as=(same[0],) if same else (),
            matched_by="dblp" if same else None,
            url=FORMS.url(id_),
            pdf=FORMS.pdf(id_),
            via="dblp",
        )


def _best(bindings: Sequence[Any]) -> dict[str, _Record]:
    """Choose each page's record: published, otherwise first by address."""
    records: dict[tuple[str, str], _Record] = {}
    for row in bindings:
        page, publication = _read_cell(row, "page"), _read_cell(row, "pub")
        title = (_read_cell(row, "title") or "").removesuffix(".")
        name, number = _read_cell(row, "name"), _read_cell(row, "n")
        if not (page and publication and title and name and number and number.isdecimal()):
            continue
        record = records.setdefault((page, publication), _Record(title=title))
        record.names.setdefault(int(number[:9]), _HOMONYM.sub("", name))
        record.venue = min(filter(None, (record.venue, _read_cell(row, "venue"))), default=None)
        year = _YEAR.match(_read_cell(row, "year") or "")
        record.year = min(filter(None, (record.year, year and year[0])), default=None)
        if doi := _DOI.fullmatch(_read_cell(row, "doi") or ""):
            record.dois.add(doi[1])
    best: dict[str, _Record] = {}
    for (page, _), record in sorted(records.items(), key=lambda item: item[0]):
        if page not in best or (best[page].is_preprint and not record.is_preprint):
            best[page] = record
    return best


def _read_cell(row: Any, key: str) -> str | None:
    cell = row.get(key) if isinstance(row, Mapping) else None
    value = cell.get("value") if isinstance(cell, Mapping) else None
    if not isinstance(value, str):
        return None
    return tidy(value.encode("utf-8", "replace").decode()) or None


def _bindings(response: Response) -> list[Any]:
    body = parse_json(response)
    results = body.get("results") if isinstance(body, Mapping) else None
    bindings = results.get("bindings") if isinstance(results, Mapping) else None
    if not isinstance(bindings, list):
        raise BadAnswer("dblp's answer holds no results")
    return bindings


SECOND_SOURCE = Dblp()
