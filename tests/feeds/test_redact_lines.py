"""Lines of an event show no more than its texts do, whatever markup stands in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from enrich.feeds.redact import redact_lines
from tests.feeds import calendar, event, read

DATA = Path(__file__).parents[1] / "data/feeds/redact_lines.jsonl"
"""One case a line: id, lines of an event, and what is expected of them."""
CASES: list[dict[str, Any]] = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
IDS = [case["id"] for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_labelled_lines_are_redacted_as_their_label_says(case: dict[str, Any]) -> None:
    assert redact_lines(case["lines"]) == case["expected"]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_redacting_lines_again_changes_nothing(case: dict[str, Any]) -> None:
    assert redact_lines(case["expected"]) == case["expected"]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_neither_the_talk_nor_its_block_shows_a_secret(case: dict[str, Any]) -> None:
    (talk,), _ = read(calendar(event(*case["lines"])), keep_raw=True)
    shown = repr((talk, talk.raw))
    assert "LEAK" not in shown
    assert "3456" not in shown


def test_every_case_has_an_id_of_its_own() -> None:
    assert len(set(IDS)) == len(CASES) > 20
