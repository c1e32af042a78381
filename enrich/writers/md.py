"""`-f md`: a reading list in Markdown: talks in order of start, by month, each with its papers.

Talks are sorted by start, so only the title is written before the last talk is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, tzinfo
from itertools import groupby

from enrich.identity import Work, group_works
from enrich.model import AnnotatedTalk, Document, Reference, Talk
from enrich.paper import Lookup, Paper
from enrich.text.terminal import printable
from enrich.text.tex import plain
from enrich.text.tidy import tidy
from enrich.text.times import label_time, to_instant, to_zone
from enrich.writers._labels import (
    describe_news,
    describe_origin,
    has_vanished,
    label_authors,
    label_dates,
    label_decision,
    label_id,
    list_cited_versions,
    locate_notice,
)

# Characters that CommonMark could read as markup.
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])|&(?=[#a-zA-Z])")
_BULLET = re.compile(r"^\s*(?:[-*+•·]|\d{1,3}[.)])\s+")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_UNSAFE_IN_LINK = re.compile(r"[()<>\s\\]")
_AROUND_LINK = frozenset(' \t\n\r\f\v\xa0<>()[]"')
_ADDRESS = re.compile(r"https?://[^\s<>()\[\]\"]{0,2000}")
_TARGET = re.compile(r" \(https?://[^\s()]{1,2000}\)")
_MAX_SHOWN_CHARS = 300
"""Limit of an address that is the text of a link."""
_MIN_QUOTE_CHARS = len("see also here")
"""A paragraph this short has only the link, and is not quoted."""


class _Markdown:
    suffixes = (".md", ".markdown")
    writes_notices = True

    def write(self, document: Document) -> Iterator[str]:
        """Yield the list, one piece per talk."""
        yield "# Reading list\n"
        zone = document.zone
        talks = sorted(
            document.talks, key=lambda talk: _month_sort_key(talk.talk.shown_start, zone)
        )
        for month, group in groupby(
            talks, key=lambda talk: _name_month(talk.talk.shown_start, zone)
        ):
            yield f"\n## {month}\n"
            for talk in group:
                yield printable("\n" + "\n".join(_render_talk_section(talk, zone)) + "\n")
        for number, notice in enumerate(document.notices):
            if number == 0:
                yield "\n## Notices\n\n"
            where = ", ".join(map(_escape, locate_notice(notice)))
            yield printable(f"- {where + ': ' if where else ''}{_escape(notice.message)}\n")


def list_papers(papers: Iterable[Lookup]) -> Iterator[str]:
    """Yield a list of papers without talks."""
    yield "# Papers\n\n"
    for work in group_works(papers):
        yield printable("\n".join(_render_work(work, [], None)) + "\n")


def _month_sort_key(
    start: datetime | date | None, zone: tzinfo | None
) -> tuple[int, int, datetime]:
    """Return a sort key: the shown year and month, then the instant.

    Talks without a start come last.
    """
    if start is None:
        return 10_000, 0, datetime.max.replace(tzinfo=UTC)
    shown = to_zone(start, zone) if isinstance(start, datetime) else start
    return shown.year, shown.month, to_instant(start, zone or UTC)


def _name_month(start: datetime | date | None, zone: tzinfo | None) -> str:
    if start is None:
        return "Without a date"
    year, month, _ = _month_sort_key(start, zone)
    return f"{_MONTHS[month - 1]} {year:04}"


def _render_talk_section(annotated: AnnotatedTalk, zone: tzinfo | None) -> Iterator[str]:
    talk = annotated.talk
    yield f"### {_escape(plain(talk.title or 'Untitled talk'))}"
    yield ""
    vanished = ["**no longer in its feed**"] if has_vanished(annotated) else []
    yield " · ".join([*vanished, *_list_facts(talk, zone)])
    if news := "; ".join(map(_escape, describe_news(annotated))):
        yield ""
        yield f"**New:** {news}"
    if annotated.papers:
        yield ""
    for work in group_works(annotated.papers.values()):
        ids = {paper.id for paper in work.papers}
        yield from _render_work(work, [r for r in annotated.references if r.paper in ids], talk)


def _list_facts(talk: Talk, zone: tzinfo | None) -> Iterator[str]:
    if talk.status in {"cancelled", "postponed"}:
        yield f"**{talk.status}**"
    if talk.shown_start:
        yield _escape(label_time(talk.shown_start, zone))
    if talk.speaker:
        affiliation = f" ({_escape(talk.speaker_affiliation)})" if talk.speaker_affiliation else ""
        yield f"**{_escape(talk.speaker)}**{affiliation}"
    if talk.series:
        yield _escape(talk.series)
    if talk.room:
        yield _escape(talk.room)
    if talk.url:
        yield _link("talk page", talk.url)


def _render_work(work: Work, cited: list[Reference], talk: Talk | None) -> Iterator[str]:
    """Render a work's best record, with links to the other records."""
    paper = work.best
    others = [_link_record(other, cited) for other in work.papers if other is not paper]
    if isinstance(paper, Paper):
        withdrawn = " **withdrawn**" if paper.withdrawn else ""
        yield f"- {_link(plain(paper.title), paper.url)}{withdrawn}  "
        facts = (_escape(fact) for fact in _list_paper_facts(paper, cited) if fact)
        pdf = next((p.pdf for p in (paper, *work.papers) if p.pdf), None)
        yield "  " + " · ".join([*facts, *others, *([_link("PDF", pdf)] if pdf else [])])
    else:
        name = label_id(paper.id)
        shown = _link(name, paper.url) if paper.url else _escape(name)
        state = "no such paper" if paper.status == "not_found" else "not looked up"
        yield f"- {' · '.join([shown, *others])}  "
        yield f"  {state}: {_escape(paper.message)}"
    if talk and (quoted := _quote_paragraph(cited, talk)):
        yield ""
        yield f"  > {quoted}"
        yield ""


