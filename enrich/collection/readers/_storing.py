"""Conversion of bulk files' records to items: a stored paper, or the record's problem."""

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
"""Maximum bytes or characters of a record; ten thousand authors have less than half."""
MAX_VALUES = 200_000
"""Maximum values of a JSON record, each of up to 200 bytes in memory; ten thousand authors have 50,000."""
TOO_LARGE = f"is larger than {MAX_RECORD >> 20} MB"

T = TypeVar("T")

logger = logging.getLogger("enrich")


def storing(make: Callable[[T], Paper | None]) -> Callable[[T], StoredPaper | None]:
    """Wrap a function that makes papers; return their stored form."""

    def make_stored(data: T) -> StoredPaper | None:
        paper = make(data)
        return None if paper is None else store_paper(paper, links)

    return make_stored


def count_values(text: str) -> int:
    """Count the commas and opening brackets of JSON.

    They limit the number of values, without parsing.

    >>> count_values('{"a": [1, 2, {}]}')
    5
    """
    return text.count(",") + text.count("[") + text.count("{")


def make_item(place: Place, make: Callable[[T], StoredPaper | None], data: T) -> Item:
    """Make the item of a record.

    An exception becomes a problem of this record alone.
    """
    try:
        return Item(place, make(data))
    except Exception as error:  # noqa: BLE001 - the record may come from an untrusted file
        return Item(place, None, describe_problem(error))


def describe_problem(error: Exception) -> str:
    """Return a record's problem, from an exception.

    An unexpected exception is logged.

    >>> describe_problem(ValueError("has no title")), describe_problem(OverflowError("too large"))
    ('has no title', 'cannot be read (OverflowError)')
    """
    if isinstance(error, msgspec.ValidationError):
        return explain(error)
    if isinstance(error, ExpatError):
        return f"is not XML ({error})"
    if isinstance(error, ValueError) and not isinstance(error, UnicodeError):
        return str(error) or "cannot be read"
    name = type(error).__name__
    logger.debug("a record of a bulk file cannot be read: %s", name, exc_info=error)
    return f"cannot be read ({name})"
