"""Import graph of the package's files, read from their syntax: what reaches what, at most.

Imports within functions count, those under `if TYPE_CHECKING` do not. Importing a submodule imports the
`__init__` of each folder above it. A name imported through the root counts as an import of its home.
What a loader imports by name (`importlib`) counts as an import of everything that it may load.

`python -m tests.house.import_graph` prints sizes, levels, circles and reaches.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "enrich"
FOLDER = Path(__file__).parents[2] / PACKAGE

LOADERS = {
    f"{PACKAGE}.sources": ("*.forms",),
    f"{PACKAGE}.sources.installed": ("*", "*.api"),
    f"{PACKAGE}.writers": ("*",),
    f"{PACKAGE}.feeds.dialects": ("*",),
    f"{PACKAGE}.collection.readers": ("*",),
    f"{PACKAGE}.cli.commands": ("*",),
    f"{PACKAGE}.cli.formats": (),  # it asks only whether there can be plug-ins
}
"""What each loader may load, as names within its own folder; `*` is one name without `_` before it.

One that asks for a constant name (`load(package, "SOURCE", "api")`) also counts as a loader of `*.api`.
"""

REGISTRY = f"{PACKAGE}.registry"
IMPORTLIB_USERS = frozenset({PACKAGE, REGISTRY})
"""The only modules that may import by name."""

_BY_NAME = frozenset({"importlib", "importlib.util", "importlib.machinery", "runpy", "imp"})


@dataclass(frozen=True, slots=True)
class Module:
    """One file: its own imports, by full names, and its syntax."""

    name: str
    is_package: bool
    tree: ast.Module
    imports: frozenset[str]
    """Modules of the package, and full names of others (`urllib.parse`)."""


@dataclass(frozen=True, slots=True)
class Graph:
    """All files of the package and what each imports."""

    modules: Mapping[str, Module]

    def below(self, *prefixes: str) -> frozenset[str]:
        """Return the modules of these names and those in these folders."""
        return frozenset(name for name in self.modules if is_below(name, prefixes))

    def chains(
        self, starts: Iterable[str], is_forbidden: Callable[[str], bool]
    ) -> tuple[tuple[str, ...], ...]:
        """Return a shortest chain of imports from the starts to each forbidden name.

        A forbidden name is not followed further: what it imports is its own affair.
        """
        before: dict[str, str | None] = dict.fromkeys(sorted(starts))
        queue = deque(before)
        found = []
        while queue:
            name = queue.popleft()
            if is_forbidden(name):
                found.append(self._chain(name, before))
                continue
            if name in self.modules:
                for target in sorted(self.modules[name].imports - before.keys()):
                    before[target] = name
                    queue.append(target)
        return tuple(found)

    def reach(self, starts: Iterable[str]) -> frozenset[str]:
        """Return all names that these modules import, directly or not, and themselves."""
        seen = set(starts)
        queue = deque(seen)
        while queue:
            name = queue.popleft()
            if name in self.modules:
                new = self.modules[name].imports - seen
                seen |= new
                queue.extend(new)
        return frozenset(seen)

    def rooms(self) -> dict[str, frozenset[str]]:
        """Return what each top-level module or folder imports of the others.

        The root's `__init__` is no room: everything imports it, and it imports the version alone; its
        lazy names count as imports of those who use them.
        """
        edges: dict[str, set[str]] = {
            _room(name): set() for name in self.modules if name != PACKAGE
        }
        for name, module in self.modules.items():
            if name != PACKAGE:
                edges[_room(name)] |= {
                    _room(target) for target in module.imports & self.modules.keys() - {PACKAGE}
                }
        return {room: frozenset(targets - {room}) for room, targets in edges.items()}

    @staticmethod
    def _chain(name: str, before: Mapping[str, str | None]) -> tuple[str, ...]:
        chain = [name]
        while (previous := before[chain[-1]]) is not None:
            chain.append(previous)
        return tuple(reversed(chain))


def read_graph(folder: Path = FOLDER) -> Graph:
    """Return the import graph of the package whose files lie in a folder."""
    trees: dict[str, tuple[bool, ast.Module]] = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join((PACKAGE, *(parts[:-1] if is_package else parts)))
        trees[name] = (is_package, ast.parse(path.read_text(encoding="utf-8"), str(path)))
    homes = _homes(trees[PACKAGE][1])
    modules = {}
    for name, (is_package, tree) in trees.items():
        reader = _Imports(name, is_package=is_package, known=frozenset(trees), homes=homes)
        reader.visit(tree)
        targets = reader.found | _loaded(name, is_package, tree, trees.keys())
        whole = frozenset(each for one in {*targets, name} for each in _with_parents(one, trees))
        modules[name] = Module(name, is_package, tree, whole - {name})
    return Graph(modules)


def is_below(name: str, prefixes: Iterable[str]) -> bool:
    """Return whether a dotted name is one of the prefixes or lies below one."""
    return any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes)


def importers_by_name(graph: Graph) -> frozenset[str]:
    """Return the modules that can import by a name made at run time."""
    return frozenset(
        name
        for name, module in graph.modules.items()
        if module.imports & _BY_NAME
        or any(
            isinstance(node, ast.Name) and node.id == "__import__" for node in ast.walk(module.tree)
        )
    )


def registry_users(graph: Graph) -> frozenset[str]:
    """Return the modules that import the registry themselves."""
    return frozenset(name for name, module in graph.modules.items() if REGISTRY in module.imports)


def circles(edges: Mapping[str, frozenset[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of rooms that import each other, directly or not."""
    reach = {room: _closure(room, edges) for room in edges}
    groups = {
        tuple(sorted({room} | {other for other in reach[room] if room in reach[other]}))
        for room in edges
        if room in reach[room]
    }
    return tuple(sorted(groups))


