"""Plug-ins work by being there, through the real command and in Python."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.command import run
from tests.fakes import FakePaper, Fakes
from tests.sources.plugins import DISTRIBUTION, FILES, copy_package, write_files

FEED = """\
BEGIN:VCALENDAR
PRODID:-//Bellhouse//EN
BEGIN:VEVENT
UID:1
DTSTART:20220218T180000Z
SUMMARY:On rings by Ada Bell
DESCRIPTION:see hal.science/hal-01234567 and hal.science/hal-00000000\\, arXiv:2101.00001\\,
  arXiv:2101.00002 and arXiv:2101.00003
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def env(tmp_path: Path, fakes: Fakes) -> dict[str, str]:
    """A home in which a distribution is installed beside a copy of the package with further files."""
    copy_package(tmp_path / "copy")
    write_files(tmp_path / "copy", FILES)
    write_files(tmp_path / "site", DISTRIBUTION)
    (tmp_path / "a.ics").write_text(FEED, "utf-8")
    (tmp_path / "papers.txt").write_text("#catalogue\narxiv:2101.00003\tFrom a list\n", "utf-8")
    path = f"{tmp_path / 'copy'}:{tmp_path / 'site'}"
    return fakes.env(tmp_path / "home", PYTHONPATH=path)


def test_one_of_each_through_the_command(env: dict[str, str], fakes: Fakes, tmp_path: Path) -> None:
    fakes.datacite.add(FakePaper(id="2101.00001", title="DataCite has it"))
    fakes.fault("export.arxiv.org", "403")
    feed, papers = str(tmp_path / "a.ics"), str(tmp_path / "papers.txt")
    ran = run(feed, "--papers", papers, "-f", "titles", env=env, cwd=tmp_path)
    assert ran.out.splitlines() == [
        "Ada Bell: A paper of HAL (None)",
        "Ada Bell: A copy (haldata)",
        "Ada Bell: DataCite has it (datacite)",
        "Ada Bell: Third has it (third)",
        "Ada Bell: From a list (collection)",
    ]
    assert ran.status == 0, ran.err


def test_a_format_is_told_from_the_ending_and_a_built_in_wins(
    env: dict[str, str], tmp_path: Path
) -> None:
    feed, out = str(tmp_path / "a.ics"), tmp_path / "list.titles"
    assert run(feed, "--offline", "-o", str(out), env=env, cwd=tmp_path).status == 3
    assert out.read_text("utf-8").startswith("Ada Bell: failed (None)\n")
    ran = run(feed, "--offline", env=env, cwd=tmp_path)
    assert [talk["speaker"] for talk in json.loads(ran.out)["talks"]] == ["Ada Bell"]
    assert "titles" in run("--help", env=env, cwd=tmp_path).out


def test_in_python_too(env: dict[str, str], tmp_path: Path) -> None:
    code = """
        from enrich import Enricher, find_references, parse_id, write
        from enrich import sources, writers
        from enrich.sources.installed import second_sources, source
        print(sources.names(), [s.name for s in second_sources()], writers.names())
        print(parse_id("https://hal.science/hal-01234567"), source("arxiv").url)
        mine = [source("hal")]
        with Enricher(sources=mine, cache_dir="cache") as enricher:
            found = enricher.enrich_text("hal.science/hal-01234567, arXiv:2101.00001")
        print({str(id_): paper.title for id_, paper in found.papers.items()})
        """
    done = subprocess.run(
        [sys.executable, "-c", dedent(code)],
        env=env, cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    names, ids, found = done.stdout.splitlines()
    assert "('arxiv', 'hal', 'openreview') ['datacite', 'dblp', 'haldata', 'third']" in names
    assert "'titles'" in names
    assert ids.startswith("hal:hal-01234567 <bound method ArxivForms.url")
    assert found == "{'hal:hal-01234567': 'A paper of HAL'}"


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"enrich/sources/empty.py": "NAME = 1"}, "sources/empty.py defines neither SOURCE nor"),
        (
            {"enrich/sources/folder/__init__.py": ""},
            "sources/folder/api.py is missing; it defines SOURCE",
        ),
        ({"enrich/writers/empty.py": "NAME = 1"}, "writers/empty.py defines no WRITER"),
    ],
)
def test_a_file_that_offers_nothing_is_named(
    broken: dict[str, str], message: str, tmp_path: Path
) -> None:
    copy_package(tmp_path)
    write_files(tmp_path, broken)
    code = (
        "from enrich.sources.installed import sources; from enrich.writers import names, writer;"
        "sources(); [writer(name) for name in names()]"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(tmp_path)}, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert message in done.stderr


def test_an_entry_point_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    broken = DISTRIBUTION | {"hal_plugin.py": "import nothing_of_this_name"}
    write_files(tmp_path, broken)
    done = subprocess.run(
        [sys.executable, "-c", "from enrich import find_references; find_references('x')"],
        env={"PYTHONPATH": str(tmp_path)}, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "PluginError: the entry point hal of enrich.sources (hal_plugin:SOURCE)" in done.stderr
