"""OAI-PMH dumps of arXiv (oaipmh.arxiv.org): one response or many, of the form `arXiv` or `arXivRaw`.

`arXivRaw` has all versions with their dates; `arXiv` has the dates of the first and the newest version.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from enrich.collection.readers import Item, Place, _arxiv
from enrich.collection.readers._storing import storing
from enrich.collection.readers._stream import Stream
from enrich.collection.readers._xml import child_text, iterate_elements, parse_element
from enrich.paper import Author, Paper


class Oai:
    """Reader of OAI-PMH dumps."""

    name = "oai"
    unit = "record"

    def recognises(self, head: bytes) -> bool:
        """Recognize records of the protocol."""
        return head.lstrip()[:1] == b"<" and (
            b"<OAI-PMH" in head or (b"<record" in head and b"oai:arXiv.org:" in head)
        )

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """Yield the papers after a record."""
        return iterate_elements(stream, start, ("record",), storing(paper))


def paper(data: bytes) -> Paper | None:
    """Return the paper of a record; None if deleted.

    Raises:
        ValueError: the record is not a paper's, or has an unknown form.
        ExpatError: the record is not well-formed.
    """
    record = parse_element(data)
    header, metadata = record.find("header"), record.find("metadata")
    if header is not None and header.get("status") == "deleted":
        return None
    body = next(iter(metadata), None) if metadata is not None else None
    if body is None:
        raise ValueError("has no metadata")
    if body.tag.rpartition(":")[2] not in ("arXiv", "arXivRaw"):
        raise ValueError(f"is of the form {body.tag:.20}; enrich reads arXiv and arXivRaw")
    return _arxiv.paper(
        id_=child_text(body, "id"),
        title=child_text(body, "title"),
        authors=_parse_authors(body),
        versions=[
            (version.get("version", "v1"), _arxiv.parse_day(version.findtext("date")))
            for version in body.iterfind("version")
        ],
        created=_arxiv.parse_day(child_text(body, "created")),
        updated=_arxiv.parse_day(child_text(body, "updated")),
        categories=child_text(body, "categories"),
        comments=child_text(body, "comments"),
        journal_ref=child_text(body, "journal-ref"),
        doi=child_text(body, "doi"),
        abstract=child_text(body, "abstract"),
    )


def _parse_authors(body: Element) -> list[Author]:
    found = body.find("authors")
    if found is None:
        return []
    if not len(found):
        return [Author(name) for name in _arxiv.names(found.text or "")]
    parts = (
        [child_text(author, tag) or "" for tag in ("keyname", "forenames", "suffix")]
        for author in found.iterfind("author")
    )
    return [made for names in parts if (made := _arxiv.author(*names))]


READER = Oai()
