"""Entries of a page: talks with papers, papers with talks, unresolved papers, notices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, tzinfo

from enrich.identity import Work
from enrich.model import AnnotatedTalk, Notice, Reference, Talk
from enrich.paper import Lookup, Paper, PaperId, Publication
from enrich.text.tidy import tidy
from enrich.text.times import format_time, to_zone
from enrich.text.web import doi_url
from enrich.writers._coins import make_context_object
from enrich.writers._csl_item import find_publication
from enrich.writers._labels import (
    describe_news,
    describe_origin,
    describe_references,
    describe_state,
    has_vanished,
    label_id,
    locate_notice,
)
from enrich.writers._page.contents import Contents, series_of, tick_key
from enrich.writers._page.dates import format_start
from enrich.writers._page.elements import EMPTY, Html, Part, join, link, show_text, tag
from enrich.writers._page.order import first_date, last_change
from enrich.writers._segments import segments

SEPARATOR = " · "
_FREQUENCY = re.compile(r"(?i)(?:^|;)\s*FREQ\s*=\s*(DAILY|WEEKLY|MONTHLY|YEARLY)")
_BULLET = re.compile(r"^\s*(?:[-*+•·]|\d{1,3}[.)])\s+")
_ITEM = re.compile(r"\n(?=[ \t]*(?:[-*+•·]|\d{1,3}[.)])\s)")
_CLOSING = ".,;:!?…"
_OMITTED = "[…]"
_MAX_AUTHORS = 12
_MAX_NAME_CHARS = 120
_MAX_QUOTE_CHARS = 200
_MIN_QUOTE_CHARS = len("see also here")
"""A paragraph this short has only the link, and is not quoted."""


# --- talks ---------------------------------------------------------------------------------------


def render_talk(contents: Contents, number: int, ranks: str) -> Html:
    """Render a talk with its papers."""
    annotated = contents.talks[number]
    talk = annotated.talk
    papers = [_render_cited(contents, number, work) for work in contents.cited[number]]
    title = show_text(talk.title, "Untitled talk")
    heading = tag(
        "h3",
        link(title, talk.url),
        *(join([" ", tag("strong", state, class_="state")]) for state in _list_states(annotated)),
    )
    abstract = _render_abstract(contents, annotated)
    off = " off" if talk.status == "cancelled" else ""
    return tag(
        "article",
        tag(
            "a",
            _render_start(talk.shown_start, contents.zone),
            class_="when",
            title="Link to this talk",
            href="#" + contents.anchors[number],
        ),
        tag(
            "div",
            heading,
            _render_facts(_list_talk_facts(talk, contents.has_several_feeds)),
            _render_news(annotated),
            abstract,
            tag("ul", *papers, class_="papers") if papers else None,
        ),
        id=contents.anchors[number],
        class_=f"talk{off}",
        data_n=number,
        data_k=tick_key(talk),
        **_describe_talks(contents, (number,), ranks),
    )


def _list_states(annotated: AnnotatedTalk) -> Iterator[str]:
    talk = annotated.talk
    if has_vanished(annotated):
        yield "no longer in its feed"
    if talk.status:
        yield talk.status
    if talk.recurrence:
        found = _FREQUENCY.search(talk.recurrence)
        yield f"repeats {found[1].lower()}" if found else "repeats"


def _render_news(annotated: AnnotatedTalk) -> Html | None:
    """Render why a talk is new since an earlier output."""
    reasons = [show_text(reason) for reason in describe_news(annotated)]
    return tag("p", "New: ", "; ".join(reasons), class_="news") if reasons else None


def _list_talk_facts(talk: Talk, several: bool) -> Iterator[Part]:
    if speaker := show_text(talk.speaker):
        place = show_text(talk.speaker_affiliation)
        yield join([tag("b", speaker), f" ({place})" if place else None])
    yield show_text(talk.series) or (show_text(talk.feed.name) if several else "")
    yield show_text(talk.room)
    yield link("slides", talk.slides_link) if talk.slides_link else None
    yield link("video", talk.video_link) if talk.video_link else None


def _render_start(start: datetime | date | None, zone: tzinfo | None) -> Html:
    """Render a talk's start; the script adds the reader's local time to one in UTC."""
    if start is None:
        return Html("no date")
    instant = to_zone(start, UTC) if isinstance(start, datetime) else start
    return tag("time", format_start(start, zone), datetime=format_time(instant))


def _render_abstract(contents: Contents, annotated: AnnotatedTalk) -> Html | None:
    """Render the folded abstract, with titles in place of links."""
    text = annotated.talk.abstract
    if not text or not show_text(text):
        return None
    parts: list[Part] = []
    for piece, reference in segments(text, annotated.references):
        paper = reference and contents.papers.get(reference.paper)
        if paper:
            shown = show_text(paper.title) if isinstance(paper, Paper) else ""
            parts.append(link(shown or piece, paper.url))
        else:
            parts.append(piece)
    body = tag("p", *parts, class_="text")
    return tag("details", tag("summary", "Abstract"), body)


# --- papers --------------------------------------------------------------------------------------


def _render_cited(contents: Contents, number: int, id_: PaperId) -> Html:
    """Render a work that a talk names."""
    work, references = contents.works[id_], contents.cited[number][id_]
    title = _show_title(work.best)
    others = len(contents.naming[id_]) - 1
    elsewhere = tag("a", f"in {count_things(others, 'more talk')}", href=f"#{work.id}")
    return tag(
        "li",
        tag("h4", link(title, work.best.url), *_render_states(work)),
        _render_facts(_list_work_facts(work, references)),
        _render_quote(contents.talks[number].talk, references),
        _render_links(contents, work, [elsewhere] if others else []),
        data_k=_list_tick_keys(work),
    )


def render_work(contents: Contents, work: Work, ranks: str) -> Html:
    """Render a work with the talks that name it, its BibTeX entry, its ContextObject."""
    naming = contents.naming[work.id]
    abstract = next((p.abstract for p in work.papers if isinstance(p, Paper) and p.abstract), None)
    listed = [tag("li", *_render_mention(contents, number, work.id)) for number in naming]
    return tag(
        "article",
        tag("p", count_things(len(naming), "talk") if naming else None, class_="when"),
        tag(
            "div",
            tag("h3", link(_show_title(work.best), work.best.url), *_render_states(work)),
            _render_facts(_list_work_facts(work, ())),
            _render_links(contents, work),
            tag("ul", *listed, class_="talks") if listed else None,
            _render_more("Abstract", tag("p", abstract, class_="text")) if abstract else None,
            _render_more(
                "BibTeX", tag("pre", contents.bibtex[work.id], id=f"bib:{work.id}", tabindex=0)
            ),
            _render_coins(work),
        ),
        id=work.id,
        class_="paper",
        data_k=_list_tick_keys(work),
        **_describe_talks(contents, contents.naming[work.id], ranks),
    )


def render_unresolved(contents: Contents, work: Work, ranks: str) -> Html:
    """Render a work that could not be looked up: link, reason, talks."""
    listed = [
        tag("li", *_render_mention(contents, number, work.id))
        for number in contents.naming[work.id]
    ]
    return tag(
        "article",
        tag("p", count_things(len(contents.naming[work.id]), "talk"), class_="when"),
        tag(
            "div",
            tag("h3", link(_show_title(work.best), work.best.url)),
            _render_facts(describe_state(work.best)),
            tag("ul", *listed, class_="talks") if listed else None,
        ),
        id=work.id,
        class_="paper",
        **_describe_talks(contents, contents.naming[work.id], ranks),
    )


def _render_links(contents: Contents, work: Work, more: Iterable[Html] = ()) -> Html | None:
    """Render the links of a work; links that print hides come first."""
    others = [*_list_work_links(work), *more]
    pdf = next((paper.pdf for paper in (work.best, *work.papers) if paper.pdf), None)
    bibtex = tag("a", "BibTeX", href=f"#bib:{work.id}") if work.id in contents.bibtex else None
    first = join([link("PDF", pdf) if pdf else None, bibtex], SEPARATOR)
    if not first and not others:
        return None
    screen = tag("span", first, SEPARATOR if others else None, class_="screen") if first else None
    return tag("p", screen, *_separate(others), class_="links")


def _render_more(summary: str, body: Html) -> Html:
    return tag("details", tag("summary", summary), body)


def _render_coins(work: Work) -> Html:
    if not isinstance(work.best, Paper):
        return EMPTY
    others = [paper for paper in work.papers if paper is not work.best]
    return tag("span", class_="Z3988", title=make_context_object(work.best, others))


def _render_mention(contents: Contents, number: int, work: PaperId) -> Iterator[Part]:
    talk = contents.talks[number].talk
    yield tag(
        "a",
        show_text(talk.title, "Untitled talk", _MAX_NAME_CHARS),
        href="#" + contents.anchors[number],
    )
    start = (
        format_start(talk.shown_start, contents.zone).partition(",")[0]
        if talk.shown_start
        else None
    )
    facts = (
        show_text(talk.speaker, most=_MAX_NAME_CHARS),
        start,
        talk.status,
        *describe_references(contents.cited[number][work]),
    )
    yield from (SEPARATOR + fact for fact in facts if fact)


def _show_title(paper: Lookup) -> str:
    return (
        show_text(paper.title, label_id(paper.id))
        if isinstance(paper, Paper)
        else label_id(paper.id)
    )


def _render_states(work: Work) -> Iterator[Html]:
    """Yield the state to highlight beside a title."""
    paper = work.best
    words = []
    if not isinstance(paper, Paper):
        words = ["no such paper" if paper.status == "not_found" else "not looked up"]
    elif paper.withdrawn:
        words = ["withdrawn"]
    elif paper.decision == "retracted":
        words = ["retracted"]
    yield from (join([" ", tag("strong", word, class_="state")]) for word in words)


def _list_work_facts(work: Work, references: tuple[Reference, ...]) -> Iterator[Part]:
    """Yield authors, dates, venue and state of a work, and how a talk names it."""
    paper = work.best
    if not isinstance(paper, Paper):
        yield show_text(paper.message)
        yield from describe_references(references)
        return
    yield _render_authors(paper)
    yield _render_dates(work)
    category = show_text(paper.category)
    yield label_id(paper.id) + (f" [{category}]" if category else "")
    yield show_text(paper.venue)
    if paper.decision and not paper.withdrawn and paper.decision != "retracted":
        yield paper.decision.replace("_", " ")
    yield from describe_references(references)
    newest = paper.latest_version
    if newest and any(r.version and r.version != newest for r in references):
        yield f"newest: {newest}"
    yield from describe_origin(paper)


def _render_authors(paper: Paper) -> Html:
    names = [
        name for author in paper.authors if (name := show_text(author.name, most=_MAX_NAME_CHARS))
    ]
    shown = names if len(names) <= _MAX_AUTHORS + 1 else names[:_MAX_AUTHORS]
    if not shown and paper.authors_hidden:
        return Html("authors hidden")
    more = f" and {len(names) - len(shown)} more" if len(shown) < len(names) else None
    return join([", ".join(shown), more])


def _render_dates(work: Work) -> Html:
    """Render the first date of a work, and the date of its last change."""
    first, last = first_date(work), last_change(work)
    return join(
        [
            tag("time", first) if first else None,
            join(["changed ", tag("time", last)]) if last and last != first else None,
        ],
        ", ",
    )


def _list_work_links(work: Work) -> Iterator[Html]:
    """Yield links to the records of a work, and where it was published."""
    for paper in work.papers:
        if paper is not work.best:  # the title links to the best record
            withdrawn = " (withdrawn)" if isinstance(paper, Paper) and paper.withdrawn else ""
            yield link(label_id(paper.id) + withdrawn, paper.url)
    best = work.best
    published = find_publication(best, work.papers) if isinstance(best, Paper) else None
    if published:
        yield _link_publication(published)


def _link_publication(published: Publication) -> Html:
    place = show_text(published.venue, most=_MAX_NAME_CHARS)
    if published.year and str(published.year) not in place:
        place = f"{place} {published.year}".strip()
    address = published.url or (doi_url(published.doi) if published.doi else None)
    return link(f"published: {place}" if place else "published version", address)


def _render_quote(talk: Talk, references: Iterable[Reference]) -> Html | None:
    """Render the paragraph that names a paper, without the link itself."""
    texts = dict(talk.searched())
    for reference in references:
        if quoted := quote_context(texts.get(reference.field, ""), reference):
            return tag("blockquote", quoted)
    return None


def quote_context(text: str, reference: Reference) -> str:
    """Return the paragraph or list item of a reference, with "[…]" in place of its link.

    A link at either end is left out. A long paragraph is truncated around the link.
    """
    start, end = reference.context
    before = text[max(start, reference.start - 4 * _MAX_QUOTE_CHARS) : reference.start]
    after = text[reference.end : min(end, reference.end + 4 * _MAX_QUOTE_CHARS)]
    before = tidy(_BULLET.sub("", _ITEM.split(before)[-1])).rstrip("[(< ")
    after = tidy(_ITEM.split(after)[0]).lstrip("])> ")
    if len(before) + len(after) <= _MIN_QUOTE_CHARS:
        return ""
    room = max(_MAX_QUOTE_CHARS - len(after), _MAX_QUOTE_CHARS * 2 // 3)
    if len(before) > room:
        before = before[-room:]
        before = "…" + (before.partition(" ")[2] or before)
    room = max(_MAX_QUOTE_CHARS - len(before), 0)
    if len(after) > room:
        after = (after[:room].rpartition(" ")[0] or after[:room]) + "…"
    if not after.strip(_CLOSING):
        return before.rstrip(",;: ") + after
    if not before:
        return after.lstrip(_CLOSING + " ") if after[0] in _CLOSING else f"{_OMITTED} {after}"
    return f"{before} {_OMITTED}" + (after if after[0] in _CLOSING else f" {after}")


# --- talks, papers and notices ----------------------------------------------------------------------------------------


def render_notice(notice: Notice) -> Html:
    """Render a notice with its place."""
    where = ", ".join(show_text(fact) for fact in locate_notice(notice))
    return tag(
        "li", tag("b", where) if where else None, ": " if where else None, show_text(notice.message)
    )


def _describe_talks(contents: Contents, numbers: Sequence[int], ranks: str) -> dict[str, str]:
    """Return the script's attributes for filters and sorting: days, series, ranks."""
    days = [contents.days[number] for number in numbers]
    names = [series_of(contents.talks[number].talk) for number in numbers]
    return {
        "data_d": " ".join([day.isoformat() if day else "" for day in days]),
        "data_s": " ".join([str(contents.series.get(name, "-")) for name in names]),
        "data_o": ranks,
    }


def _render_facts(facts: Iterable[Part]) -> Html | None:
    parts = [*_separate(facts)]
    return tag("p", *parts, class_="facts") if parts else None


def _separate(facts: Iterable[Part]) -> Iterator[Html]:
    """Yield the nonempty facts, with a separator between them."""
    for n, fact in enumerate(fact for fact in facts if fact):
        yield join([SEPARATOR if n else None, fact])


def _list_tick_keys(work: Work) -> str:
    """Return all ids of a work, so that its tick is kept if `work.id` changes."""
    return " ".join(dict.fromkeys([str(work.id), *(str(paper.id) for paper in work.papers)]))


def count_things(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
