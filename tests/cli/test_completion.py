"""Shells complete commands, options, their values and file names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import ROOT
from tests.fakes import Fakes


def complete(line: str, env: dict[str, str], folder: Path) -> list[str]:
    """What the shell's script gets for a line whose last word is not complete."""
    words = line.split(" ")
    asked = {
        **env,
        "_ENRICH_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    ran = run(env=asked, cwd=folder)
    assert ran.status == 0
    return ran.out.splitlines()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("enrich loo", ["plain,lookup"]),
        ("enrich papers", ["plain,papers", "plain,papers.ics"]),
        ("enrich sem", ["file,sem"]),
        ("enrich a.ics loo", ["file,loo"]),
        ("enrich a.ics --off", ["plain,--offline"]),
        ("enrich -f bibt", ["plain,bibtex"]),
        ("enrich -o list", ["file,list"]),
        ("enrich talks --of", ["plain,--offline"]),
        ("enrich talks a", ["file,a"]),
        ("enrich papers im", ["plain,import"]),
        ("enrich completion z", ["plain,zsh"]),
    ],
)
def test_a_word_is_completed(line: str, expected: list[str], fakes: Fakes, tmp_path: Path) -> None:
    (tmp_path / "papers.ics").touch()
    assert complete(line, fakes.env(tmp_path), tmp_path) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_its_shell_reads(shell: str, fakes: Fakes, tmp_path: Path) -> None:
    script = run("completion", shell, env=fakes.env(tmp_path)).out
    assert "_ENRICH_COMPLETE" in script
    if (program := shutil.which(shell)) is None:
        pytest.skip(f"{shell} is not here")
    subprocess.run([program, "-n"], input=script, text=True, check=True)


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
def test_bash_completes_a_command(fakes: Fakes, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "enrich").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m enrich "$@"\n')
    (folder / "enrich").chmod(0o755)
    env = fakes.env(tmp_path, PATH=f"{folder}{os.pathsep}{os.environ['PATH']}")
    script = (
        'eval "$(enrich completion bash)"\n'
        "COMP_WORDS=(enrich sche); COMP_CWORD=1\n"
        "_enrich_completion enrich 2>/dev/null\n"
        'echo "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        env=env, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "schema\n", done.stderr
