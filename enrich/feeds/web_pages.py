"""Web pages with a calendar: a page links its calendar, or the page's URL determines it. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from enrich.text.html import unescape_entities
from enrich.text.patterns import compile_later

_PAGE_BYTES = 1 << 20
_COMMENT = compile_later(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LINK = compile_later(r"<(?:link|a)\s[^<>]{1,2000}>", re.IGNORECASE)
_ATTRIBUTE = compile_later(
    r"""([a-z-]{1,20})\s{0,4}=\s{0,4}(?:"([^"]{0,1800})"|'([^']{0,1800})'|([^\s"'<>]{1,1800}))""",
    re.IGNORECASE,
)
_SERIES_PAGE = compile_later(
    r"https?://(?:www\.)?(?:researchseminars|mathseminars)\.org/seminar/((?!\.+/?$)[A-Za-z0-9_+.-]{1,100})/?(?:[?#].*)?",
    re.IGNORECASE,
)
_TALK_PAGE = compile_later(
    r"(https?://(?:www\.)?(?:researchseminars|mathseminars)\.org/talk/[A-Za-z0-9_+.-]{1,100}/-?\d{1,9})/?(?:[?#].*)?",
    re.IGNORECASE,
)


def find_calendar_link(body: bytes) -> str | None:
    """Return the link to a web page's calendar, or None.

    The page must link it as its alternate.

    >>> find_calendar_link(b'<html><link rel="alternate" type="text/calendar" href="/a.ics?x=1&amp;y=2">')
    '/a.ics?x=1&y=2'
    >>> find_calendar_link(b"BEGIN:VCALENDAR")
    """
    head = body[:_PAGE_BYTES]
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"<" or b"BEGIN:VCALENDAR" in head:
        return None
    for link in _LINK.finditer(_COMMENT.sub("", head.decode("utf-8", "replace"))):
        values = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(link[0])}
        kind = values.get("type", "").partition(";")[0].strip().lower()
        words = values.get("rel", "").lower().split()
        address = "".join(unescape_entities(values.get("href", "")).split())
        if kind == "text/calendar" and "alternate" in words and address:
            return address
    return None


def find_series(url: str) -> str | None:
    """Return the name of the series, if a URL is its page.

    >>> find_series("https://researchseminars.org/seminar/SciML"), find_series("https://x.org/seminar/SciML")
    ('SciML', None)
    """
    found = _SERIES_PAGE.fullmatch(url)
    return found[1] if found else None


def find_talk_calendar(url: str) -> str | None:
    """Return the calendar's URL, if a URL is a talk's page.

    >>> find_talk_calendar("https://researchseminars.org/talk/SciML/3/")
    'https://researchseminars.org/talk/SciML/3/ics'
    """
    found = _TALK_PAGE.fullmatch(url)
    return f"{found[1]}/ics" if found else None


def name_address(url: str) -> str:
    """Return the host and path of a URL.

    Query and userinfo are left out, because they may be secret.

    >>> name_address("https://me:word@x.org/a.ics?key=1")
    'x.org/a.ics'
    """
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{parts.path}"
