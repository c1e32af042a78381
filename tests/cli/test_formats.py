"""Formats on the command line: the package's own, and those of entry points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import click
import pytest

from enrich.cli import formats
from enrich.cli.formats import FormatChoice, choose_format
from enrich.cli.main import main
from enrich.model import Document
from enrich.writers import builtin_names


class Titles:
    suffixes = (".titles", ".json")

    def write(self, document: Document) -> Iterator[str]:
        yield from (f"{talk.talk.title}\n" for talk in document.talks)


@pytest.fixture
def with_titles(monkeypatch: pytest.MonkeyPatch) -> None:
    point: Any = SimpleNamespace(name="titles", load=Titles, value="titles:Titles")
    found: Mapping[str, Any] = {"titles": point}
    monkeypatch.setattr("enrich.writers.entry_points_of", lambda _: found)
    monkeypatch.setattr("enrich.registry.entry_points_of", lambda _: found)


def convert(value: str) -> str:
    return FormatChoice().convert(value, None, None)


@pytest.mark.usefixtures("with_titles")
def test_f_takes_a_format_of_another_distribution() -> None:
    assert [convert(name) for name in ("json", "titles")] == ["json", "titles"]
    with pytest.raises(click.BadParameter, match=r"'json', 'md', 'ndjson', .*'titles'"):
        convert("xml")


@pytest.mark.usefixtures("with_titles")
def test_a_suffix_is_the_packages_own_format_before_another() -> None:
    targets = ("a.md", "a.JSON", "a.titles", "a.unknown", "a", None)
    formats_ = [choose_format(None, target) for target in targets]
    assert formats_ == ["md", "json", "titles", "json", "json", "json"]
    assert choose_format("md", "a.json") == "md"


def test_the_packages_own_formats_ask_no_entry_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "names", lambda: pytest.fail("entry points were asked for"))
    assert convert("json") == "json"
    assert choose_format(None, "a.md") == "md"


@pytest.mark.usefixtures("with_titles")
def test_the_help_lists_all_formats(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ([], ["demo"]):
        main([*command, "--help"])
        listed = "|".join(sorted([*builtin_names(), "titles"]))
        assert listed in "".join(capsys.readouterr().out.split())
