"""The house keeps its rules: layers, import cost, public names."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import enrich
from tests.conftest import ROOT

PACKAGE = ROOT / "enrich"

# Layer of each room; a file may import its own layer and those below. A folder's files share its layer.
LAYERS = {
    "checks": 0, "errors": 0, "text": 0, "plugins": 0, "version": 0, "paper": 0, "model": 0, "markup": 0,
    "grammar": 1, "extract": 1, "join": 1, "segments": 1, "tally": 1, "sources": 1, "fallbacks": 1,
    "dialects": 1, "ics": 1, "private": 1, "feed": 1, "records": 1, "trust": 1, "select": 1, "table": 1,
    "status": 1, "writers": 1,
    "http": 2, "store": 2, "inputs": 2,
    "lookup": 3, "queues": 3, "pipeline": 3,
    "commands": 4, "cli": 4, "__init__": 4, "__main__": 4,
}  # fmt: skip

PURE = {room for room, layer in LAYERS.items() if layer <= 1}
IMPURE_MODULES = {
    "os",
    "pathlib",
    "requests",
    "requests_cache",
    "socket",
    "sqlite3",
    "subprocess",
    "time",
}
HEAVY = {"requests", "requests_cache", "arxiv", "lxml", "icalendar", "tenacity", "click", "urllib3"}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """What a file imports, wherever in it, but for type checkers only."""
    found: set[str] = set()

    def walk(node: ast.AST) -> None:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        for child in ast.iter_child_nodes(node):
            walk(child)

    walk(ast.parse(path.read_text(encoding="utf-8")))
    return found


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down_the_layers(path: Path) -> None:
    room = room_of(path)
    assert room in LAYERS, f"give the room {room!r} its layer"
    above = {
        name
        for name in imports(path)
        if name.startswith("enrich.") and LAYERS.get(name.split(".")[1], 0) > LAYERS[room]
    }
    assert not above


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_pure_rooms_touch_nothing(path: Path) -> None:
    if room_of(path) in PURE:
        assert not {name.split(".")[0] for name in imports(path)} & IMPURE_MODULES


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return {name.split(".")[0] for name in json.loads(out.stdout.splitlines()[-1])}


@pytest.mark.parametrize(
    ("statement", "may"),
    [
        ("import enrich", set()),
        ("from enrich import Talk, Paper, Document, Reference, annotate", set()),
        ("from enrich import find_references; find_references('arXiv:2103.01338')", set()),
        ("from enrich import write, Document; ''.join(write(Document(())))", set()),
        ("from enrich import read_talks", set()),
        ("import enrich.cli", {"click"}),
        ("from enrich.cli import main; main(['--help'])", {"click"}),
        ("from enrich.cli import main; main(['demo', '-q'])", {"click", "icalendar"}),
    ],
)
def test_a_path_loads_only_what_it_needs(statement: str, may: set[str]) -> None:
    assert loaded_by(statement) & HEAVY <= may


def test_public_names_are_there_and_no_module_hides_one() -> None:
    modules = {path.stem for path in PACKAGE.glob("*.py")} | {
        p.parent.name for p in PACKAGE.glob("*/__init__.py")
    }
    assert sorted(enrich.__all__) == enrich.__all__
    assert len(enrich.__all__) <= 22
    for name in enrich.__all__:
        assert name not in modules
        assert getattr(enrich, name) is not None
    assert set(dir(enrich)) == {*enrich.__all__, "__version__"}


def test_the_version_is_that_of_the_distribution() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert enrich.__version__ == project["version"]
