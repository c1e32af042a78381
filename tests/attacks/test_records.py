"""One bad record costs itself: a warning or notice, and everything else goes on."""

from __future__ import annotations

import gzip
import json
import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from enrich.collection.opening import open_papers
from enrich.collection.readers import Place, names, reader_of
from enrich.collection.readers._storing import describe_problem, make_item
from enrich.model import AnnotatedTalk
from enrich.paper import Paper, PaperId
from enrich.store.freshness import Record
from enrich.store.store import open_store
from tests.command import checked, run

GOOD = PaperId("arxiv:2103.01338")
_DEEP = "[" * 900 + "]" * 900
BAD_PAPERS = {
    "dates is a list": '"dates": ["x"]',
    "dates of lists": '"dates": {"submitted": ["2021"]}',
    "a date beyond all years": '"published": "99999-01-01"',
    "a date of year 0": '"published": "0000-00-00"',
    "authors are numbers": '"authors": [1, 2]',
    "authors is an object": '"authors": {"a": 1}',
    "a deep author": f'"authors": [{_DEEP}]',
    "deep dates": f'"dates": {_DEEP}',
    "a huge number": f'"published_as": {{"year": {"9" * 4000}}}',
    "an infinite year": '"published_as": {"year": 1e999}',
    "versions of nothing": '"versions": [null]',
    "a version of no number": '"versions": [{"version": "v١"}]',
    "a lone surrogate": '"title": "\\ud800", "authors": ["\\udfff"]',
    "a nul in the id": '"id": "arxiv:2103.01339\\u0000"',
    "an id of nothing": '"id": "arxiv:"',
    "an id with a lone surrogate": '"id": "other:\\ud800"',
    "same_as of numbers": '"same_as": [1]',
    "an address of no scheme": '"url": "javascript:alert(1)"',
}


def line(more: str) -> str:
    start = '{"id": "arxiv:2103.01339", "title": "Bad", "status": "resolved"'
    return f"{start}, {more}}}"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A command's environment with an empty home."""
    home = tmp_path / "home"
    return {"HOME": str(home), "XDG_CACHE_HOME": f"{home}/c", "XDG_STATE_HOME": f"{home}/s"}


@pytest.mark.parametrize("name", BAD_PAPERS)
def test_a_bad_paper_of_a_file_costs_no_other(tmp_path: Path, name: str) -> None:
    path = tmp_path / "papers.jsonl"
    good = json.dumps({"id": GOOD, "title": "Good"})
    path.write_text(f"{good}\n{line(BAD_PAPERS[name])}\n{good}\n")
    warnings: list[str] = []
    with open_papers(path, on_warning=warnings.append) as collection:
        found = collection.get_many([GOOD, PaperId("arxiv:2103.01339")])
    assert found[GOOD].title == "Good"
    assert len(warnings) <= 1


def test_all_bad_records_together_leave_whole_json_and_the_good_paper(
    env: dict[str, str], tmp_path: Path
) -> None:
    """Of a papers file, and of an earlier output that is read again as a feed."""
    papers = tmp_path / "papers.jsonl"
    good = {"id": str(GOOD), "title": "Good", "status": "resolved"}
    lines = [line(more) for more in BAD_PAPERS.values()]
    papers.write_text("\n".join([*lines, json.dumps(good), ""]))
    reference = {"paper": str(GOOD), "field": "abstract", "start": 0, "end": 16,
                 "exact": "arXiv:2103.01338", "context": [0, 16], "form": "text"}  # fmt: skip
    talk = {"id": "1", "abstract": "arXiv:2103.01338", "references": [reference]}
    bad = [value for each in lines if (value := _loaded(each))]
    feed = tmp_path / "earlier.json"
    feed.write_text(json.dumps({"format": "enrich.talks", "talks": [talk], "papers": [*bad, good]}))
    for args in ([str(feed)], [str(feed), "--papers", str(papers), "--refresh", "--no-fallback"]):
        more = [] if "--refresh" in args else ["--offline"]
        ran = run(*args[:3], *more, "--offline" if not more else "-q", env=env)
        document = checked(json.loads(ran.out))
        assert [paper["title"] for paper in document["papers"]] == ["Good"]
        assert ran.status == 0


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


