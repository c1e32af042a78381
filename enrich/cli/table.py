"""Talks as a table for people: date, speaker, title, links, warnings. Pure, safe for terminals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, tzinfo

from enrich.model import AnnotatedTalk
from enrich.text.terminal import count_columns, fit_columns, printable
from enrich.text.tex import plain
from enrich.text.tidy import tidy
from enrich.text.times import to_zone

_HEAD = ("DATE", "SPEAKER", "TITLE", "LINKS", "WARNINGS")
_MAX_SPEAKER_COLUMNS = 24
_MIN_TITLE_COLUMNS = 20  # also on a narrower terminal
_GAP = "  "


def table_lines(
    talks: Iterable[AnnotatedTalk], *, zone: tzinfo = UTC, width: int | None = None
) -> Iterator[str]:
    r"""Yield the lines of the table, without line ends.

    Titles fill the remaining columns of `width`.

    >>> from enrich.model import Talk
    >>> for line in table_lines([AnnotatedTalk(talk=Talk(id="1", title="On\x1b[2J flight"))]):
    ...     print(line)
    DATE  SPEAKER  TITLE         LINKS  WARNINGS
    -     -        On[2J flight  0      no text
    """
    rows = [_HEAD, *(_describe_row(talk, zone) for talk in talks)]
    widths = [max(count_columns(row[i]) for row in rows) for i in range(len(_HEAD))]
    widths[1] = min(widths[1], _MAX_SPEAKER_COLUMNS)
    if width is not None:
        others = sum(widths) - widths[2] + len(_GAP) * (len(_HEAD) - 1)
        widths[2] = max(min(widths[2], width - others), _MIN_TITLE_COLUMNS)
    for row in rows:
        cells = [fit_columns(cell, columns) for cell, columns in zip(row, widths, strict=True)]
        yield _GAP.join(cells).rstrip()


def format_minute(time: datetime | date | None, zone: tzinfo = UTC) -> str:
    """Format a time in a zone, to the minute.

    Dates and times without a zone are not converted.

    >>> format_minute(datetime.fromisoformat("2022-02-18T18:00:00Z"))
    '2022-02-18 18:00'
    >>> format_minute(date(2022, 2, 18)), format_minute(None)
    ('2022-02-18', '-')
    """
    if time is None:
        return "-"
    if not isinstance(time, datetime):
        return time.isoformat()
    return f"{to_zone(time, zone):%Y-%m-%d %H:%M}".rjust(16, "0")


def _describe_row(annotated: AnnotatedTalk, zone: tzinfo) -> tuple[str, ...]:
    talk = annotated.talk
    notes: list[str] = [talk.status] if talk.status else []
    notes += dict.fromkeys(w.code for w in (*talk.warnings, *annotated.warnings))
    if not annotated.references and not any(True for _ in talk.searched()):
        notes.append("no text")
    return (
        format_minute(talk.shown_start, zone),
        _show_value(talk.speaker),
        _show_value(plain(talk.title) if talk.title else None),
        str(len(annotated.references)),
        ", ".join(notes) or "-",
    )


def _show_value(text: str | None) -> str:
    return printable(tidy(text)) if text and text.strip() else "-"
