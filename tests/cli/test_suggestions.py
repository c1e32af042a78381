"""Likely mistakes name what was likely meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from enrich.cli.commands import command_names, describe_command, load_command
from enrich.cli.main import main
from tests.cli.test_commands import feed
from tests.conftest import ROOT

CASES = json.loads((ROOT / "tests/data/command_line/suggestions.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case["args"]))
def test_a_mistake_names_what_was_likely_meant(
    case: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.ics", "lokups", "2103.00001", "SciML-notes"):
        feed(tmp_path, name, one=("20220218T180000Z", "no paper"))
    monkeypatch.setenv("ENRICH_CACHE_DIR", str(tmp_path / "cache"))
    status = main(case["args"])
    out, err = capsys.readouterr()
    assert status == case["status"], err
    if named := case.get("named"):
        assert named in err
        assert out == ""
    else:
        assert case["unnamed"] not in err


def test_one_of_several_feeds_costs_no_other_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    feed(tmp_path, "a.ics", one=("20220218T180000Z", "no paper"))
    assert main(["talks", "a.ics", "SciML"]) == 3
    out, err = capsys.readouterr()
    assert "one" in out
    assert "did you mean researchseminars:SciML?" in err


def test_every_command_is_described_by_its_file() -> None:
    for name in command_names():
        assert 10 < len(describe_command(name)) < 80
        assert load_command(name).help


def test_the_environment_reaches_commands_and_the_main_job_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = feed(tmp_path, "a.ics", one=("20220218T180000Z", ""), two=("20230218T180000Z", ""))
    monkeypatch.setenv("ENRICH_SINCE", "2023")
    for args in (["talks", "--json", path], ["--offline", "-f", "ndjson", path]):
        assert main(args) == 0
        assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == ["two"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("arXiv:2103.01338", "did you mean enrich lookup arXiv:2103.01338?"),
        ("see arXiv:2103.01338", "echo 'see arXiv:2103.01338' | enrich extract"),
        ("nosuch.txt", None),
    ],
)
def test_a_text_in_place_of_a_file_names_the_way_to_pass_it(
    text: str,
    named: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["extract", text]) == 1
    err = capsys.readouterr().err
    assert (named in err) if named else ("(" not in err)
