"""Group of all commands; its own options and arguments are those of the main job."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from enrich.cli.commands import command_names, describe_command, load_command
from enrich.cli.options import complete_files, write_examples, write_options

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_FEEDS = (
    ("FILE", "A calendar, a producer's JSON or XML, or an earlier output; - is standard input."),
    ("URL", "The http(s) or webcal address of such a file."),
    ("researchseminars:NAME", "A series of researchseminars.org."),
)


def complete_feeds(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return commands that complete the first word, otherwise files.

    A shell completes words or files, not both, so files beside commands are listed as words.
    """
    from click.shell_completion import CompletionItem

    commands = () if ctx.params.get("feeds") or not incomplete else command_names()
    found = [
        CompletionItem(name, help=describe_command(name))
        for name in commands
        if name.startswith(incomplete)
    ]
    if not found:
        return complete_files(ctx, param, incomplete)
    return found + [CompletionItem(file.name) for file in sorted(Path().glob(f"{incomplete}*.*"))]


class MainGroup(click.Group):
    """Group that loads a command if its name comes first; otherwise it runs the main job."""

    allow_interspersed_args = True

    def __init__(self, *, examples: Iterable[str] = (), **settings: Any) -> None:
        settings.setdefault("context_settings", {}).setdefault("show_default", True)
        super().__init__(invoke_without_command=True, **settings)
        self.examples = tuple(examples)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return list(command_names())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command; None if no command has this name."""
        return load_command(cmd_name) if cmd_name in command_names() else None

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Build the context of the command named first, otherwise of the main job."""
        if args and args[0] in command_names():
            name, *rest = args
            return load_command(name).make_context(f"{info_name} {name}", rest, parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the usage of the main job."""
        return click.Command.collect_usage_pieces(self, ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the kinds of feeds, the options by section, the commands and the examples."""
        write_options(self, ctx, formatter, first=_FEEDS)
        self.format_commands(ctx, formatter)
        write_examples(formatter, self.examples)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands, importing none."""
        with formatter.section("Other commands (a command's name comes first)"):
            formatter.write_dl([(name, describe_command(name)) for name in command_names()])
