"""Dates of HTTP header fields (RFC 9110 §5.6.7), valid or not."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

_MAX_DATE_CHARS = 100

logger = logging.getLogger("enrich")


def parse_http_date(text: str) -> datetime | None:
    """Parse a date of a header field, if valid.

    >>> parse_http_date("Fri, 31 Dec 1999 23:59:59 GMT").isoformat()
    '1999-12-31T23:59:59+00:00'
    >>> parse_http_date("Fri, 31 Dec 1999 23:59:59 -999999999999999")
    """
    if not text or len(text) > _MAX_DATE_CHARS:
        return None
    from email.utils import (
        parsedate_to_datetime,
    )  # here: it imports sockets, which a run from the store does not need

    try:
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date
    except Exception as error:  # noqa: BLE001 - also OverflowError and TypeError, for absurd numbers
        logger.debug("a date of a header field raised %s", type(error).__name__)
        return None
