r"""Calendar bytes to talks: an index of the events first, then each event by itself. Pure.

One event in, one talk or one notice out; a bad event never costs another. Memory is for the index
alone, whatever the size of the file. Framing is ours (`lines`), zones and durations are icalendar's
(`times`), what a producer means by its fields is its dialect's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, MutableSet
from datetime import datetime
from itertools import pairwise
from typing import Any, BinaryIO

from enrich.errors import FeedError
from enrich.feeds import redact as private
from enrich.feeds.cancelled import is_called_off
from enrich.feeds.dialects import JOINING, Account
from enrich.feeds.ical.events import (
    Calendar,
    Told,
    body,
    read_calendar_lines,
    read_event,
    recurrence_of,
    sequence_of,
    uid_of,
    warned,
)
from enrich.feeds.ical.lines import Spans, block, count_lines, find_spans, logical_lines
from enrich.feeds.ical.times import zone_name
from enrich.feeds.ical.values import Properties, read_properties, split_line
from enrich.model import Feed, Notice, NoticeCode, Talk
from enrich.paper import Paper
from enrich.text.tidy import tidy

MAX_EVENT_BYTES = 4_000_000
_UID_WITHIN = 1 << 16  # bytes of a broken event that its UID is looked for in

_TALK_PAGE = re.compile(
    r"https?://(?:www\.)?(?:researchseminars|mathseminars)\.org/talk/([^/?#]+/-?\d+)/?",
    re.IGNORECASE,
)
_AROUND = " \n,;/|\u2013-"
"""What stands in one line between a room, or a title, and a meeting's address."""
_AT_SIGN = ord("@")
_MAIL = re.compile(r"\S+@[\w-]+\.\S+")


def read_calendar(
    stream: BinaryIO,
    *,
    name: str | None,
    duplicates: bool = True,
    seen: MutableSet[int] | None = None,
    keep_raw: bool = False,
    keep_private: bool = False,
    max_event_bytes: int = MAX_EVENT_BYTES,
    on_notice: Callable[[Notice], None] | None = None,
) -> Iterator[Talk]:
    """The talks of a calendar, in the order of the file, lazily; the index is made at once.

    Args:
        stream: binary and seekable, decompressed, `respelt`; it stays open, and is read until the last talk.
        name: the feed's name where the calendar bears none.
        duplicates: False gives one talk for each key: the highest SEQUENCE, then the last.
        seen: keys of the talks that feeds before gave; those are dropped, the new ones added.
        keep_raw: talks carry their block, feeds their own lines.
        keep_private: meeting links and passcodes stay in.
        max_event_bytes: an event that is longer becomes a notice.
        on_notice: is told what could not be read as a talk.

    Raises:
        FeedError: the file is no calendar.
    """
    spans = find_spans(stream, keys=not duplicates, max_event_bytes=max_event_bytes)
    if not spans.starts and not spans.cut and not spans.calendars_begun:
        raise FeedError("this is no calendar: it has no BEGIN:VCALENDAR and no BEGIN:VEVENT")
    reader = _Reader(
        stream,
        spans,
        name=name,
        keep_raw=keep_raw,
        keep_private=keep_private,
        max_event_bytes=max_event_bytes,
        on_notice=on_notice or (lambda _: None),
    )
    dropped = set() if duplicates else reader.duplicates()
    return reader.talks(dropped, seen)


def finished(talk: Talk, *, feed: Feed, keep_private: bool) -> Talk:
    r"""What every talk gets, whatever its format: its feed, tidy lines, no private things, warnings.

    >>> talk = Talk(id="1", title=" A \n B", abstract="Join https://zoom.us/j/123\n", room=" ")
    >>> done = finished(talk, feed=Feed(name="x"), keep_private=False)
    >>> done.title, done.abstract, done.room, [w.code for w in done.warnings]
    ('A B', None, None, ['private_cut'])
    """
    account = Account(*[getattr(talk, name) for name in Account._fields])
    told = Told(account, talk.start_time, talk.end_time, talk.status, talk.texts, talk.warnings)
    return _finished(told, feed=feed, keep_private=keep_private, papers=talk.papers, raw=talk.raw)


