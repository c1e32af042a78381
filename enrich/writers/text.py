"""`-f text`: a reading list for a terminal: each talk, then its papers; wrapped, without markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Self

from enrich.model import AnnotatedTalk, Document, Reference, Talk
from enrich.paper import Lookup, Paper
from enrich.text.terminal import printable, wrap_columns
from enrich.text.tidy import tidy
from enrich.writers._labels import (
    describe_references,
    describe_state,
    group_references,
    label_authors,
    label_dates,
    label_id,
    label_paper,
    label_speaker,
    label_talk,
    label_time,
    locate_notice,
)

_DEFAULT_WIDTH = 80
_MIN_WIDTH = 24
_SEPARATOR = " · "


@dataclass(frozen=True, slots=True)
class _Text:
    width: int = _DEFAULT_WIDTH
    """Columns of the terminal."""

    suffixes = (".txt",)
    writes_notices = True
    options = ("width",)

    def with_options(self, *, width: int | None = None) -> Self:
        """Return a writer for a terminal of that many columns."""
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
            yield head + self._render([(2, line)])

    def _render(self, lines: Iterable[tuple[int, str]]) -> str:
        return "".join(
            " " * indent + part + "\n"
            for indent, line in lines
            for part in wrap_columns(printable(tidy(line)), self.width - indent)
        )


def _list_lines(annotated: AnnotatedTalk, zone: tzinfo | None) -> Iterator[tuple[int, str]]:
    """Yield the lines of a talk, each with its indent."""
    talk = annotated.talk
    yield 0, label_talk(talk)
    yield 0, _join_facts(_describe_talk(talk, zone))
    if talk.url:
        yield 0, talk.url
    cited = group_references(annotated)
    for id_, paper in annotated.papers.items():
        yield from _list_paper_lines(paper, cited[id_])


def _describe_talk(talk: Talk, zone: tzinfo | None) -> Iterator[str]:
    if talk.status:
        yield talk.status
    if talk.shown_start:
        yield label_time(talk.shown_start, zone)
    if talk.recurrence:
        yield "repeated"
    yield label_speaker(talk)
    yield from (text for text in (talk.series, talk.room) if text)


def _list_paper_lines(paper: Lookup, references: list[Reference]) -> Iterator[tuple[int, str]]:
    yield 2, f"* {label_paper(paper)}"
    how = tuple(describe_references(references))
    if isinstance(paper, Paper):
        yield 4, label_authors(paper)
        facts = (label_dates(paper), label_id(paper.id), paper.category, paper.venue)
        yield 4, _join_facts((*(fact for fact in facts if fact), *how))
        yield 4, _join_facts(describe_state(paper))
    else:
        yield 4, _join_facts((*how, *describe_state(paper)))
    if paper.url:
        yield 4, paper.url


def _join_facts(facts: Iterable[str]) -> str:
    return _SEPARATOR.join(fact for fact in facts if fact)


WRITER = _Text()
