"""Labelled data of identity: no wrong merge, and how many of the right ones are found."""

from __future__ import annotations

import pytest

from enrich.identity import is_by_speaker
from enrich.text.titles import title_key
from tests.labelled_identity import DATA, SHARED, Case, are_merged, paper_of, read_cases

EQUAL_TITLES = read_cases(DATA / "equal_titles.jsonl")
BY_SPEAKER = read_cases(DATA / "by_speaker.jsonl")
REAL_PAIRS = read_cases(SHARED / "pairs.jsonl") if SHARED else []
LEAST_FOUND_EQUAL_TITLE, LEAST_FOUND_KNOWN_AUTHORS = 0.97, 0.86
needs_shared = pytest.mark.skipif(not REAL_PAIRS, reason="../shared is not here")


@pytest.mark.parametrize("case", EQUAL_TITLES, ids=lambda case: case["id"])
def test_papers_of_equal_title_are_merged_only_if_they_are_one_work(case: Case) -> None:
    a, b = (paper_of(case[k]["id"], case[k], case[k]["published"]) for k in "ab")
    assert are_merged(a, b) is case["same"], (case["kind"], case["note"])


@pytest.mark.parametrize("case", BY_SPEAKER, ids=lambda case: case["id"])
def test_the_speaker_is_found_among_the_authors(case: Case) -> None:
    found = is_by_speaker(
        case["speaker"], paper_of("arxiv:2103.01338", {**case, "title": "T"}, None)
    )
    assert found is case["by_speaker"], case["note"]


def test_the_cases_are_as_many_as_the_figures_claim() -> None:
    assert len(EQUAL_TITLES) >= 600
    assert len(BY_SPEAKER) >= 150
    negative = [case for case in BY_SPEAKER if case["by_speaker"] is False]
    assert len(negative) >= 75


def merged(case: Case) -> bool:
    sides = ("arxiv", "openreview")
    return are_merged(*(paper_of(f"{side}:{case[side]['id']}", case[side], None) for side in sides))


@needs_shared
@pytest.mark.parametrize(
    "case",
    [case for case in REAL_PAIRS if case["label"] == "different"],
    ids=lambda case: case["n"],
)
def test_real_papers_that_are_different_works_are_never_merged(case: Case) -> None:
    assert not merged(case), case["why"]


@needs_shared
def test_nearly_all_real_pairs_of_equal_title_are_merged() -> None:
    same = [case for case in REAL_PAIRS if case["label"] == "same"]
    equal = [case for case in same if keys(case, "openreview") & keys(case, "arxiv")]
    found = sum(map(merged, equal))
    assert found >= LEAST_FOUND_EQUAL_TITLE * len(equal), (found, len(equal))
    complete = [case for case in same if case["arxiv"]["authors_complete"]]
    found = sum(map(merged, complete))
    assert found >= LEAST_FOUND_KNOWN_AUTHORS * len(complete), (found, len(complete))


def keys(case: Case, side: str) -> set[str | None]:
    record = case[side]
    return {title_key(t) for t in (record["title"], *record.get("other_titles", ()))} - {None}
