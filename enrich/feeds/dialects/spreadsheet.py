"""Dialect of organizers' tables, CSV or TSV, with a header in one of several languages.

Columns are recognized by their names: title, speaker, date, time, abstract, place, paper and others, in
any order. A cell of an unknown column is read only if it may name a paper. An ambiguous date is refused,
unless its column or a weekday decides (`_written_times`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from enrich.codes import TalkStatus
from enrich.feeds.dialects import JOINING
from enrich.feeds.dialects._columns import Layout, Zoned, find_header_zone, find_layout
from enrich.feeds.dialects._documents import join_names, read_prose, select_texts
from enrich.feeds.dialects._shared import (
    TBA,
    DocumentOnly,
    find_web_url,
    line_or_none,
    may_refer,
    split_people,
)
from enrich.feeds.dialects._written_times import (
    Order,
    WrittenTime,
    decide_order,
    read_minutes,
    read_written_time,
)
from enrich.feeds.given_names import GIVEN_NAMES
from enrich.feeds.ical.times import Zones
from enrich.feeds.protected import ANCHORS
from enrich.feeds.speakers import find_speaker, is_placeholder, strip_mark
from enrich.feeds.tables import Table
from enrich.feeds.warning_messages import add_warning
from enrich.model import Talk, TalkWarning
from enrich.text.letters import strip_accents
from enrich.text.patterns import compile_later
from enrich.text.times import format_time

_CANCELLED = compile_later(
    r"cancel|abgesagt|entfall|entfällt|fällt aus|annul|annull|cancelad|geannuleerd|afgelast|отмен|取消|中止",
    re.IGNORECASE,
)
_POSTPONED = compile_later(
    r"postpon|verschoben|report[eé]|rinviat|aplazad|adiad|uitgesteld|延期", re.IGNORECASE
)
_TENTATIVE = compile_later(
    r"tentative|unter vorbehalt|vorläufig|provisoire|provisional", re.IGNORECASE
)
_NO_TALK = compile_later(
    r"(?:no (?:seminar|talk|lecture|meeting|colloquium)|kein(?:e)? (?:vortrag|seminar|veranstaltung)|pas (?:de|d.) ?(?:séminaire|exposé)"
    r"|relâche|no hay (?:seminario|charla)|nessun seminario|sem seminário|geen (?:seminarie|lezing)|休講|无报告)\b",
    re.IGNORECASE,
)
"""Beginning of a cell of speakers in a week without a talk."""
_MANY = compile_later(r"\s*(?:;|\||\n)\s*")
_WEB = compile_later(r"https?://\S", re.IGNORECASE)
_DATE_HINT = "write it as 2026-03-12"


class _Row(NamedTuple):
    """Cells of a record by column, and its dates."""

    line: int
    cells: Mapping[str, str]
    other: str | None
    """Cells of unknown columns that may name a paper."""
    day: WrittenTime
    start: WrittenTime
    end_day: WrittenTime
    end: WrittenTime


class _RowZones(NamedTuple):
    """Zone names for the times of a row: of its cell, then of the header."""

    cell: str | None
    header: Zoned
    zones: Zones

    def at(self, local: datetime, written: WrittenTime) -> tuple[datetime, bool]:
        """Return a time in its zone.

        The second value is True if an unknown zone is named.
        """
        if written.zone is not None:
            return local.replace(tzinfo=written.zone), False
        if written.has_unknown_zone:
            return local, True
        if self.cell:
            placed = self.zones.at(local, self.cell.strip())
            time = placed.time if isinstance(placed.time, datetime) else local
            return time, placed.problem is not None
        return local.replace(tzinfo=self.header[0]), self.header[1]


class Spreadsheet(DocumentOnly):
    """Dialect of tables; meeting links and unknown columns are not read."""

    def knows_document(self, document: Any) -> bool:
        """Return whether a document is a table of talks."""
        return isinstance(document, Table) and find_layout(document) is not None

    def read_document(self, document: Any) -> Iterator[Talk | ValueError]:
        """Yield one talk per row, or an error for too many cells."""
        layout = find_layout(document)
        if layout is None:
            return
        rows: list[_Row | ValueError] = []
        width = len(layout.header)
        for line, cells in document.records(layout.encoding, layout.delimiter):
            if line <= layout.line or not any(cell.strip() for cell in cells):
                continue
            if any(cell.strip() for cell in cells[width:]):
                rows.append(
                    ValueError(f"line {line} has {len(cells)} cells, but the header has {width}")
                )
            elif not _is_header(cells, layout) and not _is_separator(cells):
                rows.append(_read_record_cells(line, cells, layout))
        kept = [row for row in rows if isinstance(row, _Row)]
        orders = decide_order(row.day for row in kept), decide_order(row.start for row in kept)
        zones = Zones()
        zoned = find_header_zone(layout)
        for row in rows:
            yield row if isinstance(row, ValueError) else _make_talk(row, orders, zoned, zones)


def _is_header(cells: list[str], layout: Layout) -> bool:
    """Return whether a record repeats the header."""
    return tuple(cells[: len(layout.header)]) == layout.header


def _is_separator(cells: list[str]) -> bool:
    """Return whether a record is the line below the header of a Markdown table."""
    return not "".join(cells).strip("-:= |\t")


def _read_record_cells(line: int, cells: list[str], layout: Layout) -> _Row:
    found: dict[str, str] = {}
    other: list[str] = []
    for title, name, cell in zip(layout.header, layout.columns, cells, strict=False):
        text = cell.strip()
        if not text:
            continue
        if name is None:
            if may_refer(f"{title.strip()}: {text}", ANCHORS):
                other.append(text if _WEB.match(text) else f"{title.strip()}: {text}")
            continue
        if name == "paper" and not _WEB.match(text):
            text = f"{title.strip()}: {text}"
        found[name] = f"{found[name]}\n{text}" if name in found else text
    year, weekday = found.get("year", ""), found.get("weekday", "")
    day = found.get("date", "")
    if year.isdecimal() and len(year) == 4 and year not in day:
        day = f"{day} {year}"
    if weekday and day and not any(c.isdigit() for c in weekday):
        day = f"{weekday} {day}"
    start = found.get("start", "")
    clock = found.get("time", "")
    return _Row(
        line,
        found,
        "\n".join(other) or None,
        read_written_time(day),
        read_written_time(start or clock),
        read_written_time(found.get("end date", "")),
        read_written_time(found.get("end", "")),
    )


def _make_talk(
    row: _Row, orders: tuple[Order | None, Order | None], header: Zoned, zones: Zones
) -> Talk:
    cells = row.cells
    title = line_or_none(cells.get("title"))
    speaker, affiliation = _read_speaker(cells)
    status = _find_row_status(row)
    if speaker and _NO_TALK.match(line_or_none(cells.get("speaker")) or ""):
        title, speaker, affiliation = title or line_or_none(cells.get("speaker")), None, None
    if speaker is None and title and cells.keys().isdisjoint({"speaker", "given", "family"}):
        speaker, affiliation, _ = find_speaker(title, cells.get("abstract"))
    start, end, warnings = _read_times(row, orders, header, zones)
    slides, video = _find_cell_link(cells, "slides"), _find_cell_link(cells, "video")
    rooms = [line_or_none(cells.get(name)) for name in ("room", "location")]
    url = _find_cell_link(cells, "url")
    return Talk(
        id=line_or_none(cells.get("id"))
        or f"{format_time(start) or 'TBA'} {speaker or title or 'TBA'}",
        url=url,
        title=None if title is None or _is_unknown(title) else title,
        speaker=speaker,
        speaker_affiliation=affiliation,
        series=line_or_none(cells.get("series")),
        start_time=start,
        end_time=end,
        status=status,
        room=", ".join(dict.fromkeys(room for room in rooms if room)) or None,
        slides_link=slides,
        video_link=video,
        abstract=read_prose(cells.get("abstract")),
        texts=select_texts(
            ("comments", "\n".join(filter(None, (read_prose(cells.get("comments")), row.other)))),
            ("paper_link", cells.get("paper")),
            ("url", url),
            ("slides_link", slides),
            ("title", title),
            ("speaker", cells.get("speaker")),
            (JOINING, cells.get("joining")),
        ),
        warnings=warnings,
    )


def _read_speaker(cells: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return speakers and affiliations of a row.

    The speaker is in one column, or in columns of first and last names.
    """
    text = cells.get("speaker") or " ".join(filter(None, (cells.get("given"), cells.get("family"))))
    text = strip_mark(join_names(_MANY.split(text)) or "")
    name, bracket, rest = text.partition(" (")
    speaker, affiliation = split_people(_reorder(name) + bracket + rest)
    if own := line_or_none(cells.get("affiliation")):
        return speaker, own
    return speaker, affiliation


