"""Making collections: whole or not at all, gone on with after a kill, checked when they are read."""

from __future__ import annotations

import json
import os
import random
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from enrich.cli.commands.papers import _ImportLine
from enrich.cli.main import main
from enrich.collection.collection import export, info
from enrich.collection.importing import Imported, Progress, import_papers
from enrich.collection.opening import open_papers
from enrich.errors import PapersError
from enrich.paper import Paper, PaperId
from tests.bench._snapshot import key, lines
from tests.collection import bulk_files as bulk

ROOT = Path(__file__).parents[2]
CHILD = """
import resource, signal, sys, time
from pathlib import Path
import enrich.collection.importing
enrich.collection.importing.BATCH = 200
def told(progress):
    print(progress.papers, flush=True)
{limit}
try:
    enrich.collection.importing.import_papers([Path(sys.argv[1])], Path(sys.argv[2]), on_warning=print, on_progress=told)
except enrich.collection.importing.PapersError as error:
    sys.exit(f"{{error}} | {{error.hint}}")
"""


def make(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def imported(*files: Path, out: Path, abstracts: bool = False) -> tuple[Imported, list[str]]:
    warnings: list[str] = []
    done = import_papers(files, out, abstracts=abstracts, on_warning=warnings.append)
    return done, warnings


def held(path: Path, *, abstracts: bool = False) -> dict[PaperId, Paper]:
    with open_papers(path, on_warning=pytest.fail) as collection:
        return {paper.id: paper for paper in collection.papers(abstracts=abstracts)}


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    return make(tmp_path, "snapshot.json", "".join(lines(3000)).encode())


@pytest.mark.parametrize("name", sorted(bulk.FILES))
def test_each_format_is_imported_and_can_be_used_directly(tmp_path: Path, name: str) -> None:
    file, out = make(tmp_path, "iclr2018.json", bulk.FILES[name]), tmp_path / "out.sqlite"
    done, warnings = imported(file, out=out, abstracts=True)
    assert (done.papers, done.problems, warnings) == (bulk.PAPERS[name], 0, [])
    assert held(out, abstracts=True) == held(file, abstracts=True)
    assert len(held(out)) == bulk.PAPERS[name]
    assert all(paper.via == "collection" for paper in held(out).values())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["iclr2018.json", "out.sqlite"]


def test_all_formats_go_into_one_collection_and_the_later_stays(tmp_path: Path) -> None:
    files = [make(tmp_path, name, data) for name, data in bulk.FILES.items()]
    out = tmp_path / "out.sqlite"
    done, _ = imported(*files, out=out)
    assert done.papers == len(held(out)) < sum(bulk.PAPERS.values())
    assert held(out)[PaperId("arxiv:2103.01338")].title == "One"  # of the last file, records
    told = info(out)
    assert [(file["name"], file["papers"]) for file in told["files"]] == [
        (name, bulk.PAPERS[name]) for name in bulk.FILES
    ]
    assert (told["papers"], told["abstracts"]) == (done.papers, 0)


def test_abstracts_are_kept_only_when_asked_for(tmp_path: Path) -> None:
    file, out = make(tmp_path, "x", bulk.CSL), tmp_path / "out.sqlite"
    imported(file, out=out)
    assert {paper.abstract for paper in held(out, abstracts=True).values()} == {None}
    imported(file, out=out, abstracts=True)
    found = held(out, abstracts=True)
    assert found[PaperId("arxiv:2103.01338")].abstract == "In practical applications …"
    assert info(out)["abstracts"] == 1


def test_no_person_but_the_authors_is_in_a_collection(tmp_path: Path) -> None:
    out = tmp_path / "out.sqlite"
    files = [make(tmp_path, name, bulk.FILES[name]) for name in ("kaggle", "oai", "paperlists")]
    imported(*files, out=out, abstracts=True)
    data = out.read_bytes()
    for line in bulk.KAGGLE.splitlines():
        assert json.loads(line)["submitter"].encode() not in data
    for person in (b"A. Person", b"Secret", b"secret"):
        assert person not in data


def test_an_export_is_what_can_be_imported(tmp_path: Path) -> None:
    files = [make(tmp_path, name, data) for name, data in bulk.FILES.items()]
    one, again = tmp_path / "one.sqlite", tmp_path / "again.sqlite"
    imported(*files, out=one, abstracts=True)
    text = "".join(export(one, abstracts=True))
    imported(make(tmp_path, "lines", text.encode()), out=again, abstracts=True)
    assert held(again, abstracts=True) == held(one, abstracts=True)
    assert "".join(export(again, abstracts=True)) == text


def test_a_collection_can_be_added_to(tmp_path: Path) -> None:
    out = tmp_path / "out.sqlite"
    imported(make(tmp_path, "a", bulk.CSL), out=out, abstracts=True)
    imported(out, make(tmp_path, "b", bulk.DBLP), out=out, abstracts=True)
    assert sorted(held(out)) == ["arxiv:2103.01338", "arxiv:2110.10090", "openreview:FpKgG31Z_i9"]
    assert [file["format"] for file in info(out)["files"]] == ["collection", "dblp"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<!doctype html><html></html>", "web page"),
        (bulk.OAI.replace(b"</record>", b"</record><html>", 1), "web page"),
        (
            bulk.OAI_HEAD.encode() + bulk.OAI_DELETED.encode() + bulk.OAI_END.encode(),
            "no arXiv or OpenReview paper",
        ),
        (
            b'{"id": "arxiv:2103.01338", "title": null, "status": "failed"}\n',
            "no arXiv or OpenReview paper",
        ),
        (b"", "no arXiv or OpenReview paper"),
        (b"%PDF-1.7 \x00", "not a known format"),
        (bulk.packed(bulk.KAGGLE)[:200] + b"x" * 300, "no arXiv or OpenReview paper|damaged"),
    ],
)
def test_what_gives_no_collection_leaves_the_old_one(
    tmp_path: Path, data: bytes, said: str
) -> None:
    out = tmp_path / "out.sqlite"
    imported(make(tmp_path, "good", bulk.CSL), out=out)
    before = out.read_bytes()
    with pytest.raises(PapersError, match=said):
        imported(make(tmp_path, "bad", data), out=out)
    assert out.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad", "good", "out.sqlite"]


