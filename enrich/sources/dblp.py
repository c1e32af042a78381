"""dblp, the second source for OpenReview: accepted papers with their OpenReview pages.

The SPARQL endpoint (sparql.dblp.org, schema: github.com/dblp/kg) gets one request for all ids. It has
years, but neither days nor rejected papers. A missing record does not mean a missing paper.

dblp also has the published versions of arXiv's papers: a preprint and its published version are two
records with the same title and the same person as first author.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from msgspec import Struct, field

from enrich.errors import BadAnswer, Refused, SourceError
from enrich.http.politeness import Politeness
from enrich.paper import Author, Paper, PaperId, Publication
from enrich.sources._answers import parse_json
from enrich.sources.arxiv.forms import FORMS as ARXIV_FORMS
from enrich.sources.arxiv.ids import canonical as canonical_arxiv
from enrich.sources.openreview.forms import FORMS
from enrich.sources.openreview.forms import canonical as canonical_openreview
from enrich.text.patterns import compile_later
from enrich.text.tidy import tidy
from enrich.text.titles import title_key
from enrich.text.web import doi_url

if TYPE_CHECKING:
    from requests import Response, Session

HOST = "sparql.dblp.org"
ENDPOINT = f"https://{HOST}/sparql"

_MAX_QUERY_BYTES = 2000
"""Maximum length of a GET's query; a longer one is sent as POST."""
_PAGE = "https://openreview.net/forum?id="
_KEY = compile_later(r"[A-Za-z0-9_-]{1,40}")
_ARXIV_KEY = compile_later(r"[A-Za-z0-9.-]{1,20}(?:/[0-9]{7})?")
_ARXIV_DOI = "https://doi.org/10.48550/ARXIV."
"""Prefix of arXiv's DOIs in dblp's capitals; queries in another case find nothing."""
_ARXIV_PREFIX = "10.48550/arxiv."
_PREPRINTS = "CoRR"
_MAX_YEARS_APART = 3
_HOMONYM = compile_later(r" \d{4}$")
_DOI = compile_later(r"https?://(?:dx\.)?doi\.org/(10\.\d{4,9}/[!-~]+)", re.IGNORECASE)
_YEAR = compile_later(r"(?:19|20)\d\d")

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

_QUERY_PUBLISHED = """\
PREFIX dblp: <https://dblp.org/rdf/schema#>
SELECT ?preprint ?written ?title ?own ?pub ?venue ?year ?doi ?main ?page WHERE {
  VALUES ?preprint { %s }
  ?record dblp:doi ?preprint ; dblp:title ?written ; dblp:hasSignature ?s .
  ?s dblp:signatureOrdinal 1 ; dblp:signatureCreator ?author .
  ?pub dblp:hasSignature ?first ; dblp:title ?title .
  ?first dblp:signatureOrdinal 1 ; dblp:signatureCreator ?author .
  FILTER(?pub != ?record)
  FILTER(LCASE(REPLACE(STR(?written), "[^A-Za-z0-9]", "")) = LCASE(REPLACE(STR(?title), "[^A-Za-z0-9]", "")))
  OPTIONAL { ?record dblp:yearOfPublication ?own }
  OPTIONAL { ?pub dblp:publishedIn ?venue }
  OPTIONAL { ?pub dblp:yearOfPublication ?year }
  OPTIONAL { ?pub dblp:doi ?doi }
  OPTIONAL { ?pub dblp:primaryDocumentPage ?main }
  OPTIONAL { ?pub dblp:documentPage ?page }
}
ORDER BY ?preprint ?pub ?page"""


class Dblp:
    """Second source with dblp's records, also of published versions."""

    name = "dblp"
    fallback_for = "openreview"
    publishes = "arxiv"
    revision = 1
    politeness = Politeness(
        hosts=(HOST,), delay_s=1.0, batch=200, media="application/sparql-results+json"
    )

    def check(self, response: Response) -> None:
        """Check that a response is a table of results.

        Raises:
            BadAnswer: a 200 without such a table.
            Refused: 403, or dblp's bot test, a web page with status 200.
        """
        if response.status_code == 403:
            raise Refused("dblp denies this machine access")
        if response.status_code == 200:
            if response.content.lstrip()[:1] == b"<":
                raise Refused("dblp returned a bot test", code="challenge")
            _parse_bindings(response)

    def fetch(self, wanted: Sequence[PaperId], session: Session) -> Iterator[Paper]:
        """Yield the papers whose OpenReview page dblp has.

        Raises:
            SourceError: the request failed.
        """
        pages = {f"{_PAGE}{p.key}": p for p in wanted if _KEY.fullmatch(p.key)}
        if not pages:
            return
        response = _send_query(build_query(pages), session)
        for page, record in _choose_records(_parse_bindings(response)).items():
            if page in pages and (paper := _try_parse(record, pages[page])):
                yield paper

    def fetch_published(self, wanted: Sequence[PaperId], session: Session) -> Iterator[Paper]:
        """Yield records of preprints with their published versions.

        Raises:
            SourceError: the request failed.
        """
        preprints = {
            f"{_ARXIV_DOI}{p.key.upper()}": p for p in wanted if _ARXIV_KEY.fullmatch(p.key)
        }
        if not preprints:
            return
        sparql = _QUERY_PUBLISHED % " ".join(f"<{doi}>" for doi in sorted(preprints))
        found: dict[PaperId, dict[str, _Pair]] = {}
        for row in _parse_bindings(_send_query(sparql, session)):
            id_ = preprints.get(_read_cell(row, "preprint") or "")
            if id_ is not None and (pair := _read_pair(row)):
                known = found.setdefault(id_, {}).setdefault(pair.publication, pair)
                known.pages.update(pair.pages)
        for id_, pairs in found.items():
            yield min(pairs.values(), key=_rank_pair).describe(id_)


