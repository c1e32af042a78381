"""The house keeps its rules: layers, import cost, public names."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import enrich
from tests.conftest import ROOT

PACKAGE = ROOT / "enrich"

HEAVY = {"requests", "requests_cache", "arxiv", "lxml", "icalendar", "tenacity", "click", "urllib3"}


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return {name.split(".")[0] for name in json.loads(out.stdout.splitlines()[-1])}


@pytest.mark.parametrize(
    ("statement", "may"),
    [
        ("import enrich", set()),
        ("from enrich import Talk, Paper, Document, Reference, annotate", set()),
        ("from enrich import find_references; find_references('arXiv:2103.01338')", set()),
        ("from enrich import write, Document; ''.join(write(Document(())))", set()),
        ("from enrich import read_talks", set()),
        ("import enrich.cli.main", {"click"}),
        ("from enrich.cli.main import main; main(['--help'])", {"click"}),
        ("from enrich.cli.main import main; main(['demo', '-q'])", {"click", "icalendar"}),
    ],
)
def test_a_path_loads_only_what_it_needs(statement: str, may: set[str]) -> None:
    assert loaded_by(statement) & HEAVY <= may


def test_public_names_are_there_and_no_module_hides_one() -> None:
    modules = {path.stem for path in PACKAGE.glob("*.py")} | {
        p.parent.name for p in PACKAGE.glob("*/__init__.py")
    }
    assert sorted(enrich.__all__) == enrich.__all__
    assert len(enrich.__all__) <= 26  # each a value, a function or an error of CONTRACT, section 4
    for name in enrich.__all__:
        assert name not in modules
        assert getattr(enrich, name) is not None
    assert set(dir(enrich)) == {*enrich.__all__, "__version__"}


def test_the_version_is_that_of_the_distribution() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert enrich.__version__ == project["version"]
