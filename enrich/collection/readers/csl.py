"""CSL-JSON, as Zotero, Mendeley and Pandoc write it: a list of items, or one.

An item counts where its URL, DOI, note, number or archive names a paper of ours.
Fields: resource.citationstyles.org/schema/v1.0/input/json/csl-data.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from enrich.collection.readers import Item, Place, _refer, rows
from enrich.collection.readers._json import json_array
from enrich.collection.readers._stream import Stream
from enrich.paper import Paper
from enrich.text.checks import objects, string
from enrich.text.html import plain_text

_FIRST = re.compile(rb"\s*(?:\[\s*)?\{")
_TAG = re.compile(r"""</?(?:i|b|sub|sup|sc|span)(?:\s+(?:class|style)="[^"]{0,200}")?>""")
"""Rich text: docs.citationstyles.org, "Rich Text Markup within Fields"."""
_NAMING = ("URL", "DOI", "number", "note", "archive_location", "archive-place")


class Csl:
    """The format."""

    name = "csl"
    unit = "record"

    def recognises(self, head: bytes) -> bool:
        """Items with a type, and authors with parts or a date in parts."""
        has_items = _FIRST.match(head) and b'"type"' in head and b'"title"' in head
        return bool(
            has_items and re.search(rb'"(?:family|literal|date-parts|container-title)"\s*:', head)
        )

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """The papers from an item on."""
        return json_array(stream, start, rows(paper))


def paper(item: Mapping[str, Any]) -> Paper | None:
    """The paper of an item; None where it names none of ours.

    Raises:
        ValueError: a value has the wrong type, or there is no title.

    >>> paper({"title": "T", "DOI": "10.48550/arXiv.2103.01338", "author": [{"family": "Lovelace", "given": "Ada"}],
    ...        "issued": {"date-parts": [["2021", 3]]}}).published
    '2021-03'
    """
    archive, place = string(item, "archive"), string(item, "archive_location")
    texts = [value if isinstance(value := item.get(key), str) else None for key in _NAMING]
    if archive and place and archive.lower().startswith("arxiv") and "arxiv" not in place.lower():
        texts.append(f"arXiv:{place}")
    return _refer.paper(
        _refer.named(texts),
        title=_text(item, "title") or "",
        authors=[_name(author) for author in objects(item, "author")],
        date=_date(item.get("issued")),
        venue=_text(item, "container-title") or _text(item, "event-title"),
        doi=string(item, "DOI"),
        abstract=_text(item, "abstract"),
        grounds="csl",
    )


def _text(item: Mapping[str, Any], key: str) -> str | None:
    """The string under a key without the tags that CSL knows, or those of a whole HTML abstract."""
    value = string(item, key)
    return value and plain_text(_TAG.sub("", value))


def _name(author: Mapping[str, Any]) -> str:
    if literal := string(author, "literal"):
        return literal
    keys = ("given", "dropping-particle", "non-dropping-particle", "family")
    name = " ".join(filter(None, (string(author, key) for key in keys)))
    suffix = string(author, "suffix")
    return f"{name}, {suffix}" if suffix else name


def _date(issued: Any) -> str | None:
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
    return next(
        (date for key in ("literal", "raw") if (date := _refer.date(string(issued, key)))), None
    )


READER = Csl()
