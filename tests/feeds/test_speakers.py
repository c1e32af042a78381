"""Each labelled talk has its speaker, or none; what no rule decides is listed."""

from __future__ import annotations

import json
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from enrich import Talk, read_talks
from enrich.feeds.speakers import find_speaker
from enrich.text.html import plain_text
from tests.conftest import ROOT, SHARED

DATA = ROOT / "tests/data/feeds"
CASES = [
    json.loads(line) for line in (DATA / "speakers.jsonl").read_text(encoding="utf-8").splitlines()
]
UNDECIDED = frozenset((DATA / "speakers_undecided.txt").read_text(encoding="utf-8").split())


@cache
def talks_of(feed: str) -> dict[str, Talk]:
    """Return the talks of a recorded feed by their UIDs."""
    return {talk.id: talk for talk in read_talks(SHARED / "data/feeds" / feed)}


def texts_of(case: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return SUMMARY and DESCRIPTION of a case, where they lie."""
    if "feed" in case:
        if not (SHARED / "data").is_dir():
            pytest.skip("../shared is not here")
        talk = talks_of(case["feed"])[case["uid"]]
        return talk.title, talk.abstract
    description = case.get("description")
    return case["summary"], plain_text(description) if description else None


def is_right(case: dict[str, Any], field: str, found: str | None) -> bool:
    """Return whether a value is the labelled one, or one that is equally right."""
    return found == case[field] or found in case.get("accept", {}).get(field, ())


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=case["id"],
            marks=[pytest.mark.xfail(strict=True, reason="no rule decides it")]
            if case["id"] in UNDECIDED
            else [],
        )
        for case in CASES
    ],
)
def test_a_labelled_talk(case: dict[str, Any]) -> None:
    found = find_speaker(*texts_of(case))
    assert is_right(case, "speaker", found.name), (case["id"], case["speaker"], found)
    if found.name is not None:
        right = is_right(case, "speaker_affiliation", found.affiliation)
        assert right, (case["id"], case["speaker_affiliation"], found)


def test_precision_and_recall_over_the_set(shared: Path) -> None:
    right = wrong = missed = 0
    for case in CASES:
        name = find_speaker(*texts_of(case)).name
        if name is None:
            missed += case["speaker"] is not None
        elif is_right(case, "speaker", name) and case["speaker"] is not None:
            right += 1
        else:
            wrong += 1
    assert right / (right + wrong) >= 0.98
    assert right / (right + missed + wrong) >= 0.8


@pytest.mark.parametrize(
    "piece",
    [
        "a: ", "Speaker: ", "Speaker：", "\n", ": :\n", "and ", ", ", "A. B. ", "Emil Artin, ", "(A) ", "by ", "Seminar by ", " - ",
        "“a” by ", "Prof. ", "Talk, ", "讲者", "e y ", "titel:\n",
    ],
)  # fmt: skip
def test_time_is_linear(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        begin = time.process_time()
        find_speaker(text, text)
        return time.process_time() - begin

    seconds(1_000)
    small = max(seconds(5_000), 0.005)
    large = min(seconds(20_000) for _ in range(3))
    assert large < 20 * small
