"""The HTTP cache: what is kept, for whom, and what happens when its file fails."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from enrich.errors import Overloaded
from enrich.http import cache as httpcache
from enrich.http.session import PoliteSession
from enrich.sources.installed import source
from tests.fakes import FakeNote, FakePaper, Fakes
from tests.http.sessions import Run

API2 = "api2.openreview.net"
URL = f"https://{API2}/notes?id=aaaaaaaaa1"


@pytest.fixture(autouse=True)
def _services(fakes: Fakes, run: Run) -> None:
    run.services = (source("openreview"), source("arxiv"))
    fakes.openreview.add(FakeNote(id="aaaaaaaaa1", api=2), FakeNote(id="aaaaaaaaa2", api=2))
    fakes.arxiv.add(FakePaper(id="2101.00001"))


@pytest.fixture
def file(run: Run) -> Path:
    return run.folder / "cache" / httpcache.FILE


def title(session: PoliteSession, url: str = URL) -> str:
    answer = session.get(url)
    assert answer.status_code == 200
    return str(answer.json()["notes"][0]["id"])


def test_anonymous_notes_are_kept_for_a_while_and_batches_and_failures_never(
    fakes: Fakes, run: Run, file: Path
) -> None:
    arxiv = "https://export.arxiv.org/api/query?id_list=2101.00001"
    missing = f"https://{API2}/notes?id=zzzzzzzzzz"
    for _ in range(2):
        with run.open() as session:
            title(session)
            session.get(arxiv)
            assert session.get(missing).status_code == 404
    asked = [request.target for request in fakes.requests()]
    assert len(asked) == len([URL]) + 2 * len([arxiv, missing])
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT value, expires FROM responses").fetchall()
    assert len(rows) == 1
    assert json.loads(rows[0][0])["status_code"] == 200
    assert 0 < rows[0][1] - time.time() <= 86_400


def test_an_expired_answer_never_covers_a_failure(fakes: Fakes, run: Run, file: Path) -> None:
    with run.open() as session:
        title(session)
        session.cache.reset_expiration(1)
        time.sleep(1.1)
        fakes.fault(API2, "503")
        with pytest.raises(Overloaded):
            session.get(URL)
        fakes.heal()
        assert not session.get(URL).from_cache
    assert len(fakes.requests()) == 1 + 4 + 1


def test_refresh_asks_again_and_a_failed_one_fails(fakes: Fakes, run: Run) -> None:
    title(run.open())
    fakes.fault(API2, "503", times=4)
    fresh = run.open(refresh=True)
    with pytest.raises(Overloaded):
        fresh.get(URL)
    assert run.open().get(URL).from_cache, "what was good is still there"
    title(fresh)
    assert len(fakes.requests()) == 1 + 4 + 1


# --- disasters -----------------------------------------------------------------------------


def spoil_header(file: Path) -> None:
    file.write_bytes(b"garbage!" * 512 + file.read_bytes()[4096:])


def spoil_half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2 + 100])


def spoil_inside(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    file.write_bytes(data)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def spoil_rows(value: object) -> object:
    def spoil(file: Path) -> None:
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE responses SET value = ?", (value,))

    return spoil


@pytest.fixture
def kept(run: Run, file: Path) -> Path:
    with run.open() as session:
        title(session)
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        assert name == file.name or not file.with_name(name).exists(), "all is in one file"
    return file


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoil_header, True), (spoil_half, True), (spoil_inside, True), (empty, False),
        (spoil_rows("{"), False), (spoil_rows("[1]"), False), (spoil_rows(""), False),
        (spoil_rows('{"status_code": "x"}'), False), (spoil_rows(None), False),
    ],
)  # fmt: skip
def test_a_damaged_file_costs_a_request_and_at_most_one_word(
    fakes: Fakes, run: Run, kept: Path, spoil: object, said: bool
) -> None:
    assert callable(spoil)
    spoil(kept)
    session = run.open()
    for _ in range(2):
        assert title(session) == "aaaaaaaaa1"
        assert title(session, URL.replace("a1", "a2")) == "aaaaaaaaa2"
    assert len(run.troubles) == said, run.troubles
    session.close()
    again = run.open()
    title(again)
    assert len(run.troubles) <= 2


def test_a_folder_that_cannot_be_made_is_said_once(fakes: Fakes, run: Run, file: Path) -> None:
    file.parent.write_text("in the way")
    session = run.open()
    assert [title(session) for _ in range(3)] == ["aaaaaaaaa1"] * 3
    assert len(run.troubles) == 1
    assert len(fakes.requests()) == 1, "kept in memory"


@pytest.mark.parametrize("when", ["open", "write"])
def test_a_writer_that_never_ends_is_not_waited_for(
    fakes: Fakes, run: Run, kept: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    monkeypatch.setattr(httpcache, "_LOCK_TIMEOUT_S", 0.2)
    start = time.monotonic()
    with closing(sqlite3.connect(kept, isolation_level=None)) as other:
        session = run.open() if when == "write" else None
        other.execute("BEGIN IMMEDIATE")
        session = session or run.open()
        for _ in range(3):
            assert title(session, URL.replace("a1", "a2")) == "aaaaaaaaa2"
    assert time.monotonic() - start < 10  # three that each wait would be 15
    assert len(run.troubles) == 1
    assert "locked" in run.troubles[0]


LIMITED = """
import resource, sys
from pathlib import Path
from enrich.http.session import open_session
from enrich.sources.installed import source
folder = Path(sys.argv[1])
if sys.argv[2] == "open":
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
session = open_session([source("openreview")], cache_dir=folder, state_dir=folder / "state",
                       on_trouble=print)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
for _ in range(2):
    assert session.get("https://api2.openreview.net/notes?id=aaaaaaaaa2").status_code == 200
"""


@pytest.mark.parametrize("when", ["open", "write"])
def test_a_full_disk_is_said_once(fakes: Fakes, run: Run, kept: Path, when: str) -> None:
    fakes.forget()
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(kept.parent), when],
        env=fakes.env(run.folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sum("this run caches no responses" in line for line in done.stdout.splitlines()) == 1
    assert 1 <= len(fakes.requests()) <= 2
    assert run.open().get(URL).from_cache, "what was kept is still good"


OPENING = """
import sys, time
from pathlib import Path
from enrich.http.cache import open_cache
time.sleep(max(0, float(sys.argv[2]) - time.time()))
open_cache(Path(sys.argv[1]), print)
"""


def test_many_processes_may_make_the_file_at_once(fakes: Fakes, tmp_path: Path) -> None:
    for round_ in range(3):
        folder = tmp_path / f"{round_}"
        command = [sys.executable, "-c", OPENING, str(folder), str(time.time() + 1.5)]
        running = [
            subprocess.Popen(
                command,
                env=fakes.env(tmp_path),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for _ in range(4)
        ]
        assert [process.communicate()[0] for process in running] == [""] * 4
        shutil.rmtree(folder)
