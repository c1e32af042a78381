"""The main job: feeds in, one document out. `enrich [OPTIONS] FEED…`."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterable, Mapping
from datetime import UTC
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import click

from enrich.cli.formats import (
    Target,
    add_raw_references,
    choose_targets,
    format_options,
    take_writers,
)
from enrich.cli.group import MainGroup, complete_feeds
from enrich.cli.options import (
    OTHER,
    SELECT,
    SectionOption,
    enricher_options,
    lookup_options,
    option,
    printing_log,
    say,
    selection_options,
)
from enrich.cli.weekly import find_config, weekly_options
from enrich.version import VERSION

if TYPE_CHECKING:
    from enrich.model import AnnotatedTalk, Document, Talk

_EPILOG = """\b
Environment: ENRICH_* for each option (ENRICH_OFFLINE=1); OPENREVIEW_TOKEN, or
OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD, for OpenReview.
Exit status: 0 success, 1 nothing read or not written, 2 usage, 3 written but
something failed or is stale, 130 interrupted."""


_EXAMPLES = (
    "enrich seminar.ics",
    "enrich seminar.ics --since today -o talks.json -o papers.bib",
    "enrich researchseminars:SciML --match transformer -f md",
)


@click.command(cls=MainGroup, epilog=_EPILOG, examples=_EXAMPLES)
@click.argument("feeds", nargs=-1, metavar="FEED…", shell_complete=complete_feeds)
@format_options
@selection_options
@option(SELECT, "--with-papers-only", is_flag=True, help="Leave out talks that mention no paper.")
@option(
    SELECT,
    "--own",
    is_flag=True,
    help="Keep only papers by the speaker; leave out talks without one.",
)
@weekly_options
@lookup_options
@click.version_option(
    VERSION, prog_name="enrich", allow_from_autoenv=False, cls=SectionOption, section=OTHER
)
@click.pass_context
def command(ctx: click.Context, /, feeds: tuple[str, ...], **options: Any) -> int:
    """Make a reading list from feeds of research talks.

    FEED is a calendar file, - for standard input, an http(s) or webcal address, or
    researchseminars:NAME. Finds the arXiv and OpenReview papers that the talks mention, looks them up
    and writes the talks with their papers as annotated JSON.
    """
    config = find_config(ctx)
    if config and not feeds:
        feeds = config.feeds
    if not feeds:
        if not sys.stdin.isatty():
            raise click.UsageError("no FEED is given; give one, or '-' for standard input")
        click.echo(ctx.get_help())
        return 0
    from enrich.cli.output import check_outputs
    from enrich.cli.suggestions import check_feeds

    targets = choose_targets(options.pop("format_"), options.pop("outputs"))
    check_feeds(feeds)
    check_outputs(
        (target.path for target in targets),
        inputs=(*feeds, *options["papers"], *([config.path] if config else [])),
        cache_dir=options["cache_dir"],
    )
    return run(feeds, targets, options, config.names if config else {})


def run(
    feeds: Iterable[str],
    targets: tuple[Target, ...],
    options: dict[str, Any],
    names: Mapping[str, str | None],
) -> int:
    """Run the main job; return the exit status.

    `names` are the user's names for feeds.
    """
    from enrich.annotation import select_own
    from enrich.cli.news import News, filter_feed_talks, find_min_talks, require_min_talks
    from enrich.cli.progress import open_progress
    from enrich.cli.reading import Reading
    from enrich.cli.reporting import Outcome
    from enrich.cli.writing import write_outputs
    from enrich.enricher import Enricher
    from enrich.feeds.selection import keep_with_papers, sort_by_start
    from enrich.model import Document
    from enrich.writers import configure, needs_of

    outputs = [
        (target, configure(writer, {"width": _find_width(target)}))
        for target, writer in take_writers(targets, options)
    ]
    # Standard output comes first, so that its talks appear as soon as they are known.
    outputs.sort(key=lambda output: output[0].path is not None)
    writers = [writer for _, writer in outputs]
    earlier_path = options["new_since"]
    news = (
        News(earlier_path, targets, keep_private=options["keep_private"]) if earlier_path else None
    )
    min_talks = find_min_talks(options["fail_if_fewer"], news)
    quiet, verbose = options["quiet"], options["verbose"]
    progress = open_progress(quiet=quiet)
    timeout_s = options["timeout"]
    reading = Reading(
        feeds=tuple(feeds),
        options=options,
        names=names,
        feed_contents=news.feed_contents if news else None,
        prints_notices=not quiet
        and not any(getattr(writer, "writes_notices", False) for writer in writers),
        keep_raw=any("raw" in needs_of(writer) for writer in writers),
        deadline=math.inf if timeout_s is None else time.monotonic() + timeout_s,
    )
    only_with_papers, zone = options["with_papers_only"], reading.zone
    outcome = Outcome()
    clear = progress.clear if progress else lambda: None
    with (
        printing_log(verbose=verbose, clear=clear),
        Enricher(**enricher_options(options), on_progress=progress) as enricher,
    ):
        talks = reading.talks()
        if news:
            sort = partial(sort_by_start, zone=zone or UTC) if options["sort"] == "start" else iter
            talks = news.add_earlier_talks(talks, min_talks=min_talks, sort=sort)
        # `enricher.run` starts the time limit, so it is called before any feed is read. Reading one
        # talk then shows whether every feed failed; that talk is put into `first_talk`, which
        # `enrichment` iterates first.
        first_talk: list[Talk] = []
        enrichment = enricher.run(chain(first_talk, talks))
        first_talk.extend(islice(talks, 1))
        if reading.every_feed_failed and not (first_talk and reading.talks_read):
            return 1
        annotated = (
            filter_feed_talks(enrichment, select_own) if options["own"] else iter(enrichment)
        )
        annotated = (
            filter_feed_talks(annotated, keep_with_papers) if only_with_papers else annotated
        )
        annotated = require_min_talks(annotated, min_talks)
        annotated = news.count_new(annotated) if news else annotated
        counted = outcome.count_talks(add_raw_references(annotated, writers))

        def make_document(talks: Iterable[AnnotatedTalk]) -> Document:
            return Document(talks, reading.notices(), zone, enricher.find_same_titles)

        if news:
            outputs = [(target, news.filter_writer(target, writer)) for target, writer in outputs]
        write_outputs(
            [(writer, target.path) for target, writer in outputs], counted, make_document, clear
        )
        clear()
        outcome.unreadable_feeds, outcome.stale_feeds = reading.failed_feeds, reading.stale_feeds
        outcome.unreadable_events = reading.unreadable_events
        status = outcome.find_status(options["fail_on"])
        if not quiet and (dropped := reading.describe_dropped(outcome.talks)):
            say(dropped)
        # With --quiet, only a status that is not 0 is explained, so that cron mails it.
        if not quiet or status:
            paths = ", ".join(target.path for target in targets if target.path)
            say(
                outcome.summary_line(
                    enrichment.report,
                    target=paths or None,
                    counts_talks=True,
                    with_origins=bool(verbose),
                )
            )
        if news and not quiet:
            say(news.describe())
    return status


def _find_width(target: Target) -> int | None:
    """Return the width of an output's terminal, otherwise None."""
    if target.path is None and sys.stdout.isatty():
        import shutil

        return shutil.get_terminal_size().columns
    return None
