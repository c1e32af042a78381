"""`-f html`: a web page to read and publish: one file that loads nothing and works without its script."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import ClassVar, Self

from msgspec import Struct

from enrich.document import HeadObject, encode
from enrich.identity import Work
from enrich.model import Document, notice_object, talk_object
from enrich.paper import paper_object
from enrich.version import VERSION
from enrich.writers._labels import find_remark
from enrich.writers._page.contents import Contents, collect_contents
from enrich.writers._page.dates import format_start
from enrich.writers._page.elements import Html, join, show_text, tag
from enrich.writers._page.entries import (
    SEPARATOR,
    count_things,
    render_notice,
    render_talk,
    render_unresolved,
    render_work,
)
from enrich.writers._page.order import SORTS, rank_talks, rank_works
from enrich.writers._page.script import SCRIPT
from enrich.writers._page.style import STYLE
from enrich.writers._page.timeline import list_points, render_chart, render_table, summarize

_MAX_NAME_CHARS = 80
_MAX_FEEDS = 12
_KEYS = (
    ("/", "filter"),
    ("j k", "next and previous entry"),
    ("o", "open or close the abstract"),
    ("c", "copy the entry's BibTeX"),
    ("x", "tick the entry as read, or not"),
    ("?", "these keys"),
)


@dataclass(frozen=True)
class _Page:
    suffixes: ClassVar[tuple[str, ...]] = (".html", ".htm")
    options: ClassVar[tuple[str, ...]] = ("title",)
    writes_notices: ClassVar[bool] = True
    title: str | None = None
    """Heading of the page; the feed's name unless given."""

    def with_options(self, *, title: str | None = None) -> Self:
        """Return a writer with a title."""
        return replace(self, title=title)

    def write(self, document: Document) -> Iterator[str]:
        """Yield the page, one piece per entry."""
        contents = collect_contents(document)
        sections = [*_list_sections(contents)]
        title = show_text(self.title) or _name_feeds(contents) or "Reading list"
        yield "<!doctype html>\n"
        yield '<html lang="en">\n'
        yield _render_head(title) + "\n<body>\n"
        yield tag("a", "Skip to the list", href="#main", class_="skip") + "\n"
        yield _render_header(title, contents, sections) + "\n"
        yield _render_tools(contents) + "\n" + _render_help() + "\n"
        yield '<main id="main">\n'
        yield _render_no_match() + "\n"
        for section in sections:
            yield f'<section id="{section.id}">\n'
            yield join([tag("h2", section.name), section.hint], "\n") + "\n"
            for piece in section.render():
                yield piece + "\n"
            yield "</section>\n"
        yield "</main>\n"
        yield _render_footer() + "\n"
        yield '<script type="application/json" id="data">'
        yield from map(_escape_json, _write_json(contents))
        yield "</script>\n</body>\n</html>\n"


@dataclass(frozen=True)
class _Section:
    """Section of the page, shown as one of its views."""

    id: str
    name: str
    render: Callable[[], Iterable[Html]]
    count: int | None = None
    hint: Html | None = None


def _list_sections(contents: Contents) -> Iterator[_Section]:
    """Yield the sections with content, otherwise an empty one of talks."""
    if contents.talks or not (contents.works or contents.notices):
        yield _Section("talks", "Talks", lambda: _render_talks(contents), len(contents.talks))
    if ranked := contents.ranked_works():
        yield _Section(
            "papers", "Papers", lambda: _render_works(contents, ranked, render_work), len(ranked)
        )
    if points := list_points(contents):
        yield _Section(
            "timeline",
            "Timeline",
            lambda: (
                render_chart(contents, points),
                Html("<details>" + tag("summary", "The same as a table")),
                *render_table(contents, points),
                Html("</details>"),
            ),
            hint=tag("p", summarize(points), class_="hint"),
        )
    if unresolved := contents.unresolved():
        yield _Section(
            "unresolved",
            "Unresolved",
            lambda: _render_works(contents, unresolved, render_unresolved),
            len(unresolved),
            tag(
                "p",
                "Papers that could not be looked up, with their link and the reason.",
                class_="hint",
            ),
        )
    if contents.notices:
        yield _Section(
            "notes",
            "Notes",
            lambda: [tag("ul", *map(render_notice, contents.notices))],
            len(contents.notices),
            tag(
                "p", "Unreadable events and feeds, and other remarks about the run.", class_="hint"
            ),
        )


def _render_talks(contents: Contents) -> Iterator[Html]:
    ranks = rank_talks(contents)
    for number in contents.order:
        yield render_talk(contents, number, ranks[number])


def _render_works(
    contents: Contents, works: list[Work], render: Callable[[Contents, Work, str], Html]
) -> Iterator[Html]:
    for work, ranks in zip(works, rank_works(contents, works), strict=True):
        yield render(contents, work, ranks)


def _render_head(title: str) -> Html:
    """Render the head, with a policy that allows only this style and script."""
    policy = (
        f"default-src 'none'; style-src '{_hash_source(STYLE)}'; script-src '{_hash_source(SCRIPT)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = (
        tag("meta", charset="utf-8"),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        tag("meta", name_="viewport", content="width=device-width"),
        tag("meta", name_="referrer", content="no-referrer"),
        tag("meta", name_="generator", content=f"enrich {VERSION}"),
        tag("title", title),
        Html(f"<style>{STYLE}</style>"),
        Html(f"<script>{SCRIPT}</script>"),
    )
    return Html("<head>\n" + join(parts, "\n") + "\n</head>")


