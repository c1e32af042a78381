"""The JSON document: each of its objects as a type, and its only encoders and decoders.

The keys of a type are in the order of the document. `enrich.model` and `enrich.paper` convert their
values to these objects and back; this module imports neither. A missing key and a null mean the same,
except for an author's parts: nulls keep the name whole, missing parts are derived. Unknown keys are
ignored, and an unknown code is read as `other`.

Types are checked when an object is decoded (`read_…`); the objects that our own code makes are checked
only by mypy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, TypeVar, get_args

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from enrich.codes import Decision, Form, NoticeCode, Role, TalkStatus, WarningCode
from enrich.errors import ErrorCode
from enrich.text.dates import existing_date
from enrich.text.patterns import compile_later
from enrich.text.terminal import printable_utf8

FORMAT = "enrich.talks"
VERSION = "1.0"
"""Version of the document's format; a minor version adds keys and codes."""

# Patterns are searched, so both ends are anchored; `$` would let a line feed through.
_END = r"(?![\s\S])"
_PATTERNS = {
    rf"^[a-z][a-z0-9_]*:[^\s:]\S*{_END}": "an id of the form source:key",
    rf"^[0-9]{{4}}(-[0-9]{{2}}(-[0-9]{{2}})?)?{_END}": "a date of the form YYYY[-MM[-DD]]",
    rf"^v[1-9][0-9]{{0,3}}{_END}": "a version of the form v2",
    rf"^[Hh][Tt][Tt][Pp][Ss]?://[^\s\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]*{_END}": "an http(s) address",
}
"""Name of each pattern's strings in messages."""
_ID, _DATE, _VERSION, _URL = _PATTERNS

IdText = Annotated[str, Meta(pattern=_ID)]
DateText = Annotated[str, Meta(pattern=_DATE)]
VersionText = Annotated[str, Meta(pattern=_VERSION)]
UrlText = Annotated[str, Meta(pattern=_URL)]
NonEmpty = Annotated[str, Meta(min_length=1)]
Offset = Annotated[int, Meta(ge=0)]
# Unknown words are accepted, so the types are strings; the schema lists the known words.
ErrorWord = Annotated[str, Meta(extra_json_schema={"enum": list(get_args(ErrorCode))})]
WarningWord = Annotated[str, Meta(extra_json_schema={"enum": list(get_args(WarningCode))})]
NoticeWord = Annotated[str, Meta(extra_json_schema={"enum": list(get_args(NoticeCode))})]
DecisionWord = Annotated[str, Meta(extra_json_schema={"enum": list(get_args(Decision))})]
StatusWord = Annotated[str, Meta(extra_json_schema={"enum": list(get_args(TalkStatus))})]
_TIME = Meta(
    description="ISO 8601 with offset (Z for UTC); a date for all-day; no offset for a floating time"
)


class AuthorObject(Struct, frozen=True, kw_only=True):
    """An author; the parts are null for a collaboration and for a name of one word."""

    name: NonEmpty
    family: str | UnsetType | None = UNSET
    given: str | UnsetType | None = UNSET


class VersionObject(Struct, frozen=True, kw_only=True):
    """One version of a paper."""

    version: VersionText
    date: DateText | None = None
    title: str | None = None


class PublishedAsObject(Struct, frozen=True, kw_only=True):
    """The published version of a preprint."""

    venue: str | None = None
    year: int | None = None
    doi: str | None = None
    url: UrlText | None = None
    via: str | None = None


class ErrorObject(Struct, frozen=True, kw_only=True):
    """The reason why a paper is unresolved."""

    code: ErrorWord
    message: NonEmpty
    retryable: bool = False


class PaperObject(Struct, frozen=True, kw_only=True):
    """A paper, described by its newest version, or the reason why it is unresolved."""

    id: IdText
    source: str = ""
    work: IdText | None = None
    status: Literal["resolved", "not_found", "failed"] = "resolved"
    error: ErrorObject | None = None
    via: str | None = None
    stale: bool = False
    title: str | None = None
    title_text: str | None = None
    authors: list[AuthorObject] = []
    authors_hidden: bool = False
    published: DateText | None = None
    updated: DateText | None = None
    dates: dict[str, DateText] = {}
    latest_version: VersionText | None = None
    versions: list[VersionObject] = []
    category: str | None = None
    venue: str | None = None
    decision: DecisionWord | None = None
    withdrawn: bool | None = None
    doi: str | None = None
    published_as: PublishedAsObject | None = None
    same_as: list[str] = []
    matched_by: str | None = None
    abstract: str | None = None
    url: UrlText | None = None
    pdf: UrlText | None = None


