r"""`-f ics`: the same calendar with the papers' titles added. Streams talks.

The paper's title is inserted before each of its addresses in DESCRIPTION: `"Title": https://…`. Each
paper gets a LINK property (RFC 9253) with the title as LABEL and `DERIVED=TRUE` (RFC 9073). A second run
recognizes these and changes nothing. Everything else stays as in the feed. A talk that is not from a
calendar becomes an event made of its fields.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from enrich.identity import group_works
from enrich.model import AnnotatedTalk, Document, Reference, Talk
from enrich.paper import Lookup, Paper, PaperId
from enrich.text.content_lines import (
    decode_parameter,
    encode_parameter,
    escape_value,
    fold_line,
    split_content_line,
    unescape_value,
)
from enrich.text.html import is_html
from enrich.text.terminal import drop_unsafe
from enrich.text.tex import plain
from enrich.text.tidy import tidy
from enrich.writers._calendar import list_event_lines, list_head_lines, make_description
from enrich.writers._labels import describe_news, find_remark, label_id

_RELATION = "http://purl.org/spar/cito/cites"
"""An extension relation type (RFC 8288 §2.1.2): `cites` alone is not registered."""
_LINK_MARKS = (";DERIVED=TRUE", f';LINKREL="{_RELATION}"')
"""Parameters of the LINK properties that this writer adds."""
_NEWS_PREFIX = "X-ENRICH-NEW:"
"""Prefix of a line with a reason why the talk is new since an earlier output."""
_LABEL = re.compile(r';LABEL=(?:"([^"]*)"|([^";:,]*))')
_TZID = re.compile(r';TZID=(?:"([^"]*)"|([^";:,]*))', re.IGNORECASE)
_INSERTED_TITLE = re.compile(r'"[^"]*": ')
"""An inserted title; it has no quotation mark inside."""
_PLAIN_TEXT_PREFIX = 'Title: <a href="'
"""Prefix of researchseminars.org's descriptions: plain text despite the tag."""
_MAX_PREFIX_CHARS = 2000
_REDIRECT = re.compile(r"https?://[^\s\"'<>()\[\]]{1,1900}\Z", re.IGNORECASE)
"""Start of a URL that wraps another URL."""
_SCHEME = re.compile(r"\b(?:doi|arxiv)[ ]?:[ ]?\Z", re.IGNORECASE)
_TAG = re.compile(
    r"<a\s[^<>]{0,400}?href\s?=\s?[\"']?\Z|<[a-z][^<>\"]{0,400}=\s?\"\Z|<\Z", re.IGNORECASE
)
_MARKDOWN = re.compile(r"\[[^\[\]\n]{1,300}\]\(\Z")


class _Link(NamedTuple):
    """LINK property that this writer adds."""

    url: str
    title: str


class _Ics:
    suffixes = (".ics",)
    needs = frozenset({"raw", "raw_references"})

    def raw_text(self, talk: Talk) -> str:
        """Return the unescaped text of the event's DESCRIPTION."""
        lines = list_event_lines(talk)
        number = _find_description(lines)
        return "" if number is None else _read_description(lines[number])

    def write(self, document: Document) -> Iterator[str]:
        """Yield the head of the calendar, then each event.

        A zone is written before the first event that uses it; unused zones are written at the end. This
        lets several feeds be streamed, and makes the output stable.
        """
        zones: dict[str, list[str] | None] = {}  # None: written
        last_head: bytes | None = None
        begun = False
        for annotated in document.talks:
            feed = annotated.talk.feed
            if not begun or feed.head != last_head:
                own, more = list_head_lines(feed.head, feed.name)
                if not begun:
                    yield _fold_lines(["BEGIN:VCALENDAR", *own])
                for lines in more:
                    zones.setdefault(_find_zone_name(lines), lines)
                begun, last_head = True, feed.head
            lines = _enrich_event(annotated)
            for name in _find_zones_used(lines):
                if (zone := zones.get(name)) is not None:
                    zones[name] = None
                    yield _fold_lines(zone)
            yield _fold_lines(lines)
        if not begun:
            remark = find_remark(document.notices)
            description = (
                [f"X-WR-CALDESC:{escape_value(tidy(drop_unsafe(remark)))}"] if remark else []
            )
            head = list_head_lines(None, None)[0]
            yield _fold_lines(["BEGIN:VCALENDAR", *head, *description])
        for unused in zones.values():
            if unused is not None:
                yield _fold_lines(unused)
        yield _fold_lines(["END:VCALENDAR"])


