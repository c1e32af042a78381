"""Detection of a feed's format from its content, not its name. Pure, except that it reads the stream."""

from __future__ import annotations

import json
import re
from typing import Any, BinaryIO

from enrich.errors import FeedError
from enrich.feeds.tables import Table, is_tabular
from enrich.text.patterns import compile_later

_HEAD_BYTES = 65_536
_PIECE_BYTES = 1 << 18
_USUAL_START_BYTES = 512  # within which most calendars begin
_MAX_TABLE_BYTES = 64_000_000
_CALENDAR = compile_later(rb"BEGIN\s{0,4}:\s{0,4}V(?:CALENDAR|EVENT)", re.IGNORECASE)
_FOLD = compile_later(r"\r?[\r\n][ \t]")
_PASSWORD = compile_later(r"""type\s{0,4}=\s{0,4}["']?password""", re.IGNORECASE)
_PLACEHOLDER = compile_later(
    r"^[ \t]{0,40}\{%-?\s{0,4}(?:for|if|unless|assign|capture|include|comment|layout)\b"
    r"|^(?:DTSTART|DTEND|DTSTAMP|UID|SUMMARY)[^:\n]{0,80}:[^\n]{0,80}(?:\{\{|\{%|<%=)",
    re.MULTILINE,
)
"""A Liquid command at the start of a line, or a placeholder in a property."""
_PLACEHOLDER_SIGNS = ("{%", "{{", "<%=")
_START = compile_later(r"^DTSTART[^:\n]{0,80}:\d{8}", re.MULTILINE)
_REFERENCES = compile_later(
    r"^[ \t]{0,8}@(?:article|book|inproceedings|misc|online|unpublished|preprint|techreport|phdthesis|incollection|string|comment)\s{0,4}[{(]",
    re.IGNORECASE | re.MULTILINE,
)
"""An entry of BibTeX."""
_KINDS = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"PK\x03\x04", "a zip archive (or a sheet of Excel: save that as CSV)"),
    (b"\xd0\xcf\x11\xe0", "an old file of Excel or Word"),
    (b"SQLite format 3", "a database"),
)


def detect_format(stream: BinaryIO, label: str) -> tuple[str, Any]:
    """Return the format of a feed, and its parsed content.

    The format is `calendar`, `json`, `lines` (of JSON), `xml` or `table`. Only `json` and
    `table` have content; for others, return None.

    Raises:
        FeedError: the feed has another format.
    """
    head = stream.read(_HEAD_BYTES)
    stream.seek(0)
    text = _decode_head(head)
    start = text.lstrip("\ufeff\x00 \t\r\n\v\f")[:2000]
    if not start:
        raise FeedError(f"{label}: is empty")
    if start[0] in "[{" and (found := _detect_json(stream)):
        return found
    if (
        _CALENDAR.search(head, 0, _USUAL_START_BYTES)
        or _CALENDAR.search(_FOLD.sub("", text).encode("utf-8", "replace"))
        or _holds_calendar(stream)
    ):
        if _is_template(text):
            raise _template_error(label)
        return "calendar", None
    lower = start.lower()
    if lower.startswith(("<?xml", "<schedule", "<!doctype schedule")) and "<html" not in lower:
        return "xml", None
    if start[0] == "<":
        if _PASSWORD.search(text):
            raise FeedError(
                f"{label}: is a web page that asks for a login, not a calendar",
                hint="the site's private calendar link, which holds a key, needs no login",
            )
        raise FeedError(
            f"{label}: is a web page, not a calendar",
            hint="give the address of its calendar file, often a link that ends with .ics",
        )
    if start[0] in "[{":
        raise FeedError(f"{label}: begins like JSON, but is broken, and is not a calendar")
    if _is_template(text):
        raise _template_error(label)
    for magic, what in _KINDS:
        if head.startswith(magic):
            raise FeedError(f"{label}: is {what}, not a calendar")
    if (table := _detect_table(stream)) is not None:
        return "table", table
    if is_tabular(Table(head)):
        raise FeedError(
            f"{label}: is a table, but no line names the columns of talks",
            hint="a first line such as: date, time, speaker, title, abstract, paper",
        )
    if b"\x00" in head or sum(c < " " and c not in "\t\r\n\f" for c in start) * 20 > len(start):
        raise FeedError(f"{label}: is binary data, not a calendar")
    if _REFERENCES.search(text):
        raise FeedError(
            f"{label}: holds references to papers, not talks", hint="give it with --papers"
        )
    raise FeedError(f"{label}: is no calendar (it has no BEGIN:VCALENDAR)")


def _detect_table(stream: BinaryIO) -> Table | None:
    """Return the table, if a dialect recognizes its header."""
    from enrich.feeds.documents import find_dialect

    data = stream.read(_MAX_TABLE_BYTES + 1)
    stream.seek(0)
    table = Table(data)
    return table if len(data) <= _MAX_TABLE_BYTES and find_dialect(table) is not None else None


def _is_template(text: str) -> bool:
    """Return whether a file is a template of a calendar.

    A template has placeholders in place of its events' values.
    """
    if not any(sign in text for sign in _PLACEHOLDER_SIGNS) or _PLACEHOLDER.search(text) is None:
        return False
    before, _, events = text.partition("BEGIN:VEVENT")
    return _START.search(events or before) is None


def _template_error(label: str) -> FeedError:
    return FeedError(
        f"{label}: is a template (Jekyll, Liquid or similar), not a calendar",
        hint="give the address of the calendar on the site itself",
    )


def _decode_head(head: bytes) -> str:
    """Decode the beginning of a file.

    For UTF-16 and UTF-32, only ASCII is correct, which is enough here.
    """
    if b"\x00" in head[:4]:
        head = head.replace(b"\x00", b"").lstrip(b"\xff\xfe")
    return head.decode("utf-8", "replace")


def _holds_calendar(stream: BinaryIO) -> bool:
    kept = b""
    while piece := stream.read(_PIECE_BYTES):
        if _CALENDAR.search(kept + piece):
            stream.seek(0)
            return True
        kept = piece[-64:]
    stream.seek(0)
    return False


def _detect_json(stream: BinaryIO) -> tuple[str, Any] | None:
    """Return `json` and its value, or `lines`, or None.

    `lines` means that each line is a JSON value.
    """
    first = next((line for line in stream if line.strip()), b"")
    value = _parse_json(first)
    if value is None:
        stream.seek(0)
        value = _parse_json(stream.read())
        stream.seek(0)
        if value is None:  # a broken first line must not affect the others
            found = any(_is_record(line) for line in stream)
            stream.seek(0)
            return ("lines", None) if found else None
        return "json", value
    more = any(line.strip() for line in stream)
    stream.seek(0)
    return ("lines", None) if more else ("json", value)


def _parse_json(data: bytes) -> Any:
    """Return the value of JSON, or None if it is not valid."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _is_record(line: bytes) -> bool:
    record = _parse_json(line) if line.lstrip().startswith(b"{") else None
    return isinstance(record, dict) and isinstance(record.get("id"), str)


def parse_xml(stream: BinaryIO, label: str, max_bytes: int) -> Any:
    """Return the root of an XML document.

    Entities are not resolved, and no further file is loaded.

    Raises:
        FeedError: the document is broken, too large, or a web page.
    """
    from lxml import etree

    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise FeedError(f"{label}: is XML of more than {max_bytes:,} bytes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise FeedError(f"{label}: is broken XML, not a calendar") from None
    if etree.QName(root).localname.lower() == "html":
        raise FeedError(f"{label}: is a web page, not a calendar")
    return root
