"""Reader of JSON and XML: records, earlier outputs, and documents that dialects read. Pure."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from enrich.document import check_version
from enrich.errors import FeedError
from enrich.feeds.dialects import Dialect, dialects
from enrich.model import Feed, Notice, Talk
from enrich.paper import Paper
from enrich.text.checks import objects
from enrich.text.patterns import compile_later

_TALK_KEYS = frozenset(
    {"start_time", "speaker", "references", "texts", "feed", "talks", "results", "schedule"}
)
_PAPER_KEYS = frozenset(
    {
        "authors", "author", "authors_parsed", "authors_hidden", "latest_version", "versions", "published_as",
        "title_text", "same_as", "matched_by", "doi", "DOI", "issued", "container-title", "journal-ref", "bibtex",
    }
)  # fmt: skip
"""Keys of papers; an object with two of them is a paper."""
_PAPER_ID = compile_later(
    r"[a-z]{3,20}:(?:[0-9]{4}\.[0-9]{4,5}|[a-z-]{2,12}(?:\.[A-Z]{2})?/[0-9]{7})(?:v[0-9]{1,3})?"
)
"""Form of a paper's id; calendars do not use it for events."""

OnNotice = Callable[[Notice], None]

logger = logging.getLogger("enrich")


def find_dialect(document: Any) -> Dialect | None:
    """Return the dialect that reads a parsed document, if any."""
    return next((d for d in dialects() if d.knows_document(document)), None)


def read_document(
    document: Any, *, name: str | None, label: str, on_notice: OnNotice
) -> Iterator[Talk]:
    """Yield the talks of parsed JSON or of an XML root.

    The document is a producer's, a list of records, or an earlier output.

    Raises:
        FeedError: the document does not hold talks in a known format.
    """
    if _is_list_of_papers(document):
        raise papers_error(label)
    if reader := find_dialect(document):
        for item in _guard_items(reader.read_document(document)):
            if isinstance(item, Talk):
                yield replace(item, feed=Feed(name=name))
            else:
                on_notice(Notice(code="bad_record", message=str(item), feed=name))
    elif isinstance(document, Mapping) and _may_hold_talks(document.get("talks")):
        try:
            check_version(document.get("version"))
        except ValueError as error:
            raise FeedError(f"{label}: {error}") from None
        yield from _read_output(document, name, on_notice)
    elif _may_hold_talks(document):
        yield from _read_each(document, {}, name, on_notice)
    elif isinstance(document, Mapping) and isinstance(document.get("id"), str):
        yield from _read_each([document], {}, name, on_notice)
    else:
        kind = (
            "XML, but not a schedule"
            if hasattr(document, "tag")
            else "JSON, but not a list of talks"
        )
        hint = (
            None
            if hasattr(document, "tag")
            else (
                'a talk is an object with "id", and title, speaker, start_time and abstract where known'
            )
        )
        raise FeedError(f"{label}: is {kind} in a known format", hint=hint)


def papers_error(label: str) -> FeedError:
    """Return the error for papers in place of talks."""
    return FeedError(
        f"{label}: holds papers, not talks",
        hint="give it with --papers, together with a feed",
    )


def is_paper_record(record: Any) -> bool:
    """Return whether an object is a paper, not a talk.

    Recognized papers are enrich's own records, records of arXiv's snapshot, and CSL-JSON items.
    """
    if not isinstance(record, Mapping) or not record.keys().isdisjoint(_TALK_KEYS):
        return False
    has_paper_id = (
        isinstance(record.get("id"), str) and _PAPER_ID.fullmatch(record["id"]) is not None
    )
    return has_paper_id or len(record.keys() & _PAPER_KEYS) > 1


def _is_list_of_papers(document: Any) -> bool:
    """Return whether a document holds only papers."""
    records = document if isinstance(document, list) else [document]
    objects_found = [record for record in records if isinstance(record, Mapping)]
    return bool(objects_found) and all(map(is_paper_record, objects_found))


def _guard_items(items: Iterator[Talk | ValueError]) -> Iterator[Talk | ValueError]:
    """Yield the items that a dialect reads.

    An unexpected exception ends only its document, with an error as the last item.
    """
    try:
        yield from items
    except Exception as error:  # noqa: BLE001 - the document may come from an untrusted source
        yield ValueError(f"the rest cannot be read ({log_error(error)})")


