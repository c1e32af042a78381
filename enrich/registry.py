"""Rooms whose members are found because their file exists: sources, fallbacks, writers, dialects.

Listing imports nothing. Names that begin with `_` are helpers, not members.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Any


def names_in(path: Iterable[str]) -> tuple[str, ...]:
    """Names of the modules in a package's folder, sorted."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(path) if not m.name.startswith("_")))


def load(package: str, attribute: str, name: str) -> Any:
    """The member `attribute` of the module `package.name`, else of an entry point of that group.

    A built-in cannot be overridden: entry points are asked only for a name that no file has.

    Raises:
        LookupError: nothing has this name.
    """
    if name.isidentifier() and not name.startswith("_"):
        try:
            module = importlib.import_module(f"{package}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{package}.{name}":
                raise
        else:
            return getattr(module, attribute)
    from importlib.metadata import entry_points

    for point in entry_points(group=package, name=name):
        return point.load()
    raise LookupError(f"there is no {package.rpartition('.')[2][:-1]} named {name!r}")
