"""Conversion of OpenReview's notes, of both APIs, to the fields of a `Paper`. Pure.

The fields: docs.openreview.net, "Note fields" of API 1 and API 2. API 2 wraps each value of `content` as
`{"value": …, "readers": […]}`. A hidden value is missing, or its readers do not include `everyone`. A note
may be any JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from enrich.codes import Decision
from enrich.paper import PaperId, Publication
from enrich.sources.arxiv.ids import canonical as canonical_arxiv
from enrich.text.html import unescape_entities
from enrich.text.patterns import compile_later
from enrich.text.tidy import person, tidy
from enrich.text.web import doi_url

Note = Mapping[str, Any]

_DOI = compile_later(r"10\.\d{4,9}/[!-~]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_MS, _LAST_MS = -2_208_988_800_000, 7_258_118_400_000  # the years 1900 to 2199

_ARXIV_HOSTS = ("arxiv.org", "www.arxiv.org", "export.arxiv.org")
_ARXIV_PATH = compile_later(r"/(?:abs|pdf|html)/(.+?)(?:\.pdf)?/?", re.IGNORECASE)

# Ends of venueids and API 1 invitations: openreview-py, venue/venue.py and journal/journal.py.
_STATES: dict[str, Decision] = {
    "withdrawn_submission": "withdrawn",
    "desk_rejected_submission": "desk_rejected",
    "desk_rejected": "desk_rejected",
    "rejected_submission": "rejected",
    "rejected": "rejected",
    "retracted_acceptance": "retracted",
    "submission": "under_review",
    "blind_submission": "under_review",
    "submitted": "under_review",
    "under_review": "under_review",
    "assigning_ae": "under_review",
    "assigned_ae": "under_review",
    "decision_pending": "under_review",
}
_CLOSING = frozenset({"withdrawn_submission", "desk_rejected_submission"})
_IMPORTED = ("openreview.net/public_article", "openreview.net/archive", "dblp.org")
_ACCEPTED = compile_later(r"\b(?:accept(?:ed)?|poster|spotlight|oral|notable)\b", re.IGNORECASE)
_NOT_ACCEPTED = compile_later(r"^submitted to\b|\bsubmitted$", re.IGNORECASE)
_REFUSED = compile_later(r"\b(?:reject(?:ed)?|withdrawn)\b", re.IGNORECASE)


def first_string(value: object) -> str | None:
    r"""Return a string, or a list's first string, tidied.

    >>> first_string(" A\n title "), first_string(["ICLR 2022", "x"]), first_string(3), first_string({"value": "x"})
    ('A title', 'ICLR 2022', None, None)
    """
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, str)), None)
    if not isinstance(value, str):
        return None
    return tidy(value.encode("utf-8", "replace").decode()) or None  # no lone surrogates


def is_public(readers: object) -> bool:
    """Return whether everyone is among the readers."""
    return isinstance(readers, list) and "everyone" in readers


def value(content: Note, key: str) -> Any:
    """Return a value of the content; None if hidden.

    >>> value({"title": "T"}, "title"), value({"title": {"value": "T"}}, "title")
    ('T', 'T')
    >>> value({"authors": {"value": ["A"], "readers": ["V/Authors"]}}, "authors")
    """
    field = content.get(key)
    if isinstance(field, Mapping):
        return field.get("value") if is_public(field.get("readers", ["everyone"])) else None
    return field


def is_hidden(content: Note, key: str) -> bool:
    """Return whether a value is hidden from some readers."""
    field = content.get(key)
    return isinstance(field, Mapping) and ("value" not in field or value(content, key) is None)


def title(content: Note) -> str | None:
    """Return the title, its HTML entities decoded once."""
    found = first_string(value(content, "title"))
    return found and (tidy(unescape_entities(found)) or None)


def authors(content: Note) -> tuple[str, ...]:
    """Return the authors' names, in order; () if hidden.

    The note has strings, one string, or objects with `fullname`. E-mail addresses are removed, and
    "Anonymous" does not count as a name.

    >>> authors({"authors": ["Ada Lovelace", "Bob <bob@example.org>"]})
    ('Ada Lovelace', 'Bob')
    >>> authors({"authors": {"value": [{"fullname": "Ada Lovelace", "username": "~Ada1"}]}})
    ('Ada Lovelace',)
    >>> authors({"authors": ["Anonymous"]})
    ()
    """
    found = value(content, "authors")
    items = found if isinstance(found, list) else [found]
    names = []
    for item in items:
        full = first_string(item.get("fullname") if isinstance(item, Mapping) else item)
        name = person(unescape_entities(full)) if full else ""
        if name and "@" not in name:
            names.append(name)
    return () if [name.lower() for name in names] == ["anonymous"] else tuple(names)


def to_day(milliseconds: object) -> str | None:
    """Convert milliseconds to a date, or to a year.

    Records imported from dblp or ORCID have only a year, stored as 1 January 00:00 UTC; OpenReview's pages
    show those as years too.

    >>> to_day(1632965333637), to_day(1640995200000), to_day(None), to_day(10**30)
    ('2021-09-30', '2022', None, None)
    """
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return None
    if not _FIRST_MS <= milliseconds < _LAST_MS:
        return None
    time = _EPOCH + timedelta(milliseconds=milliseconds)
    first = (time.month, time.day) == (1, 1) and time.time() == _EPOCH.time()
    return f"{time.year}" if first else time.date().isoformat()


def dates(note: Note) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """Return the first date, and all dates by name.

    Rejected papers have a `pdate` too, so it implies no decision.

    >>> dates({"cdate": 1632965333637, "tcdate": 1633409729580, "mdate": None, "tmdate": 1647379304182})
    ('2021-09-30', (('submitted', '2021-09-30'), ('modified', '2022-03-15')))
    """
    found = {
        "submitted": to_day(note.get("cdate")) or to_day(note.get("tcdate")),
        "online": to_day(note.get("odate")),
        "published": to_day(note.get("pdate")),
        "modified": to_day(note.get("mdate")) or to_day(note.get("tmdate")),
    }
    first = found["submitted"] or found["online"] or found["published"]
    return first, tuple((name, date) for name, date in found.items() if date)


def venue(content: Note) -> str | None:
    """Return the venue, as the service writes it."""
    return first_string(value(content, "venue"))


def decision(note: Note, content: Note) -> Decision | None:
    """Derive the decision from venueid, invitation and venue.

    Before 2022 the decision is only in a reply, so it stays unknown.

    >>> decision({}, {"venue": "ICLR 2022 Submitted"})
    'rejected'
    >>> decision({}, {"venue": {"value": "NeurIPS 2024 oral"}})
    'accepted'
    >>> decision({}, {"venue": "Submitted to TMLR", "venueid": "TMLR/Submitted"})
    'under_review'
    >>> decision({}, {"venue": "CoRR 2021", "venueid": "dblp.org/journals/CORR/2021"})
    """
    venue_text = venue(content) or ""
    venueid = first_string(value(content, "venueid")) or ""
    invitations = note.get("invitations")
    invitation = first_string(note.get("invitation")) or first_string(invitations) or ""
    group, _, form = invitation.lower().partition("/-/")
    if venueid.lower().startswith(_IMPORTED):
        return None
    state = _STATES.get(venueid.lower().rpartition("/")[2]) if "/" in venueid else None
    if state is not None:
        return state
    if form in _CLOSING:
        return _STATES[form]
    if _NOT_ACCEPTED.search(venue_text):
        # "Submitted to X" without a venueid may be under review as well
        return "rejected" if venueid or not venue_text.lower().startswith("submitted to") else None
    if _REFUSED.search(venue_text):
        return "withdrawn" if "withdrawn" in venue_text.lower() else "rejected"
    home = first_string(note.get("domain")) or group
    is_at_home = bool(venueid) and bool(home) and venueid.lower() == home.lower()
    return "accepted" if is_at_home or _ACCEPTED.search(venue_text) else None


def read_relations(note: Note, content: Note) -> tuple[tuple[PaperId, ...], Publication | None]:
    """Return a note's arXiv ids and its publication.

    >>> read_relations({"externalIds": ["arxiv:2301.00001v2"]}, {"pdf": "https://arxiv.org/pdf/2301.00001.pdf"})[0]
    ('arxiv:2301.00001',)
    """
    ids: dict[PaperId, None] = {}
    published = None
    for scheme, key in _iterate_external_ids(note, content):
        if scheme == "arxiv" and (found := canonical_arxiv(key)):
            ids[found[0]] = None
        elif scheme == "doi" and published is None and (doi := _DOI.fullmatch(key)):
            address = doi_url(doi[0])
            published = Publication(doi=doi[0], url=address, via="openreview")
    for key in ("pdf", "html"):
        if link := _parse_arxiv_link(first_string(value(content, key)) or ""):
            ids[link] = None
    return tuple(ids), published


def _iterate_external_ids(note: Note, content: Note) -> Iterator[tuple[str, str]]:
    for found in (note.get("externalIds"), value(content, "externalIds")):
        items: Iterable[object] = found if isinstance(found, list) else [found]
        for item in items:
            scheme, _, key = (first_string(item) or "").partition(":")
            yield scheme.lower(), key.strip()


def _parse_arxiv_link(address: str) -> PaperId | None:
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    path = _ARXIV_PATH.fullmatch(unquote(parts.path)) if host in _ARXIV_HOSTS else None
    found = canonical_arxiv(path[1]) if path else None
    return found[0] if found else None
