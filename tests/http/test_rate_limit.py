"""The limiter: spaced, one at a time, over processes and threads, whatever clocks and disks do."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.errors import SourceError
from enrich.http.rate_limit import MAX_PAUSE_S, MAX_WAIT_S, RateLimiter
from tests.fakes import FakePaper, Fakes
from tests.http.many_processes import gaps_of_processes

NAME = "export.arxiv.org"


class Clock:
    """A clock that only sleeping moves, and a wall clock that can be set."""

    def __init__(self) -> None:
        self.ticks = 100.0
        self.set = 1_800_000_000.0
        self.waits: list[float] = []

    def clock(self) -> float:
        return self.ticks

    def now(self) -> float:
        return self.set + self.ticks

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.ticks += seconds


def make_limiter(
    clock: Clock, folder: Path | None, delay_s: float = 3.0, **options: Any
) -> RateLimiter:
    return RateLimiter(
        NAME, folder, delay_s, clock=clock.clock, now=clock.now, sleep=clock.sleep, **options
    )


def pass_through(limiter: RateLimiter, until: float = math.inf) -> None:
    with limiter.slot(until):
        pass


# --- spacing -------------------------------------------------------------------------------


def test_the_first_turn_waits_for_nothing_and_the_next_for_the_delay(tmp_path: Path) -> None:
    clock = Clock()
    waits: list[float] = []
    first, second = (
        make_limiter(clock, tmp_path),
        make_limiter(clock, tmp_path, on_wait=waits.append),
    )
    with first.slot(math.inf):
        clock.ticks += 10  # a slow answer: the delay counts from its end
    pass_through(second)
    assert clock.waits == waits
    assert sum(waits) == pytest.approx(3.03)
    clock.ticks += 5
    pass_through(first)
    assert clock.waits == waits


@given(jump=st.floats(-1e9, 1e9))
def test_a_clock_that_jumps_costs_one_delay_at_most(
    jump: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    clock, folder = Clock(), tmp_path_factory.mktemp("state")
    ours, theirs = make_limiter(clock, folder), make_limiter(clock, folder)
    pass_through(theirs)
    pass_through(ours)
    assert clock.waits == [pytest.approx(3.03)]
    clock.set += jump
    pass_through(ours)
    assert sum(clock.waits[1:]) == pytest.approx(3.03), "our own end is known by another clock"
    clock.set += jump
    pass_through(theirs)
    assert sum(clock.waits[2:]) <= 3.04


def test_a_turn_that_cannot_come_in_time_is_not_waited_for(tmp_path: Path) -> None:
    clock = Clock()
    ours = make_limiter(clock, tmp_path)
    pass_through(ours)
    with pytest.raises(SourceError) as caught:
        pass_through(ours, clock.ticks + 2)
    assert (caught.value.code, caught.value.retryable) == ("timeout", True)
    assert clock.waits == []
    clock.ticks += 10
    with pytest.raises(SourceError):
        pass_through(ours, clock.ticks)
    pass_through(ours, clock.ticks + 1)


# --- pauses and refusals -------------------------------------------------------------------


def test_a_pause_binds_all_and_is_waited_for_where_it_is_short(tmp_path: Path) -> None:
    clock = Clock()
    ours, theirs = make_limiter(clock, tmp_path), make_limiter(clock, tmp_path)
    with ours.slot(math.inf) as slot:
        slot.record_pause(30)
        slot.record_pause(1)
    assert theirs.paused_until() == pytest.approx(clock.now() + 30)
    with pytest.raises(SourceError) as caught:
        pass_through(theirs, clock.ticks + 20)
    assert caught.value.code == "rate_limited"
    pass_through(theirs)
    assert clock.waits == [pytest.approx(30)]
    assert theirs.paused_until() is None


def test_before_a_long_pause_nobody_waits_and_none_is_longer_than_ten_minutes(
    tmp_path: Path,
) -> None:
    clock = Clock()
    ours, theirs = make_limiter(clock, tmp_path), make_limiter(clock, tmp_path)
    with ours.slot(math.inf) as slot:
        slot.record_pause(86_400)
    with pytest.raises(SourceError) as caught:
        pass_through(theirs)
    assert (caught.value.code, caught.value.retryable) == ("rate_limited", True)
    assert caught.value.retry_after_s == pytest.approx(MAX_PAUSE_S)
    assert clock.waits == []
    clock.ticks += MAX_PAUSE_S - MAX_WAIT_S + 1
    pass_through(theirs)
    clock.set -= 86_400  # a clock that goes back does not lengthen a pause
    with theirs.slot(math.inf) as slot:
        slot.record_pause(600)
    clock.set -= 86_400
    assert theirs.paused_until() is None


def test_a_refusal_is_known_to_all_for_ten_minutes_or_until_an_answer(tmp_path: Path) -> None:
    clock = Clock()
    ours, theirs = make_limiter(clock, tmp_path), make_limiter(clock, tmp_path)
    with ours.slot(math.inf) as slot:
        slot.record_refusal("a.example")
        slot.record_refusal("b.example")
    assert theirs.was_refused("a.example")
    with ours.slot(math.inf) as slot:
        slot.record_answer("a.example")
    assert not theirs.was_refused("a.example")
    assert theirs.was_refused("b.example")
    clock.ticks += MAX_PAUSE_S
    assert not theirs.was_refused("b.example")


def test_forgetting_ends_pauses_and_refusals_once(tmp_path: Path) -> None:
    clock = Clock()
    with make_limiter(clock, tmp_path).slot(math.inf) as slot:
        slot.record_pause(600)
        slot.record_refusal(NAME)
    fresh = make_limiter(clock, tmp_path)
    fresh.forget()
    assert not fresh.was_refused(NAME)
    with fresh.slot(math.inf) as slot:
        slot.record_pause(500)
    assert clock.waits == [pytest.approx(3.03)], "what is asked of us between requests stays"
    with pytest.raises(SourceError):
        pass_through(fresh)


# --- files ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", "3", '{"ended": "x", "paused_until": 0, "refused": {}}',
        '{"ended": NaN, "paused_until": 0, "refused": {}}',
        '{"ended": 1, "paused_until": 0, "refused": []}', "\xff",
    ],
)  # fmt: skip
def test_a_damaged_file_counts_as_an_exchange_that_just_ended(tmp_path: Path, text: str) -> None:
    clock = Clock()
    (tmp_path / f"{NAME}.json").write_text(text, encoding="latin-1")
    pass_through(make_limiter(clock, tmp_path))
    assert clock.waits == [pytest.approx(3.03)]
    json.loads((tmp_path / f"{NAME}.json").read_text())


def test_the_files_are_private(tmp_path: Path) -> None:
    pass_through(make_limiter(Clock(), tmp_path / "a" / "b"))
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "b" / f"{NAME}.lock").stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_used_is_said_once_and_the_gate_still_spaces(
    tmp_path: Path,
) -> None:
    clock = Clock()
    (tmp_path / "file").write_text("in the way")
    troubles: list[str] = []
    ours = make_limiter(clock, tmp_path / "file" / "state", on_trouble=troubles.append)
    assert not ours.was_refused(NAME)
    with ours.slot(math.inf) as slot:
        slot.record_refusal(NAME)
    pass_through(ours)
    assert len(troubles) == 1
    assert "--state-dir" in troubles[0]
    assert clock.waits == [pytest.approx(3.03)]
    assert ours.was_refused(NAME)


SOMEBODY_ELSE = """
import math, os, sys, time
from pathlib import Path
from enrich.http.rate_limit import RateLimiter

