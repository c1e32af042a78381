"""Output formats on the command line: those of the package, and those of other distributions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from enrich.writers import builtin_names, names, writer


class FormatChoice(click.Choice[str]):
    """A format's name; the help lists all installed ones.

    A run reads the installed distributions only for a name that the package lacks.
    """

    def __init__(self) -> None:
        super().__init__(builtin_names())

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """Return the names of all formats, for the help."""
        return click.Choice(names()).get_metavar(param, ctx)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name of a format."""
        if value in self.choices:
            return str(value)
        return click.Choice(names()).convert(value, param, ctx)


def choose_format(given: str | None, target: str | None) -> str:
    """Return the format that is given, otherwise that of the target's suffix, otherwise json."""
    if given:
        return given
    suffix = Path(target).suffix.lower() if target else ""
    if not suffix:
        return "json"
    for list_names in (builtin_names, names):
        for name in list_names():
            if suffix in writer(name).suffixes:
                return name
    return "json"
