"""Times, zones, states and texts of events; duplicates; what a calendar says of all its events."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from icalendar import Timezone, use_zoneinfo

from enrich.feeds.finish import MAX_TEXT_BYTES, finish_talk
from enrich.feeds.ical.times import Zones
from enrich.model import Talk
from enrich.text.times import format_time as iso
from tests.feeds import calendar, event, read

MY_ZONE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:{offset}
TZOFFSETTO:{offset}
END:STANDARD
END:VTIMEZONE"""
SUMMER = """BEGIN:VTIMEZONE
TZID:Summer Zone
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE"""


def one(
    *lines: str, head: list[str] | None = None, start: str = "DTSTART:20220218T180000Z"
) -> Talk:
    (talk,), _ = read(calendar(event(*lines, start=start), head=head or []))
    return talk


def codes(talk: Talk) -> list[str]:
    return [warning.code for warning in talk.warnings]


@pytest.mark.parametrize(
    ("start", "told"),
    [
        ("DTSTART:20220218T180000Z", "2022-02-18T18:00:00Z"),
        ("DTSTART;TZID=Europe/Berlin:20220218T180000", "2022-02-18T18:00:00+01:00"),
        ("DTSTART;TZID=Europe/Berlin:20220718T180000", "2022-07-18T18:00:00+02:00"),
        ("DTSTART;TZID=Eastern Standard Time:20220718T180000", "2022-07-18T18:00:00-04:00"),
        ("DTSTART;TZID=/freeassociation.sourceforge.net/America/Argentina/Buenos_Aires:20220218T180000", "2022-02-18T18:00:00-03:00"),
        ("DTSTART;TZID=UTC:20220218T180000", "2022-02-18T18:00:00Z"),
        ("DTSTART;VALUE=DATE:20220218", "2022-02-18"),
        ("DTSTART:20220218", "2022-02-18"),
        ("DTSTART;VALUE=DATE-TIME:20220218T180000Z", "2022-02-18T18:00:00Z"),
        ("dtstart:20220218t180000z", "2022-02-18T18:00:00Z"),
        ("DTSTART;TZID=america/New_york:20220718T180000", "2022-07-18T18:00:00-04:00"),
    ],
)  # fmt: skip
def test_times_are_told_with_their_offset(start: str, told: str) -> None:
    talk = one(start=start)
    assert iso(talk.start_time) == told
    assert not talk.warnings


def test_floating_time_has_no_offset_and_a_warning() -> None:
    talk = one(start="DTSTART:20220218T180000")
    assert iso(talk.start_time) == "2022-02-18T18:00:00"
    assert codes(talk) == ["floating_time"]


def test_floating_time_takes_the_calendars_own_zone_and_utc_does_not() -> None:
    head = ["X-WR-TIMEZONE:Europe/Berlin"]
    assert (
        iso(one(start="DTSTART:20220218T180000", head=head).start_time)
        == "2022-02-18T18:00:00+01:00"
    )
    assert iso(one(head=head).start_time) == "2022-02-18T18:00:00Z"
    unknown = one(start="DTSTART:20220218T180000", head=["X-WR-TIMEZONE:Nowhere"])
    assert codes(unknown) == ["floating_time"]


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("DTSTART:20220218T180000Z", "PT1H30M", "2022-02-18T19:30:00Z"),
        ("DTSTART;VALUE=DATE:20220218", "P2D", "2022-02-20"),
        ("DTSTART;TZID=Europe/Berlin:20220326T120000", "P1D", "2022-03-27T12:00:00+02:00"),
        ("DTSTART;TZID=Europe/Berlin:20220326T120000", "PT24H", "2022-03-27T12:00:00+02:00"),
        ("DTSTART;TZID=Europe/Berlin:20220327T013000", "PT1H", "2022-03-27T03:30:00+02:00"),
    ],
)
def test_duration_gives_the_end(start: str, duration: str, end: str) -> None:
    assert iso(one(f"DURATION:{duration}", start=start).end_time) == end


def test_a_zone_of_its_own_rules_its_calendar_alone() -> None:
    start = "DTSTART;TZID=My/Zone:20220218T180000"
    for offset, told in (("+0300", "+03:00"), ("+0500", "+05:00"), ("-0345", "-03:45")):
        zone = MY_ZONE.format(name="My/Zone", offset=offset)
        (talk,), _ = read(calendar(zone, event(start=start)))
        assert iso(talk.start_time) == f"2022-02-18T18:00:00{told}"
    assert codes(one(start=start)) == ["unknown_zone", "floating_time"]


