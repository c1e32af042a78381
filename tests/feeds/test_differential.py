"""Where icalendar reads a feed, we read the same values, event by event."""

from __future__ import annotations

import warnings
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Alarm, Calendar, Component, use_zoneinfo, vBroken
from icalendar import Event as Theirs

from tests.conftest import SHARED
from tests.feeds import events

FEEDS = sorted((SHARED / "data" / "feeds").glob("*.ics"))
FIELDS = ("UID", "SUMMARY", "DESCRIPTION", "DTSTART", "DTEND")

Values = dict[str, Any]


def by_icalendar(data: bytes) -> list[Values] | None:
    """The five values of each event; None where it refuses the feed."""
    use_zoneinfo()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            components = Calendar.from_ical(data).walk("VEVENT")
        except Exception:  # noqa: BLE001 - ValueError, AttributeError: it refuses
            return None
    return [{name: _value(component, name) for name in FIELDS} for component in components]


def _value(component: Component, name: str) -> Any:
    value = component.get(name)
    if isinstance(value, list):
        value = value[0]
    if name in {"DTSTART", "DTEND"}:
        return None if isinstance(value, vBroken) else getattr(value, "dt", None)
    return None if value is None else str(value)


def by_us(data: bytes) -> list[Values]:
    return [
        {
            "UID": None if e.uid.startswith("no-uid-") else e.uid,
            "SUMMARY": e.summary,
            "DESCRIPTION": e.description,
            "DTSTART": e.start,
            "DTEND": e.end,
        }
        for e in events(data)
    ]


@pytest.mark.parametrize("path", FEEDS, ids=lambda p: p.stem)
def test_shared_feed_has_the_values_that_icalendar_reads(path: Path) -> None:
    data = path.read_bytes()
    theirs = by_icalendar(data)
    if theirs is None:
        assert by_us(data), "it holds good events"
        return
    ours = by_us(data)
    assert len(ours) == len(theirs)
    for our, their in zip(ours, theirs, strict=True):
        for name, value in their.items():
            assert _strip_zone(our[name], value) == value, name


def _strip_zone(our: Any, their: Any) -> Any:
    """Drop the zone of a time where icalendar does not know the zone's name."""
    if isinstance(their, datetime) and isinstance(our, datetime) and their.tzinfo is None:
        return our.replace(tzinfo=None)
    return our


# What RFC 5545 lets a TEXT value hold; `\N` is left out, icalendar's writer makes it a line break.
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\\,;:\"'nN<&/ \t"),
    max_size=200,
).filter(lambda text: "\\N" not in text)
ids = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=90)
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
naive = st.datetimes(
    datetime(1980, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds
    datetime(2036, 1, 1),  # noqa: DTZ001
).map(lambda t: t.replace(microsecond=0))
times = st.one_of(
    naive.map(lambda t: t.replace(tzinfo=UTC)),
    st.builds(lambda t, z: t.replace(tzinfo=ZoneInfo(z)), naive, zones),
    naive,
    st.dates(date(1980, 1, 1), date(2036, 1, 1)),
)


languages = st.sampled_from(["en", "de-DE", "x:y", "a;b, c"])
parameters = st.fixed_dictionaries(
    {}, optional={"LANGUAGE": languages, "ALTREP": st.just("http://x.org:80/a;b,c?d=e:f")}
)


@st.composite
def talks(draw: st.DrawFn) -> Theirs:
    component = Theirs()
    component.add("uid", draw(ids))
    component.add("summary", draw(texts), draw(parameters))
    start = draw(times)
    component.add("dtstart", start)
    component.add("dtend", start + timedelta(days=draw(st.integers(0, 3))))
    if draw(st.booleans()):
        component.add("description", draw(texts), draw(parameters))
    if draw(st.booleans()):
        component.add("attendee", "mailto:someone@example.org", {"CN": 'A "B"; C:D, E'})
        component.add("x-note", draw(texts).replace("\n", " "))
    if draw(st.booleans()):
        component.add("categories", ["a,b", "c"])
        alarm = Alarm()
        alarm.add("description", "an alarm")
        alarm.add("summary", "an alarm")
        component.add_component(alarm)
    return component


def written(components: list[Theirs], line_break: bytes) -> bytes:
    whole = Calendar()
    whole.add("prodid", "-//tests//EN")
    whole.add("version", "2.0")
    for component in components:
        whole.add_component(component)
    data: bytes = whole.to_ical()
    return data.replace(b"\r\n", line_break)


@settings(max_examples=60, deadline=None)
@given(st.lists(talks(), max_size=4), st.sampled_from([b"\r\n", b"\n"]))
def test_generated_feed_has_the_values_that_icalendar_reads(
    components: list[Theirs], line_break: bytes
) -> None:
    data = written(components, line_break)
    assert by_us(data) == by_icalendar(data)


@settings(max_examples=60, deadline=None)
@given(st.lists(talks(), min_size=1, max_size=3), st.integers(1, 74), st.sampled_from("\r\n"))
def test_what_icalendar_writes_is_read_however_it_is_folded(
    components: list[Theirs], width: int, line_break: str
) -> None:
    plain = written(components, b"\r\n").replace(b"\r\n ", b"")
    lines = [
        b"\n ".join(line[at : at + width] for at in range(0, len(line), width))
        for line in plain.split(b"\r\n")
    ]
    data = b"\n".join(lines).replace(b"\n", line_break.encode())
    for found, component in zip(by_us(data), components, strict=True):
        assert found == {name: _value(component, name) for name in FIELDS}
