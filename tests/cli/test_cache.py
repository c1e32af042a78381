"""`enrich cache`: what it holds, and what is removed from it."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from enrich.cli.main import main
from tests.command import run
from tests.fakes import Fakes

OLD, NEW = "2103.01338", "2110.10090"


@pytest.fixture
def folder(fakes: Fakes, tmp_path: Path) -> Path:
    """A cache with two papers, of which one was fetched 100 days ago."""
    fakes.add_example()
    folder = tmp_path / "cache"
    asked = ("lookup", OLD, NEW, "--paper-abstracts", "--cache-dir", str(folder))
    assert run(*asked, env=fakes.env(tmp_path / "home")).status == 0
    with closing(sqlite3.connect(folder / "papers.sqlite")) as connection:
        connection.execute(
            "UPDATE papers SET fetched_at = ? WHERE id = ?",
            (time.time() - 100 * 86400, f"arxiv:{OLD}"),
        )
        connection.commit()
    return folder


def stored(folder: Path) -> dict[str, int]:
    with closing(sqlite3.connect(folder / "papers.sqlite")) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("papers", "abstracts", "titles")
        }


@pytest.mark.parametrize(("age", "papers"), [("101d", 2), ("90d", 1), ("0s", 0)])
def test_prune_removes_what_is_old(
    age: str, papers: int, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = stored(folder)
    assert before["papers"] == before["abstracts"] == 2
    time.sleep(0.01)
    assert main(["cache", "prune", "--older-than", age, "--cache-dir", str(folder)]) == 0
    after = stored(folder)
    assert after["papers"] == after["abstracts"] == papers
    assert after["titles"] == before["titles"] * papers // 2
    assert f"{2 - papers} records and 0 responses removed" in capsys.readouterr().err


def test_prune_removes_old_copies_of_feeds(
    fakes: Fakes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calendar = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    url = fakes.serve("https://seminars.example/a.ics", calendar)
    cache = str(tmp_path / "cache")
    assert run("talks", url, "--cache-dir", cache, env=fakes.env(tmp_path)).status == 0
    for age, removed in (("1d", 0), ("0s", 1)):
        assert main(["cache", "prune", "--older-than", age, "--cache-dir", cache]) == 0
        assert f"0 records and {removed} responses removed" in capsys.readouterr().err


def test_prune_wants_an_age(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cache", "prune", "--cache-dir", str(tmp_path)]) == 2
    assert "--older-than" in capsys.readouterr().err
    assert main(["cache", "prune", "--older-than", "30", "--cache-dir", str(tmp_path)]) == 2
    assert "write 30d for days" in capsys.readouterr().err
