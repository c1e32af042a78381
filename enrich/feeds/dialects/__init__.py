"""The producers of feeds: one file each, found because the file exists.

A dialect knows how one producer writes speaker, title, series and text into an event, or into its
own JSON or XML, and turns that into `TalkFields` or a `Talk`. It is pure and never fails: where a line
does not fit, the raw text stands. The reader adds what is the same for all (the feed, the texts
`comments`, `url`, `attach`, `link`, `location`, `summary` and `x_alt_desc` where no text of that name is there,
warnings about times and zones, cancellations) and redacts; a dialect need not, but puts what it knows to
be joining details into the text named `JOINING`.

A DESCRIPTION reaches the dialect as written. One in a plain grammar reads it so; all others pass it
through `text.html.plain_text` first.

A file here ends with `DIALECT = …`. The first that knows an event, in the order of their names, reads
it; `generic` reads what nobody knows.
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
"""Name of the text with joining details: the reader drops it, unless private things are kept."""


class Event(NamedTuple):
    """The properties of one VEVENT that dialects read, unescaped once (RFC 5545 §3.3.11).

    A tuple, for one is made of every event: it costs a third of a frozen dataclass.
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
    """What marks a paper in a text (`protected.protect`)."""


class TalkFields(NamedTuple):
    """Fields of a talk that a dialect reads from an event; named as those of `Talk`.

    A tuple like `Event`, and for the same reason.
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
    """A producer. One that writes no calendar of its own answers False and reads documents only."""

    def knows(self, prodid: str, event: Event) -> bool:
        """Return whether this producer wrote the event.

        The check is cheap.
        """
        ...

    def read(self, event: Event) -> TalkFields:
        """Return the event's fields, with texts of its own.

        Times, status, and the texts that any event may have are the reader's.
        """
        ...

    def knows_document(self, document: Any) -> bool:
        """Return whether parsed JSON or an XML root is this producer's."""
        ...

    def read_document(self, document: Any) -> Iterator[Talk | ValueError]:
        """Yield its talks, and an error for each item that is not one."""
        ...


def names() -> tuple[str, ...]:
    """Return the dialects' names, sorted, `generic` last; import nothing."""
    return tuple(sorted(names_in(__path__), key=lambda name: (name == "generic", name)))


@cache
def dialects() -> tuple[Dialect, ...]:
    """Return all dialects of this folder."""
    return tuple(load(__name__, "DIALECT", name) for name in names())
