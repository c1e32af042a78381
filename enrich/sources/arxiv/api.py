"""arXiv: requests of id batches with the `arxiv` package; entries matched by id.

The service's rules: info.arxiv.org/help/api/user-manual and arXiv/arxiv-search, its code since
November 2025. A list of ids is matched exactly. Unknown ids are missing from the response. One malformed
id makes the whole request fail with HTTP 400. The order differs from the request's.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field

from enrich.errors import BadAnswer, ErrorCode, Overloaded, Refused, SourceError
from enrich.http.politeness import Politeness
from enrich.paper import Lookup, Paper, PaperId, Unresolved
from enrich.sources.arxiv import entry
from enrich.sources.arxiv.forms import ArxivForms
from enrich.sources.arxiv.ids import canonical

if TYPE_CHECKING:
    from arxiv import Result
    from requests import Response, Session

_FEED = "{http://www.w3.org/2005/Atom}feed"
_ENTRY_ID = "{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}id"
_MAX_REJECTED = 10
"""Maximum number of malformed ids in a batch; with more, the service is at fault."""

Pair = tuple[PaperId, str | None]
"""A paper and a version; None means the newest version."""

logger = logging.getLogger("enrich")


class ArXiv(ArxivForms):
    """Source of arXiv's papers."""

    revision = 1
    politeness = Politeness(
        hosts=("export.arxiv.org",),
        delay_s=3.0,  # one request in three seconds, one connection: info.arxiv.org/help/api/tou
        batch=100,  # a URL of about 1.6 kB; HTTP 414 was seen from 640 ids
        deadline_s=120.0,
        max_bytes=32_000_000,  # a hundred papers with thousands of authors each
        media="application/atom+xml",
        retried=frozenset({406, 429, 500, 502, 503, 504}),  # 406 is load shed at the edge
    )

    def check(self, response: Response) -> None:
        """Check that a response is a whole Atom feed.

        Raises:
            BadAnswer: a 200 without such a feed.
            Overloaded: a 200 whose body is "Rate exceeded."
            Refused: 403, arXiv's block of an address or a robot (info.arxiv.org/help/robots).
        """
        if response.status_code == 403:
            raise Refused(
                "arXiv denies this machine access",
                hint="arXiv sets and lifts such a block by hand: info.arxiv.org/help/robots",
            )
        if response.status_code != 200:
            return
        body = response.content
        if body[:200].lstrip()[:14].lower() == b"rate exceeded.":
            raise Overloaded("arXiv has too many requests (Rate exceeded)")
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        try:
            root = etree.fromstring(body, parser)
        except etree.XMLSyntaxError:
            raise BadAnswer("arXiv's response is not a complete XML document") from None
        if root.tag != _FEED or b"<!DOCTYPE" in body[:1000]:
            raise BadAnswer("arXiv's response is not an Atom feed")

    def fetch(
        self, wanted: Sequence[Pair], session: Session
    ) -> Iterator[tuple[PaperId, str | None, Lookup]]:
        """Yield the papers' lookups, from one or two requests.

        The second request is for ids missing from the first response, and for cited versions that turn out
        not to be the newest. The first request has a version's id only if the newest is not wanted.

        Raises:
            SourceError: a request failed; the pairs not yet yielded remain unanswered.
        """
        pairs = tuple(dict.fromkeys(wanted))
        known = _Entries(bare=frozenset(paper for paper, version in pairs if version is None))
        first = _list_ids(pairs, known.bare)
        _request_ids(sorted(first), known, session, fresh=first)
        needed = {pair: ids for pair in pairs if (ids := known.find_missing(pair))}
        waiting = {paper for paper, _ in needed}
        for pair in pairs:
            if pair[0] not in waiting:
                yield *pair, self._lookup(pair, known)
        if not waiting:
            return
        try:
            _request_ids(sorted(set().union(*needed.values())), known, session)
        except SourceError:
            for pair in pairs:  # keep the answers of the first request
                if pair[0] in waiting and pair not in needed:
                    yield *pair, self._lookup(pair, known)
            raise
        for pair in pairs:
            if pair[0] in waiting:
                yield *pair, self._lookup(pair, known)

    def fetch_part(
        self, wanted: Sequence[Pair], session: Session, *, retried: AbstractSet[Pair] = frozenset()
    ) -> Iterator[tuple[PaperId, str | None, Lookup]]:
        """Yield the lookups that one request can answer.

        Papers missing from the response, and versions that are not the newest, are not yielded: a later
        call requests them again and lists them in `retried`. A pair in `retried` is always yielded.

        Raises:
            SourceError: the request failed; the pairs not yet yielded remain unanswered.
        """
        pairs = tuple(dict.fromkeys(wanted))
        new = [pair for pair in pairs if pair not in retried]
        known = _Entries(bare=frozenset(paper for paper, version in pairs if version is None))
        fresh = _list_ids(new, frozenset(paper for paper, version in new if version is None))
        old = _list_ids((pair for pair in pairs if pair in retried), frozenset())
        _request_ids(sorted(fresh | old), known, session, fresh=fresh)
        for pair in pairs:
            if pair in retried or not known.find_missing(pair):
                yield *pair, self._lookup(pair, known)

    def _lookup(self, pair: Pair, known: _Entries) -> Lookup:
        paper, version = pair
        newest = known.newest.get(paper)
        if version is None and newest is not None:
            others = (found for (p, _), found in known.found.items() if p == paper)
            return entry.add_versions(newest, others)
        if version is not None and (found := known.found.get((paper, version))):
            return entry.as_version(found)
        if paper in known.unreadable:
            return self._make_failure(
                paper, "parse_error", "arXiv's record has no title or no dates"
            )
        if not known.rejected.isdisjoint({paper.key, f"{paper.key}{version}"}):
            return self._make_failure(paper, "not_found", "arXiv does not accept this as an id")
        if version is not None and newest is not None and newest.latest_version is not None:
            text = f"arXiv has no {version} of this paper; the newest is {newest.latest_version}"
            return self._make_failure(paper, "not_found", text)
        wanted = "paper with this id" if version is None else f"{version} of a paper with this id"
        return self._make_failure(paper, "not_found", f"arXiv has no {wanted}")

    def _make_failure(self, paper: PaperId, code: ErrorCode, message: str) -> Unresolved:
        url, pdf = self.url(paper), self.pdf(paper)
        return Unresolved(id=paper, code=code, message=message, url=url, pdf=pdf)


