"""Opening of feeds: a path, bytes, a binary file, standard input, a URL, or the name of a series.

Errors name a file as the user typed it, and a URL only by its host, because the rest may hold a secret.
"""

from __future__ import annotations

import io
import os
import re
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from msgspec import Struct

from enrich.errors import FeedError
from enrich.feeds.sniffing import detect_format
from enrich.feeds.web_pages import find_series, find_talk_calendar, name_address
from enrich.model import Notice
from enrich.text.packed import MAX_RATIO, exceeds_ratio
from enrich.text.patterns import compile_later

if TYPE_CHECKING:
    from requests import Session

Source = str | os.PathLike[str] | bytes | BinaryIO

_PIECE_BYTES = 1 << 18
_ADDRESS = compile_later(r"(?:https?|webcals?)://", re.IGNORECASE)
_FILE_URL = compile_later(r"file:(?://(?:localhost)?)?(?=/)", re.IGNORECASE)
_SITE = compile_later(
    r"(?://)?(?:[^/@\s]{0,200}@)?((?:[\w-]+\.)+"
    r"(?:[\w-]+(?=[/?]|:\d)|(?:org|com|edu|net|gov|info|eu|(?!gz|md)[a-z]{2})\Z))",
    re.IGNORECASE,
)
"""Pattern of what may be a URL without its scheme; what follows the host may be secret."""
_SERIES = compile_later(r"researchseminars:((?!\.+$)[A-Za-z0-9_+.-]+)")


class Downloader(Struct, frozen=True, kw_only=True):
    """Settings for fetching feeds, and the receiver of notices."""

    session: Session | None
    offline: bool
    refresh: bool
    cache_dir: str | os.PathLike[str] | None
    max_bytes: int
    deadline: float
    """Time by which all requests must be finished (`time.monotonic`)."""
    on_notice: Callable[[Notice], None]

    def fetch(self, url: str) -> tuple[bytes, str]:
        """Return the body of a feed, and its host."""
        from enrich.feeds.download import DEADLINE_S, Limits, fetch, parse_address

        _, host = parse_address(url)

        def check(body: bytes) -> None:
            with ExitStack() as held:
                detect_format(unpack(io.BytesIO(body), held, host, self.max_bytes), host)

        def report_stale(why: str) -> None:
            message = (
                f"the last copy of this feed was read, because the request to {host} failed: {why}"
            )
            self.on_notice(Notice(code="stale_feed", message=message, feed=host))

        def report_link(name: str) -> None:
            message = (
                f"{name_address(url)} is a web page; the calendar that it names was read: {name}"
            )
            self.on_notice(Notice(code="calendar_of_page", message=message, feed=host))

        body = fetch(
            url,
            check=check,
            on_stale=report_stale,
            on_linked=report_link,
            session=self.session,
            offline=self.offline,
            refresh=self.refresh,
            cache_dir=self.cache_dir,
            limits=Limits(
                max_bytes=self.max_bytes,
                deadline_s=min(DEADLINE_S, self.deadline - time.monotonic()),
            ),
        )
        return body, host

    def fetch_page(self, url: str) -> tuple[bytes, str]:
        """Return the feed at a URL, and its host.

        A page of researchseminars.org does not link its calendar, so the calendar's URL is derived from the
        page's.
        """
        series, talk = find_series(url), find_talk_calendar(url)
        if series is None and talk is None:
            return self.fetch(url)
        body, host = self.fetch(talk) if talk else self.fetch_series(series or "")
        replacement = f"the series {series}" if series else "its calendar"
        message = f"{name_address(url)} is a web page; {replacement} was read in its place"
        self.on_notice(Notice(code="calendar_of_page", message=message, feed=host))
        return body, host

    def fetch_series(self, name: str) -> tuple[bytes, str]:
        """Return a series of researchseminars.org, and its host.

        The site's API, JSON and calendar are tried in this order.
        """
        from enrich.feeds.dialects.researchseminars import list_addresses

        *better, last = list_addresses(name)
        for url in better:
            try:
                return self.fetch(url)
            except FeedError:
                continue
        return self.fetch(last)


