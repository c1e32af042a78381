"""JSON in bulk files: one object per line, or the objects of one array.

Only one object is in memory.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from enrich.collection.readers import Item, Place
from enrich.collection.readers._storing import (
    MAX_RECORD,
    MAX_VALUES,
    TOO_LARGE,
    count_values,
    describe_problem,
    make_item,
)
from enrich.collection.readers._stream import Stream
from enrich.document import explain
from enrich.errors import PapersError
from enrich.store.codec import StoredPaper

_MAX_BROKEN = 100
"""Maximum number of an array's objects that are not JSON; each may take the time of the largest record."""
_HEAD_BYTES = 1 << 10
_MIN_COUNTED_CHARS = 1 << 16
"""Values are counted only in texts of this length; a shorter text cannot have too many."""
_BLANK = re.compile(r"[\s,]*")
_MARK = re.compile(r'\\.|["{}\[\],]', re.DOTALL)
"""Quotes, brackets and commas, to find an object's end; escaped characters are skipped."""
_BOM = b"\xef\xbb\xbf"
ARRAY = (
    rb"\s*\[\s*(?:(?:null|true|false|-?[0-9][0-9.eE+-]{0,20}|\"[^\"\\]{0,200}\"|\[\s*\]|\{\s*\})\s*,\s*){0,50}"
    rb"(?=\{)"
)
"""Pattern of an array up to its first object; values before that are not records."""
_HTML = (b"<!doctype html", b"<html", b"<head")

T = TypeVar("T")


def is_web_page(text: bytes) -> bool:
    """Return whether a text begins like a web page."""
    return text[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML)


