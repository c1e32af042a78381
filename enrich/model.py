"""Every value that flows from a feed to a writer, but papers. Frozen, scalars and tuples; pure.

The names are those of the document (researchseminars.org's API for talks, arXiv's and OpenReview's
own words for papers, the W3C Web Annotation model for spans). `to_dict` gives the document's
objects with all keys in their order; `from_dict` reads them back and ignores unknown keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any, Literal, NamedTuple, Self, get_args

from enrich.paper import NO_PAPERS, Paper, PaperId, Papers
from enrich.text.checks import integer, objects, string

Form = Literal["url", "text", "doi", "bare", "link_text"]
Role = Literal["own", "cited", "mentioned"]

WarningCode = Literal[
    "bad_time",
    "end_before_start",
    "floating_time",
    "link_mismatch",
    "no_start",
    "no_uid",
    "other",
    "private_cut",
    "rescheduled",
    "unclosed_event",
    "unknown_version",
    "unknown_zone",
    "unresolvable_link",
]
"""`other` is a code of a later version, read back."""

NoticeCode = Literal[
    "bad_record",
    "duplicates_dropped",
    "event_too_large",
    "no_talks",
    "other",
    "stale_feed",
    "truncated_event",
    "unreadable_event",
    "unreadable_feed",
]

DERIVED_WARNINGS = frozenset({"link_mismatch", "unresolvable_link", "unknown_version"})
"""Codes that extraction and the join find again each time; those of the reader come with the talk."""


class Mention(NamedTuple):
    """What a source recognises at an anchor: offsets in bytes of the UTF-8 text, half-open."""

    paper: PaperId | None
    """None: a link into the source that names no paper (warning `unresolvable_link`)."""
    version: str | None
    start: int
    end: int
    form: Form


class Reference(NamedTuple):
    """One occurrence of a paper in a text; the law is `text[start:end] == exact`."""

    paper: PaperId
    version: str | None
    """The cited version, `v2`."""
    field: str
    """Which text: `abstract`, a key of the talk's texts, or `text` outside a talk."""
    start: int
    end: int
    exact: str
    context: tuple[int, int]
    """Half-open span of the paragraph."""
    form: Form
    role: Role = "mentioned"
    by_speaker: bool | None = None
    """Whether a speaker of the talk is among the paper's authors; None if either is unknown."""

    def to_dict(self) -> dict[str, Any]:
        """The document's reference object."""
        return {
            "paper": str(self.paper),
            "version": self.version,
            "field": self.field,
            "start": self.start,
            "end": self.end,
            "exact": self.exact,
            "context": list(self.context),
            "form": self.form,
            "role": self.role,
            "by_speaker": self.by_speaker,
        }


