"""jq reads what is written; the recipes of people who have no Python."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.command import run
from tests.conftest import ROOT
from tests.fakes import Fakes

EXAMPLE = ROOT / "enrich/example/SciML.ics"
TITLES = [
    "Acceleration via Fractal Learning Rate Schedules",
    "Learning Rate Grafting: Transferability of Optimizer Tuning",
    "Inductive Biases and Variable Creation in Self-Attention Mechanisms",
]


@pytest.mark.parametrize("name", ["json", "ndjson"])
def test_jq_lists_the_titles(fakes: Fakes, tmp_path: Path, name: str) -> None:
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    text = run("demo", "-q", "-f", name, env=fakes.env(tmp_path)).out
    done = subprocess.run(
        ["jq", "-r", ".papers[].title"], input=text, capture_output=True, check=True, text=True
    )
    assert done.stdout.splitlines() == TITLES
