"""Works as bibliographies list them: one entry each, from the record that describes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from enrich.identity import group_works
from enrich.model import Document, Talk
from enrich.paper import Lookup, Paper, PaperId
from enrich.writers._totals import Totals


class Entry(NamedTuple):
    """A work: its fields are those of the accepted record, its key that of the earliest."""

    paper: Paper
    """The record that describes the work."""
    others: tuple[Lookup, ...]
    """The other records, in the document's order."""
    earliest: Paper


def list_entries(papers: Iterable[Lookup]) -> Iterator[Entry]:
    """Yield the entry of each work that has a resolved paper, in order."""
    for work in group_works(papers):
        best, earliest = work.best, work.earliest
        if isinstance(best, Paper) and isinstance(earliest, Paper):
            others = tuple(paper for paper in work.papers if paper is not best)
            yield Entry(best, others, earliest)


def collect_cited(document: Document, *, cite_talks: bool) -> Iterator[Talk | Entry]:
    """Yield talks and works in order of first mention, each talk before its papers.

    Memory for papers, and for talks only if they are cited.
    """
    totals = Totals()
    order: dict[tuple[str, ...] | PaperId, Talk | None] = {}
    for annotated in totals.counting(document.talks):
        talk = annotated.talk
        if cite_talks and talk.status != "cancelled":
            small = replace(talk, abstract=None, texts=(), papers=(), raw=None)
            order.setdefault(identify_talk(talk), small)
        if cite_talks:
            for id_ in annotated.papers:
                order.setdefault(id_, None)
    entries = list_entries(totals.papers(document).values())
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


def identify_talk(talk: Talk) -> tuple[str, ...]:
    """Return what distinguishes a talk from others."""
    return talk.id, talk.feed.name or "", str(talk.start_time or "")
