"""What every test may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import Fakes

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


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
