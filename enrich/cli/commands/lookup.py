"""`enrich lookup`: papers by id or address, without a feed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Any

import click

from enrich.cli.formats import (
    choose_targets,
    paper_format_options,
    take_writers,
    write_papers,
)
from enrich.cli.options import Command, enricher_options, lookup_options, printing_log, say
from enrich.errors import InvalidId


@click.command(
    cls=Command,
    examples=["enrich lookup 2103.01338v2 math.AG/0601001 -f bibtex"],
    help="Look papers up by id or address (2103.01338v2, math.AG/0601001, openreview:FpKgG31Z_i9) "
    "and write them: an array of papers as JSON, or a format of reference managers. "
    "- reads ids from standard input, one a line.",
)
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@paper_format_options
@lookup_options
def command(ids: tuple[str, ...], **options: Any) -> int:
    """Look the ids up and write their papers."""
    from enrich.annotation import describe_unknown_version
    from enrich.cli.output import Output, check_outputs
    from enrich.cli.reporting import Outcome
    from enrich.enricher import Enricher
    from enrich.identity import relate_papers, select_versions
    from enrich.references.extract import parse_citation

    targets = choose_targets(options.pop("format_"), options.pop("outputs"), for_papers=True)
    outputs = take_writers(targets, options)
    check_outputs(
        (target.path for target in targets),
        inputs=(*options["papers"], *(id_ for id_ in ids if id_ == "-")),
        cache_dir=options["cache_dir"],
    )
    ids = tuple(_read_ids(ids))
    wanted = [parse_citation(id_) for id_ in ids]
    with (
        printing_log(verbose=options["verbose"]),
        Enricher(**enricher_options(options)) as enricher,
    ):
        with ExitStack() as opened:
            files = [opened.enter_context(Output(target.path)) for target, _ in outputs]
            found, report = enricher.lookup_with_report(ids)
            papers = relate_papers(select_versions(found, wanted))
            outcome = Outcome()
            outcome.add(papers)
            for (target, chosen), file in zip(outputs, files, strict=True):
                for piece in write_papers(target, chosen, papers.values()):
                    file.write(piece)
        for id_, version in wanted:
            if message := describe_unknown_version(version, papers[id_]):
                say(message)
        if not options["quiet"]:
            paths = ", ".join(target.path for target in targets if target.path)
            say(outcome.summary_line(report, target=paths or None))
    return outcome.status


def _read_ids(given: Iterable[str]) -> Iterator[str]:
    """Yield the ids given; in place of `-` those of standard input."""
    for id_ in given:
        if id_ != "-":
            yield id_
            continue
        for line in sys.stdin.buffer:
            text = line.decode("utf-8", "replace").strip("\ufeff \t\r\n")
            if text and not text.startswith("#"):
                yield from _split_line(text)


def _split_line(line: str) -> Iterator[str]:
    """Yield a line that is an id as a whole, otherwise its words."""
    from enrich.references.extract import parse_citation

    try:
        parse_citation(line)
    except InvalidId:
        yield from line.split()
    else:
        yield line
