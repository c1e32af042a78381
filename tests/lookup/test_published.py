"""Published versions of preprints: asked for all at once, stored, and the same bytes again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command import checked, run
from tests.fakes import FakePaper, FakeRecord, Fakes

HOST = "sparql.dblp.org"
TITLE = "Wiring Up Vision from Scratch"
FEED = (
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20220218T180000Z\r\nSUMMARY:A talk\r\n"
    b"DESCRIPTION:arXiv:2101.00001 and https://openreview.net/forum?id=g1SzIRLQXMM\r\n"
    b"END:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTART:20220219T180000Z\r\nSUMMARY:Another\r\n"
    b"DESCRIPTION:arXiv:2101.00002\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
PUBLISHED = {
    "venue": "ICLR",
    "year": 2022,
    "doi": None,
    "url": "https://openreview.net/forum?id=g1SzIRLQXMM",
    "via": "dblp",
}


@pytest.fixture
def env(fakes: Fakes, tmp_path: Path) -> dict[str, str]:
    """Two preprints, one of which dblp knows as a paper at ICLR."""
    page = "https://openreview.net/forum?id=g1SzIRLQXMM"
    for number, title in ((1, TITLE), (2, "Another Title of a Paper That Nobody Published")):
        key = f"2101.0000{number}"
        fakes.arxiv.add(FakePaper(id=key, title=title, authors=("Ada Author",)))
        fakes.dblp.add(
            FakeRecord(key=f"journals/corr/abs-{key}", pages=[f"https://arxiv.org/abs/{key}"], title=title,
                       authors=("Ada Author",), venue="CoRR", year="2021", doi=f"10.48550/arXiv.{key}")
        )  # fmt: skip
    fakes.dblp.add(
        FakeRecord(key="conf/iclr/A22", pages=[page], title=TITLE, authors=("Ada Author",))
    )
    (tmp_path / "feed.ics").write_bytes(FEED)
    return fakes.env(tmp_path / "home")


def enrich(env: dict[str, str], folder: Path, *options: str) -> tuple[dict[str, Any], bytes]:
    ran = run("feed.ics", "-o", "out.json", *options, env=env, cwd=folder)
    assert ran.status in {0, 3}, ran.err
    data = (folder / "out.json").read_bytes()
    return {paper["id"]: paper for paper in checked(json.loads(data))["papers"]}, data


def test_it_is_asked_only_when_told_to(fakes: Fakes, env: dict[str, str], tmp_path: Path) -> None:
    papers, _ = enrich(env, tmp_path)
    assert papers["arxiv:2101.00001"]["published_as"] is None
    assert [r for r in fakes.requests(HOST) if "ARXIV" in r.target] == []


def test_all_preprints_are_one_request_and_the_pair_is_one_work(
    fakes: Fakes, env: dict[str, str], tmp_path: Path
) -> None:
    papers, cold = enrich(env, tmp_path, "--published", "--no-fallback")
    first = papers["arxiv:2101.00001"]
    assert first["published_as"] == PUBLISHED
    assert first["same_as"] == ["openreview:g1SzIRLQXMM"]
    assert (first["matched_by"], first["via"]) == ("dblp", None)
    assert papers["arxiv:2101.00002"]["published_as"] is None
    assert len(fakes.requests(HOST)) == 1
    _, warm = enrich(env, tmp_path, "--published", "--no-fallback")
    assert len(fakes.requests(HOST)) == 1
    _, offline = enrich(env, tmp_path, "--published", "--no-fallback", "--offline")
    assert cold == warm == offline

    plain, _ = enrich(env, tmp_path, "--offline", "--no-fallback")
    assert plain["arxiv:2101.00001"]["published_as"] is None


def test_ids_alone_are_looked_up_so(env: dict[str, str], tmp_path: Path) -> None:
    ran = run("lookup", "2101.00001", "--published", "-f", "bibtex", env=env, cwd=tmp_path)
    assert ran.status == 0
    assert "note = {Published in ICLR, 2022}" in ran.out


def test_a_refusal_changes_no_paper(fakes: Fakes, env: dict[str, str], tmp_path: Path) -> None:
    fakes.dblp.challenge = True
    papers, _ = enrich(env, tmp_path, "--published", "--no-fallback")
    assert papers["arxiv:2101.00001"]["status"] == "resolved"
    assert papers["arxiv:2101.00001"]["published_as"] is None
    fakes.dblp.challenge = False
    papers, _ = enrich(env, tmp_path, "--published", "--no-fallback", "--refresh")
    assert papers["arxiv:2101.00001"]["published_as"] == PUBLISHED
