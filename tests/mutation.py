"""Mutation testing of the pure rooms: `python -m tests.mutation [ROOM] [COUNT] [SEED]`.

A sample of places in a room's code is changed, one at a time, in a copy of the repository, and the room's
tests are run against each. A mutant that no test notices is listed; the score stands last. COUNT 0 takes
every place. A mutant that no test can notice is listed in `tests/data/mutation.txt`, with the reason.
"""

from __future__ import annotations

import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
EQUIVALENT = ROOT / "tests/data/mutation.txt"
TIMEOUT_S = 120
ROOMS = {
    "references": (
        ("enrich/references",),
        # the files that find most come first
        (
            "tests/references/test_further_edges.py",
            "tests/references/test_roles_and_faults.py",
            "tests/references",
            "enrich/references",
        ),
    ),
    "freshness": (("enrich/store/freshness.py",), ("tests/store/test_freshness_table.py",)),
}
"""The code of each room, and its tests."""
_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}  # fmt: skip


class Place(NamedTuple):
    """A place in a file, and the change to make there."""

    file: str
    number: int
    """Number of the node in the order of `ast.walk`."""
    line: int
    change: str
    source: str
    """The changed part of the code, as written."""
    whole: str
    """The line where it begins."""

    @property
    def name(self) -> str:
        """Return what identifies the mutant while its line does not change."""
        return f"{self.file} | {self.change} | {self.source} | {self.whole}"


def changes_of(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST], ast.AST | None]]]:
    """Yield the changes of a node: a name, and a function that changes a copy of it."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in _COMPARED:
            other = _COMPARED[type(op)]
            yield f"compare by {other.__name__}", lambda n: _set(n, ops=[other()])
        case ast.BoolOp(op=op):
            swapped = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield f"join by {type(swapped).__name__}", lambda n: _set(n, op=swapped)
        case ast.UnaryOp(op=ast.Not()):
            yield "drop not", lambda n: getattr(n, "operand")  # noqa: B009
        case ast.BinOp(op=operator) | ast.AugAssign(op=operator) if type(operator) in _COMPUTED:
            computed = _COMPUTED[type(operator)]
            yield f"compute by {computed.__name__}", lambda n: _set(n, op=computed())
        case ast.Constant(value=bool(value)):
            yield "flip", lambda n: _set(n, value=not value)
        case ast.Constant(value=int(number)):
            yield "add 1", lambda n: _set(n, value=number + 1)
        case ast.Constant(value=str(text)) if text:
            yield "empty text", lambda n: _set(n, value="")
        case ast.Constant(value=bytes(data)) if data:
            yield "empty bytes", lambda n: _set(n, value=b"")
        case ast.If() | ast.IfExp() | ast.While():
            yield "negate", lambda n: _set(n, test=ast.UnaryOp(ast.Not(), getattr(n, "test")))  # noqa: B009
        case ast.comprehension(ifs=[_, *_]):
            yield "drop if", lambda n: _set(n, ifs=[])
        case ast.Return(value=ast.expr()) if not isinstance(node.value, ast.Constant):
            yield "return None", lambda n: _set(n, value=ast.Constant(None))
        case ast.Break():
            yield "continue", lambda _: ast.Continue()
        case ast.Continue():
            yield "break", lambda _: ast.Break()
        case ast.Expr(value=ast.Call()):
            yield "drop call", lambda _: ast.Pass()
        case _:
            pass


def _set(node: ast.AST, **fields: object) -> ast.AST:
    for name, value in fields.items():
        setattr(node, name, value)
    return node


def _unchangeable(tree: ast.AST) -> set[int]:
    """Return the ids of nodes that no run computes: docstrings and annotations."""
    found = set()
    for node in ast.walk(tree):
        hints = [getattr(node, name, None) for name in ("annotation", "returns")]
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            hints.append(node.value)
        for hint in hints:
            if isinstance(hint, ast.AST):
                found |= {id(inner) for inner in ast.walk(hint)}
    return found


def places_of(file: str, text: str) -> list[Place]:
    """Return the places of a file where a change is made."""
    tree = ast.parse(text)
    left_out = _unchangeable(tree)
    lines = text.split("\n")
    found = []
    line = 0
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in left_out:
            continue
        line = getattr(node, "lineno", getattr(getattr(node, "target", None), "lineno", line))
        for change, _ in changes_of(node):
            shown = _cut(lines, node) if hasattr(node, "lineno") else ast.unparse(node)
            shown = " ".join(shown.split())[:90]
            whole = lines[line - 1].strip()[:90]
            found.append(Place(file, number, line, change, shown, whole))
    return found


def _cut(lines: list[str], node: Any) -> str:
    """Return a node's text; `ast.get_source_segment` splits the whole file for each."""
    part = [line.encode() for line in lines[node.lineno - 1 : node.end_lineno]]
    part[-1] = part[-1][: node.end_col_offset]
    part[0] = part[0][node.col_offset :]
    return b"\n".join(part).decode()


def mutate(text: str, place: Place) -> str:
    """Return a file's text with the change at one place."""
    tree = ast.parse(text)
    wanted = next(node for number, node in enumerate(ast.walk(tree)) if number == place.number)
    change = dict(changes_of(wanted))[place.change]

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST | None:
            return change(copy.copy(node)) if node is wanted else self.generic_visit(node)

    changed = Replace().visit(tree)
    assert isinstance(changed, ast.Module)
    return ast.unparse(ast.fix_missing_locations(changed))


def _run_tests(folder: Path, tests: tuple[str, ...]) -> bool:
    """Return whether the tests pass in a copy of the repository."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0"]  # fmt: skip
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(folder)}
    try:
        done = subprocess.run(
            [*command, *tests], cwd=folder, check=False, capture_output=True, timeout=TIMEOUT_S, env=environment
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main() -> int:
    """Run the mutants; return 1 if the tests fail without any change."""
    arguments = sys.argv[1:]
    room = arguments[0] if arguments else "references"
    count = int(arguments[1]) if len(arguments) > 1 else 180
    seed = int(arguments[2]) if len(arguments) > 2 else 14
    code, tests = ROOMS[room]
    equivalent = {line.rpartition(" # ")[0] for line in EQUIVALENT.read_text("utf-8").splitlines()}
    files = [path for start in code for path in (sorted((ROOT / start).rglob("*.py")) or [ROOT / start])]  # fmt: skip
    places = [
        place
        for path in files
        for place in places_of(str(path.relative_to(ROOT)), path.read_text("utf-8"))
    ]
    print(f"{len(places)} places in {len(files)} files", flush=True)
    for name in sorted(equivalent - {place.name for place in places}):
        if name.split(" | ")[0] in {place.file for place in places}:
            print(f"no longer a place: {name}")
    if count:
        places = sorted(random.Random(seed).sample(places, min(count, len(places))))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "copy"
        shutil.copytree(
            ROOT, folder, ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__", ".hypothesis")
        )  # fmt: skip
        if not _run_tests(folder, tests):
            print("the tests fail without any change")
            return 1
        survivors, named = [], 0
        for number, place in enumerate(places, 1):
            text = (ROOT / place.file).read_text("utf-8")
            (folder / place.file).write_text(mutate(text, place), "utf-8")
            if _run_tests(folder, tests):
                if place.name in equivalent:
                    named += 1
                else:
                    survivors.append(place)
                    print(f"{number}: survived: line {place.line}: {place.name}", flush=True)
            (folder / place.file).write_text(text, "utf-8")
    tried = len(places) - named
    print(f"{tried - len(survivors)} of {tried} killed, {named} that no test can notice left out")
    return 0


if __name__ == "__main__":
    sys.exit(main())
