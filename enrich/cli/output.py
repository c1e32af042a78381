"""Where the document goes: standard output, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from enrich.errors import EnrichError


class OutputError(EnrichError):
    """The output cannot be written."""


class Output:
    """A context manager: what is written shows under the name only when all went well.

    A file that is replaced keeps its mode; a new one gets what the umask allows.

    Raises:
        OutputError: the file cannot be written there.
    """

    def __init__(self, target: str | None) -> None:
        self._target = None if target in (None, "-") else Path(str(target))
        self._stream: IO[str] = sys.stdout
        self._aside: Path | None = None

    def __enter__(self) -> Self:
        if self._target is not None:
            try:
                self._open(self._target)
            except OSError as error:
                raise OutputError(
                    f"{self._target}: cannot be written there: {error.strerror}"
                ) from error
        return self

    def _open(self, target: Path) -> None:
        with suppress(FileNotFoundError):
            target.stat()  # a loop of links is an error here, whatever the Python
        if target.is_dir():
            raise OutputError(f"{target}: it is a directory")
        if target.exists() and not target.is_file():  # a pipe or device must not be replaced
            self._stream = target.open("w", encoding="utf-8", newline="\n")
            return
        self._target = target = target.resolve()  # a link stays a link
        number, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        self._aside = Path(name)
        self._stream = os.fdopen(number, "w", encoding="utf-8", newline="\n")

    def write(self, piece: str) -> None:
        """Write a piece; a line of a stream is out at once."""
        try:
            self._stream.write(piece)
            if self._aside is None and piece.endswith("\n"):
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
            if kind is None and self._aside is not None:
                self._aside.chmod(_mode(self._target))
                self._aside.replace(self._target)
        except OSError as problem:
            raise OutputError(
                f"{self._target.name}: cannot be written: {problem.strerror}"
            ) from problem
        finally:
            if self._aside is not None:
                self._aside.unlink(missing_ok=True)


def _mode(target: Path) -> int:
    """The mode of the file that is there, else what a new file gets."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except OSError:
        umask = os.umask(0o077)
        os.umask(umask)
        return 0o666 & ~umask
