"""`enrich papers`: collections of papers that need no network: import, info, export."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from enrich.cli.formats import (
    choose_targets,
    names_format,
    paper_format_options,
    suggest_prefix,
    take_writers,
    write_papers_to,
)
from enrich.cli.options import WRITE, Command, CommandGroup, option, quiet_option, say
from enrich.text.terminal import printable

if TYPE_CHECKING:
    from enrich.collection.importing import Progress

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_REDRAW_S = 0.2


@click.group(
    cls=CommandGroup,
    examples=["enrich papers import papers.bib -o papers.sqlite"],
    help="Collections of papers that need no network: import, info, export.",
)
def command() -> None:
    """Group the commands."""


@command.command(
    "import",
    cls=Command,
    examples=["enrich papers import papers.bib -o papers.sqlite"],
    short_help="Make a collection from files of papers.",
)
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE…")
@option(
    WRITE,
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="COLLECTION",
    help="The collection; an older one is replaced after the last file was read.",
)
@option(
    WRITE,
    "--paper-abstracts",
    is_flag=True,
    help="Keep the abstracts; the collection becomes about five times as large.",
)
@quiet_option()
def import_(files: tuple[Path, ...], output: Path, paper_abstracts: bool, quiet: bool) -> int:
    """Make a collection from files of papers, plain or gzip.

    FILE is arXiv's snapshot (Kaggle), an OAI-PMH dump of arXiv, paperlists' JSON, dblp's XML,
    CSL-JSON, BibTeX, JSON lines as export writes them, an earlier output (json, ndjson; its unresolved
    papers are skipped), or a collection. If a paper occurs twice, the last record wins. Run a stopped
    import again to continue it.
    """
    from enrich.collection.importing import import_papers

    line = _ImportLine() if sys.stderr.isatty() and not quiet else None
    try:
        done = import_papers(
            files,
            output,
            abstracts=paper_abstracts,
            on_warning=_skip_report if quiet else _print_warnings(line),
            on_progress=line or _skip_report,
        )
    finally:
        if line:
            line.clear()
    if not quiet:
        again = "continued where it was stopped: " if done.resumed else ""
        size = output.stat().st_size / 1e6
        say(
            f"{again}{done.papers:,} papers{_count_problems(done.problems)} -> {output} ({size:,.1f} MB)"
        )
    return 0


@command.command(
    "info",
    cls=Command,
    examples=["enrich papers info papers.sqlite"],
    short_help="Print the contents of a collection.",
)
@click.argument("collection", type=_FILE)
def show_info(collection: Path) -> int:
    """Print the contents of a collection, and its files."""
    from enrich.collection.collection import info as describe_collection

    found = describe_collection(collection)
    click.echo(
        printable(f"{found['path']}: {found['papers']:,} papers, {found['bytes'] / 1e6:,.1f} MB")
    )
    click.echo(f"abstracts: {found['abstracts']:,}")
    for file in found["files"]:
        papers = f"{file['papers']:,} papers{_count_problems(file['problems'])}"
        click.echo(printable(f"from {file['name']} ({file['format']}): {papers}"))
    return 0


@command.command(
    "export",
    cls=Command,
    examples=["enrich papers export papers.sqlite -o papers.bib"],
    short_help="Write a collection's papers as JSON lines, or in another format.",
)
@click.argument("collection", type=_FILE)
@paper_format_options
@option(WRITE, "--paper-abstracts", is_flag=True, help="Include the papers' abstracts.")
def export_collection(collection: Path, *, paper_abstracts: bool, **options: Any) -> int:
    """Write the papers of a collection.

    Without -f and a known suffix of -o, the format is JSON lines, which --papers reads.
    """
    from enrich.cli.output import Output, check_outputs
    from enrich.collection.collection import open_collection

    given = tuple(options.pop("outputs"))
    format_ = options.pop("format_")
    if format_ is None:
        # Without -f the format is ndjson, unless the file name names a format.
        given = tuple(
            text if names_format(text) or suggest_prefix(text) else f"ndjson:{text}"
            for text in given
        )
        format_ = "ndjson" if not given else None
    targets = choose_targets(format_, given, for_papers=True)
    outputs = take_writers(targets, options, for_papers=True)
    check_outputs((target.path for target, _ in outputs), inputs=(collection,), cache_dir=None)
    with ExitStack() as opened:
        source = opened.enter_context(open_collection(collection, on_warning=say))
        files = [opened.enter_context(Output(target.path)) for target, _ in outputs]
        write_papers_to(outputs, files, lambda: source.papers(abstracts=paper_abstracts))
    return 0


class _ImportLine:
    """Progress line of an import: share read, speed, time left."""

    def __init__(self) -> None:
        self._began: tuple[float, int, int] | None = None
        self._last = 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if self._began is None:
            self._began = (now, progress.read, progress.papers)
        if now - self._last < _REDRAW_S:
            return
        self._last = now
        began, read, papers = self._began
        passed = max(now - began, 0.001)
        line = f"{progress.name}: {100 * progress.read // max(progress.total, 1)} %"
        if progress.read > read:
            left_s = (progress.total - progress.read) * passed / (progress.read - read)
            line += (
                f", {(progress.papers - papers) / passed:,.0f} papers/s, about {left_s:.0f} s left"
            )
        self._print(line)

    def clear(self) -> None:
        """Remove the line."""
        self._print("")

    def _print(self, line: str) -> None:
        print(f"\r\x1b[K{printable(line)}", end="", file=sys.stderr, flush=True)  # noqa: T201


def _count_problems(problems: int) -> str:
    return f", {problems:,} records that are not papers" if problems else ""


def _skip_report(_: object) -> None:
    pass


def _print_warnings(line: _ImportLine | None) -> Callable[[str], None]:
    """Return a function that replaces the progress line by a warning."""

    def warn(message: str) -> None:
        if line:
            line.clear()
        say(message)

    return warn