def test_reading_leaves_what_icalendar_keeps_for_the_process_as_it_is() -> None:
    from icalendar.timezone import tzp

    use_zoneinfo()
    Timezone.from_ical(MY_ZONE.format(name="Somebody/Zone", offset="+0100"))
    theirs = tzp.timezone("Somebody/Zone")
    assert theirs is not None
    zones = (MY_ZONE.format(name=f"{name}/Zone", offset="+0300") for name in ("Somebody", "Other"))
    start = "DTSTART;TZID={}:20220218T180000"
    events = [
        event(start=start.format(name), uid=name)
        for name in ("Somebody/Zone", "Other/Zone", "W. Europe Standard Time")
    ]
    talks, _ = read(calendar(*zones, *events))
    hours = [iso(talk.start_time) for talk in talks]
    assert hours == [f"2022-02-18T18:00:00+0{offset}:00" for offset in (3, 3, 1)]
    assert tzp.timezone("Somebody/Zone") is theirs
    assert tzp.timezone("Other/Zone") is None
    use_zoneinfo()


def test_two_calendars_of_one_file_may_mean_two_zones_by_one_name() -> None:
    data = b"".join(
        calendar(
            MY_ZONE.format(name="Z", offset=offset), event(start="DTSTART;TZID=Z:20220218T180000")
        )
        for offset in ("+0300", "+0500")
    )
    talks, _ = read(data)
    assert [iso(t.start_time) for t in talks] == [
        "2022-02-18T18:00:00+03:00",
        "2022-02-18T18:00:00+05:00",
    ]


def test_a_zone_of_its_own_is_what_icalendar_makes_of_it() -> None:
    use_zoneinfo()
    component = Timezone.from_ical(SUMMER)
    assert isinstance(component, Timezone)
    theirs = component.to_tz(lookup_tzid=False)
    zones = Zones({"Summer Zone": SUMMER.encode()})
    time = datetime(2021, 12, 31, tzinfo=UTC).replace(tzinfo=None)
    for _ in range(900):
        time += timedelta(hours=11)
        found = zones.at(time, "Summer Zone").time
        assert isinstance(found, datetime)
        assert found.utcoffset() == time.replace(tzinfo=theirs).utcoffset()
    use_zoneinfo()


def test_talks_with_zones_of_their_own_pickle() -> None:
    (talk,), _ = read(calendar(SUMMER, event(start="DTSTART;TZID=Summer Zone:20220718T180000")))
    assert talk.start_time == datetime(2022, 7, 18, 18, tzinfo=timezone(timedelta(hours=2)))
    assert pickle.loads(pickle.dumps(talk)) == talk


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["STATUS:CANCELLED"], "cancelled"),
        (["STATUS:TENTATIVE"], "tentative"),
        (["STATUS:CONFIRMED"], None),
        (["SUMMARY:CANCELLED: On knots"], "cancelled"),
        (["SUMMARY:On knots (canceled)"], "cancelled"),
        (["SUMMARY:[Cancelled] On knots"], "cancelled"),
        (["SUMMARY:On knots - cancelled"], "cancelled"),
        (["SUMMARY:On cancelled terms"], None),
        (["SUMMARY:Cancellation theorems for modules"], None),
        (["SUMMARY:Cancellation: On knots"], "cancelled"),
        (["SUMMARY:Cancellation - On knots"], "cancelled"),
        (["DESCRIPTION:Status: This talk has been cancelled"], "cancelled"),
        (["DESCRIPTION:Unfortunately this seminar had to be cancelled."], "cancelled"),
        (["DESCRIPTION:The divergences are cancelled by counterterms"], None),
        (["DESCRIPTION:Noise that is cancelled. The talk is not."], None),
        (["DESCRIPTION:We show that all divergences are cancelled."], None),
        (["DESCRIPTION:Terms of odd order (cancelled by symmetry) are left out."], None),
        (["DESCRIPTION:Cancelled orders tell of the market."], None),
        (["DESCRIPTION:All talks will be cancelled"], "cancelled"),
        (["DESCRIPTION:Text\\n\\n*** CANCELLED ***"], "cancelled"),
        (["SUMMARY:How the SSC was cancelled"], None),
        (["SUMMARY:Hearing: noise-cancelled"], None),
        (["SUMMARY:Seminar cancelled"], "cancelled"),
        (["SUMMARY:Ann on knots CANCELLED"], "cancelled"),
        (["SUMMARY:Abgesagt: Über Knoten"], "cancelled"),
        (["SUMMARY:[ABGESAGT] Über Knoten"], "cancelled"),
        (["SUMMARY:ENTFÄLLT - Über Knoten"], "cancelled"),
        (["SUMMARY:Annulé : Sur les nœuds"], "cancelled"),
        (["SUMMARY:(Annulée) Sur les nœuds"], "cancelled"),
        (["SUMMARY:CANCELADO – Sobre nudos"], "cancelled"),
        (["SUMMARY:*Annullato* Sui nodi"], "cancelled"),
        (["SUMMARY:Cancelada"], "cancelled"),
        (["SUMMARY:Annullatoren von Moduln"], None),
        (["SUMMARY:Entfällt die Annahme der Kompaktheit?"], None),
        (["SUMMARY:Cancelado el ruido, queda la señal"], None),
    ],
)
def test_cancelled_is_marked_not_dropped(lines: list[str], status: str | None) -> None:
    assert one(*lines).status == status


