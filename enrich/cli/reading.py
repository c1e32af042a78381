"""Selected talks of a command's feeds; unreadable events and feeds become notices."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from msgspec import Struct, field

from enrich.changes.feed_contents import FeedContents
from enrich.cli.options import say
from enrich.cli.suggestions import find_close, is_address, suggest_feed, suggest_zone
from enrich.errors import FeedError
from enrich.model import Notice, Talk
from enrich.text.patterns import compile_later
from enrich.text.web import host_of

_PRINTED_CODES = frozenset({"no_talks", "truncated_feed"})
"""Codes of notices that are also printed, because the printed summary does not count them."""
_LOSS_CODES = frozenset({"bad_record", "event_too_large", "truncated_event", "unreadable_event"})
_TEXT_FILTERS = ("series", "speaker", "match", "exclude")
_FILTERS = ("since", "until", *_TEXT_FILTERS, "with_papers_only", "own")


_KEY = compile_later(
    r"private-.*|(?=[^a-z]*[a-z])(?=[^0-9]*[0-9])[0-9a-z_=%+-]{40,}"
    r"|(?=[^a-z]*[a-z])(?=[^0-9]*[0-9])[0-9a-z]{14,}",
    re.IGNORECASE,
)
"""Pattern of a part of a path that may be the key of a private calendar."""


class Reading(Struct, kw_only=True):
    """Selected talks of a command's feeds, in order; unreadable events and feeds become notices."""

    feeds: tuple[str, ...]
    options: dict[str, Any]
    """Values of `options.selection_options`, and offline, refresh and cache_dir."""
    prints_notices: bool
    """Whether to print notices on standard error; true if no output holds them."""
    keep_raw: bool = False
    """Whether talks carry their raw blocks, for the writers that need them."""
    deadline: float = math.inf
    """End of all requests for feeds, by `time.monotonic`."""
    names: Mapping[str, str | None] = field(default_factory=dict)
    """Names the user gave to feeds."""
    feed_contents: FeedContents | None = None
    """Receives each talk and notice as it is read, before the filters."""
    failed_feeds: int = 0
    """Number of feeds that could not be read."""
    stale_feeds: int = 0
    """Number of feeds read from their last copy, because their server failed in this run."""
    talks_read: int = 0
    """Number of talks before the filters."""
    collected_notices: list[Notice] = field(default_factory=list)

    @property
    def zone(self) -> tzinfo | None:
        """The zone of `--tz`; None without it.

        Raises:
            click.UsageError: no zone has this name.
        """
        from enrich.feeds.selection import find_zone

        if not (name := self.options["tz"]):
            return None
        try:
            return find_zone(name)
        except ValueError as error:
            close = suggest_zone(name)
            raise click.UsageError(
                f"--tz: there is no time zone {name!r}; did you mean {close}?"
                if close
                else f"--tz: {error}"
            ) from None

    @property
    def unreadable_events(self) -> int:
        """Number of events and records that could not be read."""
        return sum(notice.code in _LOSS_CODES for notice in self.collected_notices)

    @property
    def every_feed_failed(self) -> bool:
        """Whether every feed failed."""
        return self.failed_feeds == len(self.feeds)

    def talks(self) -> Iterator[Talk]:
        """Return the selected talks, lazily unless they are sorted.

        Raises:
            click.UsageError: `--since` or `--until` is not a valid date, or they are in the wrong
                order.
        """
        talks, zone = self._read(), self.zone or UTC
        since, until = self._parse_option("since"), self._parse_option("until")
        if since and until and until <= since:
            raise click.UsageError(
                f"--until {self.options['until']} is not after --since {self.options['since']}: "
                "no talk can start between them"
            )
        texts = {name: self.options[name] for name in _TEXT_FILTERS}
        if since or until or any(texts.values()):
            from enrich.feeds.selection import select_talks

            talks = select_talks(talks, since=since, until=until, **texts, zone=zone)
        if self.options["sort"] == "start":
            from enrich.feeds.selection import sort_by_start

            return iter(sort_by_start(talks, zone))
        return talks

    def notices(self) -> Iterator[Notice]:
        """Yield the notices; they are complete after the last talk."""
        yield from self.collected_notices

    def describe_dropped(self, selected: int) -> str | None:
        """Return a message if the filters excluded all talks."""
        if selected or not self.talks_read:
            return None
        given = [name for name in _FILTERS if self.options.get(name)]
        names = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        talks = "the 1 talk" if self.talks_read == 1 else f"all {self.talks_read} talks"
        return f"no talks left: {names} excluded {talks}"

    def _parse_option(self, name: str) -> datetime | None:
        from enrich.feeds.selection import DAYS, parse_bound

        if not (text := self.options[name]):
            return None
        now, zone = datetime.now(UTC), self.zone or UTC
        try:
            return parse_bound(text, now=now, zone=zone, ahead=name == "until")
        except ValueError as error:
            close = find_close(text.strip(), DAYS)
            end = f"; did you mean {close}?" if close else ""
            raise click.UsageError(f"--{name}: {error}{end}") from None

    def _read(self) -> Iterator[Talk]:
        from enrich.feeds.reading import read_talks

        seen: set[int] = set()
        for feed in self.feeds:
            stale = set[str | None]()

            name = self.names.get(feed)

            def receive_notice(
                notice: Notice,
                feed: str = feed,
                stale: set[str | None] = stale,
                name: str | None = name,
            ) -> None:
                self._add_notice(replace(notice, feed=name) if name else notice)
                # A feed that is an earlier output repeats that run's notices, so only addresses count.
                if notice.code == "stale_feed" and is_address(feed):
                    stale.add(notice.feed)

            try:
                for talk in read_talks(
                    feed,
                    offline=self.options["offline"],
                    refresh=self.options["refresh"],
                    cache_dir=self.options["cache_dir"],
                    keep_raw=self.keep_raw,
                    timeout_s=None
                    if self.deadline == math.inf
                    else max(0.0, self.deadline - time.monotonic()),
                    keep_private=self.options["keep_private"],
                    duplicates=False,
                    seen=seen,
                    on_notice=receive_notice,
                ):
                    self.talks_read += 1
                    if name:
                        talk = replace(talk, feed=replace(talk.feed, name=name))  # noqa: PLW2901
                    if self.feed_contents is not None:
                        self.feed_contents.add_talk(talk)
                    yield talk
            except FeedError as error:
                self.failed_feeds += 1
                say(_describe_failure(feed, error))
                notice = _make_notice(feed, error)
                notice = replace(notice, feed=name) if name else notice
                self.collected_notices.append(notice)
                if self.feed_contents is not None:
                    self.feed_contents.fail_feed(notice.feed)
            else:
                if self.feed_contents is not None:
                    self.feed_contents.end_feed()
            self.stale_feeds += bool(stale)

    def _add_notice(self, notice: Notice) -> None:
        self.collected_notices.append(notice)
        if self.feed_contents is not None:
            self.feed_contents.add_notice(notice)
        is_printed = notice.code in _PRINTED_CODES and not self.options.get("quiet")
        if self.prints_notices or is_printed or notice.code == "stale_feed":
            where = "".join(
                f", {name} {value}"
                for name, value in (("event", notice.event), ("line", notice.line))
                if value is not None and not notice.message.startswith(f"{name} {value}")
            )
            say(f"{notice.feed or 'feed'}{where}: {notice.message}")


