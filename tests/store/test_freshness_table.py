"""The rules of freshness at their edges, value by value; mutants of the module asked for most of these."""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

import pytest

from enrich.paper import Paper, PaperId, Unresolved
from enrich.store.freshness import (
    DAY,
    HOUR,
    Record,
    compute_expiry,
    decide_answer,
    is_fresh,
    may_replace,
    rank_origin,
)

NOW = 1_700_000_000.0  # 2023-11-14
ID = PaperId("arxiv:2103.01338")
PAPER = Paper(id=ID, title="T", url="")
SPREAD = crc32(ID.encode()) / 2**32


def record(**fields: object) -> Record:
    values: dict[str, object] = {
        "id": ID, "paper": PAPER, "revision": 2, "fetched_at": NOW, "expires_at": NOW + 100,
    }  # fmt: skip
    return Record(**{**values, **fields})  # type: ignore[arg-type]


def test_units_and_defaults() -> None:
    assert (HOUR, DAY) == (3600, 86_400)
    assert record().misses == 0
    assert record().version is None


@pytest.mark.parametrize(
    ("via", "precedence"), [(None, 1), ("collection", 1), ("datacite", 0), ("dblp", 0)]
)
def test_precedence(via: str | None, precedence: int) -> None:
    assert rank_origin(via) == precedence


@pytest.mark.parametrize(
    ("fields", "options", "expected"),
    [
        ({}, {}, True),
        ({"revision": 1}, {}, False),
        ({"revision": 3}, {}, True),
        ({"fetched_at": NOW + HOUR}, {}, True),
        ({"fetched_at": NOW + HOUR + 1}, {}, False),
        ({"expires_at": NOW}, {}, False),
        ({"expires_at": NOW + 0.5}, {}, True),
        ({"expires_at": None}, {}, True),
        ({"expires_at": None, "fetched_at": 0.0}, {"max_age": 1.0}, True),
        ({"expires_at": None, "revision": 1}, {}, False),
        ({"fetched_at": NOW - 10}, {"max_age": 10.0}, True),
        ({"fetched_at": NOW - 11}, {"max_age": 10.0}, False),
        ({"fetched_at": NOW - 11, "expires_at": NOW}, {"max_age": 20.0}, False),
    ],
)
def test_a_record_is_fresh(
    fields: dict[str, object], options: dict[str, float], expected: bool
) -> None:
    assert is_fresh(record(**fields), now=NOW, revision=2, **options) is expected


@pytest.mark.parametrize(
    ("misses", "hours"),
    [(1, 1), (2, 2), (3, 4), (7, 64), (8, 128), (9, 168), (10, 168), (11, 168), (5000, 168)],
)
def test_missing_is_asked_again(misses: int, hours: int) -> None:
    assert compute_expiry(ID, None, None, now=NOW, misses=misses) == NOW + hours * HOUR
    assert compute_expiry(ID, "v1", None, now=NOW, misses=misses) == NOW + hours * HOUR


def test_missing_is_asked_again_after_an_hour_unless_told() -> None:
    assert compute_expiry(ID, None, None, now=NOW) == NOW + HOUR


@pytest.mark.parametrize(
    ("fields", "version", "days"),
    [
        ({}, None, 7 + 0.7 * SPREAD),
        ({}, "v1", None),
        ({"via": "collection"}, "v1", None),
        ({"via": "datacite"}, None, 1),
        ({"via": "dblp"}, "v1", 1),
        ({"published": "2022-11-13"}, None, 27 + 3 * SPREAD),
        ({"published": "2022-11-14"}, None, 7 + 0.7 * SPREAD),
        ({"published": "2022-10"}, None, 27 + 3 * SPREAD),
        ({"published": "2022-11"}, None, 7 + 0.7 * SPREAD),
        ({"published": "2021"}, None, 27 + 3 * SPREAD),
        ({"published": "2022"}, None, 7 + 0.7 * SPREAD),
        ({"published": "2001", "updated": "2023-01-01"}, None, 7 + 0.7 * SPREAD),
        ({"published": "2023-01-01", "updated": "2001"}, None, 7 + 0.7 * SPREAD),
        ({"updated": "2001"}, None, 27 + 3 * SPREAD),
    ],
)
def test_a_paper_expires(fields: dict[str, str], version: str | None, days: float | None) -> None:
    found = compute_expiry(ID, version, replace(PAPER, **fields), now=NOW)  # type: ignore[arg-type]
    if days is None:
        assert found is None
    else:
        assert found == pytest.approx(NOW + days * DAY, abs=1)


def test_the_year_begins_with_the_epoch_where_the_clock_is_wrong() -> None:
    old, new = replace(PAPER, published="1969"), replace(PAPER, published="1970")
    assert compute_expiry(ID, None, old, now=0) == pytest.approx((27 + 3 * SPREAD) * DAY, abs=1)
    assert compute_expiry(ID, None, new, now=0) == pytest.approx((7 + 0.7 * SPREAD) * DAY, abs=1)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (None, None, True),
        (None, "datacite", True),
        ("datacite", None, False),
        ("", None, False),
        ("", "datacite", False),
        ("", "", True),
        ("", "collection", True),
        ("datacite", "", True),
        ("datacite", "dblp", True),
    ],
)
def test_replacing(old: str | None, new: str | None, expected: bool) -> None:
    def of(via: str | None) -> Record:
        return record(paper=None if via is None else replace(PAPER, via=via or None))

    assert may_replace(of(old), of(new)) is expected


def test_settling_counts_misses_from_one() -> None:
    none = Unresolved(id=ID, code="not_found", message="none")
    first = decide_answer(None, none, version="v2", now=NOW, revision=5).record
    assert first == Record(
        id=ID, version="v2", paper=None, revision=5, fetched_at=NOW, expires_at=NOW + HOUR, misses=1
    )
    second = decide_answer(first, none, now=NOW, revision=5)
    assert second.lookup == none
    assert second.record is not None
    assert (second.record.misses, second.record.expires_at) == (2, NOW + 2 * HOUR)
    third = decide_answer(second.record, PAPER, now=NOW, revision=5)
    assert third.record is not None
    assert (third.record.misses, third.record.version, third.lookup) == (0, None, PAPER)


@pytest.mark.parametrize("code", ["timeout", "forbidden", "parse_error", "offline_miss"])
def test_settling_a_failure_keeps_the_record(code: str) -> None:
    failed = Unresolved(id=ID, code=code, message="no")  # type: ignore[arg-type]
    assert decide_answer(None, failed, now=NOW, revision=1) == (failed, None)
    assert decide_answer(record(paper=None), failed, now=NOW, revision=1) == (failed, None)
    assert decide_answer(record(), failed, now=NOW, revision=1) == (
        replace(PAPER, stale=True),
        None,
    )


def test_settling_what_may_not_replace_returns_the_old_one_stale() -> None:
    none = Unresolved(id=ID, code="not_found", message="none")
    stale = (replace(PAPER, stale=True), None)
    assert decide_answer(record(), none, now=NOW, revision=1) == stale
    assert decide_answer(record(), replace(PAPER, via="dblp"), now=NOW, revision=1) == stale