def _reorder(text: str) -> str:
    """Return `Doe, Jane` as `Jane Doe`.

    The words are reordered only if the second is a given name and the first is not.
    """
    last, comma, first = text.partition(", ")
    if not comma or " " in last or not 1 <= len(first.split()) <= 2 or "," in first:
        return text
    names = [strip_accents(word).lower().rstrip(".") for word in (last, first.split()[0])]
    return text if names[0] in GIVEN_NAMES or names[1] not in GIVEN_NAMES else f"{first} {last}"


def _find_cell_link(cells: Mapping[str, str], name: str) -> str | None:
    text = cells.get(name)
    return find_web_url((text,)) if text and text.isprintable() and " " not in text else None


def _is_unknown(title: str) -> bool:
    """Return whether a cell only states that there is no title yet."""
    return title.rstrip(".").lower() in TBA or is_placeholder(title)


def _find_row_status(row: _Row) -> TalkStatus | None:
    """Return the status of its column, or of a time or speaker that states it."""
    clock = "" if row.start.begin or row.start.is_written else _get_clock(row)
    speaker = row.cells.get("speaker", "")
    mark = speaker.removesuffix(strip_mark(speaker))
    stated = (row.cells.get("status", ""), clock, mark)
    return next(filter(None, map(_read_status, stated)), None)


