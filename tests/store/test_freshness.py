"""Laws of which record is returned, stored or replaced."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from enrich.paper import Lookup, Paper, PaperId, Unresolved
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
from tests.strategies import ids, papers

times = st.floats(1e9, 2e9)
vias = st.sampled_from([None, "datacite", "dblp"])
wanted = st.none() | st.integers(1, 9).map("v{}".format)


@st.composite
def records(draw: st.DrawFn, /, **fixed: object) -> Record:
    paper = draw(st.none() | papers())
    values: dict[str, object] = {
        "id": paper.id if paper else draw(ids),
        "version": draw(wanted),
        "paper": paper,
        "revision": draw(st.integers(1, 3)),
        "fetched_at": draw(times),
        "expires_at": draw(st.none() | times),
        "misses": 0 if paper else draw(st.integers(1, 20)),
    }
    return Record(**{**values, **fixed})  # type: ignore[arg-type]


failures = st.builds(
    Unresolved,
    id=ids,
    code=st.sampled_from(
        ["challenge", "forbidden", "rate_limited", "timeout", "http_error", "parse_error"]
    ),
    message=st.just("no"),
)
denials = st.builds(Unresolved, id=ids, code=st.just("not_found"), message=st.just("none"))
olds = st.none() | records()


@given(olds, papers(via=None), times, wanted)
def test_the_papers_own_service_replaces_every_record(
    old: Record | None, answer: Paper, now: float, version: str | None
) -> None:
    lookup, record = decide_answer(old, answer, version=version, now=now, revision=2)
    assert lookup == answer
    assert record is not None
    assert (record.paper, record.version, record.fetched_at, record.revision) == (
        answer,
        version,
        now,
        2,
    )
    assert record.misses == 0


@given(records(), papers(), times)
def test_a_lesser_source_never_replaces_a_better_one(
    old: Record, answer: Paper, now: float
) -> None:
    assume(old.paper)
    assert old.paper
    lookup, record = decide_answer(old, answer, now=now, revision=1)
    if rank_origin(answer.via) < rank_origin(old.paper.via):
        assert record is None
        assert lookup == replace(old.paper, stale=True)
    else:
        assert record is not None
        assert may_replace(old, record)


@given(records(), denials, times)
def test_not_found_never_replaces_a_resolved_record(
    old: Record, answer: Lookup, now: float
) -> None:
    lookup, record = decide_answer(old, answer, now=now, revision=1)
    if old.paper:
        assert (lookup, record) == (replace(old.paper, stale=True), None)
    else:
        assert lookup == answer
        assert record is not None
        assert (record.paper, record.misses) == (None, old.misses + 1)


@given(olds, failures, times)
def test_a_failure_replaces_nothing(old: Record | None, answer: Lookup, now: float) -> None:
    lookup, record = decide_answer(old, answer, now=now, revision=1)
    assert record is None
    assert lookup == (replace(old.paper, stale=True) if old and old.paper else answer)


@given(olds, st.one_of(papers(), denials, failures), times)
def test_what_is_kept_is_never_stale_and_what_is_stale_was_kept_before(
    old: Record | None, answer: Lookup, now: float
) -> None:
    lookup, record = decide_answer(old, answer, now=now, revision=1)
    if record is not None:
        assert record.paper is None or not record.paper.stale
    if isinstance(lookup, Paper) and lookup.stale:
        assert old
        assert old.paper
        assert lookup == replace(old.paper, stale=True)


@given(records(), records())
def test_replacing_never_lowers_the_rank(old: Record, new: Record) -> None:
    def precedence(record: Record) -> int:
        return -1 if record.paper is None else rank_origin(record.paper.via)

    assert may_replace(old, new) == (precedence(new) >= precedence(old))


@given(papers(via=None), times, st.integers(1, 9))
def test_a_version_never_expires_but_for_a_newer_parser(
    paper: Paper, now: float, version: int
) -> None:
    record = decide_answer(None, paper, version=f"v{version}", now=now, revision=2).record
    assert record is not None
    assert record.expires_at is None
    assert is_fresh(record, now=now + 1e9, revision=2, max_age=1)
    assert not is_fresh(record, now=now, revision=3)


@given(papers(via=None), times)
def test_the_newest_version_lives_a_week_to_a_month(paper: Paper, now: float) -> None:
    expires_at = compute_expiry(paper.id, None, paper, now=now)
    assert expires_at is not None
    assert now + 7 * DAY <= expires_at <= now + 30 * DAY


@given(papers(via=None), times)
def test_a_paper_older_than_a_year_lives_longer(paper: Paper, now: float) -> None:
    old = replace(paper, published="1999", updated="2000-01")
    recent = replace(paper, published="1999", updated="2999-01-01")
    assert (compute_expiry(paper.id, None, old, now=now) or 0) >= now + 27 * DAY
    assert now < (compute_expiry(paper.id, None, recent, now=now) or 0) <= now + 8 * DAY


@given(papers(), times, wanted)
def test_a_second_sources_record_lives_a_day(paper: Paper, now: float, version: str | None) -> None:
    assume(paper.via)
    assert compute_expiry(paper.id, version, paper, now=now) == now + DAY


@given(ids, times, st.integers(1, 10_000))
def test_missing_doubles_from_an_hour_to_a_week(paper: PaperId, now: float, misses: int) -> None:
    life = compute_expiry(paper, None, None, now=0, misses=misses)
    longer = compute_expiry(paper, None, None, now=0, misses=misses + 1)
    assert life is not None
    assert longer is not None
    assert HOUR <= life <= 7 * DAY
    assert longer == min(2 * life, 7 * DAY)


def test_papers_do_not_expire_at_once() -> None:
    paper = Paper(id=PaperId("arxiv:1"), title="T", url="")
    ends = {compute_expiry(PaperId(f"arxiv:{n}"), None, paper, now=0) for n in range(100)}
    assert len(ends) > 90


@given(records(), times, st.integers(1, 3))
def test_a_fresh_record_is_of_todays_parser_and_neither_expired_nor_from_the_future(
    record: Record, now: float, revision: int
) -> None:
    if is_fresh(record, now=now, revision=revision):
        assert record.revision >= revision
        assert record.fetched_at <= now + HOUR
        assert record.expires_at is None or now < record.expires_at
    else:
        assert (
            record.revision < revision
            or record.fetched_at > now + HOUR
            or (record.expires_at is not None and record.expires_at <= now)
        )


@given(records(), times, st.floats(0, 1e8))
def test_max_age_only_takes_away(record: Record, now: float, max_age: float) -> None:
    if is_fresh(record, now=now, revision=1, max_age=max_age):
        assert is_fresh(record, now=now, revision=1)
        assert record.expires_at is None or now - record.fetched_at <= max_age
