"""Suggestions for mistaken input: misspelled words and zones, papers and series given as feeds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import click

from enrich.cli.commands import command_names
from enrich.text.patterns import compile_later

_ADDRESS = compile_later(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_SERIES = "researchseminars"
_SERIES_NAME = compile_later(r"[A-Za-z][A-Za-z0-9_+.-]{0,63}")
_PREFIXED = compile_later(r"(\w{4,32}):([A-Za-z0-9_+.-]+)")
_SUFFIX = compile_later(r"\.[A-Za-z]+")


def find_close(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most similar; None if none is.

    >>> find_close("lokup", ["lookup", "cache"]), find_close("seminar", ["lookup", "cache"])
    ('lookup', None)
    """
    from difflib import get_close_matches

    by_key = {one.casefold(): one for one in reversed([*known])}
    close = get_close_matches(word.casefold(), by_key, n=1, cutoff=0.75)
    return by_key[close[0]] if close else None


def suggest_zone(name: str) -> str | None:
    """Return the time zone with the most similar name or city."""
    from zoneinfo import available_timezones

    zones = sorted(available_timezones())
    cities = {zone.rpartition("/")[2]: zone for zone in reversed(zones)}
    word = name.strip().replace(" ", "_")
    for close in (find_close(word, zones), find_close(word, cities)):
        if close is not None:
            return cities.get(close, close)
    return None


def suggest_feed(feed: str) -> str | None:
    """Return a command or series to write in place of a feed.

    >>> suggest_feed("SciML"), suggest_feed("nosuch.ics"), suggest_feed("folder/nosuch")
    ('researchseminars:SciML', None, None)
    """
    found = []
    is_word = _SERIES_NAME.fullmatch(feed) and not _SUFFIX.fullmatch(Path(feed).suffix)
    if names_paper(feed):
        import shlex

        found.append(f"enrich lookup {shlex.quote(feed)}")
    if is_word:
        found.append(f"{_SERIES}:{feed}")
    elif (
        (prefixed := _PREFIXED.fullmatch(feed))
        and prefixed[1] != _SERIES
        and find_close(prefixed[1], [_SERIES])
    ):
        found.append(f"{_SERIES}:{prefixed[2]}")
    return " or ".join(found) or None


def names_paper(text: str) -> bool:
    """Return whether a text is the id or address of one paper, and nothing else."""
    from enrich.errors import InvalidId
    from enrich.references.extract import find_references, parse_id

    try:
        parse_id(text)
    except InvalidId:
        return False
    references = find_references(text)
    return not references or (references[0].start == 0 and references[-1].end == len(text))


def check_feeds(feeds: tuple[str, ...]) -> None:
    """Raise click.UsageError for a feed that is likely a mistake."""
    if feeds.count("-") > 1:
        raise click.UsageError("standard input can be read only once")
    for position, feed in enumerate(feeds):
        if feed == "-" or feed.startswith(f"{_SERIES}:") or _exists(feed):
            continue
        if feed in {"help", "version"}:
            raise click.UsageError(f"{feed!r} is not a file or an address; did you mean --{feed}?")
        if feed in command_names():
            raise click.UsageError(
                f"{feed!r} is a command and must come first; for a file of that name write ./{feed}"
            )
        if position == 0 and feed.isalpha() and (name := find_close(feed, command_names())):
            raise click.UsageError(
                f"{feed!r} is neither a file nor a command; did you mean enrich {name}?"
            )
        if _ADDRESS.match(feed):
            if names_paper(feed):
                raise click.UsageError(
                    f"{feed} names a paper, not a feed; {_suggest_in_words(feed)}"
                )
        elif len(feeds) == 1 and suggest_feed(feed):
            raise click.UsageError(
                f"{feed!r} is not a file or an address; {_suggest_in_words(feed)}"
            )


def is_address(feed: str) -> bool:
    """Return whether a feed is read from a server."""
    is_series = feed.startswith(f"{_SERIES}:")
    return is_series or bool(_ADDRESS.match(feed) and not feed.lower().startswith("file:"))


def _suggest_in_words(feed: str) -> str:
    return f"did you mean {suggest_feed(feed)}?"


def _exists(feed: str) -> bool:
    try:
        return Path(feed).exists()
    except (OSError, ValueError):  # the name is too long, or has a null byte
        return False