def test_a_cut_file_is_imported_and_said(tmp_path: Path, snapshot: Path) -> None:
    snapshot.write_bytes(snapshot.read_bytes()[:-100])
    out = tmp_path / "out.sqlite"
    done, warnings = imported(snapshot, out=out)
    assert (done.papers, done.problems) == (2999, 1)
    assert warnings == [f"{snapshot}, line 3000: is truncated"]


def test_a_new_collection_keeps_the_mode_of_the_old(tmp_path: Path) -> None:
    out, file = tmp_path / "out.sqlite", make(tmp_path, "a", bulk.CSL)
    imported(file, out=out)
    out.chmod(0o640)
    imported(file, out=out)
    assert out.stat().st_mode & 0o777 == 0o640


def start(file: Path, out: Path, limit: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD.format(limit=limit), str(file), str(out)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )


@pytest.mark.parametrize("name", ["snapshot.json", "snapshot.json.gz"])
def test_a_kill_in_the_middle_is_gone_on_with(tmp_path: Path, snapshot: Path, name: str) -> None:
    whole, out, file = tmp_path / "whole.sqlite", tmp_path / "out.sqlite", tmp_path / name
    imported(snapshot, out=whole)
    if file != snapshot:
        file.write_bytes(bulk.packed(snapshot.read_bytes()))
    out.write_bytes(old := whole.read_bytes())
    for at_least in (200, 800, 1400):
        # The kill strikes somewhere in the next three batches, and never behind the last.
        wait = f"told = lambda p: (print(p.papers, flush=True), time.sleep(p.papers // {at_least + 600} * 99))"
        with start(file, out, wait) as process:
            assert process.stdout
            for line in process.stdout:
                if int(line) >= at_least:
                    break
            process.kill()
    assert out.read_bytes() == old
    seen: list[Progress] = []
    done = import_papers([file], out, on_warning=pytest.fail, on_progress=seen.append)
    assert (done.papers, done.resumed) == (3000, True)
    assert seen[0].papers > 1400
    assert held(out) == held(whole)
    assert not list(tmp_path.glob("*.part*"))


