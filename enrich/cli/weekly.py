"""Options of runs that are repeated: `--config`, `--new-since`, `--fail-on`, `--fail-if-fewer`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from enrich.cli.options import OTHER, READ, SELECT, add_options, complete_files, option

if TYPE_CHECKING:
    from enrich.cli.config import Config

F = TypeVar("F", bound=Callable[..., Any])

_META = "enrich.config"
"""Where the context holds what the file of this run sets."""


class Fewest(NamedTuple):
    """The fewest talks of a run: a number, or a share of those of the earlier output."""

    value: float
    is_share: bool


class FewestType(click.ParamType[Fewest]):
    """A number of talks (`20`), or a share of the last run's (`50%`)."""

    name = "number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Fewest:
        """Return the number or share of such a text."""
        if isinstance(value, Fewest):
            return value
        if not (match := re.fullmatch(r"(\d{1,9})(\s?%)?", str(value).strip())):
            self.fail(f"{value!r} is neither a number of talks nor a share such as 50%", param, ctx)
        is_share = match[2] is not None
        if is_share and int(match[1]) > 100:
            self.fail(f"{value!r} is more than 100%", param, ctx)
        return Fewest(int(match[1]) / (100 if is_share else 1), is_share)


def weekly_options(command: F) -> F:
    """Add the options of runs that are repeated."""
    options = (
        option(READ, "--config", metavar="FILE", is_eager=True, expose_value=False, callback=_use_config,
               shell_complete=complete_files, help="Feeds and options from a TOML file; flags and the environment win. `enrich guide config` prints an example."),
        option(SELECT, "--new-since", metavar="OLD", shell_complete=complete_files,
               help="Write only what is new since OLD, an earlier output (json, ndjson); an output that replaces OLD gets all talks."),
        option(OTHER, "--fail-on", type=click.Choice(["never", "failed", "unresolved"]), default="failed",
               help="What ends with status 3: nothing, papers that failed or are stale, or also those that do not exist."),
        option(OTHER, "--fail-if-fewer", type=FewestType(), metavar="N|N%",
               help="Write nothing, and end with status 1, if there are fewer talks than this number, or share of the talks of OLD."),
    )  # fmt: skip
    return add_options(command, options)


def find_config(ctx: click.Context) -> Config | None:
    """Return what the file of this run sets; None without one."""
    return ctx.meta.get(_META)


def _use_config(ctx: click.Context, param: click.Parameter, value: str | None) -> None:  # noqa: ARG001 - click's signature
    if value and not ctx.resilient_parsing:
        from enrich.cli.config import read_config

        config = ctx.meta[_META] = read_config(value, ctx.command)
        ctx.default_map = {**(ctx.default_map or {}), **config.defaults}
