"""The help: sections, defaults, examples that run, and what it costs."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
import pytest

from enrich.cli.commands import command_names, load_command
from enrich.cli.main import main
from enrich.cli.run import command as main_command
from tests.command import run
from tests.conftest import ROOT
from tests.fakes import Fakes

SECTIONS = (
    "What to read:",
    "What to select:",
    "What to write:",
    "Lookups:",
    "Folders:",
    "Other options:",
    "Examples:",
)


def all_commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """The main job, each command, and each command below one."""
    yield (), main_command
    for name in command_names():
        command = load_command(name)
        yield (name,), command
        if isinstance(command, click.Group):
            yield from (((name, below), each) for below, each in sorted(command.commands.items()))


COMMANDS = dict(all_commands())
EXAMPLES = [line for command in COMMANDS.values() for line in getattr(command, "examples", ())]


def help_of(names: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> str:
    assert main([*names, "--help"]) == 0
    return capsys.readouterr().out


def test_the_sections_stand_in_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    lines = help_of((), capsys).splitlines()
    assert [line for line in lines if line in SECTIONS] == list(SECTIONS)
    assert "Options:" not in lines


@pytest.mark.parametrize("names", COMMANDS, ids=" ".join)
def test_each_option_stands_in_the_help_once(
    names: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    text = help_of(names, capsys)
    for param in COMMANDS[names].params:
        if isinstance(param, click.Option):
            name = max(param.opts, key=len)
            assert len(re.findall(rf"^  (?:-\w, )?{name}\b(?!-)", text, re.MULTILINE)) == 1


@pytest.mark.parametrize("names", COMMANDS, ids=" ".join)
def test_the_help_ends_with_examples(
    names: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    text = help_of(names, capsys)
    examples = re.search(r"^Examples?:\n((?:  enrich .*\n)+)", text, re.MULTILINE)
    assert examples
    assert examples[1].count("\n") == (3 if not names else 1)


def test_defaults_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(help_of((), capsys).split())
    for default in (
        "[default: feed]",
        "[default: UTC]",
        "[default: reference]",
        "[default: text on a terminal, otherwise json]",
        "[default: standard output]",
        "[default: enrich in the user's cache folder]",
        "[default: no limit]",
        "[default: 7d, for papers older than a year 30d]",
    ):
        assert default in text, default


@pytest.mark.parametrize("line", dict.fromkeys(EXAMPLES))
def test_each_example_runs(line: str, fakes: Fakes, tmp_path: Path) -> None:
    fakes.add_example()
    calendar = (ROOT / "enrich/example/SciML.ics").read_bytes()
    fakes.serve("https://researchseminars.org/seminar/SciML/ics", calendar)
    (tmp_path / "seminar.ics").write_bytes(calendar)
    (tmp_path / "notes.txt").write_text("see arXiv:2103.01338")
    (tmp_path / "papers.bib").write_text(
        "@misc{a, title={A}, eprint={2103.01338}, archiveprefix={arXiv}}"
    )
    env = fakes.env(tmp_path / "home")
    made = run("papers", "import", "papers.bib", "-o", "papers.sqlite", env=env, cwd=tmp_path)
    assert made.status == 0
    words = shlex.split(line.partition(" > ")[0])
    assert words[0] == "enrich"
    ran = run(*words[1:], env=env, cwd=tmp_path)
    assert ran.status == 0, ran.err


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals")
@pytest.mark.parametrize("args", [["demo"], ["--help"], ["talks", "seminar.ics"], ["nosuch"]])
def test_no_color_is_kept_on_a_terminal(args: list[str], fakes: Fakes, tmp_path: Path) -> None:
    """Nothing is ever colored, so NO_COLOR has its way; a progress line may erase itself."""
    (tmp_path / "seminar.ics").write_bytes((ROOT / "enrich/example/SciML.ics").read_bytes())
    outer, inner = os.openpty()
    env = fakes.env(tmp_path / "home", NO_COLOR="1", TERM="xterm-256color")
    with subprocess.Popen(
        [sys.executable, "-m", "enrich", *args], env=env, cwd=tmp_path, stdout=inner, stderr=inner
    ):
        os.close(inner)
        shown = b""
        with suppress(OSError):  # the end of a terminal
            while piece := os.read(outer, 65536):
                shown += piece
    os.close(outer)
    assert shown
    assert not re.search(rb"\x1b\[[0-9;]*m", shown)
