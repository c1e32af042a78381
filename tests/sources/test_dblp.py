"""dblp behind OpenReview: the query runs on a real SPARQL engine in the stand-in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.errors import Refused, SourceError
from enrich.http.session import PoliteSession
from enrich.paper import Paper, PaperId
from enrich.sources.dblp import SECOND_SOURCE
from tests.fakes import FakeRecord, Fakes
from tests.sources.answers import Canned, polite, response
from tests.values import names

HOST = "sparql.dblp.org"
A, B, NONE = (PaperId(f"openreview:{key}") for key in ("g1SzIRLQXMM", "-TSe5o7STV_", "FpKgG31Z_i9"))


def page(paper: PaperId) -> str:
    return f"https://openreview.net/forum?id={paper.key}"


@pytest.fixture
def session(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[PoliteSession]:
    fakes.use(monkeypatch)
    fakes.dblp.add(
        FakeRecord(
            key="conf/iclr/A22",
            pages=[page(A)],
            title="Wiring Up Vision",
            authors=("Franziska Geiger", "Martin Schrimpf 0002", "James J. DiCarlo"),
        ),
        FakeRecord(key="journals/corr/abs-2101-1", pages=[page(A)], venue="CoRR", year="2021"),
        FakeRecord(key="conf/x/B23", pages=[page(B)], venue=None, year=None, doi="10.1000/Xyz"),
    )
    with polite(tmp_path, SECOND_SOURCE) as opened:
        yield opened


def fetch(session: Any, *wanted: PaperId) -> dict[PaperId, Paper]:
    return {paper.id: paper for paper in SECOND_SOURCE.fetch(wanted, session)}


def test_all_ids_are_one_query(fakes: Fakes, session: PoliteSession) -> None:
    found = fetch(session, A, B, NONE)
    assert set(found) == {A, B}
    assert [r.method for r in fakes.requests(HOST)] == ["GET"]
    paper = found[A]
    assert Paper.from_dict(paper.to_dict()) == paper
    assert paper.title == "Wiring Up Vision"
    assert names(paper) == ("Franziska Geiger", "Martin Schrimpf", "James J. DiCarlo")
    assert (paper.published, paper.updated, paper.dates) == ("2022", None, ())
    assert (paper.venue, paper.decision, paper.via) == ("ICLR", None, "dblp")
    assert paper.url == page(A)
    other = found[B]
    assert (other.published, other.venue) == (None, None)
    assert other.published_as is not None
    assert other.published_as.url == "https://doi.org/10.1000/xyz"


def test_many_authors_keep_their_order(fakes: Fakes, session: PoliteSession) -> None:
    expected = tuple(f"Author {n}" for n in range(1, 25))
    fakes.dblp.add(FakeRecord(key="conf/x/Many", pages=[page(NONE)], authors=expected))
    assert names(fetch(session, NONE)[NONE]) == expected


def test_a_preprint_s_doi_names_its_arxiv_paper(fakes: Fakes, session: PoliteSession) -> None:
    record = FakeRecord(
        key="journals/corr/abs-1606-08415",
        pages=[page(NONE), "https://arxiv.org/abs/1606.08415"],
        venue="CoRR",
        doi="10.48550/arXiv.1606.08415",
    )
    fakes.dblp.add(record)
    paper = fetch(session, NONE)[NONE]
    assert (paper.same_as, paper.matched_by) == (("arxiv:1606.08415",), "dblp")
    assert paper.published_as is None


def test_a_long_query_is_posted(fakes: Fakes, session: PoliteSession) -> None:
    many = [PaperId(f"openreview:id{n:08}") for n in range(SECOND_SOURCE.politeness.batch - 1)]
    assert set(fetch(session, A, *many)) == {A}
    (request,) = fakes.requests(HOST)
    assert (request.method, request.path) == ("POST", "/sparql")


def test_an_id_that_could_change_the_query_is_never_in_it(
    fakes: Fakes, session: PoliteSession
) -> None:
    assert fetch(session, PaperId("openreview:x> } SELECT * {")) == {}
    assert fakes.requests(HOST) == []


def test_the_test_for_bots_ends_the_asking(fakes: Fakes, session: PoliteSession) -> None:
    fakes.dblp.challenge = True
    for _ in range(2):
        with pytest.raises(Refused):
            fetch(session, A)
    assert len(fakes.requests(HOST)) == 1


def test_a_rejected_query_is_an_error() -> None:
    with pytest.raises(SourceError, match="HTTP 400"):
        fetch(Canned(response(b'{"exception": "x"}', status=400)), A)


CELL = st.fixed_dictionaries(
    {},
    optional={
        "type": st.just("uri"),
        "value": st.text("1v.\ud800 ", max_size=5) | st.integers() | st.none(),
    },
)
ROW = st.dictionaries(
    st.sampled_from(["page", "pub", "title", "n", "name", "venue", "year", "doi"]), CELL | st.none()
)
GOOD = {
    "page": {"value": page(A)},
    "pub": {"value": "p"},
    "title": {"value": "T."},
    "n": {"value": "1"},
    "name": {"value": "Ada"},
}


@given(st.lists(ROW | st.none() | ROW.map(lambda row: GOOD | row), max_size=4))
def test_any_rows_give_papers_or_nothing(rows: list[Any]) -> None:
    body = json.dumps({"results": {"bindings": rows}}).encode()
    for paper in fetch(Canned(response(body)), A).values():
        assert Paper.from_dict(paper.to_dict()) == paper
        json.dumps(paper.to_dict(), ensure_ascii=False).encode()
