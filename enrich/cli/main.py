"""The command `enrich`: which command is meant, and what its end means to a shell.

The commands themselves are `enrich/commands/`, one file each; the main job is `run`. Only the command
line prints, exits, reads the environment or knows of terminals.

Exit status: 0 answered, 1 nothing read or not written, 2 usage, 3 written but something failed or is
stale, 130 interrupted.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from enrich.cli.options import COMMANDS, RESERVED, say
from enrich.errors import EnrichError, InvalidId, PapersError

_BROKEN_PIPE = 141  # what a shell reports for a process that SIGPIPE ended


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    if argv is not None:
        return _main(list(argv))
    status = _main(sys.argv[1:])
    if threading.active_count() > 1:
        # A service's thread still waits for an answer; the interpreter must not end under it.
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        os._exit(status)
    return status


def _main(args: list[str]) -> int:
    _use_streams()
    try:
        status = _run(args)
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
        say(_told(error))
        return 2
    except EnrichError as error:
        say(_told(error))
        return 1
    except OSError as error:
        say(f"the output cannot be written: {error.strerror or error}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _run(args: list[str]) -> int:
    name = args.pop(0) if args and args[0] in COMMANDS else "run"
    if name == "run" and args and args[0] in RESERVED:
        raise click.UsageError(
            f"{args[0]!r} is kept for a command to come; a file of that name is written ./{args[0]}"
        )
    command: click.Command = importlib.import_module(f"enrich.cli.{name}").command
    # Not command.main: it turns a broken pipe into status 1.
    with command.make_context(
        "enrich" if name == "run" else f"enrich {name}",
        args,
        auto_envvar_prefix="ENRICH",
        help_option_names=["-h", "--help"],
        max_content_width=100,
    ) as context:
        status = command.invoke(context)
    return status if isinstance(status, int) else 0


def _use_streams() -> None:
    """UTF-8 wherever we run; a stream that is closed becomes one that swallows or is empty."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - lives as long as the process
        elif mode == "w" and hasattr(stream, "reconfigure"):  # a test's stream may have none
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _told(error: EnrichError) -> str:
    return f"{error} ({error.hint})" if error.hint else str(error)
