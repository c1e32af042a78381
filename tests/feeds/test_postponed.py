"""What titles and texts say of talks that do not take place as planned, and line breaks escaped twice."""

from __future__ import annotations

import pytest

from enrich.feeds.cancelled import find_status
from enrich.feeds.ical.values import unescape_text

_SAID = [
    ("Postponed: On knots", "", "postponed"),
    ("[Postponed] On knots", "", "postponed"),
    ("On knots - postponed", "", "postponed"),
    ("POSTPONED until further notice", "", "postponed"),
    ("Verschoben: Über Knoten", "", "postponed"),
    ("On knots", "The seminar has been postponed.", "postponed"),
    ("On knots", "The seminar is postponed to a later date.", "postponed"),
    ("On knots", "*** POSTPONED ***", "postponed"),
    ("POSTPONED to 5 May: On knots", "", None),
    ("On knots (postponed to May 5)", "", None),
    ("On knots", "The talk has been postponed until 2026-05-12.", None),
    ("Postponed decisions", "", None),
    ("On knots", "Decisions are postponed.", None),
    ("Cancelled (was postponed)", "", "cancelled"),
    ("Отменено: Узлы", "", "cancelled"),
    ("ОТМЕНА: Узлы", "", "cancelled"),
    ("【中止】結び目", "", "cancelled"),
    ("[取消] 纽结", "", "cancelled"),
    ("取消：纽结", "", "cancelled"),
    ("[취소] 매듭", "", "cancelled"),
    ("[延期] 纽结", "", "postponed"),
    ("【延期】結び目", "", "postponed"),
    ("Перенесено: Узлы", "", "postponed"),
    ("Перенесено на 5 мая: Узлы", "", None),
    ("取消不确定性的算法", "", None),
    ("Отмена гипотезы", "", None),
    ("中止問題の複雑さ", "", None),
]


@pytest.mark.parametrize(("title", "abstract", "status"), _SAID)
def test_status(title: str, abstract: str, status: str | None) -> None:
    """Believe what is said of the talk; one that was moved to a date takes place."""
    assert find_status(title, abstract, f"{title}\n{abstract}".lower().encode()) == status


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (r"We study sets.\\nSee", "We study sets.\nSee"),
        (r"One\\n\\n- Two\\n", "One\n\n- Two\n"),
        (r"See\\nhttps://arxiv.org", "See\nhttps://arxiv.org"),
        (r"$\\nabla$ and \\ne", r"$\nabla$ and \ne"),
        (r"$\\nRightarrow$ and \\nVdash", r"$\nRightarrow$ and \nVdash"),
        (r"a \\\\nB", r"a \\nB"),
        (r"$\\n$", r"$\n$"),
    ],
)
def test_doubled_break(value: str, text: str) -> None:
    """Break a line where a break was escaped twice, and leave TeX alone."""
    assert unescape_text(value) == text
