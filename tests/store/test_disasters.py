"""The store's disasters, done for real: the run goes on, says so once, and serves nothing wrong."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from enrich.paper import Paper, PaperId
from enrich.store.freshness import Record
from enrich.store.sqlite import guard
from enrich.store.store import open_store

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals, users and limits of POSIX")

NOW = 1.7e9
NOBODY = 65534
PRELUDE = """
import json, os, resource, signal, sys
from pathlib import Path
import sqlite3, enrich.sources.arxiv, enrich.sources.openreview
from enrich.store.store import open_store
from tests.store.test_disasters import NOW, NOBODY, keys, records, unprivileged
folder, troubles = Path(sys.argv[1]), []
def opened():
    return open_store(folder, now=NOW, on_trouble=troubles.append)
def report(found, **more):
    titles = sorted(r.paper.title for r in found.values())
    print(json.dumps({"titles": titles, "troubles": troubles, **more}), flush=True)
"""


def records(first: int, last: int, *, note: str = "") -> list[Record]:
    made = []
    for n in range(first, last):
        id_ = PaperId(f"arxiv:2103.{n:05}")
        title = f"Paper {n:05} {note}".strip()
        paper = Paper(
            id=id_, title=title, abstract="Long. " * 30, url=f"https://arxiv.org/abs/{id_.key}"
        )
        made.append(Record(id=id_, paper=paper, revision=1, fetched_at=NOW, expires_at=None))
    return made


def keys(some: list[Record]) -> list[tuple[PaperId, str | None]]:
    return [(one.id, one.version) for one in some]


def titles(first: int, last: int) -> list[str]:
    return [one.paper.title for one in records(first, last) if one.paper]


def unprivileged() -> None:
    if os.getuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def start(code: str, folder: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PRELUDE + code, str(folder), *more]
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root
    )


def run(code: str, folder: Path, *more: str) -> dict[str, object]:
    with start(code, folder, *more) as process:
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return dict(json.loads(out))


def fill(folder: Path, last: int) -> None:
    with open_store(folder, now=NOW, on_trouble=pytest.fail) as store:
        store.put_many(records(0, last))


Found = dict[tuple[PaperId, str | None], Record]


def served(folder: Path, last: int, troubles: list[str] | None = None) -> Found:
    said: list[str] = [] if troubles is None else troubles
    with open_store(folder, now=NOW, on_trouble=said.append) as store:
        found = store.get_many(keys(records(0, last)), abstracts=True)
    assert troubles is not None or said == []
    return found


def assert_all_right(found: Found, last: int) -> None:
    right = {(one.id, one.version): one for one in records(0, last)}
    for key, one in found.items():
        assert one == right[key]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that an unprivileged user can reach, as pytest's own are not."""
    path = Path(tempfile.mkdtemp(prefix="enrich-test-"))
    path.chmod(0o755)
    yield path
    for each in (path, *path.rglob("*")):
        if each.is_dir():
            each.chmod(0o755)
    shutil.rmtree(path)


def test_a_kill_in_the_middle_of_writing_leaves_whole_batches(folder: Path) -> None:
    code = """
with opened() as store:
    for n in range(10_000):
        store.put_many(records(20 * n, 20 * n + 20))
        print(n, flush=True)
"""
    for delay in (0.0, 0.02, 0.05, 0.11):
        shutil.rmtree(folder / "store", ignore_errors=True)
        process = start(code, folder / "store")
        assert process.stdout
        assert process.stdout.readline() == "0\n"
        time.sleep(delay)
        process.kill()
        out, _ = process.communicate()
        committed = int(out.split()[-1]) if out.split() else 0
        found = served(folder / "store", 20 * committed + 60)
        assert len(found) % 20 == 0
        assert len(found) >= 20 * (committed + 1)
        assert_all_right(found, 20 * committed + 60)


