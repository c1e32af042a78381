"""JSON in bulk files: objects a line, objects of one array. Memory for one of them."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from enrich.collection.readers import Item, Place
from enrich.collection.readers._stream import Stream
from enrich.document import explain
from enrich.errors import PapersError
from enrich.store.codec import StoredPaper

MAX_OBJECT = 1 << 24
"""Characters of the longest object of an array."""
_BLANK = re.compile(r"[\s,]*")
_BOM = b"\xef\xbb\xbf"
_HTML = (b"<!doctype html", b"<html", b"<head")

T = TypeVar("T")


def is_html(text: bytes) -> bool:
    """Return whether a text begins as a web page."""
    return text[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML)


def check_type(data: Any, kind: type[T]) -> T:
    """Convert an object to a type of its format's fields; null reads as missing.

    Raises:
        ValueError: a value is missing or has the wrong type; the message names its place.
    """
    if isinstance(data, Mapping):
        data = {key: value for key, value in data.items() if value is not None}
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise ValueError(explain(error)) from None


def json_lines(
    stream: Stream,
    start: Place,
    kind: type[T],
    make: Callable[[T], StoredPaper | None],
) -> Iterator[Item]:
    """Yield a record a line, decoded into a type; blank lines are passed over.

    `make` returns None for what is not a paper of ours; its ValueError says what is wrong.
    """
    stream.seek(start.offset)
    offset, number = start
    decode = msgspec.json.Decoder(kind).decode
    while line := stream.readline():
        offset += len(line)
        number += 1
        place = Place(offset, number)
        text = line.removeprefix(_BOM) if number == 1 else line
        if text.isspace():
            continue
        try:
            yield Item(place, make(decode(text)))
        except msgspec.ValidationError as error:
            yield Item(place, None, explain(error))
        except (msgspec.DecodeError, RecursionError):
            if is_html(line):
                raise PapersError(f"{stream.path}: line {number} begins a web page") from None
            yield Item(place, None, "not JSON" if line.endswith(b"\n") else "is truncated")
        except ValueError as error:
            yield Item(place, None, str(error))


def json_array(
    stream: Stream,
    start: Place,
    kind: type[T],
    make: Callable[[T], StoredPaper | None],
    *,
    opened: bool = False,
) -> Iterator[Item]:
    """Yield a record an object of the file's one array (or its one object).

    Args:
        stream: The file.
        start: Where reading begins.
        kind: Type of an object's fields.
        make: Makes a paper of an object, as for `json_lines`.
        opened: The start lies within the array.

    Raises:
        PapersError: what stands in the file is not JSON.
    """
    stream.seek(start.offset)
    number = start.number
    decode = json.JSONDecoder().raw_decode
    text = _Window(stream, opened=opened or bool(number))
    while text.seek_object():
        try:
            data, end = decode(text.buffer, text.at)
        except (ValueError, RecursionError) as error:
            if isinstance(error, ValueError) and text.more() and text.size < MAX_OBJECT:
                continue
            number += 1
            if is_html(text.buffer[text.at : text.at + 200].encode("utf-8", "replace")):
                raise PapersError(f"{stream.path}: record {number} begins a web page") from None
            if not text.ended:
                raise PapersError(f"{stream.path}: record {number} is not JSON") from None
            yield Item(Place(start.offset + text.offset, number), None, "is truncated")
            return
        number += 1
        text.pass_by(end)
        place = Place(start.offset + text.offset, number)
        try:
            yield Item(place, make(check_type(data, kind)))
        except ValueError as error:
            yield Item(place, None, str(error))
    if not text.closed:
        yield Item(Place(start.offset + text.offset, number + 1), None, "is truncated")


class _Window:
    """The characters of a stream that are not yet read as objects: `buffer` from `at` on."""

    def __init__(self, stream: Stream, *, opened: bool) -> None:
        self.buffer = ""
        self.at = 0
        self.offset = 0
        """Bytes before `at`, from where the stream stood."""
        self.ended = False
        self.closed = False
        """The array came to its end."""
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._opened = opened
        """The array's bracket was read."""

    @property
    def size(self) -> int:
        """Characters that are not yet read."""
        return len(self.buffer) - self.at

    def more(self) -> bool:
        """Read a block as large as what is there: the time stays linear in a long object."""
        block = self._stream.read(max(1 << 18, self.size))
        self.ended = not block
        self.buffer = self.buffer[self.at :] + self._decode(block, self.ended)
        self.at = 0
        return not self.ended

    def pass_by(self, end: int) -> None:
        """Go on behind what was read."""
        self.offset += len(self.buffer[self.at : end].encode("utf-8", "surrogatepass"))
        self.at = end

    def seek_object(self) -> bool:
        """Go to the next object; return False at the end."""
        while not self.closed:
            blank = _BLANK.match(self.buffer, self.at)
            self.pass_by(blank.end() if blank else self.at)
            if not self.size:
                if not self.more():
                    return False
                continue
            first = self.buffer[self.at]
            if first == "\ufeff" or (first == "[" and not self._opened):
                self._opened = self._opened or first == "["
                self.pass_by(self.at + 1)
            elif first == "]":
                self.closed = True
            else:
                self.closed = not self._opened  # the file's one object
                return True
        return False
