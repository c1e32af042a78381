"""`-f csv`: a table for spreadsheets, with a row for each reference, talk or work. Streams, except works.

UTF-8, a header, lines that end in LF. Lists are joined by `; `. A cell that a spreadsheet would take
for a formula begins with `'`. Control and bidi characters are left out. `columns` are the names of the
columns to write, in their order.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from enrich.document import (
    PaperObject,
    PublishedAsObject,
    ReferenceObject,
    TalkObject,
)
from enrich.identity import Work, group_works
from enrich.model import AnnotatedTalk, Document, reference_object, talk_object
from enrich.paper import paper_object
from enrich.text.terminal import drop_unsafe
from enrich.writers._options import Configurable
from enrich.writers._totals import Totals

Rows = Literal["talk", "paper", "reference"]

_BOM = "\ufeff"
_FORMULA = frozenset("=+-@ \n\uff1d\uff0b\uff0d\uff20")
"""First characters of cells that Excel, LibreOffice or Google Sheets may evaluate."""
_CONTEXT = ("context_start", "context_end")
_ERROR = ("error_code", "error_message", "error_retryable")
_PUBLISHED_AS = tuple(f"published_as_{key}" for key in PublishedAsObject.__struct_fields__)
_NOT_OF_TALKS = frozenset({"texts", "suggested"})
_LONG = frozenset({"abstract", "references"})
"""Columns that rows of references leave out."""


def _list_columns(keys: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of an object's keys; a nested object has several."""
    nested = {"context": _CONTEXT, "error": _ERROR, "published_as": _PUBLISHED_AS}
    return tuple(column for key in keys for column in nested.get(key, (key,)))


_TALK = _list_columns(key for key in TalkObject.__struct_fields__ if key not in _NOT_OF_TALKS)
_PAPER = _list_columns(PaperObject.__struct_fields__)
_REFERENCE = _list_columns(ReferenceObject.__struct_fields__)
_TALK_OF_REFERENCE = tuple(column for column in _TALK if column not in _LONG)
_PAPER_OF_REFERENCE = tuple(column for column in _PAPER if column not in {"id", *_LONG})

_REFERENCE_ROW = (
    *_REFERENCE,
    *(f"talk_{column}" for column in _TALK_OF_REFERENCE),
    *(f"paper_{column}" for column in _PAPER_OF_REFERENCE),
)


@dataclass(frozen=True)
class _Csv(Configurable):
    suffixes: ClassVar[tuple[str, ...]] = (".csv",)
    options: ClassVar[tuple[str, ...]] = ("rows", "columns", "bom")
    rows: Rows = "reference"
    columns: tuple[str, ...] | None = None
    """Names of the columns; None: all."""
    bom: bool = False

    def __post_init__(self) -> None:
        _check_columns(self.columns or (), self.rows)

    def write(self, document: Document) -> Iterator[str]:
        """Yield the header, then the rows."""
        header, list_rows = _ROWS[self.rows]
        rows: Iterable[list[Any]] = list_rows(document)
        if self.columns:
            places = [header.index(column) for column in self.columns]
            rows = ([row[place] for place in places] for row in rows)
        yield (_BOM if self.bom else "") + _format_row(self.columns or header)
        yield from map(_format_row, rows)


def _check_columns(columns: Iterable[str], rows: Rows) -> None:
    """Check that a table has the columns, and that each is named once.

    Raises:
        ValueError: a name is not a column of the table, or is given twice.

    >>> _check_columns(["paper_title", "title"], "reference")
    Traceback (most recent call last):
    ...
    ValueError: 'title' is not a column of a table of references; did you mean talk_title or paper_title?
    """
    known, _ = _ROWS[rows]
    seen = set[str]()
    for column in columns:
        if column not in known:
            raise ValueError(
                f"{column!r} is not a column of a table of {rows}s; {_suggest_columns(column, known)}"
            )
        if column in seen:
            raise ValueError(f"the column {column} is named twice")
        seen.add(column)


