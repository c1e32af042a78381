"""`enrich extract`: the references in any text, one per line, without network."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import click

from enrich.cli.options import Command, complete_files, say
from enrich.errors import FeedError

_BATCH_SIZE = 100  # texts of one call
_CALENDAR = re.compile(rb"\s{0,99}(?:\xef\xbb\xbf)?BEGIN\s?:\s?VCALENDAR", re.IGNORECASE)


@click.command(
    cls=Command,
    examples=["enrich extract notes.txt"],
    help="Print the references of texts, one JSON object per line. Without a file, or with -, standard input is read. "
    'With --jsonl each line of the input is {"id", "text"}, and each line of the output {"id", "references"}. '
    'With several files each line begins with its "file".',
)
@click.argument("files", nargs=-1, metavar="[TEXT-FILE…|-]", shell_complete=complete_files)
@click.option(
    "--jsonl", is_flag=True, help="Read lines of JSON, and write one line of JSON for each."
)
def command(files: tuple[str, ...], *, jsonl: bool) -> int:
    """Print the references of the texts."""
    from enrich.document import encode

    status = 0
    for name in files or ("-",):
        label = {"file": name} if len(files) > 1 else {}
        with _open_text(name) as file:
            if jsonl:
                for answer in _answer_lines(file, name):
                    if answer is None:
                        status = 3  # written, but a line was skipped
                    else:
                        sys.stdout.write(encode({**label, **answer}) + "\n")
            else:
                _print_references(file.read(), label, name)
    return status


def _print_references(data: bytes, label: dict[str, str], name: str) -> None:
    """Print the references of one text; point to the command for calendars."""
    from msgspec.structs import asdict

    from enrich.document import encode
    from enrich.model import reference_object
    from enrich.references.extract import find_references

    for reference in find_references(data.decode("utf-8", "replace")):
        sys.stdout.write(encode({**label, **asdict(reference_object(reference))}) + "\n")
    if _CALENDAR.match(data):
        sys.stdout.flush()
        say(
            f"{name}: this is a calendar, but it was read as plain text; "
            f"for its talks: enrich talks {name}"
        )


def _open_text(name: str) -> AbstractContextManager[BinaryIO]:
    """Open a file of text.

    Raises:
        FeedError: the file cannot be read; the hint shows how to pass a text.
    """
    if name == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise FeedError(f"{name}: {error.strerror}", hint=_suggest_command(name)) from error


def _suggest_command(name: str) -> str | None:
    """Return the command for a text that was given as a file name."""
    from enrich.cli.suggestions import names_paper
    from enrich.references.extract import find_references

    quoted = shlex.quote(name)
    if names_paper(name):
        return f"did you mean enrich lookup {quoted}? A text is read from standard input: echo {quoted} | enrich extract"
    if find_references(name) or " " in name:
        return f"a text is read from standard input: echo {quoted} | enrich extract"
    return None


def _answer_lines(file: BinaryIO, name: str) -> Iterator[dict[str, Any] | None]:
    """Yield an answer for each line, None for a bad one."""
    from enrich.model import reference_object
    from enrich.references.extract import find_references_many

    rows = _parse_lines(file, name)
    while batch := list(islice(rows, _BATCH_SIZE)):
        found = find_references_many(text for _, text in filter(None, batch))
        for row in batch:
            if row is None:
                yield None
            else:
                references = [reference_object(reference) for reference in next(found)]
                yield {"id": row[0], "references": references}


def _parse_lines(lines: Iterable[bytes], name: str) -> Iterator[tuple[Any, str] | None]:
    """Yield id and text of each line; report a bad one, and yield None.

    Blank lines are skipped.
    """
    where = "" if name == "-" else f"{name}, "
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield row["id"], _check_json_text(row["text"])
        except (ValueError, KeyError, TypeError, RecursionError):
            say(f'{where}line {number}: not an object with "id" and a string "text"')
            yield None


def _check_json_text(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError
    return text
