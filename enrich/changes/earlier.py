"""Earlier output, read for comparison: its talks with references, and each paper once. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from msgspec import Struct

from enrich.document import FORMAT, VERSION, read_paper
from enrich.model import AnnotatedTalk
from enrich.paper import NO_PAPERS, Lookup, PaperId, Papers, lookup_from
from enrich.text.checks import objects


class Earlier(Struct, frozen=True, kw_only=True):
    """Talks and papers of an earlier output."""

    talks: tuple[AnnotatedTalk, ...] = ()
    papers: Papers = NO_PAPERS


def parse_earlier(data: bytes) -> Earlier:
    r"""Parse a document (json), or lines of talks (ndjson); empty data has no talks.

    No talk is skipped, because it would be lost when the output is replaced.

    Raises:
        ValueError: not an earlier output, or a value of a talk has the wrong type.

    >>> [annotated.talk.id for annotated in parse_earlier(b'{"id": "1"}\n{"id": "2"}\n').talks]
    ['1', '2']
    >>> parse_earlier(b"# Reading list")
    Traceback (most recent call last):
    ...
    ValueError: neither a document (json) nor lines of talks (ndjson)
    """
    if not data.strip():
        return Earlier()
    whole = _parse_value(data)
    if isinstance(whole, Mapping) and "talks" in whole:
        return _read_whole(whole)
    lines = [_parse_value(line) for line in data.splitlines() if line.strip()]
    if not all(isinstance(line, Mapping) and "id" in line for line in lines):
        raise ValueError("neither a document (json) nor lines of talks (ndjson)")
    talks = tuple(_read_talks("line", lines))
    return Earlier(talks=talks, papers=_collect_papers(p for t in talks for p in t.papers.values()))


def _read_whole(document: Mapping[str, Any]) -> Earlier:
    if document.get("format") != FORMAT:
        raise ValueError(f'"format" is not {FORMAT!r}')
    major = VERSION.partition(".")[0]
    if str(document.get("version")).partition(".")[0] != major:
        raise ValueError(f'"version" is {document.get("version")!r}, not {major}.x')
    talks = tuple(_read_talks("talk", objects(document, "talks")))
    return Earlier(talks=talks, papers=_collect_papers(_read_papers(objects(document, "papers"))))


def _parse_value(data: bytes) -> Any:
    """Return the value of a JSON text; None if it is not valid."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _read_talks(noun: str, records: Iterable[Any]) -> Iterator[AnnotatedTalk]:
    """Yield the talks, with the readable papers of each."""
    for number, record in enumerate(records, 1):
        try:
            papers = _collect_papers(_read_papers(objects(record, "papers")))
            annotated = AnnotatedTalk.from_dict({**record, "papers": []})
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"{noun} {number}: {error}") from None
        yield replace(annotated, papers=papers)


def _read_papers(records: Iterable[Any]) -> Iterator[Lookup]:
    """Yield the readable papers; others are looked up again and not compared."""
    for record in records:
        with suppress(ValueError):
            yield lookup_from(read_paper(record))


def _collect_papers(papers: Iterable[Lookup]) -> Papers:
    found: dict[PaperId, Lookup] = {}
    for paper in papers:
        found.setdefault(paper.id, paper)
    return Papers(found)
