"""Records of bulk files to items: a paper as it is stored, or what is wrong with the record."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar
from xml.parsers.expat import ExpatError

import msgspec

from enrich.collection.readers import Item, Place
from enrich.document import explain
from enrich.paper import Paper
from enrich.sources import links
from enrich.store.codec import StoredPaper, store_paper

MAX_RECORD = 1 << 21
"""Bytes or characters of a record: a collaboration of ten thousand authors has less than half of it."""
MAX_VALUES = 200_000
"""Values of a JSON record, each of which can take 200 bytes in memory; ten thousand authors have 50,000."""
TOO_LARGE = f"is larger than {MAX_RECORD >> 20} MB"

T = TypeVar("T")

logger = logging.getLogger("enrich")


def storing(make: Callable[[T], Paper | None]) -> Callable[[T], StoredPaper | None]:
    """Return a function that makes stored papers out of one that makes papers."""

    def made(data: T) -> StoredPaper | None:
        paper = make(data)
        return None if paper is None else store_paper(paper, links)

    return made


def count_values(text: str) -> int:
    """Count at least the values of JSON: what opens one, what parts two.

    >>> count_values('{"a": [1, 2, {}]}')
    5
    """
    return text.count(",") + text.count("[") + text.count("{")


def make_item(place: Place, make: Callable[[T], StoredPaper | None], data: T) -> Item:
    """Make the item of a record.

    Any exception counts as a problem of that record alone.
    """
    try:
        return Item(place, make(data))
    except Exception as error:  # noqa: BLE001 - the record may come from an untrusted file
        return Item(place, None, describe_problem(error))


def describe_problem(error: Exception) -> str:
    """Return what is wrong with a record.

    An exception that no reader foresaw is logged.

    >>> describe_problem(ValueError("has no title")), describe_problem(OverflowError("too large"))
    ('has no title', 'cannot be read (OverflowError)')
    """
    if isinstance(error, msgspec.ValidationError):
        return explain(error)
    if isinstance(error, ExpatError):
        return f"is no XML ({error})"
    if isinstance(error, ValueError) and not isinstance(error, UnicodeError):
        return str(error) or "cannot be read"
    name = type(error).__name__
    logger.debug("a record of a bulk file cannot be read: %s", name, exc_info=error)
    return f"cannot be read ({name})"
