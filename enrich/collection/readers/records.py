"""JSON lines of papers: an object of the document's `papers` a line, as `enrich papers export` writes.

`id` and `title` are required. Lines whose `status` is another than `resolved` are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from enrich.collection.readers import Item, Place
from enrich.collection.readers._json import json_lines
from enrich.collection.readers._storing import storing
from enrich.collection.readers._stream import Stream
from enrich.paper import Paper
from enrich.sources import forms_of

_PAPER = re.compile(
    rb'^[ \t]*\{(?:[ \t]*\}|[^\n]*"id"\s*:\s*"[^"\n:]{1,64}:[^"\n]+")', re.MULTILINE
)
"""A line that holds an object with a paper's id, or an empty one."""
_ARRAY = re.compile(rb"\s*\[\s*\{")


class Records:
    """The format."""

    name = "records"
    unit = "line"

    def recognises(self, head: bytes) -> bool:
        """Return whether objects with ids of papers stand one a line."""
        other = (b'"authors_parsed"', b'"references"')
        if _ARRAY.match(head) or any(key in head for key in other):
            return False
        return bool(_PAPER.search(head))

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """Yield the papers from a line on."""
        return json_lines(stream, start, dict[str, Any], storing(paper))


def paper(data: Mapping[str, Any]) -> Paper | None:
    """Return the paper of an object.

    It has its canonical id and its page.

    Raises:
        ValueError: the object is not a paper.

    >>> paper({"id": "arxiv:math.AG/0601001v2", "title": "T"}).url
    'https://arxiv.org/abs/math/0601001'
    >>> paper({"id": "arxiv:2103.01338", "title": None, "status": "failed"})
    """
    if data.get("status") not in (None, "resolved"):
        return None
    found = Paper.from_dict(data)
    try:
        home = forms_of(found.id.source)
    except LookupError:
        if not found.id.isprintable():
            raise ValueError('"id" holds characters that no id has') from None
        return found
    canonical = home.canonical(found.id.key)
    if canonical is None:
        raise ValueError(f'"id" {found.id!s:.80} names no paper')
    id_ = canonical[0]
    return replace(found, id=id_, url=found.url or home.url(id_), pdf=found.pdf or home.pdf(id_))


READER = Records()
