"""`enrich doctor`: checks of folders, login, network and services, with advice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from enrich.cli.options import (
    LOOKUPS,
    Command,
    cache_dir_option,
    contact_option,
    option,
    state_dir_option,
)

if TYPE_CHECKING:
    from enrich.cli.diagnosis import Finding


@click.command(
    cls=Command,
    examples=["enrich doctor --offline"],
    help="Check versions, folders, login, clock, network and services; one polite request to each "
    "service. Each problem comes with advice. Exit status 1 if something is bad, otherwise 0.",
)
@option(LOOKUPS, "--offline", is_flag=True, help="Contact no service.")
@contact_option()
@cache_dir_option()
@state_dir_option()
def command(
    *, offline: bool, contact: str | None, cache_dir: Path | None, state_dir: Path | None
) -> int:
    """Print the findings."""
    from enrich.text.terminal import printable

    is_bad = False
    for finding in _run_checks(
        offline=offline, contact=contact, cache_dir=cache_dir, state_dir=state_dir
    ):
        is_bad |= finding.level == "bad"
        click.echo(printable(f"{finding.level:<5}{finding.subject:<13}{finding.text}"))
        if finding.advice:
            click.echo(printable(f"{'':<18}→ {finding.advice}"))
    return 1 if is_bad else 0


def _run_checks(
    *, offline: bool, contact: str | None, cache_dir: Path | None, state_dir: Path | None
) -> Iterator[Finding]:
    """Yield the findings of all checks, network checks last."""
    from enrich.cli import diagnosis

    now = time.time()
    yield from diagnosis.check_versions()
    yield from diagnosis.check_store_folder(cache_dir, now)
    yield from diagnosis.check_state_folder(state_dir)
    yield from diagnosis.check_login()
    yield from diagnosis.check_clock(now)
    yield from diagnosis.check_proxies()
    if offline:
        yield diagnosis.Finding("note", "services", "not checked (--offline)")
    else:
        yield from diagnosis.check_services(cache_dir, state_dir, contact)