class References(tuple[Reference, ...]):  # noqa: SLOT001 - a tuple's subclass can have none
    """References in text order, with what extraction found odd about the texts' links.

    >>> References((), warnings=()).warnings
    ()
    """

    warnings: tuple[TalkWarning, ...]

    def __new__(
        cls, references: Iterable[Reference] = (), warnings: Iterable[TalkWarning] = ()
    ) -> Self:
        """Make a tuple of references."""
        made = super().__new__(cls, references)
        made.warnings = tuple(warnings)
        return made

    def __getnewargs__(self) -> tuple[tuple[Reference, ...], tuple[TalkWarning, ...]]:
        return tuple(self), self.warnings


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkWarning:
    """Something odd in one talk that stopped nothing; offsets are code points of the text `field`."""

    code: WarningCode
    message: str
    field: str | None = None
    """Which text the offsets refer to."""
    start: int | None = None
    end: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The document's warning object."""
        return {
            "code": self.code,
            "message": self.message,
            "field": self.field,
            "start": self.start,
            "end": self.end,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a warning object.

        Raises:
            ValueError: `code` or `message` is missing.
        """
        code, message = _told(data, get_args(WarningCode))
        return cls(
            code=code,
            message=message,
            field=string(data, "field"),
            start=integer(data, "start"),
            end=integer(data, "end"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something in a feed that could not be read as a talk, or that the run has to say."""

    code: NoticeCode
    message: str
    feed: str | None = None
    event: str | None = None
    """UID of the event, as written."""
    line: int | None = None
    """1-based line of BEGIN:VEVENT in the file as it lies there."""

    def to_dict(self) -> dict[str, Any]:
        """The document's notice object."""
        return {
            "code": self.code,
            "message": self.message,
            "feed": self.feed,
            "event": self.event,
            "line": self.line,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a notice object.

        Raises:
            ValueError: `code` or `message` is missing.
        """
        code, message = _told(data, get_args(NoticeCode))
        return cls(
            code=code,
            message=message,
            feed=string(data, "feed"),
            event=string(data, "event"),
            line=integer(data, "line"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The calendar that a talk stands in."""

    name: str | None = None
    head: bytes | None = None
    """The calendar's own lines and zones, unfolded; only with `keep_raw`."""


NO_FEED = Feed()


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One talk as its feed tells it. Only `id` is required, so pipelines can make their own."""

    id: str
    """The UID as written."""
    feed: Feed = NO_FEED
    url: str | None = None
    title: str | None = None
    speaker: str | None = None
    speaker_affiliation: str | None = None
    series: str | None = None
    start_time: datetime | date | None = None
    """Aware, or naive where the feed says no zone (warning `floating_time`), or a date (all-day)."""
    end_time: datetime | date | None = None
    recurrence: str | None = None
    """The RRULE as written."""
    status: Literal["cancelled", "tentative"] | None = None
    room: str | None = None
    slides_link: str | None = None
    video_link: str | None = None
    abstract: str | None = None
    texts: tuple[tuple[str, str], ...] = ()
    """Other texts of the event that are searched, (field, text): comments, url, attach, summary …"""
    warnings: tuple[TalkWarning, ...] = ()
    papers: tuple[Paper, ...] = ()
    """Resolved papers that came with the talk: those of an earlier output."""
    raw: bytes | None = field(default=None, repr=False)
    """The event's block as it lay in the feed, unfolded; only with `keep_raw`."""

    def searched(self) -> Iterable[tuple[str, str]]:
        """The texts that references are looked for in, as (field, text), the abstract first."""
        if self.abstract:
            yield "abstract", self.abstract
        yield from self.texts

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a JSON talk of the document; unknown keys are ignored.

        Raises:
            ValueError: `id` is missing or a value has the wrong type.

        >>> Talk.from_dict({"id": "SciML/3", "start_time": "2022-02-18T18:00:00Z"}).start_time
        datetime.datetime(2022, 2, 18, 18, 0, tzinfo=datetime.timezone.utc)
        >>> Talk.from_dict({"title": "no id"})
        Traceback (most recent call last):
        ...
        ValueError: a talk needs a string "id"
        """
        id_ = string(data, "id")
        if not id_:
            raise ValueError('a talk needs a string "id"')
        status = string(data, "status")
        texts = data.get("texts") or {}
        if not isinstance(texts, Mapping) or not all(isinstance(t, str) for t in texts.values()):
            raise ValueError('"texts" is no object of strings')
        return cls(
            id=id_,
            feed=Feed(name=string(data, "feed")),
            url=string(data, "url"),
            title=string(data, "title"),
            speaker=string(data, "speaker"),
            speaker_affiliation=string(data, "speaker_affiliation"),
            series=string(data, "series"),
            start_time=_time(data, "start_time"),
            end_time=_time(data, "end_time"),
            recurrence=string(data, "recurrence"),
            status="cancelled"
            if status == "cancelled"
            else "tentative"
            if status == "tentative"
            else None,
            room=string(data, "room"),
            slides_link=string(data, "slides_link"),
            video_link=string(data, "video_link"),
            abstract=string(data, "abstract"),
            texts=tuple((str(k), v) for k, v in texts.items()),
            warnings=tuple(
                TalkWarning.from_dict(w)
                for w in objects(data, "warnings")
                if w.get("code") not in DERIVED_WARNINGS
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedTalk:
    """A talk with its references and what is known of each paper, in order of first reference."""

    talk: Talk
    references: tuple[Reference, ...] = ()
    papers: Papers = NO_PAPERS
    warnings: tuple[TalkWarning, ...] = ()
    """The reader's, then those of extraction and of the join."""
    suggested: tuple[Paper, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The object of one ndjson line: the talk's keys and its own `papers`."""
        return {**self.talk_dict(), "papers": [p.to_dict() for p in self.papers.values()]}

    def talk_dict(self) -> dict[str, Any]:
        """The document's talk object."""
        t = self.talk
        return {
            "id": t.id,
            "feed": t.feed.name,
            "url": t.url,
            "title": t.title,
            "speaker": t.speaker,
            "speaker_affiliation": t.speaker_affiliation,
            "series": t.series,
            "start_time": iso(t.start_time),
            "end_time": iso(t.end_time),
            "recurrence": t.recurrence,
            "status": t.status,
            "room": t.room,
            "slides_link": t.slides_link,
            "video_link": t.video_link,
            "abstract": t.abstract,
            "texts": dict(t.texts),
            "references": [r.to_dict() for r in self.references],
            "suggested": [p.to_dict() for p in self.suggested],
            "warnings": [w.to_dict() for w in self.warnings],
        }


@dataclass(frozen=True, slots=True, kw_only=False)
class Document:
    """What a writer receives. Both parts may be iterators; `notices` is read after the last talk."""

    talks: Iterable[AnnotatedTalk]
    notices: Iterable[Notice] = ()
    zone: tzinfo | None = None
    """The zone that formats for people show times in; None: each time in its own."""


def iso(time: datetime | date | None) -> str | None:
    """ISO 8601: `Z` for UTC, another offset as it is, none for a floating time, a bare date.

    >>> iso(datetime.fromisoformat("2022-02-18T18:00:00+00:00"))
    '2022-02-18T18:00:00Z'
    >>> iso(datetime.fromisoformat("2022-02-18T18:00:00")), iso(date(2022, 2, 18))
    ('2022-02-18T18:00:00', '2022-02-18')
    """
    if time is None:
        return None
    text = time.isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def _told(data: Mapping[str, Any], codes: Sequence[Any]) -> tuple[Any, str]:
    """Code and message of a warning or a notice; a code that is none of these is `other`."""
    code, message = string(data, "code"), string(data, "message")
    if not code or message is None:
        raise ValueError('a warning or a notice needs "code" and "message"')
    return next((known for known in codes if known == code), "other"), message


def _time(data: Mapping[str, Any], key: str) -> datetime | date | None:
    value = string(data, key)
    if value is None:
        return None
    try:
        if len(value) == len("2022-02-18"):
            return date.fromisoformat(value)
        time = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f'"{key}" is no ISO 8601 time') from None
    return time
