"""Processes whose threads look the same papers up at once, cold, each with an Enricher of its own.

`python -m tests.lookup.many_runs` is the whole measure: 8 processes of 8 threads, 60 papers, at arXiv's
pace and OpenReview's.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from enrich.enricher import Enricher
from enrich.paper import Paper
from enrich.sources.installed import source
from tests.fakes import FakeNote, FakePaper, Fakes

ARXIV, OPENREVIEW = "export.arxiv.org", "api.openreview.net"
ROOT = Path(__file__).parents[2]


def keys(papers: int) -> tuple[list[str], list[str]]:
    """Return as many ids, half of each service."""
    half = papers // 2
    return (
        [f"2103.{n:05d}" for n in range(1, papers - half + 1)],
        [f"Abcdefgh_{n:02d}" for n in range(half)],
    )


def paced(name: str, delay_s: float) -> Any:
    """Return an installed source with another pace."""
    base = source(name)
    made: Any = type(base)()
    made.politeness = replace(base.politeness, delay_s=delay_s)
    return made


def ask_at_once(
    fakes: Fakes, folder: Path, *, processes: int, threads: int, papers: int, delay_s: float
) -> Counter[str]:
    """Return how often each paper was asked for.

    Raises:
        AssertionError: a process failed.
    """
    ids, notes = keys(papers)
    fakes.arxiv.add(*(FakePaper(id=id_, title="T") for id_ in ids))
    fakes.openreview.add(*(FakeNote(id=id_, title="T", api=1) for id_ in notes))
    command = [sys.executable, "-m", "tests.lookup.many_runs", str(folder)]
    command += [str(threads), str(papers), str(delay_s)]
    running = [subprocess.Popen(command, env=fakes.env(folder), cwd=ROOT) for _ in range(processes)]
    if any([process.wait() for process in running]):  # noqa: C419 - all are waited for
        raise AssertionError("a process failed")
    asked: Counter[str] = Counter()
    for request in fakes.requests(ARXIV):
        asked.update(request.query["id_list"].split(","))
    asked.update(request.query["id"] for request in fakes.requests(OPENREVIEW))
    return asked


def main(folder: str, threads: str, papers: str, delay_s: str) -> None:
    """Look all papers up from each thread."""
    wanted = [id_ for ids in keys(int(papers)) for id_ in ids]
    start = threading.Barrier(int(threads))
    failed: list[str] = []

    def look_up() -> None:
        with Enricher(
            sources=[paced("arxiv", float(delay_s)), paced("openreview", float(delay_s))],
            fallback=False,
            cache_dir=folder,
            state_dir=folder,
        ) as enricher:
            start.wait()
            found = enricher.lookup(
                f"openreview:{id_}" if id_[0] == "A" else f"arxiv:{id_}" for id_ in wanted
            )
            failed.extend(id_ for id_, paper in found.items() if not isinstance(paper, Paper))

    running = [threading.Thread(target=look_up) for _ in range(int(threads))]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if failed:
        raise AssertionError(f"not resolved: {sorted(set(failed))}")


def measure() -> None:
    """Print what the services saw of the whole measure."""
    with Fakes() as fakes, tempfile.TemporaryDirectory() as folder:
        asked = ask_at_once(fakes, Path(folder), processes=8, threads=8, papers=60, delay_s=1.0)
        gaps = {host: min(fakes.gaps(host), default=0.0) for host in (ARXIV, OPENREVIEW)}
        print(
            f"{len(asked)} papers, each asked for {max(asked.values())} times at most; "
            f"{len(fakes.requests())} requests; smallest gaps {gaps}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:]) if sys.argv[1:] else measure()