def test_a_kill_before_the_collection_has_its_name_is_gone_on_with(
    tmp_path: Path, snapshot: Path
) -> None:
    out = tmp_path / "out.sqlite"
    with start(snapshot, out, "import os; os.fsync = lambda _: os.kill(os.getpid(), 9)") as it:
        it.communicate()
    assert it.returncode != 0
    assert not out.exists()
    done, _ = imported(snapshot, out=out)
    assert (done.papers, done.resumed) == (3000, True)
    assert len(held(out)) == 3000


def test_what_was_left_off_of_other_files_is_begun_again(tmp_path: Path, snapshot: Path) -> None:
    out = tmp_path / "out.sqlite"
    with start(snapshot, out) as process:
        assert process.stdout
        process.stdout.readline()
        process.kill()
    snapshot.write_bytes(snapshot.read_bytes()[: snapshot.stat().st_size // 2])
    done, _ = imported(snapshot, out=out)
    assert not done.resumed
    assert done.papers < 1600
    (tmp_path / "out.sqlite.part").write_bytes(b"rubbish" * 999)
    assert not imported(snapshot, out=out)[0].resumed


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_a_full_disk_is_an_error_that_is_gone_on_from(tmp_path: Path, snapshot: Path) -> None:
    out = tmp_path / "out.sqlite"
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))"
    with start(snapshot, out, limit) as process:
        _, error = process.communicate()
    assert process.returncode == 1
    assert "run it again to resume" in error
    assert not out.exists()
    done, _ = imported(snapshot, out=out)
    assert (done.papers, done.resumed) == (3000, True)


def test_two_imports_of_one_collection_do_not_meet(tmp_path: Path, snapshot: Path) -> None:
    out = tmp_path / "out.sqlite"
    with start(snapshot, out, "told = lambda _: (print(1, flush=True), time.sleep(60))") as process:
        assert process.stdout
        process.stdout.readline()
        with pytest.raises(PapersError, match="another import"):
            imported(snapshot, out=out)
        process.kill()
    assert imported(snapshot, out=out)[0].papers == 3000


# Reading a collection that a stranger made


