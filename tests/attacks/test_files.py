"""Files: what a signal, a full disk or a mistaken name does to them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from enrich.cli.output import Output
from tests.attacks.signals import OLD, Target, listen_to_signals, strikes
from tests.command import run
from tests.conftest import ROOT

EXAMPLE = ROOT / "enrich/example/SciML.ics"
PAPERS = ROOT / "enrich/example/papers.jsonl"
FULL = Path("/dev/full")

needs_full = pytest.mark.skipif(not FULL.is_char_device(), reason="there is no /dev/full")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A command's environment with an empty home."""
    home = tmp_path / "home"
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_STATE_HOME": str(home / "state"),
    }


def offline(*args: str | Path) -> list[str]:
    return [str(EXAMPLE), "--papers", str(PAPERS), "--offline", *map(str, args)]


# --- signals ---------------------------------------------------------------------------------


def test_a_signal_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    problems = [problem for _, problem in strikes(Target(tmp_path), 20, seed=14)]
    assert [problem for problem in problems if problem] == []


@pytest.mark.parametrize(
    ("name", "status"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)], ids=str
)
def test_a_run_that_is_writing_is_ended_by_its_signal(
    env: dict[str, str], tmp_path: Path, name: str, status: int
) -> None:
    target = tmp_path / "out" / "talks.ndjson"
    target.parent.mkdir()
    target.write_bytes(OLD)
    with subprocess.Popen(
        [sys.executable, "-c", _SLOW_WRITER, str(target), name], env=env, cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=listen_to_signals,
    ) as process:  # fmt: skip
        _, told = process.communicate(timeout=60)
    assert process.returncode in {-getattr(signal, name), status}, told
    assert (target.read_bytes(), names_in(target.parent)) == (OLD, ["talks.ndjson"])
    assert told == ("enrich: interrupted\n" if name == "SIGINT" else "")


_SLOW_WRITER = """
import signal, sys
from enrich.cli.main import main
from enrich.writers import ndjson
target, name = sys.argv[1:]

def write(self, document):
    yield "a piece"
    signal.raise_signal(getattr(signal, name))
    yield "never"

ndjson.WRITER.__class__.write = write
sys.argv = ["enrich", "enrich/example/SciML.ics", "--offline", "-q", "-o", target]
sys.exit(main())
"""


