"""What the readers of XML share: records cut out of a dump by their tags, each parsed by itself.

So a dump may be cut off, or several harvests in one file; memory is for one record; and there is no
document type in which entities could be declared, so none but the standard five resolves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from enrich.collection.readers import Item, Place
from enrich.collection.readers._stream import Stream
from enrich.errors import PapersError
from enrich.store.codec import StoredPaper
from enrich.text.tidy import tidy

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

MAX_RECORD = 1 << 26
"""Bytes of the longest record."""
_HTML = re.compile(rb"<(?:!doctype html|html)[\s>]", re.IGNORECASE)
_ENCODINGS = ("utf-8", "us-ascii", "iso-8859-1")  # what expat knows, but for UTF-16
_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}encoding\s{0,9}=\s{0,9}["']([A-Za-z0-9-]{1,20})["']""")


def slices(
    stream: Stream,
    start: Place,
    tags: tuple[str, ...],
    make: Callable[[bytes], StoredPaper | None],
) -> Iterator[Item]:
    """A record an element of these names, which do not nest; `make` gets its bytes.

    Raises:
        PapersError: a web page stands between the records, or a record is beyond all size.
    """
    begins = re.compile(b"<(" + "|".join(tags).encode() + rb")(?=[\s>])")
    root = re.search(rb"<([A-Za-z-]+)[\s>]", re.sub(rb"<[?!][^>]*>", b"", stream.head(4096)))
    closing = b"</" + root[1] + b">" if root and root[1].decode() not in tags else b""
    stream.seek(start.offset)
    offset, number = start
    buffer, gap = b"", b""
    ended = False
    while not ended:
        block = stream.read()
        ended = not block
        buffer += block
        at = 0
        while found := begins.search(buffer, at):
            end = buffer.find(b"</" + found[1] + b">", found.end())
            if end < 0:
                break
            end += len(found[1]) + 3
            gap = buffer[at : found.start()]
            _no_page(gap, stream)
            number += 1
            place = Place(offset + end, number)
            try:
                row = make(buffer[found.start() : end])
            except (ValueError, expat.ExpatError) as error:
                problem = str(error) if type(error) is ValueError else f"is no XML ({error})"
                yield Item(place, None, problem)
            else:
                yield Item(place, row)
            at = end
        if found is None:
            gap = buffer[at:]
            _no_page(gap, stream)
            if not ended:
                at = max(at, len(buffer) - 4096)  # a tag may go on in the next block
        elif len(buffer) - at > MAX_RECORD:
            raise PapersError(f"{stream.path}: record {number + 1} has no end")
        offset += at
        buffer = buffer[at:] if at else buffer
    if closing not in buffer or begins.search(buffer):
        yield Item(Place(offset, number + 1), None, "is truncated")


def encoding(head: bytes) -> str:
    """The encoding that a dump declares, UTF-8 where it declares none that can be read."""
    found = _ENCODING.search(head[:1000])
    declared = found[1].decode().lower() if found else ""
    return declared if declared in _ENCODINGS else "utf-8"


def element(data: bytes, encoding: str = "utf-8") -> Element:
    """Parse one record; names keep their prefixes, whose declarations may stand far away.

    Raises:
        ExpatError: it is not well-formed, or names an entity that is none of the standard five.
    """
    parser: XMLParserType = expat.ParserCreate(encoding)
    builder = TreeBuilder()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.Parse(data, True)
    return builder.close()


def text(record: Element, tag: str) -> str | None:
    """The text of the first child of this name, with that of the elements in it."""
    found = record.find(tag)
    return None if found is None else words(found)


def words(found: Element) -> str | None:
    """All text in an element, tidied."""
    return tidy("".join(found.itertext())) or None


def _no_page(gap: bytes, stream: Stream) -> None:
    if _HTML.search(gap):
        raise PapersError(f"{stream.path}: a web page stands among the records")
