"""Table of the goals for speed, each beside what a run measured."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple


class Row(NamedTuple):
    """One goal: which figures it is about, and what they should be."""

    title: str
    figures: str
    """A pattern of the names of its figures."""
    goal: float
    stretch: float | None = None
    is_least: bool = False
    """Whether the figures should be at least the goal, not at most."""


ROWS = (
    Row("recorded feeds, to icalendar", r"feed\.recorded\.(?:all|sum)", 0.18, 0.12),
    Row("recorded feeds, the slowest", r"feed\.recorded\.slowest", 0.5, 0.35),
    Row("generated feeds with text", r"feed\.(?:utc|plain|text)\.10k", 0.14, 0.10),
    Row("generated feeds without text", r"feed\.(?:zoned|bare|no_text|notext)\.10k", 0.16, 0.12),
    Row("warm whole run, ndjson, 10,000 talks", r"feed\.warm_run\.10k", 0.24, 0.18),
    Row("text with one link, to the same without", r"one link: .*, to none", 2.2, 1.8),
    Row("the same, floors above the text without", r"one link: .*, above none", 4.0),
    Row("real texts, floors a text", r"real texts: time", 48.0, 32.0),
    Row("dense texts, part of the floor", r"dense: ours to encode, lower, two finds", 0.13, 0.20, is_least=True),
    Row("hostile texts, the slowest, part of the floor", r"hostile: slowest rate", 0.012, 0.02, is_least=True),
    Row("hostile texts, growth for four times the text", r"hostile: greatest growth", 5.0),
    Row("import of arXiv's snapshot, records/s", r"import", 60_000, 75_000, is_least=True),
    Row("start, to `import click`", r"start\..*(?:warm|click).*", 2.8, 2.3),
    Row("memory, MB per 1,000 distinct papers", r"memory: per 1,000 distinct papers", 0.5),
    Row("scaling, time of 16 times as much over 16 times the time", r"scaling: .*, 16 times: time", 1.3),
    Row("scaling, MB more for 16 times as much", r"scaling: .*, 16 times: memory", 32.0),
)  # fmt: skip


def table(measured: Mapping[str, float]) -> str:
    """Return the rows as Markdown; of several figures the worst counts.

    >>> print(table({"real texts: time": 50.0}).splitlines()[9])
    | real texts, floors a text | 50 | ≤ 48 | ≤ 32 | missed |
    """
    lines = ["| what | measured | goal | stretch | |", "|---|---|---|---|---|"]
    for row in ROWS:
        sign = "≥" if row.is_least else "≤"
        worst: Callable[[list[float]], float] = min if row.is_least else max
        found = [value for name, value in measured.items() if re.fullmatch(row.figures, name)]
        stretch = "" if row.stretch is None else f"{sign} {row.stretch:,g}"
        shown, verdict = "–", "not measured"
        if found:
            value = worst(found)
            shown = f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"
            holds = value >= row.goal if row.is_least else value <= row.goal
            verdict = "holds" if holds else "missed"
        lines.append(f"| {row.title} | {shown} | {sign} {row.goal:,g} | {stretch} | {verdict} |")
    return "\n".join(lines)
