"""JSON of papercopilot/paperlists: a list of rows; one file per conference and year.

The reader uses `id`, `title`, `author` (joined by `;`), `status`, the links and `abstract`. It does not read
personal data (`authorids`, homepages, profiles). Venue and year are in the file's name. Rows with neither an
OpenReview page nor an arXiv id are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from enrich.codes import Decision
from enrich.collection.readers import Item, Place, _refer
from enrich.collection.readers._json import ARRAY, json_array
from enrich.collection.readers._storing import storing
from enrich.collection.readers._stream import Stream
from enrich.paper import Author, Paper
from enrich.sources import forms_of
from enrich.text.tidy import person, tidy

_FIRST_ITEM = re.compile(ARRAY + rb"\{")
_NAME = re.compile(r"([a-z]{2,12})[-_]?((?:19|20)\d\d)", re.IGNORECASE)
_VENUES = {"nips": "NeurIPS", "neurips": "NeurIPS", "corl": "CoRL", "interspeech": "Interspeech"}
_ACCEPTED = re.compile(r"poster|spotlight|oral|notable|top[- ]?\d|accept|highlight|award|talk")
_LINKS = ("openreview", "site", "pdf", "arxiv", "url", "html")


class Row(Struct, frozen=True):
    """Fields of a row that are read."""

    id: str | None = None
    title: str | None = None
    author: str | None = None
    """Names joined by `;`."""
    status: str | None = None
    openreview: str | None = None
    site: str | None = None
    pdf: str | None = None
    arxiv: str | None = None
    url: str | None = None
    html: str | None = None
    abstract: str | None = None


class Paperlists:
    """Reader of paperlists' JSON."""

    name = "paperlists"
    unit = "record"

    def recognises(self, head: bytes) -> bool:
        """Recognize rows whose authors are one string."""
        has_rows = _FIRST_ITEM.match(head) and b'"title"' in head and b'"status"' in head
        return bool(has_rows and re.search(rb'"author"\s*:\s*"', head))

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """Yield the papers after a row."""
        name = _NAME.search(stream.name)

        def make(row: Row) -> Paper | None:
            return paper(row, *(name.groups() if name else ()))

        return json_array(stream, start, Row, storing(make))


def paper(row: Row, venue: str = "", year: str | None = None) -> Paper | None:
    """Return the paper of a row, if any.

    Return None if it has no id of arXiv or OpenReview.

    Raises:
        ValueError: the row has no title.

    >>> found = paper(Row(id="FpKgG31Z_i9", title="T", author="A;B", status="Reject",
    ...                   site="https://openreview.net/forum?id=FpKgG31Z_i9"), "iclr", "2022")
    >>> found.id, len(found.authors), found.venue, found.decision
    ('openreview:FpKgG31Z_i9', 2, 'Submitted to ICLR 2022', 'rejected')
    """
    addresses = [row.openreview, row.site, row.pdf, row.arxiv, row.url, row.html]
    if row.arxiv and (found := forms_of("arxiv").canonical(row.arxiv.strip())):
        addresses.append(f"arXiv:{found[0].key}")
    ids = sorted(_refer.find_cited(addresses), key=lambda id_: id_.source != "openreview")
    status = row.status or ""
    decision = _interpret_status(status)
    conference = f"{_VENUES.get(venue.lower(), venue.upper())} {year or ''}".strip()
    if conference and decision != "accepted":
        conference = f"Submitted to {conference}"
    elif conference and ids and ids[0].source == "openreview":
        conference = f"{conference} {status}"
    return _refer.paper(
        tuple(ids),
        title=row.title or "",
        authors=[Author(person(name)) for name in _refer.split_names(row.author or "", ";")],
        date=year,
        venue=conference
        if ids and (ids[0].source == "openreview" or decision == "accepted")
        else None,
        decision=decision,
        doi=None,
        abstract=row.abstract,
        grounds="paperlists",
    )


def _interpret_status(status: str) -> Decision | None:
    text = tidy(status).lower()
    if text.startswith("desk"):
        return "desk_rejected"
    if "withdraw" in text:
        return "withdrawn"
    if "reject" in text:
        return "rejected"
    return "accepted" if _ACCEPTED.search(text) else None


READER = Paperlists()
