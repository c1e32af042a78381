"""README's tables of formats, made from the code; `python -m tests.house.format_tables` writes them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from importlib import import_module

from enrich.registry import names_in
from enrich.writers import builtin_names, writer
from tests.conftest import ROOT

README = ROOT / "README.md"
_FEEDS = (
    ("iCalendar (.ics)", "a path, `-`, an http(s) or webcal address"),
    ("our own JSON and JSON lines, an earlier output", "the same"),
)


def first_sentence(module: str) -> str:
    """Return the first sentence of a module's docstring, in one line."""
    text = " ".join((inspect.getdoc(import_module(module)) or "").split())
    return re.split(r"(?<=[a-z\])`0-9])\.(?=\s|$)", text, maxsplit=1)[0].rstrip(".")


def rows_out() -> Iterator[tuple[str, str, str]]:
    """Yield name, suffixes and description of each format."""
    for name in builtin_names():
        sentence = first_sentence(f"enrich.writers.{name}").removeprefix(f"`-f {name}`: ")
        suffixes = " ".join(f"`{suffix}`" for suffix in writer(name).suffixes)
        yield f"`{name}`", suffixes, sentence


def rows_in(package: str) -> Iterator[tuple[str, str]]:
    """Yield name and description of each member of a folder."""
    for name in names_in(import_module(package).__path__):
        yield f"`{name}`", first_sentence(f"{package}.{name}")


def tables() -> dict[str, str]:
    """Return each table under the name of its marks in README."""
    return {
        "feeds": _table(("feeds of", "what is read"), rows_in("enrich.feeds.dialects")),
        "papers": _table(("papers from", "what is read"), rows_in("enrich.collection.readers")),
        "outputs": _table(("format", "suffix of `-o`", "what is written"), rows_out()),
    }


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in lines
    )


def with_tables(readme: str) -> str:
    """Return the README with the tables between their marks."""
    for name, table in tables().items():
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        before, _, rest = readme.partition(begin)
        readme = before + begin + table + end + rest.partition(end)[2]
    return readme


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
