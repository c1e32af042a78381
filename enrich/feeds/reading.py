"""Where feeds come from: a path, bytes, a binary file, standard input, an address; `read_talks`.

What a feed is, its content says, not its name: a calendar, JSON, lines of JSON, XML. Errors name the
file without its folder, an address by its host alone, for a feed's address may hold a secret.
"""

from __future__ import annotations

import io
import json
import math
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, MutableSet
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from enrich.errors import FeedError
from enrich.feeds.documents import read_document, read_lines
from enrich.model import Notice, Talk

if TYPE_CHECKING:
    from requests import Session

Source = str | os.PathLike[str] | bytes | BinaryIO

MAX_BYTES = 64_000_000
MAX_EVENT_BYTES = 4_000_000
_HEAD = 65_536
_PIECE = 1 << 18
_ADDRESS = re.compile(r"(?:https?|webcals?)://", re.IGNORECASE)
_SERIES = re.compile(r"researchseminars:([A-Za-z0-9_+.-]+)")
_CALENDAR = re.compile(rb"BEGIN\s{0,4}:\s{0,4}V(?:CALENDAR|EVENT)", re.IGNORECASE)
_FOLD = re.compile(r"\r?[\r\n][ \t]")
_PASSWORD = re.compile(r"""type\s{0,4}=\s{0,4}["']?password""", re.IGNORECASE)
_KINDS = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"PK\x03\x04", "a zip archive"),
    (b"SQLite format 3", "a database"),
)


def read_talks(
    source: Source,
    *,
    session: Session | None = None,
    offline: bool = False,
    refresh: bool = False,
    cache_dir: str | os.PathLike[str] | None = None,
    max_bytes: int = MAX_BYTES,
    timeout_s: float | None = None,
    duplicates: bool = True,
    keep_raw: bool = False,
    keep_private: bool = False,
    on_notice: Callable[[Notice], None] | None = None,
    seen: MutableSet[int] | None = None,
) -> Iterator[Talk]:
    r"""The talks of one feed, lazily: a path, `-`, bytes, a binary file, an address, JSON alike.

    `max_bytes` bounds what comes from the net, and what is unpacked; `timeout_s`, in seconds, all
    requests for the feed. `duplicates=False` drops all but
    the last of events that are the same; with one `seen` for several feeds, a talk that a feed before
    gave is dropped too. What cannot be read as a talk goes to `on_notice`.

    Raises:
        FeedError: nothing can be read at all. It is raised by the call, not by the first talk.

    >>> read = read_talks(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:A talk\nEND:VEVENT\nEND:VCALENDAR")
    >>> [talk.title for talk in read]
    ['A talk']
    """
    talks = _read(
        source,
        _Net(
            session=session,
            offline=offline,
            refresh=refresh,
            cache_dir=cache_dir,
            max_bytes=max_bytes,
            until=math.inf if timeout_s is None else time.monotonic() + timeout_s,
            on_notice=on_notice or _ignore,
        ),
        duplicates=duplicates,
        keep_raw=keep_raw,
        keep_private=keep_private,
        seen=seen,
    )
    # The first talk is read here, so that an error comes where the call stands.
    for first in talks:
        return chain((first,), talks)
    return iter(())


