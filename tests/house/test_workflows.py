"""The workflows and actions: what they run of others is named by commit, not by a tag that can move."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

FILES = [
    path
    for folder in ("workflows", "actions")
    for path in sorted((ROOT / ".github" / folder).rglob("*.yml"))
]
_USES = re.compile(r"^\s*(?:- )?uses:\s*(\S+)(?:\s+(#\s*v[0-9.]+))?$", re.MULTILINE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_with_their_version_beside(path: Path) -> None:
    for name, version in _USES.findall(path.read_text(encoding="utf-8")):
        if not name.startswith("./"):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name), name
            assert version, f"{name}: its version is not beside it"
