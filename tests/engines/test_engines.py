"""Daft, native and on a local Ray: the bytes of one machine, whatever is killed or corrupt.

The engines live in an environment of their own, `.venv-engines` (or that of ENRICH_ENGINES_PYTHON):

    python3 -m venv .venv-engines && .venv-engines/bin/pip install -e '.[daft]' ray

Without it these tests are skipped; `.github/workflows/scale.yml` runs them each week.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.engines.world import World, make_world
from tests.fakes import Fakes

PYTHON = Path(os.environ.get("ENRICH_ENGINES_PYTHON", ROOT / ".venv-engines/bin/python"))


@cache
def lacks(*modules: str) -> bool:
    """Return whether the engines' environment lacks a module."""
    code = f"import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, {modules})))"
    return not PYTHON.exists() or bool(subprocess.run([PYTHON, "-c", code], check=False).returncode)


@pytest.fixture
def world(fakes: Fakes, tmp_path: Path) -> Iterator[World]:
    if lacks("daft", "pyarrow"):
        pytest.skip("Daft has no environment here (see tests/engines/test_engines.py)")
    made = make_world(tmp_path / "world", fakes)
    yield made
    for pid in _find_processes(made.folder):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture(params=["native", "ray"])
def runner(request: pytest.FixtureRequest, world: World) -> str:
    if request.param == "ray":
        if lacks("ray"):
            pytest.skip("Ray has no environment here (see tests/engines/test_engines.py)")
        world.env.update(DAFT_RUNNER="ray", RAY_AUTH_MODE="disabled")
    return str(request.param)


def look_up(world: World) -> None:
    ids = (world.folder / "ids.txt").read_bytes()
    world.run(str(PYTHON), "-m", "enrich", "lookup", "-", "-o", "found.sqlite", stdin=ids)


def output(world: World) -> str:
    return (world.folder / "out.ndjson").read_text(encoding="utf-8")


@pytest.mark.usefixtures("runner")
def test_the_bytes_are_those_of_one_machine(world: World) -> None:
    world.run_guide(1, PYTHON)
    asked = world.asked()
    world.fakes.forget()
    assert output(world) == world.one_machine()
    assert sorted(asked) == sorted(world.asked())


@pytest.mark.usefixtures("runner")
def test_a_corrupt_partition_is_reported_and_the_rest_goes_on(world: World) -> None:
    whole = world.one_machine()
    world.fakes.forget()
    (world.folder / "feeds/seminar99.ics").write_bytes(b"\x1f\x8b rubbish")
    assert "seminar99: is damaged gzip" in world.run_guide(1, PYTHON)
    assert output(world) == whole


@pytest.mark.parametrize("victim", ["worker", "driver"])
@pytest.mark.usefixtures("runner")
def test_what_was_killed_is_run_again(world: World, victim: str) -> None:
    """The engine may mend a killed worker by itself; otherwise the same command is run again."""
    for script in ("daft_map.py", "daft_join.py"):
        if _run_and_kill(world, script, victim):
            world.run(str(PYTHON), script)
        if script == "daft_map.py":
            look_up(world)
    assert output(world) == world.one_machine()


def test_columns_are_typed(world: World) -> None:
    code = """
import daft, json, sys
from daft import col
from enrich.engines.daft import Joiner, Mapper
mapper, joiner = daft.cls(Mapper)("base.sqlite"), daft.cls(Joiner)()
talk = {"id": "1", "abstract": "é arXiv:2103.01338v2", "title": "\\ud800"}
df = daft.from_pydict({"talk": [json.dumps(talk), "rubbish", "[]", None], "text": ["hep-th/9901001", None, "", "x"]})
df = df.select(mapper.map_talks(col("talk")).unnest(), mapper.find_references(col("text")).alias("found"))
df = df.with_column("joined", joiner.join_talks(col("row"))).with_column("line", joiner.join_lines(col("row")))
print(json.dumps(df.to_pylist(), default=str))
print(df.schema()["joined"].dtype)
"""
    first, schema = world.run(str(PYTHON), "-c", code).strip().split("\n", 1)
    good, *bad = json.loads(first)
    (reference,) = good["references"]
    assert (reference["paper"], reference["start"], reference["end"]) == ("arxiv:2103.01338", 2, 20)
    assert [row["row"] for row in bad] == [None] * 3
    assert all(row["error"].startswith("not a talk: ") for row in bad)
    assert good["joined"]["papers"][0]["title"] == "Equal Titles of One and the Same Work"
    assert json.loads(good["line"]["line"])["papers"][0]["via"] == "collection"
    assert [len(row["found"]) for row in (good, *bad)] == [1, 0, 0, 0]
    assert "start" in schema


def _run_and_kill(world: World, script: str, victim: str) -> bool:
    """Run a script, and kill a part of it in the middle; return whether it failed of that."""
    slow = world.folder / "sitecustomize.py"  # in each process of the engine
    slow.write_text(
        "import os, pathlib, time\n"
        "try:\n"
        "    import enrich.engines.steps as steps\n"
        "except ImportError:\n"
        "    steps = None\n"
        "def slow(work):\n"
        "    def later(*args):\n"
        "        pathlib.Path(os.environ['WORKERS'], str(os.getpid())).touch()\n"
        "        time.sleep(0.02)\n"
        "        return work(*args)\n"
        "    return later\n"
        "if steps:\n"
        "    steps._map_talk, steps._join_line = slow(steps._map_talk), slow(steps._join_line)\n"
    )
    workers = world.folder / f"workers-{script}"
    workers.mkdir()
    paths = f"{world.folder}{os.pathsep}{world.env['PYTHONPATH']}"
    env = {**world.env, "PYTHONPATH": paths, "WORKERS": str(workers)}
    with subprocess.Popen(
        [PYTHON, script], cwd=world.folder, env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        for _ in range(6000):
            if any(workers.iterdir()) or process.poll() is not None:
                break
            time.sleep(0.01)
        time.sleep(0.2)
        pids = [int(path.name) for path in workers.iterdir()]
        assert pids, "no worker began"
        assert process.poll() is None, "it ended before it could be killed"
        os.kill(process.pid if victim == "driver" else pids[0], signal.SIGKILL)
        process.wait(timeout=120)
    slow.unlink()
    for pid in _find_processes(world.folder):  # a killed driver leaves its workers behind
        os.kill(pid, signal.SIGKILL)
    return process.returncode != 0


def _find_processes(folder: Path) -> list[int]:
    """Return the processes that were started for a world: they have its folder as their home."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"HOME={folder}/home\0".encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found