def _list_paper_facts(paper: Paper, cited: list[Reference]) -> Iterator[str | None]:
    yield label_authors(paper)
    yield label_dates(paper)
    yield _name_cited(paper, cited)
    yield paper.category
    yield paper.venue or (paper.published_as.venue if paper.published_as else None)
    yield label_decision(paper)
    yield from describe_origin(paper)


def _link_record(paper: Lookup, cited: list[Reference]) -> str:
    """Return a link to another record of a work, with its versions and state."""
    name = _name_cited(paper, cited)
    shown = _link(name, paper.url) if paper.url else _escape(name)
    return f"{shown} **withdrawn**" if isinstance(paper, Paper) and paper.withdrawn else shown


def _name_cited(paper: Lookup, cited: list[Reference]) -> str:
    """Return a paper's id as people write it, with the cited versions."""
    versions = list_cited_versions(r for r in cited if r.paper == paper.id)
    name = label_id(paper.id)
    return f"{name} (cited: {', '.join(versions)})" if versions else name


def _quote_paragraph(cited: list[Reference], talk: Talk) -> str:
    """Return the paragraph that cites the paper, without the link itself."""
    for reference in cited:
        if reference.field == "abstract" and talk.abstract:
            start, end = reference.context
            left, right = _find_link_span(talk.abstract, reference)
            before, after = talk.abstract[start:left], talk.abstract[right:end]
            text = tidy(f"{before.rstrip('[(< ')} {after.lstrip('])> ')}")
            text = _BULLET.sub("", text)
            if len(text) > _MIN_QUOTE_CHARS:
                return _escape(text)
    return ""


def _find_link_span(text: str, reference: Reference) -> tuple[int, int]:
    """Return the span of the whole link that holds a reference.

    The link of a redirect holds the paper's address, and `T (U)` is a link whose text is an address.
    """
    left, right = reference.start, reference.end
    key = reference.paper.key
    while left > 0 and text[left - 1] not in _AROUND_LINK:
        left -= 1
    if not text.startswith(("http://", "https://"), left):
        left = reference.start
    elif (rest := _ADDRESS.match(text, left)) is not None:
        right = max(right, left + len(rest[0].rstrip(".,;:!?")))
    if (target := _TARGET.match(text, right)) is not None and key in target[0]:
        right = target.end()
    if text.endswith(" (", 0, left):
        shown = text[max(0, left - _MAX_SHOWN_CHARS) : left - 2]
        word = shown[max(map(shown.rfind, " \n")) + 1 :]
        if key in word and word.startswith(("http://", "https://")):
            left -= len(word) + 2
    return left, right


def _link(label: str, url: str) -> str:
    safe = _UNSAFE_IN_LINK.sub(lambda m: "".join(f"%{b:02X}" for b in m[0].encode()), url)
    return (
        f"[{_escape(label)}]({safe})"
        if safe.startswith(("https://", "http://"))
        else _escape(label)
    )


def _escape(text: str) -> str:
    text = _SPECIAL.sub(lambda m: "\\" + m[0], tidy(text))
    digits = len(text) - len(text.lstrip("0123456789"))
    if (mark := text[digits : digits + 1]) and mark in (".)" if digits else "#+-="):
        return f"{text[:digits]}\\{text[digits:]}"  # otherwise read as a list, a heading or a rule
    return text


WRITER = _Markdown()
