"""`enrich talks FEED…`: what was read, as a table; why a talk lacks its paper."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC
from pathlib import Path
from typing import Any

import click

from enrich.annotation import annotate
from enrich.cli.reading import Reading, selection_options
from enrich.model import AnnotatedTalk, Talk


@click.command(
    help="Show the talks that were read from feeds: date, speaker, title, links, warnings. No paper is looked up."
)
@click.argument("feeds", nargs=-1, required=True, metavar="FEED…")
@click.option(
    "--json", "as_json", envvar="ENRICH_JSON", is_flag=True, help="The talks as JSON, one a line."
)
@selection_options
@click.option("--offline", is_flag=True, help="Never touch the network.")
@click.option("--refresh", is_flag=True, help="Fetch the feed again.")
@click.option("-q", "--quiet", is_flag=True, help="Errors only.")
@click.option(
    "--cache-dir",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of the feeds' cache.",
)
def command(feeds: tuple[str, ...], *, as_json: bool, **options: Any) -> int:
    """Show the talks of the feeds."""
    reading = Reading(feeds=feeds, options=options, told=not options["quiet"])
    talks = (_annotated(talk) for talk in reading.talks())
    if as_json:
        from enrich.document import encode
        from enrich.model import talk_object

        for talk in talks:
            sys.stdout.write(encode(talk_object(talk)) + "\n")
    else:
        from enrich.cli.table import table_lines

        rows = list(talks)
        if reading.unreadable:
            return 1
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        for line in table_lines(rows, zone=reading.zone or UTC, width=width):
            click.echo(line)
    return 1 if reading.unreadable else 3 if reading.failed else 0


def _annotated(talk: Talk) -> AnnotatedTalk:
    from enrich.references.extract import find_references

    return annotate(talk, find_references(talk), {})
