"""Pages of the guide: they are listed, they render on GitHub, and their code runs as it stands.

`weekly`, `config` and `scale` have tests of their own that run their code; here they are read as the
others are.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from enrich.cli.commands.guide import find_pages
from enrich.cli.main import main
from tests.conftest import ROOT
from tests.fakes import Fakes

FOLDER = ROOT / "enrich/guide"
PAGES = sorted(FOLDER.glob("*.md"), key=lambda path: path.stem)
RUN_HERE = ("library", "publish", "zotero")
TABLES = ("pandas", "polars")
PIPELINES = ("airflow", "dagster", "prefect")
STAND_INS = """
import sys, types
def passing(*args, **kwargs):
    return args[0] if args and callable(args[0]) else passing
for name in ("airflow", "airflow.sdk", "dagster", "prefect"):
    module = types.ModuleType(name)
    module.task = module.asset = module.flow = passing
    sys.modules.setdefault(name, module)
"""


def blocks(topic: str, language: str) -> list[str]:
    text = (FOLDER / f"{topic}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def needs(block: str) -> str | None:
    """The package that a block shows and that enrich does not bring."""
    names = re.findall(r"^(?:import|from) (\w+)", block, re.MULTILINE)
    return next((name for name in names if name in (*TABLES, *PIPELINES)), None)


@pytest.fixture
def env(fakes: Fakes, tmp_path: Path) -> dict[str, str]:
    """An environment in which `enrich` is this program, and a folder with the pages' inputs."""
    fakes.add_example()
    calendar = (ROOT / "enrich/example/SciML.ics").read_bytes()
    for name in ("feed.ics", "seminar.ics"):
        (tmp_path / name).write_bytes(calendar)
    (tmp_path / "library.bib").write_text(
        "@misc{a, title={My own title}, eprint={2103.01338}, archiveprefix={arXiv}}"
    )
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/enrich"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m enrich "$@"\n')
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    return fakes.env(tmp_path / "home", PATH=path)


def run_python(
    code: list[str], env: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    driver = "import json, sys\nnames = {'__name__': 'guide'}\nfor block in json.load(sys.stdin):\n    exec(compile(block, 'guide', 'exec'), names)\n"
    return subprocess.run(
        [sys.executable, "-c", driver], input=json.dumps(code),
        env=env, cwd=folder, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_the_list_names_each_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(find_pages())
    assert {"library", "publish", "zotero"} <= find_pages().keys()
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize("topic", [*RUN_HERE, "LIBRARY", "library.md"])
def test_a_page_is_printed_as_it_lies(topic: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide", topic]) == 0
    name = topic.lower().removesuffix(".md")
    assert capsys.readouterr().out == (FOLDER / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("topic", "message"),
    [("libary", "did you mean enrich guide library?"), ("x", "there are: ")],
)
def test_another_topic_names_the_pages(
    topic: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["guide", topic]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_renders_on_github(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert text.endswith("\n")
    fences = re.findall(r"^```(\w*)$", text, re.MULTILINE)
    assert len(fences) % 2 == 0
    assert all(fences[::2]), "each block names its language"
    assert not any(fences[1::2])
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert len(re.findall(r"^# ", prose, re.MULTILINE)) == 1
    assert not re.search(r"<[a-zA-Z/!]", re.sub(r"`[^`]*`", "", prose)), "no HTML"
    for link in re.findall(r"\]\(([^)]+)\)", prose):
        assert link.startswith("https://") or (page.parent / link.partition("#")[0]).exists(), link
    for table in re.findall(r"(?:^\|.*\|\n)+", prose, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_names_pages_that_exist(page: Path) -> None:
    named = set(re.findall(r"enrich guide (\w+)", page.read_text(encoding="utf-8")))
    known = find_pages().keys()
    assert named <= known


def test_the_python_of_the_library_runs(env: dict[str, str], tmp_path: Path) -> None:
    code = [b for b in blocks("library", "python") if needs(b) not in TABLES]
    done = run_python([STAND_INS, *code, 'print(weekly("feed.ics"), reading_list)'], env, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Acceleration via Fractal Learning Rate Schedules, 2021-03-01" in done.stdout
    assert "list.ndjson" in done.stdout
    assert (tmp_path / "list.md").read_text(encoding="utf-8").startswith("#")


@pytest.mark.parametrize("package", TABLES)
def test_a_table_is_made_of_the_rows(package: str, env: dict[str, str], tmp_path: Path) -> None:
    if find_spec(package) is None:
        pytest.skip(f"{package} is not here")
    code = [b for b in blocks("library", "python") if needs(b) in (None, package)]
    ends = next(place for place, block in enumerate(code) if needs(block) == package)
    done = run_python(code[: ends + 1], env, tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("package", PIPELINES)
def test_a_pipeline_is_shown_with_the_packages_own_names(package: str) -> None:
    (block,) = [b for b in blocks("library", "python") if needs(b) == package]
    compile(block, package, "exec")
    assert "make_reading_list" in block


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
@pytest.mark.parametrize(
    ("topic", "number"),
    [(topic, n) for topic in RUN_HERE for n in range(len(blocks(topic, "sh")))],
)
def test_the_shell_of_a_page_runs(
    topic: str, number: int, env: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", blocks(topic, "sh")[number]],
        env=env, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for name in re.findall(r"-o (\S+)", blocks(topic, "sh")[number]):
        assert (tmp_path / name).stat().st_size


def test_what_publish_calls_found_is_found() -> None:
    from enrich import find_references

    found, missed = blocks("publish", "text")[1:3]
    assert [len(find_references(line)) for line in found.splitlines()] == [1] * 5
    assert [len(find_references(line)) for line in missed.splitlines()] == [0] * 3
