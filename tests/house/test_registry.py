"""The quick check for plug-ins agrees with `importlib.metadata`, wherever distributions lie."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

GROUP = "enrich.writers"
POINTS = "[enrich.writers]\ntitles = somewhere:Titles\n"
CODE = """
import sys
from enrich.registry import entry_points_of, may_offer
found = may_offer("enrich.writers")
assert ("importlib.metadata" in sys.modules) is False
print(found, "titles" in entry_points_of("enrich.writers"))
"""


def ask(folder: str | Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r}){CODE}"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.split()


def make_distribution(folder: Path, points: str | None = POINTS, kind: str = "dist-info") -> Path:
    place = folder / f"titles-1.0.{kind}"
    place.mkdir(parents=True)
    (place / ("METADATA" if kind == "dist-info" else "PKG-INFO")).write_text(
        "Name: titles\nVersion: 1.0\n"
    )
    if points is not None:
        (place / "entry_points.txt").write_text(points)
    return folder


@pytest.mark.parametrize("kind", ["dist-info", "egg-info"])
def test_a_distribution_that_offers_one_is_found(kind: str, tmp_path: Path) -> None:
    assert ask(make_distribution(tmp_path, kind=kind)) == ["True", "True"]


@pytest.mark.parametrize("points", [None, "", "[console_scripts]\na = b:c\n"])
def test_another_distribution_is_passed_over(points: str | None, tmp_path: Path) -> None:
    assert ask(make_distribution(tmp_path, points)) == ["False", "False"]


def test_a_zip_file_may_hold_one(tmp_path: Path) -> None:
    archive = tmp_path / "plugins.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("titles-1.0.dist-info/METADATA", "Name: titles\nVersion: 1.0\n")
        file.writestr("titles-1.0.dist-info/entry_points.txt", POINTS)
    assert ask(archive) == ["True", "True"]


def test_a_folder_that_is_not_there_holds_none(tmp_path: Path) -> None:
    assert ask(tmp_path / "nowhere") == ["False", "False"]