def _get_clock(row: _Row) -> str:
    """Return the cell with the time of day."""
    return row.cells.get("start") or row.cells.get("time") or ""


def _read_status(text: str) -> TalkStatus | None:
    if _CANCELLED.search(text):
        return "cancelled"
    if _POSTPONED.search(text):
        return "postponed"
    return "tentative" if _TENTATIVE.search(text) else None


def _read_times(
    row: _Row, orders: tuple[Order | None, Order | None], header: Zoned, zones: Zones
) -> tuple[datetime | date | None, datetime | date | None, tuple[TalkWarning, ...]]:
    """Return start, end, and warnings about them."""
    dated, order = (row.day, orders[0]) if row.day.is_written else (row.start, orders[1])
    day = dated.pick(order)
    written = row.cells.get("date") or row.cells.get("start") or ""
    if day is None:
        if not written or line_or_none(written.rstrip(".").lower()) in {*TBA, "?", "-", "tbc"}:
            return None, None, (TalkWarning(code="no_start", message="the row has no date"),)
        problem = dated.problem or (
            "it has more than one reading" if dated.readings else "it is not a known form of a date"
        )
        message = (
            f"line {row.line}: the date {written[:60]!r} was not read: {problem} ({_DATE_HINT})"
        )
        return None, None, (TalkWarning(code="bad_time", message=message),)
    warnings: tuple[TalkWarning, ...] = ()
    if dated.weekday is not None and dated.weekday != day.weekday():
        message = (
            f"line {row.line}: the date {written[:60]!r} is not on the weekday that the row states"
        )
        warnings = (TalkWarning(code="bad_time", message=message),)
    timed = row.start if row.start.begin is not None else row.day
    if timed.begin is None:
        clock = _get_clock(row)
        is_unread = row.start.problem is not None or not row.start.is_written
        if clock and is_unread and not _is_unknown(clock) and _read_status(clock) is None:
            message = (
                f"line {row.line}: the time {clock[:60]!r} cannot be read; the talk has only a day"
            )
            warnings = (*warnings, TalkWarning(code="bad_time", message=message))
        return day, _find_last_day(row, orders[0], day), warnings
    places = _RowZones(row.cells.get("zone"), header, zones)
    start, unknown = places.at(datetime.combine(day, timed.begin), timed)
    end_clock = row.end.begin or timed.end
    end: datetime | None = None
    if end_clock is not None:
        last = row.end_day.pick(orders[0]) or row.end.pick(orders[1]) or day
        zoned = row.end if row.end.zone is not None else timed
        end, _ = places.at(datetime.combine(last, end_clock), zoned)
    elif (minutes := read_minutes(row.cells.get("duration", ""))) is not None:
        end = _add_minutes(start, minutes)
    if unknown:
        warnings = add_warning(warnings, "unknown_zone")
    if end is not None and end.replace(tzinfo=None) < start.replace(tzinfo=None):
        warnings = add_warning(warnings, "end_before_start")
    return start, end, warnings


def _find_last_day(row: _Row, order: Order | None, day: date) -> date | None:
    """Return the day after the last one, as calendars write it."""
    last = row.end_day.pick(order) or row.end.pick(order)
    try:
        return None if last is None or last < day else last + timedelta(days=1)
    except OverflowError:
        return None


def _add_minutes(start: datetime, minutes: int) -> datetime | None:
    try:
        return start + timedelta(minutes=minutes)
    except OverflowError:
        return None


DIALECT = Spreadsheet()