def test_an_ignored_signal_stays_ignored(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Output(str(tmp_path / "a")) as output:
            signal.raise_signal(signal.SIGHUP)
            output.write("whole")
        assert (tmp_path / "a").read_text() == "whole"
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_several_outputs_are_removed_by_one_signal_and_the_handlers_come_back(
    tmp_path: Path,
) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def interrupt() -> None:
        with Output(str(tmp_path / "a")) as one, Output(str(tmp_path / "b")) as two:
            one.write("a")
            two.write("b")
            assert len(names_in(tmp_path)) == 2
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert names_in(tmp_path) == []
    assert {number: signal.getsignal(number) for number in before} == before


# --- an output that is an input ----------------------------------------------------------------


@pytest.mark.parametrize("how", ["same name", "link", "hard link", "from the environment"])
def test_papers_are_never_replaced_by_the_output(
    env: dict[str, str], tmp_path: Path, how: str
) -> None:
    papers = tmp_path / "papers.jsonl"
    shutil.copy(PAPERS, papers)
    target = papers if how == "same name" else tmp_path / "out.json"
    if how == "link":
        target.symlink_to(papers)
    elif how in {"hard link", "from the environment"}:
        target.hardlink_to(papers)
    more = ["--papers", str(papers)]
    if how == "from the environment":
        env["ENRICH_PAPERS"], more = str(papers), []
    ran = run(str(EXAMPLE), *more, "--offline", "-o", str(target), env=env)
    assert (ran.status, ran.out) == (2, "")
    assert "would replace it" in ran.err
    assert papers.read_bytes() == PAPERS.read_bytes()


def test_lookup_never_replaces_what_it_reads(env: dict[str, str], tmp_path: Path) -> None:
    papers, ids = tmp_path / "papers.jsonl", tmp_path / "ids.csv"
    shutil.copy(PAPERS, papers)
    ids.write_text("2103.01338\n")
    command = [sys.executable, "-m", "enrich", "lookup", "--papers", str(papers), "--offline"]
    for args in (("2103.01338", "-o", f"ndjson:{papers}"), ("-", "-o", str(ids))):
        with ids.open("rb") as stdin:
            done = subprocess.run(
                [*command, *args], stdin=stdin, env=env, check=False, capture_output=True, text=True
            )
        assert (done.returncode, done.stdout) == (2, "")
        assert "would replace it" in done.stderr
    assert papers.read_bytes() == PAPERS.read_bytes()
    assert ids.read_text() == "2103.01338\n"


@pytest.mark.parametrize("as_input", [True, False])
def test_a_collection_is_never_replaced_by_the_output(
    env: dict[str, str], tmp_path: Path, as_input: bool
) -> None:
    collection = tmp_path / "c.json"
    assert run("papers", "import", str(PAPERS), "-o", str(collection), env=env).status == 0
    before = collection.read_bytes()
    papers = collection if as_input else PAPERS
    for args in (
        [str(EXAMPLE), "--papers", str(papers), "--offline"],
        *([["papers", "export", str(papers)]] if as_input else []),
        ["demo"],
    ):
        ran = run(*args, "-o", str(collection), env=env)
        assert (ran.status, ran.out) == (2, "")
        assert "would replace it" in ran.err
    assert collection.read_bytes() == before


@pytest.mark.parametrize(
    "name", ["papers.sqlite", "papers.sqlite-wal", "answers.sqlite", "feeds.sqlite"]
)
@pytest.mark.parametrize("exists", [True, False])
def test_no_file_of_the_store_is_replaced_by_the_output(
    env: dict[str, str], tmp_path: Path, name: str, exists: bool
) -> None:
    for folder, more in (
        (tmp_path / "cache", ("--cache-dir", str(tmp_path / "cache"))),
        (Path(env["XDG_CACHE_HOME"]) / "enrich", ()),
    ):
        folder.mkdir(parents=True)
        if exists:
            (folder / name).write_bytes(b"")
        ran = run(*offline(*more, "-f", "json", "-o", folder / name), env=env)
        assert (ran.status, ran.out) == (2, "")
        assert "would replace it" in ran.err
        assert (folder / name).exists() == exists


def test_the_file_of_standard_input_is_never_replaced(env: dict[str, str], tmp_path: Path) -> None:
    feed = tmp_path / "feed.ics"
    shutil.copy(EXAMPLE, feed)
    with feed.open("rb") as stdin:
        done = subprocess.run(
            [sys.executable, "-m", "enrich", "-", "--offline", "-o", str(feed)],
            stdin=stdin, env=env, check=False, capture_output=True, text=True,
        )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "standard input" in done.stderr
    assert feed.read_bytes() == EXAMPLE.read_bytes()


# --- names ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a" * 250 + ".json", "é" * 125 + ".json"], ids=["a", "é"])
def test_a_name_may_be_as_long_as_the_file_system_allows(
    env: dict[str, str], tmp_path: Path, name: str
) -> None:
    assert len(name.encode()) == 255
    target = tmp_path / "out" / name
    target.parent.mkdir()
    for _ in range(2):
        ran = run(*offline("-o", target), env=env)
        assert (ran.status, ran.out) == (0, ""), ran.err
        assert json.loads(target.read_text())["summary"]["resolved"] == 3
    assert len(names_in(target.parent)) == 1


def test_a_collections_name_may_be_as_long(env: dict[str, str], tmp_path: Path) -> None:
    target = tmp_path / "out" / ("é" * 124 + ".sqlite")
    target.parent.mkdir()
    for _ in range(2):
        ran = run("papers", "import", str(PAPERS), "-o", str(target), env=env)
        assert ran.status == 0, ran.err
    assert len(names_in(target.parent)) == 1


# --- full disks ------------------------------------------------------------------------------


@needs_full
@pytest.mark.parametrize(
    "args",
    [["demo", "-q"], ["-h"], ["--version"], ["lookup", "--offline", "2103.01338"], ["schema"], ["demo", "-f", "md", "-q"],
     [str(EXAMPLE), "--offline", "-q"], ["demo", "-q", "-f", "ndjson"], ["extract", str(EXAMPLE)],
     ["papers", "export", "COLLECTION"], ["demo", "-q", "-o", "/dev/full"]],
    ids=" ".join,
)  # fmt: skip
def test_a_full_standard_output_is_status_1_and_one_line(
    env: dict[str, str], tmp_path: Path, args: list[str]
) -> None:
    if "COLLECTION" in args:
        args = [*args[:-1], str(tmp_path / "c.sqlite")]
        assert run("papers", "import", str(PAPERS), "-o", args[-1], env=env).status == 0
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "enrich", *args],
            env=env, stdout=full, stderr=subprocess.PIPE, check=False, text=True,
        )  # fmt: skip
    lines = [line for line in done.stderr.splitlines() if "written" in line]
    assert (done.returncode, len(lines)) == (1, 1), done.stderr
    assert "Exception" not in done.stderr


@needs_full
@pytest.mark.parametrize(
    ("args", "status"),
    [(["demo"], 0), (["demo", "-v"], 0), (["no-such.ics"], 1), (["--nonsense"], 2), (["lookup", "2103.01338", "--offline"], 3),
     (["papers", "info", str(EXAMPLE)], 2)],
    ids=str,
)  # fmt: skip
def test_a_full_standard_error_costs_nothing(
    env: dict[str, str], args: list[str], status: int
) -> None:
    def outcome(stderr: int) -> tuple[int, bytes]:
        done = subprocess.run(
            [sys.executable, "-m", "enrich", *args],
            env=env, stdout=subprocess.PIPE, stderr=stderr, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    with FULL.open("wb") as full:
        found = outcome(full.fileno())
    assert found == outcome(subprocess.DEVNULL)
    assert found[0] == status


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(
    env: dict[str, str], tmp_path: Path
) -> None:
    resource = pytest.importorskip("resource", reason="there are no limits of this kind here")
    target = tmp_path / "out" / "talks.json"
    target.parent.mkdir()
    target.write_bytes(OLD)
    done = subprocess.run(
        [sys.executable, "-m", "enrich", *offline("-q", "-o", target, "--cache-dir", tmp_path)],
        env={**env, "PYTHONDONTWRITEBYTECODE": "1"}, check=False, capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "cannot be written" in done.stderr
    assert (target.read_bytes(), names_in(target.parent)) == (OLD, ["talks.json"])
