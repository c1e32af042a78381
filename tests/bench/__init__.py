"""Benchmarks: `python -m tests.bench NAME` prints one JSON line a figure, exit status 1 on a miss.

A benchmark is one file with `main() -> int`. Ratios are taken side by side in one run, for absolute
times drift with the machine. Without a name all are run, and a table of goals beside what was measured
follows.
"""

from __future__ import annotations

import json

measured: dict[str, float] = {}
"""Values of the figures that this run printed, by name."""


def figure(
    name: str, value: float, unit: str, *, most: float | None = None, least: float | None = None
) -> bool:
    """Print one figure with its bound; return whether it holds."""
    measured[name] = value
    holds = (most is None or value <= most) and (least is None or value >= least)
    bound = {"most": most} if most is not None else {"least": least} if least is not None else {}
    print(
        json.dumps(
            {"figure": name, "value": round(value, 4), "unit": unit, **bound, "holds": holds}
        ),
        flush=True,
    )
    return holds
