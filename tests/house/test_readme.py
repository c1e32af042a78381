"""What the README promises is so."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from enrich.cli.commands import command_names
from enrich.cli.run import command
from enrich.writers import names
from tests.command import run
from tests.conftest import ROOT
from tests.fakes import FakePaper, Fakes
from tests.house.format_tables import with_tables

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "enrich/example/SciML.ics"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_its_first_two_shell_lines_set_everything_up() -> None:
    first, second = blocks("sh")[:2]
    assert (first.count("\n"), second.count("\n")) == (1, 1)
    assert "enrich demo" in first
    assert "-m tests" in second


def test_the_workflow_runs_the_same_two_lines() -> None:
    workflow = (ROOT / ".github/workflows/tests.yml").read_text(encoding="utf-8")
    for line in blocks("sh")[:2]:
        assert line.strip() in workflow


def test_the_output_shown_is_a_piece_of_the_real_one(fakes: Fakes, tmp_path: Path) -> None:
    def within(part: object, whole: object) -> bool:
        if isinstance(part, dict) and isinstance(whole, dict):
            return all(key in whole and within(value, whole[key]) for key, value in part.items())
        if isinstance(part, list) and isinstance(whole, list):
            return all(any(within(item, other) for other in whole) for item in part)
        return part == whole

    real = run("demo", "-q", env=fakes.env(tmp_path)).document
    (shown,) = blocks("json")
    assert within(json.loads(shown), real)


def test_the_library_example_runs_as_it_stands(fakes: Fakes, tmp_path: Path) -> None:
    fakes.add_example()
    (tmp_path / "feed.ics").write_bytes(EXAMPLE.read_bytes())
    code = next(block for block in blocks("python") if "Enricher()" in block)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=fakes.env(tmp_path),
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert "Acceleration via Fractal Learning Rate Schedules" in done.stdout


def test_the_run_without_network_works_as_it_stands(fakes: Fakes, tmp_path: Path) -> None:
    (tmp_path / "seminar.ics").write_bytes(EXAMPLE.read_bytes())
    record = {
        "id": "2103.01338", "submitter": "Somebody", "authors": "Naman Agarwal, Surbhi Goel, Cyril Zhang",
        "title": "Acceleration via Fractal\n  Learning Rate Schedules", "comments": None, "journal-ref": None, "doi": None,
        "report-no": None, "categories": "cs.LG", "license": None, "abstract": "", "update_date": "2021-06-15",
        "versions": [{"version": "v1", "created": "Mon, 1 Mar 2021 22:52:13 GMT"}, {"version": "v2", "created": "Fri, 11 Jun 2021 21:57:09 GMT"}],
        "authors_parsed": [["Agarwal", "Naman", ""], ["Goel", "Surbhi", ""], ["Zhang", "Cyril", ""]],
    }  # fmt: skip
    (tmp_path / "arxiv-metadata-oai-snapshot.json").write_text(json.dumps(record) + "\n")
    block = next(block for block in blocks("sh") if "papers import" in block)
    first, second = (line.split()[1:] for line in block.splitlines())
    env = fakes.env(tmp_path / "home")
    assert run(*first, env=env, cwd=tmp_path).status == 0
    ran = run(*second, env=env, cwd=tmp_path)
    assert ran.status == 3  # the collection has one of the three
    assert (
        "[Acceleration via Fractal Learning Rate Schedules](https://arxiv.org/abs/2103.01338)"
        in ran.out
    )
    assert fakes.requests() == []


LINES = [
    line.partition("  #")[0].rstrip()
    for block in blocks("sh")[3:]
    for line in block.splitlines()
    if "enrich " in line and "papers import" not in line and "arxiv.sqlite" not in line
]
"""The lines of the recipes; setting up, and the run without network, have tests of their own."""


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
@pytest.mark.parametrize("line", LINES)
def test_each_line_of_the_recipes_runs(line: str, fakes: Fakes, tmp_path: Path) -> None:
    fakes.add_example()
    fakes.arxiv.add(FakePaper(id="math/0601001", title="An old paper"))
    calendar = EXAMPLE.read_bytes()
    fakes.serve("https://researchseminars.org/seminar/SciML/ics", calendar)
    for name in ("a.ics", "b.ics", "seminar.ics"):
        (tmp_path / name).write_bytes(calendar)
    (tmp_path / "ids.txt").write_text("2103.01338\nopenreview:FpKgG31Z_i9\n")
    (tmp_path / "notes.txt").write_text("see arXiv:2103.01338")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (
        ("enrich", f'exec "{sys.executable}" -m enrich "$@"'),
        ("curl", f'exec cat "{tmp_path}/seminar.ics"'),
    ):
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", line],
        env=fakes.env(tmp_path / "home", PATH=path),
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for name in re.findall(r"(?:-o|>) (\S+)", line):
        assert (tmp_path / name).exists()


def test_the_recipes_are_told_apart() -> None:
    recipes = README.partition("## Recipes")[2].partition("\n## ")[0]
    assert len(re.findall(r"^\*\*[^*]+\*\*", recipes, re.MULTILINE)) == 5
    assert README.count("\n") <= 260, "one page"


def test_its_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert {f"enrich/guide/{page.name}" for page in (ROOT / "enrich/guide").glob("*.md")} <= {
        *links
    }
    assert all(link.startswith("https://") or (ROOT / link).exists() for link in links)


def test_its_tables_of_formats_are_made_from_the_code() -> None:
    """`python -m tests.house.format_tables` writes them."""
    assert with_tables(README) == README


def test_every_option_and_command_that_it_shows_exists() -> None:
    known = {
        option
        for param in command.params
        if isinstance(param, click.Option)
        for option in param.opts
    }
    shown = set()
    for line in "".join(blocks("sh")).splitlines():
        if line.startswith("enrich "):
            words = line.split("#")[0].split()
            if words[1] in command_names():
                continue
            shown |= {word for word in words if word.startswith("-") and len(word) > 1}
    assert shown <= known


def test_every_format_is_told_in_the_help() -> None:
    help_text = command.get_help(click.Context(command))
    assert all(name in help_text for name in names())


def test_every_command_is_told_in_the_help_once() -> None:
    text = command.get_help(click.Context(command))
    commands = text.partition("Other commands")[2].partition("Environment:")[0]
    told = re.findall(r"^  (\w+)  +\S", commands, re.MULTILINE)
    assert told == list(command_names())


def test_the_exit_statuses_are_those_of_the_command_line() -> None:
    assert re.findall(r"^\| (\d+) \|", README, re.MULTILINE) == ["0", "1", "2", "3", "130"]
