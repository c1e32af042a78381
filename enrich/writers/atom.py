"""`-f atom`: an Atom feed (RFC 4287): an entry for each work, with the talks that name it.

Dates come from papers and talks, never from the clock. All papers are held in memory until the end.
"""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from enrich.identity import Work, group_works
from enrich.model import AnnotatedTalk, Document, Talk
from enrich.paper import Lookup, Paper, PaperId
from enrich.text.terminal import drop_unsafe
from enrich.text.tidy import tidy
from enrich.version import VERSION
from enrich.writers._labels import (
    describe_news,
    describe_state,
    find_remark,
    label_authors,
    label_dates,
    label_id,
    label_paper,
    label_speaker,
    label_talk,
)
from enrich.writers._totals import Totals

_UNKNOWN_TIME = "1970-01-01T00:00:00Z"
_NOT_XML = re.compile(r"[\ufffe\uffff]")
_NOT_IN_IRI = re.compile(r"[^!#-;=?-\[\]_a-z~%\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]")
_SCHEMES = ("https://", "http://")


class _Mention(NamedTuple):
    """A talk that names a work."""

    label: str
    url: str
    start: str
    """The talk's start as an Atom time; empty if unknown."""
    news: tuple[str, ...]
    """Reasons why the talk, or the paper in it, is new since an earlier output."""


class _Atom:
    suffixes = (".atom",)

    def write(self, document: Document) -> Iterator[str]:
        """Yield the head of the feed, then an entry for each work."""
        totals = Totals()
        mentions: dict[PaperId, list[_Mention]] = {}
        name = ""
        for annotated in totals.counting(document.talks):
            name = name or tidy(drop_unsafe(annotated.talk.feed.name or ""))
            _collect_mention(annotated, mentions)
        papers = totals.papers(document)
        entries = [
            (work, _join_mentions(mentions.get(paper.id, ()) for paper in work.papers))
            for work in group_works(papers.values())
        ]
        updated = max((_find_updated(*entry) for entry in entries), default=_UNKNOWN_TIME)
        yield '<?xml version="1.0" encoding="utf-8"?>\n'
        yield '<feed xmlns="http://www.w3.org/2005/Atom">\n'
        yield _format_element("title", _make_title(name, has_talks=bool(mentions)))
        if remark := find_remark(document.notices):
            yield _format_element("subtitle", remark)
        yield _format_element("id", _make_urn(f"feed:{name}"))
        yield _format_element("updated", updated)
        yield f"<author>{_format_element('name', name or 'enrich', end='')}</author>\n"
        yield _format_element("generator", "enrich", f'version="{_escape_xml(VERSION)}"')
        used: set[str] = set()
        for entry in entries:
            yield _format_entry(*entry, used)
        yield "</feed>\n"


def _make_title(name: str, *, has_talks: bool) -> str:
    if name:
        return f"Papers of {name}"
    return "Papers of talks" if has_talks else "Papers"


def _collect_mention(annotated: AnnotatedTalk, mentions: dict[PaperId, list[_Mention]]) -> None:
    talk = annotated.talk
    if not (talk.title or talk.speaker or talk.url or talk.shown_start):  # a paper without talk
        return
    facts = (label_talk(talk), label_speaker(talk), tidy(_format_day(talk)))
    label = " · ".join(fact for fact in facts if fact)
    place, start = _encode_address(talk.url), _format_start(talk.shown_start)
    for id_ in annotated.papers:
        news = tuple(describe_news(annotated, id_))
        mentions.setdefault(id_, []).append(_Mention(label, place, start, news))


def _join_mentions(mentions: Iterable[Iterable[_Mention]]) -> list[_Mention]:
    """Return the talks that name any record of a work, each once."""
    return list(dict.fromkeys(mention for of_one in mentions for mention in of_one))


