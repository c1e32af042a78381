"""Corpora of papers, and the readers that must be fetched."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from enrich.paper import Paper
from tests.writers.bibliography import injected, make_paper, read_lines


@pytest.fixture(scope="module", params=["items", "torture", "injection"])
def corpus(request: pytest.FixtureRequest) -> list[Paper]:
    """The real items, those with a trap, and those that attack."""
    if request.param == "injection":
        return injected()
    folder: Path = request.getfixturevalue("shared") / "bibliography"
    return [make_paper(record) for record in read_lines(folder / f"{request.param}.jsonl")]


@pytest.fixture(scope="module")
def shared_corpus(shared: Path) -> list[Paper]:
    """The real items and those with a trap."""
    names = ("items", "torture")
    lines = chain.from_iterable(read_lines(shared / f"bibliography/{n}.jsonl") for n in names)
    return [make_paper(record) for record in lines]


@pytest.fixture(scope="module")
def ical_js() -> Iterator[Path]:
    """A folder from which node finds ical.js."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("there is no node, so nothing for ical.js to run in")
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, "ical.js@2"]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=120)
        except subprocess.TimeoutExpired:
            pytest.skip("npm does not answer, so ical.js is not here")
        if done.returncode:
            pytest.skip("npm cannot install ical.js here")
        yield Path(folder)
