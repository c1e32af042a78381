"""What the page holds, read from its text: entries, orders, COinS, header, sizes, its own JSON."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from datetime import UTC, date, datetime
from html import unescape
from urllib.parse import parse_qs

import pytest
from hypothesis import given

from enrich.cli.formats import Target, write_papers
from enrich.model import AnnotatedTalk, Document, Feed, Notice, Talk
from enrich.paper import Author, Lookup, Paper, PaperId, Publication, Unresolved
from enrich.writers import write, writer
from enrich.writers._page.contents import collect_contents
from enrich.writers._page.dates import describe_age
from enrich.writers._page.entries import quote_context
from enrich.writers._page.script import SCRIPT, SOURCE_SHA256
from enrich.writers._page.style import STYLE
from enrich.writers._page.timeline import list_points
from tests.conftest import ROOT
from tests.page import samples
from tests.page.conftest import render
from tests.page.minify import digest
from tests.page.samples import annotate, paper, reference_at, talk
from tests.page.screenshot import MAX_BYTES, PICTURE
from tests.strategies import documents

MAX_SCRIPT = 4096
FIXED_BYTES = 40_000
MOST_TIMES_THE_JSON = 3


def embedded(html: str) -> str:
    return html.partition('id="data">')[2].partition("</script>")[0]


def body(html: str) -> str:
    """Return the page without its script, style and JSON, as text."""
    markup = re.sub(r"(?s)<(script|style)[^>]*>.*?</\1>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", markup)).split())


def of(*papers: Lookup, **facts: object) -> str:
    return render(Document((talk(1, papers, **facts),)))


@given(document=documents)
def test_its_json_is_the_document(document: Document) -> None:
    inside = json.loads(embedded(render(document)))
    real = json.loads("".join(write(document, "json")))
    if len(inside["talks"]) < len(real["talks"]):  # carriers of papers are left out
        real["talks"] = [t for t in real["talks"] if t in inside["talks"]]
        real["summary"]["talks"] = len(inside["talks"])
    assert inside == real


@pytest.mark.parametrize(
    "make", [samples.one, samples.thirty, samples.many], ids=["1", "30", "1000"]
)
def test_it_is_not_much_larger_than_its_json(make: object) -> None:
    html = render(make())  # type: ignore[operator]
    inside = json.loads(embedded(html))
    compact = json.dumps(inside, ensure_ascii=False, separators=(",", ":")).encode()
    assert len(html.encode()) <= FIXED_BYTES + MOST_TIMES_THE_JSON * len(compact)


def test_the_script_is_small_and_that_of_the_source() -> None:
    assert len(SCRIPT.encode()) <= MAX_SCRIPT
    assert digest() == SOURCE_SHA256, "run python -m tests.page.minify"
    assert "<!--" not in SCRIPT
    assert "</" not in SCRIPT.replace("</label>", "").replace("</small>", "")


def test_the_policy_admits_this_style_and_this_script_alone() -> None:
    html = render(samples.one())
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    hashes = [
        b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (STYLE, SCRIPT)
    ]
    assert policy.split("; ") == [
        "default-src 'none'", f"style-src 'sha256-{hashes[0]}'", f"script-src 'sha256-{hashes[1]}'",
        "base-uri 'none'", "form-action 'none'",
    ]  # fmt: skip
    assert f"<style>{STYLE}</style>" in html
    assert f"<script>{SCRIPT}</script>" in html


def test_ids_are_used_once_and_places_exist() -> None:
    html = render(samples.thirty())
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(set(ids)) == len(ids)
    places = set(re.findall(r'href="#([^"]*)"', html))
    assert {unescape(place) for place in places} <= {unescape(id_) for id_ in ids}


def test_talks_of_one_id_and_of_a_long_one_have_places_of_their_own() -> None:
    talks = [
        AnnotatedTalk(talk=Talk(id=id_, title="T"))
        for id_ in ("a b", "a b", "x" * 9_999, "x" * 10_000)
    ]
    anchors = collect_contents(Document(talks)).anchors
    assert anchors[:2] == ("talk:a%20b", "talk:a%20b~2")
    assert len(set(anchors)) == 4
    assert max(map(len, anchors)) < 100


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "postponed"}, "postponed"),
        ({"status": "tentative"}, "tentative"),
        ({"recurrence": "FREQ=WEEKLY;BYDAY=MO"}, "repeats weekly"),
        ({"recurrence": "X"}, "repeats"),
    ],
)
def test_the_state_of_a_talk_stands_beside_its_title(facts: dict[str, str], state: str) -> None:
    html = of(**facts)
    assert f'</a> <strong class="state">{state}</strong></h3>' in html
    assert ('class="talk off"' in html) == (state == "cancelled")


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({}, "Naman Agarwal, Surbhi Goel, Cyril Zhang3 · 2017-04-04 · arXiv:1704.10003 [cs.LG]"),
        ({"updated": "2020-01-02"}, "2017-04-04, changed 2020-01-02"),
        ({"updated": "2017-04-04"}, "Cyril Zhang3 · 2017-04-04 · arXiv:1704.10003"),
        ({"authors": tuple(Author(f"A{n}") for n in range(300))}, "A11 and 288 more ·"),
        ({"authors": (), "authors_hidden": True}, "authors hidden"),
        ({"venue": "ICML 2021", "decision": "accepted"}, "ICML 2021 · accepted"),
        ({"decision": "desk_rejected"}, "desk rejected"),
        ({"withdrawn": True}, "part 3 withdrawn"),
        ({"decision": "retracted"}, "part 3 retracted"),
        (
            {"published_as": Publication(venue="Annals", year=2023, doi="10.1/x")},
            "published: Annals 2023",
        ),
        ({"via": "datacite"}, "via datacite"),
        ({"stale": True}, "an old record"),
    ],
)
def test_what_is_shown_of_a_paper(facts: dict[str, object], shown: str) -> None:
    assert shown in body(of(paper(3, **facts)))


def test_versions_cited_and_newest() -> None:
    one = paper(4)
    text = f"see {one.url}v1"
    assert "cited: v1 · newest: v2" in body(of(one, abstract=text))
    assert "newest:" not in body(of(one, abstract=text.replace("v1", "v2")))


def test_links_of_a_published_paper() -> None:
    html = of(paper(3, published_as=Publication(venue="A", year=2023, doi="10.1/x")))
    for address in (
        "https://arxiv.org/abs/1704.10003",
        "https://arxiv.org/pdf/1704.10003",
        "https://doi.org/10.1/x",
    ):
        assert f'href="{address}"' in html


def test_records_of_one_work_are_one_entry_with_a_link_to_each() -> None:
    preprint = paper(8)
    forum = paper(7, id=PaperId("openreview:twin_of-1401"), url="https://openreview.net/forum?id=twin_of-1401", title=preprint.title,
                  decision="accepted", venue="NeurIPS 2025", same_as=(preprint.id,), doi=None, published="2025-01-02")  # fmt: skip
    html = of(preprint, forum)
    assert html.count('class="paper"') == 1
    assert f'href="{preprint.url}">arXiv:{preprint.id.key}</a>' in html
    assert f"{preprint.published}, changed" in body(html)  # the first date is the preprint's
    assert f'data-k="{preprint.id} {forum.id}"' in html


def test_a_paper_lists_its_talks_and_the_most_cited_is_first() -> None:
    html = render(
        Document((talk(1, (paper(1),)), talk(2, (paper(2),)), talk(3, (paper(2),), speaker="Ada")))
    )
    papers = html.partition('<section id="papers">')[2]
    assert re.findall(r'<article id="arxiv:[0-9.]+" class="paper"', papers)[0].endswith(
        f'{paper(2).id}" class="paper"'
    )
    assert "Ada · " in body(papers)


def test_unresolved_papers_have_link_and_reason() -> None:
    lost = Unresolved(id=PaperId("arxiv:2103.01338"), code="timeout", message="no answer", retryable=True, url="https://arxiv.org/abs/2103.01338")  # fmt: skip
    html = of(lost)
    section = html.partition('<section id="unresolved">')[2].partition("</section>")[0]
    assert 'href="https://arxiv.org/abs/2103.01338"' in section
    assert "not looked up · no answer" in body(section)
    assert "1 paper unresolved" in body(html)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("We use [LINK] for rates.", "We use […] for rates."),
        ("- First item.\n- We extend the bound LINK.\n- Third.", "We extend the bound."),
        ("1. One.\n2. Two is here, see LINK", "Two is here, see"),
        (
            "It is joint work with C. Zhang, LINK. Also see the paper.",
            "It is joint work with C. Zhang, […]. Also see the paper.",
        ),
        ("This is joint work with C. Zhang, LINK.", "This is joint work with C. Zhang."),
        ("Also see LINK and openreview", "Also see […] and openreview"),
        ("LINK shows that all is well", "[…] shows that all is well"),
        ("LINK. We show that all is well", "We show that all is well"),
        ("LINK", ""),
        ("See LINK.", ""),
        ("word " * 100 + "LINK" + " next" * 100, None),
        ("字" * 900 + "LINK" + "字" * 900, None),
    ],
)
def test_the_paragraph_that_names_a_paper(text: str, quoted: str | None) -> None:
    found = quote_context(text, reference_at(text, "LINK"))
    if quoted is None:
        assert found.startswith("…")
        assert found.endswith("…")
        assert 150 < len(found) <= 210
    else:
        assert found == quoted


@pytest.mark.parametrize(
    ("document", "shown"),
    [
        (Document(()), "There are no talks in this list."),
        (Document((talk(1, ()),)), "No papers are named in these talks."),
        (
            Document((talk(1, ()), talk(2, ()))),
            "2 talks · 0 papers · Tue 6 Jan 2026 – Wed 7 Jan 2026",
        ),
        (Document((talk(1, ()), talk(2, ()))), "Feeds: Theory Lunch (1), Number Theory Online (1)"),
        (
            Document((), (Notice(code="other", message="bad event", feed="F", line=3),)),
            "F, line 3: bad event",
        ),
    ],
)
def test_the_header_and_the_notes(document: Document, shown: str) -> None:
    assert shown in body(render(document))


def test_the_header_counts_what_is_named_and_what_is_found() -> None:
    lost = Unresolved(id=PaperId("arxiv:2103.01338"), code="timeout", message="no answer", retryable=True, url="https://arxiv.org/abs/2103.01338")  # fmt: skip
    shown = body(render(Document((talk(1, (paper(1), paper(2), lost)),))))
    assert "1 talk · 3 papers named, 2 found · " in shown
    assert "Papers 2" in shown
    assert "1 paper unresolved" in shown


def test_a_talk_without_a_series_shows_its_feed_if_there_are_several() -> None:
    one = talk(1, (), series=None, feed=Feed(name="Feed A"), speaker="Ada")
    other = talk(2, (), series=None, feed=Feed(name="Feed B"))
    assert "Feed A" not in body(render(Document((one,)))).partition("Talks")[2]
    assert "· Feed A" in body(render(Document((one, other)))).partition("Talks")[2]


def test_the_date_of_a_talk_is_a_link_to_it() -> None:
    assert '<a class="when" title="Link to this talk" href="#talk:Sem/1">' in of()


def test_the_title_is_given_or_the_feeds_name() -> None:
    feed = Document((talk(1, (), feed=Feed(name="A & B")),))
    assert "<title>A &amp; B</title>" in render(feed)
    assert "<h1>Mine</h1>" in render(feed, title="Mine")
    assert "<h1>Reading list</h1>" in render(Document((talk(1, ()), talk(2, ()))))


def test_the_picture_in_the_readme_is_small() -> None:
    assert PICTURE.stat().st_size <= MAX_BYTES
    assert str(PICTURE.relative_to(ROOT)) in (ROOT / "README.md").read_text(encoding="utf-8")


def test_papers_without_talks_are_a_list_of_papers() -> None:
    html = "".join(write_papers(Target("html", None), writer("html"), (paper(1), paper(2))))
    assert '<section id="talks">' not in html
    assert "0 talks · 2 papers" in body(html)
    assert json.loads(embedded(html))["talks"] == []


def test_coins_name_all_authors_and_a_stable_id() -> None:
    authors = tuple(Author(f"Given{n} Family{n}") for n in range(40))
    html = of(paper(3, authors=authors, title="A & B = $x$"))
    (title,) = re.findall(r'<span class="Z3988" title="([^"]*)"></span>', html)
    pairs = parse_qs(unescape(title))
    assert pairs["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:dc"]
    assert pairs["rft.title"] == ["A & B = x"]
    assert pairs["rft.creator"] == [f"Family{n}, Given{n}" for n in range(40)]
    assert pairs["rft_id"] == [
        "info:doi/10.48550/arXiv.1704.10003",
        "https://arxiv.org/abs/1704.10003",
    ]
    assert (pairs["rft.date"], pairs["rft.type"]) == (["2017-04-04"], ["preprint"])
    forum = of(
        paper(
            3,
            id=PaperId("openreview:FpKgG31Z_i9"),
            url="https://openreview.net/forum?id=FpKgG31Z_i9",
            doi=None,
        )
    )
    assert "rft.identifier=openreview:FpKgG31Z_i9" in forum


def test_points_of_the_timeline() -> None:
    start = datetime(2022, 2, 18, 18, tzinfo=UTC)
    papers = (paper(1, published="2021-03-01"), paper(2, published="2022-02-20"), paper(3, published="2020"), paper(4, published=None))  # fmt: skip
    points = list_points(
        collect_contents(
            Document((talk(1, papers, start_time=start), talk(2, papers, start_time=None)))
        )
    )
    assert [(p.age, p.day) for p in points] == [(age, date(2022, 2, 18)) for age in (354, -2, 779)]
    assert [describe_age(p.age) for p in points] == [
        "12 months",
        "2 days after the talk",
        "2 years",
    ]


def test_the_order_without_the_script_is_by_start() -> None:
    starts = (
        datetime(2026, 1, 9, tzinfo=UTC),
        None,
        date(2026, 1, 1),
        datetime(2026, 1, 5, tzinfo=UTC),
    )
    contents = collect_contents(
        Document(tuple(talk(n, (), start_time=s) for n, s in enumerate(starts)))
    )
    assert contents.order == (2, 3, 0, 1)


def test_a_paper_type_is_kept_whatever_its_source() -> None:
    other = Paper(id=PaperId("other:1"), title="T", url="https://example.org/1")
    html = render(Document((AnnotatedTalk(talk=Talk(id="1", title="A"), papers=annotate(Talk(id="1")).papers.__class__({other.id: other})),)))  # fmt: skip
    assert 'href="https://example.org/1"' in html