def _describe_failure(feed: str, error: FeedError) -> str:
    hint = error.hint
    if not hint and (better := suggest_feed(feed)):
        hint = f"did you mean {better}?"
    message = _name_by_path(str(error), feed) if is_address(feed) else str(error)
    return f"{message} ({hint})" if hint else message


def _name_by_path(message: str, feed: str) -> str:
    """Return a message in which a server's feed is named by host and path.

    A series of researchseminars.org is named as typed. Parts of the path that may be a key are left out.

    >>> _name_by_path("x.org: answered 500", "https://x.org/a/talks.ics?key=1")
    'x.org/a/talks.ics: answered 500'
    """
    try:
        parts = urlsplit(feed)
    except ValueError:  # a bad IPv6 address, which the message already describes
        return message
    if not parts.netloc:
        return message.replace("researchseminars.org", feed, 1)
    host = parts.hostname or ""
    path = "/".join(["…" if _KEY.fullmatch(part) else part for part in parts.path.split("/")])
    return message.replace(host, host + path.rstrip("/"), 1) if path.isprintable() else message


def _make_notice(feed: str, error: FeedError) -> Notice:
    """Return a notice for the document, with the file's name but not its folder."""
    message = str(error)
    if not is_address(feed):
        message = message.replace(feed, Path(feed).name or feed)
    return Notice(code="unreadable_feed", message=message, feed=_name_feed(feed))


def _name_feed(feed: str) -> str | None:
    """Return the name of a feed that could not be read.

    An address is named by its host, because the rest may hold a secret.
    """
    try:
        return host_of(feed) or (Path(feed).stem if Path(feed).exists() else None)
    except OSError:  # the name is too long
        return None
