"""arXiv: ids in batches through the `arxiv` package, answers matched by id.

The service's rules: info.arxiv.org/help/api/user-manual and arXiv/arxiv-search, its code since
November 2025. A list of ids is matched exactly; what is unknown is left out; one malformed id makes
the whole request HTTP 400; the order is not the one asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
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
_MOST_REJECTED = 10
"""Ids that one batch may lose as malformed; more, and it is the service that errs."""

Pair = tuple[PaperId, str | None]

logger = logging.getLogger("enrich")


class ArXiv(ArxivForms):
    """The service."""

    revision = 1
    politeness = Politeness(
        hosts=("export.arxiv.org",),
        delay_s=3.0,  # one request in three seconds, one connection: info.arxiv.org/help/api/tou
        batch=100,  # about 1.6 kB of URL; HTTP 414 has been seen from 640 ids on
        deadline_s=120.0,
        max_bytes=32_000_000,  # a hundred papers of large collaborations, thousands of authors each
        media="application/atom+xml",
        retried=frozenset({406, 429, 500, 502, 503, 504}),  # 406 is load shed at the edge
    )

    def check(self, response: Response) -> None:
        """Check that an answer is a whole Atom feed.

        Raises:
            BadAnswer: a 200 without such a feed.
            Overloaded: a 200 whose body is "Rate exceeded."
            Refused: 403, arXiv's block of an address or a robot (info.arxiv.org/help/robots).
        """
        if response.status_code == 403:
            raise Refused(
                "arXiv denies this machine access",
                hint="arXiv blocks addresses by hand and lifts it by hand: info.arxiv.org/help/robots",
            )
        if response.status_code != 200:
            return
        body = response.content
        if body[:200].lstrip()[:14].lower() == b"rate exceeded.":
            raise Overloaded("arXiv answers too many callers (Rate exceeded)")
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        try:
            root = etree.fromstring(body, parser)
        except etree.XMLSyntaxError:
            raise BadAnswer("arXiv's answer is no complete XML document") from None
        if root.tag != _FEED or b"<!DOCTYPE" in body[:1000]:
            raise BadAnswer("arXiv's answer is no Atom feed")

    def fetch(
        self, wanted: Sequence[Pair], session: Session
    ) -> Iterator[tuple[PaperId, str | None, Lookup]]:
        """Ask for papers; for what lacks once more.

        A version stands for itself only where its paper's newest one is not wanted too; else it is
        asked for once the newest is known to be another.

        Raises:
            SourceError: arXiv could not be asked; what was not yet given stays open.
        """
        pairs = tuple(dict.fromkeys(wanted))
        known = _Known(bare=frozenset(paper for paper, version in pairs if version is None))
        first = _list_ids(pairs, known.bare)
        _ask(sorted(first), known, session, fresh=first)
        further = {pair: missing for pair in pairs if (missing := known.missing(pair))}
        waiting = {paper for paper, _ in further}
        for pair in pairs:
            if pair[0] not in waiting:
                yield *pair, self._lookup(pair, known)
        if not waiting:
            return
        try:
            _ask(sorted(set().union(*further.values())), known, session)
        except SourceError:
            for pair in pairs:  # a good answer is not lost with the bad one
                if pair[0] in waiting and pair not in further:
                    yield *pair, self._lookup(pair, known)
            raise
        for pair in pairs:
            if pair[0] in waiting:
                yield *pair, self._lookup(pair, known)

    def fetch_part(
        self, wanted: Sequence[Pair], session: Session, *, again: AbstractSet[Pair] = frozenset()
    ) -> Iterator[tuple[PaperId, str | None, Lookup]]:
        """Ask once.

        What a further request must answer is left out.

        Left out, to ride in a later batch as `again`, are papers that a healthy answer lacks and
        versions that are not the newest. A pair in `again` is always answered.

        Raises:
            SourceError: arXiv could not be asked; what was not yet given stays open.
        """
        pairs = tuple(dict.fromkeys(wanted))
        new = [pair for pair in pairs if pair not in again]
        known = _Known(bare=frozenset(paper for paper, version in pairs if version is None))
        fresh = _list_ids(new, frozenset(paper for paper, version in new if version is None))
        old = _list_ids((pair for pair in pairs if pair in again), frozenset())
        _ask(sorted(fresh | old), known, session, fresh=fresh)
        for pair in pairs:
            if pair in again or not known.missing(pair):
                yield *pair, self._lookup(pair, known)

    def _lookup(self, pair: Pair, known: _Known) -> Lookup:
        paper, version = pair
        newest = known.newest.get(paper)
        if version is None and newest is not None:
            others = (found for (p, _), found in known.found.items() if p == paper)
            return entry.with_rows(newest, others)
        if version is not None and (found := known.found.get((paper, version))):
            return entry.as_version(found)
        if paper in known.unreadable:
            return self._unresolved(paper, "parse_error", "arXiv's record lacks title or dates")
        if not known.rejected.isdisjoint({paper.key, f"{paper.key}{version}"}):
            return self._unresolved(paper, "not_found", "arXiv takes this for no id of a paper")
        if version is not None and newest is not None and newest.latest_version is not None:
            text = f"arXiv shows no {version} of this paper; the newest is {newest.latest_version}"
            return self._unresolved(paper, "not_found", text)
        what = "paper with this id" if version is None else f"{version} of a paper with this id"
        return self._unresolved(paper, "not_found", f"arXiv has no {what}")

    def _unresolved(self, paper: PaperId, code: ErrorCode, message: str) -> Unresolved:
        url, pdf = self.url(paper), self.pdf(paper)
        return Unresolved(id=paper, code=code, message=message, url=url, pdf=pdf)


class _Known(Struct):
    """What the answers to one `fetch` have shown so far."""

    bare: frozenset[PaperId]
    """Papers whose newest version is wanted."""
    newest: dict[PaperId, Paper] = field(default_factory=dict)
    found: dict[tuple[PaperId, str], Paper] = field(default_factory=dict)
    unreadable: set[PaperId] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)
    """Ids, as sent, that arXiv calls malformed."""
    absent: set[str] = field(default_factory=set)
    """Ids, as sent, that were asked for alone and twice in vain."""

    def add(self, page: _Page, asked: set[str]) -> bool:
        """Add what an answer has of what was asked; return whether anything."""
        papers = {found[0] for id_ in asked if (found := canonical(id_))}
        unreadable = page.unreadable & papers
        self.unreadable |= unreadable
        self.rejected |= page.rejected & asked
        hit = bool(unreadable)
        for paper in page.papers:
            version = paper.latest_version or ""
            if asked.isdisjoint((paper.id.key, f"{paper.id.key}{version}")):
                continue
            hit = True
            self.found[paper.id, version] = paper
            if paper.id.key in asked and _number(version) > self.number(paper.id):
                self.newest[paper.id] = paper
        return hit

    def number(self, paper: PaperId) -> int:
        """Return the number of the newest version, 0 if unknown."""
        newest = self.newest.get(paper)
        return _number(newest.latest_version) if newest else 0

    def without_rejected(self, batch: list[str]) -> list[list[str]]:
        """Split a refused batch: without the ids it names, or halved.

        Raises:
            BadAnswer: too many were rejected for these to be bad ids.
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
        if len(self.rejected) > _MOST_REJECTED:
            raise BadAnswer("arXiv takes one good id after another for malformed")
        return [part for part in parts if part]

    def missing(self, pair: Pair) -> set[str]:
        """Return the ids still needed to answer a pair."""
        paper, version = pair
        keys = {paper.key} if version is None else {f"{paper.key}{version}"}
        if paper in self.unreadable or keys & (self.rejected | self.absent):
            return set()
        if version is None:
            return set() if paper in self.newest else keys
        if (paper, version) in self.found or paper.key in self.rejected | self.absent:
            return set()
        return set() if 0 < self.number(paper) < _number(version) else keys


