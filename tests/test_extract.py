"""Extraction: the labelled texts, laws over any text, and what stands around a reference."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from enrich.extract import find_references

DATA = Path(__file__).parent / "data" / "extraction.jsonl"
Pair = tuple[str, str]


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def versions(pairs: Iterable[tuple[Pair, str | None]]) -> dict[Pair, set[str]]:
    found: dict[Pair, set[str]] = {}
    for pair, version in pairs:
        found.setdefault(pair, set()).update({version} - {None} if version else set())
    return found


def score(cases: list[dict[str, Any]]) -> dict[str, float]:
    """Precision, recall and F1 of undisputed cases; shares of clean traps and of right versions."""
    right = extra = missed = clean = traps = same = 0
    for case in (case for case in cases if not case.get("debatable")):
        gold = versions(
            ((g["scheme"], g["id"]), f"v{g['version']}" if g["version"] else None)
            for g in case["gold"]
        )
        found = versions(
            ((r.paper.source, r.paper.key), r.version) for r in find_references(case["text"])
        )
        both = gold.keys() & found.keys()
        right += len(both)
        extra += len(found.keys() - both)
        missed += len(gold.keys() - both)
        same += sum(gold[pair] == found[pair] for pair in both)
        traps += not gold
        clean += not gold and not found
    return {
        "f1": 2 * right / (2 * right + extra + missed),
        "traps": clean / traps,
        "versions": same / right,
    }


def assert_good(cases: list[dict[str, Any]]) -> None:
    scores = score(cases)
    assert scores["f1"] >= 0.99, scores
    assert scores["traps"] >= 0.97, scores
    assert scores["versions"] == 1.0, scores


def test_our_labelled_texts() -> None:
    assert_good(read(DATA))


def test_the_shared_labelled_texts(shared: Path) -> None:
    assert_good(read(shared / "extraction" / "cases.jsonl"))


def test_a_wrong_label_lowers_the_score() -> None:
    right = {
        "text": "arXiv:2103.01338v2",
        "gold": [{"scheme": "arxiv", "id": "2103.01338", "version": 2}],
    }
    wrong = {
        "text": "arXiv:2103.01338v2",
        "gold": [{"scheme": "arxiv", "id": "2103.01339", "version": 1}],
    }
    trap = {"text": "arXiv:2103.01338", "gold": []}
    assert score([right, trap]) == {"f1": pytest.approx(2 / 3), "traps": 0.0, "versions": 1.0}
    assert score([right, wrong, trap])["f1"] < 0.5


@pytest.mark.parametrize("where", ["own", "shared"])
def test_spans_quote_the_text_in_order(where: str, request: pytest.FixtureRequest) -> None:
    path = DATA if where == "own" else request.getfixturevalue("shared") / "extraction/cases.jsonl"
    for case in read(path):
        last = 0
        for reference in find_references(case["text"]):
            assert last <= reference.start < reference.end, case
            assert case["text"][reference.start : reference.end] == reference.exact, case
            assert reference.context[0] <= reference.start < reference.context[1], case
            last = reference.end