def _finished(
    told: Told,
    *,
    feed: Feed,
    keep_private: bool,
    papers: tuple[Paper, ...] = (),
    raw: bytes | None,
    people: Collection[str] = (),
) -> Talk:
    account, start, end, status, texts, warnings = told
    if texts and not keep_private:
        texts = tuple([text for text in texts if text[0] != JOINING])
    lines: tuple[str | None, ...] = (
        account.title,
        account.speaker,
        account.speaker_affiliation,
        account.series,
        account.room,
        account.url,
        account.slides_link,
        account.video_link,
    )
    abstract = account.abstract
    small = " ".join([line for line in lines if line])
    is_tidy = "" not in lines and _are_tidy(small)
    whole = "\n".join([small, *[text for _, text in texts], abstract or ""])
    try:
        lower = whole.encode().lower()  # of text it would take ten times as long
    except UnicodeEncodeError:
        return _finished(
            _writable(told),
            feed=feed,
            keep_private=keep_private,
            papers=papers,
            raw=raw,
            people=people,
        )
    if not keep_private and ((people and _AT_SIGN in lower) or private.is_suspect(lower)):
        before = (lines, texts, abstract)
        lines = tuple(None if line is None else _cut_line(line, people) for line in lines)
        texts = tuple((field, private.redact_text(text, people)) for field, text in texts)
        abstract = None if abstract is None else private.redact_text(abstract, people)
        if (lines, texts, abstract) != before:
            warnings = warned(warnings, "private_cut")
            is_tidy = False
    if not is_tidy:
        lines = tuple(map(_line, lines))
    title, speaker, affiliation, series, room, url, slides, video = lines
    if (type(start) is datetime and start.tzinfo is None) or (
        type(end) is datetime and end.tzinfo is None
    ):
        warnings = warned(warnings, "floating_time")
    if status is None and is_called_off(title, abstract, lower):
        status = "cancelled"
    return Talk(
        id=account.id,
        feed=feed,
        url=url,
        title=title,
        speaker=speaker,
        speaker_affiliation=affiliation,
        series=series,
        start_time=start,
        end_time=end,
        status=status,
        room=room,
        slides_link=slides,
        video_link=video,
        abstract=None
        if abstract is None or abstract.isspace()
        else abstract.rstrip("\r\n") or None,
        texts=texts and tuple([pair for pair in texts if pair[1] and not pair[1].isspace()]),
        warnings=warnings,
        papers=papers,
        raw=raw,
    )


def talk_key(talk: Talk) -> int:
    """A hash that two talks share if they are the same: researchseminars' page, else id and start."""
    page = None if talk.url is None else _TALK_PAGE.fullmatch(talk.url)
    if page is not None:
        return hash(("page", page[1]))
    return hash(("start", talk.id, talk.start_time or talk.title))


def _cut_line(line: str, people: Collection[str]) -> str:
    cut = private.redact_text(line, people)
    return line if cut == line else cut.strip(_AROUND)


def _line(text: str | None) -> str | None:
    return tidy(text) or None if text else None


def _are_tidy(joined: str) -> bool:
    """Whether `tidy` would change none of some lines, which a blank joins."""
    return joined.isprintable() and "  " not in joined and joined.strip(" ") == joined