class ReferenceObject(Struct, frozen=True, kw_only=True):
    """One occurrence of a paper in a text of a talk: `text[start:end] == exact`."""

    paper: IdText
    version: VersionText | None = None
    field: NonEmpty
    start: Offset
    end: Offset
    exact: NonEmpty
    context: Annotated[list[Offset], Meta(min_length=2, max_length=2)]
    form: Form
    role: Role = "mentioned"
    by_speaker: bool | None = None


class WarningObject(Struct, frozen=True, kw_only=True):
    """A problem in one talk that did not stop its reading."""

    code: WarningWord
    message: NonEmpty
    field: str | None = None
    start: int | None = None
    end: int | None = None


class NoticeObject(Struct, frozen=True, kw_only=True):
    """A fact of the run, such as an event that could not be read, or a stale feed."""

    code: NoticeWord
    message: NonEmpty
    feed: str | None = None
    event: str | None = None
    line: int | None = None


class TalkFields(Struct, frozen=True, kw_only=True):
    """The fields of a talk that its feed gives."""

    id: NonEmpty
    feed: str | None = None
    url: str | None = None
    title: str | None = None
    speaker: str | None = None
    speaker_affiliation: str | None = None
    series: str | None = None
    start_time: Annotated[str, _TIME] | None = None
    end_time: Annotated[str, _TIME] | None = None
    recurrence: str | None = None
    status: StatusWord | None = None
    room: str | None = None
    slides_link: str | None = None
    video_link: str | None = None
    abstract: str | None = None
    texts: dict[str, str] = {}


class TalkInput(TalkFields, frozen=True, kw_only=True):
    """A talk as input: its references are searched again."""

    warnings: list[WarningObject] = []


class TalkObject(TalkFields, frozen=True, kw_only=True):
    """A talk with the place of each reference in its texts."""

    references: list[ReferenceObject] = []
    suggested: list[PaperObject] = []
    warnings: list[WarningObject] = []


class LineObject(TalkObject, frozen=True, kw_only=True):
    """A line of ndjson: a talk and its own papers."""

    papers: list[PaperObject] = []


class SummaryObject(Struct, frozen=True, kw_only=True):
    """The counts of a document."""

    talks: Offset
    references: Offset
    papers: Offset
    works: Offset
    resolved: Offset
    not_found: Offset
    failed: Offset


class HeadObject(Struct, frozen=True, kw_only=True):
    """The keys before the talks of a document."""

    format: Literal["enrich.talks"] = "enrich.talks"
    version: Annotated[str, Meta(pattern=r"^1\.[0-9]+$")] = VERSION
    generator: Annotated[str, Meta(pattern="^enrich/")]
    offset_unit: Literal["codepoint"] = "codepoint"


class DocumentObject(HeadObject, frozen=True, kw_only=True):
    """Annotated talks. Offsets are half-open, in Unicode code points.

    Minor versions add keys and codes; readers ignore unknown keys and read an unknown code as `other`.
    """

    talks: list[TalkObject] = []
    papers: list[PaperObject] = []
    notices: list[NoticeObject] = []
    summary: SummaryObject


# --- objects to JSON -----------------------------------------------------------------------------

_ENCODER = msgspec.json.Encoder()


def encode(value: Struct | list[Any] | dict[str, Any]) -> str:
    """Return compact JSON that is safe on a terminal."""
    return printable_utf8(encode_bytes(value))


def encode_indented(value: Struct | list[Any] | dict[str, Any], *, by: int = 0) -> str:
    """Return JSON indented by two blanks per level.

    All lines but the first are indented by `by` blanks more.
    """
    text = printable_utf8(msgspec.json.format(encode_bytes(value), indent=2))
    return text.replace("\n", "\n" + " " * by) if by else text


def encode_array(values: Iterable[Struct | dict[str, Any]], *, by: int = 0) -> Iterator[str]:
    r"""Yield an indented array, one piece per value.

    All lines but the first are indented by `by` blanks more.

    >>> "".join(encode_array([])), "".join(encode_array([{}, {}], by=2))
    ('[]', '[\n    {},\n    {}\n  ]')
    """
    indent = "\n" + " " * by
    opening = "["
    for value in values:
        yield f"{opening}{indent}  {encode_indented(value, by=by + 2)}"
        opening = ","
    yield "[]" if opening == "[" else f"{indent}]"


