"""Further edges of roles, line breaks and links: a case for each changed line that no other test saw."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from enrich.model import AnnotatedTalk
from enrich.references.extract import find_references

DATA = Path(__file__).parents[1] / "data/references/edges.jsonl"
"""One text a line, and each of its references: paper, role and form."""
CASES: list[dict[str, Any]] = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_text_at_an_edge(case: dict[str, Any]) -> None:
    found = find_references(case["text"])
    got = [[str(r.paper), r.role, r.form] for r in found]
    assert got == case["references"], case["note"]
    assert [w.code for w in found.warnings] == case.get("warnings", [])


def test_an_annotated_talk_is_refused_with_a_hint() -> None:
    annotated = AnnotatedTalk.from_dict({"id": "1"})
    with pytest.raises(TypeError, match=r"use its \.talk"):
        find_references(annotated)  # type: ignore[arg-type]
