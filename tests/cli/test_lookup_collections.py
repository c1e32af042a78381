"""`enrich lookup - -o found.sqlite`: a collection of answers, gone on with after kills."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from enrich.collection.answers import open_answers
from enrich.collection.growing import GrowingAnswers
from enrich.paper import Paper, PaperId, Unresolved
from tests.command import run
from tests.fakes import FakeNote, FakePaper, Fakes, FakeVersion

ARXIV, OPENREVIEW = "export.arxiv.org", "api2.openreview.net"
KEYS = [f"2101.{n:05}" for n in range(1, 251)]
VERSIONS = [
    FakeVersion(date="2021-01-01T00:00:00Z"),
    FakeVersion(date="2021-02-01T00:00:00Z"),
    FakeVersion(date="2021-03-01T00:00:00Z"),
]


@pytest.fixture
def env(fakes: Fakes, tmp_path: Path) -> dict[str, str]:
    fakes.arxiv.add(*(FakePaper(id=key, title=f"Paper {key}") for key in KEYS))
    fakes.arxiv.add(FakePaper(id="2102.00001", title="Three versions", versions=VERSIONS))
    fakes.openreview.add(FakeNote(id="note00000_1", api=2, title="A note"))
    return fakes.env(tmp_path / "home")


def answers(path: Path, *ids: str) -> dict[str, Paper | Unresolved]:
    with open_answers(path) as collection:
        return {str(id_): found for id_, found in collection.get_answers(map(PaperId, ids)).items()}


def asked(fakes: Fakes) -> list[str]:
    """The ids that services were asked for, in order, each time."""
    arxiv = [id_ for r in fakes.requests(ARXIV) for id_ in r.query["id_list"].split(",")]
    return [*arxiv, *(r.query["id"] for r in fakes.requests(OPENREVIEW) if "id" in r.query)]


def test_answers_are_those_of_the_services(
    env: dict[str, str], tmp_path: Path, fakes: Fakes
) -> None:
    ids = ["2101.00001", "2102.00001v2", "2103.99999", "openreview:note00000_1", "2101.00001"]
    out = tmp_path / "found.sqlite"
    ran = run("lookup", "-", "-o", str(out), env=env, stdin="\n".join(ids).encode())
    assert ran.status == 0, ran.err
    assert ran.out == ""
    assert f"4 papers: 3 found, 1 unknown to their service -> {out}" in ran.err
    found = answers(
        out, "arxiv:2101.00001", "arxiv:2102.00001", "arxiv:2103.99999", "openreview:note00000_1"
    )
    one, three, none, note = found.values()
    assert isinstance(one, Paper)
    assert (one.title, one.via) == ("Paper 2101.00001", None)
    assert isinstance(three, Paper)
    assert [row.version for row in three.versions] == ["v1", "v2", "v3"]
    assert isinstance(none, Unresolved)
    assert none.code == "not_found"
    assert isinstance(note, Paper)
    assert not (tmp_path / "found.sqlite.part").exists()
    used = run("lookup", "2101.00001", "--papers", str(out), "--offline", env=env)
    assert json.loads(used.out)[0]["via"] == "collection"
    fakes.forget()


def test_a_finished_one_is_continued(env: dict[str, str], tmp_path: Path, fakes: Fakes) -> None:
    out, other = tmp_path / "found.sqlite", tmp_path / "other"
    assert run("lookup", "2101.00001", "2103.99999", "-o", str(out), env=env).status == 0
    fakes.forget()
    more = ("2101.00001", "2103.99999", "2101.00002")
    fresh = {**env, "HOME": str(tmp_path / "another home")}  # without the store
    ran = run("lookup", *more, "-o", str(out), env=fresh)
    assert ran.status == 0
    assert "2 of them known before; 3 papers: 2 found" in ran.err
    assert asked(fakes) == ["2101.00002"]
    whole = run("lookup", *reversed(more), "-f", "collection", "-o", str(other), env=env)
    assert whole.status == 0
    assert other.read_bytes() == out.read_bytes(), "the order and the number of runs do not count"
    fakes.forget()
    assert run("lookup", *more, "-o", str(out), env=fresh).status == 0
    assert run("lookup", "2102.00001", "-o", str(out), env=fresh).status == 0
    assert run("lookup", "2102.00001v2", "-o", str(out), env=fresh).status == 0
    (three,) = answers(out, "arxiv:2102.00001").values()
    assert isinstance(three, Paper)
    assert [row.version for row in three.versions] == ["v1", "v2", "v3"]


def test_what_failed_is_asked_again(env: dict[str, str], tmp_path: Path, fakes: Fakes) -> None:
    out = tmp_path / "found.sqlite"
    fakes.fault(ARXIV, "503")
    ran = run("lookup", "2101.00001", "--no-fallback", "-o", str(out), env=env)
    assert ran.status == 3
    (failed,) = answers(out, "arxiv:2101.00001").values()
    assert isinstance(failed, Unresolved)
    assert (failed.status, failed.url) == ("failed", "https://arxiv.org/abs/2101.00001")
    fakes.heal()
    assert run("lookup", "2101.00001", "--refresh", "-o", str(out), env=env).status == 0
    (found,) = answers(out, "arxiv:2101.00001").values()
    assert isinstance(found, Paper)


def test_other_formats_are_written_beside_it(env: dict[str, str], tmp_path: Path) -> None:
    outputs = ("-o", "found.sqlite", "-o", "found.json", "-o", "found.bib")
    assert run("lookup", "2101.00001", *outputs, env=env, cwd=tmp_path).status == 0
    alone = run("lookup", "2101.00001", env=env).out
    assert (tmp_path / "found.json").read_text() == alone
    assert "Paper 2101.00001" in (tmp_path / "found.bib").read_text()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("-f", "collection"), "a collection is a file"),
        (("-f", "collection", "-o", "-"), "a collection is a file"),
        (("-o", "collection:-"), "a collection is a file"),
        (("-o", "collection:/dev/null"), "a collection is a file"),
        (("-o", "a.sqlite", "-o", "b.sqlite"), "one collection"),
        (("-o", "notes.sqlite"), "not a collection"),
        (("-o", "bulk.sqlite"), "not made by lookups"),
        (("-o", "bulk.sqlite", "--papers", "bulk.sqlite"), "an input of this run"),
    ],
)
def test_what_cannot_be_is_refused(
    env: dict[str, str], tmp_path: Path, options: tuple[str, ...], reason: str
) -> None:
    (tmp_path / "notes.sqlite").write_text("my notes")
    line = {"id": "arxiv:2103.01338", "title": "T", "status": "resolved"}
    (tmp_path / "papers.jsonl").write_text(json.dumps(line) + "\n")
    made = run("papers", "import", "papers.jsonl", "-o", "bulk.sqlite", env=env, cwd=tmp_path)
    assert made.status == 0
    before = (tmp_path / "bulk.sqlite").read_bytes()
    ran = run("lookup", "2101.00001", *options, env=env, cwd=tmp_path)
    assert ran.status == 2
    assert reason in ran.err
    assert (tmp_path / "notes.sqlite").read_text() == "my notes"
    assert (tmp_path / "bulk.sqlite").read_bytes() == before


def test_no_other_command_writes_one(env: dict[str, str], tmp_path: Path) -> None:
    feed = tmp_path / "a.ics"
    feed.write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    for options in (("-o", "x.sqlite"), ("-f", "collection")):
        assert run(str(feed), "--offline", *options, env=env, cwd=tmp_path).status == 2


def test_killed_twice_asks_no_id_twice(env: dict[str, str], tmp_path: Path, fakes: Fakes) -> None:
    """A kill in the pause after an answer loses nothing; the bytes are those of one run."""
    out, stdin = tmp_path / "found.sqlite", "\n".join(KEYS).encode()
    command = [sys.executable, "-m", "enrich", "lookup", "-", "-o", str(out)]
    for kills in (1, 2):
        with subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdin
            process.stdin.write(stdin)
            process.stdin.close()
            fakes.wait_for(ARXIV, kills)
            fakes.wait_until_idle(ARXIV)
            _wait_until_stored(tmp_path, kills * 100)
            process.kill()
        assert process.returncode == -signal.SIGKILL
        assert not out.exists()
    assert run("lookup", "-", "-o", str(out), env=env, stdin=stdin).status == 0
    assert sorted(asked(fakes)) == KEYS
    assert len(fakes.requests(ARXIV)) == 3
    assert len(answers(out, *(f"arxiv:{key}" for key in KEYS))) == len(KEYS)
    whole = tmp_path / "whole.sqlite"
    alone = {**env, "HOME": str(tmp_path / "another home")}
    assert run("lookup", "-", "-o", str(whole), env=alone, stdin=stdin).status == 0
    assert whole.read_bytes() == out.read_bytes()


def test_a_damaged_growing_file_is_begun_again(env: dict[str, str], tmp_path: Path) -> None:
    out, part = tmp_path / "found.sqlite", tmp_path / "found.sqlite.part"
    for left in (b"", b"rubbish" * 1000, b"SQLite format 3\0" + b"\1" * 9000):
        part.write_bytes(left)
        assert run("lookup", "2101.00001", "-o", str(out), env=env).status == 0
        assert not part.exists()
        assert len(answers(out, "arxiv:2101.00001")) == 1
        out.unlink()


def test_two_runs_do_not_write_one_file(env: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "found.sqlite"
    with GrowingAnswers(out):
        ran = run("lookup", "2101.00001", "-o", str(out), env=env)
    assert ran.status == 2
    assert "does another run write it?" in ran.err
    assert run("lookup", "2101.00001", "-o", str(out), env=env).status == 0


def _wait_until_stored(folder: Path, papers: int) -> None:
    """Wait until the store has so many papers: a request's answer is one transaction."""
    for _ in range(600):
        time.sleep(0.02)
        for path in folder.rglob("papers*.sqlite"):
            with closing(sqlite3.connect(path)) as connection:
                try:
                    (held,) = connection.execute("SELECT count(*) FROM papers").fetchone()
                except sqlite3.Error:
                    continue
                if held >= papers:
                    return
    raise AssertionError("the answers were not stored")