def _send_query(sparql: str, session: Session) -> Response:
    """Send a query.

    Raises:
        SourceError: the request failed.
    """
    form = {"query": sparql}
    if len(urlencode(form)) > _MAX_QUERY_BYTES:
        response = session.post(ENDPOINT, data=form)
    else:
        response = session.get(f"{ENDPOINT}?{urlencode(form)}")
    if response.status_code != 200:
        raise SourceError(f"dblp answered HTTP {response.status_code}", code="http_error")
    return response


class _Pair(Struct, kw_only=True):
    """Record of a published version, matched with the record of its preprint."""

    publication: str
    """dblp's URL of the published version."""
    title: str
    venue: str | None
    year: int | None
    doi: str | None
    main: str | None
    """Primary page of the published version."""
    pages: set[str]

    def describe(self, id_: PaperId) -> Paper:
        """Return the preprint with its published version."""
        keys = sorted(page.removeprefix(_PAGE) for page in self.pages if page.startswith(_PAGE))
        same = [found[0] for key in keys if (found := canonical_openreview(key))]
        page = next((p for p in (self.main, *sorted(self.pages)) if p and _is_web(p)), None)
        return Paper(
            id=id_,
            title=self.title,
            published_as=Publication(
                venue=self.venue,
                year=self.year,
                doi=self.doi,
                url=doi_url(self.doi) if self.doi else page,
                via="dblp",
            ),
            same_as=tuple(same),
            matched_by="dblp" if same else None,
            url=ARXIV_FORMS.url(id_),
            pdf=ARXIV_FORMS.pdf(id_),
            via="dblp",
        )


def _rank_pair(pair: _Pair) -> tuple[int, str]:
    """Return the sort key of published versions."""
    return pair.year or 9999, pair.publication


def _read_pair(row: Any) -> _Pair | None:
    """Return the pair of a row, if certain.

    The query compares only Latin letters, so the titles are compared again. A title that several works
    can share is not enough.
    """
    publication = _read_cell(row, "pub")
    written, title = (
        (_read_cell(row, key) or "").removesuffix(".") for key in ("written", "title")
    )
    key = title_key(written)
    venue = _read_cell(row, "venue")
    if not publication or key is None or key != title_key(title) or venue == _PREPRINTS:
        return None
    preprint_year, year = (_YEAR.match(_read_cell(row, key) or "") for key in ("own", "year"))
    if preprint_year and year and abs(int(preprint_year[0]) - int(year[0])) > _MAX_YEARS_APART:
        return None
    doi = _DOI.fullmatch(_read_cell(row, "doi") or "")
    page = _read_cell(row, "page")
    return _Pair(
        publication=publication,
        title=written,
        venue=venue,
        year=int(year[0]) if year else None,
        doi=doi[1].lower() if doi and not doi[1].lower().startswith(_ARXIV_PREFIX) else None,
        main=_read_cell(row, "main"),
        pages={page} if page else set(),
    )


def _is_web(address: str) -> bool:
    return address.startswith(("https://", "http://"))


def _try_parse(record: _Record, paper: PaperId) -> Paper | None:
    """Parse a record; return None if that fails."""
    try:
        return record.paper(paper)
    except Exception as error:  # noqa: BLE001 - only this record fails
        logger.debug("dblp: a record raised %s", type(error).__name__)
        return None


def build_query(pages: Sequence[str] | Mapping[str, object]) -> str:
    """Return the SPARQL query for pages of canonical ids."""
    return _QUERY % " ".join(f"<{page}>" for page in sorted(pages))


class _Record(Struct, kw_only=True):
    """Publication, collected from its rows."""

    title: str
    names: dict[int, str] = field(default_factory=dict)
    venue: str | None = None
    year: str | None = None
    dois: set[str] = field(default_factory=set)

    @property
    def is_preprint(self) -> bool:
        """Whether the record is of CoRR, with the title of v1."""
        return self.venue == _PREPRINTS

    def paper(self, id_: PaperId) -> Paper:
        same, published_as = None, None
        for doi in sorted(self.dois):
            arxiv_key = doi.lower().removeprefix(_ARXIV_PREFIX)
            if arxiv_key != doi.lower():
                same = same or canonical_arxiv(arxiv_key)
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


def _choose_records(bindings: Sequence[Any]) -> dict[str, _Record]:
    """Choose each page's record.

    A published version comes before a preprint, then the first URL.
    """
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


def _parse_bindings(response: Response) -> list[Any]:
    body = parse_json(response)
    results = body.get("results") if isinstance(body, Mapping) else None
    bindings = results.get("bindings") if isinstance(results, Mapping) else None
    if not isinstance(bindings, list):
        raise BadAnswer("dblp's response has no results")
    return bindings


SECOND_SOURCE = Dblp()
