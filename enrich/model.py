"""Values of talks, references and documents; papers are in `enrich.paper`. Frozen and pure.

The names are those of the document (researchseminars.org's API for talks, arXiv's and OpenReview's
own words for papers, the W3C Web Annotation model for spans). `to_dict` gives the document's
objects with all keys in their order; `from_dict` reads them back and ignores unknown keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypedDict, get_args

from enrich.codes import Form, NewsCode, NoticeCode, Role, TalkStatus, WarningCode, known_word
from enrich.paper import NO_PAPERS, Lookup, Paper, PaperId, Papers, lookup_from, paper_object
from enrich.text.times import format_time, parse_time

if TYPE_CHECKING:
    from enrich.document import (
        LineObject,
        NoticeObject,
        ReferenceObject,
        TalkInput,
        TalkObject,
        WarningObject,
    )

EXTRACTION_WARNINGS = frozenset({"link_mismatch", "unresolvable_link"})
"""Codes of warnings that extraction gives."""

NEWS_WARNINGS: frozenset[str] = frozenset(get_args(NewsCode))
"""Codes from the comparison with an earlier output; they are valid for one run."""

DERIVED_WARNINGS = EXTRACTION_WARNINGS | {"unknown_version"} | NEWS_WARNINGS
"""Codes that every run derives again; the codes of the feed's reader stay with the talk."""


class Mention(NamedTuple):
    """Paper or link that a source recognizes; half-open offsets in bytes of the UTF-8 text."""

    paper: PaperId | None
    """None if the link names no paper (warning `unresolvable_link`)."""
    version: str | None
    start: int
    end: int
    form: Form


class Reference(NamedTuple):
    """One occurrence of a paper in a text; always `text[start:end] == exact`."""

    paper: PaperId
    version: str | None
    """The cited version, `v2`."""
    field: str
    """Name of the text: `abstract`, a key of the talk's texts, or `text` outside a talk."""
    start: int
    end: int
    exact: str
    context: tuple[int, int]
    """Half-open span of the paragraph."""
    form: Form
    role: Role = "mentioned"
    by_speaker: bool | None = None
    """Whether a speaker of the talk is among the paper's authors; None if either is unknown."""


