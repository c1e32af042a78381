"""Texts labelled with roles, versions and numbers of references: each is a test of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from enrich.references.extract import find_references
from tests.references.labelled_texts import OWN, Case, find_shared, read_cases

FAULTS = OWN / "faults" / "texts.jsonl"
ROLES = OWN / "references" / "roles.jsonl"
MORE_ROLES = OWN / "references" / "roles_second.jsonl"
WORDS = OWN / "references" / "roles_words.jsonl"
"""Claims in the words of each language, and sentences with these words that claim nothing."""


def params(*paths: Path | None) -> list[Any]:
    return [
        pytest.param(case, id=f"{path.parent.parent.parent.name}-{case['id']}")
        for path in paths
        if path is not None
        for case in read_cases(path)
    ]


def shared_faults() -> Path | None:
    shared = find_shared()
    path = None if shared is None else shared / "faults" / "texts.jsonl"
    return path if path is not None and path.is_file() else None


@pytest.mark.parametrize("case", params(FAULTS, shared_faults()))
def test_a_text_that_showed_a_fault(case: Case) -> None:
    """Compare papers, versions and, if labelled, roles, in order."""
    found = find_references(case["text"])
    if case["references"] is None:
        return
    expected = [(w["paper"], w["version"], w["role"]) for w in case["references"]]
    roles = [role for _, _, role in expected] + [None] * len(found)
    got = [
        (str(reference.paper), reference.version, reference.role if role else None)
        for reference, role in zip(found, roles, strict=False)
    ]
    assert got == expected, case["text"]
    for reference in found:
        assert case["text"][reference.start : reference.end] == reference.exact


@pytest.mark.parametrize("case", params(ROLES, MORE_ROLES, WORDS))
def test_a_text_labelled_with_roles(case: Case) -> None:
    expected = [(label["paper"], label["role"]) for label in case["references"]]
    got = [(str(reference.paper), reference.role) for reference in find_references(case["text"])]
    assert got == expected, f"{case['text']}\n{case['note']}"


def test_a_wrong_label_is_found() -> None:
    case = next(case for case in read_cases(ROLES) if case["references"])
    case["references"][0]["role"] = "own" if case["references"][0]["role"] == "cited" else "cited"
    with pytest.raises(AssertionError):
        test_a_text_labelled_with_roles(case)


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        (
            '<a href="https://www.google.com/url?q=https://arxiv.org/abs/2203.04417&amp;sa=D">https://arxiv.org/abs/2203.04417</a>',
            "https://arxiv.org/abs/2203.04417",
        ),
        (
            "https://arxiv.org/abs/0811.2250 (https://www.google.com/url?q=https%3A%2F%2Farxiv.org%2Fabs%2F0811.2250v3&sa=D)",
            "https%3A%2F%2Farxiv.org%2Fabs%2F0811.2250v3",
        ),
        (
            "[https://arxiv.org/abs/2311.07766](https://arxiv.org/pdf/2311.07766v1)",
            "https://arxiv.org/pdf/2311.07766v1",
        ),
        (
            "<https://arxiv.org/pdf/2005.06011|https://arxiv.org/abs/2005.06011>",
            "https://arxiv.org/pdf/2005.06011",
        ),
        ("[arXiv:1702.03061|https://arxiv.org/abs/1702.03061]", "https://arxiv.org/abs/1702.03061"),
    ],
)
def test_the_span_of_a_link_is_the_address_in_its_target(text: str, exact: str) -> None:
    (reference,) = find_references(text)
    assert reference.exact == exact
    assert reference.start == text.rindex(exact) if "](" in text else reference.start >= 0
