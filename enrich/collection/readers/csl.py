"""CSL-JSON of Zotero, Mendeley and Pandoc: a list of items, or one item.

An item is used if its URL, DOI, note, number or archive cites a paper.
Fields: resource.citationstyles.org/schema/v1.0/input/json/csl-data.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from enrich.collection.readers import Item, Place, _refer
from enrich.collection.readers._json import ARRAY, json_array
from enrich.collection.readers._storing import storing
from enrich.collection.readers._stream import Stream
from enrich.paper import Author, Paper
from enrich.text.html import plain_text
from enrich.text.tidy import person, tidy

_FIRST_ITEM = re.compile(rb"(?:" + ARRAY + rb"|\s*)\{")
_TAG = re.compile(r"""</?(?:i|b|sub|sup|sc|span)(?:\s+(?:class|style)="[^"]{0,200}")?>""")
"""Rich text: docs.citationstyles.org, "Rich Text Markup within Fields"."""


class Csl:
    """Reader of CSL-JSON."""

    name = "csl"
    unit = "record"

    def recognises(self, head: bytes) -> bool:
        """Recognize items by their type and parts."""
        has_items = _FIRST_ITEM.match(head) and b'"type"' in head and b'"title"' in head
        return bool(
            has_items and re.search(rb'"(?:family|literal|date-parts|container-title)"\s*:', head)
        )

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """Yield the papers after an item."""
        return json_array(stream, start, CslItem, storing(paper))


class Name(Struct, frozen=True, rename="kebab"):
    """Name variable of CSL."""

    literal: str | None = None
    family: str | None = None
    given: str | None = None
    suffix: str | None = None
    dropping_particle: str | None = None
    non_dropping_particle: str | None = None


class CslItem(Struct, frozen=True, rename="kebab"):
    """Variables of an item that are read."""

    title: str | None = None
    author: list[Name] = []
    issued: Any = None
    """Dates have many forms; an unknown form counts as missing."""
    container_title: str | None = None
    event_title: str | None = None
    abstract: str | None = None
    archive: str | None = None
    archive_location: str | None = field(default=None, name="archive_location")
    archive_place: Any = None
    url: Any = field(default=None, name="URL")
    doi: str | None = field(default=None, name="DOI")
    number: Any = None
    note: Any = None


def paper(item: CslItem) -> Paper | None:
    """Return the paper that an item cites, if any.

    Raises:
        ValueError: the item has no title.

    >>> found = paper(CslItem(title="T", doi="10.48550/arXiv.2103.01338", author=[Name(family="Lovelace", given="Ada")],
    ...                       issued={"date-parts": [["2021", 3]]}))
    >>> found.published, found.authors[0].family
    ('2021-03', 'Lovelace')
    """
    place = item.archive_location
    citing = (item.url, item.doi, item.number, item.note, place, item.archive_place)
    texts = [value if isinstance(value, str) else None for value in citing]
    if (item.archive or "").lower().startswith("arxiv") and place and "arxiv" not in place.lower():
        texts.append(f"arXiv:{place}")
    return _refer.paper(
        _refer.find_cited(texts),
        title=_strip_markup(item.title) or "",
        authors=[_convert_name(name) for name in item.author],
        date=_find_issue_date(item.issued),
        venue=_strip_markup(item.container_title) or _strip_markup(item.event_title),
        doi=item.doi,
        abstract=_strip_markup(item.abstract),
        grounds="csl",
    )


def _strip_markup(value: str | None) -> str | None:
    """Return a string without CSL's tags and HTML."""
    return value and plain_text(_TAG.sub("", value))


def _convert_name(name: Name) -> Author:
    if name.literal:
        return Author(person(name.literal), None, None)
    given = tidy(" ".join(filter(None, (name.given, name.dropping_particle))))
    family = tidy(" ".join(filter(None, (name.non_dropping_particle, name.family))))
    whole = tidy(f"{given} {family}") + (f", {name.suffix}" if name.suffix else "")
    if not given or not family:
        return Author(whole, None, None)
    return Author(whole, family, f"{given}, {name.suffix}" if name.suffix else given)


def _find_issue_date(issued: Any) -> str | None:
    if not isinstance(issued, Mapping):
        return None
    parts = issued.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        numbers = [str(part) for part in parts[0][:3]]
        written = [f"{n:0>4}" if k == 0 else f"{n:0>2}" for k, n in enumerate(numbers)]
        return next(
            (d for n in (3, 2, 1) if (d := _refer.date("-".join(written[:n])))),
            None,
        )
    texts = (issued.get("literal"), issued.get("raw"))
    return next((d for text in texts if isinstance(text, str) and (d := _refer.date(text))), None)


READER = Csl()
