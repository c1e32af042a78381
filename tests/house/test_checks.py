"""What `python -m tests` runs, and which tests are slow."""

from __future__ import annotations

import pytest

from tests.__main__ import checks


def test_fast_runs_the_style_checks_and_the_fast_tests_alone() -> None:
    *style, tests = checks(fast=True, arguments=["tests/feeds", "-k", "title"])
    assert [check[0] for check in style] == ["ruff", "ruff", "mypy"]
    assert tests[tests.index("-m") + 1] == "not slow"
    assert tests[-3:] == ("tests/feeds", "-k", "title")


def test_the_full_run_has_every_check_of_the_fast_one() -> None:
    full = list(checks(fast=False, arguments=["-x"]))
    fast = list(checks(fast=True, arguments=["-x"]))
    assert set(fast[:-1]) < set(full)
    assert "not slow" not in full[-1]
    assert full[-1][-1] == "-x"


def test_a_test_with_the_stand_ins_is_slow_and_this_one_is_not(
    request: pytest.FixtureRequest,
) -> None:
    marked = {
        item.path.name: item.get_closest_marker("slow") is not None
        for item in request.session.items
        if item.path.name
        in {"test_checks.py", "test_laws.py", "test_imports.py", "test_main_job.py"}
        and item.path.parent.name in {"house", "cli"}
    }
    assert marked["test_checks.py"] is False
    assert marked.get("test_laws.py", False) is False
    assert marked.get("test_imports.py", True)
    assert marked.get("test_main_job.py", True)
