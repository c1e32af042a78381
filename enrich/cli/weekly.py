"""Options of repeated runs: `--config`, `--new-since`, `--fail-on`, `--fail-if-fewer`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from enrich.cli.options import OTHER, READ, SELECT, add_options, complete_files, option

if TYPE_CHECKING:
    from enrich.cli.config import Config

F = TypeVar("F", bound=Callable[..., Any])

_CONFIG_KEY = "enrich.config"
"""Key of the run's `Config` in click's context."""


class MinTalks(NamedTuple):
    """Value of `--fail-if-fewer`: a number of talks, or a share of the earlier output's talks."""

    value: float
    is_share: bool


class MinTalksType(click.ParamType[MinTalks]):
    """A number of talks (`20`), or a share of the last run's (`50%`)."""

    name = "number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> MinTalks:
        """Parse a number or share."""
        if isinstance(value, MinTalks):
            return value
        if not (match := re.fullmatch(r"(\d{1,9})(\s?%)?", str(value).strip())):
            self.fail(f"{value!r} is neither a number of talks nor a share such as 50%", param, ctx)
        is_share = match[2] is not None
        if is_share and int(match[1]) > 100:
            self.fail(f"{value!r} is more than 100%", param, ctx)
        return MinTalks(int(match[1]) / (100 if is_share else 1), is_share)


def weekly_options(command: F) -> F:
    """Add the options of repeated runs."""
    options = (
        option(READ, "--config", metavar="FILE", is_eager=True, expose_value=False, callback=_use_config,
               shell_complete=complete_files, help="Feeds and options from a TOML file; flags and the environment win. `enrich guide config` prints an example."),
        option(SELECT, "--new-since", metavar="OLD", shell_complete=complete_files,
               help="Write only talks that are new since OLD, an earlier output (json, ndjson); an output that replaces OLD gets all talks."),
        option(OTHER, "--fail-on", type=click.Choice(["never", "failed", "unresolved"]), default="failed",
               help="When to exit with status 3: never, if a paper failed or is stale, or also if a paper does not exist."),
        option(OTHER, "--fail-if-fewer", type=MinTalksType(), metavar="N|N%",
               help="Write nothing and exit with status 1 if there are fewer talks than N, or than N% of the talks in OLD."),
    )  # fmt: skip
    return add_options(command, options)


def find_config(ctx: click.Context) -> Config | None:
    """Return the settings of `--config`; None without it."""
    return ctx.meta.get(_CONFIG_KEY)


def _use_config(ctx: click.Context, param: click.Parameter, value: str | None) -> None:  # noqa: ARG001 - click's signature
    if value and not ctx.resilient_parsing:
        from enrich.cli.config import read_config

        config = ctx.meta[_CONFIG_KEY] = read_config(value, ctx.command)
        ctx.default_map = {**(ctx.default_map or {}), **config.defaults}
