"""dblp's XML dump (dblp.org/xml/dblp.xml.gz): publications with an OpenReview or arXiv page.

The dump encodes letters as the entities of its document type, which are HTML's. dblp has years, but no days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5
from xml.etree.ElementTree import Element

from enrich.collection.readers import HEAD, Item, Place, _refer
from enrich.collection.readers._storing import storing
from enrich.collection.readers._stream import Stream
from enrich.collection.readers._xml import (
    child_text,
    find_encoding,
    iterate_elements,
    parse_element,
    tidied_text,
)
from enrich.paper import Author, Paper

_TAGS = (
    "article",
    "inproceedings",
    "proceedings",
    "book",
    "incollection",
    "phdthesis",
    "mastersthesis",
    "data",
)
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,30};)")
_STANDARD = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_HOMONYM = re.compile(r" \d{4}$")


class Dblp:
    """Reader of dblp's dump."""

    name = "dblp"
    unit = "record"

    def recognises(self, head: bytes) -> bool:
        """Recognize the root element of the dump."""
        return head.lstrip()[:1] == b"<" and b"<dblp" in head

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """Yield the papers after a publication."""
        declared = find_encoding(stream.head(HEAD))
        return iterate_elements(stream, start, _TAGS, storing(lambda data: paper(data, declared)))


def paper(data: bytes, encoding: str = "utf-8") -> Paper | None:
    """Return the paper of a publication, if any.

    Return None if it has no page of arXiv or OpenReview.

    Raises:
        ValueError: the publication has no title.
        ExpatError: the publication is not well-formed, or has an unknown entity.

    >>> paper(b"<article><author>J&ouml;rg Doe 0002</author><title>T.</title><year>2022</year>"
    ...       b"<ee>https://openreview.net/forum?id=FpKgG31Z_i9</ee></article>").authors
    (Author(name='Jörg Doe', family='Doe', given='Jörg'),)
    """
    lower = data.lower()
    if b"openreview.net/" not in lower and b"arxiv" not in lower and b"<volume>abs/" not in data:
        return None
    record = parse_element(_ENTITY.sub(_resolve_entity, data), encoding)
    pages = [tidied_text(page) for page in record.iterfind("ee")]
    journal, volume = child_text(record, "journal"), child_text(record, "volume")
    if journal == "CoRR" and volume:
        pages.append(f"CoRR {volume}")
    ids = sorted(_refer.find_cited(pages), key=lambda id_: id_.source != "openreview")
    return _refer.paper(
        tuple(ids),
        title=(child_text(record, "title") or "").removesuffix("."),
        authors=[
            Author(_HOMONYM.sub("", tidied_text(author) or ""))
            for author in record.iterfind("author")
        ],
        date=_refer.date(child_text(record, "year")),
        venue=child_text(record, "booktitle") or journal,
        doi=_find_doi(record),
        abstract=None,
        grounds="dblp",
    )


def _resolve_entity(match: re.Match[bytes]) -> bytes:
    name = match[1].decode()
    if name in _STANDARD or name not in html5:
        return match[0]
    return "".join(f"&#{ord(c)};" for c in html5[name]).encode()


def _find_doi(record: Element) -> str | None:
    for page in record.iterfind("ee"):
        address = tidied_text(page) or ""
        _, found, doi = address.partition("doi.org/")
        if found and not doi.lower().startswith("10.48550/"):
            return doi
    return None


READER = Dblp()