class References(tuple[Reference, ...]):  # noqa: SLOT001 - a tuple's subclass can have none
    """References in text order, with the warnings of extraction.

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
    """Problem in one talk that did not stop its reading; offsets are code points of `field`."""

    code: WarningCode
    message: str
    field: str | None = None
    """Name of the text that the offsets refer to."""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Fact of the run, such as an event that could not be read, or a stale feed."""

    code: NoticeCode
    message: str
    feed: str | None = None
    event: str | None = None
    """UID of the event, as written."""
    line: int | None = None
    """1-based line of BEGIN:VEVENT in the original file."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a notice object of the document.

        Raises:
            ValueError: a value is missing or has the wrong type.
        """
        from enrich.document import check_object, read_notice

        check_object(data, "Notice.from_dict")
        notice = read_notice(data)
        return cls(
            code=known_word(NoticeCode, notice.code, "other"),
            message=notice.message,
            feed=notice.feed,
            event=notice.event,
            line=notice.line,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Calendar of a talk."""

    name: str | None = None
    head: bytes | None = None
    """The calendar's own lines and zones, unfolded; only with `keep_raw`."""


NO_FEED = Feed()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """Rules of a series' occurrences. All times but `start` are local, in the start's zone."""

    start: datetime | date
    """DTSTART as written, which is also an occurrence."""
    rules: tuple[tuple[str, datetime | None], ...] = ()
    """Each RRULE without its UNTIL, and the time of the UNTIL."""
    dates: tuple[datetime | date, ...] = ()
    """Further occurrences (RDATE)."""
    excluded: frozenset[datetime | date] = frozenset()
    """Excluded occurrences; a date excludes its whole day."""
    replaced: frozenset[datetime | date] = frozenset()
    """Occurrences that other events override (RECURRENCE-ID)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One talk of a feed. Only `id` is required, so that pipelines can make talks."""

    id: str
    """The UID as written."""
    feed: Feed = NO_FEED
    url: str | None = None
    title: str | None = None
    speaker: str | None = None
    speaker_affiliation: str | None = None
    series: str | None = None
    start_time: datetime | date | None = None
    """Aware, or naive if the feed names no zone (warning `floating_time`), or a date (all-day)."""
    end_time: datetime | date | None = None
    recurrence: str | None = None
    """The RRULE as written."""
    status: TalkStatus | None = None
    room: str | None = None
    slides_link: str | None = None
    video_link: str | None = None
    abstract: str | None = None
    texts: tuple[tuple[str, str], ...] = ()
    """Other texts of the event that are searched, (field, text): comments, url, attach, summary …"""
    warnings: tuple[TalkWarning, ...] = ()
    papers: tuple[Paper, ...] = ()
    """Resolved papers of a talk that was read from an earlier output."""
    references: References | None = None
    """References to keep unchanged; if None, the texts are searched."""
    occurrences: Recurrence | None = field(default=None, repr=False, compare=False)
    """Rules of a series, for the selection by time; not in the document."""
    selected_start: datetime | date | None = field(default=None, repr=False, compare=False)
    """First occurrence of a series in the selected range; not in the document."""
    raw: bytes | None = field(default=None, repr=False)
    """The event's original block, unfolded; only with `keep_raw`."""

    @property
    def shown_start(self) -> datetime | date | None:
        """Start that formats for people show; for a series the first one in the selected range."""
        return self.start_time if self.selected_start is None else self.selected_start

    def searched(self) -> Iterable[tuple[str, str]]:
        """Yield the texts that are searched, as (field, text), the abstract first.

        Raises:
            TypeError: a field of the talk has the wrong type.
        """
        if self.abstract.__class__ not in _TEXT_TYPES or self.texts.__class__ is not tuple:
            check_talk(self)
        if self.abstract:
            yield "abstract", self.abstract
        yield from self.texts

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a JSON talk of the document.

        Unknown keys are ignored.

        Raises:
            ValueError: `id` is missing or a value has the wrong type.

        >>> Talk.from_dict({"id": "SciML/3", "start_time": "2022-02-18T18:00:00Z"}).start_time
        datetime.datetime(2022, 2, 18, 18, 0, tzinfo=datetime.timezone.utc)
        >>> Talk.from_dict({"title": "no id"})
        Traceback (most recent call last):
        ...
        ValueError: "id" is missing
        """
        from enrich.document import check_object, read_talk

        check_object(data, "Talk.from_dict")
        return cls(**_talk_fields(read_talk(data)))


class Row(TypedDict):
    """Reference with its talk and its paper, flat; the names are those of `-f csv`.

    Every key is present. A talk without references has one row, with values only for the talk's keys.
    """

    talk_id: str
    talk_feed: str | None
    talk_series: str | None
    talk_title: str | None
    talk_speaker: str | None
    talk_speaker_affiliation: str | None
    talk_start_time: str | None
    talk_end_time: str | None
    talk_status: str | None
    talk_url: str | None
    paper: str | None
    version: str | None
    field: str | None
    start: int | None
    end: int | None
    exact: str | None
    form: str | None
    role: str | None
    by_speaker: bool | None
    paper_status: str | None
    paper_title: str | None
    paper_title_text: str | None
    paper_authors: str | None
    """Names, joined by `; `."""
    paper_published: str | None
    paper_updated: str | None
    paper_category: str | None
    paper_venue: str | None
    paper_decision: str | None
    paper_doi: str | None
    paper_url: str | None
    paper_pdf: str | None
    paper_error_code: str | None


_NONE: type = type(None)
_TEXT_TYPES = frozenset({str, _NONE})
_TIME_TYPES = frozenset({datetime, date, _NONE})
_FIELD_TYPES: tuple[tuple[str, tuple[type, ...], str], ...] = (
    ("id", (str,), "a string"),
    *[
        (name, (str, _NONE), "a string or None")
        for name in (
            "url", "title", "speaker", "speaker_affiliation", "series", "recurrence", "status", "room",
            "slides_link", "video_link", "abstract",
        )
    ],
    *[(name, (date, _NONE), "a datetime, a date or None") for name in ("start_time", "end_time")],
    ("texts", (tuple,), "a tuple of pairs (field, text)"),
)  # fmt: skip


def check_talk(talk: Talk) -> None:
    """Check the types of a talk's fields; pipelines may make talks.

    Raises:
        TypeError: a field has the wrong type; the message names it.

    >>> check_talk(Talk(id="1", start_time="2022-02-18"))
    Traceback (most recent call last):
    ...
    TypeError: Talk.start_time is a datetime, a date or None, not str '2022-02-18'
    """
    kinds = {
        talk.url.__class__, talk.title.__class__, talk.speaker.__class__, talk.speaker_affiliation.__class__,
        talk.series.__class__, talk.recurrence.__class__, talk.status.__class__, talk.room.__class__,
        talk.slides_link.__class__, talk.video_link.__class__, talk.abstract.__class__,
    }  # fmt: skip
    if talk.id.__class__ is str and kinds <= _TEXT_TYPES and talk.texts.__class__ is tuple:
        times = {talk.start_time.__class__, talk.end_time.__class__}
        if times <= _TIME_TYPES and all(map(_is_pair, talk.texts)):
            return  # the usual case
    for name, kind, wanted in _FIELD_TYPES:
        value = getattr(talk, name)
        if not isinstance(value, kind):
            raise _type_error(name, wanted, value)
    if not all(map(_is_pair, talk.texts)):
        raise _type_error("texts", "a tuple of pairs (field, text)", talk.texts)


def _is_pair(pair: object) -> bool:
    """Return whether a value is a field and its text."""
    return (
        isinstance(pair, tuple)
        and len(pair) == 2
        and isinstance(pair[0], str)
        and isinstance(pair[1], str)
    )


def _type_error(name: str, wanted: str, value: object) -> TypeError:
    return TypeError(f"Talk.{name} is {wanted}, not {type(value).__name__} {str(value)[:40]!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedTalk:
    """Talk with its references, and the lookup of each paper in order of first reference."""

    talk: Talk
    references: tuple[Reference, ...] = ()
    papers: Papers = NO_PAPERS
    warnings: tuple[TalkWarning, ...] = ()
    """Warnings of the feed's reader, then of extraction, then of the join."""
    suggested: tuple[Paper, ...] = ()
    raw_references: tuple[Reference, ...] | None = field(default=None, repr=False)
    """References of a writer's `raw_text`, if it needs them; not in the document."""

    def to_dict(self) -> dict[str, Any]:
        """Return the object of one ndjson line.

        It has the talk's keys and its own `papers`.
        """
        from enrich.document import to_dict

        return to_dict(line_object(self))

    def rows(self) -> list[Row]:
        """Return a flat row for each reference.

        Rows of all talks make a table: `pandas.DataFrame(row for talk in talks for row in talk.rows())`.

        >>> (row,) = AnnotatedTalk(talk=Talk(id="SciML/3", title="A talk")).rows()
        >>> row["talk_title"], row["paper"]
        ('A talk', None)
        """
        talk_row = _row_of_talk(self.talk)
        if not self.references:
            return [_fill_row(talk_row)]
        paper_rows = {id_: _row_of_paper(paper) for id_, paper in self.papers.items()}
        return [
            _fill_row(talk_row, _row_of_reference(r), paper_rows.get(r.paper, {}))
            for r in self.references
        ]

    def _repr_html_(self) -> str:
        """Return the talk for a notebook."""
        return _show_talk(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read the object of one ndjson line back.

        Raises:
            ValueError: a value is missing or has the wrong type.

        >>> line = AnnotatedTalk(talk=Talk(id="SciML/3")).to_dict()
        >>> AnnotatedTalk.from_dict(line) == AnnotatedTalk(talk=Talk(id="SciML/3"))
        True
        """
        from enrich.document import check_object, read_line

        check_object(data, "AnnotatedTalk.from_dict")
        return cls(**_line_fields(read_line(data)))


@dataclass(frozen=True, slots=True, kw_only=False)
class Document:
    """Input of a writer. Talks and notices may be iterators; notices are read after the last talk."""

    talks: Iterable[AnnotatedTalk]
    notices: Iterable[Notice] = ()
    zone: tzinfo | None = None
    """Zone in which formats for people show times; None: each time in its own zone."""
    find_others: Callable[[Mapping[PaperId, Lookup]], Mapping[PaperId, Lookup]] | None = None
    """Finds papers outside of the document that may be the same works; called after the last talk."""

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a document back, as `-f json` writes it.

        Raises:
            ValueError: not such a document; the message names the place.
            TypeError: not a text.

        >>> from enrich import write
        >>> text = "".join(write(Document([AnnotatedTalk(talk=Talk(id="SciML/3"))])))
        >>> [talk.talk.id for talk in Document.from_json(text).talks]
        ['SciML/3']
        """
        from enrich.document import read_document_lines

        lines, notices = read_document_lines(text)
        return cls(
            talks=tuple([AnnotatedTalk.from_dict(line) for line in lines]),
            notices=tuple([Notice.from_dict(notice) for notice in notices]),
        )

    def _repr_html_(self) -> str | None:
        """Return the document for a notebook; None if its talks can be read only once."""
        if not isinstance(self.talks, (list, tuple)):
            return None
        return "".join(map(_show_talk, self.talks))


def reference_object(reference: Reference) -> ReferenceObject:
    """Make the document's object of a reference."""
    from enrich.document import ReferenceObject

    return ReferenceObject(
        paper=str(reference.paper),
        version=reference.version,
        field=reference.field,
        start=reference.start,
        end=reference.end,
        exact=reference.exact,
        context=list(reference.context),
        form=reference.form,
        role=reference.role,
        by_speaker=reference.by_speaker,
    )


def notice_object(notice: Notice) -> NoticeObject:
    """Make the document's object of a notice."""
    from enrich.document import NoticeObject

    return NoticeObject(
        code=notice.code,
        message=notice.message,
        feed=notice.feed,
        event=notice.event,
        line=notice.line,
    )


def talk_object(annotated: AnnotatedTalk) -> TalkObject:
    """Make the document's object of a talk.

    Only texts with references are included.
    """
    from enrich.document import TalkObject

    return TalkObject(**_talk_keys(annotated))


def line_object(
    annotated: AnnotatedTalk, encode: Callable[[Lookup], Any] = paper_object
) -> LineObject:
    """Make the object of an ndjson line.

    `encode` makes each paper's object, or its JSON (`msgspec.Raw`).
    """
    from enrich.document import LineObject

    return LineObject(
        **_talk_keys(annotated), papers=[encode(paper) for paper in annotated.papers.values()]
    )


def _talk_keys(annotated: AnnotatedTalk) -> dict[str, Any]:
    from enrich.document import WarningObject

    t = annotated.talk
    texts: dict[str, str] = {}
    if t.texts and annotated.references:
        cited = {reference.field for reference in annotated.references}
        texts = {field: text for field, text in t.texts if field in cited}
    return {
        "id": t.id,
        "feed": t.feed.name,
        "url": t.url,
        "title": t.title,
        "speaker": t.speaker,
        "speaker_affiliation": t.speaker_affiliation,
        "series": t.series,
        "start_time": format_time(t.start_time),
        "end_time": format_time(t.end_time),
        "recurrence": t.recurrence,
        "status": t.status,
        "room": t.room,
        "slides_link": t.slides_link,
        "video_link": t.video_link,
        "abstract": t.abstract,
        "texts": texts,
        "references": [reference_object(reference) for reference in annotated.references],
        "suggested": [paper_object(paper) for paper in annotated.suggested],
        "warnings": [
            WarningObject(code=w.code, message=w.message, field=w.field, start=w.start, end=w.end)
            for w in annotated.warnings
        ],
    }


def annotated_talk_from(line: LineObject) -> AnnotatedTalk:
    """Make the talk of a checked line of ndjson."""
    return AnnotatedTalk(**_line_fields(line))


def _line_fields(line: LineObject) -> dict[str, Any]:
    """Return the fields of an annotated talk."""
    return {
        "talk": Talk(**_talk_fields(line)),
        "references": tuple(
            [
                Reference(
                    paper=PaperId(r.paper),
                    version=r.version,
                    field=r.field,
                    start=r.start,
                    end=r.end,
                    exact=r.exact,
                    context=(r.context[0], r.context[1]),
                    form=r.form,
                    role=r.role,
                    by_speaker=r.by_speaker,
                )
                for r in line.references
            ]
        ),
        "papers": Papers({PaperId(p.id): lookup_from(p) for p in line.papers}),
        "warnings": tuple(map(_convert_warning, line.warnings)),
        "suggested": tuple([p for p in map(lookup_from, line.suggested) if isinstance(p, Paper)]),
    }


def _talk_fields(data: TalkInput | LineObject) -> dict[str, Any]:
    """Return the fields of a talk.

    Warnings that are derived each time are left out.
    """
    warnings = (_convert_warning(w) for w in data.warnings if w.code not in DERIVED_WARNINGS)
    return {
        "id": data.id,
        "feed": Feed(name=data.feed),
        "url": data.url,
        "title": data.title,
        "speaker": data.speaker,
        "speaker_affiliation": data.speaker_affiliation,
        "series": data.series,
        "start_time": _parse_time_field("start_time", data.start_time),
        "end_time": _parse_time_field("end_time", data.end_time),
        "recurrence": data.recurrence,
        "status": known_word(TalkStatus, data.status),
        "room": data.room,
        "slides_link": data.slides_link,
        "video_link": data.video_link,
        "abstract": data.abstract,
        "texts": tuple(data.texts.items()),
        "warnings": tuple(warnings),
    }


def _convert_warning(data: WarningObject) -> TalkWarning:
    return TalkWarning(
        code=known_word(WarningCode, data.code, "other"),
        message=data.message,
        field=data.field,
        start=data.start,
        end=data.end,
    )


def _parse_time_field(key: str, text: str | None) -> datetime | date | None:
    try:
        return None if text is None else parse_time(text)
    except ValueError:
        raise ValueError(f"{key}: not an ISO 8601 time") from None


_EMPTY_ROW: Row = dict.fromkeys(Row.__annotations__)  # type: ignore[assignment]


def _fill_row(*parts: Mapping[str, Any]) -> Row:
    row: Any = dict(_EMPTY_ROW)
    for part in parts:
        row.update(part)
    return row  # type: ignore[no-any-return]


def _row_of_talk(talk: Talk) -> dict[str, Any]:
    return {
        "talk_id": talk.id,
        "talk_feed": talk.feed.name,
        "talk_series": talk.series,
        "talk_title": talk.title,
        "talk_speaker": talk.speaker,
        "talk_speaker_affiliation": talk.speaker_affiliation,
        "talk_start_time": format_time(talk.start_time),
        "talk_end_time": format_time(talk.end_time),
        "talk_status": talk.status,
        "talk_url": talk.url,
    }


def _row_of_reference(reference: Reference) -> dict[str, Any]:
    return {
        "paper": str(reference.paper),
        "version": reference.version,
        "field": reference.field,
        "start": reference.start,
        "end": reference.end,
        "exact": reference.exact,
        "form": reference.form,
        "role": reference.role,
        "by_speaker": reference.by_speaker,
    }


def _row_of_paper(paper: Lookup) -> dict[str, Any]:
    made = paper_object(paper)
    return {
        "paper_status": made.status,
        "paper_title": made.title,
        "paper_title_text": made.title_text,
        "paper_authors": "; ".join(author.name for author in made.authors) or None,
        "paper_published": made.published,
        "paper_updated": made.updated,
        "paper_category": made.category,
        "paper_venue": made.venue,
        "paper_decision": made.decision,
        "paper_doi": made.doi,
        "paper_url": made.url,
        "paper_pdf": made.pdf,
        "paper_error_code": made.error and made.error.code,
    }


def _show_talk(annotated: AnnotatedTalk) -> str:
    """Return a talk and its papers as HTML, all text escaped."""
    talk = annotated.talk
    head = " · ".join(filter(None, (talk.speaker, format_time(talk.start_time), talk.status)))
    title = _show_link(talk.title or talk.id, talk.url)
    papers = "".join(f"<li>{_show_paper(paper)}</li>" for paper in annotated.papers.values())
    return f"<p><b>{title}</b><br>{_escape_html(head)}</p>" + (papers and f"<ul>{papers}</ul>")


def _show_paper(paper: Lookup) -> str:
    if not isinstance(paper, Paper):
        return f"{_show_link(str(paper.id), paper.url)}: {_escape_html(paper.message)}"
    authors = ", ".join(author.name for author in paper.authors)
    notes = " · ".join(filter(None, (authors, paper.published, paper.venue)))
    title = _show_link(paper.title or str(paper.id), paper.url)
    return f"{title}<br>{_escape_html(notes)}"


def _show_link(text: str, url: str | None) -> str:
    """Return a text as a link, if it has an address of the web."""
    if url is None or not url.lower().startswith(("https://", "http://")):
        return _escape_html(text)
    return f'<a href="{_escape_html(url)}">{_escape_html(text)}</a>'


def _escape_html(text: str) -> str:
    from html import escape

    from enrich.text.terminal import drop_unsafe

    return escape(drop_unsafe(text))
