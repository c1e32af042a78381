"""Fuzz each target for some seconds, one after the other: `python -m tests.fuzz [SECONDS] [TARGET…]`.

A find ends its target; the input is written to `fuzz-finds/`. The status is 1 if there was a find, 2
without atheris.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
SEEDS = Path(__file__).parent / "seeds"
NAMES = ("talks", "references", "html", "papers", "services", "writers")
_LONGEST = 4096
_SLOWEST_S = 10


def main() -> int:
    """Fuzz the targets; return the exit status."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--only"]:
        _fuzz(arguments[1], arguments[2:])
        return 0
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed: pip install atheris")
        return 2
    seconds = int(arguments.pop(0)) if arguments and arguments[0].isdecimal() else 60
    finds = ROOT / "fuzz-finds"
    finds.mkdir(exist_ok=True)
    status = 0
    for name in arguments or NAMES:
        print(f"$ {name}: {seconds} s", flush=True)
        with tempfile.TemporaryDirectory() as corpus:
            done = subprocess.run(
                [sys.executable, "-m", "tests.fuzz", "--only", name, corpus, str(SEEDS / name),
                 f"-max_total_time={seconds}", f"-max_len={_LONGEST}", f"-timeout={_SLOWEST_S}",
                 f"-artifact_prefix={finds}/{name}-", "-verbosity=1", "-print_final_stats=1"],
                cwd=ROOT, check=False,
            )  # fmt: skip
        status = status or bool(done.returncode)
    return int(status)


def _fuzz(name: str, arguments: list[str]) -> None:
    """Fuzz one target in this process; libFuzzer ends it."""
    import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

    with atheris.instrument_imports(include=["enrich", "arxiv", "icalendar"]):
        from tests.fuzz.targets import TARGETS
    target = TARGETS[name]
    atheris.Setup([sys.argv[0], *arguments], lambda data: target(bytes(data)))
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
