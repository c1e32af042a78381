"""Atom: valid for lxml and feedparser, dates of the data, nothing that breaks the XML."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from lxml import etree

from enrich.model import AnnotatedTalk, Document, Feed, Talk
from enrich.paper import Author, Paper, PaperId, Papers, Unresolved
from enrich.writers import write
from tests.strategies import documents
from tests.writers.bibliography import count_works

ATOM = "{http://www.w3.org/2005/Atom}"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ID = PaperId("arxiv:2103.01338")


def parse(document: Document) -> Any:
    return etree.fromstring("".join(write(document, "atom")).encode())


def of_paper(paper: Paper | Unresolved, **talk: Any) -> Document:
    return Document((AnnotatedTalk(talk=Talk(id="1", **talk), papers=Papers({paper.id: paper})),))


@given(documents)
def test_any_document_is_valid(document: Document) -> None:
    feed = parse(document)
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("title", "id", "updated"):
            assert len(element.findall(ATOM + name)) == 1, name
        assert TIME.fullmatch(element.findtext(f"{ATOM}updated"))
        assert re.match(r"https?://|urn:uuid:", element.findtext(f"{ATOM}id"))
        alternates = element.findall(f"{ATOM}link[@rel='alternate']")
        assert len(alternates) <= 1
    ids = [element.text for element in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids)
    assert all(re.match("https?://[!-~\xa0-\U0010ffff]*$", link.get("href")) for link in feed.iter(f"{ATOM}link"))  # fmt: skip
    assert len(feed.findall(f"{ATOM}entry")) == count_works(document)


@given(documents)
def test_feedparser_finds_no_fault(document: Document) -> None:
    feedparser = pytest.importorskip("feedparser", reason="feedparser is not installed")
    found = feedparser.parse("".join(write(document, "atom")).encode())
    assert not found.bozo
    assert found.version == "atom10"
    assert len(found.entries) == count_works(document)


def test_an_entry_holds_what_is_known() -> None:
    paper = Paper(
        id=ID, title=r"On $\ell_p$ <b>& co", authors=(Author("Ada"), Author("Bob")), published="2021-03", updated="2021-06-11",
        category="cs.LG", url="https://arxiv.org/abs/2103.01338", pdf="https://arxiv.org/pdf/2103.01338", withdrawn=True,
    )  # fmt: skip
    feed = parse(of_paper(paper, title="A talk", speaker="Eve", url="https://x.org/1", feed=Feed(name="S"), start_time=date(2022, 2, 18)))  # fmt: skip
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "On ℓₚ <b>& co"
    assert entry.findtext(f"{ATOM}published") == "2021-03-01T00:00:00Z"
    assert entry.findtext(f"{ATOM}updated") == "2021-06-11T00:00:00Z"
    assert [name.text for name in entry.iterfind(f"{ATOM}author/{ATOM}name")] == ["Ada", "Bob"]
    assert "withdrawn" in entry.findtext(f"{ATOM}summary")
    assert "Talk: A talk · Eve · 2022-02-18" in entry.findtext(f"{ATOM}summary")
    assert feed.findtext(f"{ATOM}title") == "Papers of S"
    assert feed.findtext(f"{ATOM}updated") == "2021-06-11T00:00:00Z"


def test_the_dates_are_the_datas() -> None:
    gone = Unresolved(
        id=ID, code="timeout", message="later", url="https://arxiv.org/abs/2103.01338"
    )
    start = datetime(2022, 2, 18, 18, tzinfo=UTC)
    (entry,) = parse(of_paper(gone, start_time=start)).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}updated") == "2022-02-18T18:00:00Z"
    (entry,) = parse(of_paper(gone)).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "", "//x.org", "ftp://x"]
)
def test_addresses_of_other_schemes_are_left_out(url: str) -> None:
    paper = Paper(id=ID, title="T", url=url, pdf=url)
    feed = parse(of_paper(paper, url=url))
    assert list(feed.iter(f"{ATOM}link")) == []
    assert feed.find(f"{ATOM}entry").findtext(f"{ATOM}id").startswith("urn:uuid:")


def test_what_xml_cannot_hold_is_dropped() -> None:
    feed = parse(
        of_paper(
            Paper(id=ID, title="]]>&amp;<x>\ufffe\x00\ud800\u202e'\"", url='https://x.org/ "<>{}é')
        )
    )
    assert feed.find(f"{ATOM}entry").findtext(f"{ATOM}title") == "]]>&amp;<x>'\""
    link = feed.find(f"{ATOM}entry/{ATOM}link")
    assert link.get("href") == "https://x.org/%20%22%3C%3E%7B%7Dé"


def test_papers_without_talks_name_none() -> None:
    feed = parse(of_paper(Paper(id=ID, title="T", url="https://arxiv.org/abs/2103.01338")))
    assert feed.findtext(f"{ATOM}title") == "Papers"
    assert "Talk" not in feed.find(f"{ATOM}entry").findtext(f"{ATOM}summary")
    feed = parse(of_paper(Paper(id=ID, title="T", url=""), title="A talk"))
    assert feed.findtext(f"{ATOM}title") == "Papers of talks"
