"""Registry of plug-ins: the members of a folder, and the entry points of other distributions.

Every file of the folder is a member, except names that begin with `_`, which are helpers. Listing the
members imports none. A group of entry points has the name of its package: `enrich.sources`,
`enrich.writers`. A member of the folder takes precedence over an entry point of the same name.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.machinery import FileFinder, SourceFileLoader
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from enrich.errors import EnrichError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


class PluginError(EnrichError):
    """Raised for an installed plug-in that cannot be used."""


def names_in(path: Iterable[str]) -> tuple[str, ...]:
    """Return the sorted names of a folder's members."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(path) if not m.name.startswith("_")))


def load(package: str, attribute: str, name: str) -> Any:
    """Return the attribute of the member `package.name`.

    Raises:
        LookupError: the folder has no such member.
        PluginError: the member's file does not define the attribute.
    """
    if name.isidentifier() and not name.startswith("_"):
        try:
            module = importlib.import_module(f"{package}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{package}.{name}":
                raise
        else:
            if not hasattr(module, attribute):
                raise PluginError(f"{module.__file__} defines no {attribute}")
            return getattr(module, attribute)
    raise LookupError(f"there is no {package.rpartition('.')[2][:-1]} named {name!r}")


def is_folder(package: str, name: str) -> bool:
    """Return whether the member `package.name` is a folder."""
    spec = importlib.util.find_spec(f"{package}.{name}")
    return spec is not None and spec.submodule_search_locations is not None


def load_part(package: str, attribute: str, name: str, part: str) -> Any:
    """Return an attribute of a folder member's module.

    The module is `package.name.part`.

    Raises:
        PluginError: the folder has no such module, or it does not define the attribute.
    """
    try:
        return load(f"{package}.{name}", attribute, part)
    except LookupError:
        folder = package.replace(".", "/")
        raise PluginError(f"{folder}/{name}/{part}.py is missing; it defines {attribute}") from None


def describe_member(package: str, name: str) -> str:
    """Return the first line of a member's docstring.

    The member is not imported: only its first line is used, where the docstring begins.
    """
    spec = importlib.util.find_spec(f"{package}.{name}")
    source = spec.loader.get_source(spec.name) if spec and spec.loader else None  # type: ignore[attr-defined]
    return (source or "").partition("\n")[0].strip('"')


def list_global_names(package: str, name: str) -> frozenset[str]:
    """Return the global names in a member's code.

    The code is compiled and not run.
    """
    spec = importlib.util.find_spec(f"{package}.{name}")
    code = spec.loader.get_code(spec.name) if spec and spec.loader else None  # type: ignore[attr-defined]
    return frozenset(code.co_names if code else ())


@cache
def entry_points_of(group: str) -> Mapping[str, EntryPoint]:
    """Return the entry points of a group, by name.

    `importlib.metadata` reads the files of every installed distribution, so this is done once per process.
    """
    if not may_offer(group):
        return MappingProxyType({})
    from importlib.metadata import entry_points

    return MappingProxyType({point.name: point for point in entry_points(group=group)})


@cache
def may_offer(group: str) -> bool:
    """Return whether a distribution may offer entry points.

    Only `importlib.metadata` gives a certain answer, but its import takes a tenth of a run's start. So this
    searches the folder listings that the import system caches for files that name the group. It returns
    True if distributions may be elsewhere.
    """
    finders = [finder for finder in sys.meta_path if hasattr(finder, "find_distributions")]
    if any(getattr(finder, "__name__", None) != "PathFinder" for finder in finders):
        return True
    return any(_lists_group(folder, group.encode()) for folder in dict.fromkeys(sys.path))


def _lists_group(folder: str, group: bytes) -> bool:
    """Return whether a folder's distributions may offer entry points."""
    finder = pkgutil.get_importer(folder)
    if finder is None:  # there is no such folder
        return False
    if not isinstance(finder, FileFinder):  # a zip file, which can hold distributions
        return True
    finder.find_spec(
        "enrich_has_no_such_module"
    )  # updates the cached listing, if the folder has changed
    names: Iterable[str] | None = getattr(finder, "_path_cache", None)
    if names is None:
        return True
    for name in names:
        if name.endswith(".egg"):
            return True
        if name.endswith((".dist-info", ".egg-info")):
            path = f"{finder.path}/{name}/entry_points.txt"
            try:
                if group in SourceFileLoader(name, path).get_data(path):
                    return True
            except OSError:  # no entry_points.txt
                continue
    return False


def load_entry_point(group: str, name: str) -> Any:
    """Return the object that an entry point names.

    Raises:
        LookupError: no distribution offers this name.
        PluginError: the object cannot be imported.
    """
    point = entry_points_of(group).get(name)
    if point is None:
        raise LookupError(f"there is no {group.rpartition('.')[2][:-1]} named {name!r}")
    try:
        return point.load()
    except (ImportError, AttributeError) as error:
        raise PluginError(
            f"the entry point {name} of {group} ({point.value}) cannot be loaded: {error}",
            hint="reinstall or remove the distribution that offers it",
        ) from error
