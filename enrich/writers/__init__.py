"""The output formats: one file each; the file's name is the format's name (`-f`).

A file here ends with `WRITER = …`. Writers are pure: a document in, pieces of text out. Another
distribution may offer one under the entry-point group `enrich.writers`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from enrich.model import Document
from enrich.registry import entry_points_of, load, load_entry_point, names_in


class Writer(Protocol):
    """A format. It may stream: a document's talks are an iterator, its notices come last."""

    suffixes: tuple[str, ...]
    """File name endings that mean this format, `.json`."""

    def write(self, document: Document) -> Iterator[str]:
        """The document as pieces of text."""
        ...


def builtin_names() -> tuple[str, ...]:
    """Return the names of this folder's formats, sorted; none is imported."""
    return names_in(__path__)


def names() -> tuple[str, ...]:
    """Return the names of all installed formats, sorted; none is imported."""
    return tuple(sorted({*builtin_names(), *entry_points_of(__name__)}))


def writer(name: str) -> Writer:
    """Return one writer; other distributions are asked only for a name that this folder lacks.

    Raises:
        LookupError: no format has this name.
    """
    if name in builtin_names():
        return load(__name__, "WRITER", name)  # type: ignore[no-any-return]
    return load_entry_point(__name__, name)  # type: ignore[no-any-return]


def write(document: Document, format: str = "json") -> Iterator[str]:  # noqa: A002 - the option's name
    """A document as pieces of text in a format, lazily.

    Raises:
        LookupError: there is no such format.
    """
    return writer(format).write(document)
