"""The picture in README: `python -m tests.page.screenshot` makes it of the example."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from tests.conftest import ROOT

PICTURE = ROOT / "enrich/example/page.png"
MAX_BYTES = 150_000
WIDTH, HEIGHT = 1000, 690


def main() -> None:
    """Write the page of the example, open it, and take its picture."""
    import subprocess

    from playwright.sync_api import sync_playwright

    command = [sys.executable, "-m", "enrich", "demo", "-q", "-f", "html"]
    page = subprocess.run(command, check=True, capture_output=True).stdout
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        file = Path(folder) / "page.html"
        file.write_bytes(page)
        browser = play.chromium.launch(executable_path=shutil.which("chromium"))
        tab = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, timezone_id="Europe/Berlin"
        ).new_page()
        tab.goto(file.as_uri())
        tab.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
