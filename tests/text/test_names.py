"""Names without parts: the labelled ones, each a test of its own, and laws over any."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.text.names import split_name

LABELLED = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data/text/names.jsonl")
    .read_text("utf-8")
    .splitlines()
]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in LABELLED])
def test_a_labelled_name(case: dict[str, Any]) -> None:
    assert split_name(case["name"]) == (case["family"], case["given"]), case["note"]


words = st.sampled_from(
    [
        "Ada",
        "van",
        "der",
        "De",
        "y",
        "Neto",
        "Jr.",
        "III",
        ",",
        "al-Omari",
        "'t",
        "in",
        "of",
        "Team",
        "王小明",
        "김",
        "さ",
        "d'",
        "&",
        "et",
        "al.",
        "Ł",
        ",Jr.",
        "-",
        ".",
    ]
)


@given(st.lists(words, max_size=7).map(" ".join) | st.text(max_size=20))
def test_both_parts_or_none_and_nothing_added(name: str) -> None:
    family, given_ = split_name(name)
    assert (family is None) == (given_ is None)
    if family is not None and given_ is not None:
        assert family.strip() == family != ""
        assert given_.strip() == given_ != ""
        letters = sorted(family + given_)
        assert [c for c in letters if c not in ", "] == sorted(
            c for c in name if not c.isspace() and c != ","
        )
