"""The guide's recipe for a pool of processes: the bytes of one machine, whatever is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engines.world import World, make_world
from tests.fakes import Fakes


@pytest.fixture
def world(fakes: Fakes, tmp_path: Path) -> World:
    return make_world(tmp_path / "world", fakes)


def test_the_bytes_are_those_of_one_machine(world: World) -> None:
    printed = world.run_guide(0, Path(sys.executable))
    asked = world.asked()
    world.fakes.forget()
    assert printed == world.joined() == world.one_machine()
    assert sorted(asked) == sorted(world.asked())
    assert '"via":"collection"' in world.joined()
    assert '"code":"not_found"' in world.joined()
    assert '"matched_by":"title"' in world.joined()


def test_failures_and_old_records_are_those_of_one_machine(world: World) -> None:
    world.fakes.fault("api2.openreview.net", "404")
    world.fakes.fault("export.arxiv.org", "404")
    world.python("pool.py", "map")
    ids = b"".join(path.read_bytes() for path in sorted((world.folder / "ids").iterdir()))
    command = (sys.executable, "-m", "enrich", "lookup", "-", "-o", "found.sqlite")
    world.run(*command, stdin=ids, status=3)
    world.python("pool.py", "join")
    assert world.joined() == world.one_machine(status=3)


def test_a_killed_worker_and_a_killed_driver(world: World) -> None:
    for kill_driver in (False, True):
        _run_and_kill(world, "map", kill_driver=kill_driver)
    world.python("pool.py", "map")
    world.look_up()
    for kill_driver in (False, True):
        _run_and_kill(world, "join", kill_driver=kill_driver)
    world.python("pool.py", "join")
    assert world.joined() == world.one_machine()


def test_a_corrupt_partition_is_reported_and_the_rest_goes_on(world: World) -> None:
    whole = world.one_machine()
    (world.folder / "feeds/seminar99.ics").write_bytes(b"\x1f\x8b rubbish")
    world.python("pool.py", "map")
    rows = world.folder / "rows/seminar00.ndjson"
    rows.write_bytes(b"\xf0\x9f rubbish\n".replace(b"\xf0\x9f", b"?") + rows.read_bytes())
    world.look_up()
    told = world.python("pool.py", "join")
    assert "row 1: not JSON" in told
    assert world.joined() == whole


SLOW = """
import os, runpy, sys, time
import enrich.engines.steps as steps
plain = steps._map_talk, steps._join_line
def slow(*args, work):
    time.sleep(0.01)
    return work(*args)
steps._map_talk = lambda *args: slow(*args, work=plain[0])
steps._join_line = lambda *args: slow(*args, work=plain[1])
runpy.run_path("pool.py", run_name="__main__")
"""


def _run_and_kill(world: World, step: str, *, kill_driver: bool) -> None:
    """Run a step, and kill a worker or the driver when a part of the work is done."""
    script = world.folder / "slow.py"
    script.write_text(SLOW)
    done = world.folder / ("rows" if step == "map" else "out")
    before = len(list(done.glob("*.ndjson")))
    with subprocess.Popen(
        [sys.executable, str(script), step], cwd=world.folder, env=world.env,
        stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
    ) as process:  # fmt: skip
        for _ in range(3000):
            if len(list(done.glob("*.ndjson"))) > before or process.poll() is not None:
                break
            time.sleep(0.01)
        workers = _children(process.pid)
        if kill_driver:
            os.killpg(process.pid, signal.SIGKILL)
        elif workers:
            os.kill(workers[0], signal.SIGKILL)
        process.wait(timeout=60)
    assert process.returncode != 0, "it was killed in the middle"


def _children(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(line) for line in listed.stdout.split()]
