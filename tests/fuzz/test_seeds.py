"""The fuzzer's targets on its seeds, and on the inputs that once broke one."""

from __future__ import annotations

from pathlib import Path

import pytest

from enrich.collection.readers import reader_of
from tests.fuzz.__main__ import NAMES, SEEDS
from tests.fuzz.targets import READERS, TARGETS

_SEEDS = sorted(path.relative_to(SEEDS).as_posix() for path in SEEDS.rglob("*") if path.is_file())


def test_each_target_has_seeds() -> None:
    assert tuple(TARGETS) == NAMES
    assert {Path(seed).parts[0] for seed in _SEEDS} == set(NAMES)
    seeds = [(SEEDS / seed).read_bytes() for seed in _SEEDS if seed.startswith("papers/")]
    assert {reader.name for seed in seeds if (reader := reader_of(seed[1:]))} == set(READERS)


@pytest.mark.parametrize("seed", _SEEDS)
def test_a_seed_breaks_nothing(seed: str) -> None:
    TARGETS[Path(seed).parts[0]]((SEEDS / seed).read_bytes())
