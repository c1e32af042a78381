"""Local collections: any readable file of papers can be looked up in."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrich.collection.answers import open_answers
from enrich.collection.growing import GrowingAnswers
from enrich.collection.importing import import_papers
from enrich.collection.opening import open_papers
from enrich.enricher import Enricher
from enrich.errors import PapersError
from enrich.paper import Author, Paper, PaperId, Version
from enrich.store.sqlite import checksum
from tests.command import run
from tests.strategies import papers

ONE = Paper(
    id=PaperId("arxiv:2103.01338"),
    title="One",
    authors=(Author("Ada Lovelace"),),
    abstract="About one.",
    url="https://arxiv.org/abs/2103.01338",
    pdf="https://arxiv.org/pdf/2103.01338",
)
TWO = Paper(
    id=PaperId("openreview:FpKgG31Z_i9"), title="Two", url="https://openreview.net/forum?id=x"
)


def lines(*papers: Paper) -> str:
    return "".join(json.dumps(paper.to_dict()) + "\n" for paper in papers)


def load(path: Path, *ids: str, abstracts: bool = False) -> tuple[dict[PaperId, Paper], list[str]]:
    warnings: list[str] = []
    with open_papers(path, on_warning=warnings.append) as collection:
        return collection.get_many(map(PaperId, ids), abstracts=abstracts), warnings


def test_json_lines_are_looked_up(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text(lines(ONE, TWO))
    found, warnings = load(path, ONE.id, "arxiv:2103.99999", TWO.id)
    assert list(found) == [ONE.id, TWO.id]
    assert found[ONE.id] == replace(ONE, abstract=None, via="collection")
    assert found[TWO.id].pdf == "https://openreview.net/pdf?id=FpKgG31Z_i9"
    assert warnings == []
    assert load(path, ONE.id, abstracts=True)[0][ONE.id].abstract == "About one."


IDS = ["arxiv:2103.01338", "arxiv:math/0601001", "openreview:FpKgG31Z_i9", "other:x"]


@settings(max_examples=30)
@given(st.lists(papers(), max_size=4))
def test_all_that_a_paper_says_is_kept(
    tmp_path_factory: pytest.TempPathFactory, some: list[Paper]
) -> None:
    some = [replace(paper, id=PaperId(id_)) for paper, id_ in zip(some, IDS, strict=False)]
    path = tmp_path_factory.mktemp("papers") / "papers.jsonl"
    path.write_text(lines(*some), encoding="utf-8")
    found, _ = load(path, *IDS)
    assert list(found) == [paper.id for paper in some]
    for paper in some:
        work = None if paper.work == paper.id else paper.work
        pdf = paper.pdf or found[paper.id].pdf
        assert found[paper.id] == replace(paper, via="collection", work=work, pdf=pdf)


def test_what_is_no_paper_is_one_warning_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    failed = json.dumps(ONE.to_dict() | {"status": "failed", "title": None})
    path.write_text(
        "\n".join(["[1]", "", "{}", failed, "rubbish", lines(TWO) + '{"id": "arxiv:21'])
    )
    found, warnings = load(path, ONE.id, TWO.id)
    assert list(found) == [TWO.id]
    assert warnings == [
        f"{path}, line 1: not an object",
        f'{path}, line 3: "id" is missing',
        f"{path}, line 5: not JSON",
        f"{path}, line 7: is truncated",
    ]


def test_an_empty_file_holds_no_papers(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text("")
    assert load(path, ONE.id) == ({}, [f"{path}: the file is empty, so it has no papers"])


def test_many_bad_lines_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text("{}\n" * 100)
    _, warnings = load(path)
    assert len(warnings) == 21
    assert warnings[-1] == f"{path}: 80 more lines are not papers"


def test_the_later_of_two_records_stays(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text(lines(ONE, TWO, replace(ONE, title="Later", abstract="Later.")))
    found = load(path, ONE.id, TWO.id, abstracts=True)[0]
    assert (found[ONE.id].title, found[ONE.id].abstract, found[TWO.id].title) == (
        "Later",
        "Later.",
        "Two",
    )


def test_an_id_is_made_canonical(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text(
        '{"id": "arxiv:math.AG/0601001", "title": "T"}\n{"id": "arxiv:77", "title": "T"}\n'
    )
    found, warnings = load(path, "arxiv:math/0601001")
    assert list(found) == ["arxiv:math/0601001"]
    assert warnings == [f'{path}, line 2: "id" arxiv:77 names no paper']


def test_gzip_is_read_and_a_cut_one_is_said(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl.gz"
    whole = gzip.compress(lines(ONE, TWO).encode())
    path.write_bytes(whole)
    assert len(load(path, ONE.id, TWO.id)[0]) == 2
    path.write_bytes(whole[:-10])
    _, warnings = load(path, ONE.id)
    assert warnings[-1] == f"{path}: the compressed file is truncated"


def test_a_compressed_file_that_expands_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl.gz"
    path.write_bytes(gzip.compress(b"{}\n" + b" " * 40_000_000))
    with pytest.raises(PapersError, match="expands to more than 200 times"):
        load(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<!DOCTYPE html><html><body>Making sure you are not a bot", "a web page"),
        (b"\xef\xbb\xbf \n<HTML>", "a web page"),
        (b'{"id": "arxiv:2103.01338", "title": "T"}\n<html>', "line 2 begins a web page"),
        (b"\x00\x01\x02 rubbish", "not a known format"),
        (b"SQLite format 3\x00 and then rubbish", "not an enrich collection"),
    ],
)
def test_what_is_no_file_of_papers_is_an_error(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "papers"
    path.write_bytes(content)
    with pytest.raises(PapersError, match=said):
        load(path)


def test_a_missing_file_and_a_folder_are_errors(tmp_path: Path) -> None:
    with pytest.raises(PapersError, match="No such file"):
        load(tmp_path / "none")
    with pytest.raises(PapersError, match="directory"):
        load(tmp_path)


def test_a_collection_of_an_earlier_layout_says_what_to_run(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    source = tmp_path / "papers.jsonl"
    source.write_text(lines(ONE))
    import_papers([source], path, on_warning=pytest.fail)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=1")
    with pytest.raises(PapersError) as caught:
        open_papers(path, on_warning=pytest.fail)
    assert caught.value.hint == "run enrich papers import again"
    import_papers([source], path, on_warning=pytest.fail)
    with open_papers(path, on_warning=pytest.fail) as collection:
        assert list(collection.get_many([ONE.id])) == [ONE.id]


def test_a_collection_that_is_damaged_during_a_run_costs_its_own_papers_alone(
    tmp_path: Path,
) -> None:
    """Its pages are overwritten while it is open; the run goes on with what the others hold."""
    many = [replace(ONE, id=PaperId(f"arxiv:2103.{n:05}"), title="T" * 300) for n in range(1, 3001)]
    source, path = tmp_path / "papers.jsonl", tmp_path / "papers.sqlite"
    source.write_text(lines(*many), encoding="utf-8")
    import_papers([source], path, on_warning=pytest.fail)
    (tmp_path / "others.jsonl").write_text(lines(*many[2000:]), encoding="utf-8")
    said: list[str] = []
    with Enricher(
        papers=[path, tmp_path / "others.jsonl"],
        offline=True,
        cache_dir=tmp_path / "cache",
        on_trouble=said.append,
    ) as enricher:
        first = enricher.lookup([many[0].id])
        size = path.stat().st_size
        with path.open("r+b") as file:
            for place in range(8192, size, 4096):
                file.seek(place)
                file.write(b"\x09" * 4096)
        found = enricher.lookup([paper.id for paper in many])
    assert first[many[0].id].status == "resolved"
    assert len(found) == 3000
    for paper in many[2000:]:
        assert found[paper.id].title == "T" * 300  # type: ignore[union-attr]
    assert {found[paper.id].status for paper in many[1:2000]} <= {"resolved", "failed"}
    assert [message for message in said if "is damaged" in message] == said != []
    assert len(said) == 1


# --- Damaged records ------------------------------------------------------------------------------

DAMAGES: dict[str, Callable[[bytes], Any]] = {
    "broken JSON": lambda record: record[:-1],
    "JSON of another kind": lambda _: b'["T"]',
    "a title that is a number": lambda _: b'{"t":7}',
    "no title": lambda _: b'{"a":["A B"]}',
    "a date that is a word": lambda _: b'{"t":"T","p":"spring"}',
    "text": lambda record: record.decode(),
    "a number": lambda _: 7,
}  # fmt: skip


def _damage(path: Path, damage: Callable[[bytes], Any], *, tables: str = "papers") -> None:
    """Damage each record but the last; sums are right, so that only the record is wrong."""
    with closing(sqlite3.connect(path)) as connection, connection:
        rows = connection.execute(f"SELECT id, record FROM {tables} ORDER BY id").fetchall()
        for id_, record in rows[:-1]:
            bad = damage(record)
            total = checksum(id_.encode(), b"", bad) if isinstance(bad, bytes) else 1
            connection.execute(
                f"UPDATE {tables} SET record = ?, sum = ? WHERE id = ?", (bad, total, id_)
            )


@pytest.fixture
def many(tmp_path: Path) -> tuple[Path, list[PaperId]]:
    """A collection of 300 papers."""
    found = [replace(ONE, id=PaperId(f"arxiv:2103.{n:05}")) for n in range(1, 301)]
    source, path = tmp_path / "papers.jsonl", tmp_path / "papers.sqlite"
    source.write_text(lines(*found), encoding="utf-8")
    import_papers([source], path, abstracts=True, on_warning=pytest.fail)
    return path, [paper.id for paper in found]


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_records_are_counted_in_one_line_that_names_the_file(
    many: tuple[Path, list[PaperId]], damage: Callable[[bytes], Any]
) -> None:
    path, ids = many
    _damage(path, damage)
    said: list[str] = []
    with open_papers(path, on_warning=said.append) as collection:
        for _ in range(2):  # asked for again, each counts once
            assert list(collection.get_many(ids)) == ids[-1:]
        assert said == []
    assert said == [f"{path}: 299 records are damaged and were skipped"]


def test_one_damaged_record_is_one(many: tuple[Path, list[PaperId]]) -> None:
    path, ids = many
    _damage(path, DAMAGES["broken JSON"])
    said: list[str] = []
    with open_papers(path, on_warning=said.append) as collection:
        assert collection.get_many(ids[:1]) == {}
        assert len(collection.get_many(ids[-1:])) == 1
    assert said == [f"{path}: 1 record is damaged and was skipped"]


def test_a_damaged_abstract_is_counted(many: tuple[Path, list[PaperId]]) -> None:
    path, ids = many
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE abstracts SET text = 'x' WHERE number < 8")
    said: list[str] = []
    with open_papers(path, on_warning=said.append) as collection:
        found = collection.get_many(ids, abstracts=True)
    assert len(found) == 300
    assert sum(paper.abstract is None for paper in found.values()) == 7
    assert said == [f"{path}: 7 records are damaged and were skipped"]


def test_an_enricher_reports_damaged_records(
    many: tuple[Path, list[PaperId]], tmp_path: Path
) -> None:
    path, ids = many
    _damage(path, DAMAGES["JSON of another kind"])
    said: list[str] = []
    with Enricher(
        papers=[path], offline=True, cache_dir=tmp_path / "cache", on_trouble=said.append
    ) as enricher:
        found = enricher.lookup(ids)
    assert [paper.status for paper in found.values()].count("resolved") == 1
    assert said == [f"{path}: 299 records are damaged and were skipped"]


def test_an_export_reports_damaged_records(many: tuple[Path, list[PaperId]]) -> None:
    path, _ = many
    _damage(path, DAMAGES["a number"])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE papers SET id = x'07' WHERE number = 1")
    ran = run("papers", "export", str(path), env=os.environ | {"NO_COLOR": "1"})
    assert ran.status == 0, ran.err
    assert len(ran.out.splitlines()) == 1
    assert ran.err == f"enrich: {path}: 299 records are damaged and were skipped\n"


def test_a_growing_collection_reports_damaged_records(
    many: tuple[Path, list[PaperId]], tmp_path: Path
) -> None:
    path, said = tmp_path / "found.sqlite", list[str]()
    papers = [replace(ONE, id=id_) for id_ in many[1]]
    with GrowingAnswers(path) as growing:
        growing.add(papers)
        growing.finish()
    _damage(path, DAMAGES["broken JSON"])
    with GrowingAnswers(path, on_warning=said.append) as growing:
        assert len(growing.find_missing({id_: frozenset() for id_ in many[1]})) == 299
    assert said == [f"{path}: 299 records are damaged and were skipped"]
    said.clear()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO answers VALUES (?, 1, x'00')", (many[1][-1],))
    with open_answers(path, on_warning=said.append) as answers:
        answers.get_answers(many[1])
    assert said == [f"{path}: 300 records are damaged and were skipped"]


def test_a_refreshed_paper_keeps_the_versions_of_its_earlier_answer(tmp_path: Path) -> None:
    path = tmp_path / "found.sqlite"
    paper = replace(
        ONE, versions=(Version(version="v1", date="2021-03-01", title="Earlier"), Version(version="v2", date="2021-06-01"))
    )  # fmt: skip
    with GrowingAnswers(path) as growing:
        growing.add([paper])
        growing.finish()
    with GrowingAnswers(path, refresh=True) as growing:
        wanted = {paper.id: frozenset({"v2"})}
        assert growing.find_missing(wanted) == {paper.id: {"v1", "v2"}}
        growing.add([paper])
        assert growing.find_missing(wanted) == {}


def test_without_a_receiver_the_log_has_the_line(
    many: tuple[Path, list[PaperId]], caplog: pytest.LogCaptureFixture
) -> None:
    path, ids = many
    _damage(path, DAMAGES["broken JSON"])
    with open_answers(path) as answers:
        answers.get_answers(ids)
    assert caplog.messages == [f"{path}: 299 records are damaged and were skipped"]
