"""CPU time and memory of one reading in a process of its own, over the imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT

SECONDS_OF_200_KB = 1.0
MAX_MB = 100

_CHILD = """
import re, resource, sys, time
from pathlib import Path
{setup}
def peak():
    # The kernel's own figure of this program; getrusage counts what was there before it, too.
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\\s+(\\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
start = time.process_time()
count = {call}
spent = time.process_time() - start
print(count, spent, (peak() - before) / 1000)
"""


class Cost(NamedTuple):
    """What a reading cost."""

    papers: int
    """Good records that were read."""
    cpu_s: float
    memory_mb: float


def measure(setup: str, call: str, *args: str | Path) -> Cost:
    """Run a call in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD.format(setup=setup, call=call), *map(str, args)],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    papers, cpu_s, memory_mb = done.stdout.split()[-3:]
    return Cost(int(papers), float(cpu_s), float(memory_mb))


def check_cost(cost: Cost, size: int) -> None:
    """Check the bounds of an input of some bytes; a small one may take a second."""
    assert cost.cpu_s <= max(SECONDS_OF_200_KB * size / 200_000, 1), cost
    assert cost.memory_mb <= MAX_MB, cost