def open_source(
    source: Source, held: ExitStack, downloader: Downloader
) -> tuple[BinaryIO, str | None, str]:
    """Open a feed as a stream that can be read twice.

    Return the stream, the feed's name, if any, and its label in error messages.

    Raises:
        FeedError: the feed cannot be read.
        TypeError: `source` is not a path, URL, bytes or binary file.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        return io.BytesIO(source), None, "the data given"
    if isinstance(source, str) and source == "-":
        return _make_seekable(sys.stdin.buffer, held), None, "standard input"
    if isinstance(source, str) and (_ADDRESS.match(source) or _SERIES.fullmatch(source)):
        series = _SERIES.fullmatch(source)
        body, host = downloader.fetch_series(series[1]) if series else downloader.fetch_page(source)
        stream = spool(held)
        stream.write(body)
        stream.seek(0)
        return stream, host, host
    if isinstance(source, str) and len(source.splitlines()) > 1:
        raise FeedError(
            "a text of several lines is neither a path nor an address",
            hint="pass the calendar as bytes: read_talks(text.encode())",
        )
    if isinstance(source, (str, os.PathLike)):
        path = os.fspath(source)
        is_url = isinstance(source, str) and _FILE_URL.match(path)
        return _open_file(_decode_file_url(path) if is_url else path, path, held)
    if not hasattr(source, "read") or isinstance(source, io.TextIOBase):
        raise TypeError(
            f"a feed is a path, an address, bytes or a binary file, not {type(source).__name__}"
        )
    named = getattr(source, "name", None)
    name = _get_stem(named) if isinstance(named, str) and named[:1] not in {"", "<"} else None
    return _make_seekable(source, held), name, name or "the file given"


def _decode_file_url(url: str) -> str:
    """Return the path of a `file:` URL (RFC 8089).

    >>> _decode_file_url("file:///tmp/my%20talks.ics"), _decode_file_url("file:/tmp/a.ics")
    ('/tmp/my talks.ics', '/tmp/a.ics')
    """
    from urllib.request import url2pathname

    return url2pathname(_FILE_URL.sub("", url).partition("#")[0])


def _open_file(path: str, given: str, held: ExitStack) -> tuple[BinaryIO, str, str]:
    """Open a file.

    Return the stream, the feed's name, and its label: the path as the user typed it.
    """
    site = _SITE.match(path)
    if site and Path(path[: site.end()]).is_dir():
        site = None
    label = site[1] if site else given
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
    return _make_seekable(stream, held), _get_stem(path), label


def _get_stem(path: str) -> str:
    return Path(path.removesuffix(".gz")).stem or Path(path).name


def _make_seekable(stream: BinaryIO, held: ExitStack) -> BinaryIO:
    """Return a stream that can be read twice.

    If the given stream cannot be read twice, return a temporary copy.
    """
    try:
        if stream.seekable() and stream.tell() == 0:
            return stream
    except (AttributeError, OSError):
        pass
    copy = spool(held)
    while piece := stream.read(_PIECE_BYTES):
        copy.write(piece)
    copy.seek(0)
    return copy


def spool(held: ExitStack) -> BinaryIO:
    """Return a temporary file that other users cannot read.

    It is removed when `held` is closed. A small file stays in memory.
    """
    import tempfile  # which imports much that few feeds need

    return cast(
        "BinaryIO", held.enter_context(tempfile.SpooledTemporaryFile(max_size=_PIECE_BYTES))
    )


def unpack(
    stream: BinaryIO,
    held: ExitStack,
    label: str,
    max_bytes: int,
    on_damage: Callable[[str], None] | None = None,
) -> BinaryIO:
    """Return the stream, unpacked if it is gzip.

    If the file is damaged, only the part before the damage is returned, and `on_damage` gets a message.

    Raises:
        FeedError: the file is damaged from the beginning, or unpacks to too much.
    """
    if stream.read(2) != b"\x1f\x8b":
        stream.seek(0)
        return stream
    import gzip
    import zlib

    packed_bytes = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    copy, size = spool(held), 0
    try:
        with gzip.GzipFile(fileobj=stream, mode="rb") as packed:
            while piece := packed.read1(_PIECE_BYTES):
                size += len(piece)
                if size > max_bytes:
                    raise FeedError(f"{label}: unpacks to more than {max_bytes:,} bytes")
                if exceeds_ratio(size, packed_bytes):
                    raise FeedError(
                        f"{label}: unpacks to more than {MAX_RATIO} times its size",
                        hint="if you trust it, unpack it first",
                    )
                copy.write(piece)
    except (EOFError, OSError, zlib.error):
        if not size:
            raise FeedError(f"{label}: is damaged gzip") from None
        if on_damage is not None:
            on_damage("the gzip data is damaged; talks may be missing")
    copy.seek(0)
    return copy


def normalize_stream(stream: BinaryIO, held: ExitStack) -> BinaryIO:
    """Return the stream re-encoded as UTF-8 and dedented."""
    from enrich.feeds.ical.lines import normalize_encoding

    pieces = normalize_encoding(stream)
    if pieces is None:
        return stream
    copy = spool(held)
    copy.writelines(pieces)
    return copy