@pytest.mark.parametrize(
    "error",
    [OverflowError("x"), AttributeError("x"), AssertionError(), RecursionError(), TypeError("x"),
     UnicodeDecodeError("ascii", b"\xff", 0, 1, "x"), KeyError("x"), IndexError(), MemoryError(), ZeroDivisionError()],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_any_exception_is_a_problem_of_its_record_and_is_logged_with_its_class(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def make(_: None) -> None:
        raise error

    with caplog.at_level(logging.DEBUG, "enrich"):
        item = make_item(Place(1, 2), make, None)
    name = type(error).__name__
    assert (item.place, item.paper, item.problem) == (Place(1, 2), None, f"cannot be read ({name})")
    (record,) = caplog.records
    assert (record.levelno, name in record.message) == (logging.DEBUG, True)


def test_a_problem_that_a_reader_foresaw_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "enrich"):
        assert describe_problem(ValueError("has no title")) == "has no title"
    assert caplog.records == []


@pytest.mark.parametrize("name", names())
def test_an_exception_in_any_reader_costs_one_record(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each reader keeps the net: the third paper's making raises what nobody foresaw."""
    from tests.collection.bulk_files import FILES, PAPERS

    made = 0

    def breaking(*args: object, **kwargs: object) -> object:
        nonlocal made
        made += 1
        if made == 2:
            raise OverflowError
        return real(*args, **kwargs)

    reader = reader_of(FILES[name])
    assert reader is not None
    target = "enrich.collection.readers._storing.store_paper"
    if name == "kaggle":
        target = "enrich.collection.readers.kaggle.encode_record"
    module, _, function = target.rpartition(".")
    real = getattr(__import__(module, fromlist=["x"]), function)
    monkeypatch.setattr(target, breaking)
    path = tmp_path / "papers"
    path.write_bytes(FILES[name])
    warnings: list[str] = []
    with open_papers(path, on_warning=warnings.append) as collection:
        assert len(list(collection.papers())) == PAPERS[name] - 1
    (warning,) = warnings
    assert "cannot be read (OverflowError)" in warning


@pytest.mark.parametrize(
    "row",
    [
        "revision = 9e999",
        "fetched_at = 'x'",
        "fetched_at = x'ff'",
        "expires_at = 'never'",
        "misses = 9e999",
        "record = 'x'",
        "record = 5",
        "version = x'ff'",
        "sum = 'x'",
        "record = zeroblob(100)",
    ],
)
def test_a_hostile_row_of_the_store_is_a_miss(tmp_path: Path, row: str) -> None:
    def record(n: int) -> Record:
        id_ = PaperId(f"arxiv:2103.{n:05}")
        paper = Paper(id=id_, title="T", url="")
        return Record(id=id_, paper=paper, revision=1, fetched_at=1.0, expires_at=None)

    one, two = record(1), record(2)
    with open_store(tmp_path, now=1.0, on_trouble=pytest.fail) as store:
        store.put_many([one, two])
    with closing(sqlite3.connect(tmp_path / "papers.sqlite")) as connection:
        connection.execute(f"UPDATE papers SET {row} WHERE id = ?", (one.id,))
        connection.commit()
    with open_store(tmp_path, now=1.0, on_trouble=pytest.fail) as store:
        assert store.get_many([(one.id, None), (two.id, None)]) == {(two.id, None): two}
        store.put_many([one])
        assert len(store.get_many([(one.id, None), (two.id, None)])) in {1, 2}


@pytest.mark.parametrize("key", ["papers", "suggested", "references", "warnings", "texts"])
@pytest.mark.parametrize("value", [5, "x", True, {"a": 1}, [[]], [5]], ids=str)
def test_a_line_of_an_earlier_output_with_a_wrong_list_is_a_value_error(
    key: str, value: object
) -> None:
    if key == "texts" and value == {"a": 1}:
        value = {"a": {}}
    with pytest.raises(ValueError, match=key):
        AnnotatedTalk.from_dict({"id": "1", key: value})


def test_a_damaged_gzip_member_costs_what_is_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "papers.gz"
    good = json.dumps({"id": GOOD, "title": "Good"}).encode() + b"\n"
    path.write_bytes(gzip.compress(good * 1000)[:-8])
    warnings: list[str] = []
    with open_papers(path, on_warning=warnings.append) as collection:
        assert list(collection.get_many([GOOD])) == [GOOD]
    assert warnings