def levels(edges: Mapping[str, frozenset[str]]) -> tuple[frozenset[str], ...]:
    """Return the rooms by level: each imports only rooms of lower levels; a circle lies on one."""
    reach = {room: _closure(room, edges) for room in edges}
    level: dict[str, int] = {}
    for room in sorted(edges, key=lambda room: len(reach[room] | {room})):
        lower = [other for other in reach[room] if other != room and room not in reach[other]]
        level[room] = 1 + max((level[other] for other in lower), default=0)
    return tuple(
        frozenset(room for room, at in level.items() if at == n)
        for n in range(1, max(level.values(), default=0) + 1)
    )


def describe(chain: Iterable[str]) -> str:
    """Return a chain of imports as one line."""
    return " → ".join(chain)


class _Imports(ast.NodeVisitor):
    """Collector of the names that one file imports."""

    def __init__(
        self, name: str, *, is_package: bool, known: frozenset[str], homes: Mapping[str, str]
    ) -> None:
        self._folder = name if is_package else name.rpartition(".")[0]
        self._known = known
        self._homes = homes
        self.found: set[str] = set()

    def visit_If(self, node: ast.If) -> None:
        """Skip what only type checkers see."""
        if ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            for statement in node.orelse:
                self.visit(statement)
        else:
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        """Add the modules of `import a.b, c`."""
        self.found |= {alias.name for alias in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Add the module, or the submodules, or the homes, of `from a import b`."""
        base = node.module or ""
        if node.level:
            up = self._folder.split(".")[: len(self._folder.split(".")) - node.level + 1]
            base = ".".join([*up, base] if base else up)
        for alias in node.names:
            if base == PACKAGE and alias.name == "*":
                self.found |= set(self._homes.values())
            elif base == PACKAGE and alias.name in self._homes:
                self.found.add(self._homes[alias.name])
            elif f"{base}.{alias.name}" in self._known:
                self.found.add(f"{base}.{alias.name}")
            else:
                self.found.add(base)
                if not is_below(base, (PACKAGE,)):  # `from urllib import request` is a module too
                    self.found.add(f"{base}.{alias.name}")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Add the home of `enrich.NAME`."""
        if isinstance(node.value, ast.Name) and node.value.id == PACKAGE:
            self.found |= {self._homes[node.attr]} if node.attr in self._homes else set()
        self.generic_visit(node)


def _homes(root: ast.Module) -> dict[str, str]:
    """Return the home of each public name, from the table in the package's `__init__`."""
    for node in root.body:
        if (
            isinstance(node, (ast.Assign, ast.AnnAssign))
            and node.value is not None
            and ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
            == "_HOME"
        ):
            table: dict[str, str] = ast.literal_eval(node.value)
            return {name: f"{PACKAGE}.{home}" for name, home in table.items()}
    raise AssertionError(f"{PACKAGE}/__init__.py has no table _HOME")


def _loaded(name: str, is_package: bool, tree: ast.Module, known: Iterable[str]) -> set[str]:
    """Return the modules that a loader may load."""
    if name not in LOADERS:
        return set()
    constants = {
        node.args[-1].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "load"
        and isinstance(node.args[-1], ast.Constant)
        and isinstance(node.args[-1].value, str)
    }
    folder = name if is_package else name.rpartition(".")[0]
    patterns = {f"{folder}.{pattern}" for pattern in LOADERS[name]}
    patterns |= {f"{folder}.*.{constant}" for constant in constants}
    return {other for other in known if other != name and any(_matches(other, p) for p in patterns)}


def _matches(name: str, pattern: str) -> bool:
    parts, wanted = name.split("."), pattern.split(".")
    return len(parts) == len(wanted) and all(
        part == want or (want == "*" and not part.startswith("_"))
        for part, want in zip(parts, wanted, strict=True)
    )


def _with_parents(name: str, known: Iterable[str]) -> Iterator[str]:
    """Yield a name and, if it is ours, the folders above it."""
    yield name
    while (name := name.rpartition(".")[0]) in known:
        yield name


def _room(name: str) -> str:
    return name.split(".")[1]


def _closure(start: str, edges: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return what a room imports, directly or not; itself only if it lies on a circle."""
    seen: set[str] = set()
    queue = deque(edges[start])
    while queue:
        if (room := queue.popleft()) not in seen:
            seen.add(room)
            queue.extend(edges[room])
    return frozenset(seen)


def _count_reach(graph: Graph, *starts: str) -> int:
    found = graph.reach(starts)
    return len(found & graph.modules.keys())


def main() -> None:
    """Print the figures of the note."""
    graph = read_graph()
    rooms = graph.rooms()
    lines = sum(len(path.read_bytes().splitlines()) for path in FOLDER.rglob("*.py"))
    schema = FOLDER / "schema.json"
    print(f"python: {len(graph.modules)} files, {lines} lines")
    print(f"schema: {len(schema.read_bytes().splitlines()) if schema.exists() else 0} lines")
    print(f"files in the root: {len(list(FOLDER.glob('*.py')))}")
    print(f"rooms: {len(rooms)}, {sum(map(len, rooms.values()))} imports between them")
    print(f"circles: {len(circles(rooms))}", *(" ".join(circle) for circle in circles(rooms)))
    stack = levels(rooms)
    print(f"levels: {len(stack)}")
    for number, level in reversed(list(enumerate(stack, 1))):
        print(f"  {number:2}  {' '.join(sorted(level))}")
    for start in ("feeds", "http", "store", "references", "writers"):
        starts = graph.below(f"{PACKAGE}.{start}")
        print(f"enrich.{start} reaches {_count_reach(graph, *starts)} files of the package")
    for start in ("feeds.reading", "writers.json", "writers.md", "writers.ndjson"):
        if f"{PACKAGE}.{start}" in graph.modules:
            print(
                f"enrich.{start} reaches {_count_reach(graph, f'{PACKAGE}.{start}')} files of the package"
            )


if __name__ == "__main__":
    main()
