"""`enrich extract`: the references of any text, one a line, without network."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import click

from enrich.cli.options import say
from enrich.document import encode
from enrich.errors import FeedError
from enrich.model import reference_object

_BATCH = 100  # texts of one call


@click.command(
    help="Print the references of texts, one JSON object a line; - is standard input, and so is nothing. "
    'With --jsonl the input is lines of {"id", "text"} and the output lines of {"id", "references"}.'
)
@click.argument("files", nargs=-1, metavar="[TEXT-FILE…|-]")
@click.option("--jsonl", is_flag=True, help="Lines of JSON in, lines of JSON out, one for each.")
def command(files: tuple[str, ...], *, jsonl: bool) -> int:
    """Print the references of the texts."""
    from enrich.references.extract import find_references

    status = 0
    for name in files or ("-",):
        with _opened(name) as file:
            if jsonl:
                for line in _answers(file):
                    if line is None:
                        status = 3  # written, but not whole
                    else:
                        sys.stdout.write(line)
            else:
                for reference in find_references(file.read().decode("utf-8", "replace")):
                    sys.stdout.write(encode(reference_object(reference)) + "\n")
    return status


def _opened(name: str) -> AbstractContextManager[BinaryIO]:
    if name == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise FeedError(f"{name}: {error.strerror}") from error


def _answers(file: BinaryIO) -> Iterator[str | None]:
    """A line for each line; None for one that is no `{"id", "text"}`, which is said."""
    from enrich.references.extract import find_references_many

    rows = _rows(file)
    while batch := list(islice(rows, _BATCH)):
        good = [row for row in batch if row]
        found = find_references_many(text for _, text in good)
        for row in batch:
            if row is None:
                yield None
            else:
                references = [reference_object(reference) for reference in next(found)]
                yield encode({"id": row[0], "references": references}) + "\n"


def _rows(lines: Iterable[bytes]) -> Iterator[tuple[Any, str] | None]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield row["id"], _text(row)
        except (ValueError, KeyError, TypeError, RecursionError):
            say(f'line {number}: no object with "id" and a string "text"')
            yield None


def _text(row: dict[str, Any]) -> str:
    text = row["text"]
    if not isinstance(text, str):
        raise TypeError
    return text
