"""The main job: feeds in, one document out. `enrich [OPTIONS] FEED…`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

import click

from enrich.annotation import select_own
from enrich.cli.formats import FormatChoice, choose_format
from enrich.cli.options import COMMANDS, enricher_options, lookup_options, say
from enrich.cli.output import Output
from enrich.cli.reading import Reading, selection_options
from enrich.cli.reporting import Outcome
from enrich.feeds.selection import with_papers
from enrich.lookup.scheduler import Progress
from enrich.model import Document
from enrich.sources import title_of
from enrich.text.terminal import printable
from enrich.version import VERSION
from enrich.writers import writer

_EPILOG = """\b
Other commands (a command's name stands first):
  enrich demo      the main job on the example that is in the package
  enrich talks     what was read from a feed, as a table
  enrich extract   the references in any text, without network
  enrich lookup    papers by id
  enrich papers    collections of papers that need no network: import, info, export
  enrich cache     the store of papers that were looked up: info, clear
  enrich schema    the JSON Schema of the document

\b
Environment: ENRICH_* for each option (ENRICH_OFFLINE=1); OPENREVIEW_TOKEN, or
OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD, for OpenReview.
Exit status: 0 answered, 1 nothing read or not written, 2 usage, 3 written but
something failed or is stale, 130 interrupted."""


@click.command(epilog=_EPILOG)
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
    """Turn feeds of research talks into a reading list.

    FEED is a calendar file, - for standard input, an http(s) or webcal address, or
    researchseminars:NAME. Finds the arXiv and OpenReview papers that the talks mention, looks them up
    and writes the talks with their papers as annotated JSON.
    """
    if not feeds:
        if not sys.stdin.isatty():
            raise click.UsageError("no FEED is given; - reads standard input")
        click.echo(ctx.get_help())
        return 0
    _refuse(feeds, options["output"])
    return run(feeds, options)


def _refuse(feeds: tuple[str, ...], target: str | None) -> None:
    """What cannot be meant.

    Raises:
        click.UsageError: a command that does not stand first, an output that is an input.
    """
    if feeds.count("-") > 1:
        raise click.UsageError("standard input can be read once only")
    for feed in feeds:
        if feed in COMMANDS and not Path(feed).exists():
            raise click.UsageError(
                f"{feed!r} is a command: it stands first; a file of that name is written ./{feed}"
            )
        with suppress(OSError):
            if target and Path(target).is_file() and Path(feed).samefile(target):
                raise click.UsageError(
                    f"{target} is a feed of this run: the output would replace it"
                )


def run(feeds: Iterable[str], options: dict[str, Any]) -> int:
    """Do the main job; returns the exit status."""
    from enrich.enricher import Enricher

    target: str | None = options.pop("output")
    if target == "-":
        target = None
    format_ = choose_format(options.pop("format_"), target)
    quiet, verbose = options["quiet"], options["verbose"]
    shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    progress = _Progress() if shown and not quiet else None
    reading = Reading(feeds=tuple(feeds), options=options, told=format_ == "ndjson" and not quiet)
    only_with_papers, zone = options["with_papers_only"], reading.zone
    outcome = Outcome()
    with Enricher(**enricher_options(options), on_progress=progress) as enricher:
        talks = reading.talks()
        first = next(talks, None)
        if first is None and reading.unreadable:
            return 1
        enrichment = enricher.run(talks if first is None else chain((first,), talks))
        annotated = select_own(enrichment) if options["own"] else iter(enrichment)
        annotated = with_papers(annotated) if only_with_papers else annotated
        document = Document(outcome.passing(annotated), reading.notices(), zone)
        with Output(target) as output:
            for piece in writer(format_).write(document):
                if progress:
                    progress.clear()
                output.write(piece)
        if progress:
            progress.clear()
        outcome.unreadable, outcome.lost = reading.failed, reading.lost
        if not quiet:
            say(
                outcome.summary_line(
                    enrichment.report, target=target, counts_talks=True, with_origins=bool(verbose)
                )
            )
    return outcome.status


class _Progress:
    """The line that a terminal shows while a service is waited for."""

    def __init__(self) -> None:
        self._shown = ""

    def __call__(self, progress: Progress) -> None:
        waits = [
            f"waiting for {title_of(name)}, {delay_s:g} s a request: about {left_s:.0f} s left"
            for name, delay_s, left_s in progress.waiting
        ]
        self._show(
            "; ".join([f"{progress.talks} talks out, {progress.papers} papers asked for", *waits])
        )

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._show("")

    def _show(self, line: str) -> None:
        if line != self._shown:
            print(f"\r\x1b[K{printable(line)}", end="", file=sys.stderr, flush=True)  # noqa: T201
            self._shown = line
