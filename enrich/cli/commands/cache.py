"""`enrich cache`: the store of papers that were looked up: info, clear."""

from __future__ import annotations

import time
from pathlib import Path

import click

from enrich.cli.options import Command, CommandGroup, cache_dir_option, say
from enrich.text.terminal import printable

_FOLDER = cache_dir_option(envvar="ENRICH_CACHE_DIR")


@click.group(
    cls=CommandGroup,
    examples=["enrich cache info"],
    help="The store of papers that were looked up: info, clear.",
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
    from enrich.store import open_store

    with open_store(cache_dir, now=time.time(), on_trouble=say) as store:
        found = store.info()
    click.echo(printable(f"{found['path']}: {found['bytes'] / 1e6:,.1f} MB"))
    click.echo(f"papers: {found['papers']:,}, of them {found['expired']:,} to be asked for again")
    click.echo(f"missing: {found['missing']:,}")
    click.echo(f"abstracts: {found['abstracts']:,}")
    return 0


@command.command(
    cls=Command, examples=["enrich cache clear"], short_help="Remove all papers and responses."
)
@_FOLDER
def clear(cache_dir: Path | None) -> int:
    """Remove all papers, and the responses of services and feeds beside them."""
    from enrich.store import open_store

    with open_store(cache_dir, now=time.time(), on_trouble=say) as store:
        before = store.info()
        store.clear()
        folder = store.path.parent
    for name in ("answers.sqlite", "feeds.sqlite"):
        for file in (folder / name, folder / f"{name}-wal", folder / f"{name}-shm"):
            file.unlink(missing_ok=True)
    say(f"{before['papers'] + before['missing']:,} records forgotten in {folder}")
    return 0
