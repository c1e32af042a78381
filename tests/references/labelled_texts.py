"""Labelled texts: their files, and the check that extraction finds what a label says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from enrich.references.extract import find_references

OWN = Path(__file__).parents[1] / "data"

Case = dict[str, Any]
Papers = dict[str, set[str]]
"""The versions that are cited of each paper."""


def find_shared() -> Path | None:
    """Return the folder of shared data in a folder around the checkout, otherwise None."""
    for parent in Path(__file__).parents[2:]:
        if (parent / "shared/data").is_dir():
            return parent / "shared/data"
    return None


def label_files() -> list[Path]:
    """Return the files of labelled texts: ours, and the shared ones if they are here."""
    shared = find_shared()
    others = sorted((shared / "extraction").glob("cases*.jsonl")) if shared is not None else []
    return [*sorted(OWN.glob("extraction*.jsonl")), *others]


def read_cases(path: Path) -> list[Case]:
    """Return the cases of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def check_case(case: Case) -> None:
    """Raise AssertionError if extraction differs from a label, or a span from its text."""
    text = case["text"]
    references = find_references(text)
    expected = _collect(
        (f"{gold['scheme']}:{gold['id']}", f"v{gold['version']}" if gold["version"] else None)
        for gold in case["gold"]
    )
    found = _collect((reference.paper, reference.version) for reference in references)
    shown = f"{case['id']}: {text!r}\n  expected {expected}\n  found    {found}\n  {case['note']}"
    assert found == expected, shown
    last = 0
    for reference in references:
        assert last <= reference.start < reference.end, shown
        assert text[reference.start : reference.end] == reference.exact, shown
        assert reference.context[0] <= reference.start < reference.context[1], shown
        last = reference.end


def _collect(pairs: Iterable[tuple[str, str | None]]) -> Papers:
    papers: Papers = {}
    for paper, version in pairs:
        papers.setdefault(str(paper), set()).update([version] if version else [])
    return papers
