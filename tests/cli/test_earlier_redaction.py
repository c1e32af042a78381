"""Talks that an earlier output carries over are redacted as those of a feed, in every output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_weekly import calendar, event
from tests.command import run
from tests.fakes import Fakes

LINK = "https://uni.zoom.us/j/81234567890?pwd=LEAK"
ONE = event("1", "20260105T160000Z")
CASES: dict[str, dict[str, Any]] = {
    "abstract": {"abstract": f"See arXiv:2601.00001\n{LINK}\nPasscode: LEAK7"},
    "title": {"title": f"Knots ({LINK})"},
    "series": {"series": f"Knots {LINK}"},
    "room": {"room": f"Room 5, {LINK}"},
    "recurrence": {"recurrence": f"FREQ=DAILY;X={LINK}"},
    "message": {"warnings": [{"code": "other", "message": f"see {LINK}"}]},
    "id": {"id": LINK},
    "text": {"texts": {"comments": f"arXiv:2601.00001, join: {LINK}"}},
}
KEPT: dict[str, dict[str, Any]] = {
    "abstract": {"abstract": "On passwords: a survey"},
    "title": {"title": "Passcode design"},
    "series": {"series": "Zoom seminar"},
    "room": {"room": "Room 5"},
    "recurrence": {"recurrence": "FREQ=WEEKLY;COUNT=5"},
    "message": {"warnings": [{"code": "other", "message": "the password is a word"}]},
    "id": {"id": "https://example.org/talks/1"},
    "speaker": {"speaker": "Ada Pass"},
}
REFERENCES = {
    "an unknown source": ("evil:x", [(0, 14)]),
    "an overlap": ("arxiv:2601.00001", [(0, 16), (6, 16)]),
}
ABSTRACT = "arXiv:2601.00001 is new"


@pytest.fixture
def env(fakes: Fakes, tmp_path: Path) -> dict[str, str]:
    """A command's environment with an empty home, led to the stand-ins."""
    return fakes.env(tmp_path / "home")


def run_with(folder: Path, env: dict[str, str], talk: dict[str, Any], *args: str) -> dict[str, str]:
    """Return the outputs of a run whose earlier output holds a talk of another feed."""
    made = {"id": "9", "start_time": "2026-01-06T16:00:00Z", "feed": "B", **talk}
    document = {"format": "enrich.talks", "version": "1.0", "talks": [made], "papers": []}
    (folder / "all.json").write_text(json.dumps(document))
    (folder / "a.ics").write_bytes(calendar("A", ONE))
    names = ("all.json", "b.md", "b.ics", "b.html", "b.csv", "b.ndjson")
    outputs = [arg for name in names for arg in ("-o", name)]
    ran = run(
        *("a.ics", "--offline", "-q", "--fail-on", "never", "--new-since", "all.json"),
        *(*outputs, *args),
        env=env,
        cwd=folder,
    )
    assert ran.status == 0, ran.err
    return {name: (folder / name).read_text() for name in names}


@pytest.mark.parametrize("talk", CASES.values(), ids=CASES)
def test_no_output_shows_a_carried_credential(
    env: dict[str, str],
    tmp_path: Path,
    talk: dict[str, Any],
) -> None:
    for name, text in run_with(tmp_path, env, talk).items():
        assert "LEAK" not in text, name
        assert "zoom.us" not in text, name


@pytest.mark.parametrize("talk", KEPT.values(), ids=KEPT)
def test_what_is_not_a_credential_is_carried_as_it_is(
    env: dict[str, str],
    tmp_path: Path,
    talk: dict[str, Any],
) -> None:
    stored = json.loads(run_with(tmp_path, env, talk)["all.json"])["talks"][-1]
    expected = {k: v for k, v in talk.items() if k != "warnings"}
    assert {key: stored[key] for key in expected} == expected
    messages = [warning["message"] for warning in stored["warnings"]]
    assert all(w["message"] in messages for w in talk.get("warnings", ()))


def test_credentials_are_carried_for_ones_own_use(env: dict[str, str], tmp_path: Path) -> None:
    made = run_with(tmp_path, env, CASES["abstract"] | CASES["room"], "--keep-private")
    assert made["all.json"].count("LEAK") == 3


@pytest.mark.parametrize(("paper", "spans"), REFERENCES.values(), ids=REFERENCES)
def test_references_that_no_run_makes_are_searched_again(
    env: dict[str, str],
    tmp_path: Path,
    paper: str,
    spans: list[tuple[int, int]],
) -> None:
    references = [
        {
            "paper": paper,
            "version": None,
            "field": "abstract",
            "start": start,
            "end": end,
            "exact": ABSTRACT[start:end],
            "context": [0, len(ABSTRACT)],
            "form": "url",
            "role": "mentioned",
            "by_speaker": None,
        }
        for start, end in spans
    ]
    made = run_with(tmp_path, env, {"abstract": ABSTRACT, "references": references})
    assert "evil:x" not in made["all.json"]
    found = json.loads(made["all.json"])["talks"][-1]["references"]
    assert [(r["paper"], r["exact"]) for r in found] == [("arxiv:2601.00001", ABSTRACT[:16])]
