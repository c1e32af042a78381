"""The laws of the house as functions: each returns one line for each breach, with its chain of imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from tests.house.import_graph import (
    IMPORTLIB_USERS,
    LOADERS,
    PACKAGE,
    Graph,
    Module,
    circles,
    describe,
    importers_by_name,
    is_below,
    levels,
    registry_users,
)

IO = (
    *("arxiv", "asyncio", "concurrent", "fcntl", "filelock", "glob", "http", "httpx"),
    *(
        "importlib.resources",
        "mmap",
        "multiprocessing",
        "os",
        "pathlib",
        "platformdirs",
        "requests",
    ),
    *("requests_cache", "select", "selectors", "shutil", "signal", "smtplib", "socket", "sqlite3"),
    *("ssl", "subprocess", "tempfile", "tenacity", "time", "urllib.request", "urllib3"),
)
"""Modules that reach the disk, the network, the clock or other processes."""

IO_BUILTINS = frozenset({"input", "open", "print"})

PURE = (
    *("codes", "model", "paper", "document", "annotate", "annotation", "identity"),
    *("text", "references", "writers", "changes"),
)
PURE_OF_A_SOURCE = ("*.forms", "*.entry", "*.note")

MAY_DO_IO = (
    *("http", "store", "collection", "lookup", "enricher", "cli"),
    *("feeds.opening", "feeds.download"),
    "feeds.reading",  # opens, as long as feeds.opening is not there
    "feeds.ssrf",  # checks an address when the connection is made
    "sources.arxiv.api",  # the service's own client parses; the session is handed in
)

WRITERS_MAY_REACH = (
    *("model", "paper", "document", "identity", "text", "errors", "version"),
    "codes",  # the words of the values' fields
    *("registry", "writers"),  # their own loader, and each other
)

CHANGES_MAY_REACH = (
    *("changes", "model", "paper", "document", "identity", "text", "errors", "codes"),
    "version",
)

MAX_FILES_IN_ROOT = 12
MAX_LEVELS = 10

_SERVICE = re.compile(r"(?<![a-z0-9])(?:arxiv|openreview|datacite|dblp)(?![a-z0-9])", re.IGNORECASE)
_METHODS_THAT_DECIDE = frozenset(
    {"startswith", "endswith", "get", "find", "index", "count", "partition", "rpartition", "split"}
)


class Allowed(NamedTuple):
    """A file that may decide by a service's name, and why."""

    module: str
    """Pattern below the package."""
    reason: str


MAY_NAME_A_SERVICE = (
    Allowed("sources.*", "here the services are at home"),
    Allowed("writers.*", "the formats' own terms: BibTeX's archivePrefix, Markdown's arXiv:ID"),
    Allowed("collection.readers.*", "the terms of bulk files: eprint types, fields, DOI prefixes"),
    Allowed("cli.options", "the environment's names: OPENREVIEW_TOKEN and its like"),
    Allowed("feeds.protected", "the anchors that redaction protects, where it is given no others"),
)


def check_feeds(graph: Graph) -> list[str]:
    """Law 1: feeds reach neither references nor sources, lookup, store."""
    return _chains(graph, ("feeds",), _ours("references", "sources", "lookup", "store"))


def check_references_do_no_io(graph: Graph) -> list[str]:
    """Law 2: references reach no I/O and no API of a source."""
    return _chains(graph, ("references",), lambda name: is_below(name, IO) or _is_api(graph, name))


def check_http(graph: Graph) -> list[str]:
    """Law 3: http reaches no source."""
    return _chains(graph, ("http",), _ours("sources"))


def check_store(graph: Graph) -> list[str]:
    """Law 3: the store reaches no source."""
    return _chains(graph, ("store",), _ours("sources"))


def check_writers(graph: Graph) -> list[str]:
    """Law 4: writers reach the values, the text functions and their own loader, nothing else."""
    allowed = _ours(*WRITERS_MAY_REACH)
    return _chains(
        graph,
        ("writers",),
        lambda name: is_below(name, (PACKAGE,)) and name != PACKAGE and not allowed(name),
    )


def check_changes(graph: Graph) -> list[str]:
    """Law 4: the comparison with an earlier output reaches the values and the text functions."""
    allowed = _ours(*CHANGES_MAY_REACH)
    return _chains(
        graph,
        ("changes",),
        lambda name: is_below(name, (PACKAGE,)) and name != PACKAGE and not allowed(name),
    )


def check_pure(graph: Graph) -> list[str]:
    """Law 5: values, text functions, references, writers and the forms of sources do no I/O."""
    starts = graph.below(*(f"{PACKAGE}.{name}" for name in PURE)) | {
        name
        for name in graph.below(f"{PACKAGE}.sources")
        if any(fnmatchcase(name, f"{PACKAGE}.sources.{end}") for end in PURE_OF_A_SOURCE)
    }
    breaches = [describe(c) for c in graph.chains(starts, lambda name: is_below(name, IO))]
    for name in sorted(graph.reach(starts) & graph.modules.keys()):
        breaches += [f"{name} calls {called}()" for called in _builtins_called(graph.modules[name])]
    return breaches