def encode_bytes(value: Any) -> bytes:
    """Return compact JSON in UTF-8, lone surrogates included.

    The result is not yet safe on a terminal.
    """
    try:
        return _ENCODER.encode(value)
    except UnicodeEncodeError:  # lone surrogates, which JSON can express
        text = json.dumps(_to_builtins(value), ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "surrogatepass")


def _to_builtins(value: Any) -> Any:
    """Convert a value to dicts and lists; unlike msgspec's function, also `Raw`."""
    if isinstance(value, Struct):
        return {key: _to_builtins(getattr(value, key)) for key in value.__struct_fields__}
    if isinstance(value, (list, tuple)):
        return [_to_builtins(item) for item in value]
    if isinstance(value, msgspec.Raw):
        return json.loads(bytes(value).decode("utf-8", "surrogatepass"))
    return value


def to_dict(value: Struct) -> dict[str, Any]:
    """Return an object as dicts and lists.

    All keys are present, in their order.
    """
    made: dict[str, Any] = msgspec.to_builtins(value)
    return made


# --- JSON to objects -----------------------------------------------------------------------------

S = TypeVar("S", bound=Struct)


def check_object(data: object, call: str) -> None:
    """Raise TypeError if a value is not a mapping; for JSON text, with a hint."""
    if not isinstance(data, Mapping):
        hint = f": use {call}(json.loads(text))" if isinstance(data, (str, bytes)) else ""
        raise TypeError(f"{call} takes a dict, not {type(data).__name__}{hint}")


def read_talk(data: Mapping[str, Any]) -> TalkInput:
    """Check the fields of a talk.

    Raises:
        ValueError: a value is missing or has the wrong type; the message names its place.
    """
    return _convert_object(data, TalkInput)


def read_line(data: Mapping[str, Any]) -> LineObject:
    """Check a line of ndjson.

    Raises:
        ValueError: as `read_talk`.
    """
    with_papers = {
        **data,
        **{
            key: [_normalize_paper(p) for p in papers]
            for key in _PAPER_LISTS
            if isinstance(papers := data.get(key), list)
        },
    }
    line = _convert_object(with_papers, LineObject)
    for number, reference in enumerate(line.references):
        if reference.end < reference.start:
            raise ValueError(f"references[{number}].end: lies before the start")
        if reference.context[1] < reference.context[0]:
            raise ValueError(f"references[{number}].context[1]: lies before the start")
    return line


def check_version(version: Any) -> None:
    """Check that this release can read a document's version.

    Minor versions add keys and codes, which readers ignore.

    Raises:
        ValueError: the major version differs.
    """
    if isinstance(version, str) and version.partition(".")[0] != VERSION.partition(".")[0]:
        raise ValueError(
            f"is a document of version {version[:20]}, and this release reads version "
            f"{VERSION.partition('.')[0]}; a newer release of enrich may read it"
        )


def read_paper(data: Mapping[str, Any]) -> PaperObject:
    """Check a paper object; its authors may be strings.

    Raises:
        ValueError: as `read_talk`.
    """
    return _convert_object(_normalize_paper(data), PaperObject)


def read_notice(data: Mapping[str, Any]) -> NoticeObject:
    """Check a notice object.

    Raises:
        ValueError: as `read_talk`.
    """
    return _convert_object(data, NoticeObject)


def decode_line(data: str | bytes) -> LineObject:
    """Decode the JSON of a line of ndjson.

    Raises:
        ValueError: as `read_talk`, or it is not JSON.
    """
    try:
        return _LINES.decode(data)
    except (msgspec.DecodeError, UnicodeEncodeError):
        pass  # the slower way also reads nulls, authors as strings and lone surrogates
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004 - one type of error for all invalid input
    return read_line(value)


_LINES = msgspec.json.Decoder(LineObject)


