"""`enrich completion`: the script that makes a shell complete commands, options and file names."""

from __future__ import annotations

import click

from enrich.cli.options import VARIABLE, Command


@click.command(
    cls=Command,
    examples=["enrich completion fish > ~/.config/fish/completions/enrich.fish"],
    help="Print the script that makes a shell complete enrich's commands, options and files. "
    'For bash put eval "$(enrich completion bash)" into ~/.bashrc, for zsh '
    'eval "$(enrich completion zsh)" into ~/.zshrc.',
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script of a shell."""
    from click.shell_completion import get_completion_class

    from enrich.cli.run import command as main_command

    if (shell_class := get_completion_class(shell)) is not None:
        click.echo(shell_class(main_command, {}, "enrich", VARIABLE).source())