def check_io(graph: Graph) -> list[str]:
    """Law 5: only the modules at the edges import what does I/O."""
    allowed = _ours(*MAY_DO_IO)
    return [
        f"{name} → {target}"
        for name, module in sorted(graph.modules.items())
        if not allowed(name)
        for target in sorted(module.imports)
        if is_below(target, IO)
    ]


def check_importlib(graph: Graph) -> list[str]:
    """Law 2: only the registry and the root import by name."""
    return [f"{name} → importlib" for name in sorted(importers_by_name(graph) - IMPORTLIB_USERS)]


def check_loaders(graph: Graph) -> list[str]:
    """Law 2: the targets of every loader are in the graph."""
    return [
        f"{name} imports the registry and is not in LOADERS (tests/house/import_graph.py)"
        for name in sorted(registry_users(graph) - LOADERS.keys())
    ]


def check_service_names(graph: Graph) -> list[str]:
    """Law 6: outside the sources no decision depends on the name of a service."""
    return [
        f"{name}, line {line}: {text!r} in a {where}"
        for name, module in sorted(graph.modules.items())
        if not _may_name_a_service(name)
        for line, text, where in sorted(_named_services(module.tree))
    ]


def check_circles(graph: Graph) -> list[str]:
    """Law 7: the top-level modules and folders import each other in no circle."""
    rooms = graph.rooms()
    return [
        f"{' and '.join(circle)} import each other: "
        + "; ".join(f"{a} → {b}" for a in circle for b in sorted(rooms[a]) if b in circle)
        for circle in circles(rooms)
    ]


def check_levels(graph: Graph) -> list[str]:
    """Law 7: the top-level modules and folders lie on few levels."""
    stack = levels(graph.rooms())
    if len(stack) <= MAX_LEVELS:
        return []
    lines = [f"{number}: {' '.join(sorted(level))}" for number, level in enumerate(stack, 1)]
    return [f"{len(stack)} levels, {MAX_LEVELS} at most", *lines]


def check_root(folder: Path) -> list[str]:
    """Law 7: few files lie in the package's root."""
    files = sorted(path.name for path in folder.glob("*.py"))
    if len(files) <= MAX_FILES_IN_ROOT:
        return []
    return [f"{len(files)} files in the root, {MAX_FILES_IN_ROOT} at most: {' '.join(files)}"]


def _ours(*names: str) -> Callable[[str], bool]:
    """Return a test for the modules of these names in the package, and those below them."""
    prefixes = tuple(f"{PACKAGE}.{name}" for name in names)
    return lambda name: is_below(name, prefixes)


def _chains(graph: Graph, starts: Iterable[str], is_forbidden: Callable[[str], bool]) -> list[str]:
    """Return the chains from these rooms to what is forbidden, as lines."""
    modules = graph.below(*(f"{PACKAGE}.{name}" for name in starts))
    return [describe(found) for found in graph.chains(modules, is_forbidden)]


def _is_api(graph: Graph, name: str) -> bool:
    """Return whether a module asks a service: an `api`, a source of one file, or the list of all."""
    parts = name.split(".")
    if parts[:2] != [PACKAGE, "sources"] or len(parts) == 2:
        return False
    return parts[-1] == "api" or (
        len(parts) == 3 and name in graph.modules and not graph.modules[name].is_package
    )


def _builtins_called(module: Module) -> list[str]:
    return sorted(
        {
            node.func.id
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in IO_BUILTINS
        }
    )


def _may_name_a_service(name: str) -> bool:
    inner = name.removeprefix(f"{PACKAGE}.")
    return any(
        fnmatchcase(inner, allowed.module) or inner == allowed.module.removesuffix(".*")
        for allowed in MAY_NAME_A_SERVICE
    )


def _named_services(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Yield line, text and place of each literal with a service's name that takes part in a decision.

    Patterns (`re.compile`) are not read.
    """
    for node in ast.walk(tree):
        for where, parts in _deciding_parts(node):
            for part in parts:
                if (text := _literal(part)) is not None and _SERVICE.search(text):
                    yield part.lineno, text, where


def _deciding_parts(node: ast.AST) -> Iterator[tuple[str, Iterable[ast.expr]]]:
    match node:
        case ast.Compare():
            yield "comparison", (node.left, *node.comparators)
        case ast.Dict():
            yield "dict's key", (key for key in node.keys if key is not None)
        case ast.Set() | ast.Tuple() | ast.List():
            yield "set, tuple or list", node.elts
        case ast.Subscript():
            yield "subscript", (node.slice,)
        case ast.MatchValue():
            yield "case", (node.value,)
        case ast.Call(func=ast.Attribute(attr=name)) if name in _METHODS_THAT_DECIDE:
            yield f"call of {name}", chain(node.args)
        case ast.Call():
            exact = (arg for arg in node.args if _SERVICE.fullmatch(_literal(arg) or ""))
            yield "call", exact
        case _:
            pass


def _literal(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
        return node.value if isinstance(node.value, str) else node.value.decode("latin-1")
    return None
