"""What the readers of JSON share: objects a line, objects of one array. Memory for one of them."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from enrich.collection.readers import Item, Place
from enrich.collection.readers._stream import Stream
from enrich.errors import PapersError
from enrich.store.codec import Row

MAX_OBJECT = 1 << 24
"""Characters of the longest object of an array."""
_BLANK = re.compile(r"[\s,]*")

Make = Callable[[Mapping[str, Any]], Row | None]
"""An object to its paper's row, None where it is none of ours; ValueError says what is wrong with it."""

_HTML = (b"<!doctype html", b"<html", b"<head")


def is_html(text: bytes) -> bool:
    """Whether it begins as a web page."""
    return text[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML)


def json_lines(stream: Stream, start: Place, make: Make) -> Iterator[Item]:
    """A record a line; blank lines are passed over."""
    stream.seek(start.offset)
    offset, number = start
    decode = json.JSONDecoder().raw_decode
    while line := stream.readline():
        offset += len(line)
        number += 1
        place = Place(offset, number)
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            if not text:
                continue
            data, end = decode(text)
            if end != len(text):
                raise json.JSONDecodeError("more than one value", text, end)
            if type(data) is not dict:
                raise ValueError("is no JSON object")  # noqa: TRY301
            yield Item(place, make(data))
        except (ValueError, RecursionError) as error:
            if is_html(line):
                raise PapersError(f"{stream.path}: line {number} begins a web page") from None
            yield Item(place, None, _problem(error, cut=not line.endswith(b"\n")))


def json_array(stream: Stream, start: Place, make: Make) -> Iterator[Item]:
    """A record an object of the file's one array (or its one object).

    Raises:
        PapersError: what stands in the file is no JSON.
    """
    stream.seek(start.offset)
    offset, number = start
    decode = json.JSONDecoder().raw_decode
    text = _Text(stream, opened=bool(number))
    while text.next_object():
        try:
            data, end = decode(text.buffer)
        except (ValueError, RecursionError) as error:
            if isinstance(error, ValueError) and text.more() and len(text.buffer) < MAX_OBJECT:
                continue
            number += 1
            if is_html(text.buffer[:200].encode()):
                raise PapersError(f"{stream.path}: record {number} begins a web page") from None
            if not text.ended:
                raise PapersError(f"{stream.path}: record {number} is no JSON") from None
            yield Item(Place(offset, number), None, "is cut off")
            return
        number += 1
        text.drop(end)
        place = Place(start.offset + text.dropped, number)
        try:
            if type(data) is not dict:
                raise ValueError("is no JSON object")  # noqa: TRY301
            yield Item(place, make(data))
        except ValueError as error:
            yield Item(place, None, str(error))
    if not text.closed:
        yield Item(Place(start.offset + text.dropped, number + 1), None, "is cut off")


class _Text:
    """The characters of a stream that are not yet read as objects."""

    def __init__(self, stream: Stream, *, opened: bool) -> None:
        self.buffer = ""
        self.dropped = 0
        """Bytes before the buffer."""
        self.ended = False
        self.closed = False
        """The array came to its end."""
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._opened = opened
        """The array's bracket is behind us."""

    def more(self) -> bool:
        """Read a block as large as what is there, so that a long object is not scanned for ever."""
        block = self._stream.read(max(1 << 18, len(self.buffer)))
        self.ended = not block
        self.buffer += self._decode(block, self.ended)
        return not self.ended

    def drop(self, end: int) -> None:
        """Forget what was read."""
        self.dropped += len(self.buffer[:end].encode())
        self.buffer = self.buffer[end:]

    def next_object(self) -> bool:
        """Go to the next object; False at the end."""
        while not self.closed:
            self.drop(_BLANK.match(self.buffer).end())  # type: ignore[union-attr]
            if not self.buffer:
                if not self.more():
                    return False
            elif self.buffer[0] == "\ufeff" or (self.buffer[0] == "[" and not self._opened):
                self._opened = self._opened or self.buffer[0] == "["
                self.drop(1)
            elif self.buffer[0] == "]":
                self.closed = True
            else:
                self.closed = not self._opened  # the file's one object
                return True
        return False


def _problem(error: Exception, *, cut: bool) -> str:
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError | RecursionError):
        return "is cut off" if cut else "is no JSON"
    return str(error)
