"""`-f text`: a reading list for a terminal: each talk with its papers, wrapped, without markup. Streams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Self

from enrich.identity import Work, group_works
from enrich.model import AnnotatedTalk, Document, Reference, Talk
from enrich.paper import Lookup, Paper, PaperId
from enrich.text.terminal import printable, wrap_columns
from enrich.text.tidy import tidy
from enrich.text.times import label_time
from enrich.writers._labels import (
    describe_news,
    describe_references,
    describe_state,
    group_references,
    has_vanished,
    label_authors,
    label_dates,
    label_id,
    label_paper,
    label_speaker,
    label_talk,
    list_cited_versions,
    locate_notice,
)

_DEFAULT_WIDTH = 80
_MIN_WIDTH = 24
_SEPARATOR = " · "
_BULLET, _MARGIN = "  * ", "    "

ReferencesByPaper = Mapping[PaperId, list[Reference]]
"""References of a talk, by paper."""


@dataclass(frozen=True, slots=True)
class _Text:
    width: int = _DEFAULT_WIDTH
    """Columns of the terminal."""

    suffixes = (".txt",)
    writes_notices = True
    options = ("width",)

    def with_options(self, *, width: int | None = None) -> Self:
        """Return a writer for a terminal of `width` columns."""
        return replace(self, width=max(width or _DEFAULT_WIDTH, _MIN_WIDTH))

    def write(self, document: Document) -> Iterator[str]:
        """Yield a piece for each talk, then the notices."""
        number = 0
        for number, annotated in enumerate(document.talks, 1):
            yield ("\n" if number > 1 else "") + self._render(_list_lines(annotated, document.zone))
        for place, notice in enumerate(document.notices):
            where = ", ".join(locate_notice(notice))
            line = f"{where}: {notice.message}" if where else notice.message
            head = "" if place else ("\n" if number else "") + "Notices\n"
            yield head + self._render([("  ", line)])

    def _render(self, lines: Iterable[tuple[str, str]]) -> str:
        """Return lines wrapped; the rest of a line stands below its text, not its bullet."""
        return "".join(
            f"{' ' * len(margin) if number else margin}{part}\n"
            for margin, line in lines
            for number, part in enumerate(
                wrap_columns(printable(tidy(line)), self.width - len(margin))
            )
        )


def _list_lines(annotated: AnnotatedTalk, zone: tzinfo | None) -> Iterator[tuple[str, str]]:
    """Yield the lines of a talk, each with its margin."""
    talk = annotated.talk
    yield "", label_talk(talk)
    vanished = ["no longer in its feed"] if has_vanished(annotated) else []
    yield "", _join_facts((*vanished, *_describe_talk(talk, zone)))
    if news := "; ".join(describe_news(annotated)):
        yield "", f"New: {news}"
    if talk.url:
        yield "", talk.url
    cited = group_references(annotated)
    for work in group_works(annotated.papers.values()):
        yield from _list_work_lines(work, cited)


def _describe_talk(talk: Talk, zone: tzinfo | None) -> Iterator[str]:
    if talk.status:
        yield talk.status
    if talk.shown_start:
        yield label_time(talk.shown_start, zone)
    if talk.recurrence:
        yield "repeated"
    yield label_speaker(talk)
    yield from (text for text in (talk.series, talk.room) if text)


def _list_work_lines(work: Work, cited: ReferencesByPaper) -> Iterator[tuple[str, str]]:
    """Yield the lines of a work's best record, then of its other records."""
    paper = work.best
    others = [other for other in work.papers if other is not paper]
    other_references = [r._replace(version=None) for other in others for r in cited[other.id]]
    how = tuple(describe_references((*cited[paper.id], *other_references)))
    state = describe_state(_drop_links(paper, others))
    yield _BULLET, label_paper(paper)
    if isinstance(paper, Paper):
        yield _MARGIN, label_authors(paper)
        facts = (label_dates(paper), label_id(paper.id), paper.category, paper.venue)
        yield _MARGIN, _join_facts((*(fact for fact in facts if fact), *how))
        yield _MARGIN, _join_facts(state)
    else:
        yield _MARGIN, _join_facts((*how, *state))
    if paper.url:
        yield _MARGIN, paper.url
    for other in others:
        yield _MARGIN, _join_facts(_describe_record(other, cited[other.id]))
        if other.url:
            yield _MARGIN, other.url


def _drop_links(paper: Lookup, others: Iterable[Lookup]) -> Lookup:
    """Return a paper without the links to records that are listed below it."""
    listed = {other.id for other in others}
    return replace(paper, same_as=tuple(id_ for id_ in paper.same_as if id_ not in listed))


def _describe_record(paper: Lookup, references: Iterable[Reference]) -> Iterator[str]:
    """Yield the facts of another record of a work."""
    yield f"also {label_id(paper.id)}"
    if versions := list_cited_versions(references):
        yield f"cited: {', '.join(versions)}"
    if not isinstance(paper, Paper) or paper.withdrawn:
        yield next(describe_state(paper))


def _join_facts(facts: Iterable[str]) -> str:
    return _SEPARATOR.join(fact for fact in facts if fact)


WRITER = _Text()
