"""Entry point of the command `enrich`: standard streams, and exit statuses of errors.

The main job is `run`, the commands are the files of `commands/`. Only the command line prints, exits,
reads the environment or uses terminals.

Exit status: 0 answered, 1 nothing read or not written, 2 usage, 3 written but something failed or is
stale, 130 interrupted. SIGTERM and SIGHUP end the process by default (143 and 129 in a shell); they are
handled only while a file is written (`Output`).
"""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

import click

from enrich.cli.options import VARIABLE, say
from enrich.cli.run import command
from enrich.errors import EnrichError, InvalidId, PapersError

_BROKEN_PIPE = 141  # a shell's status of a process that SIGPIPE ended
_INTERRUPTED = 130
_NEW_OBJECTS = 50_000
"""Objects made between two garbage collections; a short run makes fewer, and uses them until its end."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    if argv is not None:
        return _run_guarded(list(argv))
    gc.set_threshold(_NEW_OBJECTS)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end_interrupted)
    status = _run_guarded(sys.argv[1:])
    if threading.active_count() > 1:
        # A thread still waits for a service; it must not run while the interpreter shuts down.
        os._exit(status)
    gc.freeze()  # otherwise the interpreter's last collections would walk all imported objects
    return status


def _end_interrupted(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a handler's signature
    """End the process at once; an exception could be lost in a callback."""
    with suppress(Exception):  # the signal may have interrupted another write
        say("interrupted")
    os._exit(_INTERRUPTED)


def _run_guarded(args: list[str]) -> int:
    """Run a command, print its error, and return its exit status."""
    _use_streams()
    status = _report_errors(args)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        return _BROKEN_PIPE
    except OSError as error:
        _drop_output()
        if status != 1:  # 1: already reported
            say(f"the output cannot be written: {error.strerror or error}")
        return 1
    return status


def _drop_output() -> None:
    """Drop buffered output; the interpreter would try to write it again."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report_errors(args: list[str]) -> int:
    """Run a command; print one line for an error, and return the exit status."""
    try:
        return _run_command(args)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.UsageError as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        say("interrupted")
        return _INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return _BROKEN_PIPE
    except (InvalidId, PapersError) as error:
        say(_describe_error(error))
        return 2
    except EnrichError as error:
        say(_describe_error(error))
        return 1
    except OSError as error:
        say(f"the output cannot be written: {error.strerror or error}")
        return 1


def _run_command(args: list[str]) -> int:
    """Run a command, or print completions for a shell; return the exit status."""
    if instruction := os.environ.get(VARIABLE):
        from click.shell_completion import shell_complete

        settings = {"auto_envvar_prefix": "ENRICH"}
        return shell_complete(command, settings, "enrich", VARIABLE, instruction)
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


class _TolerantStream(io.TextIOWrapper):
    """Standard error that ignores failed writes, such as on a full disk or a closed pipe."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


def _use_streams() -> None:
    """Set the streams to UTF-8; replace closed ones by the null device."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - lives as long as the process
        elif mode == "w" and hasattr(stream, "reconfigure"):  # a stream of a test may not have it
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    if sys.stderr is sys.__stderr__ and isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr = _TolerantStream(
            sys.stderr.buffer, "utf-8", "backslashreplace", newline="\n", line_buffering=True
        )


def _describe_error(error: EnrichError) -> str:
    return f"{error} ({error.hint})" if error.hint else str(error)
