"""Which talks are wanted, and in what order: time, series, speaker, start. Pure; the clock is given.

Times are half-open, `since <= start < until`. A date, and a time without a zone, are taken in the
zone of the one who asks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from enrich.model import AnnotatedTalk, Talk

_SPAN = re.compile(r"([+-]?)(\d{1,5})([hdw])", re.ASCII)
_HOURS = {"h": 1, "d": 24, "w": 168}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is wanted of a feed; the default is everything."""

    since: datetime | None = None
    until: datetime | None = None
    series: tuple[str, ...] = ()
    """Parts of names, any of which will do; without regard to case and accents."""
    speaker: tuple[str, ...] = ()
    zone: tzinfo = UTC


def zone(name: str) -> tzinfo:
    """The time zone of a name of the IANA database.

    Raises:
        ValueError: there is none.

    >>> zone("Europe/Paris"), zone("utc")
    (zoneinfo.ZoneInfo(key='Europe/Paris'), datetime.timezone.utc)
    """
    if name.upper() in {"UTC", "Z"}:
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}; one is Europe/Paris") from None


def bound(text: str, *, now: datetime, zone: tzinfo = UTC, ahead: bool = False) -> datetime:
    """A bound of time as a person writes it: a date, a time (ISO 8601), or a span from now.

    `7d` (or `12h`, `2w`) lies back from now, or ahead of it for an upper bound; `+` and `-` say which.

    Raises:
        ValueError: it is none of these.

    >>> now = datetime(2022, 2, 18, 12, tzinfo=UTC)
    >>> bound("7d", now=now).isoformat(), bound("2022-02-20", now=now).isoformat()
    ('2022-02-11T12:00:00+00:00', '2022-02-20T00:00:00+00:00')
    """
    text = text.strip()
    try:
        if span := _SPAN.fullmatch(text):
            sign, number, unit = span.groups()
            hours = timedelta(hours=int(number) * _HOURS[unit])
            return now + hours if (sign or "+-"[not ahead]) == "+" else now - hours
        time = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no date, time or span such as 2022-02-18 or 7d") from None
    return time if time.tzinfo else time.replace(tzinfo=zone)


def selected(talks: Iterable[Talk], wanted: Selection) -> Iterator[Talk]:
    """The talks that are wanted, in their order.

    >>> talks = [Talk(id="1", speaker="José Doe"), Talk(id="2")]
    >>> [talk.id for talk in selected(talks, Selection(speaker=("jose",)))]
    ['1']
    """
    series, speakers = [_folded(s) for s in wanted.series], [_folded(s) for s in wanted.speaker]
    for talk in talks:
        if (
            _in_time(talk, wanted)
            and _named(talk.series or talk.feed.name, series)
            and _named(talk.speaker, speakers)
        ):
            yield talk


def with_papers(talks: Iterable[AnnotatedTalk]) -> Iterator[AnnotatedTalk]:
    """The talks that mention a paper, whether it could be looked up or not."""
    return (talk for talk in talks if talk.references)


def by_start(talks: Iterable[Talk], zone: tzinfo = UTC) -> list[Talk]:
    """The talks by their start, those without one last; equal ones keep their order."""
    return sorted(talks, key=lambda talk: _key(talk, zone))


def instant(time: datetime | date, zone: tzinfo = UTC) -> datetime:
    """When a time is: a date at its midnight, a time without a zone in the one given."""
    if not isinstance(time, datetime):
        return datetime(time.year, time.month, time.day, tzinfo=zone)
    return time if time.tzinfo else time.replace(tzinfo=zone)


def _key(talk: Talk, zone: tzinfo) -> tuple[bool, datetime]:
    if talk.start_time is None:
        return True, datetime.max.replace(tzinfo=UTC)
    return False, instant(talk.start_time, zone)


def _in_time(talk: Talk, wanted: Selection) -> bool:
    if wanted.since is None and wanted.until is None:
        return True
    if talk.start_time is None:
        return False
    start = instant(talk.start_time, wanted.zone)
    return (wanted.since is None or wanted.since <= start) and (
        wanted.until is None or start < wanted.until
    )


def _named(name: str | None, parts: list[str]) -> bool:
    if not parts:
        return True
    folded = _folded(name or "")
    return any(part in folded for part in parts)


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())
