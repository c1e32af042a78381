"""Earlier JSON output: the `papers` of a document, or the array of `enrich lookup`.

Unresolved papers are skipped. The talks before the papers are skipped as bytes, so memory stays flat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from enrich.collection.readers import Item, Place
from enrich.collection.readers._json import ARRAY, json_array
from enrich.collection.readers._storing import storing
from enrich.collection.readers._stream import Stream
from enrich.collection.readers.records import paper
from enrich.document import check_version
from enrich.errors import PapersError

_FORMAT = re.compile(rb"""\s*\{[^{}\[\]]{0,999}"format"\s*:\s*"enrich\.talks\"""")
_VERSION = re.compile(rb"""\s*\{[^{}\[\]]{0,999}?"version"\s*:\s*"([^"\\]{1,20})\"""")
_LOOKUP = re.compile(
    ARRAY
    + rb"""\{[^{}\[\]]{0,9999}?"id"\s*:\s*"(?:[^":]{1,64}:[^"]+|[0-9]{4}\.[0-9]{4,5}(?:v[0-9]{1,3})?)\""""
)
"""Pattern of an array whose first object has a paper's id."""
_TALK_KEY = re.compile(rb"""\"(?:references|start_time|speaker)"\s*:""")
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+("?)|[\[\]{}]', re.DOTALL)
"""Pattern of a bracket, or of a string; group 1 is its closing quote, missing if the bytes end first."""
_BOM = b"\xef\xbb\xbf"
_BLOCK_BYTES = 1 << 18
_MAX_STRING_BYTES = 1 << 24


class Document:
    """Reader of earlier JSON output."""

    name = "document"
    unit = "record"

    def recognises(self, head: bytes) -> bool:
        """Recognize a document, or a list of its papers."""
        if _FORMAT.match(head):
            return True
        return bool(_LOOKUP.match(head)) and _TALK_KEY.search(head) is None

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """Yield the papers after a place."""
        if found := _VERSION.match(stream.head(1 << 10).removeprefix(_BOM)):
            try:
                check_version(found[1].decode("utf-8", "replace"))
            except ValueError as error:
                raise PapersError(f"{stream.path}: {error}") from None
        if start.number and not start.offset:  # the item without papers was the last one
            return iter(())
        if start.number or stream.head(1 << 10).lstrip(_BOM + b" \t\r\n")[:1] == b"[":
            return json_array(
                stream, start, dict[str, Any], storing(paper), opened=bool(start.number)
            )
        offset = find_array(stream, b'"papers"')
        if offset is None:
            return iter(
                [Item(Place(0, 1), None, "the document is truncated, or has no list of papers")]
            )
        return json_array(stream, Place(offset), dict[str, Any], storing(paper), opened=True)


def find_array(stream: Stream, key: bytes) -> int | None:
    """Return the offset after the bracket of an array.

    The array is a value of the file's top-level object.

    Args:
        stream: A file of one JSON object.
        key: The array's key, with its quotes.

    Raises:
        PapersError: a string is longer than allowed.
    """
    stream.seek(0)
    before, rest, depth, last = 0, b"", 0, b""
    while block := stream.read(
        max(_BLOCK_BYTES, len(rest))
    ):  # a long string is read in doubling steps
        data, rest = rest + block, b""
        for token in _TOKEN.finditer(data):
            text = token[0]
            if text[:1] == b'"':
                if not token[1]:
                    rest = data[token.start() :]
                    break
                last = text if depth == 1 else b""
            elif text in b"[{":
                depth += 1
                if depth == 2 and text == b"[" and last == key:
                    return before + token.end()
            else:
                depth -= 1
        before += len(data) - len(rest)
        if len(rest) > _MAX_STRING_BYTES:
            raise PapersError(f"{stream.path}: a string of more than {_MAX_STRING_BYTES >> 20} MB")
    return None


READER = Document()
