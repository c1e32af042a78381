"""The script of the page, minified by esbuild: `python -m tests.page.minify` writes script.py."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.conftest import ROOT

FOLDER = ROOT / "enrich/writers/_page"
SOURCE = FOLDER / "script.js"
ESBUILD = "esbuild@0.28.2"
"""Pinned: another release may give other bytes."""

_MODULE = '''"""The script of a page, minified from script.js by `python -m tests.page.minify`."""

SOURCE_SHA256 = "{digest}"
"""Hash of script.js; a test compares it, so that no change is forgotten here."""

SCRIPT = r"""{script}"""
'''


def digest() -> str:
    """Return the hash of the source."""
    return hashlib.sha256(SOURCE.read_bytes()).hexdigest()


def install_packages(folder: Path, *packages: str) -> None:
    """Install packages of npm into a folder."""
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)]
    subprocess.run([*command, *packages], check=True, capture_output=True, timeout=180)


def minify(folder: Path) -> str:
    """Return the source minified by the esbuild of a folder."""
    esbuild = folder / "node_modules/.bin/esbuild"
    command = [str(esbuild), "--minify", "--mangle-props=_$", "--charset=utf8", str(SOURCE)]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout.strip()


def make_module(script: str) -> str:
    """Return the text of script.py."""
    if '"""' in script or script.endswith('"'):
        raise ValueError("the script ends the literal that holds it")
    return _MODULE.format(digest=digest(), script=script)


def has_npm() -> bool:
    """Return whether there are node and npm."""
    return bool(shutil.which("node") and shutil.which("npm"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        install_packages(Path(made), ESBUILD)
        FOLDER.joinpath("script.py").write_text(make_module(minify(Path(made))), encoding="utf-8")
