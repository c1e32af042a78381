"""Selection and order of talks: by time, series, speaker and text. Pure; the clock is a parameter.

Time ranges are half-open: `since <= start < until`. Dates and times without a zone are read in the zone
that the caller gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from enrich.feeds.recurrence import UncheckedError, iterate_occurrences
from enrich.feeds.warning_messages import add_warning
from enrich.model import AnnotatedTalk, Recurrence, Talk
from enrich.text.letters import fold_text
from enrich.text.patterns import compile_later
from enrich.text.times import to_instant

DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
"""Words that `parse_bound` reads as the start of a day; each with its distance from today in days."""

_SPAN = compile_later(r"([+-]?)(\d{1,5})([hdw])", re.ASCII)
_MONTH = compile_later(r"(\d{4})(?:-(\d{2}))?", re.ASCII)
_HOURS = {"h": 1, "d": 24, "w": 168}

AnyOf = str | Iterable[str]
"""One text, or several of which one must match."""


def find_zone(name: str) -> tzinfo:
    """Return the time zone with an IANA name.

    Raises:
        ValueError: no zone has this name.

    >>> find_zone("Europe/Paris"), find_zone("utc")
    (zoneinfo.ZoneInfo(key='Europe/Paris'), datetime.timezone.utc)
    """
    if name.upper() in {"UTC", "Z"}:
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}; an example is Europe/Paris") from None


def parse_bound(text: str, *, now: datetime, zone: tzinfo = UTC, ahead: bool = False) -> datetime:
    """Parse the bound of a time range as people write it.

    It is a date or time (ISO 8601); a month (`2022-02`) or year, which means its first moment; `today`,
    `yesterday` or `tomorrow`; or a span such as `7d`, `12h` or `2w`. A span lies before now, or after
    now if `ahead` is set; `+` and `-` override that.

    Raises:
        ValueError: the text has none of these forms.

    >>> now = datetime(2022, 2, 18, 12, tzinfo=UTC)
    >>> parse_bound("7d", now=now).isoformat(), parse_bound("2022-02", now=now).isoformat()
    ('2022-02-11T12:00:00+00:00', '2022-02-01T00:00:00+00:00')
    """
    text = text.strip()
    try:
        if span := _SPAN.fullmatch(text):
            sign, number, unit = span.groups()
            hours = timedelta(hours=int(number) * _HOURS[unit])
            return now + hours if (sign or "+-"[not ahead]) == "+" else now - hours
        if (days := DAYS.get(text.lower())) is not None:
            return to_instant(now.astimezone(zone).date() + timedelta(days=days), zone)
        if month := _MONTH.fullmatch(text):
            return datetime(int(month[1]), int(month[2] or 1), 1, tzinfo=zone)
        time = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is not a date, time or span such as 2022-02-18, 2022-02, today or 7d"
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=zone)


def select_talks(
    talks: Iterable[Talk],
    *,
    since: datetime | date | None = None,
    until: datetime | date | None = None,
    series: AnyOf = (),
    speaker: AnyOf = (),
    match: AnyOf = (),
    exclude: AnyOf = (),
    zone: tzinfo = UTC,
) -> Iterator[Talk]:
    """Yield the talks that meet all conditions, in order.

    Texts are compared without case and accents; if a condition has several texts, one must match.

    Args:
        talks: Talks, as `read_talks` yields them.
        since: Keep talks that start at this time or later; a recurring talk needs one occurrence in the range.
        until: Keep talks that start before this time; the same rule for recurring talks.
        series: Keep talks whose series name holds one of these; without a series, the feed's name counts.
        speaker: Keep talks whose speaker's name holds one of these.
        match: Keep talks whose title, abstract or speaker holds one of these.
        exclude: Drop talks whose title, abstract or speaker holds one of these.
        zone: Zone of dates and of times without a zone.

    Raises:
        TypeError: `talks` is a path, a text or a single talk.

    >>> talks = [Talk(id="1", speaker="José Doe"), Talk(id="2", title="On José")]
    >>> [talk.id for talk in select_talks(talks, speaker="jose")]
    ['1']
    >>> [talk.id for talk in select_talks(talks, match=["jose"], exclude=["doe"])]
    ['2']
    """
    _check_talks_argument(talks)
    first = None if since is None else to_instant(since, zone)
    end = None if until is None else to_instant(until, zone)
    series_parts, speaker_parts = _fold_each(series), _fold_each(speaker)
    wanted, unwanted = _fold_each(match), _fold_each(exclude)

    def select(talk: Talk) -> Talk | None:
        texts = (talk.title, talk.abstract, talk.speaker)
        fits = (
            (not series_parts or _holds_any(series_parts, talk.series or talk.feed.name))
            and (not speaker_parts or _holds_any(speaker_parts, talk.speaker))
            and (not wanted or _holds_any(wanted, *texts))
            and not (unwanted and _holds_any(unwanted, *texts))
        )
        return _select_in_range(talk, first, end, zone) if fits else None

    return filter(None, map(select, talks))


def _check_talks_argument(talks: object) -> None:
    """Raise TypeError if this is not an iterable of talks."""
    if isinstance(talks, (str, bytes)) or hasattr(talks, "__fspath__"):
        raise TypeError("talks is an iterable of Talk: use select_talks(read_talks(…), …)")
    if isinstance(talks, (Talk, Mapping)):
        shown = "talk" if isinstance(talks, Talk) else "Talk.from_dict(…)"
        raise TypeError(f"talks is an iterable of Talk: use select_talks([{shown}], …)")
    if not isinstance(talks, Iterable):
        raise TypeError(f"talks is an iterable of Talk, not {type(talks).__name__}")


def keep_with_papers(talks: Iterable[AnnotatedTalk]) -> Iterator[AnnotatedTalk]:
    """Yield the talks that mention a paper, resolved or not."""
    return (talk for talk in talks if talk.references)


def sort_by_start(talks: Iterable[Talk], zone: tzinfo = UTC) -> list[Talk]:
    """Sort talks by start, stably.

    Talks without a start come last.
    """
    return sorted(talks, key=lambda talk: _order_by_start(talk, zone))


def _order_by_start(talk: Talk, zone: tzinfo) -> tuple[bool, datetime]:
    if talk.shown_start is None:
        return True, datetime.max.replace(tzinfo=UTC)
    return False, to_instant(talk.shown_start, zone)


def _select_in_range(
    talk: Talk, since: datetime | None, until: datetime | None, zone: tzinfo
) -> Talk | None:
    """Return a talk if it is in range, otherwise None.

    A recurring talk is in range if one of its occurrences is; that occurrence becomes the shown start. A
    recurring talk whose rule cannot be read or needs too many steps is kept, with a warning.
    """
    if since is None and until is None:
        return talk
    if talk.start_time is None:
        return None
    if _is_between(to_instant(talk.start_time, zone), since, until):
        return talk
    if talk.occurrences is None:
        return None
    try:
        found = _find_occurrence(talk.occurrences, since, until, zone)
        return None if found is None else replace(talk, selected_start=found)
    except UncheckedError:
        return replace(talk, warnings=add_warning(talk.warnings, "recurring_unchecked"))


def _find_occurrence(
    recurrence: Recurrence, since: datetime | None, until: datetime | None, zone: tzinfo
) -> datetime | date | None:
    """Return the first occurrence in a range.

    The occurrence is in the time zone of the recurrence's start.
    """
    first = recurrence.start
    zone_of_start = first.tzinfo if isinstance(first, datetime) else None
    for time in iterate_occurrences(recurrence):
        local = time.replace(tzinfo=zone_of_start) if isinstance(time, datetime) else time
        start = to_instant(local, zone)
        if _is_between(start, since, until):
            return local
        if until is not None and start >= until:
            return None
    return None


def _is_between(start: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or since <= start) and (until is None or start < until)


def _holds_any(parts: list[str], *texts: str | None) -> bool:
    """Return whether one of the texts holds one of the folded parts."""
    return any(part in folded for folded in map(fold_text, filter(None, texts)) for part in parts)


def _fold_each(texts: AnyOf) -> list[str]:
    several = [texts] if isinstance(texts, str) else texts
    return [folded for text in several if (folded := fold_text(text))]
