"""Output of a command: standard output, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Any, Self

import click

from enrich.errors import EnrichError

_DATABASE = b"SQLite format 3\0"
_STORE_FILES = ("papers.sqlite", "answers.sqlite", "feeds.sqlite")
"""Prefixes of the names of the files in the cache folder."""
_ENDING_SIGNALS = ("SIGTERM", "SIGHUP", "SIGINT")
"""Signals that end a run; Windows has no SIGHUP."""


class OutputError(EnrichError):
    """The output cannot be written."""


class Output:
    """Context manager that creates or replaces a file only if its block succeeds.

    Until then the text is in a temporary file in the same folder, which is removed when the run
    ends, even by a signal. A replaced file keeps its mode; the umask decides that of a new file.

    Raises:
        OutputError: the file cannot be written there.
    """

    def __init__(self, target: str | None) -> None:
        self._target = None if target in (None, "-") else Path(str(target))
        self._typed = target  # for messages: a path is named as the user wrote it
        self._stream: IO[str] = sys.stdout
        self._temporary: Path | None = None
        self._restore_handlers: Callable[[], None] = _keep_handlers

    def __enter__(self) -> Self:
        if self._target is not None:
            try:
                self._open(self._target)
            except OSError as error:
                self._restore_handlers()
                raise OutputError(
                    f"{self._typed}: cannot be written there: {error.strerror}"
                ) from error
        return self

    def _open(self, target: Path) -> None:
        with suppress(FileNotFoundError):
            target.stat()  # raises for a loop of links in every version of Python
        if target.is_dir():
            raise OutputError(f"{target}: is a directory")
        if target.exists() and not target.is_file():  # a pipe or device must not be replaced
            self._stream = target.open("w", encoding="utf-8", newline="\n")
            return
        self._target = target = target.resolve()  # replaces the linked file, not the link
        # A short name: the target's own may already have the longest length allowed.
        self._temporary = target.with_name(f".enrich-{os.urandom(8).hex()}.tmp")
        self._restore_handlers = _remove_on_signals(self._temporary)
        number = os.open(self._temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        self._stream = os.fdopen(number, "w", encoding="utf-8", newline="\n")

    def write(self, piece: str) -> None:
        """Write a piece; flush a stream after each line."""
        try:
            self._stream.write(piece)
            if self._temporary is None and piece.endswith("\n"):
                self._stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"the output cannot be written: {error.strerror}") from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._target is None:
            return
        try:
            self._stream.close()
            if kind is None and self._temporary is not None:
                self._temporary.chmod(_choose_mode(self._target))
                self._temporary.replace(self._target)
        except OSError as problem:
            raise OutputError(f"{self._typed}: cannot be written: {problem.strerror}") from problem
        finally:
            if self._temporary is not None:
                self._temporary.unlink(missing_ok=True)
            self._restore_handlers()


def check_outputs(
    paths: Iterable[str | None],
    *,
    inputs: Iterable[str | Path],
    cache_dir: Path | None,
    may_be_database: bool = False,
) -> None:
    """Refuse an output that would replace an input or a store.

    Args:
        paths: The names of the outputs; None is standard output.
        inputs: Names of the files that the run reads; `-` is standard input's own file.
        cache_dir: The folder of the store; None for the user's cache folder.
        may_be_database: Whether the outputs are collections, which may replace a collection.

    Raises:
        click.UsageError: an output is an input of the run, a database, or part of the store.
    """
    from enrich.store.store import store_folder

    names, store = tuple(inputs), store_folder(cache_dir)
    for path in paths:
        with suppress(OSError, ValueError):  # unreadable or invalid names are reported when opened
            if path is None:
                continue
            reason = _explain_refusal(Path(path), names, store, may_be_database=may_be_database)
            if reason:
                raise click.UsageError(f"{path} is {reason}: the output would replace it")


def _explain_refusal(
    place: Path, inputs: Iterable[str | Path], store: Path, *, may_be_database: bool
) -> str | None:
    """Return why an output must not replace a file; otherwise None."""
    if _is_store_file(store, place):
        return "part of the store"
    if not place.is_file():
        return None
    for name in inputs:
        if _is_same_file(name, place):
            return "standard input" if name == "-" else "an input of this run"
    if may_be_database:
        return None
    with place.open("rb") as file:
        if file.read(len(_DATABASE)) == _DATABASE:
            return "a collection or another database"
    return None


def _is_store_file(folder: Path, place: Path) -> bool:
    return place.name.startswith(_STORE_FILES) and place.parent.resolve() == folder.resolve()


def _is_same_file(name: str | Path, place: Path) -> bool:
    try:
        if name == "-":
            return os.path.samestat(os.fstat(sys.stdin.fileno()), place.stat())
        return Path(name).samefile(place)
    except (OSError, ValueError):
        return False


def _keep_handlers() -> None:
    """Keep the current signal handlers."""


def _remove_on_signals(temporary: Path) -> Callable[[], None]:
    """Remove an unfinished file before a signal ends the process.

    The handler raises nothing, because an exception can be lost in a callback. It then calls the
    earlier handler, so that several outputs can be open. An ignored signal stays ignored (`nohup`).

    Returns:
        A function that restores the earlier handlers.
    """
    earlier: dict[int, Any] = {}

    def handle(number: int, frame: FrameType | None) -> None:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if callable(earlier[number]):
            earlier[number](number, frame)
        else:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

    def restore() -> None:
        for number, handler in earlier.items():
            signal.signal(number, handler)

    if threading.current_thread() is threading.main_thread():  # others cannot set handlers
        for name in _ENDING_SIGNALS:
            number = getattr(signal, name, None)
            if number is None or signal.getsignal(number) in (signal.SIG_IGN, None):
                continue
            earlier[number] = signal.getsignal(number)
            signal.signal(number, handle)
    return restore


def _choose_mode(target: Path) -> int:
    """Return the mode of an existing file, otherwise the default mode of a new one."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except OSError:
        umask = os.umask(0o077)
        os.umask(umask)
        return 0o666 & ~umask
