"""Options that commands share, in sections of the help, and messages on standard error.

Nothing that reads feeds or looks papers up is imported here: the help has to be fast.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from enrich.http.adapter import Login

F = TypeVar("F", bound=Callable[..., Any])

READ, SELECT, WRITE, LOOKUPS, FOLDERS, OTHER = (
    "What to read",
    "What to select",
    "What to write",
    "Lookups",
    "Folders",
    "Other options",
)
SECTIONS = (READ, SELECT, WRITE, LOOKUPS, FOLDERS, OTHER)
"""Sections of options in the help, in their order."""

VARIABLE = "_ENRICH_COMPLETE"
"""Environment variable with which a shell's script requests completions."""

LOGIN_NAMES = "OPENREVIEW_TOKEN, or OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD"
"""Variables of the environment that hold a login."""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def say(message: str) -> None:
    """Print one line on standard error, safe for a terminal."""
    from enrich.text.terminal import printable

    print(f"enrich: {printable(message)}", file=sys.stderr)  # noqa: T201 - this is the printer


class SectionOption(click.Option):
    """Option that belongs to a section of the help."""

    def __init__(self, *names: Any, section: str = OTHER, **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.section = section

    def get_help_extra(self, ctx: click.Context) -> Any:
        """Return the extras of the help; a default in words has no brackets."""
        extra = super().get_help_extra(ctx)
        if isinstance(self.show_default, str):
            extra["default"] = self.show_default
        return extra


def option(section: str, *names: str, **settings: Any) -> Callable[[F], F]:
    """Return a decorator that adds an option in a section of the help."""
    return click.option(*names, cls=SectionOption, section=section, **settings)


def add_options(command: F, options: Iterable[Callable[[F], F]]) -> F:
    """Add options to a command, so that the help lists them in this order."""
    for one in reversed([*options]):
        command = one(command)
    return command


class Command(click.Command):
    """Command whose help lists its options by section, and ends with examples."""

    def __init__(self, *args: Any, examples: Iterable[str] = (), **settings: Any) -> None:
        settings.setdefault("context_settings", {}).setdefault("show_default", True)
        super().__init__(*args, **settings)
        self.examples = tuple(examples)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options by section, then the examples."""
        write_options(self, ctx, formatter)
        write_examples(formatter, self.examples)


class CommandGroup(click.Group):
    """Group of commands below one name, whose help ends with examples."""

    def __init__(self, *args: Any, examples: Iterable[str] = (), **settings: Any) -> None:
        settings.setdefault("context_settings", {}).setdefault(
            "help_option_names", ["-h", "--help"]
        )
        super().__init__(*args, **settings)
        self.examples = tuple(examples)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, the commands and the examples."""
        super().format_options(ctx, formatter)
        write_examples(formatter, self.examples)


def write_options(
    command: click.Command,
    ctx: click.Context,
    formatter: click.HelpFormatter,
    first: Iterable[tuple[str, str]] = (),
) -> None:
    """Write the options of a command by section.

    A command without sections gets one. `first` holds rows that come before the options of READ.
    """
    rows: dict[str, list[tuple[str, str]]] = {}
    if first:
        rows[READ] = [*first]
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
        if record is not None:
            rows.setdefault(getattr(param, "section", OTHER), []).append(record)
    if rows.keys() == {OTHER}:
        rows = {"Options": rows[OTHER]}
    for section in ("Options", *SECTIONS):
        if section in rows:
            with formatter.section(section):
                formatter.write_dl(rows[section], col_max=24)


def write_examples(formatter: click.HelpFormatter, examples: Iterable[str]) -> None:
    """Write the examples of a command, each as one line that can be copied."""
    lines = tuple(examples)
    if not lines:
        return
    with formatter.section("Example" if len(lines) == 1 else "Examples"):
        for line in lines:
            formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


def complete_files(
    ctx: click.Context,  # noqa: ARG001 - click's signature
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[CompletionItem]:
    """Return an item that makes a shell complete file names."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


class Duration(click.ParamType[float]):
    """Seconds, written as `30d`, `12h`, `45m`, `90` or `90s`."""

    name = "duration"

    def __init__(self, *, needs_unit: bool = False) -> None:
        self._needs_unit = needs_unit

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Parse a duration into seconds."""
        if isinstance(value, (int, float)):
            return float(value)
        if not (m := re.fullmatch(r"(\d+(?:\.\d+)?)([smhdw]?)", str(value).strip())):
            self.fail(f"{value!r} is not a duration such as 30d, 12h, 45m or 90", param, ctx)
        if self._needs_unit and not m[2]:
            self.fail(f"{value!r} has no unit; write {value}d for days", param, ctx)
        return float(m[1]) * _UNITS[m[2] or "s"]


def _parse_mail(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001 - click's signature
    if not value:
        return value
    from enrich.text.web import mail_address

    try:
        return mail_address(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def selection_options(command: F) -> F:
    """Add the options that select and order talks."""
    options = (
        option(SELECT, "--since", metavar="DATE", help="Only talks that start at or after DATE: ISO 8601, 2022-02, today, yesterday, or 7d for a week ago."),
        option(SELECT, "--until", metavar="DATE", help="Only talks that start before DATE; 7d is a week ahead."),
        option(SELECT, "--series", multiple=True, metavar="TEXT", help="Only talks of a series whose name contains TEXT. May be given again."),
        option(SELECT, "--speaker", multiple=True, metavar="TEXT", help="Only talks by a speaker whose name contains TEXT. May be given again."),
        option(SELECT, "--match", multiple=True, metavar="TEXT", help="Only talks whose title, abstract or speaker contains TEXT; case and accents are ignored. May be given again: one of them must match."),
        option(SELECT, "--exclude", multiple=True, metavar="TEXT", help="Leave out talks whose title, abstract or speaker contains TEXT. May be given again."),
        option(SELECT, "--sort", type=click.Choice(["feed", "start"]), default="feed", help="Order of the talks: as in the feeds, or by start."),
        option(SELECT, "--tz", metavar="ZONE", show_default="UTC", help="Zone of --since and --until, and of times in formats for people."),
        option(WRITE, "--keep-private", is_flag=True, help="Keep meeting links, numbers and passcodes."),
    )  # fmt: skip
    return add_options(command, options)


def cache_dir_option(help_: str = "Folder of the store.", **settings: Any) -> Callable[[F], F]:
    """Return a decorator that adds `--cache-dir`."""
    return option(
        FOLDERS,
        "--cache-dir",
        type=click.Path(file_okay=False, path_type=Path),
        callback=_expand_home,
        metavar="DIR",
        show_default="enrich in the user's cache folder",
        help=help_,
        **settings,
    )


def state_dir_option(**settings: Any) -> Callable[[F], F]:
    """Return a decorator that adds `--state-dir`."""
    return option(
        FOLDERS,
        "--state-dir",
        type=click.Path(file_okay=False, path_type=Path),
        callback=_expand_home,
        metavar="DIR",
        show_default="enrich in the user's state folder",
        help="Folder of the files through which all processes share one request rate.",
        **settings,
    )


def _expand_home(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:  # noqa: ARG001 - click's signature
    """Return a folder with `~` expanded; no shell expands it in a variable."""
    try:
        return value and value.expanduser()
    except RuntimeError:
        raise click.BadParameter(f"{value}: there is no such home folder") from None


def lookup_options(command: F) -> F:
    """Add the options of every command that looks papers up."""
    options = (
        option(LOOKUPS, "--papers", type=click.Path(exists=True, dir_okay=False, path_type=Path),
               multiple=True, metavar="FILE", help="Papers to search first: a collection, a file of papers or an earlier output. May be given again."),
        option(LOOKUPS, "--offline", is_flag=True, help="Never use the network."),
        option(LOOKUPS, "--refresh", is_flag=True, help="Request everything again."),
        option(LOOKUPS, "--no-fallback", is_flag=True, help="Never use a second source (DataCite, dblp)."),
        option(LOOKUPS, "--published", is_flag=True, help="Look up in dblp where preprints were published."),
        option(LOOKUPS, "--max-age", type=Duration(), metavar="AGE", show_default="7d, for papers older than a year 30d", help="Request stored papers again if they are older, e.g. 30d."),
        option(LOOKUPS, "--timeout", type=Duration(), metavar="TIME", show_default="no limit", help="Limit for all requests of the run together, e.g. 60s."),
        contact_option(),
        option(WRITE, "--paper-abstracts", is_flag=True, help="Include the papers' abstracts."),
        cache_dir_option(),
        state_dir_option(),
        quiet_option(),
        verbose_option(),
    )  # fmt: skip
    return add_options(command, options)


def contact_option() -> Callable[[F], F]:
    """Return a decorator that adds `--contact`."""
    return option(
        LOOKUPS,
        "--contact",
        metavar="MAIL",
        callback=_parse_mail,
        help="Your mail address, sent to the services.",
    )


def quiet_option() -> Callable[[F], F]:
    """Return a decorator that adds `-q`."""
    return option(OTHER, "-q", "--quiet", is_flag=True, help="Print errors only.")


def verbose_option() -> Callable[[F], F]:
    """Return a decorator that adds `-v`."""
    return option(
        OTHER,
        "-v",
        "--verbose",
        count=True,
        show_default=False,
        help="Print the log: retried requests, and the origin of the papers; -vv prints all of it.",
    )


def enricher_options(options: dict[str, Any]) -> dict[str, Any]:
    """Take the arguments of `Enricher` out of the options.

    Raises:
        click.UsageError: an incomplete login in the environment, or --offline with --refresh.
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
        raise click.UsageError(f"incomplete login to OpenReview: {missing} is not set")
    return {}


@contextmanager
def printing_log(*, verbose: int, clear: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Print the package's log while the block runs.

    `verbose` is the number of `-v`: 0 prints nothing, 1 level INFO, 2 also level DEBUG. `clear` removes
    a progress line before each message.
    """
    if not verbose:
        yield
        return
    import logging

    class Printer(logging.Handler):
        """Log handler that prints like the command line itself."""

        def emit(self, record: logging.LogRecord) -> None:
            """Print one message."""
            clear()
            say(record.getMessage())

    level = logging.DEBUG if verbose > 1 else logging.INFO
    logger, handler = logging.getLogger("enrich"), Printer(level)
    earlier_level = logger.level
    logger.addHandler(handler)
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(earlier_level)
