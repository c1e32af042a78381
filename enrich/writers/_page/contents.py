"""Contents of a page: sorted talks, works, which talk names which work, anchors and entries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from hashlib import sha256
from urllib.parse import quote

from msgspec import structs

from enrich.document import SummaryObject
from enrich.identity import Work, group_works
from enrich.model import AnnotatedTalk, Document, Notice, Reference, Talk
from enrich.paper import Lookup, PaperId
from enrich.text.times import format_time, to_instant, to_zone
from enrich.writers._keys import make_keys, paper_namesake
from enrich.writers._labels import group_references
from enrich.writers._page.elements import show_text
from enrich.writers._totals import Totals
from enrich.writers._works import list_entries
from enrich.writers.bibtex import WRITER as BIBTEX

_MAX_ANCHOR_CHARS = 80
_BLANK = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Contents:
    """Document as a page shows it. Placeholder talks of papers without a talk are left out."""

    talks: tuple[AnnotatedTalk, ...]
    """In the order of the document."""
    order: tuple[int, ...]
    """Indexes into `talks`, by start; talks without a start come last."""
    anchors: tuple[str, ...]
    """The id attribute of each talk."""
    papers: Mapping[PaperId, Lookup]
    works: Mapping[PaperId, Work]
    cited: tuple[Mapping[PaperId, tuple[Reference, ...]], ...]
    """The works that each talk names, in order of first reference, with the references."""
    naming: Mapping[PaperId, tuple[int, ...]]
    """The indexes of the talks that name each work, by start."""
    bibtex: Mapping[PaperId, str]
    """The BibTeX entry of each work with a resolved record."""
    days: tuple[date | None, ...]
    """The day of each talk, in the zone of the page."""
    series: Mapping[str, int]
    """The number of each series, by its name."""
    has_several_feeds: bool
    notices: tuple[Notice, ...]
    summary: SummaryObject
    zone: tzinfo | None

    def range_of(self) -> tuple[date, date] | None:
        """Return the days of the first and the last talk."""
        known = [day for day in self.days if day]
        return (min(known), max(known)) if known else None

    def ranked_works(self) -> list[Work]:
        """Return the works with a resolved record, the most often named first."""
        resolved = [work for id_, work in self.works.items() if id_ in self.bibtex]
        return sorted(resolved, key=lambda work: -len(self.naming[work.id]))

    def unresolved(self) -> list[Work]:
        """Return the works without any resolved record."""
        return [work for id_, work in self.works.items() if id_ not in self.bibtex]


def collect_contents(document: Document) -> Contents:
    """Collect the contents of a document; sorting needs all its talks."""
    totals = Totals()
    passed = list(totals.counting(document.talks))
    papers = totals.papers(document)
    summary = totals.summary(papers)
    talks = tuple(annotated for annotated in passed if not _is_placeholder(annotated))
    order = sorted(
        range(len(talks)), key=lambda n: _rank_start(talks[n].talk.shown_start, document.zone)
    )
    works = {work.id: work for work in group_works(papers.values())}
    names = sorted({name for annotated in talks if (name := series_of(annotated.talk))})
    cited = tuple(_group_by_work(annotated, papers) for annotated in talks)
    return Contents(
        talks=talks,
        order=tuple(order),
        anchors=_name_anchors(annotated.talk for annotated in talks),
        papers=papers,
        works=works,
        cited=cited,
        naming=_list_naming(works, order, cited),
        bibtex=_make_entries(papers.values()),
        days=tuple(_day_of(annotated.talk.shown_start, document.zone) for annotated in talks),
        series={name: number for number, name in enumerate(names)},
        has_several_feeds=len({annotated.talk.feed.name for annotated in talks}) > 1,
        notices=tuple(document.notices),
        summary=structs.replace(summary, talks=len(talks)),
        zone=document.zone,
    )


def tick_key(talk: Talk) -> str:
    """Return the key under which a talk's tick is stored: UID and start."""
    return _BLANK.sub("_", f"talk:{talk.id}@{format_time(talk.shown_start) or ''}")


def series_of(talk: Talk) -> str:
    """Return the shown name of a talk's series, otherwise of its feed."""
    return show_text(talk.series) or show_text(talk.feed.name)


def _is_placeholder(annotated: AnnotatedTalk) -> bool:
    """Return whether a talk is only a placeholder for papers without a talk."""
    return annotated.talk == Talk(id=annotated.talk.id) and not annotated.references


def _rank_start(start: datetime | date | None, zone: tzinfo | None) -> tuple[bool, datetime]:
    if start is None:
        return True, datetime.max.replace(tzinfo=UTC)
    return False, to_instant(start, zone or UTC)


def _day_of(start: datetime | date | None, zone: tzinfo | None) -> date | None:
    shown = to_zone(start, zone) if isinstance(start, datetime) else start
    return shown and date(shown.year, shown.month, shown.day)


def _name_anchors(talks: Iterable[Talk]) -> tuple[str, ...]:
    """Return an id attribute for each talk; equal UIDs are numbered, long ones hashed."""
    used: dict[str, int] = {}
    names = []
    for talk in talks:
        name = quote(talk.id, safe="/@:.", errors="replace")
        if len(name) > _MAX_ANCHOR_CHARS:
            name = sha256(talk.id.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        used[name] = number = used.get(name, 0) + 1
        names.append(f"talk:{name}" + (f"~{number}" if number > 1 else ""))
    return tuple(names)


def _group_by_work(
    annotated: AnnotatedTalk, papers: Mapping[PaperId, Lookup]
) -> dict[PaperId, tuple[Reference, ...]]:
    found: dict[PaperId, list[Reference]] = {}
    for id_, references in group_references(annotated).items():
        if (paper := papers.get(id_)) is not None:
            found.setdefault(paper.work or id_, []).extend(references)
    return {work: tuple(references) for work, references in found.items()}


def _list_naming(
    works: Iterable[PaperId], order: Iterable[int], cited: Sequence[Iterable[PaperId]]
) -> dict[PaperId, tuple[int, ...]]:
    found: dict[PaperId, list[int]] = {work: [] for work in works}
    for number in order:
        for work in cited[number]:
            found[work].append(number)
    return {work: tuple(numbers) for work, numbers in found.items()}


def _make_entries(papers: Iterable[Lookup]) -> dict[PaperId, str]:
    """Return the BibTeX entry of each work, as `-f bibtex` writes it."""
    entries = list(list_entries(papers))
    keys = make_keys(paper_namesake(entry.earliest) for entry in entries)
    return {
        entry.paper.work or entry.paper.id: BIBTEX.format_work(key, entry).strip()
        for key, entry in zip(keys, entries, strict=True)
    }
