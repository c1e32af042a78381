"""What a user installs: the wheel holds everything and runs."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
def test_the_wheel_runs_the_demo(tmp_path: Path) -> None:
    build = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("talk_enrich-*.whl")
    venv.create(tmp_path / "venv", system_site_packages=False, with_pip=True)
    python = tmp_path / "venv/bin/python"
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", str(wheel)], check=True
    )
    site = next((tmp_path / "venv/lib").glob("python*/site-packages"))
    ours = next(path for path in sys.path if path.endswith("site-packages"))
    site.joinpath("dependencies.pth").write_text(ours + "\n")  # the dependencies as they are here
    done = subprocess.run(
        [tmp_path / "venv/bin/enrich", "demo", "-q", "-f", "md"],
        check=True, capture_output=True, text=True, cwd=tmp_path, env={"HOME": str(tmp_path)},
    )  # fmt: skip
    assert "Acceleration via Fractal Learning Rate Schedules" in done.stdout
