"""The function `read_talks`, for feeds of every format and location."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, MutableSet
from contextlib import ExitStack
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING

from enrich.feeds.documents import read_document, read_lines
from enrich.feeds.opening import Downloader, Source, normalize_stream, open_source, unpack
from enrich.feeds.protected import ANCHORS
from enrich.feeds.sniffing import detect_format, parse_xml
from enrich.model import Notice, Talk
from enrich.text.times import to_seconds

if TYPE_CHECKING:
    from requests import Session

MAX_BYTES = 64_000_000
MAX_EVENT_BYTES = 4_000_000


def read_talks(
    source: Source,
    *,
    session: Session | None = None,
    offline: bool = False,
    refresh: bool = False,
    cache_dir: str | os.PathLike[str] | None = None,
    max_bytes: int = MAX_BYTES,
    timeout_s: float | timedelta | None = None,
    duplicates: bool = True,
    keep_raw: bool = False,
    keep_private: bool = False,
    on_notice: Callable[[Notice], None] | None = None,
    seen: MutableSet[int] | None = None,
    anchors: tuple[str, ...] = ANCHORS,
) -> Iterator[Talk]:
    r"""Return the talks of one feed, lazily.

    The feed is a path, `-`, bytes, a binary file, or a URL.

    `max_bytes` limits the size of a download and of unpacked data. `timeout_s` (seconds or a timedelta)
    limits the time of all requests for the feed. `duplicates=False` drops all but the last of equal
    events; with a `seen` shared by several feeds, talks of earlier feeds are dropped too. `on_notice`
    receives a notice for each item that cannot be read. `anchors` are labels and hosts that mark a paper
    in a text: text that may belong to a reference is never redacted.

    Raises:
        FeedError: the feed cannot be read. The call raises it, not the iteration.
        TypeError: `source` is not a feed, or `timeout_s` is not a duration.

    >>> read = read_talks(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:A talk\nEND:VEVENT\nEND:VCALENDAR")
    >>> [talk.title for talk in read]
    ['A talk']
    """
    seconds = to_seconds("timeout_s", timeout_s)
    talks = _read_source(
        source,
        Downloader(
            session=session,
            offline=offline,
            refresh=refresh,
            cache_dir=None if cache_dir is None else os.path.expanduser(cache_dir),  # noqa: PTH111 - a str or a path
            max_bytes=max_bytes,
            deadline=math.inf if seconds is None else time.monotonic() + seconds,
            on_notice=on_notice or _ignore,
        ),
        duplicates=duplicates,
        keep_raw=keep_raw,
        keep_private=keep_private,
        seen=seen,
        anchors=anchors,
    )
    # The first talk is read here, so that the call raises the errors.
    for first in talks:
        return chain((first,), talks)
    return iter(())


def _ignore(notice: Notice) -> None:
    """Drop a notice."""


def _read_source(
    source: Source,
    downloader: Downloader,
    *,
    duplicates: bool,
    keep_raw: bool,
    keep_private: bool,
    seen: MutableSet[int] | None,
    anchors: tuple[str, ...],
) -> Iterator[Talk]:
    from enrich.feeds.calendar import read_calendar
    from enrich.feeds.duplicates import DuplicateFilter, distinguishing_key, talk_key
    from enrich.feeds.finish import finish_talk

    max_bytes, on_notice = downloader.max_bytes, downloader.on_notice
    with ExitStack() as held:
        stream, name, label = open_source(source, held, downloader)

        def report_damage(message: str, feed: str | None = name) -> None:
            on_notice(Notice(code="truncated_feed", message=message, feed=feed))

        stream = unpack(stream, held, label, max_bytes, report_damage)
        kind, document = detect_format(stream, label)
        if kind == "calendar":
            yield from read_calendar(
                normalize_stream(stream, held),
                name=name,
                label=label,
                duplicates=duplicates,
                seen=seen,
                keep_raw=keep_raw,
                keep_private=keep_private,
                max_event_bytes=MAX_EVENT_BYTES,
                anchors=anchors,
                on_notice=on_notice,
            )
            return
        if kind == "lines":
            talks = read_lines(stream, name=name, label=label, on_notice=on_notice)
        else:
            if kind == "xml":
                document = parse_xml(stream, label, max_bytes)
            talks = read_document(document, name=name, label=label, on_notice=on_notice)
        duplicate_filter = DuplicateFilter(set() if seen is None and not duplicates else seen)
        count = 0
        for count, found in enumerate(talks, 1):  # noqa: B007 - used after the loop
            talk = finish_talk(found, keep_private=keep_private, anchors=anchors)
            if duplicate_filter.add(talk_key(talk), distinguishing_key(talk)):
                yield talk
        duplicate_filter.report(on_notice, name)
        if not count:
            on_notice(Notice(code="no_talks", message="the feed holds no talks", feed=name))
