"""Several processes before one gate: what a service saw of them. For tests and the benchmark."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from enrich.http.politeness import Politeness
from enrich.http.session import open_session
from tests.fakes import Fakes

HOST = "export.arxiv.org"


class Plain:
    """A service that believes everything."""

    name = "arxiv"

    def __init__(self, delay_s: float) -> None:
        self.politeness = Politeness(hosts=(HOST,), delay_s=delay_s, media="any")

    def check(self, response: object) -> None:
        """Any answer will do."""


def gaps_of_processes(
    fakes: Fakes, folder: Path, *, processes: int, requests: int, delay_s: float, threads: int = 1
) -> tuple[list[float], int]:
    """Let processes ask arXiv's stand-in at once, through the gate in a folder.

    Returns:
        Seconds from the end of each request to the next, and the most that were open at once.
    """
    command = [
        sys.executable,
        "-m",
        "tests.http.many_processes",
        str(folder),
        str(requests),
        str(delay_s),
    ]
    running = [
        subprocess.Popen([*command, str(threads)], env=fakes.env(folder)) for _ in range(processes)
    ]
    codes = [process.wait() for process in running]
    if any(codes):
        raise AssertionError("a process failed")
    return fakes.gaps(HOST), fakes.most_in_flight(HOST)


def main(folder: str, requests: str, delay_s: str, threads: str) -> None:
    """Ask so many times, from so many threads."""
    service, url = Plain(float(delay_s)), f"https://{HOST}/api/query?id_list=2101.00001"
    with (
        open_session([service], cache_dir=Path(folder), state_dir=Path(folder)) as session,
        ThreadPoolExecutor(int(threads)) as pool,
    ):
        answers = list(pool.map(lambda _: session.get(url), range(int(requests))))
    if any(answer.status_code != 200 for answer in answers):
        raise AssertionError("not answered")


if __name__ == "__main__":
    main(*sys.argv[1:])
