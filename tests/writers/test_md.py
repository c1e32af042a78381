"""The reading list: its order, its headings, and what it shows of a paper."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from enrich.annotation import annotate
from enrich.model import AnnotatedTalk, Document, Talk
from enrich.paper import Paper, PaperId, Papers, Publication
from enrich.references.extract import find_references
from enrich.writers import write
from tests.strategies import documents

PAPER = Paper(
    id=PaperId("arxiv:2103.01338"),
    title="T",
    url="https://arxiv.org/abs/2103.01338",
    pdf="https://arxiv.org/pdf/2103.01338",
)


def markdown(*talks: Talk, **options: Any) -> str:
    return "".join(write(Document([AnnotatedTalk(talk=talk) for talk in talks], **options), "md"))


def headings(*talks: Talk, **options: Any) -> list[str]:
    return re.findall(r"^##+ .*", markdown(*talks, **options), re.MULTILINE)


def with_paper(**facts: Any) -> str:
    paper = replace(PAPER, **facts)
    talk = AnnotatedTalk(talk=Talk(id="1", title="A"), papers=Papers({paper.id: paper}))
    return "".join(write(Document([talk]), "md"))


def test_talks_are_in_start_order_under_months() -> None:
    talks = [
        Talk(id="1", title="no date"),
        Talk(id="2", title="March", start_time=datetime(2022, 3, 1, 12, tzinfo=UTC)),
        Talk(id="3", title="late", start_time=datetime(2022, 2, 18, 18, tzinfo=UTC)),
        Talk(id="4", title="year before", start_time=date(2021, 3, 1)),
        Talk(id="5", title="early", start_time=date(2022, 2, 18)),
        Talk(id="6", title="floating", start_time=datetime(2022, 2, 18, 17)),  # noqa: DTZ001
        Talk(id="7", title="late too", start_time=datetime(2022, 2, 18, 18, tzinfo=UTC)),
    ]
    assert headings(*talks) == [
        "## March 2021", "### year before",
        "## February 2022", "### early", "### floating", "### late", "### late too",
        "## March 2022", "### March",
        "## Without a date", "### no date",
    ]  # fmt: skip


def test_a_month_is_that_of_the_zone_that_is_shown() -> None:
    talk = Talk(id="1", title="A", start_time=datetime(2022, 2, 28, 23, 30, tzinfo=UTC))
    assert headings(talk)[0] == "## February 2022"
    assert headings(talk, zone=ZoneInfo("Asia/Tokyo"))[0] == "## March 2022"
    assert "2022-03-01 08:30 JST" in markdown(talk, zone=ZoneInfo("Asia/Tokyo"))


@given(document=documents)
def test_no_month_comes_twice(document: Document) -> None:
    months = re.findall(r"^## (?!Notices).*", "".join(write(document, "md")), re.MULTILINE)
    assert len(months) == len(set(months))


def test_zones_at_a_months_edge_give_it_once() -> None:
    west, east = timezone(timedelta(hours=-10)), timezone(timedelta(hours=9))
    talks = [
        Talk(id="1", start_time=datetime(2022, 3, 1, 1, tzinfo=east)),
        Talk(id="2", start_time=datetime(2022, 2, 28, 20, tzinfo=west)),
        Talk(id="3", start_time=datetime(2022, 3, 1, 23, tzinfo=east)),
    ]
    assert [h for h in headings(*talks) if h.startswith("## ")] == [
        "## February 2022",
        "## March 2022",
    ]


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"venue": "ICLR 2022 Submitted", "decision": "rejected"}, "· ICLR 2022 Submitted · rejected · [PDF]"),
        ({"venue": "ICLR 2023 poster", "decision": "accepted"}, "· ICLR 2023 poster · accepted · [PDF]"),
        ({"decision": "under_review"}, "· under review · [PDF]"),
        ({"decision": "withdrawn", "withdrawn": True}, "**withdrawn**  \n  arXiv:2103.01338 · [PDF]"),
        ({"published_as": Publication(venue="ICML 2021")}, "· ICML 2021 · [PDF]"),
        ({"venue": "A *venue*"}, r"· A \*venue\* · [PDF]"),
        ({}, "· [PDF](https://arxiv.org/pdf/2103.01338)\n"),
        ({"pdf": "https://x.org/a b(c).pdf"}, "[PDF](https://x.org/a%20b%28c%29.pdf)"),
    ],
)  # fmt: skip
def test_venue_decision_and_pdf_are_shown(facts: dict[str, Any], shown: str) -> None:
    assert shown in with_paper(**facts)


def test_a_paper_without_a_pdf_shows_none() -> None:
    assert "PDF" not in with_paper(pdf=None)


GOOGLE = "https://www.google.com/url?q="
SAFE = "https://eur03.safelinks.protection.outlook.com/?url="
ENCODED = "https%3A%2F%2Farxiv.org%2Fabs%2F2103.01338"


@pytest.mark.parametrize(
    ("abstract", "shown"),
    [
        ("We follow https://arxiv.org/abs/2103.01338 in the talk.", "We follow in the talk."),
        (
            f"We follow {GOOGLE}https://arxiv.org/abs/2103.01338&sa=D&ust=1 in the talk.",
            "We follow in the talk.",
        ),
        (f"We follow {GOOGLE}{ENCODED}&sa=D in the talk.", "We follow in the talk."),
        (f"We follow <{SAFE}{ENCODED}&data=05%7C01> in the talk.", "We follow in the talk."),
        (
            f"We follow {PAPER.url} ({GOOGLE}{PAPER.url}&sa=D) in the talk.",
            "We follow in the talk.",
        ),
        (
            f"We follow https://arxiv.org/abs/2103.01338 ({SAFE}{ENCODED}&data=05) in the talk.",
            "We follow in the talk.",
        ),
        (
            f"We follow our paper ({GOOGLE}{ENCODED}&sa=D) in the talk.",
            "We follow our paper in the talk.",
        ),
        (
            "We follow https://arxiv.org/abs/2103.01338?context=cs.LG in the talk.",
            "We follow in the talk.",
        ),
        (
            "We follow arXiv:2103.01338, see https://example.org/x for code.",
            "We follow , see https://example.org/x for code.",
        ),
        (
            "We follow https://arxiv.org/abs/2103.01338 (https://example.org/x) in the talk.",
            "We follow (https://example.org/x) in the talk.",
        ),
        ("We follow arXiv:2103.01338v2;and more of it.", "We follow ;and more of it."),
    ],
)
def test_a_quoted_sentence_has_no_rest_of_the_address(abstract: str, shown: str) -> None:
    talk = Talk(id="1", title="On knots", abstract=abstract)
    document = Document([annotate(talk, find_references(talk), Papers({PAPER.id: PAPER}))])
    (quoted,) = re.findall(r"^  > (.*)$", "".join(write(document, "md")), re.MULTILINE)
    assert quoted == shown