def check_type(data: Any, kind: type[T]) -> T:
    """Convert an object to the type of its format.

    A null counts as a missing field.

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
    """Yield one record per line, decoded into a type.

    Blank lines are skipped. `make` returns None for a paper of another service; its exception becomes the
    record's problem.
    """
    stream.seek(start.offset)
    offset, number = start
    decode = msgspec.json.Decoder(kind).decode
    while line := stream.readline():
        offset += len(line)
        number += 1
        if stream.is_partial_line(line) or has_too_many_values(line):
            if stream.is_partial_line(line):
                offset += stream.skip_line()
            yield Item(Place(offset, number), None, TOO_LARGE)
            continue
        place = Place(offset, number)
        text = line.removeprefix(_BOM) if number == 1 else line
        if text.isspace():
            continue
        try:
            data = decode(text)
        except msgspec.ValidationError as error:
            yield Item(place, None, explain(error))
        except RecursionError:
            yield Item(place, None, "is nested too deeply")
        except msgspec.DecodeError:
            if is_web_page(line):
                raise PapersError(f"{stream.path}: line {number} begins a web page") from None
            yield Item(place, None, describe_bad_json(text, is_whole=line.endswith(b"\n")))
        except Exception as error:  # noqa: BLE001 - the line may come from an untrusted file
            yield Item(place, None, describe_problem(error))
        else:
            yield make_item(place, make, data)


def describe_bad_json(line: bytes, *, is_whole: bool = True) -> str:
    r"""Describe why a line is not JSON.

    Python's decoder accepts more than JSON, so it finds the parts that JSON does not allow.

    Args:
        line: The line that could not be decoded.
        is_whole: Whether the line ends with a line break; if not, it may be truncated.

    >>> describe_bad_json(b'{"a": NaN}'), describe_bad_json(b'{"a": "\\ud800"}')
    ('not JSON: NaN is not a number of JSON', 'not JSON: a text holds half a surrogate pair (\\ud800 to \\udfff)')
    """
    try:
        text = line.rstrip(b"\r\n").decode()
    except UnicodeDecodeError as error:
        return f"not JSON: byte {error.start + 1} is not UTF-8" if is_whole else "is truncated"
    constants: list[str] = []
    try:
        json.loads(text, parse_constant=constants.append)
    except json.JSONDecodeError as error:
        if not is_whole:
            return "is truncated"
        if error.pos == 0:
            return "not JSON"
        return f"not JSON: {error.msg[:1].lower()}{error.msg[1:]} at column {error.colno}"
    except (ValueError, RecursionError):
        return "not JSON"
    if constants:
        return f"not JSON: {constants[0]} is not a number of JSON"
    return "not JSON: a text holds half a surrogate pair (\\ud800 to \\udfff)"


def json_array(
    stream: Stream,
    start: Place,
    kind: type[T],
    make: Callable[[T], StoredPaper | None],
    *,
    opened: bool = False,
) -> Iterator[Item]:
    """Yield a record for each object of an array.

    The array is the whole file; a file may also be one object. An object that is broken or larger than a
    record is skipped up to its closing bracket.

    Args:
        stream: The file.
        start: Place after which reading begins.
        kind: Type of an object's fields.
        make: Makes a paper from an object, as for `json_lines`.
        opened: Whether the place is inside the array.

    Raises:
        PapersError: the file contains a web page, or more than `_MAX_BROKEN` objects that are not JSON.
    """
    if start.number and not opened:
        if stream.head(_HEAD_BYTES).lstrip(_BOM + b" \t\r\n,")[:1] != b"[":
            return  # the file is one object, already read
        opened = True
    stream.seek(start.offset)
    number, broken = start.number, 0
    decode = json.JSONDecoder().raw_decode

    def convert(data: Any) -> StoredPaper | None:
        return make(check_type(data, kind))

    text = _Window(stream, opened=opened)
    while text.seek_object():
        problem = ""
        data: Any = None
        try:
            data, end = decode(text.buffer, text.position)
            record = text.buffer[text.position : end]
            if not text.move_to(end):
                data = json.loads(
                    record.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
                )
        except ValueError:
            if text.may_be_incomplete() and text.read_more():
                continue
            if is_web_page(
                text.buffer[text.position : text.position + 200].encode("utf-8", "replace")
            ):
                raise PapersError(f"{stream.path}: record {number + 1} begins a web page") from None
            problem = "is not JSON" if text.may_be_incomplete() else f"is not JSON, or {TOO_LARGE}"
            broken += 1
            if broken > _MAX_BROKEN:
                raise PapersError(f"{stream.path}: {broken} records are not JSON") from None
        except RecursionError:
            problem = "is nested too deeply"
        number += 1
        if problem and not text.skip_value():
            problem = "is truncated"
        place = Place(start.offset + text.offset, number)
        if problem:
            yield Item(place, None, problem)
            if text.ended and not text.size:
                return
        else:
            yield make_item(place, convert, data)
    if not text.closed:
        yield Item(Place(start.offset + text.offset, number + 1), None, "is truncated")


def has_too_many_values(line: bytes) -> bool:
    """Return whether a line has more values than allowed."""
    if len(line) < _MIN_COUNTED_CHARS:
        return False
    return count_values(line.decode("latin-1")) > MAX_VALUES


class _Window:
    """Window on a stream: `buffer` from `position` on holds the characters not yet decoded."""

    def __init__(self, stream: Stream, *, opened: bool) -> None:
        self.buffer = ""
        self.position = 0
        self.offset = 0
        """Number of bytes before `position`, from the start of reading."""
        self.ended = False
        self.closed = False
        """Whether the array has ended."""
        self._stream = stream
        # A byte that is not UTF-8 becomes one character, so that offsets match the file's.
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self._opened = opened
        """Whether the array's bracket was read."""

    @property
    def size(self) -> int:
        """Number of characters not yet decoded."""
        return len(self.buffer) - self.position

    def may_be_incomplete(self) -> bool:
        """Return whether the current object may still be complete."""
        return self.size < MAX_RECORD and count_values(self.buffer[self.position :]) < MAX_VALUES

    def read_more(self) -> bool:
        """Read a block; return False at the file end.

        The block is as large as the buffered text, so time stays linear in the length of an object.
        """
        if self.ended:
            return False
        block = self._stream.read(max(1 << 18, self.size))
        self.ended = not block
        self.buffer = self.buffer[self.position :] + self._decode(block, self.ended)
        self.position = 0
        return not self.ended

    def move_to(self, end: int) -> bool:
        """Move to `end`; return whether the text was UTF-8."""
        text = self.buffer[self.position : end]
        self.position = end
        try:
            self.offset += len(text.encode())
        except UnicodeEncodeError:
            self.offset += len(text.encode("utf-8", "surrogateescape"))
            return False
        return True

    def skip_value(self) -> bool:
        """Skip a value that cannot be decoded.

        Return False if the file ends inside it. Blocks are read one at a time, so memory stays flat.
        """
        depth, quoted = 0, False
        while True:
            end = self.position
            for mark in _MARK.finditer(self.buffer, self.position):
                end = mark.end()
                if quoted:
                    quoted = mark[0] != '"'
                elif mark[0] == '"':
                    quoted = True
                elif mark[0] in "{[":
                    depth += 1
                elif mark[0] in "}]":
                    if depth == 0 and mark[0] == "]":  # it closes the array
                        end = mark.start()
                    if depth <= 1:
                        self.move_to(end)
                        return True
                    depth -= 1
                elif depth == 0:
                    self.move_to(end)
                    return True
            # A backslash at the end escapes the next block's first character.
            rest = end < len(self.buffer) and self.buffer.endswith("\\")
            self.move_to(len(self.buffer) - rest)
            if not self.read_more():
                self.move_to(len(self.buffer))
                return False

    def seek_object(self) -> bool:
        """Seek the next object; return False at the end."""
        while not self.closed:
            blank = _BLANK.match(self.buffer, self.position)
            self.move_to(blank.end() if blank else self.position)
            if not self.size:
                if not self.read_more():
                    return False
                continue
            first = self.buffer[self.position]
            if first == "\ufeff" or (first == "[" and not self._opened):
                self._opened = self._opened or first == "["
                self.move_to(self.position + 1)
            elif first == "]":
                self.closed = True
            else:
                self.closed = not self._opened  # the file's one object
                return True
        return False
