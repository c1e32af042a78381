"""The page on security: each test that it names is there."""

from __future__ import annotations

import re

from tests.conftest import ROOT

PAGE = ROOT / ".github/SECURITY.md"


def test_each_threat_names_tests_that_exist() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    threats = [row for row in rows if not row.startswith("| threat")]
    assert len(threats) > 10
    for row in threats:
        names = re.findall(r"`(tests/[\w/.]+)`", row.rpartition(" | ")[2])
        assert names, row
        for name in names:
            assert (ROOT / name).exists(), name
