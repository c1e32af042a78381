"""Attacks in every field of talk, paper, feed and address: nothing runs, nothing is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given

from enrich.model import AnnotatedTalk, Document, Feed, Notice, Reference, Talk, TalkWarning
from enrich.paper import Author, Paper, PaperId, Papers, Publication, Unresolved, Version
from tests.page.conftest import Open, render
from tests.strategies import documents

ATTACKS = (
    "<script>window.pwn=1</script>",
    "</script><script>window.pwn=1</script>",
    "</title></style></textarea></pre><script>window.pwn=1</script>",
    "<img src=https://evil.example/x onerror=window.pwn=1>",
    '"><svg onload=window.pwn=1>',
    "'><svg/onload=window.pwn=1>",
    '" autofocus onfocus="window.pwn=1" x="',
    "<iframe srcdoc='<script>parent.pwn=1</script>'></iframe>",
    "<style>@import 'https://evil.example/x';</style>",
    "<link rel=stylesheet href=https://evil.example/x>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<form action=https://evil.example/><button>x",
    "<!--", "-->", "<![CDATA[", "<!--<script>", "<math><mtext></form><form><mglyph><style></math><img src onerror=window.pwn=1>",
    "${window.pwn=1}", "{{constructor.constructor('window.pwn=1')()}}",
    "&lt;script&gt;window.pwn=1&lt;/script&gt;", "&#x3c;script>window.pwn=1</script>",
    r"$\href{javascript:window.pwn=1}{x}$ \unicode{x3c}script", "<a id=tools name=data>x</a>",
    "\u202e\u2066gnp.exe", "\ud83d", "a\x00b\x1b[31m", "\u2028window.pwn=1\u2029",
)  # fmt: skip
ADDRESSES = (
    "javascript:window.pwn=1", "JaVaScRiPt:window.pwn=1", " javascript:window.pwn=1", "java\tscript:window.pwn=1",
    "\x01javascript:window.pwn=1", "data:text/html,<script>window.pwn=1</script>", "vbscript:x", "file:///etc/passwd",
    "//evil.example/x", "/x", "blob:x", 'https://x.org/" onclick="window.pwn=1', "https://x.org/'><script>window.pwn=1</script>",
    "http://x.org/\njavascript:window.pwn=1", "https://[::1/x", "https://x.org/\u202e\ud800",
)  # fmt: skip


def fill(attack: str, address: str) -> Iterator[AnnotatedTalk]:
    """Yield talks with an attack in every field."""
    id_ = PaperId("arxiv:2103.01338")
    other = PaperId("openreview:FpKgG31Z_i9")
    paper = Paper(
        id=id_, title=attack, authors=(Author(attack, attack, attack),), published="2021-03-01", updated="2021-06-11",
        dates=((attack, "2021-03-01"),), latest_version="v2", versions=(Version(version="v1", title=attack),),
        category=attack, venue=attack, doi=attack, published_as=Publication(venue=attack, year=2022, doi=attack, url=address, via=attack),
        matched_by=attack, abstract=attack, url=address, pdf=address, via=attack, stale=True,
    )  # fmt: skip
    lost = Unresolved(id=other, code="forbidden", message=attack, url=address, pdf=address)
    text = f"{attack} 12345 {attack}"
    start = text.index("12345")
    place = Reference(id_, "v1", "abstract", start, start + 5, "12345", (0, len(text)), "url")
    talk = Talk(
        id=attack, feed=Feed(name=attack), url=address, title=attack, speaker=attack, speaker_affiliation=attack, series=attack,
        start_time=datetime(2026, 1, 5, tzinfo=UTC), recurrence=attack, room=attack, slides_link=address, video_link=address, abstract=text, texts=((attack, text),),
    )  # fmt: skip
    yield AnnotatedTalk(
        talk=talk, references=(place, place._replace(paper=other, field=attack)), papers=Papers({id_: paper, other: lost}),
        warnings=(TalkWarning(code="other", message=attack, field=attack),),
    )  # fmt: skip


def make_attacked() -> Document:
    """Return a document of all attacks in all fields."""
    rounds = max(len(ATTACKS), len(ADDRESSES))
    talks = (
        talk
        for n in range(rounds)
        for talk in fill(ATTACKS[n % len(ATTACKS)], ADDRESSES[n % len(ADDRESSES)])
    )
    notices = (Notice(code="other", message=a, feed=a, event=a) for a in ATTACKS)
    return Document(tuple(talks), tuple(notices))


class Markup(HTMLParser):
    """What a page holds that could act."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    @property
    def acts(self) -> list[str]:
        """Return what must not be there."""
        found = []
        for tag, attributes in self.tags:
            for name, value in attributes.items():
                if name.startswith("on") or name in {
                    "style",
                    "src",
                    "srcdoc",
                    "action",
                    "formaction",
                    "target",
                    "ping",
                }:
                    found.append(f"{tag} {name}")
                if name == "href" and not re.match(r"https?://[^\s<>\"]|#", value or ""):
                    found.append(f"{tag} {name}={value}")
        scripts = [a for t, a in self.tags if t == "script"]
        found += (
            [f"{len(scripts)} scripts"]
            if scripts != [{}, {"type": "application/json", "id": "data"}]
            else []
        )
        forbidden = {"iframe", "img", "object", "embed", "base", "link", "math"}
        return found + [t for t, _ in self.tags if t in forbidden]


def test_the_markup_of_attacks_holds_nothing_that_acts() -> None:
    assert Markup(render(make_attacked(), title=ATTACKS[0])).acts == []


def test_the_check_finds_what_acts() -> None:
    assert len(Markup("<a href='javascript:x' onclick=x style=x><img src=x>").acts) == 6


@given(document=documents)
def test_no_document_makes_markup_that_acts(document: Document) -> None:
    assert Markup(render(document)).acts == []


@pytest.mark.slow
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_nothing_runs_and_nothing_is_asked_for(opened: Open, script: bool) -> None:
    page = opened(render(make_attacked(), title=ATTACKS[1]), script=script)
    page.page.wait_for_timeout(200)
    assert page.requests == []
    assert page.complaints == []
    if script:
        for name in ("papers", "timeline", "unresolved", "notes", "talks"):
            page.page.locator(f"nav a[href='#{name}']").click()
        page.page.fill("[name=q]", "<script>")
        page.page.get_by_role("button", name="Copy list").click()
        page.page.get_by_role("button", name="Copy BibTeX").click()
        page.page.locator(".papers input").first.check()
        page.page.fill("[name=q]", "")
        for summary in page.page.locator("#talks summary").all():
            summary.click()
        assert page.evaluate("window.pwn === undefined")
        links = page.evaluate("[...document.links].map(a => a.protocol)")
        assert set(links) <= {
            "http:",
            "https:",
            "file:",
            ":",
        }  # ":" is an address that leads nowhere
    assert page.requests == []
    assert page.complaints == []
    assert page.page.url.startswith("file:")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "shown"),
    [
        (r"On $\ell_p$ and \emph{na\"ive} \textbf{maps}", "On ℓₚ and naïve maps"),
        ("x" * 10_000, "x" * 399 + "…"),
        ("\u202e\u2066\u200f", "Untitled talk"),
        ("\u200b\u2060", "Untitled talk"),
        ("深層学習 שלום", "深層学習 שלום"),
    ],
    ids=["TeX", "long", "bidi", "invisible", "scripts"],
)
def test_odd_titles(opened: Open, title: str, shown: str) -> None:
    page = opened(Document((AnnotatedTalk(talk=Talk(id="1", title=title)),)))
    assert page.titles() == [shown]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
