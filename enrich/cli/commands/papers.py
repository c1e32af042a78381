"""`enrich papers`: collections of papers that need no network: import, info, export."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from enrich.cli.options import say
from enrich.text.terminal import printable

if TYPE_CHECKING:
    from enrich.collection.importing import Progress

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_REDRAW_S = 0.2


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Collections of papers that need no network: import, info, export.",
)
def command() -> None:
    """Group the commands."""


@command.command("import", short_help="Make a collection out of files of papers.")
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE…")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="COLLECTION",
    help="The collection; an older one is replaced when all is read.",
)
@click.option(
    "--paper-abstracts", is_flag=True, help="Keep the abstracts: some five times as large."
)
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
def import_(files: tuple[Path, ...], output: Path, paper_abstracts: bool, quiet: bool) -> int:
    """Make a collection out of files of papers, plain or gzip.

    FILE is arXiv's snapshot (Kaggle), an OAI-PMH dump of arXiv, paperlists' JSON, dblp's XML,
    CSL-JSON, BibTeX, JSON lines as export writes them, an earlier output (json, ndjson; its unresolved
    papers are skipped), or a collection. Of two records of one paper the later stays. An import that was
    stopped continues when it is run again.
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


@command.command("info", short_help="Print what a collection holds.")
@click.argument("collection", type=_FILE)
def show_info(collection: Path) -> int:
    """Print what a collection holds, and from which files."""
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


@command.command("export", short_help="Write a collection's papers as JSON lines.")
@click.argument("collection", type=_FILE)
@click.option("-o", "--output", metavar="FILE", help="File to write, instead of standard output.")
@click.option("--paper-abstracts", is_flag=True, help="With their abstracts.")
def export_collection(collection: Path, output: str | None, paper_abstracts: bool) -> int:
    """Write the papers of a collection as the JSON lines that --papers reads."""
    from enrich.cli.output import Output, check_target
    from enrich.collection.collection import export as export_lines

    if output and output != "-":
        check_target(output, inputs=(collection,), cache_dir=None)
    lines = export_lines(collection, abstracts=paper_abstracts)
    with Output(output) as file:
        for line in lines:
            file.write(line)
    return 0


class _ImportLine:
    """Progress line while files are read: how much, how fast, how long to go."""

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
    """Return a function that prints a warning in place of the progress line."""

    def warn(message: str) -> None:
        if line:
            line.clear()
        say(message)

    return warn
