"""`enrich guide`: pages on one topic each, from the weekly list to the library."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import click

from enrich.cli.options import Command
from enrich.cli.suggestions import find_close

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_SUFFIXES = (".md", ".toml")


@click.command(
    cls=Command,
    examples=["enrich guide library"],
    help="Print a page of the guide; without a topic, the list of its pages.",
)
@click.argument("topic", required=False, metavar="[TOPIC]")
def command(topic: str | None) -> None:
    """Print a page, or the list of pages."""
    pages = find_pages()
    if topic is None:
        width = max(map(len, pages), default=0)
        for name, page in pages.items():
            click.echo(f"{name:<{width}}  {describe_page(page)}")
        return
    name = topic.lower().removesuffix(".md").removesuffix(".toml")
    if name not in pages:
        close = find_close(name, pages)
        end = f"did you mean enrich guide {close}?" if close else f"there are: {', '.join(pages)}"
        raise click.UsageError(f"there is no page {topic!r}; {end}")
    click.echo(pages[name].read_text(encoding="utf-8"), nl=False)


def find_pages() -> dict[str, Traversable]:
    """Return the pages of the guide by their topics, sorted."""
    folder = files("enrich").joinpath("guide")
    found = sorted((file.name, file) for file in folder.iterdir() if file.name.endswith(_SUFFIXES))
    return {name.rpartition(".")[0]: file for name, file in found}


def describe_page(page: Traversable) -> str:
    """Return the first line of a page, without `#`."""
    return page.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