def test_method_cancel_cancels_all() -> None:
    assert one(head=["METHOD:CANCEL"]).status == "cancelled"


def test_name_of_the_feed() -> None:
    assert one(head=[r"X-WR-CALNAME:Knots\, links"]).feed.name == "Knots, links"
    assert one().feed.name == "feed"
    assert one(head=["X-WR-CALNAME:"]).feed.name == "feed"
    late = calendar(event(), "X-WR-CALNAME:Late")
    assert read(late)[0][0].feed.name == "Late"


def test_all_talks_share_one_feed() -> None:
    talks, _ = read(calendar(event(uid="1"), event(uid="2")), keep_raw=True)
    assert talks[0].feed is talks[1].feed


def test_raw_block_and_head_are_unfolded_lines() -> None:
    folded = event("SUMMARY:A very\n  long title", "X-KEPT:1")
    zone = MY_ZONE.format(name="Z", offset="+0300")
    (talk,), _ = read(calendar(folded, zone, head=["X-WR-CALNAME:Name"]), keep_raw=True)
    assert talk.raw == (
        b"BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20220218T180000Z\r\nSUMMARY:A very long title\r\n"
        b"X-KEPT:1\r\nEND:VEVENT\r\n"
    )
    assert talk.feed.head is not None
    assert talk.feed.head.startswith(b"VERSION:2.0\r\nPRODID:-//tests//EN\r\nX-WR-CALNAME:Name\r\n")
    assert talk.feed.head.endswith(b"END:VTIMEZONE\r\n")
    assert read(calendar(folded))[0][0].raw is None


def test_texts_that_hold_references_are_kept_under_their_names() -> None:
    talk = one(
        "SUMMARY:On arXiv:2103.01338",
        "DESCRIPTION:Nothing here",
        "COMMENT:Room changed",
        "URL:https://arxiv.org/abs/2110.10090",
        "ATTACH;FMTTYPE=application/pdf:https://arxiv.org/pdf/2012.08528v2.pdf",
        "ATTACH;ENCODING=BASE64;VALUE=BINARY:aGVsbG8=",
        "LOCATION:https://openreview.net/forum?id=FpKgG31Z_i9",
        'X-ALT-DESC;FMTTYPE=text/html:<a href="https://arxiv.org/abs/2001.00001">it</a>',
    )
    assert dict(talk.texts) == {
        "comments": "Room changed",
        "url": "https://arxiv.org/abs/2110.10090",
        "attach": "https://arxiv.org/pdf/2012.08528v2.pdf",
        "location": "https://openreview.net/forum?id=FpKgG31Z_i9",
        "summary": "On arXiv:2103.01338",
        "x_alt_desc": "it (https://arxiv.org/abs/2001.00001)",
    }


def test_all_texts_that_are_searched_come_with_the_talk_whether_they_refer_or_not() -> None:
    talk = one(
        "DESCRIPTION:arXiv:2103.01338",
        'X-ALT-DESC;FMTTYPE=text/html:<a href="https://arxiv.org/abs/2103.01338">it</a>',
        "URL:https://example.org/talk/1",
        "LOCATION:Room 5",
        "SUMMARY:A title",
    )
    assert talk.texts == (
        ("url", "https://example.org/talk/1"),
        ("location", "Room 5"),
        ("summary", "A title"),
        ("x_alt_desc", "it (https://arxiv.org/abs/2103.01338)"),
    )


