"""Broken shapes, each with one good event beside the bad thing; the good one always comes out."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from enrich.errors import FeedError
from enrich.feeds.reading import read_talks
from enrich.model import Notice, Talk
from tests.feeds import calendar, event

GOOD = event("SUMMARY:A good talk", "DESCRIPTION:See https://arxiv.org/abs/2103.01338", uid="good")
START = datetime(2022, 2, 18, 18, tzinfo=UTC)

Check = Callable[[dict[str, Talk], list[Notice]], bool]


def anything(talks: dict[str, Talk], notices: list[Notice]) -> bool:
    """Only the good event counts."""
    return True


@dataclass(frozen=True)
class Shape:
    id: str
    data: bytes
    holds: Check = anything


def beside(*lines: str, start: str = "DTSTART:20220218T180000Z") -> bytes:
    """A calendar with a bad event of these lines, then the good one."""
    return calendar(event(*lines, uid="bad", start=start), GOOD)


def text(talks: dict[str, Talk]) -> str | None:
    return talks["bad"].abstract


def codes(talks: dict[str, Talk]) -> set[str]:
    return {w.code for w in talks["bad"].warnings}


def is_truncated(talks: dict[str, Talk], notices: list[Notice]) -> bool:
    return {notice.code for notice in notices} == {"truncated_feed"}


def is_whole(talks: dict[str, Talk], notices: list[Notice]) -> bool:
    return notices == []


ZONE = "BEGIN:VTIMEZONE\nTZID:My/Zone\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0300\nTZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE"
PLAIN = calendar(GOOD)
RAW = PLAIN.decode()

STRUCTURE = [
    Shape("bare_cr", PLAIN.replace(b"\r\n", b"\r")),
    Shape("lf_only", PLAIN.replace(b"\r\n", b"\n")),
    Shape("double_cr", PLAIN.replace(b"\r\n", b"\r\r\n")),
    Shape("mixed_line_breaks", PLAIN.replace(b"\r\n", b"\n", 3).replace(b"\r\n", b"\r", 1)),
    Shape("bom", b"\xef\xbb\xbf" + PLAIN),
    Shape("bom_before_second_calendar", PLAIN + b"\xef\xbb\xbf" + PLAIN),
    Shape("utf16_bom_le", b"\xff\xfe" + RAW.encode("utf-16-le")),
    Shape("utf16_bom_be", b"\xfe\xff" + RAW.encode("utf-16-be")),
    Shape("utf16_no_bom", RAW.encode("utf-16-le")),
    Shape("utf32", RAW.encode("utf-32")),
    Shape(
        "every_line_indented",
        RAW.replace("\r\n", "\r\n ").replace("BEGIN:VCAL", " BEGIN:VCAL", 1).encode(),
    ),
    Shape(
        "every_line_indented_far",
        RAW.replace("\r\n", "\n\t    ").replace("BEGIN:VCAL", "\t    BEGIN:VCAL", 1).encode(),
    ),
    Shape(
        "folded_at_every_octet",
        "".join(c + "\r\n " if c.isalnum() else c for c in RAW)
        .replace("\r\n \r\n", "\r\n")
        .encode(),
    ),
    Shape("first_line_indented", b" " + RAW.encode()),
    Shape("gzip", gzip.compress(PLAIN)),
    Shape("no_begin_vcalendar", PLAIN.partition(b"\r\n")[2]),
    Shape("no_end_vcalendar", PLAIN.replace(b"END:VCALENDAR\r\n", b"")),
    Shape("neither_begin_nor_end", GOOD.encode()),
    Shape(
        "missing_end_vevent",
        calendar(event("SUMMARY:Open", uid="bad").replace("\nEND:VEVENT", ""), GOOD),
        lambda talks, _: talks["bad"].title == "Open" and "unclosed_event" in codes(talks),
    ),
    Shape(
        "missing_end_vevent_of_the_last",
        calendar(GOOD, event("SUMMARY:Open", uid="bad").replace("\nEND:VEVENT", "")),
        lambda talks, _: talks["bad"].title == "Open",
    ),
    Shape("extra_end_vevent", calendar("END:VEVENT", GOOD, "END:VEVENT")),
    Shape("begin_twice", calendar("BEGIN:VEVENT\n" + GOOD)),
    Shape(
        "truncated_in_a_line",
        (
            RAW.replace("END:VCALENDAR\r\n", "")
            + "BEGIN:VEVENT\r\nUID:bad\r\nDESCRIPTION:arXiv:2103.0133"
        ).encode(),
        lambda talks, notices: (
            "bad" not in talks
            and [(n.code, n.event, n.line) for n in notices] == [("truncated_event", "bad", 10)]
        ),
    ),
    Shape(
        "truncated_in_a_marker",
        (RAW.replace("END:VCALENDAR\r\n", "") + "BEGIN:VEVENT\r\nUID:bad\r\nEND:VEV").encode(),
        lambda talks, notices: "bad" not in talks and notices[0].code == "truncated_event",
    ),
    *(
        Shape(f"truncated_{where}", data, is_truncated)
        for where, data in {
            "between_events": PLAIN.replace(b"END:VCALENDAR\r\n", b""),
            "in_its_last_marker": PLAIN[: -len(b"DAR\r\n")],
            "behind_a_property": PLAIN.replace(b"END:VCALENDAR", b"X-A:1"),
            "inside_a_zone": PLAIN.replace(b"END:VCALENDAR", b"BEGIN:VTIMEZONE\r\nTZID:X"),
            "in_the_last_calendar": PLAIN + PLAIN.replace(b"END:VCALENDAR\r\n", b""),
            "packed": gzip.compress(PLAIN + b"X" * 9)[:-9],
            "packed_with_a_wrong_sum": gzip.compress(PLAIN)[:-8] + bytes(8),
        }.items()
    ),
    Shape("events_without_a_calendar", GOOD.encode(), is_whole),
    Shape(
        "calendar_without_end_before_another",
        PLAIN.replace(b"END:VCALENDAR\r\n", b"") + PLAIN,
        is_whole,
    ),
    Shape("packed_whole", gzip.compress(PLAIN), is_whole),
    Shape("two_calendars", calendar(event("SUMMARY:x", uid="bad")) + PLAIN),
    Shape("calendar_in_calendar", calendar("BEGIN:VCALENDAR", GOOD, "END:VCALENDAR")),
    Shape("php_warning_before", b"<br />\n<b>Warning</b>: foo in bar.php on line 3\n" + PLAIN),
    Shape("comment_before", b"<!-- cached -->\r\n" + PLAIN),
    Shape("comment_after", PLAIN + b"<!-- 0.02 s -->\n"),
    Shape("blank_lines_before", b"\r\n \r\n\r\n" + PLAIN),
    Shape("junk_longer_than_a_chunk", b"x" * 3_000_000 + b"\n" + PLAIN),
    Shape("line_without_colon", calendar("X", GOOD, "Y")),
    Shape("bad_refresh_interval", calendar("REFRESH-INTERVAL;VALUE=DURATION:soon", GOOD)),
    Shape("blank_lines_between", PLAIN.replace(b"\r\n", b"\r\n\r\n")),
    Shape("lower_case", PLAIN.lower()),
    Shape("mixed_case_markers", PLAIN.replace(b"BEGIN:VEVENT", b"Begin:VEvent")),
    Shape("blanks_behind_markers", PLAIN.replace(b"VEVENT", b"VEVENT  ")),
    Shape("blank_in_a_marker", PLAIN.replace(b"BEGIN:VEVENT", b"BEGIN: VEVENT")),
    Shape("folded_marker", PLAIN.replace(b"BEGIN:VEVENT", b"BEGIN:VE\r\n VENT")),
    Shape(
        "marker_in_a_value",
        beside("DESCRIPTION:text\n BEGIN:VEVENT\n END:VEVENT"),
        lambda talks, _: text(talks) == "textBEGIN:VEVENTEND:VEVENT",
    ),
    Shape("todo_beside", calendar("BEGIN:VTODO\nUID:todo\nSUMMARY:x\nEND:VTODO", GOOD)),
    Shape("todo_without_end", calendar("BEGIN:VTODO\nUID:todo\nSUMMARY:x", GOOD)),
    Shape("nul_bytes", PLAIN.replace(b"VERSION:2.0", b"VERSION:2.0\0\0")),
    Shape("empty_event", calendar("BEGIN:VEVENT\nEND:VEVENT", GOOD)),
]

ZONES = [
    Shape(
        "zone_without_offsets",
        calendar(
            "BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nEND:STANDARD\nEND:VTIMEZONE",
            event(uid="bad", start="DTSTART;TZID=X:20220218T180000"),
            GOOD,
        ),
        lambda talks, _: "unknown_zone" in codes(talks),
    ),
    Shape("zone_without_end", calendar("BEGIN:VTIMEZONE\nTZID:X", GOOD)),
    Shape(
        "zone_with_endless_rule",
        calendar(
            ZONE.replace("END:STANDARD", "RRULE:FREQ=SECONDLY\nEND:STANDARD"),
            event(uid="bad", start="DTSTART;TZID=My/Zone:20220218T180000"),
            GOOD,
        ),
        lambda talks, _: "unknown_zone" in codes(talks),
    ),
    Shape(
        "zone_behind_the_events",
        calendar(event(uid="bad", start="DTSTART;TZID=My/Zone:20220218T210000"), GOOD, ZONE),
        lambda talks, _: talks["bad"].start_time == START,
    ),
    Shape(
        "zone_inside_an_event",
        calendar(
            event(ZONE, "SUMMARY:kept", uid="bad", start="DTSTART;TZID=My/Zone:20220218T210000"),
            GOOD,
        ),
        lambda talks, _: talks["bad"].start_time == START and talks["bad"].title == "kept",
    ),
    Shape(
        "unknown_zone",
        beside(start="DTSTART;TZID=Nowhere:20220218T180000"),
        lambda talks, _: (
            talks["bad"].start_time == START.replace(tzinfo=None)
            and codes(talks) == {"unknown_zone", "floating_time"}
        ),
    ),
    Shape(
        "windows_zone",
        beside(start="DTSTART;TZID=W. Europe Standard Time:20220218T190000"),
        lambda talks, _: talks["bad"].start_time == START,
    ),
    Shape(
        "vendor_path",
        beside(start="DTSTART;TZID=/mozilla.org/20070129_1/Europe/Berlin:20220218T190000"),
        lambda talks, _: talks["bad"].start_time == START,
    ),
    Shape(
        "olson_zone_contradicted",
        calendar(
            ZONE.replace("My/Zone", "Europe/Berlin"),
            event(uid="bad", start="DTSTART;TZID=Europe/Berlin:20220218T190000"),
            GOOD,
        ),
        lambda talks, _: talks["bad"].start_time == START,
    ),
    Shape(
        "zone_in_quotes",
        beside(start='DTSTART;TZID="Europe/Berlin":20220218T190000'),
        lambda talks, _: talks["bad"].start_time == START,
    ),
    Shape(
        "zone_with_a_colon_out_of_quotes",
        calendar(
            ZONE.replace("My/Zone", "(UTC+03:00) Moscow\\, Minsk"),
            event(uid="bad", start="DTSTART;TZID=(UTC+03:00) Moscow\\, Minsk:20220218T210000"),
            GOOD,
        ),
        lambda talks, _: talks["bad"].start_time == START and not codes(talks),
    ),
    Shape(
        "zone_is_a_path",
        beside(start="DTSTART;TZID=../../etc/passwd:20220218T180000"),
        lambda talks, _: "unknown_zone" in codes(talks),
    ),
]

TIMES = [
    Shape(
        "start_to_be_announced",
        beside(start="DTSTART:TBA"),
        lambda talks, _: talks["bad"].start_time is None and "bad_time" in codes(talks),
    ),
    Shape(
        "start_31_february",
        beside(start="DTSTART:20220231T180000Z"),
        lambda talks, _: talks["bad"].start_time is None,
    ),
    Shape(
        "start_with_dashes",
        beside(start="DTSTART:2022-02-18T18:00:00Z"),
        lambda talks, _: talks["bad"].start_time == START and "bad_time" in codes(talks),
    ),
    Shape("start_is_empty", beside(start="DTSTART:"), lambda talks, _: "bad_time" in codes(talks)),
    Shape("no_start", beside(start="CLASS:PUBLIC"), lambda talks, _: "no_start" in codes(talks)),
    Shape(
        "start_twice",
        beside("DTSTART:20230101T000000Z"),
        lambda talks, _: talks["bad"].start_time == START,
    ),
    Shape(
        "end_and_duration",
        beside("DTEND:20220218T190000Z", "DURATION:PT2H"),
        lambda talks, _: talks["bad"].end_time == START + timedelta(hours=1),
    ),
    Shape(
        "bad_duration",
        beside("DURATION:one hour"),
        lambda talks, _: talks["bad"].end_time is None and "bad_time" in codes(talks),
    ),
    Shape(
        "huge_duration", beside("DURATION:P999999999D"), lambda talks, _: "bad_time" in codes(talks)
    ),
    Shape(
        "end_before_start",
        beside("DTEND:20220218T170000Z"),
        lambda talks, _: "end_before_start" in codes(talks),
    ),
    Shape(
        "end_is_a_date",
        beside("DTEND;VALUE=DATE:20220219"),
        lambda talks, _: talks["bad"].end_time == date(2022, 2, 19),
    ),
    Shape("no_end", beside(), lambda talks, _: talks["bad"].end_time is None),
    Shape("bad_sequence", beside("SEQUENCE:many")),
    Shape(
        "bad_rule", beside("RRULE:FREQ=NEVER"), lambda talks, _: talks["bad"].start_time == START
    ),
    Shape(
        "last_year",
        beside(start="DTSTART:99991231T235959Z"),
        lambda talks, _: talks["bad"].start_time is not None,
    ),
]

TEXTS = [
    Shape("latin_1", beside("SUMMARY:Poincar\u00e9").replace("\u00e9".encode(), b"\xe9"), lambda talks, _: talks["bad"].title == "Poincaré"),
    Shape("cp1252_in_one_line", beside("SUMMARY:\u00fc", "LOCATION:L\u2019Aquila").replace("\u2019".encode(), b"\x92"), lambda talks, _: (talks["bad"].title, talks["bad"].room) == ("ü", "L’Aquila")),
    Shape("fold_inside_a_character", beside("SUMMARY:Poincar\u00e9").replace(b"\xc3\xa9", b"\xc3\r\n \xa9"), lambda talks, _: talks["bad"].title == "Poincaré"),
    Shape("fold_by_tab", beside("SUMMARY:Poin\n\tcaré"), lambda talks, _: talks["bad"].title == "Poincaré"),
    Shape("raw_line_breaks", beside("DESCRIPTION:one\ntwo: three\n\nfour"), lambda talks, _: text(talks) == "one\ntwo: three\n\nfour"),
    Shape("raw_address_line", beside("DESCRIPTION:See", "https://arxiv.org/abs/2103.01338"), lambda talks, _: text(talks) == "See\nhttps://arxiv.org/abs/2103.01338"),
    Shape("raw_line_like_a_property", beside("DESCRIPTION:See", "Location: room 5", "more"), lambda talks, _: text(talks) == "See\nLocation: room 5\nmore"),
    Shape("raw_line_before_any_text", beside("https://arxiv.org/abs/2103.01338"), lambda talks, _: dict(talks["bad"].texts) == {"comments": "https://arxiv.org/abs/2103.01338"}),
    Shape("blank_line_then_indented", beside("DESCRIPTION:line one\n\n second"), lambda talks, _: text(talks) == "line one\nsecond"),
    Shape("altrep_without_quotes", beside("DESCRIPTION;ALTREP=http://x:hello"), lambda talks, _: text(talks) == "hello"),
    Shape("altrep_with_a_port", beside("DESCRIPTION;ALTREP=http://x:80/y:hello"), lambda talks, _: text(talks) == "hello"),
    Shape("altrep_in_quotes", beside('DESCRIPTION;ALTREP="http://x:80/y":hello'), lambda talks, _: text(talks) == "hello"),
    Shape("quote_never_closed", beside('DESCRIPTION;LANGUAGE="de:hello')),
    Shape("quoted_printable", beside("DESCRIPTION;ENCODING=QUOTED-PRINTABLE:Poincar=C3=A9=0D=0Asecond"), lambda talks, _: text(talks) == "Poincaré\nsecond"),
    Shape("quoted_printable_soft_breaks", beside("DESCRIPTION;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:arxiv.org/abs/=\n2103.0=\n1338 =E9"), lambda talks, _: text(talks) == "arxiv.org/abs/2103.01338 é"),
    Shape("quoted_printable_unnamed", beside("DESCRIPTION;QUOTED-PRINTABLE:a=3Db"), lambda talks, _: text(talks) == "a=b"),
    Shape("base64", beside("DESCRIPTION;ENCODING=BASE64:aGVsbG8="), lambda talks, _: text(talks) == "hello"),
    Shape("two_descriptions", beside("DESCRIPTION:one", "DESCRIPTION:arXiv:2103.01338"), lambda talks, _: text(talks) == "one" and dict(talks["bad"].texts) == {"comments": "arXiv:2103.01338"}),
    Shape("two_uids", beside("UID:other"), lambda talks, _: "other" not in talks),
    Shape("two_urls", beside("URL:https://a.org/", "URL:https://arxiv.org/abs/2103.01338"), lambda talks, _: "2103.01338" in dict(talks["bad"].texts)["url"]),
    Shape("alternative_description", beside("DESCRIPTION:no link", 'X-ALT-DESC;FMTTYPE=text/html:<p>See\\, <a href="https://arxiv.org/abs/2103.01338">it</a></p>'), lambda talks, _: dict(talks["bad"].texts)["x_alt_desc"] == "See, it (https://arxiv.org/abs/2103.01338)"),
    Shape("nul_and_other_breaks", beside("DESCRIPTION:a\0b\x85c\u2028d\x0be"), lambda talks, _: text(talks) == "a\0b\x85c\u2028d\x0be"),
    Shape("latex", beside(r"DESCRIPTION:$\\nabla \\neq \\\\$\, \;"), lambda talks, _: text(talks) == "$\\nabla \\neq \\\\$, ;"),
    Shape("backslash_at_the_end", beside("DESCRIPTION:a\\"), lambda talks, _: text(talks) == "a\\"),
    Shape("no_uid", beside("SUMMARY:Nameless").replace(b"UID:bad\r\n", b""), lambda talks, _: any(t.title == "Nameless" for t in talks.values())),
    Shape("property_without_colon", beside("SUMMARY", "CLASS"), lambda talks, _: "bad" in talks),
    Shape("alarm_with_bad_trigger", beside("BEGIN:VALARM\nTRIGGER:soon\nDESCRIPTION:alarm\nEND:VALARM", "DESCRIPTION:text"), lambda talks, _: text(talks) == "text"),
    Shape("alarm_without_end", beside("SUMMARY:kept", "BEGIN:VALARM\nTRIGGER:-PT5M\nACTION:DISPLAY\nDESCRIPTION:alarm", "LOCATION:room"), lambda talks, _: (talks["bad"].title, talks["bad"].room, text(talks)) == ("kept", "room", None)),
    Shape("alarm_in_alarm", beside("BEGIN:VALARM\nBEGIN:VALARM\nEND:VALARM\nEND:VALARM", "SUMMARY:kept"), lambda talks, _: talks["bad"].title == "kept"),
    Shape("attendee_over_raw_lines", beside("SUMMARY:kept", "ATTENDEE:mailto:a@b.org\nmailto:c@d.org"), lambda talks, _: "@" not in str(talks["bad"])),
    Shape("empty_parameter", beside("SUMMARY;:kept"), lambda talks, _: "bad" in talks),
    Shape("blanks_round_parameters", beside("SUMMARY ; LANGUAGE = de :kept"), lambda talks, _: talks["bad"].title == "kept"),
]  # fmt: skip

SHAPES = [*STRUCTURE, *ZONES, *TIMES, *TEXTS]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.id)
def test_good_event_comes_out(shape: Shape) -> None:
    notices: list[Notice] = []
    talks = {talk.id: talk for talk in read_talks(shape.data, on_notice=notices.append)}
    good = talks["good"]
    assert good.title is not None
    assert good.title.lower() == "a good talk"
    assert good.start_time == START
    assert "arxiv.org/abs/2103.01338" in (good.abstract or "")
    assert shape.holds(talks, notices)


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "web page"),
        (b"<html><form><input type=password></form></html>", "login"),
        (b'{"error": "no such calendar"}', "JSON"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "picture"),
        (bytes(range(256)) * 9, "binary"),
        (b"name,date\nfoo,2022-02-18\n", "calendar"),
    ],
    ids=["empty", "blank", "web_page", "login", "json", "picture", "binary", "csv"],
)
def test_what_is_no_calendar_is_one_clear_error(data: bytes, cause: str) -> None:
    with pytest.raises(FeedError, match=cause) as raised:
        list(read_talks(data))
    assert "\n" not in str(raised.value)
