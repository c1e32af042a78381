"""The first step past one machine, on two cores: plain loop, pool of processes, Daft.

Talks are generated as JSON lines, 1.25 kB of text each, half of them with one link; 60,000 papers are in
the collection, one link in twenty is not. Sizes: 0.5 and 2 GB, or those of ENRICH_BENCH_GB ("0.02").
Daft runs in the environment of tests/engines/test_engines.py; without it its rows are left out.
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import figure
from tests.bench._snapshot import key, lines
from tests.conftest import ROOT

PAPERS = 60_000
SHARDS = 16
WAYS = ("loop", "pool", "daft")
ENGINES = Path(os.environ.get("ENRICH_ENGINES_PYTHON", ROOT / ".venv-engines/bin/python"))

COMMON = """
import json, sys, time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

def map_shard(path):
    from enrich import Talk
    from enrich.engines import map_talks
    out = Path("out", path.name)
    with path.open("rb") as file, out.open("w") as rows, out.with_suffix(".ids").open("w") as ids:
        talks = (Talk.from_dict(json.loads(line)) for line in file)
        for row, missing, _ in map_talks(talks, "base.sqlite"):
            rows.write(row)
            ids.writelines(id_ + "\\n" for id_ in missing)

if __name__ == "__main__":
    shards = sorted(Path("talks").glob("*.jsonl"))
    Path("out").mkdir(exist_ok=True)
"""
SCRIPTS = {
    "loop": COMMON + "    for shard in shards: map_shard(shard)\n",
    "pool": COMMON + "    with ProcessPoolExecutor(2) as pool: list(pool.map(map_shard, shards))\n",
    "daft": """
import daft
from daft import col
from enrich.engines.daft import Mapper
if __name__ == "__main__":
    mapper = daft.cls(Mapper, use_process=True, max_concurrency=2)("base.sqlite")
    talks = daft.read_text("talks/*.jsonl")
    mapped = talks.select(mapper.map_talks(col("text")).alias("talk")).select(col("talk").unnest())
    mapped.select("row", "missing").write_parquet("out", write_mode="overwrite")
""",
}


def main() -> int:
    """Run it; 1 where a figure misses its bound."""
    sizes = [float(size) for size in os.environ.get("ENRICH_BENCH_GB", "0.5,2").split(",")]
    ways = [way for way in WAYS if way != "daft" or ENGINES.exists()]
    holds = []
    peaks: dict[tuple[str, float], float] = {}
    with tempfile.TemporaryDirectory(dir=os.environ.get("ENRICH_BENCH_DIR")) as name:
        folder = Path(name)
        make_collection(folder)
        for size in sizes:
            talks = generate(folder / "talks", round(size * 1e9))
            figure(f"{size:g} GB: talks", talks, "talks")
            took: dict[str, float] = {}
            for way in ways:
                took[way], cpu, peaks[way, size] = run(folder, way)
                figure(f"{size:g} GB: {way}", took[way], "s")
                figure(f"{size:g} GB: {way}, of the CPUs a talk", cpu / talks * 1e6, "us")
                figure(f"{size:g} GB: {way}, peak of memory", peaks[way, size], "MB")
            for way in ways[1:]:
                bound = 1.3 if way == "daft" and size >= 2 else None
                rate = took["loop"] / took[way]
                holds.append(figure(f"{size:g} GB: {way}, times the loop", rate, "x", least=bound))
            figure(f"{size:g} GB: load of the machine, 5 minutes", os.getloadavg()[1], "")
    for way in ways if len(sizes) > 1 else ():
        grown = peaks[way, max(sizes)] / peaks[way, min(sizes)]
        holds.append(figure(f"{way}: memory, largest to smallest size", grown, "x", most=1.5))
    return 0 if all(holds) else 1


def make_collection(folder: Path) -> None:
    """Import a made snapshot."""
    (folder / "snapshot.json").write_text("".join(lines(PAPERS)), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "enrich",
        "papers",
        "import",
        "snapshot.json",
        "-o",
        "base.sqlite",
        "-q",
    ]
    subprocess.run(command, cwd=folder, env=_environment(), check=True)


def generate(folder: Path, size: int) -> int:
    """Write talks of so many bytes in all; return how many."""
    draw = random.Random(19)
    folder.mkdir(exist_ok=True)
    words = [
        "".join(draw.choices("abcdefghijklmnopqrstuvwxyzé", k=draw.randint(2, 11)))
        for _ in range(4000)
    ]
    texts = [" ".join(draw.choices(words, k=165)) for _ in range(500)]
    known = [key(n) for n in range(PAPERS)]
    number = 0
    for shard in range(SHARDS):
        written = 0
        with (folder / f"{shard:02}.jsonl").open("w", encoding="utf-8") as file:
            while written < size // SHARDS:
                link = ""
                if number % 2:
                    id_ = (
                        f"2612.{draw.randint(1, 9999):05}"
                        if draw.random() < 0.05
                        else draw.choice(known)
                    )
                    link = f" see https://arxiv.org/abs/{id_}."
                text = texts[number % 500]
                at = number % len(text)
                line = (
                    f'{{"id":"talk-{number}","title":"On {text[:40]}","speaker":"Ada {text[:9]}",'
                    f'"start_time":"2022-02-18T18:00:00Z","abstract":"{text[at:]}{link} {text[:at]}"}}\n'
                )
                written += len(line.encode())
                file.write(line)
                number += 1
    return number


def run(folder: Path, way: str) -> tuple[float, float, float]:
    """Run one way; return its seconds, those of all CPUs, and the peak of its memory in MB."""
    script = folder / f"run_{way}.py"
    script.write_text(SCRIPTS[way])
    subprocess.run(["rm", "-rf", folder / "out"], check=True)
    python = ENGINES if way == "daft" else sys.executable
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin, peak = time.perf_counter(), 0.0
    with subprocess.Popen([python, script.name], cwd=folder, env=_environment()) as process:
        while process.poll() is None:
            peak = max(peak, _measure_memory(process.pid))
            time.sleep(0.2)
    if process.returncode:
        raise AssertionError(f"{way} failed")
    took, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "DO_NOT_TRACK": "true", "DAFT_PROGRESS_BAR": "0"}


def _measure_memory(root: int) -> float:
    """Return the memory of a process and those below it in MB, shared pages once (PSS)."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    tree = {root}
    while more := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= more
    total = 0
    for pid in tree:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
            total += int(text.split("\nPss:")[1].split()[0])
        except (OSError, IndexError):
            continue
    return total / 1024


if __name__ == "__main__":
    raise SystemExit(main())