def _fold_lines(lines: Iterable[str]) -> str:
    return "".join(map(fold_line, lines))


def _find_zone_name(lines: Iterable[str]) -> str:
    for line in lines:
        parts = split_content_line(line)
        if parts is not None and parts.name == "TZID":
            return parts.value.strip()
    return ""


def _find_zones_used(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if "TZID=" in line.upper() and (parts := split_content_line(line)) is not None:
            for found in _TZID.finditer(parts.head):
                yield (found[1] or found[2] or "").strip()


def _enrich_event(annotated: AnnotatedTalk) -> list[str]:
    """Return the event's lines with the titles of its papers."""
    lines = list_event_lines(annotated.talk)
    earlier_links = {
        number: link for number, line in enumerate(lines) if (link := _parse_link(line))
    }
    earlier = {link.url: link.title for link in earlier_links.values()}
    number = _find_description(lines)
    references = annotated.raw_references
    if number is not None:
        text = _read_description(lines[number])
        if references is None:
            references = _shift_references(annotated, text)
        titles = _list_titles(annotated.papers)
        titled = _add_titles(text, references, titles, earlier.values())
        if titled != text:
            lines[number] = _find_head(lines[number]) + escape_value(titled)
    kept = [
        line
        for at, line in enumerate(lines)
        if at not in earlier_links and not line.startswith(_NEWS_PREFIX)
    ]
    place = _find_end_of_properties(kept)
    links = map(_format_link_line, _list_paper_links(annotated, earlier))
    news = (
        _NEWS_PREFIX + escape_value(tidy(drop_unsafe(reason)))
        for reason in describe_news(annotated)
    )
    return [*kept[:place], *links, *news, *kept[place:]]


def _find_head(line: str) -> str:
    parts = split_content_line(line)
    return parts.head if parts else ""


def _find_description(lines: Iterable[str]) -> int | None:
    """Return the number of the event's first DESCRIPTION, if it is a plain TEXT value."""
    depth = 0
    for number, line in enumerate(lines):
        parts = split_content_line(line)
        if parts is None:
            continue
        if parts.name in {"BEGIN", "END"}:
            depth += 1 if parts.name == "BEGIN" else -1
        elif parts.name == "DESCRIPTION" and depth == 1:
            head = parts.head.upper()
            return None if "ENCODING" in head or "QUOTED-PRINTABLE" in head else number
    return None


def _read_description(line: str) -> str:
    parts = split_content_line(line)
    return unescape_value(parts.value) if parts else ""


def _find_end_of_properties(lines: list[str]) -> int:
    """Return the number of the first line after the event's own properties."""
    for number, line in enumerate(lines[1:], 1):
        if line[:6].upper() == "BEGIN:":
            return number
    return len(lines) - 1


def _shift_references(annotated: AnnotatedTalk, text: str) -> tuple[Reference, ...]:
    """Return the abstract's references, shifted to offsets in the generated description."""
    talk = annotated.talk
    made = make_description(talk)
    if talk.raw is not None or not talk.abstract or text != made:
        return ()
    shift = len(made) - len(talk.abstract)
    return tuple(
        r._replace(start=r.start + shift, end=r.end + shift)
        for r in annotated.references
        if r.field == "abstract"
    )


# --- titles in the description ----------------------------------------------------------------------


def _list_titles(papers: Mapping[PaperId, Lookup]) -> dict[PaperId, str]:
    """Return the text to insert for each paper: the title of its work."""
    works = group_works(papers.values())
    return {paper.id: _format_title(work.best) for work in works for paper in work.papers}


def _format_title(paper: Lookup) -> str:
    r"""Return a paper's title to insert; empty if it is not known.

    Quotation marks are replaced, because they end a parameter; `\` is removed, because ical.js reads it
    as an escape.
    """
    if not isinstance(paper, Paper):
        return ""
    return _clean_label(plain(paper.title) + (" (withdrawn)" if paper.withdrawn else ""))


def _format_record(paper: Lookup) -> str:
    """Return the id of another record of a work; empty if it is not resolved."""
    if not isinstance(paper, Paper):
        return ""
    return _clean_label(label_id(paper.id) + (" (withdrawn)" if paper.withdrawn else ""))


def _clean_label(text: str) -> str:
    text = drop_unsafe(text).replace("\\", "")
    return decode_parameter(encode_parameter(text)[1:-1])


def _add_titles(
    text: str,
    references: Iterable[Reference],
    titles: Mapping[PaperId, str],
    earlier: Iterable[str],
) -> str:
    """Return the text with each paper's title before its address."""
    as_html = is_html(text) and not text.startswith(_PLAIN_TEXT_PREFIX)

    def quote(title: str) -> str:
        return f'"{html.escape(title, quote=False) if as_html else _break_tags(title)}": '

    inserted = _InsertedTitles(text, {quote(title) for title in earlier if title})
    pieces: list[str] = []
    at, last = 0, -1
    for reference in references:
        title = titles.get(reference.paper)
        is_self_contained = reference.form == "doi" or reference.exact[:1].isalpha()
        if not title or not is_self_contained or inserted.overlap(reference.start, reference.end):
            continue  # a bare id needs its prefix, so nothing may be inserted before it
        place = _find_place(text, reference.start)
        start = inserted.start_of(place)
        if start < at or place == last:
            continue  # nested URLs share one inserted title
        last = place
        if start == place and _ends_with_title(text[at:place], title):
            continue
        pieces += [text[at:start], quote(title)]
        at = place
    return "".join([*pieces, text[at:]])


def _break_tags(title: str) -> str:
    """Return a title without tags: in plain text they would make all of it HTML."""
    return title.replace("<", "< ") if is_html(title) else title


class _InsertedTitles:
    """Spans in a text of the titles that an earlier run inserted."""

    def __init__(self, text: str, marks: Collection[str]) -> None:
        found = [m.span() for m in _INSERTED_TITLE.finditer(text) if m[0] in marks] if marks else []
        self._starts = [start for start, _ in found]
        self._ends = [end for _, end in found]

    def overlap(self, start: int, end: int) -> bool:
        """Return whether a span overlaps one of them."""
        number = bisect_right(self._ends, start)
        return number < len(self._starts) and self._starts[number] < end

    def start_of(self, end: int) -> int:
        """Return the start of the inserted title that ends at `end`; otherwise `end`."""
        number = bisect_left(self._ends, end)
        return self._starts[number] if self._ends[number : number + 1] == [end] else end


def _find_place(text: str, start: int) -> int:
    """Return the offset for a title: before the address and its prefixes.

    A prefix is a URL that wraps the address, a scheme, the start of a tag or a Markdown label.
    """
    window = max(0, start - _MAX_PREFIX_CHARS)
    for prefix in (_REDIRECT, _SCHEME, _TAG, _MARKDOWN):
        if (found := prefix.search(text, window, start)) is not None:
            start = found.start()
    return start


def _ends_with_title(before: str, title: str) -> bool:
    """Return whether the text before the address already ends with the title."""
    end = (
        before[-len(title) - 16 :].rstrip(" \t\n\"'\u201d\u2019\xbb:;,.(<[-\u2013\u2014").casefold()
    )
    return end.endswith(title.casefold())


# --- LINK properties --------------------------------------------------------------------------------


def _parse_link(line: str) -> _Link | None:
    if line[:5].upper() != "LINK;" or (parts := split_content_line(line)) is None:
        return None
    label = _LABEL.search(parts.head)
    if label is None or not all(mark in parts.head for mark in _LINK_MARKS):
        return None
    return _Link(parts.value, decode_parameter(label[1] or label[2] or ""))


def _format_link_line(link: _Link) -> str:
    return (
        f'LINK;DERIVED=TRUE;LINKREL="{_RELATION}";LABEL={encode_parameter(link.title)}'
        f";VALUE=URI:{link.url}"
    )


def _list_paper_links(annotated: AnnotatedTalk, earlier: Mapping[str, str]) -> Iterator[_Link]:
    """Yield a link for each resolved paper; links of an earlier run come first, in order.

    A work's best record is labeled with the title, its other records with their ids.
    """
    titles: dict[str, str] = dict(earlier)
    texts = {"abstract": annotated.talk.abstract or "", **dict(annotated.talk.texts)}
    marks = {
        f'"{form}": ' for title in earlier.values() if title for form in (title, _break_tags(title))
    }
    spans = {field: _InsertedTitles(text, marks) for field, text in texts.items()}
    named = [
        r.paper
        for r in annotated.references
        if r.field not in spans or not spans[r.field].overlap(r.start, r.end)
    ]
    found = [paper for id_ in dict.fromkeys(named) if (paper := annotated.papers.get(id_))]
    for work in group_works(found):
        for paper in (work.best, *(p for p in work.papers if p is not work.best)):
            url = "".join(drop_unsafe(paper.url or "").split())
            title = _format_title(paper) if paper is work.best else _format_record(paper)
            if title and url.startswith(("https://", "http://")):
                titles[url] = title
    return (_Link(url, title) for url, title in titles.items())


WRITER = _Ics()
