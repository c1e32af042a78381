"""papercopilot/paperlists' JSON: a list of rows, one file a conference and year.

Read are `id`, `title`, `author` (joined by `;`), `status`, the links and `abstract`; of what concerns
persons (`authorids`, homepages, profiles) nothing is. The file's name states venue and year. Rows that
have neither an OpenReview page nor an arXiv id are passed over.
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

_FIRST = re.compile(ARRAY + rb"\{")
_NAME = re.compile(r"([a-z]{2,12})[-_]?((?:19|20)\d\d)", re.IGNORECASE)
_VENUES = {"nips": "NeurIPS", "neurips": "NeurIPS", "corl": "CoRL", "interspeech": "Interspeech"}
_ACCEPTED = re.compile(r"poster|spotlight|oral|notable|top[- ]?\d|accept|highlight|award|talk")
_LINKS = ("openreview", "site", "pdf", "arxiv", "url", "html")


class Row(Struct, frozen=True):
    """The fields of a row that are read."""

    id: str | None = None
    title: str | None = None
    author: str | None = None
    """Joined by `;`."""
    status: str | None = None
    openreview: str | None = None
    site: str | None = None
    pdf: str | None = None
    arxiv: str | None = None
    url: str | None = None
    html: str | None = None
    abstract: str | None = None


class Paperlists:
    """The format."""

    name = "paperlists"
    unit = "record"

    def recognises(self, head: bytes) -> bool:
        """Recognize a list of rows whose authors are one string."""
        has_rows = _FIRST.match(head) and b'"title"' in head and b'"status"' in head
        return bool(has_rows and re.search(rb'"author"\s*:\s*"', head))

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """Yield the papers from a row on."""
        name = _NAME.search(stream.name)

        def make(row: Row) -> Paper | None:
            return paper(row, *(name.groups() if name else ()))

        return json_array(stream, start, Row, storing(make))


def paper(row: Row, venue: str = "", year: str | None = None) -> Paper | None:
    """Return the paper of a row.

    Return None if it has no id of ours.

    Raises:
        ValueError: there is no title.

    >>> found = paper(Row(id="FpKgG31Z_i9", title="T", author="A;B", status="Reject",
    ...                   site="https://openreview.net/forum?id=FpKgG31Z_i9"), "iclr", "2022")
    >>> found.id, len(found.authors), found.venue, found.decision
    ('openreview:FpKgG31Z_i9', 2, 'Submitted to ICLR 2022', 'rejected')
    """
    addresses = [row.openreview, row.site, row.pdf, row.arxiv, row.url, row.html]
    if row.arxiv and (found := forms_of("arxiv").canonical(row.arxiv.strip())):
        addresses.append(f"arXiv:{found[0].key}")
    ids = sorted(_refer.named(addresses), key=lambda id_: id_.source != "openreview")
    status = row.status or ""
    decision = _decision(status)
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


def _decision(status: str) -> Decision | None:
    said = tidy(status).lower()
    if said.startswith("desk"):
        return "desk_rejected"
    if "withdraw" in said:
        return "withdrawn"
    if "reject" in said:
        return "rejected"
    return "accepted" if _ACCEPTED.search(said) else None


READER = Paperlists()