def _format_entry(work: Work, mentions: Sequence[_Mention], used: set[str]) -> str:
    """Return the entry of a work; the earliest record gives its stable id."""
    paper = work.best
    id_ = _encode_address(work.earliest.url)
    if not id_ or id_ in used:
        id_ = _make_urn(work.earliest.id)
    used.add(id_)
    parts = ["<entry>\n", _format_element("title", label_paper(paper)), _format_element("id", id_)]
    parts.append(_format_element("updated", _find_updated(work, mentions)))
    if isinstance(paper, Paper):
        if paper.published:
            parts.append(_format_element("published", _complete_date(paper.published)))
        names = [name for author in paper.authors if (name := tidy(drop_unsafe(author.name)))]
        parts += [f"<author>{_format_element('name', name, end='')}</author>\n" for name in names]
        if paper.category:
            parts.append(f'<category term="{_escape_xml(tidy(paper.category))}"/>\n')
    parts += _list_record_links(work)
    parts += [
        _format_link_element("related", mention.url, f'title="{_escape_xml(mention.label)}"')
        for mention in {m.url: m for m in mentions if m.url}.values()
    ]
    parts.append(
        _format_element("summary", "\n".join(_list_summary(paper, mentions)), 'type="text"')
    )
    return "".join([*parts, "</entry>\n"])


def _list_record_links(work: Work) -> Iterator[str]:
    """Yield the links to a work's page and PDF, then to its other records."""
    if url := _encode_address(work.best.url):
        yield _format_link_element("alternate", url)
    pdfs = (_encode_address(paper.pdf) for paper in (work.best, *work.papers))
    if pdf := next(filter(None, pdfs), ""):
        yield _format_link_element("related", pdf, 'type="application/pdf" title="PDF"')
    for paper in work.papers:
        if paper is not work.best and (url := _encode_address(paper.url)):
            withdrawn = " (withdrawn)" if isinstance(paper, Paper) and paper.withdrawn else ""
            title = _escape_xml(tidy(label_id(paper.id)) + withdrawn)
            yield _format_link_element("related", url, f'title="{title}"')


def _list_summary(paper: Lookup, mentions: Iterable[_Mention]) -> Iterator[str]:
    facts: list[str | None] = []
    if isinstance(paper, Paper):
        facts = [label_authors(paper), label_dates(paper), label_id(paper.id), paper.venue]
    yield " · ".join(tidy(fact) for fact in (*facts, *describe_state(paper)) if fact)
    for mention in mentions:
        yield f"Talk: {mention.label}"
    for reason in dict.fromkeys(reason for mention in mentions for reason in mention.news):
        yield f"New: {tidy(reason)}"


def _find_updated(work: Work, mentions: Iterable[_Mention]) -> str:
    """Return the newest date of a work's records, otherwise of the talks that name it."""
    known = [p.updated or p.published for p in work.papers if isinstance(p, Paper)]
    dates = [_complete_date(date) for date in known if date]
    return max(dates or [m.start for m in mentions if m.start], default=_UNKNOWN_TIME)


def _complete_date(text: str) -> str:
    """Return YYYY, YYYY-MM or YYYY-MM-DD as a time; unknown parts are 01."""
    return text + "-01-01"[len(text) - 4 :] * (len(text) < 10) + "T00:00:00Z"


def _format_start(time: datetime | date | None) -> str:
    """Return a time in UTC; a time without a zone counts as UTC."""
    if time is None:
        return ""
    if not isinstance(time, datetime):
        return _complete_date(time.isoformat())
    try:
        time = time.astimezone(UTC) if time.tzinfo else time
    except OverflowError:  # the years 1 and 9999
        time = time.replace(tzinfo=None)
    return time.isoformat()[: len("2022-02-18T18:00:00")] + "Z"


def _format_day(talk: Talk) -> str:
    return talk.shown_start.isoformat()[:10] if talk.shown_start else ""


def _make_urn(text: str) -> str:
    """Derive an id from a text; it is the same on every machine."""
    return uuid.uuid5(uuid.NAMESPACE_URL, drop_unsafe(text)).urn


def _encode_address(url: str | None) -> str:
    """Return an address encoded for Atom; empty if it is not http(s)."""
    if not url or not url.lower().startswith(_SCHEMES):
        return ""
    whole = url.encode("utf-8", "replace").decode()
    return _NOT_IN_IRI.sub(lambda m: "".join(f"%{b:02X}" for b in m[0].encode()), whole)


def _format_link_element(relation: str, url: str, more: str = "") -> str:
    return f'<link rel="{relation}" href="{_escape_xml(url)}"{" " * bool(more)}{more}/>\n'


def _format_element(name: str, text: str, attributes: str = "", end: str = "\n") -> str:
    return f"<{name}{' ' * bool(attributes)}{attributes}>{_escape_xml(text)}</{name}>{end}"


def _escape_xml(text: str) -> str:
    return html.escape(_NOT_XML.sub("", drop_unsafe(text).replace("\t", " ")))


WRITER = _Atom()