def read_document_lines(
    text: str | bytes,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Read a document; return a line for each talk, and the notices.

    Raises:
        TypeError: not a text.
        ValueError: not JSON, or not a document; the message names the place.
    """
    if not isinstance(text, (str, bytes)):
        raise TypeError(f"a document is its JSON text, str or bytes, not {type(text).__name__}")
    try:
        data = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:
        raise ValueError("not JSON") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f'not a document of enrich: "format" is not "{FORMAT}"')
    _convert_object({**data, "talks": [], "papers": []}, DocumentObject)
    lists = [data.get(key, []) for key in ("talks", "papers", "notices")]
    if not all(isinstance(each, list) for each in lists):
        raise ValueError("talks, papers and notices are lists")
    talks, papers, notices = lists
    by_id = {paper["id"]: paper for paper in papers if isinstance(paper, dict) and "id" in paper}
    return [_make_line(talk, by_id, place) for place, talk in enumerate(talks)], notices


def _make_line(talk: Any, papers: Mapping[str, Any], place: int) -> dict[str, Any]:
    """Return a talk with the papers that its references name."""
    if not isinstance(talk, dict):
        raise ValueError(f"talks[{place}]: not an object")  # noqa: TRY004 - one type of error for all invalid input
    references = talk.get("references")
    listed = references if isinstance(references, list) else []
    named = [r.get("paper") for r in listed if isinstance(r, dict)]
    cited = dict.fromkeys(id_ for id_ in named if isinstance(id_, str))
    return {**talk, "papers": [papers[id_] for id_ in cited if id_ in papers]}


_PAPER_LISTS = ("papers", "suggested")


def _with_author_objects(data: Any) -> Any:
    authors = data.get("authors") if isinstance(data, Mapping) else None
    if not isinstance(authors, list) or not any(isinstance(a, str) for a in authors):
        return data
    return {**data, "authors": [{"name": a} if isinstance(a, str) else a for a in authors]}


def _normalize_paper(data: Any) -> Any:
    """Return a paper object with author objects, without dates that do not exist."""
    if not isinstance(data, Mapping):
        return data
    found = _with_author_objects(data)
    changed: dict[str, Any] = {
        key: None
        for key in ("published", "updated")
        if isinstance(day := data.get(key), str) and not existing_date(day)
    }
    if isinstance(dates := data.get("dates"), Mapping):
        changed["dates"] = {
            name: day
            for name, day in dates.items()
            if not isinstance(day, str) or existing_date(day)
        }
    if isinstance(versions := data.get("versions"), list):
        changed["versions"] = [
            {**version, "date": None}
            if isinstance(version, Mapping)
            and isinstance(day := version.get("date"), str)
            and not existing_date(day)
            else version
            for version in versions
        ]
    return {**found, **changed} if changed else found


def _convert_object(data: Any, kind: type[S]) -> S:
    try:
        return msgspec.convert(_without_nulls(data), kind)
    except msgspec.ValidationError as error:
        raise ValueError(explain(error)) from None
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _without_nulls(value: Any) -> Any:
    """Return a value without its null keys.

    A null means the same as a missing key.
    """
    if isinstance(value, Mapping):
        made = {key: _without_nulls(item) for key, item in value.items() if item is not None}
        if value.get("family", "") is None and value.get("given", "") is None:
            made |= {"family": None, "given": None}  # nulls keep the name whole
        return made
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


_NAMES = {
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}
_EXPECTED = compile_later(
    r"Expected `([^`]*)`(?:, got `[^`]*`| matching regex '(.*)'| .*)?", re.DOTALL
)
_MISSING = compile_later(r"Object missing required field `(.*)`")
_UNKNOWN_WORD = compile_later(r"Invalid enum value (.*)", re.DOTALL)


def explain(error: msgspec.ValidationError) -> str:
    """Return the message for an invalid value.

    The message begins with the place: `versions[0].date: …`.
    """
    text, _, place = str(error).partition(" - at `")
    place = place.removesuffix("`").removeprefix("$").removeprefix(".")
    if missing := _MISSING.fullmatch(text):
        text = f'"{missing[1]}" is missing'
    elif unknown := _UNKNOWN_WORD.fullmatch(text):
        text = f"not a known word: {unknown[1][:60]}"
    elif expected := _EXPECTED.fullmatch(text):
        names = [name for name in expected[1].split(" | ") if name != "null"]
        words = " or ".join(_NAMES.get(name, name) for name in names)
        if expected[2]:
            words = next((w for p, w in _PATTERNS.items() if repr(p)[1:-1] == expected[2]), words)
        elif "length" in text:
            return f"{place}: is empty" if ">= 1" in text else f"{place}: has the wrong length"
        elif ">=" in text:
            return f"{place}: is negative"
        text = f"not {words}"
    return f"{place}: {text}" if place else text
