"""Checked access to values of JSON and XML, shared by dialects. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from enrich.feeds.dialects._shared import find_web_url, line_or_none, text_or_none
from enrich.feeds.redact_cells import plain_text_with_labels
from enrich.model import TalkWarning


def text_of(data: Any, key: str) -> str | None:
    """Return the string under a key, otherwise None."""
    value = data.get(key) if isinstance(data, Mapping) else None
    return value if isinstance(value, str) else None


def line_of(data: Any, key: str) -> str | None:
    """Return the string under a key as one line."""
    return line_or_none(text_of(data, key))


def read_prose(value: str | None) -> str | None:
    """Return a longer text, converted if it is HTML.

    Return None for "TBA".
    """
    return text_or_none(plain_text_with_labels(value)) if value else None


def link_of(data: Any, key: str) -> str | None:
    """Return the http(s) URL under a key."""
    value = text_of(data, key)
    return find_web_url((value.strip(),)) if value and value.strip().isprintable() else None


def list_of(data: Any, key: str) -> list[Mapping[str, Any]]:
    """Return the objects in the list under a key."""
    value = data.get(key) if isinstance(data, Mapping) else None
    return [v for v in value if isinstance(v, Mapping)] if isinstance(value, list) else []


def number_of(data: Any, key: str) -> str | None:
    """Return a number or text under a key, as in ids."""
    value = data.get(key) if isinstance(data, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    return str(value).strip() or None


def parse_iso_time(value: Any, zone: tzinfo | None = None) -> datetime | date | None:
    """Parse an ISO 8601 time.

    A blank may replace the T. A time without an offset is read in `zone`.

    >>> parse_iso_time("2022-02-18 13:00:00-05:00").isoformat()
    '2022-02-18T13:00:00-05:00'
    >>> parse_iso_time("tomorrow")
    """
    if not isinstance(value, str):
        return None
    try:
        if len(value) == len("2022-02-18"):
            return date.fromisoformat(value)
        time = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if time.tzinfo is None:
        return time.replace(tzinfo=zone)
    return time.replace(tzinfo=UTC) if not time.utcoffset() else time


def warn_about_start(start: Any, start_time: datetime | date | None) -> tuple[TalkWarning, ...]:
    """Return warnings about a start: invalid, or without zone."""
    if start_time is None:
        if not start:
            return ()
        return (
            TalkWarning(code="bad_time", message=f"the start is not a time: {str(start)[:60]!r}"),
        )
    if isinstance(start_time, datetime) and start_time.tzinfo is None:
        return (TalkWarning(code="floating_time", message="the feed names no time zone"),)
    return ()


def join_names(names: Iterable[str | None]) -> str | None:
    """Join names: "A", "A and B", "A, B, and C"."""
    kept = list(dict.fromkeys(n for name in names if name and (n := " ".join(name.split()))))
    if len(kept) < 3:
        return " and ".join(kept) or None
    return ", ".join(kept[:-1]) + ", and " + kept[-1]


def join_affiliations(names: Iterable[str | None]) -> str | None:
    """Join affiliations, each once: "X; Y"."""
    return (
        "; ".join(dict.fromkeys(n for name in names if name and (n := " ".join(name.split()))))
        or None
    )


def select_texts(*texts: tuple[str, str | None]) -> tuple[tuple[str, str], ...]:
    """Return the texts that are not empty."""
    return tuple([(field, value) for field, value in texts if value])


def find_next_page(document: Mapping[str, Any]) -> Iterator[ValueError]:
    """Yield an error if the document is one of several pages.

    The other pages are not read.
    """
    if document.get("next"):
        here, count = len(list_of(document, "results")), document.get("count")
        of = f" of {count}" if isinstance(count, int) else ""
        yield ValueError(f"this is a page of {here}{of} records; the other pages are not read")