def test_a_damaged_collection_gives_no_wrong_paper(tmp_path: Path, snapshot: Path) -> None:
    out = tmp_path / "out.sqlite"
    imported(snapshot, out=out)
    right, whole = held(out), out.read_bytes()
    refused, said = 0, list[str]()
    for seed in range(40):
        chance = random.Random(seed)
        data = bytearray(whole)
        for _ in range(chance.choice([1, 20, 2000])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        hurt = make(tmp_path, "hurt.sqlite", bytes(data))
        try:
            with open_papers(hurt, on_warning=said.append) as collection:
                found = collection.get_many(right)
        except PapersError:
            refused += 1
            continue
        assert all(right[id_] == paper for id_, paper in found.items())
    assert 0 < refused < 40
    assert 0 < len(said) < 40
    assert all(
        re.fullmatch(r".*hurt\.sqlite: \d+ records? (is|are) damaged and .*", line) for line in said
    )


def _rows_of_wrong_types(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE papers SET record = 7, sum = 'x'")


def _a_view(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE papers RENAME TO other")
    connection.execute("CREATE VIEW papers AS SELECT * FROM other")


def _newer(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA user_version=99")


def _foreign(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA application_id=1")


def _emptied(connection: sqlite3.Connection) -> None:
    connection.execute("DROP TABLE papers")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_rows_of_wrong_types, None),
        (_a_view, "does not have the tables of a collection"),
        (_newer, "layout 99"),
        (_foreign, "another program"),
        (_emptied, "does not have the tables of a collection"),
    ],
)
def test_a_strange_database_is_refused_or_has_no_papers(
    tmp_path: Path, change: Callable[[sqlite3.Connection], None], said: str | None
) -> None:
    out = tmp_path / "out.sqlite"
    imported(make(tmp_path, "a", bulk.CSL), out=out)
    with closing(sqlite3.connect(out)) as connection:
        change(connection)
        connection.commit()
    if said is None:
        lines: list[str] = []
        with open_papers(out, on_warning=lines.append) as collection:
            assert list(collection.papers()) == []
        (line,) = lines
        assert line.endswith("records are damaged and were skipped")
        return
    with pytest.raises(PapersError, match=said):
        held(out)


def test_ids_of_another_type_or_order_do_not_hold_up_an_export(tmp_path: Path) -> None:
    """In SQLite a blob is greater than every text; and a column may compare without case."""
    out = tmp_path / "out.sqlite"
    imported(make(tmp_path, "a", bulk.CSL), out=out)
    with closing(sqlite3.connect(out)) as connection:
        connection.executescript("""
            CREATE TABLE copy (number INTEGER PRIMARY KEY, id TEXT COLLATE NOCASE, version TEXT,
                sum INTEGER, record BLOB);
            INSERT INTO copy SELECT number, id, version, sum, record FROM papers;
            INSERT INTO copy SELECT 90, CAST(id AS BLOB), version, sum, record FROM papers LIMIT 1;
            UPDATE copy SET id = upper(id) WHERE number = 1;
            DROP TABLE papers;
            ALTER TABLE copy RENAME TO papers;
        """)
    said: list[str] = []
    with open_papers(out, on_warning=said.append) as collection:
        assert [paper.id for paper in collection.papers()] == ["arxiv:2110.10090"]
        wanted = [PaperId("arxiv:2103.01338"), PaperId("arxiv:2110.10090")]
        assert "arxiv:2110.10090" in collection.get_many(wanted)
    assert said == [f"{out}: 2 records are damaged and were skipped"]


@pytest.mark.parametrize("data", [bulk.BIBTEX, b"SQLite format 3\0" + b"x" * 100])
def test_what_is_no_collection_is_not_replaced_by_one(tmp_path: Path, data: bytes) -> None:
    file, out = make(tmp_path, "a", bulk.CSL), make(tmp_path, "mine", data)
    with pytest.raises(PapersError, match="not replaced"):
        imported(file, out=out)
    with pytest.raises(PapersError, match="not replaced"):
        imported(file, out=file)
    assert (file.read_bytes(), out.read_bytes()) == (bulk.CSL, data)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(PapersError, match="not replaced"):
        imported(file, out=pipe)
    assert pipe.is_fifo()


def test_an_empty_file_and_a_collection_of_another_schema_are_replaced(tmp_path: Path) -> None:
    file, out = make(tmp_path, "a", bulk.CSL), make(tmp_path, "out.sqlite", b"")
    imported(file, out=out)
    with closing(sqlite3.connect(out)) as connection:
        connection.execute("PRAGMA user_version = 99")
    imported(file, out=out)
    assert len(held(out)) == 2


def test_a_collection_is_never_written(tmp_path: Path) -> None:
    out = tmp_path / "out.sqlite"
    imported(make(tmp_path, "a", bulk.CSL), out=out)
    before = (out.read_bytes(), out.stat().st_mtime_ns, sorted(tmp_path.iterdir()))
    with open_papers(out, on_warning=pytest.fail) as collection:
        assert collection.get_many([PaperId("arxiv:2103.01338")])
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            collection._connection.execute("DELETE FROM papers")
        assert (out.read_bytes(), out.stat().st_mtime_ns, sorted(tmp_path.iterdir())) == before


# The commands

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*args: object) -> tuple[int, str, str]:
        status = main([str(arg) for arg in args])
        out, err = capsys.readouterr()
        return status, out, err

    return command


def test_the_papers_commands(tmp_path: Path, snapshot: Path, run: Run) -> None:
    out = tmp_path / "out.sqlite"
    status, said, told = run("papers", "import", snapshot, "-o", out)
    assert (status, said) == (0, "")
    assert f"3,000 papers -> {out}" in told
    status, said, _ = run("papers", "info", out)
    assert status == 0
    assert "from snapshot.json (kaggle): 3,000 papers" in said
    status, said, _ = run("papers", "export", out)
    assert status == 0
    assert [json.loads(line)["id"] for line in said.splitlines()] == [
        f"arxiv:{key(n)}" for n in range(3000)
    ]
    assert run("papers", "export", out, "-o", tmp_path / "lines")[0] == 0
    assert (tmp_path / "lines").read_text() == said


def test_the_papers_commands_say_what_is_wrong(tmp_path: Path, run: Run) -> None:
    page = make(tmp_path, "page.html", b"<html>")
    status, _, told = run("papers", "import", page, "-o", tmp_path / "out")
    assert status == 2
    assert "this is a web page" in told
    assert run("papers", "info", page)[0] == 2
    assert run("papers", "import", tmp_path / "none", "-o", tmp_path / "out")[0] == 2
    assert run("papers", "import", page)[0] == 2
    assert run("papers", "nonsense")[0] == 2


def test_a_collection_answers_a_lookup_without_network(tmp_path: Path, run: Run) -> None:
    out = tmp_path / "out.sqlite"
    run("papers", "import", make(tmp_path, "a", bulk.CSL), "-o", out, "--paper-abstracts")
    cache = tmp_path / "cache"
    options = ("--papers", out, "--offline", "--cache-dir", cache, "--paper-abstracts")
    status, said, _ = run("lookup", "2103.01338", *options)
    (paper,) = json.loads(said)
    assert (status, paper["via"], paper["abstract"]) == (
        0,
        "collection",
        "In practical applications …",
    )


def test_a_feed_becomes_a_reading_list_without_network(tmp_path: Path, run: Run) -> None:
    out = tmp_path / "mine.sqlite"
    run("papers", "import", make(tmp_path, "mine.bib", bulk.BIBTEX), "-o", out)
    feed = ROOT / "enrich" / "example" / "SciML.ics"
    status, said, told = run(
        feed, "--papers", out, "--offline", "--cache-dir", tmp_path / "c", "-f", "md"
    )
    assert status == 0, told
    for title in ("Acceleration via Fractal Learning Rate Schedules", "Grafting"):
        assert title in said


def test_progress_tells_rate_and_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    shown = _ImportLine()
    shown(Progress(name="snap\x1bshot", read=1_000, total=10_000, papers=10))
    shown._last = 0
    shown(Progress(name="snap\x1bshot", read=5_500, total=10_000, papers=500))
    shown.clear()
    said = capsys.readouterr().err
    assert "snap\\u001bshot: 55 %" in said
    assert "papers/s, about " in said
    assert said.endswith("\r\x1b[K")


def test_the_cache_commands(tmp_path: Path, run: Run) -> None:
    cache = tmp_path / "cache"
    status, said, _ = run("cache", "info", "--cache-dir", cache)
    assert status == 0
    assert said.startswith(f"{cache / 'papers.sqlite'}: ")
    assert "missing: 0" in said
    (cache / "answers.sqlite").write_bytes(b"x")
    status, _, told = run("cache", "clear", "--cache-dir", cache)
    assert status == 0
    assert "0 records removed" in told
    assert not (cache / "answers.sqlite").exists()
    (cache / "papers.sqlite").unlink()
    with closing(sqlite3.connect(cache / "papers.sqlite")) as connection:
        connection.execute("CREATE TABLE mine (x)")
    assert run("cache", "clear", "--cache-dir", cache)[0] == 1