def log_error(error: Exception) -> str:
    """Log an unexpected exception.

    Return the name of its class.
    """
    name = type(error).__name__
    logger.debug("a record of a feed cannot be read: %s", name, exc_info=error)
    return name


def read_lines(
    lines: Iterable[bytes], *, name: str | None, label: str = "", on_notice: OnNotice
) -> Iterator[Talk]:
    """Yield the talks of ndjson, one per line.

    Any other line becomes a notice.

    Raises:
        FeedError: all records are papers.
    """
    papers: list[int] = []
    talks = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            message = f"line {number} is not valid JSON"
            on_notice(Notice(code="bad_record", message=message, feed=name, line=number))
            continue
        if is_paper_record(record):
            papers.append(number)
            continue
        for talk in _read_each([record], {}, name, on_notice, line=number):
            talks += 1
            yield talk
    if papers and not talks:
        raise papers_error(label or name or "the data given")
    for number in papers:
        message = f"line {number} is a paper, not a talk"
        on_notice(Notice(code="bad_record", message=message, feed=name, line=number))


def _may_hold_talks(value: Any) -> bool:
    """Return whether a list is empty or holds a record."""
    return isinstance(value, list) and (
        not value or any(isinstance(item, Mapping) and "id" in item for item in value)
    )


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, Mapping) for item in value)


def _read_output(
    document: Mapping[str, Any], name: str | None, on_notice: OnNotice
) -> Iterator[Talk]:
    papers: dict[str, Paper] = {}
    for paper in _read_resolved_papers(document, name, on_notice):
        papers.setdefault(paper.id, paper)
    yield from _read_each(document["talks"], papers, name, on_notice)
    for notice in _list_objects(document, "notices"):
        with suppress(ValueError):
            on_notice(Notice.from_dict(notice))


def _list_objects(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = data.get(key)
    return value if isinstance(value, list) and _is_list_of_objects(value) else []


def _get_string(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    return value if isinstance(value, str) else None


def _read_each(
    records: Iterable[Any],
    papers: Mapping[str, Paper],
    name: str | None,
    on_notice: OnNotice,
    line: int | None = None,
) -> Iterator[Talk]:
    for index, record in enumerate(records, 1):
        where = f"line {line}" if line else f"talk {index}"
        if not isinstance(record, Mapping):
            message = f"{where} is not a JSON object"
            on_notice(Notice(code="bad_record", message=message, feed=name, line=line))
            continue
        try:
            talk = Talk.from_dict(record)
        except Exception as error:  # noqa: BLE001 - the record may come from an untrusted source
            event = _get_string(record, "id")
            cause = (
                error if isinstance(error, ValueError) else f"cannot be read ({log_error(error)})"
            )
            message = f"{where}: {cause}"
            on_notice(Notice(code="bad_record", message=message, feed=name, event=event, line=line))
            continue
        own: dict[str, Paper] = {p.id: p for p in _read_resolved_papers(record, name, on_notice)}
        known = _select_cited(record, own or papers)
        feed = talk.feed if "feed" in record else Feed(name=name)
        yield replace(talk, feed=feed, papers=known)


def _select_cited(record: Mapping[str, Any], papers: Mapping[str, Paper]) -> tuple[Paper, ...]:
    """Return the papers that a record cites, each once."""
    if not papers:
        return ()
    ids = dict.fromkeys(_get_string(r, "paper") for r in _list_objects(record, "references"))
    return tuple(papers[id_] for id_ in ids if id_ and id_ in papers)


def _read_resolved_papers(
    data: Mapping[str, Any], name: str | None, on_notice: OnNotice
) -> Iterator[Paper]:
    """Yield the resolved papers of an output.

    The others will be looked up again.
    """
    try:
        records = objects(data, "papers")
    except ValueError as error:
        on_notice(Notice(code="bad_record", message=str(error), feed=name))
        return
    for record in records:
        if record.get("status", "resolved") != "resolved":
            continue
        try:
            yield Paper.from_dict(record)
        except Exception as error:  # noqa: BLE001 - as above
            cause = (
                error if isinstance(error, ValueError) else f"cannot be read ({log_error(error)})"
            )
            message = f"paper {_get_string(record, 'id') or '?'}: {cause}"
            on_notice(Notice(code="bad_record", message=message, feed=name))
