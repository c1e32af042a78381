"""`enrich demo`: the main job on the example that is in the package."""

from __future__ import annotations

from importlib.resources import as_file, files

import click

from enrich.cli.formats import FormatChoice
from enrich.cli.options import say
from enrich.cli.run import command as main_command


@click.command(
    help="Run the main job on the example feed; its papers come from a file in the package."
)
@click.option(
    "-f",
    "--format",
    "format_",
    envvar="ENRICH_FORMAT",
    type=FormatChoice(),
    help="Format of the output; json by default.",
)
@click.option("-o", "--output", metavar="FILE", help="File to write, instead of standard output.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("-v", "--verbose", count=True, help="Print more.")
def command(format_: str | None, output: str | None, *, quiet: bool, verbose: int) -> int:
    """Run the main job on the example."""
    args = ["--offline", "--no-fallback"]
    if format_ is not None:
        args += ["--format", format_]
    if output is not None:
        args += ["--output", output]
    args += ["--quiet"] * quiet + ["--verbose"] * verbose
    with as_file(files("enrich").joinpath("example")) as folder:
        if not quiet:
            say(
                "the example needs no network: its papers come from the package's papers.jsonl (--papers, --offline)"
            )
        args += ["--papers", str(folder / "papers.jsonl"), str(folder / "SciML.ics")]
        # Without auto_envvar_prefix: the environment's options are not the example's.
        with main_command.make_context("enrich", args) as context:
            status: int = main_command.invoke(context)
    return status