class _Page(NamedTuple):
    """One answer."""

    papers: list[Paper]
    unreadable: set[PaperId]
    rejected: set[str]
    """Ids that error entries name."""
    refused: bool
    """Nothing was answered, for a malformed id's sake."""


class _SecondRequest(Exception):  # noqa: N818 - no error: the end of what is asked
    pass


class _OneRequest:
    """The session as `arxiv.Client` sees it, for one request whose answer is kept.

    The client would go on to a page that is not there where `totalResults` counts unknown ids, and
    it sends its own User-Agent over the session's.
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

    Papers in `bare` stand for their versions.
    """
    return {
        paper.key if version is None or paper in bare else f"{paper.key}{version}"
        for paper, version in pairs
    }


def _ask(
    ids: list[str], known: _Known, session: Session, *, fresh: AbstractSet[str] = frozenset()
) -> None:
    """Ask for ids, a batch a request.

    A malformed one is found and left out.

    Args:
        ids: As they are sent.
        known: Takes the answers.
        session: What sends.
        fresh: Those that no answer has lacked yet. Of the others there may be none.

    Raises:
        SourceError: arXiv could not be asked, or twice gave nothing at all for several fresh ids, or
            nothing but what was not asked for.
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
            batches[:0] = [(part, tries) for part in known.without_rejected(batch)]
        elif hit or (not new and not others):
            continue
        elif tries > 1:  # sporadic: a 200 without any entry
            batches.insert(0, (batch, tries - 1))
        elif others:
            raise BadAnswer("arXiv's answer holds only papers that were not asked for")
        elif len(new) == 1:
            known.absent |= new
        else:
            raise BadAnswer("arXiv's answer for several papers holds none of them")


def _fetch_page(ids: list[str], session: Session) -> _Page:
    """Send one request through `arxiv.Client`.

    Raises:
        SourceError: the session's; an unexpected status; an answer that cannot be read.
    """
    import arxiv

    once = _OneRequest(session)
    client = arxiv.Client(page_size=len(ids), delay_seconds=0, num_retries=0)
    client._session = once  # noqa: SLF001 - there is no public way
    papers: dict[str, Paper] = {}
    status = 200
    try:
        for result in client.results(arxiv.Search(id_list=ids, max_results=None)):
            _take(result, papers)
    except _SecondRequest:
        pass
    except arxiv.HTTPError as error:
        status = error.status
    except Exception as error:
        if once.response is None or isinstance(error, SourceError):
            raise
        logger.debug("arxiv: an answer raised %s", type(error).__name__)
        _take_dated(once.response.content, papers)
    listed = [] if once.response is None else _entry_ids(once.response.content)
    errors = [id_ for id_ in listed if entry.is_error(id_)]
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


def _take_dated(content: bytes, papers: dict[str, Paper]) -> None:
    """Add the entries whose dates can be read.

    Raises:
        BadAnswer: nothing in it can be read.
    """
    from arxiv import _feed

    try:
        results = _feed.parse(entry.without_bad_dates(content)).results
    except Exception as error:
        logger.debug("arxiv: an answer raised %s", type(error).__name__)
        raise BadAnswer("arXiv's answer cannot be read") from error
    for result in results:
        _take(result, papers)


def _take(result: Result, papers: dict[str, Paper]) -> None:
    """Add an entry's paper under the entry's id.

    Only one with a title and a version is added.
    """
    try:
        found = canonical(entry.id_text(result.entry_id) or "")
        if found is None or found[1] is None or not entry.has_title(result):
            return
        id_ = found[0]
        papers[result.entry_id] = entry.paper(
            result, id_, found[1], url=SOURCE.url(id_), pdf=SOURCE.pdf(id_)
        )
    except Exception as error:  # noqa: BLE001 - one entry fails alone: it counts as unreadable
        logger.debug("arxiv: an entry raised %s", type(error).__name__)


def _entry_ids(content: bytes) -> list[str]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return []
    return [] if root is None else [id_.text or "" for id_ in root.iterfind(_ENTRY_ID)]


def _number(version: str | None) -> int:
    return int(version[1:]) if version else 0


SOURCE = ArXiv()