def test_texts_over_their_limit_end_at_a_blank_and_are_warned_of() -> None:
    long, more = "é word " * 5_000, "arXiv:2103.01338 " * 3_000
    talk = one(f"COMMENT:{long}", f"LOCATION:{more}", "SUMMARY:A title")
    texts = dict(talk.texts)
    assert list(texts) == ["comments", "location"]
    assert texts["comments"] == long
    assert more.startswith(texts["location"])
    assert texts["location"].endswith(":2103.01338")
    size = sum(len(text.encode()) for text in texts.values())
    assert MAX_TEXT_BYTES - 20 < size <= MAX_TEXT_BYTES
    assert codes(talk) == ["texts_truncated"]
    assert finish_talk(talk, keep_private=False) == talk


def test_html_is_made_text_once() -> None:
    talk = one(
        r"DESCRIPTION:<p>Paper: <a href=\"https://arxiv.org/abs/2103.01338\">link</a>&nbsp\;R&amp\;amp\;D</p>a<b"
    )
    assert talk.abstract is not None
    assert "&amp;D" in talk.abstract


# Duplicates


def kept(*blocks: str, **options: object) -> list[str | None]:
    talks, _ = read(calendar(*blocks), duplicates=False, **options)
    return [talk.title for talk in talks]


def version(
    title: str, *lines: str, uid: str = "1", start: str = "DTSTART:20220218T180000Z"
) -> str:
    return event(f"SUMMARY:{title}", *lines, uid=uid, start=start)


def test_highest_sequence_wins_then_the_last() -> None:
    assert kept(version("a", "SEQUENCE:2"), version("b", "SEQUENCE:10"), version("c")) == ["b"]
    assert kept(version("a"), version("b"), version("c", uid="2")) == ["b", "c"]
    assert kept(version("a", "SEQUENCE:x"), version("b", "SEQUENCE:1")) == ["b"]


def test_uid_alone_is_no_key() -> None:
    assert kept(version("a"), version("b", start="DTSTART:20220218T190000Z")) == ["a", "b"]


def test_one_time_in_two_writings_is_one_key() -> None:
    berlin = "DTSTART;TZID=Europe/Berlin:20220218T190000"
    assert kept(version("a"), version("b", start=berlin)) == ["b"]


def test_overrides_are_talks_of_their_own() -> None:
    override = "RECURRENCE-ID:20220218T180000Z"
    master = version("master", "RRULE:FREQ=WEEKLY")
    moved = version("moved", override, start="DTSTART:20220219T180000Z")
    again = version("again", override, "SEQUENCE:1", start="DTSTART:20220220T180000Z")
    assert kept(master, moved) == ["master", "moved"]
    assert kept(master, again, moved) == ["master", "again"]


def test_talk_page_is_the_key_of_researchseminars() -> None:
    def talk(title: str, uid: str, start: str) -> str:
        link = f'<a href="https://researchseminars.org/talk/SciML/3/">{title}</a>'
        return event(
            f"DESCRIPTION:Title: {link}\\nby A as part of B\\n\\n\\nAbstract\\nText",
            uid=uid,
            start=start,
        )

    first = talk("old", "SciML/3", "DTSTART:20220218T180000Z")
    moved = talk("new", "SciML/3", "DTSTART:20220219T180000Z")
    copied = talk("copied", "abc@google.com", "DTSTART:20220219T180000Z")
    assert kept(first, moved) == ["new"]
    assert kept(first, copied) == ["copied"]


def test_duplicates_are_counted_and_read_talks_gives_them_unless_told() -> None:
    data = calendar(version("a"), version("b"), version("c"))
    talks, notices = read(data)
    assert (len(talks), notices) == (3, [])
    talks, notices = read(data, duplicates=False)
    assert [talk.title for talk in talks] == ["c"]
    assert [(n.code, n.message) for n in notices] == [
        ("duplicates_dropped", "2 duplicates were dropped")
    ]


def test_across_feeds_the_first_wins() -> None:
    seen: set[int] = set()
    first = read(calendar(version("a"), version("b", uid="2")), duplicates=False, seen=seen)[0]
    second, notices = read(
        calendar(version("A"), version("c", uid="3")), duplicates=False, seen=seen
    )
    assert [t.title for t in first + second] == ["a", "b", "c"]
    assert [n.code for n in notices] == ["duplicates_dropped"]


