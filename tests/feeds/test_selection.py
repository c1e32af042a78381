"""Which talks are wanted, and how they are shown."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich import select_talks
from enrich.cli.table import format_minute, table_lines
from enrich.feeds.selection import (
    find_zone,
    keep_with_papers,
    parse_bound,
    sort_by_start,
)
from enrich.model import AnnotatedTalk, Feed, Talk, TalkWarning
from enrich.references.extract import find_references
from enrich.text.letters import fold_text
from enrich.text.terminal import printable
from enrich.text.times import to_instant
from tests.conftest import ROOT

DATA = ROOT / "tests/data/command_line"
NOW = datetime(2031, 3, 5, 12, tzinfo=UTC)
PARIS = find_zone("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "ahead", "expected"),
    [
        ("2031-03-01", False, "2031-03-01T00:00:00+01:00"),
        ("2031-03-01T10:00", False, "2031-03-01T10:00:00+01:00"),
        ("2031-03-01 10:00Z", False, "2031-03-01T10:00:00+00:00"),
        ("2031-03-01T10:00-05:00", True, "2031-03-01T10:00:00-05:00"),
        ("7d", False, "2031-02-26T12:00:00+00:00"),
        ("7d", True, "2031-03-12T12:00:00+00:00"),
        ("-7d", True, "2031-02-26T12:00:00+00:00"),
        ("+2w", False, "2031-03-19T12:00:00+00:00"),
        ("0h", False, "2031-03-05T12:00:00+00:00"),
    ],
)
def test_a_bound_is_a_date_a_time_or_a_span_from_now(
    text: str, *, ahead: bool, expected: str
) -> None:
    assert parse_bound(text, now=NOW, zone=PARIS, ahead=ahead).isoformat() == expected


@pytest.mark.parametrize("text", ["", "soon", "7", "7 d", "d", "2031-13-01", "٧d", "1.5d"])
def test_what_is_no_bound_says_what_one_is(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date, time or span such as"):
        parse_bound(text, now=NOW)


@pytest.mark.parametrize("name", ["", "Paris", "../../etc/passwd", "Europe/Atlantis", "a\x00b"])
def test_a_zone_that_is_none_is_told(name: str) -> None:
    with pytest.raises(ValueError, match="there is no time zone"):
        find_zone(name)


def _at(*starts: datetime | date | None) -> list[Talk]:
    return [Talk(id=str(n), start_time=start) for n, start in enumerate(starts)]


def test_time_is_half_open_and_dates_and_floating_times_are_in_the_zone() -> None:
    midnight = datetime(2031, 3, 5, tzinfo=PARIS)
    talks = _at(
        midnight - timedelta(seconds=1),
        midnight,
        date(2031, 3, 5),
        datetime(2031, 3, 5, 23, 59),  # noqa: DTZ001 - a floating time
        midnight + timedelta(days=1),
        None,
        datetime(2031, 3, 4, 23, 30, tzinfo=UTC),
    )
    end = midnight + timedelta(days=1)
    day = select_talks(talks, since=midnight, until=end, zone=PARIS)
    assert [t.id for t in day] == ["1", "2", "3", "6"]
    assert [t.id for t in select_talks(talks)] == [t.id for t in talks]
    assert [t.id for t in select_talks(talks, until=midnight)] == ["0"]
    day = select_talks(talks, since=date(2031, 3, 5), until=date(2031, 3, 6), zone=PARIS)
    assert [t.id for t in day] == ["1", "2", "3", "6"]


@given(st.lists(st.datetimes() | st.datetimes(timezones=st.just(timezone(timedelta(hours=9))))),
       st.datetimes(timezones=st.just(UTC)))  # fmt: skip
def test_a_bound_parts_the_talks_in_two(starts: list[datetime], at: datetime) -> None:
    talks = _at(*starts)
    before, after = list(select_talks(talks, until=at)), list(select_talks(talks, since=at))
    assert sorted(t.id for t in before + after) == sorted(t.id for t in talks)


@pytest.mark.parametrize(
    "case", json.loads((DATA / "bounds.json").read_text(encoding="utf-8")), ids=str
)
def test_a_bound_may_be_a_day_a_month_or_a_year(case: dict[str, Any]) -> None:
    text, expected = case["text"], case["expected"]
    if expected is None:
        with pytest.raises(ValueError, match="is not a date, time or span such as"):
            parse_bound(text, now=NOW, zone=PARIS, ahead=case["ahead"])
    else:
        found = parse_bound(text, now=NOW, zone=PARIS, ahead=case["ahead"])
        assert found.isoformat() == expected


@pytest.mark.parametrize(("now", "day"), [("2031-03-04T22:59Z", 4), ("2031-03-04T23:00Z", 5)])
def test_today_is_the_day_of_the_zone(now: str, day: int) -> None:
    found = parse_bound("today", now=datetime.fromisoformat(now), zone=PARIS)
    assert found == datetime(2031, 3, day, tzinfo=PARIS)


MATCHED = [
    Talk(id="title", title="Transformers without tears", speaker="A. B."),
    Talk(id="abstract", title="On vision", abstract="We train a\ntransformer."),
    Talk(id="speaker", title="Graphs", speaker="Paul Erdős"),
    Talk(id="polish", speaker="Łukasz Kaiser"),
    Talk(id="german", title="Die Straße"),
    Talk(id="turkish", title="Geometry in İSTANBUL"),
    Talk(id="danish", speaker="Sørensen", abstract="on Kierkegaard"),
    Talk(id="japanese", title="飛行について"),
    Talk(id="broken line", abstract="a neural\n  net"),
    Talk(id="nothing", room="Seminar room", series="A series"),
]


@pytest.mark.parametrize(
    "case", json.loads((DATA / "matching.json").read_text(encoding="utf-8")), ids=str
)
def test_talks_are_matched_by_their_text(case: dict[str, Any]) -> None:
    assert [t.id for t in select_talks(MATCHED, **case["options"])] == case["kept"]


@given(st.lists(st.builds(Talk, id=st.uuids().map(str), title=st.none() | st.text(), abstract=st.none() | st.text())),
       st.text(min_size=1))  # fmt: skip
def test_match_and_exclude_part_the_talks_in_two(talks: list[Talk], text: str) -> None:
    matched = list(select_talks(talks, match=text))
    others = list(select_talks(talks, exclude=text))
    if fold_text(text):
        assert sorted(t.id for t in matched + others) == sorted(t.id for t in talks)
    else:
        assert matched == others == talks


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


def test_one_text_may_stand_without_a_list() -> None:
    assert list(select_talks(MATCHED, match="erdos")) == list(
        select_talks(MATCHED, match=["erdos"])
    )


def test_series_and_speakers_are_parts_of_names_without_case_and_accents() -> None:
    talks = [
        Talk(id="1", series="Loops & Circles", speaker="Élie  Cartan"),
        Talk(id="2", feed=Feed(name="loops"), speaker="B. Boole"),
        Talk(id="3"),
    ]
    assert [t.id for t in select_talks(talks, series=("LOOPS",))] == ["1", "2"]
    assert [t.id for t in select_talks(talks, speaker=("elie cartan",))] == ["1"]
    assert [t.id for t in select_talks(talks, speaker=("x", "boole"))] == ["2"]
    assert list(select_talks(talks, speaker=("boole",), series=("circles",))) == []


def test_sorting_is_stable_and_puts_the_unknown_last() -> None:
    talks = _at(None, NOW, date(2031, 3, 5), NOW, datetime(2031, 3, 5, 1), None)  # noqa: DTZ001
    assert [t.id for t in sort_by_start(talks)] == ["2", "4", "1", "3", "0", "5"]
    assert to_instant(date(2031, 3, 5), PARIS) == datetime(2031, 3, 4, 23, tzinfo=UTC)


def _annotated(talk: Talk) -> AnnotatedTalk:
    return AnnotatedTalk(talk=talk, references=find_references(talk), warnings=talk.warnings)


def test_talks_with_papers_are_those_that_mention_one() -> None:
    talks = [Talk(id="1", abstract="arXiv:2103.01338"), Talk(id="2", abstract="none")]
    assert [a.talk.id for a in keep_with_papers(map(_annotated, talks))] == ["1"]


# --- the table ------------------------------------------------------------------------------

ODD = TalkWarning(code="rescheduled", message="moved")
TALKS = [
    Talk(
        id="1",
        start_time=datetime(2031, 3, 5, 17, tzinfo=UTC),
        speaker="Ada Kit, B. Boole, and several more people",
        title=r"On $\ell_p$ flight",
        abstract="arXiv:2103.01338 and arXiv:2110.10090",
    ),
    Talk(id="2", start_time=date(2031, 3, 6), title="飛行について\x1b[31m\u202e", warnings=(ODD,)),
    Talk(id="3", abstract="text", status="cancelled"),
]


def test_the_table_shows_what_was_read_and_why_a_paper_may_lack() -> None:
    assert list(table_lines(map(_annotated, TALKS), zone=PARIS)) == [
        "DATE              SPEAKER                   TITLE                   LINKS  WARNINGS",
        "2031-03-05 18:00  Ada Kit, B. Boole, and…   On ℓₚ flight            2      -",
        "2031-03-06        -                         飛行について[31m\\u202e  0      rescheduled, no text",
        "-                 -                         -                       0      cancelled",
    ]


def test_the_title_gives_way_to_a_narrow_terminal() -> None:
    long = [AnnotatedTalk(talk=Talk(id="1", title="飛" * 90))]
    lines = list(table_lines(long, width=60))
    assert lines[1].count("飛") == 13
    assert "…" in lines[1]
    assert "飛" * 90 in list(table_lines(long))[1]


@given(st.lists(st.builds(Talk, id=st.just("1"), title=st.none() | st.text(), speaker=st.none() | st.text(),
                          start_time=st.none() | st.dates() | st.datetimes(timezones=st.just(UTC)))),
       st.none() | st.integers(-5, 200))  # fmt: skip
def test_no_line_of_the_table_can_forge_a_terminal(talks: list[Talk], width: int | None) -> None:
    lines = list(table_lines(map(_annotated, talks), width=width))
    assert len(lines) == len(talks) + 1
    assert [line for line in lines if printable(line) != line or "\n" in line or "\t" in line] == []


def test_a_time_at_the_end_of_the_calendar_is_shown() -> None:
    assert (
        format_minute(datetime.max.replace(tzinfo=UTC), find_zone("Asia/Tokyo"))
        == "9999-12-31 23:59"
    )
    assert format_minute(datetime(1, 1, 1)) == "0001-01-01 00:00"  # noqa: DTZ001
