"""CPU time and memory of one reading, over the imports, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, Self

from tests.conftest import ROOT

SECONDS_OF_200_KB = 1.0
MAX_MB = 100

# The imports are made once; each reading runs in a fork, whose peak of memory is its own.
_SERVER = """
import json, os, re, sys, time, traceback
from pathlib import Path
{setup}

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

for request in sys.stdin:
    arguments = json.loads(request)
    if os.fork() == 0:
        try:
            before, start = peak(), time.process_time()
            records = {call}
            spent = time.process_time() - start
            answer = [records, spent, (peak() - before) / 1000]
        except BaseException:
            answer = traceback.format_exc()
        print(json.dumps(answer), flush=True)
        os._exit(0)
    os.wait()
"""


class Cost(NamedTuple):
    """What a reading cost."""

    records: int
    """Good records that were read."""
    cpu_s: float
    memory_mb: float


class Meter:
    """A process that measures one expression over its `arguments`, given one after the other."""

    def __init__(self, setup: str, call: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVER.format(setup=setup, call=call)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip

    def measure(self, *arguments: str | Path | bool) -> Cost:
        """Measure the expression once."""
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps([*arguments], default=str), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline() or '"the process ended"')
        assert isinstance(answer, list), answer
        return Cost(*answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


def check_cost(cost: Cost, size: int) -> None:
    """Check the bounds of an input of some bytes; a small one may take a second."""
    assert cost.cpu_s <= max(SECONDS_OF_200_KB * size / 200_000, 1), cost
    assert cost.memory_mb <= MAX_MB, cost