def test_folded_and_parameterised_uids_are_the_same() -> None:
    long = "x" * 80
    folded = version("a", uid=f"{long[:40]}\n {long[40:]}")
    plain = version("b", uid=long)
    other = version("c", uid=long).replace("UID:", "UID;X=1:")
    assert kept(folded, plain, other) == ["c"]


def test_empty_calendar_is_a_notice() -> None:
    talks, notices = read(calendar())
    assert (talks, [n.code for n in notices]) == ([], ["no_talks"])


def test_all_day_end_is_as_written() -> None:
    talk = one("DTEND;VALUE=DATE:20220219", start="DTSTART;VALUE=DATE:20220218")
    assert (talk.start_time, talk.end_time) == (date(2022, 2, 18), date(2022, 2, 19))


def test_made_uid_is_the_same_each_time_and_tells_events_apart() -> None:
    nameless = [version(t).replace("UID:1\n", "") for t in ("a", "b")]
    first, second = (read(calendar(*nameless))[0] for _ in range(2))
    assert [t.id for t in first] == [t.id for t in second]
    assert first[0].id != first[1].id
    assert all("no_uid" in codes(t) for t in first)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=YEARLY;BYHOUR=1,2,3",
        "FREQ=YEARLY;BYDAY=MO,TU,WE",
        "FREQ=YEARLY;BYYEARDAY=1,2,3",
        "FREQ=DAILY",
        "INTERVAL=2;FREQ=HOURLY",
    ],
)
def test_zone_whose_rules_no_clock_follows_is_not_counted_up(rule: str) -> None:
    zone = SUMMER.replace("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", rule)
    (talk,), _ = read(calendar(zone, event(start="DTSTART;TZID=Summer Zone:20220718T180000")))
    assert "unknown_zone" in codes(talk)


def test_zone_of_many_rules_is_not_counted_up() -> None:
    start = SUMMER.index("BEGIN:STANDARD")
    end = SUMMER.index("END:VTIMEZONE")
    many = SUMMER[:start] + SUMMER[start:end] * 40 + SUMMER[end:]
    few = SUMMER.replace("DTSTART:1601", "DTSTART:0001")  # as .NET writes it
    for zone, told in ((many, "2022-07-18T18:00:00"), (few, "2022-07-18T18:00:00+02:00")):
        (talk,), _ = read(calendar(zone, event(start="DTSTART;TZID=Summer Zone:20220718T180000")))
        assert iso(talk.start_time) == told


def test_the_name_of_a_zone_is_a_text_with_escapes() -> None:
    zone = SUMMER.replace("Summer Zone", r"(UTC+01:00) Rome\, Paris\; Bern")
    start = 'DTSTART;TZID="(UTC+01:00) Rome, Paris; Bern":20220718T180000'
    (talk,), _ = read(calendar(zone, event(start=start)))
    assert iso(talk.start_time) == "2022-07-18T18:00:00+02:00"


def test_a_property_is_one_whatever_its_parameters_and_its_value_begin_with() -> None:
    for line, told in (
        ("DESCRIPTION;LANGUAGE=de-DE: Ein Vortrag", " Ein Vortrag"),
        ('DESCRIPTION;ALTREP="http://x.org/a";X-P=low:\tB', "\tB"),
        ("DESCRIPTION;LANGUAGE=en://arxiv.org/: a place", "//arxiv.org/: a place"),
    ):
        assert one("LOCATION:Room 5", line).abstract == told


def test_zone_may_be_folded_and_of_any_line_breaks() -> None:
    zone = SUMMER.replace("FREQ=YEARLY", "FREQ=YEA\n RLY").replace("TZID:Sum", "TZID:S\n um")
    data = calendar(zone, event(start="DTSTART;TZID=Summer Zone:20220718T180000"))
    for line_break in (b"\r\n", b"\n", b"\r"):
        (talk,), _ = read(data.replace(b"\r\n", line_break))
        assert iso(talk.start_time) == "2022-07-18T18:00:00+02:00"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("a\nb", "a b"), (" a", "a"), ("a ", "a"), ("a  b", "a b"), ("a\tb", "a b"), ("a\x07b", "ab"),
        ("a\u00a0b", "a b"), ("\n", None), ("a\r\nb", "a b"), ("ab", "ab"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["title", "speaker", "room", "series"])
def test_lines_of_a_talk_are_tidied(field: str, written: str, told: str | None) -> None:
    fields: dict[str, Any] = {"title": "x", "speaker": "x", field: written}
    done = finish_talk(Talk(id="1", **fields), keep_private=False)
    assert done == Talk(id="1", **{**fields, field: told})
