"""Dates of header fields (RFC 9110 §5.6.7), whatever a service writes there."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

_MAX_DATE_CHARS = 100

logger = logging.getLogger("enrich")


def parse_http_date(text: str) -> datetime | None:
    """Parse a date of a header field.

    Return None if it is not one.

    >>> parse_http_date("Fri, 31 Dec 1999 23:59:59 GMT").isoformat()
    '1999-12-31T23:59:59+00:00'
    >>> parse_http_date("Fri, 31 Dec 1999 23:59:59 -999999999999999")
    """
    if not text or len(text) > _MAX_DATE_CHARS:
        return None
    from email.utils import parsedate_to_datetime  # it imports sockets, and no stored run needs it

    try:
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date
    except Exception as error:  # noqa: BLE001 - OverflowError, TypeError too, for absurd numbers
        logger.debug("a date of a header field raised %s", type(error).__name__)
        return None
