"""Shared part of the readers of XML: records, found by their tags and parsed one by one.

So a dump may be truncated, or contain several harvests; and only one record is in memory. No document type
is read, so only the five standard entities resolve.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from enrich.collection.readers import Item, Place
from enrich.collection.readers._storing import MAX_RECORD, TOO_LARGE, make_item
from enrich.collection.readers._stream import Stream
from enrich.errors import PapersError
from enrich.store.codec import StoredPaper
from enrich.text.tidy import tidy

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

_HTML = re.compile(rb"<(?:!doctype html|html)[\s>]", re.IGNORECASE)
_ENCODINGS = ("utf-8", "us-ascii", "iso-8859-1")  # expat's encodings except UTF-16
_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}encoding\s{0,9}=\s{0,9}["']([A-Za-z0-9-]{1,20})["']""")


def iterate_elements(
    stream: Stream,
    start: Place,
    tags: tuple[str, ...],
    make: Callable[[bytes], StoredPaper | None],
) -> Iterator[Item]:
    """Yield a record for each element of these names.

    Such elements do not nest. `make` gets the bytes of the element.

    Raises:
        PapersError: the file contains a web page.
    """
    begins = re.compile(b"<(" + "|".join(tags).encode() + rb")(?=[\s>])")
    root = re.search(rb"<([A-Za-z-]+)[\s>]", re.sub(rb"<[?!][^>]*>", b"", stream.head(4096)))
    closing = b"</" + root[1] + b">" if root and root[1].decode() not in tags else b""
    stream.seek(start.offset)
    offset, number = start
    buffer, gap = b"", b""
    searched_to: dict[bytes, int] = {}
    """For each closing tag, the place in the buffer before which it does not occur."""
    ended = False
    while not ended:
        block = stream.read()
        ended = not block
        buffer += block
        at = 0
        while found := begins.search(buffer, at):
            mark = b"</" + found[1] + b">"
            end = buffer.find(mark, max(found.end(), searched_to.get(mark, 0)))
            if end < 0:
                searched_to[mark] = len(buffer) - len(mark) + 1
                if len(buffer) - found.start() <= MAX_RECORD:
                    break
                end = found.end()
            else:
                end += len(mark)
            gap = buffer[at : found.start()]
            _refuse_page(gap, stream)
            number += 1
            place = Place(offset + end, number)
            if end == found.end() or end - found.start() > MAX_RECORD:
                yield Item(place, None, f"has no closing tag, or {TOO_LARGE}")
            else:
                yield make_item(place, make, buffer[found.start() : end])
            at = end
        if found is None:
            gap = buffer[at:]
            _refuse_page(gap, stream)
            if not ended:
                at = max(at, len(buffer) - 4096)  # a tag may continue in the next block
        offset += at
        buffer = buffer[at:] if at else buffer
        searched_to = {mark: max(end - at, 0) for mark, end in searched_to.items()}
    if closing not in buffer or begins.search(buffer):
        yield Item(Place(offset, number + 1), None, "is truncated")


def find_encoding(head: bytes) -> str:
    """Return the encoding that a dump declares.

    Return UTF-8 without a declaration, or for an unknown one.
    """
    found = _ENCODING.search(head[:1000])
    declared = found[1].decode().lower() if found else ""
    return declared if declared in _ENCODINGS else "utf-8"


def parse_element(data: bytes, encoding: str = "utf-8") -> Element:
    """Parse one record.

    Names keep their prefixes, because the prefixes are declared outside the record.

    Raises:
        ExpatError: the record is not well-formed, or has an entity other than the standard five.
    """
    parser: XMLParserType = expat.ParserCreate(encoding)
    builder = TreeBuilder()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.Parse(data, True)
    return builder.close()


def child_text(record: Element, tag: str) -> str | None:
    """Return the text of a name's first child."""
    found = record.find(tag)
    return None if found is None else tidied_text(found)


def tidied_text(found: Element) -> str | None:
    """Return an element's text, tidied; None if empty."""
    return tidy("".join(found.itertext())) or None


def _refuse_page(gap: bytes, stream: Stream) -> None:
    """Raise PapersError if a web page begins between records."""
    if _HTML.search(gap):
        raise PapersError(f"{stream.path}: a web page is among the records")