class _Entries(Struct):
    """Entries and errors of one `fetch` so far."""

    bare: frozenset[PaperId]
    """Papers whose newest version is wanted."""
    newest: dict[PaperId, Paper] = field(default_factory=dict)
    found: dict[tuple[PaperId, str], Paper] = field(default_factory=dict)
    unreadable: set[PaperId] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)
    """Ids, as sent, that arXiv rejected as malformed."""
    absent: set[str] = field(default_factory=set)
    """Ids, as sent, that two requests for them alone did not find."""

    def add(self, page: _Page, requested: set[str]) -> bool:
        """Add a response's requested entries; return whether it has any."""
        papers = {found[0] for id_ in requested if (found := canonical(id_))}
        unreadable = page.unreadable & papers
        self.unreadable |= unreadable
        self.rejected |= page.rejected & requested
        hit = bool(unreadable)
        for paper in page.papers:
            version = paper.latest_version or ""
            if requested.isdisjoint((paper.id.key, f"{paper.id.key}{version}")):
                continue
            hit = True
            self.found[paper.id, version] = paper
            if paper.id.key in requested and _parse_version_number(version) > self.newest_number(
                paper.id
            ):
                self.newest[paper.id] = paper
        return hit

    def newest_number(self, paper: PaperId) -> int:
        """Return the newest version's number; 0 if unknown."""
        newest = self.newest.get(paper)
        return _parse_version_number(newest.latest_version) if newest else 0

    def split_refused(self, batch: list[str]) -> list[list[str]]:
        """Drop the rejected ids of a refused batch.

        If no rejected id is known, halve the batch.

        Raises:
            BadAnswer: more than `_MAX_REJECTED` ids were rejected.
        """
        rest = [id_ for id_ in batch if id_ not in self.rejected]
        if len(rest) == len(batch):
            half = (len(batch) + 1) // 2
            parts = [batch[:half], batch[half:]]
            if len(batch) == 1:
                self.rejected |= set(batch)
                parts = []
        else:
            parts = [rest]
        if len(self.rejected) > _MAX_REJECTED:
            raise BadAnswer("arXiv rejected too many ids as malformed")
        return [part for part in parts if part]

    def find_missing(self, pair: Pair) -> set[str]:
        """Return the ids still needed to answer a pair."""
        paper, version = pair
        keys = {paper.key} if version is None else {f"{paper.key}{version}"}
        if paper in self.unreadable or keys & (self.rejected | self.absent):
            return set()
        if version is None:
            return set() if paper in self.newest else keys
        if (paper, version) in self.found or paper.key in self.rejected | self.absent:
            return set()
        return set() if 0 < self.newest_number(paper) < _parse_version_number(version) else keys


class _Page(NamedTuple):
    """Contents of one response."""

    papers: list[Paper]
    unreadable: set[PaperId]
    rejected: set[str]
    """Ids in error entries."""
    refused: bool
    """Whether the whole request was refused because of a malformed id."""


class _SecondRequest(Exception):  # noqa: N818 - not an error: ends the paging
    """Raised if `arxiv.Client` sends a second request."""


class _OneRequest:
    """Session for `arxiv.Client` that allows one request and keeps its response.

    Otherwise the client would request a second page, because `totalResults` counts unknown ids too, and
    would send its own User-Agent.
    """

    response: Response | None = None

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, url: str, **_: object) -> Response:
        if self.response is not None:
            raise _SecondRequest
        self.response = self._session.get(url)
        return self.response


