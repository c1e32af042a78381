"""DataCite behind arXiv, against the stand-in on real sockets, and any JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.errors import BadAnswer, Overloaded, SourceError
from enrich.http.session import PoliteSession
from enrich.paper import Paper, PaperId
from enrich.sources.datacite import SECOND_SOURCE, read
from tests.fakes import FakePaper, Fakes, FakeVersion
from tests.sources.answers import Canned, polite, response
from tests.values import names

HOST = "api.datacite.org"
A, B, OLD, NONE = (
    PaperId(f"arxiv:{key}") for key in ("1706.03762", "1108.1680", "math/0309136", "2610.00001")
)
ATTENTION = FakePaper(
    id=A.key,
    title="Attention Is All <You> Need",
    authors=("Ashish Vaswani", "Noam Shazeer", "OpenAI"),
    versions=[
        FakeVersion(date="2017-06-12T17:57:34Z"),
        FakeVersion(date="2017-06-19T16:49:45Z"),
        FakeVersion(date="2023-08-02T00:41:18Z"),
    ],
    categories=("cs.CL", "cs.LG"),
)


@pytest.fixture
def session(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[PoliteSession]:
    fakes.use(monkeypatch)
    fakes.datacite.add(
        ATTENTION, FakePaper(id=B.key, doi="10.1214/10-aoas397"), FakePaper(id=OLD.key)
    )
    with polite(tmp_path, SECOND_SOURCE) as opened:
        yield opened


def fetch(session: Any, *wanted: PaperId) -> dict[PaperId, Paper]:
    return {paper.id: paper for paper in SECOND_SOURCE.fetch(wanted, session)}


@pytest.mark.parametrize("numbers", [False, True])
def test_a_batch_is_one_request(numbers: bool, fakes: Fakes, session: PoliteSession) -> None:
    fakes.datacite.numbers = numbers
    found = fetch(session, A, B, OLD, NONE)
    assert set(found) == {A, B, OLD}
    assert len(fakes.requests(HOST)) == 1
    paper = found[A]
    assert Paper.from_dict(paper.to_dict()) == paper
    assert paper.title == "Attention Is All <You> Need"
    assert names(paper) == ("Ashish Vaswani", "Noam Shazeer", "OpenAI")
    assert (paper.published, paper.updated) == ("2017-06-12", "2023-08-02")
    assert (paper.category, paper.latest_version, paper.via) == ("cs.CL", "v3", "datacite")
    assert [(v.version, v.date, v.title) for v in paper.versions] == [
        ("v1", "2017-06-12", None),
        ("v2", "2017-06-19", None),
        ("v3", "2023-08-02", paper.title),
    ]
    assert (paper.doi, paper.url) == (
        "10.48550/arXiv.1706.03762",
        "https://arxiv.org/abs/1706.03762",
    )
    published = found[B].published_as
    assert published is not None
    assert (published.doi, published.via) == ("10.1214/10-aoas397", "datacite")


def test_a_full_batch_comes_whole(fakes: Fakes, session: PoliteSession) -> None:
    papers = [PaperId(f"arxiv:2101.{n:05}") for n in range(1, SECOND_SOURCE.politeness.batch + 1)]
    fakes.datacite.add(*(FakePaper(id=paper.key) for paper in papers))
    assert set(fetch(session, *papers)) == set(papers)
    assert len(fakes.requests(HOST)) == 1


def test_a_withdrawn_newest_version_is_seen(fakes: Fakes, session: PoliteSession) -> None:
    first = FakeVersion(date="2021-03-01T22:52:13Z")
    gone = FakeVersion(date="2021-04-01T00:00:00Z", withdrawn=True)
    fakes.datacite.add(FakePaper(id=A.key, versions=[first, gone]))
    fakes.datacite.add(FakePaper(id=B.key, versions=[first, gone, first]))
    found = fetch(session, A, B)
    assert (found[A].withdrawn, found[A].updated) == (True, "2021-04-01")
    assert found[B].withdrawn is False


def test_records_without_what_makes_a_paper_are_left_out(
    fakes: Fakes, session: PoliteSession
) -> None:
    fakes.datacite.overrides = {A.key: {"titles": None}, B.key: {"doi": None}, OLD.key: {"doi": 7}}
    assert set(fetch(session, A, B, OLD)) == {B}  # the record's own id is its DOI as well


def test_what_is_no_list_of_records_is_not_believed(fakes: Fakes, session: PoliteSession) -> None:
    fakes.fault(HOST, "captcha")
    with pytest.raises(BadAnswer):
        fetch(session, A)
    fakes.heal(HOST)


def test_a_down_service_raises(fakes: Fakes, session: PoliteSession) -> None:
    fakes.fault(HOST, "503")
    with pytest.raises(Overloaded):
        fetch(session, A)
    assert len(fakes.requests(HOST)) == 4


@pytest.mark.parametrize("status", [400, 404, 410])
def test_an_error_is_not_an_empty_answer(status: int) -> None:
    with pytest.raises(SourceError):
        fetch(Canned(response(b'{"errors": []}', status=status)), A)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("v12;(.) \ud800", max_size=6),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["title", "date", "dateType", "dateInformation", "name", "givenName", "subject",
             "subjectScheme", "relationType", "relatedIdentifier", "description"]
        ),
        inner | st.sampled_from(["Submitted", "Withdrawn", "arXiv", "v2", "2021-01-01T00:00:00Z"]),
        max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip
FIELDS = [
    "doi",
    "titles",
    "creators",
    "dates",
    "subjects",
    "version",
    "relatedIdentifiers",
    "descriptions",
]


@given(st.dictionaries(st.sampled_from(FIELDS), ANY))
def test_any_record_gives_a_paper_or_nothing(attributes: dict[str, Any]) -> None:
    for more in ({}, {"titles": [{"title": "T"}]}):
        paper = read(A, {**attributes, **more})
        assert more == {} or paper is not None
        if paper is not None:
            assert Paper.from_dict(paper.to_dict()) == paper
            json.dumps(paper.to_dict(), ensure_ascii=False).encode()


@pytest.mark.parametrize("day", ["2021-99-99", "0000-01-01T00:00:00Z", "2021-00-10", "2021"])
def test_a_date_that_is_none_is_left_out(day: str) -> None:
    dates = [{"date": day, "dateType": "Submitted", "dateInformation": "v1"}]
    paper = read(PaperId("arxiv:2301.00001"), {"titles": [{"title": "T"}], "dates": dates})
    assert paper
    assert (paper.published, paper.dates, paper.versions) == (None, (), ())
