"""The labelled texts of tests/data/extraction.jsonl are sound in themselves.

Composed by hand for this project in November 2026, without sight of the extraction it judges,
and labelled by the project's rules for what counts as a reference (each case's note names its
rule or its source). The texts are invented; an id is one that could exist, not always one that
does.
`gold` is the set of papers a careful reader finds, versions as numbers; `debatable` marks the
few cases on which the rules are silent. Nothing here runs the extractor.
"""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

_CASES = Path(__file__).parents[1] / "data" / "extraction.jsonl"
_KEYS = ["id", "text", "gold", "form", "note"]
# Archives that gave old-style ids; econ, eess, q-fin and stat are younger than those.
_ARCHIVES = (
    "acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas"
    " cond-mat cs dg-ga funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin"
    " nucl-ex nucl-th patt-sol physics plasm-ph q-alg q-bio quant-ph solv-int supr-con"
)


@pytest.fixture(scope="module")
def cases() -> list[dict[str, Any]]:
    lines = _CASES.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def _is_canonical(scheme: str, key: str) -> bool:
    """Whether a gold id is written as its service writes it, with a month and width that exist."""
    if scheme == "openreview":
        return re.fullmatch(r"[A-Za-z0-9_-]{5,20}", key) is not None
    if scheme != "arxiv":
        return False
    if new := re.fullmatch(r"(\d\d)(\d\d)\.(\d{4,5})", key):
        year, month, number = new.groups()
        return (
            1 <= int(month) <= 12
            and year + month >= "0704"
            and len(number) == (4 if year + month < "1501" else 5)
            and int(number) > 0
        )
    if old := re.fullmatch(r"([a-z-]+)/(\d\d)(\d\d)(\d{3})", key):
        archive, year, month, number = old.groups()
        date = ("19" if year > "90" else "20") + year + month
        return (
            archive in _ARCHIVES.split()
            and 1 <= int(month) <= 12
            and "199108" <= date <= "200703"
            and int(number) > 0
        )
    return False


@pytest.mark.parametrize(
    ("scheme", "key", "canonical"),
    [
        ("arxiv", "1412.0001", True),
        ("arxiv", "1501.0001", False),
        ("arxiv", "1313.0001", False),
        ("arxiv", "1203.0000", False),
        ("arxiv", "0703.0001", False),
        ("arxiv", "math/0703001", True),
        ("arxiv", "math/0704001", False),
        ("arxiv", "math.AG/0601001", False),
        ("arxiv", "hep-th/9108001", True),
        ("openreview", "_aB-", False),
        ("openreview", "-aBcDeFgH_", True),
        ("dblp", "1412.0001", False),
    ],
)
def test_the_check_of_gold_ids_can_fail(scheme: str, key: str, canonical: bool) -> None:
    assert _is_canonical(scheme, key) is canonical


def test_every_case_has_the_same_keys_and_says_why(cases: list[dict[str, Any]]) -> None:
    for case in cases:
        assert list(case) in (_KEYS, [*_KEYS, "debatable"]), case["id"]
        assert case.get("debatable", True) is True, case["id"]
        assert all(case[key] for key in ("id", "text", "form", "note")), case["id"]


def test_ids_and_texts_are_unique(cases: list[dict[str, Any]]) -> None:
    for key in ("id", "text"):
        assert [value for value, n in Counter(case[key] for case in cases).items() if n > 1] == []


def test_gold_is_canonical_and_names_nothing_twice(cases: list[dict[str, Any]]) -> None:
    for case in cases:
        for gold in case["gold"]:
            assert list(gold) == ["scheme", "id", "version"], case["id"]
            assert _is_canonical(gold["scheme"], gold["id"]), (case["id"], gold)
            version = gold["version"]
            assert version is None or (type(version) is int and version > 0), case["id"]
            assert version is None or gold["scheme"] == "arxiv", case["id"]
        assert len({tuple(gold.values()) for gold in case["gold"]}) == len(case["gold"]), case["id"]


def test_traps_and_only_traps_are_without_gold(cases: list[dict[str, Any]]) -> None:
    for case in cases:
        assert case["form"].startswith("neg_") == (not case["gold"]), case["id"]


def test_the_set_is_large_varied_and_decided(cases: list[dict[str, Any]]) -> None:
    traps = sum(not case["gold"] for case in cases)
    assert len(cases) >= 300
    assert traps >= 110
    assert 0.25 <= traps / len(cases) <= 0.5
    assert sum(case["form"] == "talk" for case in cases) >= 20
    assert sum("debatable" in case for case in cases) < 0.05 * len(cases)


def test_every_rule_for_readers_is_named_by_two_cases_or_more(cases: list[dict[str, Any]]) -> None:
    named = Counter(
        int(number)
        for case in cases
        for rules in re.findall(r"rules? (\d+(?:(?:, | and )\d+)*)", case["note"])
        for number in re.findall(r"\d+", rules)
    )
    assert {rule: n for rule in range(1, 16) if (n := named[rule]) < 2} == {}
