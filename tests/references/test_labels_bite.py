"""A wrong label fails the run and is named: with one label changed in a copy of each file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.references import labelled_texts
from tests.references.labelled_texts import Case, check_case, label_files, read_cases


def change_id(case: Case) -> None:
    case["gold"][0]["id"] = "2301.99999"


def change_version(case: Case) -> None:
    case["gold"][0]["version"] = 77


def drop_gold(case: Case) -> None:
    del case["gold"][0]


def add_gold(case: Case) -> None:
    case["gold"].append({"scheme": "arxiv", "id": "2301.99999", "version": None})


@pytest.mark.parametrize("path", label_files(), ids=lambda path: path.name)
@pytest.mark.parametrize("change", [change_id, change_version, drop_gold, add_gold])
def test_a_wrong_label_is_named(path: Path, change: Callable[[Case], None]) -> None:
    cases = [case for case in read_cases(path) if not case.get("debatable")]
    named = next(case for case in cases if case["gold"])
    trap = next(case for case in cases if not case["gold"])
    for case in (named, trap) if change is add_gold else (named,):
        check_case(case)
        change(case)
        with pytest.raises(AssertionError, match=case["id"]):
            check_case(case)


def test_a_run_over_a_copy_with_a_wrong_label_fails(tmp_path: Path) -> None:
    rooms = tmp_path / "tests/references"
    rooms.mkdir(parents=True)
    (tmp_path / "tests/data").mkdir()
    (tmp_path / "tests/__init__.py").touch()
    (rooms / "__init__.py").touch()
    here = Path(__file__).parent
    for module in (Path(labelled_texts.__file__), here / "test_labelled_texts.py"):
        shutil.copy(module, rooms)
    wrong = []
    for number, path in enumerate(label_files()):
        cases = [case for case in read_cases(path) if case["gold"] and not case.get("debatable")][
            :3
        ]
        change_id(cases[1])
        wrong.append(cases[1]["id"])
        lines = "".join(json.dumps(case) + "\n" for case in cases)
        (tmp_path / f"tests/data/extraction_{number}.jsonl").write_text(lines, "utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null",
         "--rootdir", str(tmp_path), "tests/references/test_labelled_texts.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
            env={name: value for name, value in os.environ.items() if name != "CI"},
    )  # fmt: skip
    failed = [line for line in run.stdout.splitlines() if line.startswith("FAILED")]
    assert run.returncode == 1, run.stdout
    assert len(failed) == len(wrong)
    for line, id_ in zip(failed, wrong, strict=True):
        assert id_ in line
    assert run.stdout.count("expected {'arxiv:2301.99999'") == len(wrong)
