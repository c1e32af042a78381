"""Plug-ins on the command line: whether there can be any, and what happens if a format fails.

`importlib.metadata` knows for certain, but its import and its search take a fifth of the time in which a
run starts. Here only the files are searched in which distributions list their entry points.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from enrich.model import Document
    from enrich.writers import Writer


@cache
def may_offer(group: str) -> bool:
    """Return whether a distribution may offer entry points of a group.

    Where distributions can lie in other places than folders of `sys.path`, the answer is yes.
    """
    finders = [finder for finder in sys.meta_path if hasattr(finder, "find_distributions")]
    if any(getattr(finder, "__name__", None) != "PathFinder" for finder in finders):
        return True
    return any(_lists_group(folder, group.encode()) for folder in dict.fromkeys(sys.path))


def _lists_group(folder: str, group: bytes) -> bool:
    """Return whether a distribution in a folder may list a group of entry points."""
    try:
        with os.scandir(folder or ".") as entries:
            places = [
                entry.path
                for entry in entries
                if entry.name.endswith((".dist-info", ".egg-info", ".egg"))
            ]
    except FileNotFoundError:
        return False
    except OSError:  # a zip file, which can hold distributions
        return True
    for place in places:
        try:
            with open(f"{place}/entry_points.txt", "rb") as file:  # noqa: PTH123 - 80 files in a millisecond
                if group in file.read():
                    return True
        except FileNotFoundError:
            if place.endswith(".egg"):
                return True
        except OSError:
            continue
    return False


class GuardedWriter:
    """Writer of another distribution; what goes wrong in it is one sentence that names it."""

    def __init__(self, name: str, chosen: Writer) -> None:
        self._name = name
        self._chosen = chosen

    def __getattr__(self, attribute: str) -> Any:
        """Return what the writer itself defines."""
        return getattr(self._chosen, attribute)

    def with_options(self, **options: Any) -> GuardedWriter:
        """Return the writer with some of its options set."""
        chosen: Any = self._chosen
        return GuardedWriter(self._name, chosen.with_options(**options))

    def write(self, document: Document) -> Iterator[str]:
        """Yield the document as pieces of text.

        Raises:
            EnrichError: the writer raised, or returned something else.
        """
        from enrich.errors import EnrichError

        try:
            for piece in self._chosen.write(document):
                self._check_piece(piece)
                yield piece
        except (EnrichError, OSError):  # of the run, not of the writer
            raise
        except Exception as error:
            returned = "it has to return pieces of text; " if isinstance(error, TypeError) else ""
            raise self._blame(f"{returned}{type(error).__name__}: {error}") from error

    def _check_piece(self, piece: object) -> None:
        if not isinstance(piece, str):
            raise self._blame(f"it yields {type(piece).__name__}, not text")

    def _blame(self, problem: str) -> Exception:
        from enrich.errors import EnrichError

        return EnrichError(
            f"the format {self._name}, which another distribution offers, failed: {problem}",
            hint="report it to the authors of that distribution; nothing was written",
        )