def _list_ids(pairs: Iterable[Pair], bare: AbstractSet[PaperId]) -> set[str]:
    """Return the ids to send.

    For a paper in `bare`, the id without a version is enough.
    """
    return {
        paper.key if version is None or paper in bare else f"{paper.key}{version}"
        for paper, version in pairs
    }


def _request_ids(
    ids: list[str], known: _Entries, session: Session, *, fresh: AbstractSet[str] = frozenset()
) -> None:
    """Send one request per batch of ids.

    Malformed ids are found and dropped.

    Args:
        ids: The ids, as sent.
        known: Collects the entries.
        session: The session of the requests.
        fresh: Ids that were not requested before; arXiv is expected to have at least one of them.

    Raises:
        SourceError: a request failed; or two responses had no entry for several fresh ids, or only
            entries that were not requested.
    """
    size = SOURCE.politeness.batch
    batches = [(ids[i : i + size], 2) for i in range(0, len(ids), size)]
    while batches:
        batch, tries = batches.pop(0)
        page = _fetch_page(batch, session)
        hit = known.add(page, set(batch))
        new = fresh & set(batch)
        others = bool(page.papers or page.unreadable)
        if page.refused:
            batches[:0] = [(part, tries) for part in known.split_refused(batch)]
        elif hit or (not new and not others):
            continue
        elif tries > 1:  # sometimes arXiv returns a 200 without any entry
            batches.insert(0, (batch, tries - 1))
        elif others:
            raise BadAnswer("arXiv's response has only papers that were not requested")
        elif len(new) == 1:
            known.absent |= new
        else:
            raise BadAnswer("arXiv's response has none of the requested papers")


def _fetch_page(ids: list[str], session: Session) -> _Page:
    """Send one request through `arxiv.Client`.

    Raises:
        SourceError: an error of the session, an unexpected status, or an unreadable response.
    """
    import arxiv

    once = _OneRequest(session)
    client = arxiv.Client(page_size=len(ids), delay_seconds=0, num_retries=0)
    client._session = once  # noqa: SLF001 - there is no public option
    papers: dict[str, Paper] = {}
    status, is_read = 200, True
    try:
        for result in client.results(arxiv.Search(id_list=ids, max_results=None)):
            _add_entry(result, papers)
    except _SecondRequest:
        pass
    except arxiv.HTTPError as error:
        status = error.status
    except Exception as error:
        if once.response is None or isinstance(error, SourceError):
            raise
        logger.debug("arxiv: a response raised %s", type(error).__name__)
        is_read = False
    listed = [] if once.response is None else _list_entry_ids(once.response.content)
    errors = [id_ for id_ in listed if entry.is_error(id_)]
    if once.response is not None and not is_read:
        _add_dated_entries(once.response.content, papers)
    elif once.response is not None and len(papers) + len(errors) < len(listed):
        with suppress(BadAnswer):  # the client skips entries with an empty date
            _add_dated_entries(once.response.content, papers)
    if status not in (200, 400) or (status == 400 and not errors):
        raise SourceError(f"arXiv answered HTTP {status}", code="http_error")
    return _Page(
        papers=list(papers.values()),
        unreadable={
            found[0]
            for id_ in listed
            if id_ not in papers and (found := canonical(entry.key_text(id_) or ""))
        },
        rejected={rejected for id_ in errors if (rejected := entry.rejected_id(id_))},
        refused=status == 400 or bool(errors and not papers),
    )


def _add_dated_entries(content: bytes, papers: dict[str, Paper]) -> None:
    """Add the entries that have dates.

    Raises:
        BadAnswer: the response cannot be read.
    """
    from arxiv import _feed

    try:
        results = _feed.parse(entry.replace_bad_dates(content)).results
    except Exception as error:
        logger.debug("arxiv: a response raised %s", type(error).__name__)
        raise BadAnswer("arXiv's response cannot be read") from error
    for result in results:
        _add_entry(result, papers)


def _add_entry(result: Result, papers: dict[str, Paper]) -> None:
    """Add an entry's paper, by the entry's id.

    An entry without a title or a version is skipped.
    """
    try:
        found = canonical(entry.id_text(result.entry_id) or "")
        if found is None or found[1] is None or not entry.has_title(result):
            return
        id_ = found[0]
        papers[result.entry_id] = entry.paper(
            result, id_, found[1], url=SOURCE.url(id_), pdf=SOURCE.pdf(id_)
        )
    except Exception as error:  # noqa: BLE001 - only this entry counts as unreadable
        logger.debug("arxiv: an entry raised %s", type(error).__name__)


def _list_entry_ids(content: bytes) -> list[str]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return []
    return [] if root is None else [id_.text or "" for id_ in root.iterfind(_ENTRY_ID)]


def _parse_version_number(version: str | None) -> int:
    return int(version[1:]) if version else 0


SOURCE = ArXiv()