def ask(folder, times):
    limiter = RateLimiter("a.example", Path(folder), 0.2, clock=time.monotonic, now=time.time,
                sleep=time.sleep, on_trouble=print)
    for _ in range(times):
        with limiter.slot(math.inf):
            pass

ask(sys.argv[1], 1)  # all that is imported is imported now
if os.geteuid() == 0:
    os.setuid(65534)
start = time.monotonic()
ask(sys.argv[2], 3)
assert time.monotonic() - start >= 0.4
"""


@pytest.mark.parametrize("with_files", [False, True])
def test_a_folder_that_is_not_ours_is_said_once(
    fakes: Fakes, tmp_path: Path, with_files: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to others
        if with_files:
            for name in ("a.example.lock", "a.example.json"):
                Path(folder, name).touch(0o400)
        Path(folder).chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", SOMEBODY_ELSE, str(tmp_path), folder],
            env=fakes.env(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    assert "Permission denied" in done.stdout


# --- threads and processes -----------------------------------------------------------------


def test_threads_take_turns(tmp_path: Path) -> None:
    ours = RateLimiter(NAME, tmp_path, 0.02, clock=time.monotonic, now=time.time, sleep=time.sleep)
    spans: list[tuple[float, float]] = []

    def ask() -> None:
        for _ in range(5):
            with ours.slot(math.inf):
                start = time.monotonic()
                time.sleep(0.005)
                spans.append((start, time.monotonic()))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spans.sort()
    assert len(spans) == 20
    assert all(b[0] - a[1] >= 0.02 for a, b in pairwise(spans))


@pytest.mark.parametrize(("threads", "latency"), [(1, 0.0), (4, 0.15)])
def test_processes_and_their_threads_never_come_too_soon_or_two_at_once(
    fakes: Fakes, tmp_path: Path, threads: int, latency: float
) -> None:
    fakes.arxiv.add(FakePaper(id="2101.00001"))
    fakes.latency(NAME, latency)
    gaps, most = gaps_of_processes(
        fakes, tmp_path, processes=2, requests=8, delay_s=0.1, threads=threads
    )
    assert len(gaps) == 15
    assert min(gaps) >= 0.1
    assert most == 1


HOLDER = """
import math, sys, time
from pathlib import Path
from enrich.http.rate_limit import RateLimiter
limiter = RateLimiter(sys.argv[2], Path(sys.argv[1]), 3, clock=time.monotonic, now=time.time, sleep=time.sleep)
with limiter.slot(math.inf):
    print("in", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(tmp_path: Path, fakes: Fakes) -> Any:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path), NAME],
        env=fakes.env(tmp_path),
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"in\n"
        yield process
        process.kill()


def test_a_holder_that_is_killed_frees_the_gate_and_its_request_counts(
    holder: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    clock = Clock()
    clock.set = time.time()
    ours = make_limiter(clock, tmp_path)
    ours_until = clock.ticks + 0.3
    with pytest.raises(SourceError, match="no time was left"):
        pass_through(ours, ours_until)
    holder.kill()
    holder.wait()
    pass_through(ours)
    assert clock.waits == [pytest.approx(3.03)]
