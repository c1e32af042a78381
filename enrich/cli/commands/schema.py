"""`enrich schema`: the JSON Schema (2020-12) of the document."""

from __future__ import annotations

from importlib.resources import files

import click

from enrich.cli.options import Command


@click.command(
    cls=Command,
    examples=["enrich schema > schema.json"],
    help="Print the JSON Schema of the document (its $defs/line is a line of ndjson).",
)
def command() -> None:
    """Print the schema."""
    click.echo(files("enrich").joinpath("schema.json").read_text(encoding="utf-8"), nl=False)
