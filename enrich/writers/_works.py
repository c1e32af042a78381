"""Entries of bibliographies: one for each work, from its best record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from enrich.identity import Work, group_works
from enrich.model import Document, Talk
from enrich.paper import Lookup, Paper, PaperId
from enrich.text.tex import plain
from enrich.text.titles import title_key
from enrich.writers._labels import describe_news
from enrich.writers._totals import Totals


class Entry(NamedTuple):
    """A work in a bibliography; the best record gives the fields, the earliest record the key."""

    paper: Paper
    """The best record of the work."""
    others: tuple[Lookup, ...]
    """The other records, in the document's order."""
    earliest: Paper
    news: tuple[str, ...] = ()
    """Reasons why the work, or a talk that names it, is new since an earlier output."""


def list_entries(papers: Iterable[Lookup]) -> Iterator[Entry]:
    """Yield the entry of each work that has a resolved paper, in order of first mention."""
    records = tuple(papers)
    places = {paper.id: place for place, paper in enumerate(records)}
    works = list(chain.from_iterable(map(_split_work, group_works(records))))
    works.sort(key=lambda work: places[work.papers[0].id])
    for work in works:
        best, earliest = work.best, work.earliest
        if isinstance(best, Paper) and isinstance(earliest, Paper):
            others = tuple(paper for paper in work.papers if paper is not best)
            yield Entry(best, others, earliest)


def _split_work(work: Work) -> Iterator[Work]:
    """Yield a work without the doubtful records that only a DOI joins, then each of these.

    The DOI may be a whole book's, and no entry may be lost. So a record that only a DOI joins stays
    in the work if it has the work's title and is the only record of its service.
    """
    if len(work.papers) == 1:
        yield work
        return
    first = min(work.papers, key=lambda paper: paper.id)
    sources = {paper.id.source for paper in work.papers if paper.matched_by != "doi"}
    sources.add(first.id.source)
    doubtful: set[PaperId] = set()
    for paper in sorted(work.papers, key=lambda paper: paper.id):
        if paper is not first and paper.matched_by == "doi":
            if paper.id.source in sources or _fold_title(paper) != _fold_title(first):
                doubtful.add(paper.id)
            sources.add(paper.id.source)
    yield Work(work.id, tuple(paper for paper in work.papers if paper.id not in doubtful))
    yield from (Work(paper.id, (paper,)) for paper in work.papers if paper.id in doubtful)


def _fold_title(paper: Lookup) -> str | None:
    title = paper.title if isinstance(paper, Paper) else ""
    return title_key(title) or plain(title).casefold()


def collect_cited(document: Document, *, cite_talks: bool) -> Iterator[Talk | Entry]:
    """Yield talks and works in order of first mention, each talk before its papers.

    All papers are held in memory, and talks only if they are cited.
    """
    totals = Totals()
    order: dict[tuple[str, ...] | PaperId, Talk | None] = {}
    news: dict[PaperId, list[str]] = {}
    for annotated in totals.counting(document.talks):
        talk = annotated.talk
        if cite_talks and talk.status != "cancelled":
            small = replace(talk, abstract=None, texts=(), papers=(), raw=None)
            order.setdefault(identify_talk(talk), small)
        for id_ in annotated.papers:
            if cite_talks:
                order.setdefault(id_, None)
            if reasons := list(describe_news(annotated, id_)):
                news.setdefault(id_, []).extend(reasons)
    entries = list_entries(totals.papers(document).values())
    if news:
        entries = (_add_news(entry, news) for entry in entries)
    if not cite_talks:
        yield from entries
        return
    by_id = {paper.id: entry for entry in entries for paper in (entry.paper, *entry.others)}
    for key, cited in order.items():
        if cited is not None:
            yield cited
        elif isinstance(key, PaperId) and (entry := by_id.get(key)) is not None:
            for paper in (entry.paper, *entry.others):
                by_id.pop(paper.id, None)
            yield entry


def _add_news(entry: Entry, news: Mapping[PaperId, Iterable[str]]) -> Entry:
    ids = (paper.id for paper in (entry.paper, *entry.others))
    return entry._replace(news=tuple(dict.fromkeys(r for id_ in ids for r in news.get(id_, ()))))


def identify_talk(talk: Talk) -> tuple[str, ...]:
    """Return id, feed and start, which identify a talk."""
    return talk.id, talk.feed.name or "", str(talk.start_time or "")
