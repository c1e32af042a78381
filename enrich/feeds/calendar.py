r"""Reader of calendars: it indexes the events of a file, then reads them one by one. Pure.

Each event becomes a talk or a notice; a bad event does not affect the others. Only the index is kept in
memory. `lines` splits the file, icalendar parses zones and durations (`times`), and dialects interpret
the fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableSet
from dataclasses import replace
from itertools import pairwise
from typing import BinaryIO, NamedTuple

from enrich.codes import NoticeCode
from enrich.errors import FeedError
from enrich.feeds.duplicates import DuplicateFilter, distinguishing_key, override_key, talk_key
from enrich.feeds.finish import finish_talk
from enrich.feeds.ical.events import (
    Calendar,
    modified_of,
    read_calendar_lines,
    read_event,
    recurrence_of,
    sequence_of,
    uid_of,
    unwrap_event,
)
from enrich.feeds.ical.lines import (
    Spans,
    count_components,
    count_lines,
    find_events_with,
    find_spans,
    logical_lines,
    read_span,
)
from enrich.feeds.ical.series import (
    Stated,
    find_stated,
    is_recurring,
    place_first,
    read_recurrence,
    read_replaced,
)
from enrich.feeds.ical.times import zone_name
from enrich.feeds.ical.values import Properties, read_properties, split_line
from enrich.feeds.protected import ANCHORS
from enrich.feeds.redact import (
    has_conference,
    people_of,
    redact_id,
    redact_lines,
    redact_text,
)
from enrich.feeds.warning_messages import add_warning
from enrich.model import Feed, Notice, Talk
from enrich.text.patterns import compile_later

MAX_EVENT_BYTES = 4_000_000
_UID_SEARCH_BYTES = 1 << 16  # bytes of an event in which the UID for a notice is searched
_COMPONENT_NOUNS = {
    "VTODO": ("to-do", "to-dos"),
    "VJOURNAL": ("journal entry", "journal entries"),
    "VFREEBUSY": ("free/busy table", "free/busy tables"),
}
"""Components other than events: singular and plural, for messages."""
_MAIL = compile_later(r"\S+@[\w-]+\.\S+")


def read_calendar(
    stream: BinaryIO,
    *,
    name: str | None,
    label: str = "the data given",
    duplicates: bool = True,
    seen: MutableSet[int] | None = None,
    keep_raw: bool = False,
    keep_private: bool = False,
    max_event_bytes: int = MAX_EVENT_BYTES,
    anchors: tuple[str, ...] = ANCHORS,
    on_notice: Callable[[Notice], None] | None = None,
) -> Iterator[Talk]:
    """Return the talks of a calendar, lazily, in order.

    The call builds the index; the talks are then read one by one.

    Args:
        stream: binary, seekable, decompressed and passed through `normalize_encoding`; it stays open.
        name: the feed's name if the calendar has none.
        label: name of the feed in error messages.
        duplicates: if False, each key gives one talk: the one with the highest SEQUENCE, then the last.
        seen: keys of talks from earlier feeds; their talks are dropped, and new keys are added.
        keep_raw: talks get the lines of their event, feeds those of their calendar.
        keep_private: meeting credentials are not redacted.
        max_event_bytes: a longer event becomes a notice.
        anchors: labels and hosts that mark a paper in a text (`protected.protect`).
        on_notice: receives a notice for each event that cannot be read.

    Raises:
        FeedError: the file is not a calendar.
    """
    spans = find_spans(stream, keys=not duplicates, max_event_bytes=max_event_bytes)
    if not spans.starts and not spans.truncated and not spans.calendars_begun:
        raise FeedError(f"{label}: is no calendar (no BEGIN:VCALENDAR or BEGIN:VEVENT line found)")
    reader = _CalendarReader(
        stream,
        spans,
        name=name,
        keep_raw=keep_raw,
        keep_private=keep_private,
        max_event_bytes=max_event_bytes,
        anchors=anchors,
        on_notice=on_notice or (lambda _: None),
    )
    dropped = set() if duplicates else reader.find_duplicates()
    return reader.talks(dropped, seen)


class _CalendarReader:
    """Indexed calendar file."""

    def __init__(
        self,
        stream: BinaryIO,
        spans: Spans,
        *,
        name: str | None,
        keep_raw: bool,
        keep_private: bool,
        max_event_bytes: int,
        anchors: tuple[str, ...],
        on_notice: Callable[[Notice], None],
    ) -> None:
        self._stream = stream
        self._spans = spans
        self._keep_raw = keep_raw
        self._keep_private = keep_private
        self._max_event_bytes = max_event_bytes
        self._anchors = anchors
        self._on_notice = on_notice
        self._counted = (0, 1)  # an offset and its line number
        self._overrides: dict[str, list[Stated]] | None = None
        self._calendars = _read_calendars(stream, spans)
        self._first_calendar = next(iter(self._calendars.values()), Calendar())
        head = self._join_head() if keep_raw else None
        self._feed = Feed(name=self._feed_name(self._calendars.values(), name), head=head)
        self._feeds = {
            number: Feed(name=self._feed_name([calendar], name), head=head)
            for number, calendar in self._calendars.items()
        }

    def talks(self, dropped: set[int], seen: MutableSet[int] | None) -> Iterator[Talk]:
        """Yield the talks of all events except `dropped`.

        Notices about the whole file follow the last talk.
        """
        spans = self._spans
        duplicates = DuplicateFilter(seen, dropped=len(dropped))
        for number in range(len(spans.starts)):
            if number in dropped:
                continue
            read = self._read_talk(number)
            if read is not None and (
                seen is None
                or duplicates.add(self._compute_key(number, *read), distinguishing_key(read[0]))
            ):
                talk = self._place_series(number, *read)
                if talk is not None:
                    yield talk
        for start in spans.truncated:
            message = f"the file ends inside event {len(spans.starts) + 1}"
            self._report_notice("truncated_event", message, start)
        if spans.is_open and spans.starts and not spans.truncated:
            message = "the file ends before END:VCALENDAR, so talks may be missing"
            self._on_notice(Notice(code="truncated_feed", message=message, feed=self._feed.name))
        duplicates.report(self._on_notice, self._feed.name)
        if not spans.starts and not spans.truncated:
            held = _describe_components(count_components(self._stream))
            message = (
                f"the calendar holds no events, but {held}" if held else "the calendar is empty"
            )
            self._on_notice(Notice(code="no_talks", message=message, feed=self._feed.name))

    def find_duplicates(self) -> set[int]:
        """Return the ordinals of events superseded within the file."""
        spans = self._spans
        hashes = sorted(spans.keys)
        repeated = {a for a, b in pairwise(hashes) if a == b}
        groups: dict[int, list[_Candidate]] = {}
        for number, coarse in enumerate(spans.keys):
            if coarse not in repeated:
                continue
            read = self._read_talk(number, quiet=True)
            if read is None:
                continue
            talk, properties = read
            groups.setdefault(self._compute_key(number, *read), []).append(
                _Candidate(
                    sequence_of(properties),
                    modified_of(properties),
                    number,
                    distinguishing_key(talk),
                )
            )
        return {number for group in groups.values() for number in _find_superseded(group)}

    def _place_series(self, number: int, talk: Talk, properties: Properties) -> Talk | None:
        """Return the talk, moved to its first occurrence.

        Report a notice and return None if there is no occurrence.
        """
        start = talk.start_time
        if start is None or not is_recurring(properties):
            return talk
        zones = self._calendar(number).zones
        try:
            series = read_recurrence(properties, start, zones)
            overridden = self._find_overrides().get(properties.text("UID") or "")
            if overridden:
                places = read_replaced(properties, start, zones, overridden)
                series = replace(series, replaced=places)
            placed = place_first(talk, series, properties, zones)
        except Exception:  # noqa: BLE001 - keep the talk if its recurrence is unreadable
            return replace(talk, warnings=add_warning(talk.warnings, "recurring_unchecked"))
        if placed is None:
            message = (
                f"event {number + 1} recurs but has no occurrence left "
                "(all are excluded or overridden)"
            )
            self._report_notice("no_occurrence", message, self._spans.starts[number])
        return placed

    def _find_overrides(self) -> dict[str, list[Stated]]:
        """Return the occurrences overridden by RECURRENCE-ID events.

        They are indexed by UID, and cached.
        """
        if self._overrides is None:
            self._overrides = {}
            for number in find_events_with(self._stream, self._spans, b"RECURRENCE-ID"):
                start, end = self._spans.starts[number], self._spans.ends[number]
                if end - start > self._max_event_bytes:
                    continue
                lines = logical_lines(read_span(self._stream, start, end))
                properties = read_properties(
                    unwrap_event(lines, closed=number not in self._spans.unclosed)
                )
                named = find_stated(properties, "RECURRENCE-ID")[:1]
                if named and (uid := properties.text("UID")):
                    self._overrides.setdefault(uid, []).extend(named)
        return self._overrides

    def _compute_key(self, number: int, talk: Talk, properties: Properties) -> int:
        recurrence = recurrence_of(properties, self._calendar(number))
        return talk_key(talk) if recurrence is None else override_key(talk, recurrence)

    def _calendar(self, number: int) -> Calendar:
        return self._calendars.get(self._spans.calendars[number], self._first_calendar)

    def _read_talk(self, number: int, *, quiet: bool = False) -> tuple[Talk, Properties] | None:
        """Return an event as a talk, or None.

        If the event cannot be read, a notice is reported unless `quiet`.
        """
        spans = self._spans
        start, end = spans.starts[number], spans.ends[number]
        if end - start > self._max_event_bytes:
            if not quiet:
                message = f"event {number + 1} is larger than {self._max_event_bytes:,} bytes"
                self._report_notice("event_too_large", message, start)
            return None
        calendar = self._calendar(number)
        closed = number not in spans.unclosed
        try:
            lines = logical_lines(read_span(self._stream, start, end))
            properties = read_properties(unwrap_event(lines, closed=closed))
            people = people_of(properties)
            raw = None
            if self._keep_raw:
                raw = self._join(lines, people)
            talk = read_event(
                properties,
                calendar,
                closed=closed,
                anchors=self._anchors,
                feed=self._feeds.get(spans.calendars[number], self._feed),
                raw=raw,
            )
            talk = finish_talk(
                talk,
                keep_private=self._keep_private,
                people=people,
                anchors=self._anchors,
                has_meeting=not self._keep_private and has_conference(properties),
            )
        except Exception as error:  # noqa: BLE001 - a bad event must not affect the others
            if not quiet:
                message = f"event {number + 1} cannot be read ({type(error).__name__})"
                self._report_notice("unreadable_event", message, start)
            return None
        return talk, properties

    def _report_notice(self, code: NoticeCode, message: str, start: int) -> None:
        at, line = self._counted
        line += count_lines(self._stream, at, start)
        self._counted = (start, line)
        uid = uid_of(logical_lines(read_span(self._stream, start, start + _UID_SEARCH_BYTES)))
        if uid is not None and not self._keep_private:
            uid = redact_id(uid, self._anchors)
        self._on_notice(
            Notice(code=code, message=message, feed=self._feed.name, event=uid, line=line)
        )

    def _feed_name(self, calendars: Iterable[Calendar], name: str | None) -> str | None:
        """Return the first calendar's name, otherwise the given one."""
        names = [calendar.name for calendar in calendars if calendar.name]
        if not self._keep_private:
            redacted = (
                redact_text(calendar_name, anchors=self._anchors).strip() for calendar_name in names
            )
            names = [calendar_name for calendar_name in redacted if calendar_name]
        if name:
            names.append(name)
        if not self._keep_private:  # Google names a calendar after its owner's mail address
            names = [
                calendar_name for calendar_name in names if _MAIL.fullmatch(calendar_name) is None
            ]
        return names[0] if names else None

    def _join_head(self) -> bytes:
        """Return the first calendar's own lines and the file's zones.

        Each zone is included once.
        """
        stream, spans = self._stream, self._spans
        first = min((number for number, *_ in (*spans.own_lines, *spans.zones)), default=0)
        lines = [
            line
            for number, start, end in spans.own_lines
            if number == first
            for line in _drop_components(logical_lines(read_span(stream, start, end)))
        ]
        zones = (
            tuple(logical_lines(read_span(stream, start, end))) for _, start, end in spans.zones
        )
        lines.extend(line for zone in dict.fromkeys(zones) for line in zone)
        return self._join(lines)

    def _join(self, lines: Iterable[str], people: Iterable[str] = ()) -> bytes:
        """Return lines as bytes, redacted unless `keep_private` is set."""
        if not self._keep_private:
            lines = redact_lines(lines, frozenset(people), self._anchors)
        return _join_lines(lines)


