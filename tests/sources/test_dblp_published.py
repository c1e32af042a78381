"""Where preprints were published, by dblp's pairs of records; labelled cases, and answers that err."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from enrich.errors import Refused, SourceError
from enrich.paper import PaperId
from enrich.sources.dblp import SECOND_SOURCE
from tests.fakes import FakeRecord, Fakes
from tests.sources.answers import Canned, polite, response

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data/identity/dblp_published.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
HOST = "sparql.dblp.org"
ID = PaperId("arxiv:2101.00001")


def preprint(case: dict[str, Any]) -> FakeRecord:
    given = case["preprint"]
    return FakeRecord(
        key=f"journals/corr/abs-{given['id']}",
        pages=[f"https://arxiv.org/abs/{given['id']}"],
        title=given["title"],
        authors=given["authors"],
        venue="CoRR",
        year="2021",
        kind="Informal",
        doi=f"10.48550/arXiv.{given['id']}",
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_pair_of_records(
    case: dict[str, Any], fakes: Fakes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fakes.use(monkeypatch)
    fakes.dblp.add(preprint(case), *(FakeRecord(**record) for record in case["records"]))
    with polite(tmp_path, SECOND_SOURCE) as session:
        found = list(SECOND_SOURCE.fetch_published([ID], session))
    expected = case["published_as"]
    if expected is None:
        assert found == []
        return
    (paper,) = found
    assert paper.id == ID
    published = paper.published_as
    assert published is not None
    assert published.via == "dblp"
    assert list(paper.same_as) == expected.pop("same_as", [])
    assert {key: getattr(published, key) for key in expected} == expected


def test_many_preprints_are_one_request(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fakes.use(monkeypatch)
    for case in CASES[:2]:
        fakes.dblp.add(preprint(case), *(FakeRecord(**record) for record in case["records"]))
    wanted = [ID, *(PaperId(f"arxiv:2102.{n:05}") for n in range(60))]
    with polite(tmp_path, SECOND_SOURCE) as session:
        assert [paper.id for paper in SECOND_SOURCE.fetch_published(wanted, session)] == [ID]
    assert [request.method for request in fakes.requests(HOST)] == ["POST"]


def test_old_ids_are_asked_for_and_others_are_not() -> None:
    wanted = [PaperId("arxiv:math/0601001"), PaperId("arxiv:bad> } #")]
    canned = Canned(response(b'{"results": {"bindings": []}}'))
    assert list(SECOND_SOURCE.fetch_published(wanted, canned)) == []
    assert list(SECOND_SOURCE.fetch_published(wanted[1:], Canned())) == []


@pytest.mark.parametrize("status", [400, 401, 410, 500])
def test_a_request_that_fails_is_an_error(status: int) -> None:
    with pytest.raises(SourceError):
        list(SECOND_SOURCE.fetch_published([ID], Canned(response(b"{}", status=status))))


def test_a_test_for_bots_is_a_refusal(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fakes.use(monkeypatch)
    fakes.dblp.challenge = True
    with polite(tmp_path, SECOND_SOURCE) as session, pytest.raises(Refused):
        list(SECOND_SOURCE.fetch_published([ID], session))


@pytest.mark.parametrize(
    "row",
    [{}, {"preprint": 7}, {"preprint": {"value": "x"}, "title": {"value": "T"}}, [], None, "x"],
)
def test_rows_that_nobody_foresaw_are_left_out(row: Any) -> None:
    body = json.dumps({"results": {"bindings": [row]}}).encode()
    assert list(SECOND_SOURCE.fetch_published([ID], Canned(response(body)))) == []
