"""Entry point of the command `enrich`: the streams, and the exit status of each error.

The main job is `run`, the commands are the files of `commands/`. Only the command line prints, exits,
reads the environment or uses terminals.

Exit status: 0 answered, 1 nothing read or not written, 2 usage, 3 written but something failed or is
stale, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from enrich.cli.options import say
from enrich.cli.run import command
from enrich.errors import EnrichError, InvalidId, PapersError

_BROKEN_PIPE = 141  # what a shell reports for a process that SIGPIPE ended


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    if argv is not None:
        return _run_guarded(list(argv))
    status = _run_guarded(sys.argv[1:])
    if threading.active_count() > 1:
        # A service's thread still waits for an answer; the interpreter must not end under it.
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        os._exit(status)
    return status


def _run_guarded(args: list[str]) -> int:
    """Run a command; print its error, and return the status of it."""
    _use_streams()
    try:
        status = _run_command(args)
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.UsageError as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        say("interrupted")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except (InvalidId, PapersError) as error:
        say(_describe_error(error))
        return 2
    except EnrichError as error:
        say(_describe_error(error))
        return 1
    except OSError as error:
        say(f"the output cannot be written: {error.strerror or error}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _run_command(args: list[str]) -> int:
    # Not command.main: it turns a broken pipe into status 1.
    with command.make_context(
        "enrich",
        args,
        auto_envvar_prefix="ENRICH",
        help_option_names=["-h", "--help"],
        max_content_width=100,
    ) as context:
        status = context.command.invoke(context)
    return status if isinstance(status, int) else 0


def _use_streams() -> None:
    """Set the streams to UTF-8; replace closed ones by the null device."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - lives as long as the process
        elif mode == "w" and hasattr(stream, "reconfigure"):  # a test's stream may have none
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _describe_error(error: EnrichError) -> str:
    return f"{error} ({error.hint})" if error.hint else str(error)
