"""`enrich demo`: the main job on the example feed, with the example's papers, without network."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import Any

import click

from enrich.cli.options import say
from enrich.cli.run import run
from enrich.writers import names


@click.command(
    help="Run the main job on the example feed; its papers come from a file in the package."
)
@click.option(
    "-f",
    "--format",
    "format_",
    envvar="ENRICH_FORMAT",
    type=click.Choice(names()),
    help="What is written; json if not told.",
)
@click.option("-o", "--output", metavar="FILE", help="Where to, instead of standard output.")
@click.option("-q", "--quiet", is_flag=True, help="Errors only.")
@click.option("-v", "--verbose", count=True, help="Say more.")
def command(**options: Any) -> int:
    """Run the main job on the example."""
    with as_file(files("enrich").joinpath("example")) as folder:
        if not options["quiet"]:
            say(
                "the example needs no network: its papers come from the package's papers.jsonl (--papers, --offline)"
            )
        return run(
            [str(folder / "SciML.ics")],
            {
                **options,
                "papers": (folder / "papers.jsonl",),
                "offline": True,
                "refresh": False,
                "no_fallback": True,
                "max_age": None,
                "timeout": None,
                "paper_abstracts": False,
                "cache_dir": None,
                "state_dir": None,
                "contact": None,
                "since": None,
                "until": None,
                "series": (),
                "speaker": (),
                "sort": "feed",
                "tz": None,
                "keep_private": False,
                "with_papers_only": False,
            },
        )
