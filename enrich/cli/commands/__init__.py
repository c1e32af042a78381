"""Commands of `enrich`: one file each, found because the file exists; it defines `command`.

The first line of a file's docstring is "`enrich NAME`: " and the command's text in the help.
"""

from __future__ import annotations

import click

from enrich.registry import describe_member, load, names_in


def command_names() -> tuple[str, ...]:
    """Return the names of all commands, sorted; nothing is imported."""
    return names_in(__path__)


def load_command(name: str) -> click.Command:
    """Import the command of a name.

    Raises:
        LookupError: no command has this name.
    """
    found: click.Command = load(__name__, "command", name)
    return found


def describe_command(name: str) -> str:
    """Return one line on a command, without importing it."""
    return describe_member(__name__, name).partition(": ")[2].removesuffix(".")
