"""`enrich cache`: the store of papers that were looked up: info, prune, clear."""

from __future__ import annotations

import time
from pathlib import Path

import click

from enrich.cli.options import Command, CommandGroup, Duration, cache_dir_option, say
from enrich.text.terminal import printable

_RESPONSES = ("answers.sqlite", "feeds.sqlite")
"""Files of the HTTP caches beside the store."""
_FOLDER = cache_dir_option(envvar="ENRICH_CACHE_DIR")


@click.group(
    cls=CommandGroup,
    examples=["enrich cache info"],
    help="The store of papers that were looked up: info, prune, clear.",
)
def command() -> None:
    """Group the commands."""


@command.command(
    "info",
    cls=Command,
    examples=["enrich cache info"],
    short_help="Print where the store is and what it holds.",
)
@_FOLDER
def show_store(cache_dir: Path | None) -> int:
    """Print where the store is and what it holds."""
    from enrich.store.store import open_store

    with open_store(cache_dir, now=time.time(), on_trouble=say) as store:
        found = store.info()
    click.echo(printable(f"{found['path']}: {found['bytes'] / 1e6:,.1f} MB"))
    click.echo(f"papers: {found['papers']:,}, of them {found['expired']:,} expired")
    click.echo(f"missing: {found['missing']:,}")
    click.echo(f"abstracts: {found['abstracts']:,}")
    return 0


@command.command(
    cls=Command, examples=["enrich cache clear"], short_help="Remove all papers and responses."
)
@_FOLDER
def clear(cache_dir: Path | None) -> int:
    """Remove all papers, and the responses of services and feeds beside them."""
    from enrich.store.store import open_store

    with open_store(cache_dir, now=time.time(), on_trouble=say) as store:
        before = store.info()
        store.clear()
        folder = store.path.parent
    for name in _RESPONSES:
        for file in (folder / name, folder / f"{name}-wal", folder / f"{name}-shm"):
            file.unlink(missing_ok=True)
    say(f"{before['papers'] + before['missing']:,} records removed from {folder}")
    return 0


@command.command(
    cls=Command,
    examples=["enrich cache prune --older-than 90d"],
    short_help="Remove old papers and responses.",
)
@click.option(
    "--older-than",
    type=Duration(needs_unit=True),
    required=True,
    metavar="AGE",
    help="Age from which papers and responses are removed: 90d, 12h, 4w.",
)
@_FOLDER
def prune(cache_dir: Path | None, older_than: float) -> int:
    """Remove papers, and responses of services and feeds, by age.

    They are requested again when they are needed.
    """
    from enrich.store.store import open_store

    now = time.time()
    with open_store(cache_dir, now=now, on_trouble=say) as store:
        papers = store.prune(now - older_than)
        folder = store.path.parent
    responses = sum(
        _prune_responses(folder, name, older_than)
        for name in _RESPONSES
        if (folder / name).exists()
    )
    say(f"{papers:,} records and {responses:,} responses removed from {folder}")
    return 0


def _prune_responses(folder: Path, name: str, age_s: float) -> int:
    """Remove the old responses of one HTTP cache; return their number."""
    from datetime import timedelta

    from enrich.http.cache import open_cache

    cache = open_cache(folder, say, file=name)
    try:
        before = len(cache.responses)
        cache.delete(older_than=timedelta(seconds=max(age_s, 0.001)))  # 0 would mean no limit
        return before - len(cache.responses)
    finally:
        cache.close()  # type: ignore[no-untyped-call]
