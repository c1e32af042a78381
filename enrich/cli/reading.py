"""Reading feeds for a command: the options that choose talks, all feeds in order, what failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar

import click

from enrich.cli.options import say
from enrich.errors import FeedError
from enrich.model import Notice, Talk
from enrich.text.web import host_of

_LOST = frozenset({"bad_record", "event_too_large", "truncated_event", "unreadable_event"})

F = TypeVar("F", bound=Callable[..., Any])


def selection_options(command: F) -> F:
    """The options that choose talks."""
    options = (
        click.option("--since", metavar="DATE", help="Talks that start at or after it: ISO 8601, or 7d ago."),
        click.option("--until", metavar="DATE", help="Talks that start before it: ISO 8601, or 7d ahead."),
        click.option("--series", multiple=True, metavar="TEXT", help="Talks of a series whose name holds this. May be given again."),
        click.option("--speaker", multiple=True, metavar="TEXT", help="Talks by a speaker whose name holds this. May be given again."),
        click.option("--sort", type=click.Choice(["feed", "start"]), default="feed", help="In the order of the feeds, or by start."),
        click.option("--tz", metavar="ZONE", help="Zone of --since and --until, and of times shown to people; UTC if not told."),
        click.option("--keep-private", is_flag=True, help="Keep meeting links, numbers and passcodes."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@dataclass(slots=True, kw_only=True)
class Reading:
    """The chosen talks of all feeds in order; what could not be read becomes notices."""

    feeds: tuple[str, ...]
    options: dict[str, Any]
    """Those of `selection_options`, and offline, refresh, cache_dir."""
    told: bool
    """Whether notices are said on standard error, for the output has no place for them."""
    keep_raw: bool = False
    """Whether talks carry their raw blocks, for the writers that need them."""
    failed: int = 0
    """Feeds that could not be read."""
    gathered: list[Notice] = field(default_factory=list)

    @property
    def zone(self) -> tzinfo | None:
        """The zone that was asked for.

        Raises:
            click.UsageError: there is none of this name.
        """
        from enrich.feeds.selection import zone

        try:
            return zone(self.options["tz"]) if self.options["tz"] else None
        except ValueError as error:
            raise click.UsageError(str(error)) from None

    @property
    def lost(self) -> int:
        """Events and records that could not be read."""
        return sum(notice.code in _LOST for notice in self.gathered)

    @property
    def unreadable(self) -> bool:
        """Whether not one of the feeds could be read."""
        return self.failed == len(self.feeds)

    def talks(self) -> Iterator[Talk]:
        """The talks, lazily, but where they are to be sorted.

        Raises:
            click.UsageError: a bound of time is none.
        """
        if not any(self.options[name] for name in ("since", "until", "series", "speaker")):
            talks = self._read()
        else:
            from enrich.feeds.selection import Selection, selected

            talks = selected(
                self._read(),
                Selection(
                    since=self._bound("since"),
                    until=self._bound("until"),
                    series=self.options["series"],
                    speaker=self.options["speaker"],
                    zone=self.zone or UTC,
                ),
            )
        if self.options["sort"] == "start":
            from enrich.feeds.selection import by_start

            return iter(by_start(talks, self.zone or UTC))
        return talks

    def notices(self) -> Iterator[Notice]:
        """What could not be read; complete after the last talk."""
        yield from self.gathered

    def _bound(self, name: str) -> datetime | None:
        from enrich.feeds.selection import bound

        if not (text := self.options[name]):
            return None
        try:
            return bound(text, now=datetime.now(UTC), zone=self.zone or UTC, ahead=name == "until")
        except ValueError as error:
            raise click.UsageError(f"--{name}: {error}") from None

    def _read(self) -> Iterator[Talk]:
        from enrich.feeds.reading import read_talks

        seen: set[int] = set()
        for feed in self.feeds:
            try:
                yield from read_talks(
                    feed,
                    offline=self.options["offline"],
                    refresh=self.options["refresh"],
                    cache_dir=self.options["cache_dir"],
                    keep_raw=self.keep_raw,
                    keep_private=self.options["keep_private"],
                    duplicates=False,
                    seen=seen,
                    on_notice=self._notice,
                )
            except FeedError as error:
                self.failed += 1
                say(f"{error} ({error.hint})" if error.hint else str(error))
                notice = Notice(code="unreadable_feed", message=str(error), feed=_name(feed))
                self.gathered.append(notice)

    def _notice(self, notice: Notice) -> None:
        self.gathered.append(notice)
        if self.told or notice.code == "stale_feed":
            where = "".join(
                f", {name} {value}"
                for name, value in (("event", notice.event), ("line", notice.line))
                if value is not None
            )
            say(f"{notice.feed or 'feed'}{where}: {notice.message}")


def _name(feed: str) -> str | None:
    """What a feed that could not be read is called: an address by its host, for it may hold a secret."""
    try:
        return host_of(feed) or (Path(feed).stem if Path(feed).exists() else None)
    except OSError:  # too long for a name
        return None
