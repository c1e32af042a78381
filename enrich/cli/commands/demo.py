"""`enrich demo`: the main job on the example that is in the package."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import Any

import click

from enrich.cli.formats import format_options, list_format_arguments
from enrich.cli.options import Command, quiet_option, say, verbose_option
from enrich.cli.run import command as main_command


@click.command(
    cls=Command,
    examples=["enrich demo -f md"],
    help="Run the main job on the example feed; its papers come from a file in the package.",
)
@format_options
@quiet_option()
@verbose_option()
def command(*, quiet: bool, verbose: int, **options: Any) -> int:
    """Run the main job on the example."""
    args = ["--offline", "--no-fallback"]
    if options["format_"] is not None:
        args += ["--format", options["format_"]]
    for output in options["outputs"]:
        args += ["--output", output]
    args += list_format_arguments(options)
    args += ["--quiet"] * quiet + ["--verbose"] * verbose
    with as_file(files("enrich").joinpath("example")) as folder:
        if not quiet:
            say(
                "the example needs no network: its papers come from the package's papers.jsonl (--papers, --offline)"
            )
        args += ["--papers", str(folder / "papers.jsonl"), str(folder / "SciML.ics")]
        # Without auto_envvar_prefix, so that ENRICH_* does not change the example.
        with main_command.make_context("enrich", args) as context:
            status: int = main_command.invoke(context)
    return status
