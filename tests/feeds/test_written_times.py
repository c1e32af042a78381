"""Dates and times as people write them, each with its right reading or none."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from enrich.feeds.dialects._written_times import decide_order, read_written_time
from tests.conftest import ROOT

CASES = [
    json.loads(line)
    for line in (ROOT / "tests/data/feeds/written_times.jsonl").read_text("utf-8").splitlines()
]


def _read(case: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the start and the end that a cell states."""
    cell = read_written_time(case["text"])
    day = cell.pick(case.get("order"))
    if day is None:
        return None, None
    if cell.begin is None:
        return day.isoformat(), None
    start = datetime.combine(day, cell.begin, cell.zone).isoformat()
    end = datetime.combine(day, cell.end, cell.zone).isoformat() if cell.end else None
    return start, end


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['text']} {case.get('order', '')}")
def test_a_cell_is_read_as_it_is_meant_or_refused(case: dict[str, Any]) -> None:
    """Compare a cell's start and end with the right ones."""
    assert _read(case) == (case["start"], case["end"])
    assert read_written_time(case["text"]).has_unknown_zone is (case.get("zone") == "unknown")


def test_one_certain_date_decides_the_order_of_a_column() -> None:
    """Decide by the cells that have one reading; two that differ decide nothing."""
    cells = [read_written_time(text) for text in ("3/12/2026", "13/3/2026", "4/4/2026")]
    assert decide_order(cells) == "dmy"
    assert decide_order([*cells, read_written_time("3/14/2026")]) is None
    assert decide_order(cells[:1]) is None
