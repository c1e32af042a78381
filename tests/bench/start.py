"""Start of the program: CPU time of whole processes, as parts of click's own, in one run.

- `enrich --help` to the help of a program of one option;
- `enrich feed.ics`, whose papers are in the store, to `python -c "import click"`.

Byte code is written before; the processes follow each other in turn, and the least time of each counts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from enrich.paper import Paper
from enrich.sources.installed import source
from enrich.store.freshness import Record
from enrich.store.store import open_store
from tests.bench import figure
from tests.conftest import ROOT

EXAMPLE = ROOT / "enrich/example"
_ROUNDS = 15
_PROGRAM = "import sys; from enrich.cli.main import main; sys.exit(main())"
_ONE_OPTION = (
    "import click\n@click.command()\n@click.option('--name', help='A name.')\n"
    "def command(name):\n    'Greet.'\ncommand()"
)


def main() -> int:
    """Run it; 1 where a figure misses its bound."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill_store(folder)
        feed = [str(EXAMPLE / "SciML.ics"), "--cache-dir", str(folder), "--state-dir", str(folder)]
        least = measure(
            {
                "import": [sys.executable, "-c", "import click"],
                "option": [sys.executable, "-c", _ONE_OPTION, "--help"],
                "help": [sys.executable, "-c", _PROGRAM, "--help"],
                "feed": [sys.executable, "-c", _PROGRAM, *feed],
            }
        )
    for key, seconds in least.items():
        print(f"start.{key}: {seconds * 1000:.0f} ms")
    holds = [
        figure("start.help", least["help"] / least["option"], "x a one-option program", most=1.5),
        figure("start.feed", least["feed"] / least["import"], "x import click", most=2.8),
    ]
    return 0 if all(holds) else 1


def fill_store(folder: Path) -> None:
    """Put the example's papers into a store, so that a run asks for nothing."""
    import json

    now = time.time()
    lines = (EXAMPLE / "papers.jsonl").read_text(encoding="utf-8").splitlines()
    papers = [Paper.from_dict(json.loads(line)) for line in lines]
    with open_store(folder, now=now, on_trouble=print) as store:
        store.put_many(
            Record(
                id=paper.id,
                paper=paper,
                revision=source(paper.id.source).revision,
                fetched_at=now,
                expires_at=None,
            )
            for paper in papers
        )


def measure(commands: dict[str, list[str]], rounds: int = _ROUNDS) -> dict[str, float]:
    """Return the least CPU time of each command, in seconds, over rounds in which each runs once."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONPATH"] = str(ROOT)
    least = dict.fromkeys(commands, float("inf"))
    for round_ in range(rounds + 1):
        for key, command in commands.items():
            with subprocess.Popen(
                command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            ) as process:
                assert process.stderr is not None
                told = process.stderr.read()
                _, status, used = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                sys.exit(f"{key} ended with {process.returncode}: {told.decode()}")
            if round_:  # the first one writes byte code
                least[key] = min(least[key], used.ru_utime + used.ru_stime)
    return least
