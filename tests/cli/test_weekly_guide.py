"""The page `weekly` of the guide, and the recipe of the README: their code runs as it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from enrich.codes import NewsCode
from tests.cli.test_weekly import calendar, event
from tests.command import run
from tests.conftest import ROOT
from tests.fakes import Fakes

WEEKLY = (ROOT / "enrich/guide/weekly.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
ONE = event("1", "20260105T160000Z")
TWO = event("2", "20260106T160000Z")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def test_the_file_of_the_page_runs_twice(fakes: Fakes, tmp_path: Path) -> None:
    (text,) = blocks(WEEKLY, "toml")
    (line,) = blocks(WEEKLY, "sh")
    fakes.serve("https://researchseminars.org/seminar/SciML/ics", calendar("SciML", ONE))
    fakes.serve("https://example.org/probability/calendar.ics", calendar("?", ONE))
    (tmp_path / "departmental.ics").write_bytes(calendar("Departmental", ONE))
    (tmp_path / "week.toml").write_text(text, encoding="utf-8")
    for week, new in ((0, 1), (1, 0)):
        env = fakes.env(tmp_path / f"home{week}")
        ran = run(*line.split()[1:], env=env, cwd=tmp_path)
        assert ran.status == 0, ran.err
        assert (tmp_path / "new.md").read_text(encoding="utf-8").count("### ") == new
    (talk,) = json.loads((tmp_path / "all.json").read_bytes())["talks"]
    assert talk["feed"] == "SciML"  # the others are the same talk


def test_the_page_lists_every_reason() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", WEEKLY, re.MULTILINE)) == {*get_args(NewsCode)}


def test_the_page_lists_the_statuses() -> None:
    assert re.findall(r"^\| (\d+) \|", WEEKLY, re.MULTILINE) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("page", [WEEKLY, README], ids=["guide", "README"])
def test_the_line_of_cron_runs_off_the_hour(page: str) -> None:
    (line,) = [block for block in blocks(page, "text") if "--config" in block]
    found = re.fullmatch(r"(\d+) (\d+) \* \* (\d)  \S+/enrich --config (\S+) --quiet\n", line)
    assert found is not None
    assert int(found[1]) % 15


def test_a_quiet_run_prints_nothing_but_trouble(fakes: Fakes, tmp_path: Path) -> None:
    (tmp_path / "a.ics").write_bytes(calendar("A", ONE))
    text = 'feeds = ["a.ics"]\nnew-since = "all.json"\noutput = ["all.json", "new.md"]\n'
    (tmp_path / "week.toml").write_text(text, encoding="utf-8")
    args = ("--config", str(tmp_path / "week.toml"), "--quiet")
    for _ in range(2):  # from another folder, as cron does
        ran = run(*args, env=fakes.env(tmp_path / "home"), cwd=Path("/"))
        assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert "nothing is new since the last run" in (tmp_path / "new.md").read_text()


def test_the_recipe_of_the_readme_runs_week_by_week(fakes: Fakes, tmp_path: Path) -> None:
    (line,) = [block for block in blocks(README, "sh") if "--new-since" in block]
    for events, new in (((ONE,), ["1"]), ((ONE, TWO), ["2"]), ((TWO,), [])):
        (tmp_path / "a.ics").write_bytes(calendar("A", *events))
        (tmp_path / "b.ics").write_bytes(calendar("B"))
        ran = run(*line.split()[1:], env=fakes.env(tmp_path / "home"), cwd=tmp_path)
        assert ran.status == 0, ran.err
        shown = (tmp_path / "new.html").read_text(encoding="utf-8")
        assert re.findall(r"<h3>Talk (\d)", shown) == new
    stored = json.loads((tmp_path / "all.json").read_bytes())["talks"]
    assert {t["id"]: [w["code"] for w in t["warnings"]] for t in stored} == {
        "2": [],
        "1": ["vanished"],
    }