def _suggest_columns(column: str, known: Sequence[str]) -> str:
    """Return the columns that a wrong name may mean; without any, all columns."""
    from difflib import get_close_matches

    names: dict[str, list[str]] = {}
    for name in known:
        names.setdefault(_drop_prefix(name), []).append(name)
    bare = _drop_prefix(column)
    meant = names.get(bare) or [
        name for close in get_close_matches(bare, names, n=1) for name in names[close]
    ]
    if not meant:
        return f"its columns are {', '.join(known)}"
    return f"did you mean {' or '.join(meant)}?"


def _drop_prefix(column: str) -> str:
    return column.removeprefix("paper_").removeprefix("talk_")


def _format_row(row: Iterable[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_format_cell(value) for value in row])
    return out.getvalue()


def _format_cell(value: Any) -> str | int:
    """Return a cell that no spreadsheet evaluates; true and false as in JSON."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return value
        case _:
            text = drop_unsafe(str(value).replace("\t", " "))
            return "'" + text if text[:1] in _FORMULA else text


def _list_talks(document: Document) -> Iterator[list[Any]]:
    for annotated in document.talks:
        values = _collect_talk(annotated)
        yield [values[column] for column in _TALK]


def _collect_talk(annotated: AnnotatedTalk) -> dict[str, Any]:
    talk = talk_object(annotated)
    return {
        **{key: getattr(talk, key) for key in talk.__struct_fields__},
        "references": _join_list(dict.fromkeys(r.paper for r in talk.references)),
        "warnings": _join_list(w.code for w in talk.warnings),
    }


def _list_references(document: Document) -> Iterator[list[Any]]:
    for annotated in document.talks:
        yield from _list_rows(annotated)


def _list_rows(annotated: AnnotatedTalk) -> Iterator[list[Any]]:
    if not annotated.references:
        return
    talk = _collect_talk(annotated)
    of_talk = [talk[column] for column in _TALK_OF_REFERENCE]
    papers: dict[str, list[Any]] = {}
    for found in annotated.references:
        reference = reference_object(found)
        values = {key: getattr(reference, key) for key in reference.__struct_fields__}
        values |= dict(zip(_CONTEXT, reference.context, strict=True))
        if found.paper not in papers:
            paper = annotated.papers.get(found.paper)
            known = _collect_paper(paper_object(paper)) if paper is not None else {}
            papers[found.paper] = [known.get(column) for column in _PAPER_OF_REFERENCE]
        yield [values[column] for column in _REFERENCE] + of_talk + papers[found.paper]


def _list_papers(document: Document) -> Iterator[list[Any]]:
    totals = Totals()
    for _ in totals.counting(document.talks):
        pass
    for work in group_works(totals.papers(document).values()):
        values = _collect_paper(paper_object(work.best)) | _join_links(work)
        yield [values[column] for column in _PAPER]


def _join_links(work: Work) -> dict[str, str]:
    """Return the addresses of a work's records, the best record's first."""
    records = (work.best, *work.papers)
    return {
        "url": _join_list(dict.fromkeys(record.url for record in records if record.url)),
        "pdf": _join_list(dict.fromkeys(record.pdf for record in records if record.pdf)),
    }


def _collect_paper(paper: PaperObject) -> dict[str, Any]:
    error, published = paper.error, paper.published_as
    return {
        **{key: getattr(paper, key) for key in paper.__struct_fields__},
        "authors": _join_list(author.name for author in paper.authors),
        "dates": _join_list(f"{name} {date}" for name, date in paper.dates.items()),
        "versions": _join_list(f"{v.version} {v.date or ''}".rstrip() for v in paper.versions),
        "same_as": _join_list(paper.same_as),
        **dict.fromkeys((*_ERROR, *_PUBLISHED_AS)),
        **(dict(zip(_ERROR, (error.code, error.message, error.retryable), strict=True)) if error else {}),
        **({c: getattr(published, c.removeprefix("published_as_")) for c in _PUBLISHED_AS} if published else {}),
    }  # fmt: skip


def _join_list(texts: Iterable[str]) -> str:
    return "; ".join(texts)


_ROWS: Mapping[Rows, tuple[tuple[str, ...], Callable[[Document], Iterator[list[Any]]]]] = {
    "talk": (_TALK, _list_talks),
    "paper": (_PAPER, _list_papers),
    "reference": (_REFERENCE_ROW, _list_references),
}
WRITER = _Csv()
