"""The sources over the cassettes, through the product's own session."""

from __future__ import annotations

from pathlib import Path

import pytest

from enrich.errors import Refused
from enrich.paper import Paper, PaperId, Unresolved
from enrich.sources.installed import source
from tests.sources.answers import fetch, polite
from tests.values import names

FRACTAL, BIASES = PaperId("arxiv:2103.01338"), PaperId("arxiv:2110.10090")
GRAFTING = PaperId("openreview:FpKgG31Z_i9")


@pytest.mark.vcr
@pytest.mark.default_cassette("arxiv-two-papers.yaml")
def test_the_two_arxiv_papers_come_in_one_request(tmp_path: Path) -> None:
    arxiv = source("arxiv")
    with polite(tmp_path, arxiv) as session:
        found = fetch(arxiv, session, BIASES, FRACTAL, (FRACTAL, "v2"))
    paper = found[FRACTAL, None]
    assert isinstance(paper, Paper)
    assert paper.title == "Acceleration via Fractal Learning Rate Schedules"
    assert names(paper) == ("Naman Agarwal", "Surbhi Goel", "Cyril Zhang")
    assert (paper.published, paper.updated) == ("2021-03-01", "2021-06-11")
    assert (paper.latest_version, paper.category) == ("v2", "cs.LG")
    assert isinstance(found[BIASES, None], Paper)
    assert isinstance(found[FRACTAL, "v2"], Paper)


@pytest.mark.vcr
@pytest.mark.default_cassette("arxiv-503-then-200.yaml")
def test_a_503_is_asked_again(tmp_path: Path) -> None:
    arxiv = source("arxiv")
    with polite(tmp_path, arxiv) as session:
        found = fetch(arxiv, session, BIASES, FRACTAL)
    assert all(isinstance(each, Paper) for each in found.values())


@pytest.mark.vcr
@pytest.mark.default_cassette("arxiv-not-found.yaml")
def test_an_unknown_paper_is_asked_for_twice(tmp_path: Path) -> None:
    arxiv = source("arxiv")
    with polite(tmp_path, arxiv) as session:
        (found,) = fetch(arxiv, session, PaperId("arxiv:2103.99999")).values()
    assert isinstance(found, Unresolved)
    assert found.code == "not_found"


@pytest.mark.vcr
@pytest.mark.default_cassette("openreview-note.yaml")
def test_the_note_is_a_rejected_paper(tmp_path: Path) -> None:
    openreview = source("openreview")
    with polite(tmp_path, openreview) as session:
        (paper,) = fetch(openreview, session, GRAFTING).values()
    assert isinstance(paper, Paper)
    assert paper.title == "Learning Rate Grafting: Transferability of Optimizer Tuning"
    assert len(paper.authors) == 5
    assert (paper.venue, paper.decision) == ("ICLR 2022 Submitted", "rejected")
    assert (paper.published, paper.updated) == ("2021-09-29", None)
    assert dict(paper.dates) == {
        "submitted": "2021-09-29",
        "published": "2022-01-28",
        "modified": "2023-02-13",
    }


@pytest.mark.vcr
@pytest.mark.default_cassette("openreview-challenge.yaml")
def test_the_challenge_is_refused(tmp_path: Path) -> None:
    openreview = source("openreview")
    with polite(tmp_path, openreview) as session, pytest.raises(Refused) as caught:
        fetch(openreview, session, GRAFTING)
    assert caught.value.code == "challenge"