def _writable(told: Told) -> Told:
    """The same without halves of surrogate pairs, which JSON can state and no file can hold."""
    changed: dict[str, Any] = {
        name: _whole(value)
        for name, value in told.account._asdict().items()
        if isinstance(value, str)
    }
    texts = tuple((field, _whole(text)) for field, text in told.texts)
    return told._replace(account=told.account._replace(**changed), texts=texts)


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Reader:
    """One calendar file, indexed."""

    def __init__(
        self,
        stream: BinaryIO,
        spans: Spans,
        *,
        name: str | None,
        keep_raw: bool,
        keep_private: bool,
        max_event_bytes: int,
        on_notice: Callable[[Notice], None],
    ) -> None:
        self._stream = stream
        self._spans = spans
        self._keep_raw = keep_raw
        self._keep_private = keep_private
        self._max_event_bytes = max_event_bytes
        self._on_notice = on_notice
        self._counted = (0, 1)  # an offset and its line
        self._calendars = _calendars(stream, spans)
        named = [calendar.name for calendar in self._calendars.values() if calendar.name]
        names = (
            named
            if keep_private
            else [cut for n in named if (cut := private.redact_text(n).strip())]
        )
        if name:
            names.append(name)
        if not keep_private:  # Google calls a calendar by its owner's address
            names = [n for n in names if _MAIL.fullmatch(n) is None]
        self._first = next(iter(self._calendars.values()), Calendar())
        head = _head(stream, spans, keep_private=keep_private) if keep_raw else None
        self._feed = Feed(name=names[0] if names else None, head=head)

    def talks(self, dropped: set[int], seen: MutableSet[int] | None) -> Iterator[Talk]:
        spans = self._spans
        repeated = len(dropped)
        for number in range(len(spans.starts)):
            if number in dropped:
                continue
            read = self._read(number)
            if read is None:
                continue
            talk, properties = read
            if seen is not None:
                key = self._key(number, talk, properties)
                if key in seen:
                    repeated += 1
                    continue
                seen.add(key)
            yield talk
        for start in spans.cut:
            message = f"the file ends inside event {len(spans.starts) + 1}"
            self._tell("truncated_event", message, start)
        if repeated:
            plural = "s were" if repeated > 1 else " was"
            self._on_notice(
                Notice(
                    code="duplicates_dropped",
                    message=f"{repeated} duplicate{plural} dropped",
                    feed=self._feed.name,
                )
            )
        if not spans.starts and not spans.cut:
            self._on_notice(
                Notice(code="no_talks", message="the calendar is empty", feed=self._feed.name)
            )

    def duplicates(self) -> set[int]:
        """Ordinals of the events that another event of the file replaces."""
        spans = self._spans
        hashes = sorted(spans.keys)
        repeated = {a for a, b in pairwise(hashes) if a == b}
        best: dict[int, tuple[int, int]] = {}
        dropped: set[int] = set()
        for number, coarse in enumerate(spans.keys):
            if coarse not in repeated:
                continue
            read = self._read(number, tell=False)
            if read is None:
                continue
            key = self._key(number, *read)
            mine = (sequence_of(read[1]), number)
            other = best.get(key)
            if other is None or mine > other:
                best[key] = mine
            if other is not None:
                dropped.add(min(mine, other)[1])
        return dropped

    def _key(self, number: int, talk: Talk, properties: Properties) -> int:
        """A hash that two events share if they are the same talk."""
        recurrence = recurrence_of(properties, self._calendar(number))
        if recurrence is None:
            return talk_key(talk)
        return hash(("recurrence", talk.id, recurrence))

    def _calendar(self, number: int) -> Calendar:
        return self._calendars.get(self._spans.calendars[number], self._first)

    def _read(self, number: int, *, tell: bool = True) -> tuple[Talk, Properties] | None:
        """An event as a talk; None where it is none, which is told."""
        spans = self._spans
        start, end = spans.starts[number], spans.ends[number]
        if end - start > self._max_event_bytes:
            if tell:
                message = f"event {number + 1} is larger than {self._max_event_bytes:,} bytes"
                self._tell("event_too_large", message, start)
            return None
        calendar = self._calendar(number)
        closed = number not in spans.unclosed
        try:
            lines = logical_lines(block(self._stream, start, end))
            properties = read_properties(body(lines, closed=closed))
            told = read_event(properties, calendar, closed=closed)
            people = private.people_of(properties)
            raw = None
            if self._keep_raw:
                raw = _joined(lines if self._keep_private else private.redact_lines(lines, people))
            talk = _finished(
                told, feed=self._feed, keep_private=self._keep_private, raw=raw, people=people
            )
        except Exception as error:  # noqa: BLE001 - one event never costs another
            if tell:
                message = f"event {number + 1} cannot be read ({type(error).__name__})"
                self._tell("unreadable_event", message, start)
            return None
        return talk, properties

    def _tell(self, code: NoticeCode, message: str, start: int) -> None:
        at, line = self._counted
        line += count_lines(self._stream, at, start)
        self._counted = (start, line)
        uid = uid_of(logical_lines(block(self._stream, start, start + _UID_WITHIN)))
        self._on_notice(
            Notice(code=code, message=message, feed=self._feed.name, event=uid, line=line)
        )


def _joined(lines: Iterable[str]) -> bytes:
    return b"".join(line.encode() + b"\r\n" for line in lines)


def _calendars(stream: BinaryIO, spans: Spans) -> dict[int, Calendar]:
    own: dict[int, list[str]] = {}
    for number, start, end in spans.own_lines:
        own.setdefault(number, []).extend(logical_lines(block(stream, start, end)))
    named: dict[int, dict[str, bytes]] = {}
    everywhere: dict[str, bytes] = {}
    for number, start, end in spans.zones:
        raw = _joined(logical_lines(block(stream, start, end)))
        if (name := zone_name(raw)) is not None:
            named.setdefault(number, {}).setdefault(name, raw)
            everywhere.setdefault(name, raw)
    return {
        number: read_calendar_lines(own.get(number, []), named.get(number, {}), everywhere)
        for number in sorted({*own, *named})
    }


def _head(stream: BinaryIO, spans: Spans, *, keep_private: bool) -> bytes:
    """The own lines of the file's first calendar and all its zones, each once."""
    first = min((number for number, *_ in (*spans.own_lines, *spans.zones)), default=0)
    lines = [
        line
        for number, start, end in spans.own_lines
        if number == first
        for line in logical_lines(block(stream, start, end))
        if split_line(line) is not None
    ]
    zones = (tuple(logical_lines(block(stream, start, end))) for _, start, end in spans.zones)
    lines.extend(line for zone in dict.fromkeys(zones) for line in zone)
    return _joined(lines if keep_private else private.redact_lines(lines))