def _ignore(notice: Notice) -> None:
    """What nobody wants to hear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Net:
    """How feeds are asked for, and whom to tell what went wrong."""

    session: Session | None
    offline: bool
    refresh: bool
    cache_dir: str | os.PathLike[str] | None
    max_bytes: int
    until: float
    """When all requests must be over, by `time.monotonic`."""
    on_notice: Callable[[Notice], None]

    def fetch(self, url: str) -> tuple[bytes, str]:
        """The body of a feed, and its host."""
        from enrich.feeds.download import DEADLINE_S, Limits, address, fetch

        _, host = address(url)

        def check(body: bytes) -> None:
            with ExitStack() as held:
                _kind(_unpacked(io.BytesIO(body), held, host, self.max_bytes), host)

        def stale(why: str) -> None:
            message = f"the last copy of this feed was read, for {host} could not be asked: {why}"
            self.on_notice(Notice(code="stale_feed", message=message, feed=host))

        body = fetch(
            url,
            check=check,
            on_stale=stale,
            session=self.session,
            offline=self.offline,
            refresh=self.refresh,
            cache_dir=self.cache_dir,
            limits=Limits(
                max_bytes=self.max_bytes,
                deadline_s=min(DEADLINE_S, self.until - time.monotonic()),
            ),
        )
        return body, host

    def series(self, name: str) -> tuple[bytes, str]:
        """A series of researchseminars.org: from its API, else its JSON, else its calendar."""
        from enrich.feeds.dialects.researchseminars import addresses

        *better, last = addresses(name)
        for url in better:
            try:
                return self.fetch(url)
            except FeedError:
                continue
        return self.fetch(last)


def _read(
    source: Source,
    net: _Net,
    *,
    duplicates: bool,
    keep_raw: bool,
    keep_private: bool,
    seen: MutableSet[int] | None,
) -> Iterator[Talk]:
    from enrich.feeds import calendar as feed

    with ExitStack() as held:
        stream, name, label = _opened(source, held, net)
        stream = _unpacked(stream, held, label, net.max_bytes)
        kind, document = _kind(stream, label)
        if kind == "calendar":
            stream = _respelt(stream, held)
            yield from feed.read_calendar(
                stream,
                name=name,
                duplicates=duplicates,
                seen=seen,
                keep_raw=keep_raw,
                keep_private=keep_private,
                max_event_bytes=MAX_EVENT_BYTES,
                on_notice=net.on_notice,
            )
            return
        if kind == "lines":
            talks = read_lines(stream, name=name, on_notice=net.on_notice)
        else:
            if kind == "xml":
                document = _xml(stream, label, net.max_bytes)
            talks = read_document(document, name=name, label=label, on_notice=net.on_notice)
        if seen is None and not duplicates:
            seen = set()
        repeated = 0
        for found in talks:
            talk = feed.finished(found, feed=found.feed, keep_private=keep_private)
            if seen is not None:
                key = feed.talk_key(talk)
                if key in seen:
                    repeated += 1
                    continue
                seen.add(key)
            yield talk
        if repeated:
            message = f"{repeated} duplicate{'s were' if repeated > 1 else ' was'} dropped"
            net.on_notice(Notice(code="duplicates_dropped", message=message, feed=name))


def _opened(source: Source, held: ExitStack, net: _Net) -> tuple[BinaryIO, str | None, str]:
    """A stream that can be read twice, the feed's name if the file has one, and what errors call it."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return io.BytesIO(source), None, "the data given"
    if isinstance(source, str) and source == "-":
        return _seekable(sys.stdin.buffer, held), None, "standard input"
    if isinstance(source, str) and (_ADDRESS.match(source) or _SERIES.fullmatch(source)):
        series = _SERIES.fullmatch(source)
        body, host = net.series(series[1]) if series else net.fetch(source)
        stream = _spool(held)
        stream.write(body)
        stream.seek(0)
        return stream, host, host
    if isinstance(source, (str, os.PathLike)):
        return _file(os.fspath(source), held)
    if not hasattr(source, "read") or isinstance(source, io.TextIOBase):
        raise TypeError("a feed is a path, an address, bytes or a binary file")
    named = getattr(source, "name", None)
    name = _stem(named) if isinstance(named, str) and named[:1] not in {"", "<"} else None
    return _seekable(source, held), name, name or "the file given"


def _file(path: str, held: ExitStack) -> tuple[BinaryIO, str, str]:
    site = re.match(r"[\w-]+(\.[\w-]+)+(?=/)", path)  # an address without its beginning?
    if site and Path(site[0]).is_dir():
        site = None
    label = site[0] if site else Path(path).name or path
    try:
        stream = held.enter_context(open(path, "rb"))  # noqa: PTH123, SIM115 - Path("") is "."
    except (FileNotFoundError, NotADirectoryError):
        hint = "an address begins with https://" if site else None
        raise FeedError(f"{label}: no such file", hint=hint) from None
    except IsADirectoryError:
        raise FeedError(f"{label}: is a directory, not a calendar") from None
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or "no such file"
        raise FeedError(f"{label}: cannot be read ({cause.lower()})") from None
    return _seekable(stream, held), _stem(path), label


def _stem(path: str) -> str:
    return Path(path.removesuffix(".gz")).stem or Path(path).name


def _seekable(stream: BinaryIO, held: ExitStack) -> BinaryIO:
    """The stream where it can be read twice, else a private copy of it."""
    try:
        if stream.seekable() and stream.tell() == 0:
            return stream
    except (AttributeError, OSError):
        pass
    copy = _spool(held)
    while piece := stream.read(_PIECE):
        copy.write(piece)
    copy.seek(0)
    return copy


def _spool(held: ExitStack) -> BinaryIO:
    """A file that nobody else can read and that is gone afterwards; small ones stay in memory."""
    return cast("BinaryIO", held.enter_context(tempfile.SpooledTemporaryFile(max_size=_PIECE)))


