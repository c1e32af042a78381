"""Figures of the package's language: what docstrings begin with, their length, words, names."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

VERBS = frozenset(
    """
    Accept Add Annotate Append Apply Ask Assign Begin Build Call Check Choose Close Collect
    Compare Compile Compute Convert Copy Count Create Decide Decode Derive Describe Drop Encode
    End Escape Expand Explain Export Extend Extract Fetch Fill Filter Find Fold Format Group
    Guard Hold Import Index Insert Iterate Join Keep Limit Link List Load Log Make Mark Match
    Merge Move Name Normalize Open Parse Pass Pick Place Prepare Print Publish Raise Read
    Rebuild Recognize Record Redact Refuse Register Reject Relate Release Remove Render Replace
    Report Reset Resolve Return Run Search Seek Select Send Serialize Set Show Skip Sort Split
    Start Stop Store Strip Take Tidy Translate Truncate Unescape Unfold Unwrap Update Use
    Validate Wait Walk Wrap Write Yield
    """.split()  # noqa: SIM905 - reads as the list it is
)
"""What a function's docstring begins with."""

AVOIDED = re.compile(
    r"(?i)(?<!there )\b(?:is|are|be|was|were) no (?!longer\b|more\b)[a-z]"
    r"|\b(?:is|are) none\b|\bthat is none\b|\bwhere it is so\b"
    r"|\b(?:says?|said|tells?|told)\b|\b(?:borders?|respel[lt]|spelt|undone|made plain)\b"
    r"|\blooks? (?:at|for)\b|\blooked (?:at|for)\b|\bthe gate\b|\ba turn\b"
)
"""Words that STYLE has other words for; "there is no X" is fine."""

PROTOCOL = frozenset(
    [
        "read",
        "write",
        "recognises",
        "recognise",
        "canonical",
        "url",
        "pdf",
        "doi",
        "check",
        "fetch",
        "knows",
        "knows_document",
        "read_document",
        "command",
        "names",
        "main",
        "store_line",
        "paper",
    ]
)
"""Functions that a folder's protocol requires of each of its files."""


class Docstring(NamedTuple):
    """A docstring and where it stands."""

    file: str
    line: int
    text: str

    @property
    def first_line(self) -> str:
        """Return the first line."""
        return self.text.strip().split("\n")[0]


def _trees(package: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(package.rglob("*.py")):
        yield str(path.relative_to(package)), ast.parse(path.read_text(encoding="utf-8"))


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def function_docstrings(package: Path) -> list[Docstring]:
    """Return the docstrings of all functions and methods, but of properties."""
    found = []
    for file, tree in _trees(package):
        for function in _functions(tree):
            decorators = {ast.unparse(d) for d in function.decorator_list}
            text = ast.get_docstring(function)
            if text and not decorators & {"property", "cached_property"}:
                found.append(Docstring(file, function.lineno, text))
    return found


def without_verb(docstrings: list[Docstring]) -> list[Docstring]:
    """Return the docstrings that begin with another word."""
    return [d for d in docstrings if d.text.split()[0].strip(".,:") not in VERBS]


def words_of_first_lines(docstrings: list[Docstring]) -> float:
    """Return the median number of words of the first lines."""
    return median(len(d.first_line.split()) for d in docstrings)


def avoided_words(package: Path) -> list[Docstring]:
    """Return the docstrings and comments that use a word to avoid."""
    found = []
    for file, tree in _trees(package):
        source = (package / file).read_text(encoding="utf-8").split("\n")
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                prose = re.sub(r"(?m)^\s*(?:>>>|\.\.\.).*$|`[^`]*`", "", node.value.value)
                if AVOIDED.search(prose):
                    found.append(Docstring(file, node.lineno, prose))
        for number, line in enumerate(source, 1):
            comment = re.search(r"(?:^|\s)#\s(?!noqa|fmt:|type:)(.*)", line)
            if comment and '"' not in line[: comment.start()] and AVOIDED.search(comment[1]):
                found.append(Docstring(file, number, comment[1]))
    return found


def shared_names(package: Path) -> dict[str, list[str]]:
    """Return the names of functions that more than one module defines, methods aside."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for file, tree in _trees(package):
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                places[node.name].append(file)
    return {
        name: files
        for name, files in sorted(places.items())
        if len(files) > 1 and name not in PROTOCOL and not name.startswith("__")
    }


def main(package: Path) -> None:
    """Print the four figures, and what they count."""
    docstrings = function_docstrings(package)
    bad = without_verb(docstrings)
    print(f"begin with a verb: {len(docstrings) - len(bad)} of {len(docstrings)}")
    print(f"words of the first line, median: {words_of_first_lines(docstrings)}")
    avoided, shared = avoided_words(package), shared_names(package)
    print(f"words to avoid: {len(avoided)}")
    print(f"names in several modules: {len(shared)}")
    if "-v" in sys.argv:
        for d in bad:
            print(f"  {d.file}:{d.line}: {d.first_line}")
        for d in avoided:
            match = AVOIDED.search(d.text)
            print(f"  {d.file}:{d.line}: … {match[0] if match else ''} …")
        for name, files in shared.items():
            print(f"  {name}: {', '.join(files)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
