"""What every test may use."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis
import pytest
import requests

from tests.fakes import Fakes
from tests.http.sessions import Run

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
CASSETTES = ROOT / "cassettes"

# A busy machine, or the first run of a checkout, makes nothing wrong; and the examples are the same
# for everybody. `--hypothesis-profile=search` draws new ones, `few` is the quick loop's.
_PATIENT = hypothesis.settings(
    deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("search", _PATIENT)
hypothesis.settings.register_profile("patient", _PATIENT, derandomize=True)
hypothesis.settings.register_profile(
    "few", hypothesis.settings.get_profile("patient"), max_examples=20
)
hypothesis.settings.load_profile("patient")


def pytest_configure() -> None:
    """Listen to signals that the caller ignores: what runs behind `nohup` or `&` inherits that."""
    defaults: dict[str, Any] = {"SIGINT": signal.default_int_handler, "SIGHUP": signal.SIG_DFL}
    for number, default in ((getattr(signal, n, None), d) for n, d in defaults.items()):
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, default)


# A file that imports one of these has tests with sockets, processes or pauses.
_SLOW_MODULES = frozenset(
    {"subprocess", "multiprocessing", "socket", "tests.command", "tests.fakes"}
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of files that import what is slow, and those that use the stand-ins."""
    for item in items:
        values = vars(getattr(item, "module", None) or object).values()
        used = {v.__name__ if isinstance(v, ModuleType) else _home_of(v) for v in values}
        if used & _SLOW_MODULES or "fakes" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


def _home_of(value: object) -> str:
    return str(getattr(value, "__module__", ""))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real recorded data beside the checkout; tests read it where it lies."""
    if not (SHARED / "data").is_dir():
        pytest.skip("../shared is not here")
    return SHARED / "data"


@pytest.fixture
def fakes() -> Iterator[Fakes]:
    """The stand-ins for all services, empty; `fakes.env(home)` leads a command to them."""
    with Fakes() as running:
        yield running


@pytest.fixture
def session(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> Iterator[requests.Session]:
    """A plain client that is led to the stand-ins."""
    fakes.use(monkeypatch)
    with requests.Session() as plain:
        plain.max_redirects = 3
        yield plain


@pytest.fixture
def run(tmp_path: Path, fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Sessions of one run after the other, led to the stand-ins, with waits that take no time."""
    fakes.use(monkeypatch)
    runs = Run(tmp_path)
    yield runs
    runs.close()


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    """Where `@pytest.mark.default_cassette("arxiv-two-papers.yaml")` looks."""
    return str(CASSETTES)


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    """How requests are matched, and what a recording leaves out. An extra request fails the test."""
    return {
        "match_on": ["method", "scheme", "host", "path", "query"],
        "decode_compressed_response": True,
        "filter_headers": ["Authorization", "Cookie", "User-Agent"],
    }
