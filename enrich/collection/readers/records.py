"""JSON lines of papers, as `enrich papers export` writes them.

Each line is an object of the document's `papers`. `id` and `title` are required. Lines with a `status` other than `resolved` are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from enrich.collection.readers import Item, Place
from enrich.collection.readers._json import ARRAY, json_lines
from enrich.collection.readers._storing import storing
from enrich.collection.readers._stream import Stream
from enrich.errors import InvalidId
from enrich.paper import Paper
from enrich.references.extract import parse_id
from enrich.sources import forms_of

_PAPER = re.compile(
    rb'^[ \t]*\{(?:[ \t]*\}|[^\n]*"id"\s*:\s*"(?:[^"\n:]{1,64}:[^"\n]+'
    rb'|[0-9]{4}\.[0-9]{4,5}(?:v[0-9]{1,3})?|[a-z-]{2,12}(?:\.[A-Z]{2})?/[0-9]{7}(?:v[0-9]{1,3})?)")',
    re.MULTILINE,
)
"""Pattern of a line with an object that has a paper's id, or is empty."""
_ARRAY = re.compile(ARRAY)
_CANONICAL = re.compile(r"[a-z][a-z0-9_]*:[^\s:]\S*")


class Records:
    """Reader of JSON lines of papers."""

    name = "records"
    unit = "line"

    def recognises(self, head: bytes) -> bool:
        """Recognize lines with objects that have papers' ids."""
        other = (b'"authors_parsed"', b'"references"')
        if _ARRAY.match(head) or any(key in head for key in other):
            return False
        return bool(_PAPER.search(head))

    def read(self, stream: Stream, start: Place) -> Iterator[Item]:
        """Yield the papers after a line."""
        return json_lines(stream, start, dict[str, Any], storing(paper))


def paper(data: Mapping[str, Any]) -> Paper | None:
    """Return an object's paper, with its canonical id.

    Return None for an unresolved paper.

    Raises:
        ValueError: the object is not a paper.

    >>> paper({"id": "arxiv:math.AG/0601001v2", "title": "T"}).url
    'https://arxiv.org/abs/math/0601001'
    >>> paper({"id": "arxiv:2103.01338", "title": None, "status": "failed"})
    >>> paper({"id": "arXiv:2103.01338v2", "title": "T"}).id
    'arxiv:2103.01338'
    """
    if data.get("status") not in (None, "resolved"):
        return None
    found = Paper.from_dict(_with_canonical_id(data))
    try:
        home = forms_of(found.id.source)
    except LookupError:
        if not found.id.isprintable():
            raise ValueError('"id" has characters that are not allowed in an id') from None
        return found
    canonical = home.canonical(found.id.key)
    if canonical is None:
        raise ValueError(f'"id" {found.id!s:.80} names no paper')
    id_ = canonical[0]
    return replace(found, id=id_, url=found.url or home.url(id_), pdf=found.pdf or home.pdf(id_))


def _with_canonical_id(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an object with its id made canonical.

    Raises:
        ValueError: the id is not a paper's.
    """
    id_ = data.get("id")
    if not isinstance(id_, str) or not id_ or ("://" not in id_ and _CANONICAL.fullmatch(id_)):
        return data
    try:
        return {**data, "id": str(parse_id(id_))}
    except InvalidId:
        raise ValueError(f"id: {id_[:80]!r} names no paper") from None


READER = Records()
