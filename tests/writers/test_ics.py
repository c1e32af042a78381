"""Enriched calendars: titles in place, all else unchanged, and a second run that changes nothing."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from enrich.feeds.reading import read_talks
from enrich.model import AnnotatedTalk, Document, Feed, Talk
from enrich.paper import PaperId, Papers, Unresolved
from enrich.text.content_lines import escape_value
from enrich.writers import write
from tests.conftest import ROOT, SHARED
from tests.strategies import documents
from tests.writers.calendars import (
    EXAMPLE,
    calendar_of,
    description_of,
    enrich_feed,
    enrich_talks,
    events_of,
    known_papers,
    paper,
    read_with_ical_js,
)

CASES = [
    json.loads(line)
    for line in (ROOT / "tests/data/writers/titles.jsonl").read_text(encoding="utf-8").splitlines()
]
FEEDS = [
    *sorted((ROOT / "tests/data/faults/feeds").glob("*.ics")),
    *sorted((SHARED / "data/feeds").glob("*.ics")),
    *sorted((SHARED / "data/faults/feeds").glob("*.ics")),
    EXAMPLE,
]
ADDRESS = "https://arxiv.org/abs/2103.01338"
TITLE = "Acceleration via Fractal Learning Rate Schedules"


def long_lines(text: str) -> list[str]:
    return [line for line in text.split("\r\n") if len(line.encode()) > 75]


def readable(feed: bytes) -> bool:
    try:
        return any(True for _ in read_talks(feed))
    except Exception:  # noqa: BLE001 - only whether there is anything to write
        return False


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_titles_stand_before_the_addresses(case: dict[str, str]) -> None:
    feed = calendar_of("DESCRIPTION:" + escape_value(case["description"]))
    text = enrich_feed(feed)
    assert description_of(text) == case["expected"]
    assert enrich_feed(text.encode()) == text


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_enriching_a_real_feed_twice_is_enriching_it_once(path: Path) -> None:
    feed = path.read_bytes()
    if not readable(feed):
        pytest.skip("nothing can be read of it")
    once = enrich_feed(feed)
    assert enrich_feed(once.encode()) == once


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_enriching_an_unredacted_feed_twice_is_enriching_it_once(path: Path) -> None:
    feed = path.read_bytes()
    if not readable(feed):
        pytest.skip("nothing can be read of it")
    once = enrich_feed(feed, keep_private=True)
    assert enrich_feed(once.encode(), keep_private=True) == once
    assert long_lines(once) == []
    assert once.count("\n") == once.count("\r\n")


WHOLE = [
    path for path in FEEDS if path.parent.name != "feeds" or "faults" not in path.parent.parent.name
]


def properties(event: Any) -> Counter[tuple[str, str]]:
    """All properties but those that are enriched, and those of people and meetings."""
    left_out = {"DESCRIPTION", "LINK", "ATTENDEE", "ORGANIZER", "CONTACT", "CONFERENCE"}
    return Counter(
        (name, repr(value) + repr(sorted(getattr(value, "params", {}).items())))
        for name, value in event.property_items(recursive=False)
        if name not in left_out
    )


@pytest.mark.filterwarnings("ignore:Timezone .* is a globally unique TZID")
@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.name)
def test_all_other_properties_of_a_real_feed_are_unchanged(path: Path) -> None:
    feed = path.read_bytes()
    talks = list(read_talks(feed, keep_raw=True, keep_private=True))
    try:
        before = Calendar.from_ical(feed)
    except ValueError as error:
        pytest.skip(f"icalendar cannot read it: {error}")
    after = Calendar.from_ical(enrich_talks(talks))
    old, new = before.walk("VEVENT"), after.walk("VEVENT")
    assert len(old) == len(new)
    for one, other in zip(old, new, strict=True):
        assert properties(one) == properties(other)
    zones = [{z.to_ical() for z in c.walk("VTIMEZONE")} for c in (before, after)]
    assert zones[0] == zones[1]


class TestLinks:
    def test_each_paper_has_one_with_its_title(self) -> None:
        (event,) = events_of(enrich_feed(EXAMPLE.read_bytes()))
        links = event["LINK"]
        assert [str(link) for link in links] == [
            ADDRESS, "https://openreview.net/forum?id=FpKgG31Z_i9", "https://arxiv.org/abs/2110.10090",
        ]  # fmt: skip
        assert next(link.params["LABEL"] for link in links) == TITLE
        assert {link.params["VALUE"] for link in links} == {"URI"}

    def test_those_of_the_feed_stay(self) -> None:
        own = 'LINK;LINKREL=SOURCE;LABEL="Venue";VALUE=URI:https://example.org/'
        text = enrich_feed(calendar_of(own, f"DESCRIPTION:{ADDRESS}"))
        assert own in text.split("\r\n")
        assert len(events_of(text)[0]["LINK"]) == 2

    def test_they_stand_before_alarms(self) -> None:
        alarm = (
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "TRIGGER:-PT5M",
            "DESCRIPTION:Soon",
            "END:VALARM",
        )
        text = enrich_feed(calendar_of(f"DESCRIPTION:{ADDRESS}", *alarm))
        assert text.index("LINK;") < text.index("BEGIN:VALARM")
        assert "\r\n".join(alarm) in text

    def test_a_title_with_tags_makes_no_html_of_plain_text(self) -> None:
        known = paper("2103.01338", "On <script>x</script> & a<b")
        once = enrich_feed(calendar_of(f"DESCRIPTION:See {ADDRESS}"), {known.id: known})
        assert description_of(once) == f'See "On < script>x< /script> & a< b": {ADDRESS}'
        assert enrich_feed(once.encode(), {known.id: known}) == once
        plain = paper("2103.01338", "The R&D of a<b")
        once = enrich_feed(calendar_of(f"DESCRIPTION:See {ADDRESS}"), {plain.id: plain})
        assert description_of(once) == f'See "The R&D of a<b": {ADDRESS}'

    def test_a_second_run_without_the_papers_keeps_the_titles(self) -> None:
        once = enrich_feed(calendar_of(f"DESCRIPTION:See {ADDRESS}"))
        gone = {id_: Unresolved(id=id_, code="timeout", message="later", url=ADDRESS) for id_ in known_papers()}  # fmt: skip
        assert enrich_feed(once.encode(), gone) == once
        assert enrich_feed(once.encode(), {}) == once

    def test_a_new_title_replaces_the_old_one(self) -> None:
        first, second = (
            {p.id: p} for p in (paper("2103.01338", "Old"), paper("2103.01338", "New"))
        )
        once = enrich_feed(calendar_of(f"DESCRIPTION:See {ADDRESS}"), first)
        again = enrich_feed(once.encode(), second)
        assert description_of(again) == f'See "New": {ADDRESS}'
        assert again == enrich_feed(calendar_of(f"DESCRIPTION:See {ADDRESS}"), second)

    def test_a_server_that_orders_parameters_anew_costs_nothing(self) -> None:
        once = enrich_feed(calendar_of(f"DESCRIPTION:See {ADDRESS}"))
        other = Calendar.from_ical(once).to_ical()
        assert other != once.encode()
        assert description_of(enrich_feed(other)) == description_of(once)
        assert len(enrich_feed(other).split("LABEL=")) == 2


class TestBrokenLines:
    def test_a_raw_line_break_becomes_an_escaped_one(self) -> None:
        feed = calendar_of("DESCRIPTION:See", ADDRESS, "", "Abstract: more", "SUMMARY:A talk")
        text = enrich_feed(feed)
        assert description_of(text) == f'See\n"{TITLE}": {ADDRESS}\n\nAbstract: more'

    def test_an_event_without_its_end_gets_one(self) -> None:
        feed = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:a\nBEGIN:VEVENT\nUID:2\nEND:VEVENT\nEND:VCALENDAR"
        assert [str(e["UID"]) for e in events_of(enrich_feed(feed))] == ["1", "2"]

    def test_quoted_printable_is_left_alone(self) -> None:
        line = "DESCRIPTION;ENCODING=QUOTED-PRINTABLE:See https://arxiv.org/abs/2103.01338 =C3=A9"
        text = enrich_feed(calendar_of(line))
        assert line in text.replace("\r\n ", "")
        assert "LABEL=" in text

    def test_folds_inside_of_letters_and_parameters(self) -> None:
        long = 'X-LONG;X-P="' + "é" * 60 + '":' + "𝔸" * 90
        text = enrich_feed(calendar_of(long))
        assert long in text.replace("\r\n ", "")
        assert long_lines(text) == []


def test_meeting_credentials_are_redacted_and_people_left_out() -> None:
    feed = calendar_of(
        "ORGANIZER:mailto:ada@example.org",
        f"DESCRIPTION:See {ADDRESS}\\n\\nJoin Zoom Meeting\\nhttps://uni.zoom.us/j/123456789?pwd=abc",
    )
    text = enrich_feed(feed).replace("\r\n ", "")
    assert "zoom" not in text.lower()
    assert "ada@" not in text
    assert TITLE in text


class TestSeveralFeeds:
    def test_one_calendar_with_the_zones_of_all(self) -> None:
        def feed(name: str, zone: str) -> bytes:
            return "\r\n".join(
                ["BEGIN:VCALENDAR", f"X-WR-CALNAME:{name}", "BEGIN:VTIMEZONE", f"TZID:{zone}", "BEGIN:STANDARD",
                 "DTSTART:19700101T000000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0100", "END:STANDARD", "END:VTIMEZONE",
                 "BEGIN:VEVENT", f"UID:{name}", f"DTSTART;TZID={zone}:20220218T180000", "END:VEVENT", "END:VCALENDAR", ""]
            ).encode()  # fmt: skip

        talks = [
            talk
            for one in (feed("a", "Z/A"), feed("b", "Z/B"), feed("c", "Z/A"))
            for talk in read_talks(one, keep_raw=True)
        ]
        text = enrich_talks(talks)
        assert text.count("BEGIN:VCALENDAR") == 1
        assert re.findall(r"TZID:(.*)\r", text) == ["Z/A", "Z/B"]
        assert re.findall(r"UID:(.*)\r", text) == ["a", "b", "c"]

    ZONED = (
        ("Z/A", "DTSTART;TZID=Z/A:20220218T180000"),
        ("Z/B", "DTSTART:20220218T180000Z"),
        ("Z/A", 'DTSTART;TZID="Z/A":20220219T180000'),
        ("Z/C", "DTSTART;VALUE=DATE:20220218"),
        ("Z/D", "EXDATE;TZID=Z/D:20220218T180000"),
    )

    @staticmethod
    def zone_feed(zone: str, *lines: str) -> bytes:
        return "\r\n".join(
            ["BEGIN:VCALENDAR", "BEGIN:VTIMEZONE", f"TZID:{zone}", "BEGIN:STANDARD", "DTSTART:19700101T000000",
             "TZOFFSETFROM:+0100", "TZOFFSETTO:+0100", "END:STANDARD", "END:VTIMEZONE", "BEGIN:VEVENT",
             f"UID:{zone}", "DTSTART:20220218T180000Z", *lines, "END:VEVENT", "END:VCALENDAR", ""]
        ).encode()  # fmt: skip

    def test_a_second_run_leaves_each_zone_in_its_place(self) -> None:
        feeds = [
            self.zone_feed(zone, f"X-N:{number}", line)
            for number, (zone, line) in enumerate(self.ZONED)
        ]
        talks = [talk for one in feeds for talk in read_talks(one, keep_raw=True)]
        once = enrich_talks(talks)
        assert enrich_talks(list(read_talks(once.encode(), keep_raw=True))) == once
        assert re.findall(r"^TZID:(.*)\r", once, re.MULTILINE) == ["Z/A", "Z/D", "Z/B", "Z/C"]

    @given(st.lists(st.sampled_from(ZONED), min_size=1, max_size=6))
    def test_any_feeds_together_are_enriched_once(self, zoned: list[tuple[str, str]]) -> None:
        feeds = [
            self.zone_feed(zone, f"X-N:{n}", line, f"SUMMARY:{n}")
            for n, (zone, line) in enumerate(zoned)
        ]
        talks = [talk for one in feeds for talk in read_talks(one, keep_raw=True, duplicates=True)]
        once = enrich_talks(talks)
        assert enrich_talks(list(read_talks(once.encode(), keep_raw=True))) == once
        assert once.count("BEGIN:VTIMEZONE") == len({zone for zone, _ in zoned})


class TestWorks:
    """Two records of one work: one title, both links."""

    ACCEPTED = replace(
        paper("2101.00077", "Locked Memories"),
        id=PaperId("openreview:FpKgG31Z_i9"),
        url="https://openreview.net/forum?id=FpKgG31Z_i9",
        decision="accepted",
        same_as=(PaperId("arxiv:2103.01338"),),
        matched_by="openreview",
    )
    PREPRINT = paper("2103.01338", "An Older Title")
    FEED = calendar_of(
        "DESCRIPTION:See https://arxiv.org/abs/2103.01338 and https://openreview.net/forum?id=FpKgG31Z_i9"
    )

    def test_the_describing_record_has_the_title_and_the_other_its_id(self) -> None:
        papers = {p.id: p for p in (self.PREPRINT, self.ACCEPTED)}
        once = enrich_feed(self.FEED, papers)
        (event,) = events_of(once)
        assert [(link.params["LABEL"], str(link)) for link in event["LINK"]] == [
            ("Locked Memories", self.ACCEPTED.url),
            ("arXiv:2103.01338", self.PREPRINT.url),
        ]
        assert description_of(once).count('"Locked Memories": ') == 2
        assert enrich_feed(once.encode(), papers) == once
        assert enrich_feed(once.encode(), {}) == once

    def test_a_withdrawn_paper_is_marked(self) -> None:
        papers = {p.id: p for p in (replace(self.PREPRINT, withdrawn=True),)}
        once = enrich_feed(self.FEED, papers)
        assert '"An Older Title (withdrawn)": https://arxiv.org' in description_of(once)
        assert enrich_feed(once.encode(), papers) == once


class TestMadeCalendars:
    TALK: ClassVar = {
        "id": "x/1", "title": "On $\\ell_p$", "speaker": "Ada", "speaker_affiliation": "Uni", "series": "S",
        "start_time": "2022-02-18T18:00:00+01:00", "end_time": "2022-02-18T19:00:00+01:00", "room": "R; 1",
        "url": "https://example.org/talk", "status": "cancelled", "recurrence": "FREQ=WEEKLY",
        "abstract": f"See {ADDRESS}, and more.\nEND:VEVENT",
    }  # fmt: skip

    def test_talks_of_json_become_events(self) -> None:
        text = enrich_feed(json.dumps([self.TALK]).encode())
        (event,) = events_of(text)
        assert str(event["UID"]) == "x/1"
        assert str(event["SUMMARY"]) == "On ℓₚ"
        assert event.start.isoformat() == "2022-02-18T17:00:00+00:00"
        assert event.end.isoformat() == "2022-02-18T18:00:00+00:00"
        assert event.DTSTAMP.isoformat() == "2022-02-18T17:00:00+00:00"
        assert str(event["LOCATION"]) == "R; 1"
        assert str(event["STATUS"]) == "CANCELLED"
        assert "RRULE" not in event  # start_time is that of one occurrence, not the rule's
        assert description_of(text) == (
            f'Ada (Uni)\nS\n\nSee "{TITLE}": {ADDRESS}, and more.\nEND:VEVENT'
        )
        assert enrich_feed(text.encode()) == text

    def test_without_the_run_the_abstracts_references_serve(self) -> None:
        text = enrich_feed(json.dumps([self.TALK]).encode())
        (talk,) = read_talks(json.dumps([self.TALK]).encode())
        from enrich.annotation import annotate
        from enrich.references.extract import find_references

        annotated = annotate(talk, find_references(talk), known_papers())
        assert "".join(write(Document((annotated,)), "ics")) == text

    @pytest.mark.parametrize(
        ("start", "line"),
        [
            ("2022-02-18", "DTSTART;VALUE=DATE:20220218"),
            ("2022-02-18T18:00:00", "DTSTART:20220218T180000"),
            ("0033-02-18T18:00:00Z", "DTSTART:00330218T180000Z"),
        ],
    )
    def test_dates_and_floating_times(self, start: str, line: str) -> None:
        text = enrich_feed(json.dumps([{"id": "1", "start_time": start}]).encode())
        assert line in text.split("\r\n")
        assert re.search(r"^DTSTAMP:\d{8}T\d{6}Z\r$", text, re.MULTILINE)

    @given(documents)
    def test_any_document_is_read_back(self, document: Document) -> None:
        text = "".join(write(document, "ics"))
        assert long_lines(text) == []
        assert len(events_of(text)) == len(tuple(document.talks))


PIECES = st.sampled_from(
    [
        ADDRESS, "https://arxiv.org/pdf/2101.00001v2.pdf", "arXiv:2101.00002", "https://arxiv.org/abs/2101.00003",
        "https://arxiv.org/abs/2101.00004", "doi:10.48550/arXiv.2103.01338", "https://arxiv.org/abs/2101.99999",
        f'"{TITLE}": ', TITLE, '"', ": ", "<", ">", "[", "](", ")", "(", "\n", "\n\n", " ", ", ", ";", "\\", "\\n", "é", "𝔸",
        "<p>", "</p>", '<a href="', '">', "</a>", "<br>", "&amp;", "word", "END:VEVENT", "2110.10090", "arXiv", "|", "'", "^",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map("".join))
def test_any_description_is_enriched_once(text: str) -> None:
    once = enrich_feed(calendar_of("DESCRIPTION:" + escape_value(text)))
    assert enrich_feed(once.encode()) == once
    assert long_lines(once) == []
    assert len(events_of(once)) == 1
    bare = description_of(once)
    for known in known_papers().values():
        title = getattr(known, "title", "")
        if title == TITLE:
            bare = bare.replace(f'"{title}": ', "")
    assert ADDRESS not in text or ADDRESS in bare


TAGGED = st.lists(
    st.sampled_from(
        ["<script>", "</b>", "<br>", "<p", ">", "<", "<a href=", "&lt;", "b", " ", '"']
    ),
    max_size=6,
).map("".join)


@given(
    st.text(max_size=40) | TAGGED,
    st.sampled_from(["See {}", "<p>See {}</p>", '<p><a href="{}">x</a></p>']),
)
def test_any_title_is_inserted_once(title: str, form: str) -> None:
    known = paper("2103.01338", title)
    feed = calendar_of("DESCRIPTION:" + escape_value(form.format(ADDRESS)))
    once = enrich_feed(feed, {known.id: known})
    assert enrich_feed(once.encode(), {known.id: known}) == once
    (event,) = events_of(once)
    assert ADDRESS in str(event["DESCRIPTION"])


@given(
    st.lists(
        st.sampled_from(
            ["UID:7", "X-FOO;A=b:c", "x-foo:c", f"DESCRIPTION:{ADDRESS}", "DESCRIPTION:more", "BEGIN:VALARM", "END:VALARM",
             "RRULE:FREQ=DAILY;COUNT=2", "", " folded", "Some text: here", ADDRESS, "NOTE:x", "EXDATE:20220219T180000Z",
             "DESCRIPTION;ENCODING=QUOTED-PRINTABLE:a=", "LINK:", "LINK;LABEL=x:https://x.org/", "END:VTODO"]
        ),
        max_size=8,
    )
)  # fmt: skip
def test_any_event_is_enriched_once(lines: list[str]) -> None:
    once = enrich_feed(calendar_of(*lines))
    assert enrich_feed(once.encode()) == once
    assert long_lines(once) == []


def test_many_papers_in_one_event_take_linear_time() -> None:
    counted = []
    for number in (200, 800):
        text = "\n".join(f"https://arxiv.org/abs/2103.{n:05}" for n in range(1, number + 1))
        papers = {p.id: p for n in range(1, number + 1) for p in [paper(f"2103.{n:05}", f"T {n}")]}
        once = enrich_feed(calendar_of("DESCRIPTION:" + escape_value(text)), papers)
        assert enrich_feed(once.encode(), papers) == once
        counted.append(once.count("LABEL="))
    assert counted == [200, 800]


def test_raw_blocks_alone_are_enough() -> None:
    raw = calendar_of(f"DESCRIPTION:See {ADDRESS}")
    (talk,) = read_talks(raw, keep_raw=True)
    text = "".join(write(Document((AnnotatedTalk(talk=talk, papers=Papers({})),)), "ics"))
    assert description_of(text) == f"See {ADDRESS}"


def test_an_empty_document_is_a_calendar() -> None:
    text = "".join(write(Document(()), "ics"))
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert text.endswith("END:VCALENDAR\r\n")


def test_the_calendars_name_is_that_of_the_feed() -> None:
    talk = Talk(id="1", feed=Feed(name="A, B"))
    text = "".join(write(Document((AnnotatedTalk(talk=talk),)), "ics"))
    assert "X-WR-CALNAME:A\\, B\r\n" in text


def test_ical_js_reads_it(ical_js: Path) -> None:
    ((event,),) = read_with_ical_js(ical_js, enrich_feed(EXAMPLE.read_bytes()))
    assert event["uid"] == "SciML/3"
    assert event["start"] == "2022-02-18T18:00:00Z"
    assert f'["{TITLE}": https://arxiv.org/pdf/2103.01338v2.pdf]' in event["description"]
    assert event["links"][0] == [TITLE, ADDRESS]


def test_ical_js_and_icalendar_read_the_same_of_hostile_titles(ical_js: Path) -> None:
    lines = [f"https://arxiv.org/abs/2101.0000{n}" for n in range(1, 5)]
    text = enrich_feed(calendar_of("DESCRIPTION:" + escape_value("\n".join(lines))))
    ((event,),) = read_with_ical_js(ical_js, text)
    assert event["description"] == description_of(text)
    links = events_of(text)[0]["LINK"]
    assert event["links"] == [[link.params["LABEL"], str(link)] for link in links]
    assert event["links"][2][0] == "On x², Étale; anb: https://arxiv.org/abs/2101.00004"


def test_ical_js_reads_every_enriched_feed_whose_original_it_reads(ical_js: Path) -> None:
    feeds = {p.name: b for p in FEEDS if len(b := p.read_bytes()) < 300_000 and readable(b)}
    enriched = [enrich_feed(feed) for feed in feeds.values()]
    originals = [feed.decode("utf-8", "replace") for feed in feeds.values()]
    found = read_with_ical_js(ical_js, *originals, *enriched)
    before, after = found[: len(feeds)], found[len(feeds) :]
    refused = [
        name
        for name, text, old, new in zip(feeds, enriched, before, after, strict=True)
        if old is not None and len(new or ()) != text.count("BEGIN:VEVENT\r\n")
    ]
    assert refused == []
    assert sum(old is not None for old in before) > 20
