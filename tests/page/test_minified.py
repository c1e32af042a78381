"""The shipped script is what esbuild makes of its source."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.page.minify import ESBUILD, FOLDER, install_packages, make_module, minify


def test_esbuild_makes_the_script_of_the_source(npm_folder: Path) -> None:
    try:
        install_packages(npm_folder, ESBUILD)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip("npm cannot install esbuild here")
    shipped = (FOLDER / "script.py").read_text(encoding="utf-8")
    assert shipped == make_module(minify(npm_folder))
