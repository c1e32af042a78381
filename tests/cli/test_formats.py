"""Formats on the command line: the package's own, those of entry points, and what `-o` means."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from enrich.cli import formats
from enrich.cli.commands.lookup import command as lookup
from enrich.cli.commands.papers import export_collection
from enrich.cli.formats import (
    ColumnNames,
    FormatChoice,
    choose_format,
    choose_targets,
    suggest_prefix,
    take_writers,
)
from enrich.cli.main import main
from enrich.cli.run import command
from enrich.model import Document
from enrich.registry import PluginError
from enrich.writers import builtin_names, options_of, writer
from tests.conftest import ROOT

TARGETS = [
    json.loads(line)
    for line in (ROOT / "tests/data/writers/targets.jsonl").read_text(encoding="utf-8").splitlines()
]


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
    monkeypatch.setattr(formats, "may_offer", lambda _: True)


def convert(value: str) -> str:
    return FormatChoice().convert(value, None, None)


@pytest.mark.usefixtures("with_titles")
def test_f_takes_a_format_of_another_distribution() -> None:
    assert [convert(name) for name in ("json", "titles")] == ["json", "titles"]
    with pytest.raises(click.BadParameter, match=r"'json', 'md', 'ndjson', .*'titles'"):
        convert("xml")


@pytest.mark.usefixtures("with_titles")
def test_a_suffix_is_the_packages_own_format_before_another() -> None:
    targets = ("a.md", "a.JSON", "a.titles", None)
    assert [choose_format(None, target) for target in targets] == ["md", "json", "titles", "json"]
    assert choose_format("md", "a.json") == "md"
    assert choose_format(None, "titles:a.json") == "titles"


@pytest.mark.usefixtures("with_titles")
def test_a_name_without_a_known_suffix_lists_the_formats() -> None:
    for target in ("a.unknown", "a"):
        with pytest.raises(click.UsageError, match=r"\.csv \(csv\).*\.titles \(titles\)"):
            choose_format(None, target)


def test_the_packages_own_formats_ask_no_entry_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "names", lambda: pytest.fail("entry points were asked for"))
    assert convert("json") == "json"
    assert choose_format(None, "a.md") == "md"
    assert choose_format(None, "csv:a") == "csv"
    assert choose_format("md", "a.unknown") == "md"


def offer(monkeypatch: pytest.MonkeyPatch, loaded: Any) -> None:
    point: Any = SimpleNamespace(name="titles", load=lambda: loaded, value="titles:Titles")
    found: Mapping[str, Any] = {"titles": point}
    monkeypatch.setattr("enrich.writers.entry_points_of", lambda _: found)
    monkeypatch.setattr("enrich.registry.entry_points_of", lambda _: found)
    monkeypatch.setattr(formats, "may_offer", lambda _: True)


def test_a_format_may_have_no_suffixes(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, SimpleNamespace(write=lambda document: iter(())))
    assert not hasattr(writer("titles"), "suffixes")
    with pytest.raises(click.UsageError, match=r"names no format|suffixes"):
        choose_targets(None, ("talks.unknown",))


def test_an_entry_point_that_is_no_format_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, 7)
    with pytest.raises(PluginError, match=r"titles of enrich\.writers is not a format"):
        writer("titles")


@pytest.mark.usefixtures("with_titles")
def test_the_help_lists_all_formats(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ([], ["demo"]):
        main([*name, "--help"])
        listed = "|".join(sorted([*builtin_names(), "titles"]))
        assert listed in "".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    "case", TARGETS, ids=lambda case: " ".join([str(case["format"]), *case["outputs"]])
)
def test_what_o_means(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(click.UsageError, match=case["error"]):
            choose_targets(case["format"], case["outputs"])
    else:
        found = choose_targets(case["format"], case["outputs"])
        assert [f"{t.format} {t.path or '-'}" for t in found] == case["targets"]


def test_a_terminal_gets_text_unless_a_format_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda: True))
    assert choose_format(None, None) == "text"
    assert choose_format(None, "-") == "text"
    assert choose_format("json", None) == "json"
    assert choose_format(None, "a.csv") == "csv"
    assert choose_targets(None, (), for_papers=True)[0].format == "json"


@pytest.mark.parametrize("outputs", [("a.ics",), ("a.txt",), ("text:a",), ("ics:-",)], ids=" ".join)
def test_papers_alone_have_no_formats_of_talks(outputs: tuple[str, ...]) -> None:
    with pytest.raises(click.UsageError, match=r": (ics|text) is a format of talks, not of papers"):
        choose_targets(None, outputs, for_papers=True)


@pytest.mark.parametrize("name", ["ics", "text"])
def test_f_says_that_a_format_is_of_talks(name: str) -> None:
    with pytest.raises(click.BadParameter, match=f"{name} is a format of talks, not of papers"):
        FormatChoice(for_papers=True).convert(name, None, None)


def test_a_file_that_exists_needs_no_format_before_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert suggest_prefix("bib:refs.bib") == "bibtex"
    Path("bib:refs.bib").touch()
    assert choose_format(None, "bib:refs.bib") == "bibtex"


def test_the_help_of_each_command_has_its_own_default_format() -> None:
    for function, default in ((lookup, "json"), (export_collection, "ndjson")):
        (param,) = [param for param in function.params if param.name == "format_"]
        assert isinstance(param, click.Option)
        assert param.show_default == default


def test_an_option_that_no_format_takes_is_a_usage_error() -> None:
    targets = choose_targets("json", ())
    with pytest.raises(click.UsageError, match="--rows is an option of csv"):
        take_writers(targets, {"rows": ("talk",), "columns": (), "bom": False})
    assert take_writers(targets, {"rows": (), "columns": (), "bom": False})


def configure_tables(outputs: tuple[str, ...], **options: Any) -> list[tuple[str, Any]]:
    """Return the rows and columns of each output that is a table."""
    found: list[Any] = [
        chosen for _, chosen in take_writers(choose_targets(None, outputs), options)
    ]
    return [(one.rows, one.columns) for one in found if hasattr(one, "rows")]


def test_each_table_has_its_own_rows_and_columns() -> None:
    outputs = ("a.csv", "b.json", "c.csv")
    tables = configure_tables(outputs, rows=("talk", "paper"), columns=(("id",), ("url", "doi")))
    assert tables == [("talk", ("id",)), ("paper", ("url", "doi"))]


def test_a_single_value_is_that_of_every_table() -> None:
    tables = configure_tables(("a.csv", "c.csv"), rows=("talk", "paper"), columns=(("title",),))
    assert tables == [("talk", ("title",)), ("paper", ("title",))]
    assert configure_tables(("a.csv", "c.csv"), rows=("talk",)) == [("talk", None)] * 2


@pytest.mark.parametrize("outputs", [("a.csv",), ("a.csv", "b.csv", "c.csv")], ids=len)
@pytest.mark.parametrize("option", [{"rows": ("talk", "paper")}, {"columns": (("field",), ("exact",))}], ids=str)  # fmt: skip
def test_fewer_or_more_values_than_tables_are_a_usage_error(
    outputs: tuple[str, ...], option: dict[str, Any]
) -> None:
    count = f"2 times for {len(outputs)} outputs? in csv; give it once, or once for each output"
    with pytest.raises(click.UsageError, match=rf"--{next(iter(option))} is given {count}"):
        configure_tables(outputs, **option)


def test_a_column_that_a_table_lacks_is_a_usage_error() -> None:
    with pytest.raises(click.UsageError, match=r"--columns: 'title' .* did you mean talk_title or"):
        configure_tables(("a.csv",), columns=(("title",),))
    with pytest.raises(click.UsageError, match=r"--columns: 'start' is not .* of papers"):
        configure_tables(("a.csv", "b.csv"), rows=("reference", "paper"), columns=(("start",),))


def test_a_table_of_papers_alone_has_the_columns_of_papers() -> None:
    targets = choose_targets("csv", (), for_papers=True)
    ((_, chosen),) = take_writers(targets, {"columns": (("url",),)}, for_papers=True)
    assert (chosen.rows, chosen.columns) == ("paper", ("url",))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("value", "names"), [("a,b", ("a", "b")), (" a , b ", ("a", "b")), ("a", ("a",))]
)
def test_columns_are_names_between_commas(value: str, names: tuple[str, ...]) -> None:
    assert ColumnNames().convert(value, None, None) == names


@pytest.mark.parametrize("value", ["", ",", "a,", "a,,b"])
def test_columns_without_a_name_are_refused(value: str) -> None:
    with pytest.raises(click.BadParameter, match=r"not a list of names such as title,url"):
        ColumnNames().convert(value, None, None)


def test_every_option_of_a_writer_is_one_of_the_command() -> None:
    known = {param.name for param in command.params} | {"width"}
    assert {option for name in builtin_names() for option in options_of(writer(name))} <= known


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("bib", "bibtex"),
        ("markdown", "md"),
        (".csl.json", "csl"),
        ("txt", "text"),
        ("jsonl", "ndjson"),
    ],
)
def test_a_suffix_given_as_a_format_names_the_format(given: str, meant: str) -> None:
    with pytest.raises(click.BadParameter, match=rf"is a suffix; did you mean {meant}\?"):
        convert(given)
