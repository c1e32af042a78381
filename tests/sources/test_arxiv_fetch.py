"""arXiv through the real client, against the stand-in on real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from enrich.errors import BadAnswer, SourceError
from enrich.paper import Lookup, Paper, PaperId, Unresolved
from enrich.sources.arxiv.api import SOURCE
from tests.fakes import FakePaper, Fakes, FakeVersion

HOST = "export.arxiv.org"
A, B, OLD, NONE = (
    PaperId(f"arxiv:{key}") for key in ("2103.01338", "2110.10090", "math/0601001", "2103.99999")
)
THREE = [
    FakeVersion(date="2021-03-01T22:52:13Z", title="A first title"),
    FakeVersion(date="2021-06-11T21:57:09Z", title="A second title"),
    FakeVersion(date="2022-01-01T00:00:00Z", title="A third title"),
]


@pytest.fixture
def session(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> Iterator[requests.Session]:
    fakes.use(monkeypatch)
    fakes.arxiv.add(
        FakePaper(id=A.key, title="A third title", versions=THREE),
        FakePaper(id=B.key, title="Two\n  lines"),
        FakePaper(id=OLD.key),
    )
    with requests.Session() as session:
        yield session


def fetch(
    session: requests.Session, *wanted: tuple[PaperId, str | None]
) -> dict[tuple[PaperId, str | None], Lookup]:
    return {(paper, version): found for paper, version, found in SOURCE.fetch(wanted, session)}


def asked(fakes: Fakes) -> list[str]:
    return [request.query["id_list"] for request in fakes.requests(HOST)]


def test_bare_ids_take_one_request(fakes: Fakes, session: requests.Session) -> None:
    found = fetch(session, (B, None), (A, None), (OLD, None), (A, None))
    assert asked(fakes) == ["2103.01338,2110.10090,math/0601001"]
    assert set(found) == {(A, None), (B, None), (OLD, None)}
    assert all(isinstance(each, Paper) for each in found.values())
    paper = found[B, None]
    assert isinstance(paper, Paper)
    assert paper.title == "Two lines"


def test_the_paper_has_its_dates_and_its_own_doi(fakes: Fakes, session: requests.Session) -> None:
    (paper,) = fetch(session, (A, None)).values()
    assert isinstance(paper, Paper)
    assert (paper.published, paper.updated) == ("2021-03-01", "2022-01-01")
    assert paper.dates == (("submitted", "2021-03-01"), ("updated", "2022-01-01"))
    assert paper.doi == "10.48550/arXiv.2103.01338"
    assert [v.version for v in paper.versions] == ["v1", "v3"]
    (single,) = fetch(session, (B, None)).values()
    assert isinstance(single, Paper)
    assert (single.updated, single.latest_version) == (None, "v1")


def test_missing_ids_and_older_versions_share_one_further_request(
    fakes: Fakes, session: requests.Session
) -> None:
    wanted = (A, None), (A, "v2"), (A, "v1"), (A, "v3"), (A, "v9"), (B, None), (NONE, None)
    found = fetch(session, *wanted)
    assert asked(fakes) == [
        "2103.01338,2103.99999,2110.10090",
        "2103.01338v1,2103.01338v2,2103.99999",
    ]
    assert list(found) == [*wanted[5:6], *wanted[:5], *wanted[6:]]
    paper = found[A, None]
    assert isinstance(paper, Paper)
    assert [(v.version, v.date, v.title) for v in paper.versions] == [
        ("v1", "2021-03-01", "A first title"),
        ("v2", "2021-06-11", "A second title"),
        ("v3", "2022-01-01", "A third title"),
    ]
    second, third, ninth = found[A, "v2"], found[A, "v3"], found[A, "v9"]
    assert isinstance(second, Paper)
    assert isinstance(third, Paper)
    assert isinstance(ninth, Unresolved)
    assert (second.title, second.updated, second.latest_version) == (
        "A second title",
        "2021-06-11",
        None,
    )
    assert third.title == "A third title"
    assert ninth.code == "not_found"
    assert "v3" in ninth.message
    missing = found[NONE, None]
    assert isinstance(missing, Unresolved)
    assert (missing.code, missing.url) == ("not_found", "https://arxiv.org/abs/2103.99999")


def test_a_version_alone_is_asked_for_as_itself(fakes: Fakes, session: requests.Session) -> None:
    found = fetch(session, (A, "v1"), (B, None))
    assert asked(fakes) == ["2103.01338v1,2110.10090"]
    paper = found[A, "v1"]
    assert isinstance(paper, Paper)
    assert (paper.title, paper.updated) == ("A first title", None)


def test_an_empty_answer_for_one_is_asked_twice(fakes: Fakes, session: requests.Session) -> None:
    (found,) = fetch(session, (NONE, None)).values()
    assert isinstance(found, Unresolved)
    assert found.code == "not_found"
    assert asked(fakes) == ["2103.99999"] * 2


def test_an_empty_answer_for_several_is_a_fault(fakes: Fakes, session: requests.Session) -> None:
    fakes.fault(HOST, "empty", times=1)
    assert len(fetch(session, (A, None), (B, None))) == 2
    fakes.forget()
    fakes.fault(HOST, "empty")
    with pytest.raises(BadAnswer):
        fetch(session, (A, None), (B, None))
    assert len(asked(fakes)) == 2


@pytest.mark.parametrize("malformed", ["400", "omitted"])
def test_a_bad_id_does_not_poison_its_batch(
    malformed: str, fakes: Fakes, session: requests.Session
) -> None:
    fakes.arxiv.malformed = malformed  # type: ignore[assignment]
    bad = PaperId("arxiv:bad")
    found = fetch(session, (A, None), (bad, None), (B, None))
    assert isinstance(found[A, None], Paper)
    assert isinstance(found[B, None], Paper)
    unresolved = found[bad, None]
    assert isinstance(unresolved, Unresolved)
    assert unresolved.code == "not_found"
    assert len(asked(fakes)) == 2


def test_more_results_counted_than_given_is_survived(
    fakes: Fakes, session: requests.Session
) -> None:
    fakes.arxiv.counts_unknown = True
    found = fetch(session, (A, None), (NONE, None), (B, None))
    assert [isinstance(found[paper, None], Paper) for paper in (A, NONE, B)] == [True, False, True]
    assert len(asked(fakes)) == 2


def test_a_failed_further_request_loses_nothing(fakes: Fakes, session: requests.Session) -> None:
    fakes.fault(HOST, "404", match="2103.01338v1")
    given: list[tuple[PaperId, str | None, Lookup]] = []
    with pytest.raises(SourceError, match="HTTP 404"):
        given.extend(SOURCE.fetch([(A, None), (A, "v1"), (B, None)], session))
    assert [(paper, version) for paper, version, _ in given] == [(B, None), (A, None)]
    assert all(isinstance(each, Paper) for _, _, each in given)
