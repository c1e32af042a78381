"""arXiv's bad days, through the product's session: what is asked again, and what is never believed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from enrich.errors import BadAnswer, Overloaded, Refused, SourceError
from enrich.http.session import PoliteSession
from enrich.paper import Paper, PaperId
from enrich.sources.arxiv.api import SOURCE
from tests.fakes import FakePaper, Fakes
from tests.sources.answers import fetch, polite

HOST = "export.arxiv.org"
IDS = tuple(PaperId(f"arxiv:2103.0000{n}") for n in range(1, 4))


@pytest.fixture
def session(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[PoliteSession]:
    fakes.use(monkeypatch)
    fakes.arxiv.add(*(FakePaper(id=paper.key, title="Tó") for paper in IDS))
    with polite(tmp_path, SOURCE) as opened:
        yield opened


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("cut-unmarked", BadAnswer),
        ("truncated", BadAnswer),
        ("captcha", BadAnswer),
        ("latin-1", BadAnswer),
        ("rate-exceeded", Overloaded),
        ("406", Overloaded),
        ("503", Overloaded),
    ],
)
def test_a_bad_answer_is_asked_again_and_a_lasting_one_raises(
    fault: str, error: type[SourceError], fakes: Fakes, session: PoliteSession
) -> None:
    fakes.fault(HOST, fault, times=1)
    found = fetch(SOURCE, session, *IDS)
    assert [isinstance(each, Paper) for each in found.values()] == [True] * 3
    assert len(fakes.requests(HOST)) == 2
    fakes.forget()
    fakes.fault(HOST, fault)
    with pytest.raises(error):
        fetch(SOURCE, session, *IDS)
    assert len(fakes.requests(HOST)) == 4


def test_a_lost_entry_comes_with_the_further_request(fakes: Fakes, session: PoliteSession) -> None:
    fakes.fault(HOST, "lost", times=1)
    found = fetch(SOURCE, session, *IDS)
    assert [isinstance(each, Paper) for each in found.values()] == [True] * 3
    first, second = fakes.requests(HOST)
    assert len(first.query["id_list"].split(",")) == 3
    assert len(second.query["id_list"].split(",")) == 1


def test_access_denied_ends_the_asking(fakes: Fakes, session: PoliteSession) -> None:
    fakes.fault(HOST, "403")
    for _ in range(3):
        with pytest.raises(Refused) as caught:
            fetch(SOURCE, session, *IDS)
        assert caught.value.code == "forbidden"
    assert len(fakes.requests(HOST)) == 1


def test_a_missing_page_is_no_missing_paper(fakes: Fakes, session: PoliteSession) -> None:
    fakes.fault(HOST, "404")
    with pytest.raises(SourceError, match="HTTP 404"):
        fetch(SOURCE, session, *IDS)
    assert len(fakes.requests(HOST)) == 1


def test_a_full_batch_is_one_request(fakes: Fakes, session: PoliteSession) -> None:
    papers = [PaperId(f"arxiv:2104.{n:05}") for n in range(1, 101)]
    fakes.arxiv.add(*(FakePaper(id=paper.key) for paper in papers))
    found = fetch(SOURCE, session, *reversed(papers))
    assert all(isinstance(each, Paper) for each in found.values())
    (request,) = fakes.requests(HOST)
    assert request.query["id_list"].split(",") == sorted(paper.key for paper in papers)
    assert "arxiv.py" not in request.headers["user-agent"]
    assert request.headers["accept"].startswith("application/atom+xml")
