"""Installed sources and second sources, with the code of their requests."""

from __future__ import annotations

from functools import cache
from typing import Any

from enrich import sources as pure
from enrich.registry import is_folder, load, load_part
from enrich.sources import SecondSource, Source

_PACKAGE = pure.__name__


@cache
def source(name: str) -> Source:
    """Return one source.

    Raises:
        LookupError: no installed source has this name.
    """
    if name not in pure.names():
        raise LookupError(f"there is no source named {name!r}")
    return _load_member(name, "SOURCE")  # type: ignore[no-any-return]


@cache
def sources() -> tuple[Source, ...]:
    """Return all sources, sorted by name."""
    return tuple(source(name) for name in pure.names())


@cache
def second_sources() -> tuple[SecondSource, ...]:
    """Return all second sources, sorted by name."""
    return tuple(_load_member(name, "SECOND_SOURCE") for name in pure.names("SECOND_SOURCE"))


def _load_member(name: str, kind: str) -> Any:
    if name not in pure.members():
        return pure.load_external(name)
    if is_folder(_PACKAGE, name):
        return load_part(_PACKAGE, kind, name, "api")
    return load(_PACKAGE, kind, name)
