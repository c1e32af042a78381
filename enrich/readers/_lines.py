"""What the readers of JSON share: objects a line, objects of one array. Memory for one object."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from enrich.errors import PapersError
from enrich.paper import Paper
from enrich.readers import Item, Place
from enrich.readers._stream import Stream

Make = Callable[[Mapping[str, Any]], Paper | None]
"""An object to its paper, None where it is none of ours; ValueError says what is wrong with it."""

_HTML = (b"<!doctype html", b"<html", b"<head")


def is_html(text: bytes) -> bool:
    """Whether it begins as a web page."""
    return text[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML)


def json_lines(stream: Stream, start: Place, make: Make) -> Iterator[Item]:
    """A record a line; blank lines are passed over."""
    stream.seek(start.offset)
    offset, number = start
    decode = json.loads
    while line := stream.readline():
        offset += len(line)
        number += 1
        place = Place(offset, number)
        if line.isspace():
            continue
        try:
            data = decode(line)
            if type(data) is not dict:
                raise ValueError("is no JSON object")  # noqa: TRY301
            yield Item(place, make(data))
        except (ValueError, RecursionError) as error:
            if is_html(line):
                raise PapersError(f"{stream.path}: line {number} begins a web page") from None
            yield Item(place, None, _problem(error, cut=not line.endswith(b"\n")))


def _problem(error: Exception, *, cut: bool) -> str:
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError | RecursionError):
        return "is cut off" if cut else "is no JSON"
    return str(error)