def _unpacked(stream: BinaryIO, held: ExitStack, label: str, max_bytes: int) -> BinaryIO:
    """The stream, unpacked where it is gzip; what a damaged one gives before its damage counts."""
    if stream.read(2) != b"\x1f\x8b":
        stream.seek(0)
        return stream
    import gzip
    import zlib

    stream.seek(0)
    copy, size = _spool(held), 0
    try:
        with gzip.GzipFile(fileobj=stream, mode="rb") as packed:
            while piece := packed.read1(_PIECE):
                size += len(piece)
                if size > max_bytes:
                    raise FeedError(f"{label}: unpacks to more than {max_bytes:,} bytes")
                copy.write(piece)
    except (EOFError, OSError, zlib.error):
        if not size:
            raise FeedError(f"{label}: is damaged gzip") from None
    copy.seek(0)
    return copy


def _respelt(stream: BinaryIO, held: ExitStack) -> BinaryIO:
    """The stream as UTF-8, its lines without an indent."""
    from enrich.feeds.ical.lines import respelt

    pieces = respelt(stream)
    if pieces is None:
        return stream
    copy = _spool(held)
    copy.writelines(pieces)
    return copy


def _kind(stream: BinaryIO, label: str) -> tuple[str, Any]:
    """What the content is: `calendar`, `json`, `lines` (of JSON) or `xml`, and what JSON holds.

    Raises:
        FeedError: none of these.
    """
    head = stream.read(_HEAD)
    stream.seek(0)
    text = _decoded(head)
    start = text.lstrip("\ufeff\x00 \t\r\n\v\f")[:2000]
    if not start:
        raise FeedError(f"{label}: is empty")
    if start[0] in "[{" and (found := _json(stream)):
        return found
    if _CALENDAR.search(_FOLD.sub("", text).encode("utf-8", "replace")) or _holds_calendar(stream):
        return "calendar", None
    lower = start.lower()
    if lower.startswith(("<?xml", "<schedule", "<!doctype schedule")) and "<html" not in lower:
        return "xml", None
    if start[0] == "<":
        if _PASSWORD.search(text):
            raise FeedError(
                f"{label}: is a web page that asks for a login, not a calendar",
                hint="the site's calendar link for programs often holds a key of your own",
            )
        raise FeedError(
            f"{label}: is a web page, not a calendar",
            hint="give the address of its calendar file, often a link that ends with .ics",
        )
    if start[0] in "[{":
        raise FeedError(f"{label}: begins like JSON, but is broken, and no calendar either")
    for magic, what in _KINDS:
        if head.startswith(magic):
            raise FeedError(f"{label}: is {what}, not a calendar")
    if b"\x00" in head or sum(c < " " and c not in "\t\r\n\f" for c in start) * 20 > len(start):
        raise FeedError(f"{label}: is binary data, not a calendar")
    raise FeedError(f"{label}: is no calendar (it has no BEGIN:VCALENDAR)")


def _decoded(head: bytes) -> str:
    """The beginning as text; of UTF-16 and UTF-32 what is ASCII, which is enough to tell by."""
    if b"\x00" in head[:4]:
        head = head.replace(b"\x00", b"").lstrip(b"\xff\xfe")
    return head.decode("utf-8", "replace")


def _holds_calendar(stream: BinaryIO) -> bool:
    kept = b""
    while piece := stream.read(_PIECE):
        if _CALENDAR.search(kept + piece):
            stream.seek(0)
            return True
        kept = piece[-64:]
    stream.seek(0)
    return False


def _json(stream: BinaryIO) -> tuple[str, Any] | None:
    """`json` and its value, `lines` where each line is a value, None where it is neither."""
    first = next((line for line in stream if line.strip()), b"")
    value = _parsed(first)
    if value is None:
        stream.seek(0)
        value = _parsed(stream.read())
        stream.seek(0)
        if value is None:  # a first line that is broken costs no other
            found = any(_is_record(line) for line in stream)
            stream.seek(0)
            return ("lines", None) if found else None
        return "json", value
    more = any(line.strip() for line in stream)
    stream.seek(0)
    return ("lines", None) if more else ("json", value)


def _parsed(data: bytes) -> Any:
    """What JSON holds; None where it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _is_record(line: bytes) -> bool:
    record = _parsed(line) if line.lstrip().startswith(b"{") else None
    return isinstance(record, dict) and isinstance(record.get("id"), str)


def _xml(stream: BinaryIO, label: str, max_bytes: int) -> Any:
    """The root of an XML document; entities are not resolved and nothing is loaded for it."""
    from lxml import etree

    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise FeedError(f"{label}: is XML of more than {max_bytes:,} bytes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise FeedError(f"{label}: is broken XML, and no calendar") from None
    if etree.QName(root).localname.lower() == "html":
        raise FeedError(f"{label}: is a web page, not a calendar")
    return root