def test_a_file_that_may_not_grow_costs_no_record(folder: Path) -> None:
    fill(folder, 200)
    size = (folder / "papers.sqlite").stat().st_size
    code = f"""
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
with opened() as store:
    for n in range(200, 5_000, 200):
        store.put_many(records(n, n + 200))
    report(store.get_many(keys(records(0, 5_000))))
"""
    told = run(code, folder)
    assert told["titles"] == titles(0, 5_000)
    assert len(told["troubles"]) == 1  # type: ignore[arg-type]
    assert "cannot be written" in told["troubles"][0]  # type: ignore[index]
    found = served(folder, 5_000)
    assert len(found) >= 200
    assert_all_right(found, 5_000)


def test_a_disk_that_is_full_from_the_start_leaves_the_run_in_memory(folder: Path) -> None:
    code = """
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
with opened() as store:
    store.put_many(records(0, 5))
    report(store.get_many(keys(records(0, 5))))
"""
    told = run(code, folder / "store")
    assert told["titles"] == titles(0, 5)
    assert len(told["troubles"]) == 1  # type: ignore[arg-type]
    fill(folder / "store", 5)
    assert len(served(folder / "store", 5)) == 5


@pytest.fixture
def mounted(folder: Path) -> Iterator[Callable[..., Path]]:
    mounts: list[Path] = []

    def mount(*options: str) -> Path:
        point = folder / "mount"
        point.mkdir(exist_ok=True)
        done = subprocess.run(["mount", *options, str(point)], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("mounting is not allowed here")
        mounts.append(point)
        return point

    yield mount
    for point in mounts:
        subprocess.run(["umount", str(point)], check=True)


def test_a_full_disk_costs_no_record(mounted: Callable[..., Path]) -> None:
    disk = mounted("-t", "tmpfs", "-o", "size=2m", "enrich-test")
    fill(disk / "store", 200)
    code = """
with opened() as store:
    for n in range(200, 10_000, 200):
        store.put_many(records(n, n + 200))
    report(store.get_many(keys(records(0, 10_000))))
"""
    told = run(code, disk / "store")
    assert told["titles"] == titles(0, 10_000)
    assert len(told["troubles"]) == 1  # type: ignore[arg-type]
    with (disk / "rest").open("wb", buffering=0) as rest, suppress(OSError):
        while rest.write(bytes(4096)):
            pass
    said: list[str] = []
    found = served(disk / "store", 10_000, said)  # full when it is opened, too
    assert len(found) >= 200
    assert_all_right(found, 10_000)
    assert len(said) <= 1
    (disk / "rest").unlink()
    assert len(served(disk / "store", 200)) == 200


def test_a_read_only_mount_is_read(mounted: Callable[..., Path], folder: Path) -> None:
    fill(folder / "store", 20)
    disk = mounted("--bind", str(folder / "store"))
    subprocess.run(["mount", "-o", "remount,bind,ro", str(disk)], check=True)
    code = """
with opened() as store:
    store.put_many(records(20, 30))
    report(store.get_many(keys(records(0, 40))))
"""
    told = run(code, disk)
    assert told["titles"] == titles(0, 30)
    assert len(told["troubles"]) == 1  # type: ignore[arg-type]
    assert "only read in this run" in told["troubles"][0]  # type: ignore[index]


@pytest.mark.parametrize("mode", [0o500, 0o555])
def test_a_folder_that_the_user_may_not_write_is_read(folder: Path, mode: int) -> None:
    fill(folder / "store", 20)
    for path in (folder / "store", *(folder / "store").iterdir()):
        os.chown(path, NOBODY if os.getuid() == 0 else -1, -1)
    for path in (folder / "store").iterdir():
        path.chmod(0o400)
    (folder / "store").chmod(mode)
    code = """
unprivileged()
with opened() as store:
    store.put_many(records(20, 30))
    report(store.get_many(keys(records(0, 40))), writable=os.access(folder, os.W_OK))
"""
    told = run(code, folder / "store")
    assert told["writable"] is False
    assert told["titles"] == titles(0, 30)
    assert len(told["troubles"]) == 1  # type: ignore[arg-type]


def test_a_folder_that_cannot_be_made_leaves_the_run_in_memory(folder: Path) -> None:
    folder.chmod(0o555)
    code = """
unprivileged()
with opened() as store:
    store.put_many(records(0, 5))
    report(store.get_many(keys(records(0, 5))), there=folder.exists())
"""
    told = run(code, folder / "below" / "store")
    assert told["titles"] == titles(0, 5)
    assert told["there"] is False
    assert len(told["troubles"]) == 1  # type: ignore[arg-type]


def _garbage(data: bytearray) -> None:
    data[:100] = random.Random(1).randbytes(100)


def _cut(data: bytearray) -> None:
    del data[len(data) // 2 :]


def _zeroed(data: bytearray) -> None:
    data[4096:] = bytes(len(data) - 4096)


def _hole(data: bytearray) -> None:
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 3 * 4096] = random.Random(2).randbytes(3 * 4096)


@pytest.mark.parametrize("damage", [_garbage, _cut, _zeroed, _hole])
def test_a_corrupt_file_is_set_aside_and_the_run_goes_on(
    folder: Path, damage: Callable[[bytearray], None]
) -> None:
    fill(folder, 500)
    path = folder / "papers.sqlite"
    data = bytearray(path.read_bytes())
    damage(data)
    path.write_bytes(data)
    code = """
with opened() as store:
    found = store.get_many(keys(records(0, 500)), abstracts=True)
    store.put_many(records(500, 510))
    report({**found, **store.get_many(keys(records(500, 510)))})
"""
    told = run(code, folder)
    assert told["titles"][-10:] == titles(500, 510)  # type: ignore[index]
    assert set(told["titles"]) <= set(titles(0, 510))  # type: ignore[call-overload]
    assert len(told["troubles"]) == 1  # type: ignore[arg-type]
    assert "papers.sqlite.corrupt-1" in told["troubles"][0]  # type: ignore[index]
    assert (folder / "papers.sqlite.corrupt-1").read_bytes() == bytes(data)
    found = served(folder, 510)
    assert_all_right(found, 510)
    if damage is _hole:
        assert len(found) > 250  # what lies before and behind the hole is carried over


def test_random_damage_never_gives_a_wrong_record(folder: Path) -> None:
    fill(folder / "whole", 100)
    whole = (folder / "whole" / "papers.sqlite").read_bytes()
    for seed in range(60):
        chance = random.Random(seed)
        data = bytearray(whole)
        for _ in range(chance.choice([1, 10, 200])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        hurt = folder / str(seed)
        hurt.mkdir()
        (hurt / "papers.sqlite").write_bytes(data)
        said: list[str] = []
        with open_store(hurt, now=NOW, on_trouble=said.append) as store:
            found = dict(store.get_many(keys(records(0, 100)), abstracts=True))
            store.put_many(records(100, 101))
            assert len(store.get_many(keys(records(100, 101)))) == 1
            found |= store.get_many(keys(records(0, 100)))
        for one in found.values():
            right = records(int(one.id[-5:]), int(one.id[-5:]) + 1)[0].paper
            assert right
            assert one.paper
            assert (one.paper.id, one.paper.title, one.paper.url) == (
                right.id,
                right.title,
                right.url,
            )
            assert one.paper.abstract in {right.abstract, None}
        assert len(said) <= 2


def test_two_damages_are_set_aside_one_beside_the_other(folder: Path) -> None:
    for _ in range(2):
        fill(folder, 5)
        path = folder / "papers.sqlite"
        path.write_bytes(b"rubbish" * 1000)
        said: list[str] = []
        assert served(folder, 5, said) == {}
        assert len(said) == 1
    assert sorted(file.name for file in folder.glob("*.corrupt-?")) == [
        "papers.sqlite.corrupt-1",
        "papers.sqlite.corrupt-2",
    ]


@pytest.mark.parametrize("damage", [None, _garbage, _cut, _hole])
def test_processes_at_once_lose_nothing(
    folder: Path, damage: Callable[[bytearray], None] | None
) -> None:
    if damage:
        fill(folder / "store", 300)
        path = folder / "store" / "papers.sqlite"
        data = bytearray(path.read_bytes())
        damage(data)
        path.write_bytes(data)
    code = """
first = int(sys.argv[2])
with opened() as store:
    for n in range(first, first + 100, 10):
        store.put_many(records(n, n + 10))
        store.put_many(records(9_000, 9_010))
        store.get_many(keys(records(0, 600)))
    report(store.get_many(keys(records(first, first + 100))))
"""
    processes = [start(code, folder / "store", str(100 * k)) for k in range(6)]
    said = []
    for k, process in enumerate(processes):
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        told = json.loads(out)
        assert told["titles"] == titles(100 * k, 100 * k + 100)
        said += told["troubles"]
    assert len(said) == (1 if damage else 0), said
    found = served(folder / "store", 600)
    assert len(found) == 600
    assert_all_right(found, 600)
    assert len(list((folder / "store").glob("*.corrupt-?"))) == (1 if damage else 0)


def test_nobody_opens_a_file_that_is_being_moved(folder: Path) -> None:
    fill(folder, 5)
    found: list[Found] = []
    opening = threading.Thread(target=lambda: found.append(served(folder, 5)))
    with guard(folder / "papers.sqlite", exclusive=True):
        opening.start()
        opening.join(0.3)
        assert opening.is_alive()
    opening.join()
    assert_all_right(found[0], 5)
    assert len(found[0]) == 5


def test_a_store_goes_on_in_the_file_that_others_began(folder: Path) -> None:
    with open_store(folder, now=NOW, on_trouble=pytest.fail) as store:
        store.put_many(records(0, 5))
        with guard(folder / "papers.sqlite", exclusive=True):
            for file in folder.glob("papers.sqlite*"):
                if not file.name.endswith(".lock"):
                    file.rename(file.with_name(file.name.replace("sqlite", "sqlite.corrupt-1")))
        store.put_many(records(5, 10))
        assert set(served(folder, 10)) == set(keys(records(5, 10)))


def test_a_stopped_writer_blocks_nobody_for_long(folder: Path) -> None:
    fill(folder, 10)
    code = """
connection = sqlite3.connect(folder / "papers.sqlite", isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
signal.pause()
"""
    process = start(code, folder)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    said: list[str] = []
    with open_store(folder, now=NOW, on_trouble=said.append) as store:
        began = time.monotonic()
        assert len(store.get_many(keys(records(0, 10)))) == 10
        assert time.monotonic() - began < 4  # who waits for the writer waits five seconds
        store.put_many(records(10, 20))
        began = time.monotonic()
        store.put_many(records(20, 30))
        assert len(store.get_many(keys(records(0, 30)))) == 30
        assert time.monotonic() - began < 4
    assert len(said) == 1
    assert "locked" in said[0]
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert len(served(folder, 30)) == 10


def _newer(path: Path) -> None:
    fill(path.parent, 5)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=99")


def _strangers(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE papers (mine TEXT)")
        connection.execute("INSERT INTO papers VALUES ('precious')")
        connection.commit()


def _directory(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "words"),
    [(_newer, "newer"), (_strangers, "another program"), (_directory, "cannot be opened")],
)
def test_what_is_not_ours_is_left_alone(
    folder: Path, make: Callable[[Path], None], words: str
) -> None:
    path = folder / "papers.sqlite"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    said: list[str] = []
    with open_store(folder, now=NOW, on_trouble=said.append) as store:
        store.put_many(records(0, 5))
        assert len(store.get_many(keys(records(0, 5)))) == 5
        with pytest.raises(Exception, match="cannot be cleared"):
            store.clear()
    assert len(said) == 1
    assert words in said[0]
    assert (path.read_bytes() if path.is_file() else None) == before
