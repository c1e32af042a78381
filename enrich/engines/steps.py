"""The two steps that run on workers: pure, except that they read a collection.

Neither step requests anything from a service, or imports code that could. A row is a line of ndjson
with only those papers that the collection has, not yet related to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from typing import NamedTuple, TypeVar

import msgspec

from enrich.annotation import annotate
from enrich.collection.answers import open_answers
from enrich.collection.collection import Collection, FilePath, open_collection
from enrich.document import LineObject, decode_line, encode, encode_bytes
from enrich.model import (
    DERIVED_WARNINGS,
    AnnotatedTalk,
    Reference,
    References,
    Talk,
    annotated_talk_from,
    line_object,
)
from enrich.paper import Lookup, Paper, PaperId, Papers, paper_object
from enrich.references.extract import find_references

_BATCH_SIZE = 100  # talks whose papers are read in one query
_MAX_CACHED_PAPERS = 8192  # talks of one partition share papers

T = TypeVar("T")


class MappedTalk(NamedTuple):
    """One talk after the first step."""

    row: str
    """Line of JSON for `join_talks`, with its line feed."""
    missing: tuple[str, ...]
    """Ids with cited versions that the collection does not have: `arxiv:2103.01338v2`."""
    references: References


def map_talks(
    talks: Iterable[Talk],
    collection: Collection | FilePath | None = None,
    *,
    abstracts: bool = False,
) -> Iterator[MappedTalk]:
    """Extract the references of talks, and join the collection's papers.

    Yields one result for each talk, in order, which depends only on that talk and the collection. To
    map a text, make a talk with an id and the text as its abstract.

    Args:
        talks: The talks to map.
        collection: A collection, open or by its path; None: all ids are missing.
        abstracts: Whether to include the papers' abstracts.

    Raises:
        PapersError: the collection cannot be read.

    >>> (mapped,) = map_talks([Talk(id="1", abstract="see arXiv:2103.01338v2")])
    >>> mapped.missing
    ('arxiv:2103.01338v2',)
    """
    encoded: dict[PaperId, tuple[Paper, msgspec.Raw]] = {}
    with _open_context(collection, open_collection) as known:
        for batch in _take_batches(talks):
            found = [find_references(talk) for talk in batch]
            if len(encoded) > _MAX_CACHED_PAPERS:
                encoded.clear()
            wanted = {r.paper for references in found for r in references} - encoded.keys()
            if known is not None and wanted:
                for id_, paper in known.get_many(wanted, abstracts=abstracts).items():
                    encoded[id_] = paper, _encode_paper(paper)
            for talk, references in zip(batch, found, strict=True):
                yield _map_talk(talk, references, encoded)


def join_talks(
    rows: Iterable[str | bytes],
    collection: Collection | FilePath | None = None,
    *,
    abstracts: bool = False,
    on_problem: Callable[[str], None] | None = None,
) -> Iterator[str]:
    """Join rows of `map_talks` with looked-up papers.

    Yields, in order, the lines that `enrich -f ndjson` writes on one machine.

    Args:
        rows: Rows of `map_talks`, which other processes and machines may have made.
        collection: The collection from `enrich lookup - -o FILE.sqlite`, open or by its path, or any
            other; None: missing papers are `failed`.
        abstracts: Whether to include the papers' abstracts.
        on_problem: Called with a message for each row that cannot be read; the row is skipped.

    Raises:
        PapersError: the collection cannot be read.
        ValueError: a row cannot be read, and there is no `on_problem`.

    >>> (mapped,) = map_talks([Talk(id="1", abstract="see arXiv:2103.01338")])
    >>> (line,) = join_talks([mapped.row])
    >>> AnnotatedTalk.from_dict(msgspec.json.decode(line)).papers["arxiv:2103.01338"].code
    'offline_miss'
    """
    for number, (line, error) in enumerate(join_each(rows, collection, abstracts=abstracts), 1):
        if line is not None:
            yield line
        elif error is not None and on_problem is None:
            raise ValueError(f"row {number}: {error}")
        elif error is not None and on_problem is not None:
            on_problem(f"row {number}: {error}")


def join_each(
    rows: Iterable[str | bytes],
    collection: Collection | FilePath | None = None,
    *,
    abstracts: bool = False,
) -> Iterator[tuple[str | None, str | None]]:
    """Join rows like `join_talks`; yield line and error of each.

    This is for adapters. A blank row yields (None, None).
    """
    with _open_context(collection, open_answers) as found:
        for batch in _take_batches(map(_decode_row, rows)):
            missing = {id_ for line, _ in batch if line for id_ in _list_missing(line)}
            answers = found.get_answers(missing, abstracts=abstracts) if found and missing else {}
            for line, error in batch:
                yield (encode(_join_line(line, answers)) + "\n" if line else None), error


def _map_talk(
    talk: Talk, references: References, encoded: dict[PaperId, tuple[Paper, msgspec.Raw]]
) -> MappedTalk:
    own = {paper.id: paper for paper in talk.papers}  # of an earlier output
    papers: dict[PaperId, Lookup] = {}
    missing: dict[str, None] = {}
    for reference in references:
        id_ = reference.paper
        if id_ in own:
            papers[id_] = own[id_]
        elif id_ in encoded:
            papers[id_] = encoded[id_][0]
        else:
            missing[f"{id_}{reference.version or ''}"] = None

    def encode_known(paper: Lookup) -> msgspec.Raw:
        cached = encoded.get(paper.id)
        return cached[1] if cached and cached[0] is paper else _encode_paper(paper)

    annotated = AnnotatedTalk(
        talk=talk,
        references=tuple(references),
        papers=Papers(papers),
        warnings=tuple(dict.fromkeys((*talk.warnings, *references.warnings))),
    )
    row = encode(line_object(annotated, encode_known)) + "\n"
    return MappedTalk(row, tuple(missing), references)


def _join_line(line: LineObject, answers: dict[PaperId, Lookup]) -> LineObject:
    if not line.references:
        return line
    row = annotated_talk_from(line)
    extraction = [warning for warning in row.warnings if warning.code in DERIVED_WARNINGS]
    known = {id_: paper for id_, paper in row.papers.items() if isinstance(paper, Paper)}
    references: Iterable[Reference] = References(row.references, extraction)
    return line_object(annotate(row.talk, references, answers | known))


def _list_missing(line: LineObject) -> Iterator[PaperId]:
    known = {paper.id for paper in line.papers if paper.status == "resolved"}
    for reference in line.references:
        if reference.paper not in known:
            yield PaperId(reference.paper)


def _decode_row(row: str | bytes) -> tuple[LineObject | None, str | None]:
    """Decode a row; return its line or its error."""
    try:
        return (decode_line(row) if row.strip() else None), None
    except ValueError as error:
        return None, str(error)


def _encode_paper(paper: Lookup) -> msgspec.Raw:
    return msgspec.Raw(encode_bytes(paper_object(paper)))


def _open_context(
    collection: Collection | FilePath | None, open_it: Callable[[FilePath], Collection]
) -> AbstractContextManager[Collection | None]:
    """Return a context of an open collection; it closes only a collection that it opened."""
    if collection is None or isinstance(collection, Collection):
        return nullcontext(collection)
    return open_it(collection)


def _take_batches(items: Iterable[T]) -> Iterator[list[T]]:
    left = iter(items)
    while batch := list(islice(left, _BATCH_SIZE)):
        yield batch
