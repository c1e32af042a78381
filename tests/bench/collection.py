"""A collection out of arXiv's snapshot: how fast, how small, how quickly looked up in."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import figure
from tests.bench._snapshot import key, lines

RECORDS = 300_000
_IMPORT = """
import resource, sys, time
from pathlib import Path
from enrich.collection.importing import import_papers
began = time.perf_counter()
import_papers([Path(sys.argv[1])], Path(sys.argv[2]), on_warning=sys.exit)
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def main() -> int:
    """Import 300,000 lines, then look some up."""
    with tempfile.TemporaryDirectory() as folder:
        snapshot, out = Path(folder, "snapshot.json"), Path(folder, "collection.sqlite")
        with snapshot.open("w", encoding="utf-8") as file:
            file.writelines(lines(RECORDS))
        runs = [_imported(snapshot, out) for _ in range(3)]
        seconds = min(seconds for seconds, _ in runs)
        rss = max(rss for _, rss in runs)
        size = out.stat().st_size / RECORDS
        holds = [
            figure("bytes of a line", snapshot.stat().st_size / RECORDS, "B"),
            figure("import", RECORDS / seconds, "records/s", least=35_000),
            figure("size", size, "B/record", most=300),
            figure("memory of the import", rss / 1024, "MB", most=100),
            figure("lookup", _lookup(out, papers=False), "us/id", most=10),
            figure("lookup, papers made", _lookup(out, papers=True), "us/id", most=25),
        ]
    return 0 if all(holds) else 1


def _imported(snapshot: Path, out: Path) -> tuple[float, int]:
    command = [sys.executable, "-c", _IMPORT, str(snapshot), str(out)]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
    return float(told[0]), int(told[1])


def _lookup(path: Path, *, papers: bool) -> float:
    """Microseconds an id in batches of 500; the best of seven rounds of 20,000 ids.

    A row is found and its checksum tested, or a `Paper` is made of it as well.
    """
    from enrich.collection.opening import open_papers
    from enrich.paper import PaperId

    chance, rounds = random.Random(2), []
    with open_papers(path, on_warning=sys.exit) as collection:
        for _ in range(7):
            ids = [PaperId(f"arxiv:{key(n)}") for n in chance.sample(range(RECORDS), 20_000)]
            batches = [ids[n : n + 500] for n in range(0, len(ids), 500)]
            began = time.perf_counter()
            if papers:
                found = sum(len(collection.get_many(batch)) for batch in batches)
            else:
                found = sum(len(list(collection.rows(batch))) for batch in batches)
            rounds.append(time.perf_counter() - began)
            if found != len(ids):
                raise AssertionError(found)
    return min(rounds) / len(ids) * 1e6
