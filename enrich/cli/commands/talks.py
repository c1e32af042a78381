"""`enrich talks`: the talks of feeds as a table, with links and warnings."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC
from typing import TYPE_CHECKING, Any

import click

from enrich.cli.options import (
    LOOKUPS,
    WRITE,
    Command,
    cache_dir_option,
    complete_files,
    option,
    printing_log,
    quiet_option,
    say,
    selection_options,
    verbose_option,
)

if TYPE_CHECKING:
    from enrich.model import AnnotatedTalk, Talk


@click.command(
    cls=Command,
    examples=["enrich talks seminar.ics --since today"],
    help="Show the talks of feeds as a table: date, speaker, title, links, warnings. No paper is looked up.",
)
@click.argument("feeds", nargs=-1, required=True, metavar="FEED…", shell_complete=complete_files)
@option(
    WRITE,
    "--json",
    "as_json",
    envvar="ENRICH_JSON",
    is_flag=True,
    help="Print the talks as JSON, one per line.",
)
@selection_options
@option(LOOKUPS, "--offline", is_flag=True, help="Never use the network.")
@option(LOOKUPS, "--refresh", is_flag=True, help="Fetch the feed again.")
@cache_dir_option("Folder of the feeds' cache.")
@quiet_option()
@verbose_option()
def command(feeds: tuple[str, ...], *, as_json: bool, **options: Any) -> int:
    """Show the talks of the feeds."""
    from enrich.cli.reading import Reading
    from enrich.cli.suggestions import check_feeds

    check_feeds(feeds)
    reading = Reading(feeds=feeds, options=options, prints_notices=not options["quiet"])
    talks = (_annotate_alone(talk) for talk in reading.talks())
    count = 0
    with printing_log(verbose=options["verbose"]):
        if as_json:
            from enrich.document import encode
            from enrich.model import talk_object

            for count, talk in enumerate(talks, 1):  # noqa: B007
                sys.stdout.write(encode(talk_object(talk)) + "\n")
        else:
            from enrich.cli.table import table_lines

            rows = list(talks)
            count = len(rows)
            if reading.every_feed_failed:
                return 1
            width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
            for line in table_lines(rows, zone=reading.zone or UTC, width=width):
                click.echo(line)
    if not options["quiet"] and (dropped := reading.describe_dropped(count)):
        say(dropped)
    return 1 if reading.every_feed_failed else 3 if reading.failed or reading.stale else 0


def _annotate_alone(talk: Talk) -> AnnotatedTalk:
    from enrich.annotation import annotate
    from enrich.references.extract import find_references

    return annotate(talk, find_references(talk), {})
