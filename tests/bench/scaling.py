"""Once, 4 times and 16 times as much of each kind of work: linear time, flat memory.

Each is measured in a process of its own, so that its greatest memory is its own.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from enrich.collection.importing import import_papers
from enrich.feeds.reading import read_talks
from enrich.paper import Paper, PaperId
from enrich.references.extract import find_references_many
from enrich.sources.installed import source
from enrich.store.freshness import Record
from enrich.store.store import open_store
from tests.bench import figure
from tests.bench._snapshot import lines
from tests.bench.extract import abstract
from tests.bench.feed import feed

TIMES = (1, 4, 16)


def main() -> int:
    """Print the figures; 1 if a bound is missed."""
    holds = []
    for name in JOBS:
        once, *more = [_run_apart(name, times) for times in TIMES]
        figure(f"scaling: {name}, once: time", once[0], "s of CPU")
        figure(f"scaling: {name}, once: memory", once[1], "MB")
        for times, (seconds, megabytes) in zip(TIMES[1:], more, strict=True):
            ratio, grown = seconds / once[0] / times, megabytes - once[1]
            holds.append(
                figure(f"scaling: {name}, {times} times: time", ratio, "of linear", most=2)
            )
            holds.append(
                figure(f"scaling: {name}, {times} times: memory", grown, "MB more", most=60)
            )
    return 0 if all(holds) else 1


def _run_apart(name: str, times: int) -> tuple[float, float]:
    """Return CPU seconds and greatest MB of a job in a process of its own."""
    command = [sys.executable, "-m", __spec__.name, name, str(times)]
    seconds, kilobytes = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return seconds, kilobytes / 1024


def _read_texts(times: int, folder: Path) -> Callable[[], object]:
    rng = random.Random(1)
    made = (abstract(rng, 12, 1) for _ in range(1_000 * times))
    return lambda: sum(map(len, find_references_many(made)))


def _read_feed(times: int, folder: Path) -> Callable[[], object]:
    path = folder / "feed.ics"
    path.write_bytes(feed(1_000 * times))
    return lambda: sum(1 for _ in read_talks(path, duplicates=False))


def _import_snapshot(times: int, folder: Path) -> Callable[[], object]:
    path = folder / "snapshot.json"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(lines(5_000 * times))
    return lambda: import_papers([path], folder / "papers.sqlite", on_warning=sys.exit)


def _fill_store(times: int, folder: Path) -> Callable[[], object]:
    revision, now = source("arxiv").revision, time.time()

    def work() -> None:
        with open_store(folder, now=now, on_trouble=print) as store:
            for start in range(0, 5_000 * times, 500):
                ids = [
                    PaperId(f"arxiv:{2101 + n // 90_000}.{n % 90_000 + 1:05}")
                    for n in range(start, start + 500)
                ]
                store.put_many(
                    Record(
                        id=id_,
                        paper=Paper(id=id_, title="A title", url=""),
                        revision=revision,
                        fetched_at=now,
                        expires_at=None,
                    )
                    for id_ in ids
                )
                if len(store.get_many([(id_, None) for id_ in ids])) != len(ids):
                    raise AssertionError("a record is missing")

    return work


JOBS = {
    "texts": _read_texts,
    "feeds": _read_feed,
    "collection": _import_snapshot,
    "store": _fill_store,
}


def _measure(name: str, times: int) -> tuple[float, int]:
    """Return CPU seconds and greatest kB of a job here."""
    with tempfile.TemporaryDirectory() as folder:
        work = JOBS[name](times, Path(folder))
        begin = time.process_time()
        work()
        took = time.process_time() - begin
    return took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], int(sys.argv[2]))))
