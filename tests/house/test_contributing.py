"""The walk-through of CONTRIBUTING runs as it stands, and its map names every folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

TEXT = (ROOT / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_walk_through_adds_a_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    blocks = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        exec(compile(block, "CONTRIBUTING.md", "exec"), names)


def test_the_map_names_every_folder_and_value() -> None:
    folders = {path.parent.name for path in (ROOT / "enrich").glob("*/__init__.py")}
    assert {name for name in folders if f"`{name}/`" not in TEXT} == set()
