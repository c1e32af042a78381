"""`-f md`: a reading list in Markdown: each talk, then its papers with authors, dates and context."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, tzinfo

from enrich.model import AnnotatedTalk, Document, Reference, Talk
from enrich.paper import Lookup, Paper
from enrich.text.terminal import printable
from enrich.text.tex import plain
from enrich.text.tidy import tidy
from enrich.text.times import to_zone

# What CommonMark could take for markup; a line is never begun by text of a feed.
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])|&(?=[#a-zA-Z])")
_BULLET = re.compile(r"^\s*(?:[-*+•·]|\d{1,3}[.)])\s+")
_UNSAFE_IN_LINK = re.compile(r"[()<>\s\\]")


class _Markdown:
    suffixes = (".md", ".markdown")
    writes_notices = True

    def write(self, document: Document) -> Iterator[str]:
        yield "# Reading list\n"
        for talk in document.talks:
            yield printable("\n" + "\n".join(_talk(talk, document.zone)) + "\n")
        for number, notice in enumerate(document.notices):
            if number == 0:
                yield "\n## Notices\n\n"
            facts = (notice.feed, notice.event, notice.line and f"line {notice.line}")
            where = ", ".join(_text(fact) for fact in facts if fact)
            yield printable(f"- {where + ': ' if where else ''}{_text(notice.message)}\n")


def _talk(annotated: AnnotatedTalk, zone: tzinfo | None) -> Iterator[str]:
    talk = annotated.talk
    yield f"## {_text(plain(talk.title or 'Untitled talk'))}"
    yield ""
    yield " · ".join(_facts(talk, zone))
    if annotated.papers:
        yield ""
    for id_, paper in annotated.papers.items():
        cited = [r for r in annotated.references if r.paper == id_]
        yield from _paper(paper, cited, talk)


def _facts(talk: Talk, zone: tzinfo | None) -> Iterator[str]:
    if talk.status == "cancelled":
        yield "**cancelled**"
    if talk.start_time:
        yield _when(talk.start_time, zone)
    if talk.speaker:
        affiliation = f" ({_text(talk.speaker_affiliation)})" if talk.speaker_affiliation else ""
        yield f"**{_text(talk.speaker)}**{affiliation}"
    if talk.series:
        yield _text(talk.series)
    if talk.room:
        yield _text(talk.room)
    if talk.url:
        yield _link("talk page", talk.url)


def _when(time: datetime | date, zone: tzinfo | None) -> str:
    if not isinstance(time, datetime):
        return time.isoformat()
    if time.tzinfo is None:
        return f"{time:%Y-%m-%d %H:%M}"
    time = to_zone(time, zone)
    return f"{time:%Y-%m-%d %H:%M} {_text(time.tzname() or '')}".rstrip()


def _paper(paper: Lookup, cited: list[Reference], talk: Talk) -> Iterator[str]:
    versions = sorted({r.version for r in cited if r.version}, key=lambda v: int(v[1:]))
    name = f"arXiv:{paper.id.key}" if paper.id.source == "arxiv" else str(paper.id)
    if isinstance(paper, Paper):
        withdrawn = " **withdrawn**" if paper.withdrawn else ""
        yield f"- {_link(plain(paper.title), paper.url)}{withdrawn}  "
        authors = ", ".join(author.name for author in paper.authors) or (
            "authors hidden" if paper.authors_hidden else ""
        )
        dates = (paper.published or "") + (f", updated {paper.updated}" if paper.updated else "")
        as_cited = f"{name} (cited: {', '.join(versions)})" if versions else name
        facts = (authors, dates, as_cited, paper.category, paper.venue, f"via {paper.via}" if paper.via not in {None, "collection"} else "",
                 "an old record: its service did not answer" if paper.stale else "")  # fmt: skip
        yield "  " + " · ".join(_text(fact) for fact in facts if fact)
    else:
        shown = _link(name, paper.url) if paper.url else _text(name)
        yield f"- {shown}  "
        yield f"  {'no such paper' if paper.status == 'not_found' else 'not looked up'}: {_text(paper.message)}"
    if blurb := _blurb(cited, talk):
        yield ""
        yield f"  > {blurb}"
        yield ""


def _blurb(cited: list[Reference], talk: Talk) -> str:
    """The paragraph that cites the paper, without the link itself: why the speaker named it."""
    for reference in cited:
        if reference.field == "abstract" and talk.abstract:
            start, end = reference.context
            before, after = (
                talk.abstract[start : reference.start],
                talk.abstract[reference.end : end],
            )
            text = tidy(f"{before.rstrip('[(< ')} {after.lstrip('])> ')}")
            text = _BULLET.sub("", text)
            if len(text) > len("see also here"):
                return _text(text)
    return ""


def _link(label: str, url: str) -> str:
    safe = _UNSAFE_IN_LINK.sub(lambda m: "".join(f"%{b:02X}" for b in m[0].encode()), url)
    return f"[{_text(label)}]({safe})" if safe.startswith(("https://", "http://")) else _text(label)


def _text(text: str) -> str:
    return _SPECIAL.sub(lambda m: "\\" + m[0], tidy(text))


WRITER = _Markdown()
