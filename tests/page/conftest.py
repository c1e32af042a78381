"""A browser for the tests of the page: Chromium as the machine has it, driven by playwright."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from enrich.model import Document
from enrich.writers import configure, write, writer
from tests.page import samples
from tests.page.minify import has_npm, install_packages

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
AXE = "axe-core@4"
_DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""An expression that waits until the page was drawn."""


def render(document: Document, **options: Any) -> str:
    """Return a document as a page."""
    return "".join(
        configure(writer("html"), options).write(document) if options else write(document, "html")
    )


class Opened:
    """A page that is open, with what it asked for and complained of."""

    def __init__(self, page: Any, requests: list[str], complaints: list[str]) -> None:
        self.page = page
        self.requests = requests
        self.complaints = complaints

    def titles(self, section: str = "talks") -> list[str]:
        """Return the headings of the entries that are shown."""
        shown = self.page.locator(f"#{section}>article:not([hidden]) h3")
        return list(shown.all_text_contents())

    def evaluate(self, code: str) -> Any:
        """Return the value of an expression in the page."""
        return self.page.evaluate(code)

    def wait(self, condition: str) -> None:
        """Wait until an expression is true; the page's policy forbids playwright's own way."""
        for _ in range(200):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"never true: {condition}")

    def show(self, view: str) -> None:
        """Open a view by its link; the browser reports the new address some moments later."""
        self.page.locator(f"nav a[href='#{view}']").click()
        self.page.locator(f"#{view}").wait_for()

    def keep(self, box: str, ticked: bool = True) -> None:
        """Set a box and load the page again; the box must be as it was set.

        The browser's storage is a process of its own, which can lose a value on a busy machine, so
        there are three tries.
        """
        for _ in range(3):
            self.page.locator(box).set_checked(ticked)
            self.page.wait_for_timeout(500)
            self.page.reload()
            if self.page.locator(box).is_checked() == ticked:
                return
        raise AssertionError(f"{box} is not {'ticked' if ticked else 'clear'} after a reload")

    def copied(self) -> str:
        """Return what lies on the clipboard."""
        return str(self.page.evaluate("navigator.clipboard.readText()"))


Open = Callable[..., Opened]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium a process."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("chromium is not installed")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.skip("playwright is not installed")
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=executable)
        yield running
        running.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Open a document's page from a file, in a context of its own, or in an earlier one."""
    contexts = []

    def open_page(
        html: str | Document,
        place: str = "",
        *,
        name: str = "page.html",
        script: bool = True,
        size: dict[str, int] = DESK,
        scheme: str = "light",
        zone: str = "Europe/Berlin",
        within: Opened | None = None,
    ) -> Opened:
        file = tmp_path / name
        file.write_text(html if isinstance(html, str) else render(html), encoding="utf-8")
        if within is None:
            context = browser.new_context(
                viewport=size, color_scheme=scheme, java_script_enabled=script, timezone_id=zone, locale="en-US",
                permissions=["clipboard-read", "clipboard-write"], accept_downloads=True,
            )  # fmt: skip
            contexts.append(context)
        else:
            context = within.page.context
        page = context.new_page()
        requests: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: dialog.dismiss())
        page.goto(file.as_uri() + place)
        if script:  # the style leaves out what was not drawn yet, and `inner_text` does, too
            page.evaluate(_DRAWN)
        requests[:] = [url for url in requests if url.partition("#")[0] != file.as_uri()]
        return Opened(page, requests, complaints)

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def thirty() -> str:
    """The page of thirty talks of all kinds."""
    return render(samples.thirty())


@pytest.fixture(scope="session")
def npm_folder() -> Iterator[Path]:
    """An empty folder for packages of npm."""
    if not has_npm():
        pytest.skip("there is no node, so no axe-core and no esbuild")
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def axe(npm_folder: Path) -> str:
    """The source of axe-core."""
    try:
        install_packages(npm_folder, AXE)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip("npm cannot install axe-core here")
    return (npm_folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
