"""The walk-through of CONTRIBUTING runs as it stands, and its map names every folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

TEXT = (ROOT / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")


def run_blocks(heading: str, count: int) -> None:
    """Run the blocks of one section, one after the other, with the same names."""
    names: dict[str, Any] = {}
    section = TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert len(blocks) == count
    for block in blocks:
        exec(compile(block, "CONTRIBUTING.md", "exec"), names)


def test_the_walk_through_adds_a_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run_blocks("Add a source, step by step", 3)


def test_the_walk_through_adds_a_service_and_a_language() -> None:
    run_blocks("Add a language or a meeting service to redaction", 2)


def test_the_walk_through_adds_a_language_to_roles_and_cues() -> None:
    run_blocks("Add a language to roles and cues", 2)


def test_every_block_belongs_to_a_walk_through() -> None:
    assert TEXT.count("\n```python\n") == 3 + 2 + 2


def test_the_map_names_every_folder_and_value() -> None:
    folders = {path.parent.name for path in (ROOT / "enrich").glob("*/__init__.py")}
    assert {name for name in folders if f"`{name}/`" not in TEXT} == set()