def _drop_components(lines: Iterable[str]) -> Iterator[str]:
    """Yield the properties outside of inner components.

    A component without an END line extends to the last line.
    """
    open_component: str | None = None
    for line in lines:
        if (split := split_line(line)) is None:
            continue
        name, _, value = split
        if name == "BEGIN":
            component = value.strip().upper()
            if open_component is None and component != "VCALENDAR":
                open_component = component
        elif name == "END":
            if value.strip().upper() == open_component:
                open_component = None
        elif open_component is None:
            yield line


def _describe_components(counts: Mapping[str, int]) -> str:
    """Return the counts of other components in words.

    Return an empty string without any.
    """
    parts = [
        f"{count} {nouns[count > 1]}"
        for component, nouns in _COMPONENT_NOUNS.items()
        if (count := counts.get(component, 0))
    ]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


class _Candidate(NamedTuple):
    """Values of an event that decide which of several duplicates is kept."""

    sequence: int
    modified: str
    """LAST-MODIFIED as written; empty if missing."""
    number: int
    title: int


def _find_superseded(group: list[_Candidate]) -> set[int]:
    """Return the ordinals of superseded events.

    Keep the highest SEQUENCE, then the latest LAST-MODIFIED if all have one, then the last event of each
    title.
    """
    highest = max(one.sequence for one in group)
    best = [one for one in group if one.sequence == highest]
    if all(one.modified for one in best):
        latest = max(one.modified for one in best)
        best = [one for one in best if one.modified == latest]
    kept = {one.title: one.number for one in best}
    return {one.number for one in group} - set(kept.values())


def _join_lines(lines: Iterable[str]) -> bytes:
    return b"".join(line.encode() + b"\r\n" for line in lines)


def _read_calendars(stream: BinaryIO, spans: Spans) -> dict[int, Calendar]:
    """Return the calendars of a file by their numbers."""
    own_lines: dict[int, list[str]] = {}
    for number, start, end in spans.own_lines:
        own_lines.setdefault(number, []).extend(logical_lines(read_span(stream, start, end)))
    named: dict[int, dict[str, bytes]] = {}
    everywhere: dict[str, bytes] = {}
    for number, start, end in spans.zones:
        raw = _join_lines(logical_lines(read_span(stream, start, end)))
        if (name := zone_name(raw)) is not None:
            named.setdefault(number, {}).setdefault(name, raw)
            everywhere.setdefault(name, raw)
    return {
        number: read_calendar_lines(own_lines.get(number, []), named.get(number, {}), everywhere)
        for number in sorted({*own_lines, *named})
    }