def _hash_source(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _name_feeds(contents: Contents) -> str:
    """Return the name of the feed; empty if there are several."""
    names = {show_text(annotated.talk.feed.name) for annotated in contents.talks}
    return names.pop() if len(names) == 1 else ""


def _render_header(title: str, contents: Contents, sections: Iterable[_Section]) -> Html:
    links = [
        tag("a", section.name, tag("span", f" {section.count:,}") if section.count else None, href=f"#{section.id}")
        for section in sections
    ]  # fmt: skip
    return tag(
        "header",
        tag("h1", title),
        *(tag("p", line) for line in _list_header_lines(contents)),
        tag("nav", *links, aria_label="Views") if links else None,
    )


def _list_header_lines(contents: Contents) -> Iterator[Html]:
    """Yield counts, range of days, feeds, and links to unresolved papers and notes."""
    counts = contents.summary
    unresolved = len(contents.unresolved())
    papers = count_things(counts.works, "paper")
    if unresolved:
        papers += f" named, {counts.works - unresolved:,} found"
    facts = [count_things(counts.talks, "talk"), papers]
    if days := contents.range_of():
        first, last = (format_start(day, None) for day in days)
        facts.append(first if first == last else f"{first} \u2013 {last}")
    yield join(facts, SEPARATOR)
    feeds = Counter(show_text(a.talk.feed.name, most=_MAX_NAME_CHARS) for a in contents.talks)
    del feeds[""]
    if len(feeds) > 1:
        listed = [f"{name} ({number:,})" for name, number in feeds.most_common(_MAX_FEEDS)]
        more = len(feeds) - len(listed)
        yield join(["Feeds: ", ", ".join(listed), f" and {more:,} more" if more else None])
    if remark := find_remark(contents.notices):
        yield join([show_text(remark)])
    elif not counts.talks and not counts.works:
        yield Html("There are no talks in this list.")
    elif not counts.works:
        yield Html("No papers are named in these talks.")
    missing = []
    if unresolved:
        missing.append(
            tag("a", f"{count_things(unresolved, 'paper')} unresolved", href="#unresolved")
        )
    if contents.notices:
        missing.append(
            tag("a", count_things(len(contents.notices), "note") + " on the feeds", href="#notes")
        )
    if missing:
        yield join(missing, SEPARATOR)


def _render_tools(contents: Contents) -> Html:
    """Render the controls, which are hidden without the script."""
    box = tag(
        "input",
        type="search",
        name_="q",
        autocomplete="off",
        placeholder='words, "a phrase", -exclude',
        title="A word is found where a word begins: vision finds visions, not revision",
    )
    series = None
    if len(contents.series) > 1:
        options = [
            tag("option", show_text(name, most=_MAX_NAME_CHARS), value=number)
            for name, number in contents.series.items()
        ]
        series = tag(
            "label",
            "Series ",
            tag("select", tag("option", "all", value=""), *options, name_="series"),
        )
    dates = [
        tag("label", name, tag("input", type="date", name_=name.lower()), hidden=not contents.talks)
        for name in ("From", "To")
    ]
    sorts = [tag("option", name, value=number) for number, name in enumerate(SORTS)]
    return tag(
        "form",
        tag("label", "Filter ", box, class_="wide"),
        series,
        tag("label", "Order ", tag("select", *sorts, name_="sort")),
        *dates,
        tag(
            "div",
            tag("output", id="count", role="status"),
            tag("button", "From today", type="button", id="today", hidden=not contents.talks),
            tag(
                "label",
                tag("input", type="checkbox", name_="hide"),
                " hide read",
                title="Hide papers and talks that are ticked, and talks all of whose papers are",
            ),
            tag("button", "Copy BibTeX", type="button", id="bibtex"),
            tag("button", "Copy list", type="button", id="list"),
            tag("button", "Download JSON", type="button", id="json"),
            tag("button", "Clear filters", type="reset"),
            tag("button", "Keys", type="button", popovertarget="help"),
            class_="row",
        ),
        id="tools",
        method="dialog",
        role="search",
        aria_label="Filter and sort",
    )


def _render_no_match() -> Html:
    """Render the message for filters that match no entry."""
    clear = tag("button", "Show all", type="reset", form="tools")
    return tag("p", "Nothing matches these filters. ", clear, id="none", hidden=True)


def _render_help() -> Html:
    keys = [part for key, use in _KEYS for part in (tag("dt", key), tag("dd", use))]
    off = tag("label", tag("input", type="checkbox", id="off"), " turn these keys off")
    return tag(
        "div",
        tag("dl", *keys),
        off,
        id="help",
        data_k="keys-off",
        popover="auto",
        role="dialog",
        aria_label="Keys",
    )


def _render_footer() -> Html:
    return tag("footer", f"Made by enrich {VERSION}. The page holds its data as JSON.")


def _write_json(contents: Contents) -> Iterator[str]:
    """Yield the document as compact JSON."""
    yield encode(HeadObject(generator=f"enrich/{VERSION}"))[:-1]
    for key, objects in (
        ("talks", map(talk_object, contents.talks)),
        ("papers", map(paper_object, contents.papers.values())),
        ("notices", map(notice_object, contents.notices)),
    ):
        yield f',"{key}":['
        yield from _separate_objects(objects)
        yield "]"
    yield f',"summary":{encode(contents.summary)}}}'


def _separate_objects(objects: Iterable[Struct]) -> Iterator[str]:
    comma = ""
    for item in objects:
        yield comma + encode(item)
        comma = ","


def _escape_json(text: str) -> str:
    """Escape characters that could end a script or begin a comment, as JSON allows."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


WRITER = _Page()
