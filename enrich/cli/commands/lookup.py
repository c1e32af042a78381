"""`enrich lookup`: papers by id or address, without a feed."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from enrich.cli.formats import (
    COLLECTION,
    Target,
    choose_targets,
    lookup_format_options,
    take_writers,
    write_papers_to,
)
from enrich.cli.options import Command, enricher_options, lookup_options, printing_log, say
from enrich.cli.output import Output, check_outputs
from enrich.cli.progress import open_progress
from enrich.cli.reporting import Outcome
from enrich.errors import InvalidId
from enrich.paper import Lookup, PaperId
from enrich.writers import Writer

if TYPE_CHECKING:
    from enrich.collection.growing import GrowingAnswers

_BATCH_SIZE = 500  # papers in one transaction
_MAX_BATCH_S = 1.0


@click.command(
    cls=Command,
    examples=["enrich lookup 2103.01338v2 math.AG/0601001 -f bibtex"],
    help="Look papers up by id or address (2103.01338v2, math.AG/0601001, openreview:FpKgG31Z_i9) "
    "and write them: an array of papers as JSON, or a format of reference managers. "
    "- reads ids from standard input, one per line. -o FILE.sqlite makes a collection for --papers: "
    "papers are saved as they arrive, and the same command run again requests only the missing ones.",
)
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@lookup_format_options
@lookup_options
def command(ids: tuple[str, ...], **options: Any) -> int:
    """Write the papers of the ids."""
    from enrich.annotation import describe_unknown_version
    from enrich.cli.output import Output
    from enrich.cli.reporting import Outcome
    from enrich.enricher import Enricher
    from enrich.identity import relate_papers, select_versions
    from enrich.references.extract import parse_citation

    targets = choose_targets(
        options.pop("format_"), options.pop("outputs"), for_papers=True, collections=True
    )
    collections = [t.path for t in targets if t.format == COLLECTION and t.path]
    outputs = take_writers((t for t in targets if t.format != COLLECTION), options, for_papers=True)
    inputs, cache_dir = (*options["papers"], *(i for i in ids if i == "-")), options["cache_dir"]
    check_outputs((target.path for target, _ in outputs), inputs=inputs, cache_dir=cache_dir)
    check_outputs(collections, inputs=inputs, cache_dir=cache_dir, may_be_database=True)
    if len(collections) > 1:
        raise click.UsageError("only one collection can be made at a time")
    if collections:
        return _make_collection(Path(collections[0]), outputs, _read_ids(ids), options)
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
            write_papers_to(outputs, files, papers.values)
        for id_, version in wanted:
            if message := describe_unknown_version(version, papers[id_]):
                say(message)
        if not options["quiet"]:
            paths = ", ".join(target.path for target in targets if target.path)
            say(outcome.summary_line(report, target=paths or None))
    return outcome.status


def _make_collection(
    path: Path,
    outputs: Sequence[tuple[Target, Writer]],
    ids: Iterable[str],
    options: dict[str, Any],
) -> int:
    """Make a collection of the ids' papers, and write the other outputs."""
    from enrich.annotation import describe_unknown_version
    from enrich.collection.growing import GrowingAnswers
    from enrich.enricher import Enricher
    from enrich.identity import relate_papers, select_versions
    from enrich.references.extract import parse_citation

    refresh, abstracts = options["refresh"], options["paper_abstracts"]
    cited = _collect_versions(map(parse_citation, ids))
    outcome, papers = Outcome(), dict[PaperId, Lookup]()
    with ExitStack() as opened:
        growing = opened.enter_context(
            GrowingAnswers(path, refresh=refresh, abstracts=abstracts, on_warning=say)
        )
        missing = _interleave(growing.find_missing(cited))
        progress = open_progress(quiet=options["quiet"], noun="ids", total=len(missing))
        clear = progress.clear if progress else lambda: None
        opened.enter_context(printing_log(verbose=bool(options["verbose"]), clear=clear))
        files = [opened.enter_context(Output(target.path)) for target, _ in outputs]
        enricher = opened.enter_context(Enricher(**enricher_options(options), on_progress=progress))
        answers, tracker = enricher.lookup_each(missing)
        for batch in _batch_by_time(answers):
            growing.add(batch)
        clear()
        for found in _read_answers(growing, cited):
            outcome.add(found)
            papers |= found if files else {}
            for id_, lookup in found.items():
                for version in sorted(cited[id_]):
                    if message := describe_unknown_version(version, lookup):
                        say(message)
        wanted = [(id_, version) for id_, versions in cited.items() for version in versions]
        papers = relate_papers(select_versions(papers, wanted))
        write_papers_to(outputs, files, papers.values)
        growing.finish()
    if not options["quiet"]:
        known = len(cited) - len(missing)
        before = f"{known} of them known before; " if known else ""
        names = ", ".join([str(path), *(target.path for target, _ in outputs if target.path)])
        say(before + outcome.summary_line(tracker.report, target=names))
    return outcome.status


def _collect_versions(
    citations: Iterable[tuple[PaperId, str | None]],
) -> dict[PaperId, frozenset[str]]:
    """Return each paper once, with its cited versions."""
    cited: dict[PaperId, frozenset[str]] = {}
    for id_, version in citations:
        cited[id_] = cited.get(id_, frozenset()) | (
            frozenset((version,)) if version else frozenset()
        )
    return cited


def _interleave(cited: Mapping[PaperId, frozenset[str]]) -> dict[PaperId, frozenset[str]]:
    """Return the papers with those of each service spread evenly.

    Lookups return in order, so with sorted ids one service would be idle while another works.
    """
    groups: dict[str, list[PaperId]] = {}
    for id_ in cited:
        groups.setdefault(id_.source, []).append(id_)
    places = {
        id_: (number + 0.5) / len(group)
        for group in groups.values()
        for number, id_ in enumerate(group)
    }
    return {id_: cited[id_] for id_ in sorted(places, key=places.__getitem__)}


def _batch_by_time(answers: Iterator[Lookup]) -> Iterator[list[Lookup]]:
    """Yield the answers in batches, each full or a second old.

    If the process is killed, the answers of an unfinished batch are still in the store.
    """
    batch, began = list[Lookup](), time.monotonic()
    for answer in answers:
        batch.append(answer)
        if len(batch) >= _BATCH_SIZE or time.monotonic() - began >= _MAX_BATCH_S:
            yield batch
            batch, began = [], time.monotonic()
    if batch:
        yield batch


def _read_answers(
    growing: GrowingAnswers, ids: Iterable[PaperId]
) -> Iterator[dict[PaperId, Lookup]]:
    """Yield the answers for the ids in batches, in order."""
    left = iter(ids)
    while batch := list(islice(left, _BATCH_SIZE)):
        found = growing.find(batch)
        yield {id_: found[id_] for id_ in batch if id_ in found}


def _read_ids(given: Iterable[str]) -> Iterator[str]:
    """Yield the given ids; replace `-` by those of standard input."""
    for id_ in given:
        if id_ != "-":
            yield id_
            continue
        for line in sys.stdin.buffer:
            text = line.decode("utf-8", "replace").strip("\ufeff \t\r\n")
            if text and not text.startswith("#"):
                yield from _split_line(text)


def _split_line(line: str) -> Iterator[str]:
    """Yield the line if it is one id, otherwise its words."""
    from enrich.references.extract import parse_citation

    try:
        parse_citation(line)
    except InvalidId:
        yield from line.split()
    else:
        yield line
