"""Dialects of feeds: one file per producer, registered by being in this folder.

A dialect converts an event, or the JSON or XML of its producer, to `TalkFields` or a `Talk`: speaker,
title, series and text. It is pure and never fails; a line that it cannot parse stays in the text.

The reader does the rest for all dialects. It adds the feed, warnings about times and zones, the status, and
the texts `comments`, `url`, `attach`, `link`, `location`, `summary` and `x_alt_desc`, unless the dialect
returned a text of that name. It also redacts; a dialect only puts known meeting details into the text
named `JOINING`.

A dialect gets DESCRIPTION as written. If its producer does not write plain text, the dialect passes it
through `text.html.plain_text` first.

Each file here ends with `DIALECT = …`. An event is read by the first dialect, in the order of their names,
whose `knows` returns True; `generic` comes last and reads all other events.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, Protocol

from enrich.feeds.protected import ANCHORS
from enrich.model import Talk, TalkWarning
from enrich.registry import load, names_in

JOINING = "livestream"
"""Name of the text with meeting details; the reader drops it unless `keep_private` is set."""


class Event(NamedTuple):
    """The properties of one VEVENT that dialects read, unescaped once (RFC 5545 §3.3.11).

    A tuple takes a third of the time of a frozen dataclass, and one is made for each event.
    """

    uid: str
    summary: str | None = None
    description: str | None = None
    x_alt_desc: str | None = None
    """HTML of X-ALT-DESC;FMTTYPE=text/html."""
    location: str | None = None
    urls: tuple[str, ...] = ()
    attach: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    """Addresses of LINK (RFC 9253)."""
    categories: tuple[str, ...] = ()
    status: str | None = None
    """STATUS as written."""
    start: datetime | date | None = None
    end: datetime | date | None = None
    anchors: tuple[str, ...] = ANCHORS
    """Labels and hosts that mark a paper in a text (`protected.protect`)."""


class TalkFields(NamedTuple):
    """Fields of a talk that a dialect reads from an event, named as in `Talk`.

    A tuple for the same reason as `Event`.
    """

    id: str
    url: str | None = None
    title: str | None = None
    speaker: str | None = None
    speaker_affiliation: str | None = None
    series: str | None = None
    room: str | None = None
    slides_link: str | None = None
    video_link: str | None = None
    abstract: str | None = None
    texts: tuple[tuple[str, str], ...] = ()
    warnings: tuple[TalkWarning, ...] = ()


class Dialect(Protocol):
    """Reader for one producer. If it writes only documents, `knows` returns False."""

    def knows(self, prodid: str, event: Event) -> bool:
        """Return whether this producer wrote the event.

        The check must be cheap.
        """
        ...

    def read(self, event: Event) -> TalkFields:
        """Return the event's fields and the dialect's texts.

        The reader adds times, status and the common texts.
        """
        ...

    def knows_document(self, document: Any) -> bool:
        """Return whether parsed JSON or an XML root is this producer's."""
        ...

    def read_document(self, document: Any) -> Iterator[Talk | ValueError]:
        """Yield the talks, and an error for each other item."""
        ...


def names() -> tuple[str, ...]:
    """Return the dialects' names, sorted, `generic` last; import nothing."""
    return tuple(sorted(names_in(__path__), key=lambda name: (name == "generic", name)))


@cache
def dialects() -> tuple[Dialect, ...]:
    """Return all dialects of this folder."""
    return tuple(load(__name__, "DIALECT", name) for name in names())
