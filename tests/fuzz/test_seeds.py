"""The fuzzer's targets on its seeds, and on the inputs that once broke one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.__main__ import NAMES, SEEDS
from tests.fuzz.targets import READERS, TARGETS

_SEEDS = sorted(path.relative_to(SEEDS).as_posix() for path in SEEDS.rglob("*") if path.is_file())


def test_each_target_has_seeds() -> None:
    assert tuple(TARGETS) == NAMES
    assert {Path(seed).parts[0] for seed in _SEEDS} == set(NAMES)
    assert {(SEEDS / s).read_bytes()[0] for s in _SEEDS if s.startswith("papers/")} >= set(
        range(len(READERS))
    )


@pytest.mark.parametrize("seed", _SEEDS)
def test_a_seed_breaks_nothing(seed: str) -> None:
    TARGETS[Path(seed).parts[0]]((SEEDS / seed).read_bytes())
