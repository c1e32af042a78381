"""The main job: feeds in, one document out. `enrich [OPTIONS] FEED…`."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterable
from itertools import chain, islice
from typing import Any

import click

from enrich.annotation import select_own
from enrich.cli.formats import FormatChoice, choose_format
from enrich.cli.group import MainGroup
from enrich.cli.options import enricher_options, lookup_options, printing_log, say
from enrich.cli.output import Output, check_target
from enrich.cli.progress import open_progress
from enrich.cli.reading import Reading, selection_options
from enrich.cli.reporting import Outcome
from enrich.cli.suggestions import check_feeds
from enrich.feeds.selection import keep_with_papers
from enrich.model import Document, Talk
from enrich.version import VERSION
from enrich.writers import writer

_EPILOG = """\b
Environment: ENRICH_* for each option (ENRICH_OFFLINE=1); OPENREVIEW_TOKEN, or
OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD, for OpenReview.
Exit status: 0 answered, 1 nothing read or not written, 2 usage, 3 written but
something failed or is stale, 130 interrupted."""


@click.command(cls=MainGroup, epilog=_EPILOG)
@click.version_option(VERSION, prog_name="enrich", allow_from_autoenv=False)
@click.argument("feeds", nargs=-1, metavar="FEED…")
@click.option(
    "-f",
    "--format",
    "format_",
    envvar="ENRICH_FORMAT",
    type=FormatChoice(),
    help="What is written; told from the ending of -o, else json.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Where to, instead of standard output; written whole or not at all.",
)
@selection_options
@click.option("--with-papers-only", is_flag=True, help="Leave out talks that mention no paper.")
@click.option("--own", is_flag=True, help="Keep the speakers' own papers, and talks that have one.")
@lookup_options
@click.pass_context
def command(ctx: click.Context, /, feeds: tuple[str, ...], **options: Any) -> int:
    """Make a reading list from feeds of research talks.

    FEED is a calendar file, - for standard input, an http(s) or webcal address, or
    researchseminars:NAME. Finds the arXiv and OpenReview papers that the talks mention, looks them up
    and writes the talks with their papers as annotated JSON.
    """
    if not feeds:
        if not sys.stdin.isatty():
            raise click.UsageError("no FEED is given; - reads standard input")
        click.echo(ctx.get_help())
        return 0
    check_feeds(feeds)
    target = options["output"]
    if target and target != "-":
        check_target(target, inputs=(*feeds, *options["papers"]), cache_dir=options["cache_dir"])
    return run(feeds, options)


def run(feeds: Iterable[str], options: dict[str, Any]) -> int:
    """Run the main job; return the exit status."""
    from enrich.enricher import Enricher

    target: str | None = options.pop("output")
    if target == "-":
        target = None
    format_ = choose_format(options.pop("format_"), target)
    quiet, verbose = options["quiet"], options["verbose"]
    progress = open_progress(quiet=quiet)
    timeout_s = options["timeout"]
    reading = Reading(
        feeds=tuple(feeds),
        options=options,
        prints_notices=format_ == "ndjson" and not quiet,
        until=math.inf if timeout_s is None else time.monotonic() + timeout_s,
    )
    only_with_papers, zone = options["with_papers_only"], reading.zone
    outcome = Outcome()
    clear = progress.clear if progress else lambda: None
    with (
        printing_log(verbose=bool(verbose), clear=clear),
        Enricher(**enricher_options(options), on_progress=progress) as enricher,
    ):
        talks, first = reading.talks(), list[Talk]()
        enrichment = enricher.run(chain(first, talks))  # from here on the run's time counts
        first.extend(islice(talks, 1))
        if not first and reading.unreadable:
            return 1
        annotated = select_own(enrichment) if options["own"] else iter(enrichment)
        annotated = keep_with_papers(annotated) if only_with_papers else annotated
        document = Document(
            outcome.passing(annotated), reading.notices(), zone, enricher.find_same_titles
        )
        with Output(target) as output:
            for piece in writer(format_).write(document):
                clear()
                output.write(piece)
        clear()
        outcome.unreadable, outcome.lost = reading.failed, reading.lost
        outcome.stale_feeds = reading.stale
        if not quiet:
            if dropped := reading.describe_dropped(outcome.talks):
                say(dropped)
            say(
                outcome.summary_line(
                    enrichment.report, target=target, counts_talks=True, with_origins=bool(verbose)
                )
            )
    return outcome.status
