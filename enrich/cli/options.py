"""Options of every command that looks papers up, and messages on standard error."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from enrich.text.terminal import printable
from enrich.text.web import mail_address

if TYPE_CHECKING:
    from enrich.http.adapter import Login

F = TypeVar("F", bound=Callable[..., Any])

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def say(message: str) -> None:
    """Print one line on standard error, safe for a terminal."""
    print(f"enrich: {printable(message)}", file=sys.stderr)  # noqa: T201 - this is the printer


class Duration(click.ParamType[float]):
    """Seconds, written as `30d`, `12h`, `45m`, `90` or `90s`."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the seconds of such a text."""
        if isinstance(value, (int, float)):
            return float(value)
        if not (m := re.fullmatch(r"(\d+(?:\.\d+)?)([smhdw]?)", str(value).strip())):
            self.fail(f"{value!r} is not a duration such as 30d, 12h, 45m or 90", param, ctx)
        return float(m[1]) * _UNITS[m[2] or "s"]


def _parse_mail(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001 - click's signature
    try:
        return value and mail_address(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def lookup_options(command: F) -> F:
    """Add the options of every command that looks papers up."""
    options = (
        click.option("--papers", type=click.Path(exists=True, dir_okay=False, path_type=Path),
                     multiple=True, metavar="FILE", help="Papers that are asked first: a collection, a file of papers or an earlier output. May be given again."),
        click.option("--offline", is_flag=True, help="Never use the network."),
        click.option("--refresh", is_flag=True, help="Ask for everything again."),
        click.option("--no-fallback", is_flag=True, help="Never ask a second source (DataCite, dblp)."),
        click.option("--published", is_flag=True, help="Ask dblp where preprints were published."),
        click.option("--max-age", type=Duration(), metavar="AGE", help="Ask again for what is older, e.g. 30d."),
        click.option("--timeout", type=Duration(), metavar="TIME", help="For all lookups together, e.g. 60s."),
        click.option("--paper-abstracts", is_flag=True, help="Fill the papers' abstracts."),
        click.option("--cache-dir", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Folder of the store."),
        click.option("--state-dir", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Folder of the files through which all processes share one request rate."),
        click.option("--contact", metavar="MAIL", callback=_parse_mail, help="Your mail address, sent to the services."),
        click.option("-q", "--quiet", is_flag=True, help="Print errors only."),
        click.option("-v", "--verbose", count=True, help="Print more: each retry, and where papers come from."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def enricher_options(options: dict[str, Any]) -> dict[str, Any]:
    """Take the arguments of `Enricher` out of the options.

    Raises:
        click.UsageError: half a login in the environment; --offline with --refresh.
    """
    if options["offline"] and options["refresh"]:
        raise click.UsageError("--offline and --refresh exclude each other")
    return {
        "papers": options.pop("papers"),
        "offline": options["offline"],
        "refresh": options["refresh"],
        "fallback": not options.pop("no_fallback"),
        "published": options.pop("published"),
        "max_age": options.pop("max_age"),
        "timeout_s": options.pop("timeout"),
        "abstracts": options.pop("paper_abstracts"),
        "cache_dir": options["cache_dir"],
        "state_dir": options.pop("state_dir"),
        "contact": options.pop("contact"),
        "login": {} if options["offline"] else read_logins(),
        "on_trouble": say,
    }


def read_logins() -> dict[str, Login]:
    """Return OpenReview's login under its name, from the environment alone.

    Raises:
        click.UsageError: only one of name and password is set.
    """
    if token := os.environ.get("OPENREVIEW_TOKEN"):
        return {"openreview": token}
    name = os.environ.get("OPENREVIEW_USERNAME")
    password = os.environ.get("OPENREVIEW_PASSWORD")
    if name and password:
        return {"openreview": (name, password)}
    if name or password:
        missing = "OPENREVIEW_PASSWORD" if name else "OPENREVIEW_USERNAME"
        raise click.UsageError(f"half a login to OpenReview: {missing} is not set")
    return {}


@contextmanager
def printing_log(*, verbose: bool, clear: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Print what the package logs while the block runs, if verbose.

    `clear` takes a progress line away before each line.
    """
    if not verbose:
        yield
        return
    logger, handler = logging.getLogger("enrich"), _Printer(clear)
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


class _Printer(logging.Handler):
    """Handler that prints each message as the command line prints its own."""

    def __init__(self, clear: Callable[[], None]) -> None:
        super().__init__(logging.INFO)
        self._clear = clear

    def emit(self, record: logging.LogRecord) -> None:
        """Print one message."""
        self._clear()
        say(record.getMessage())
