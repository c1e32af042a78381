"""The composite action `reading-list`: its schema, its pins, and its shell steps run as GitHub runs them."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from enrich.writers import names
from tests.cli.test_weekly import LINKS, calendar, event
from tests.conftest import ROOT
from tests.fakes import FakePaper, Fakes

FOLDER = ROOT / ".github/actions/reading-list"
ACTION: dict[str, Any] = YAML(typ="safe").load((FOLDER / "action.yml").read_text(encoding="utf-8"))
EXAMPLE: dict[str, Any] = YAML(typ="safe").load((FOLDER / "example.yml").read_text("utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "name" in step}
PAGE = "index.html" if "html" in names() else "index.md"
EVENTS = [
    event(str(number), f"202601{number:02}T160000Z", "loss" if number == 1 else "")
    for number in range(1, 5)
]


@pytest.mark.parametrize(
    ("schema", "name"), [("github-actions", "action.yml"), ("github-workflows", "example.yml")]
)
def test_it_fits_the_schema(schema: str, name: str) -> None:
    args = ("check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(FOLDER / name))
    done = subprocess.run(
        [sys.executable, "-m", *args], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_no_input_becomes_part_of_a_script() -> None:
    assert STEPS
    for step in STEPS.values():
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


def test_every_input_is_used_and_every_used_one_is_there() -> None:
    text = (FOLDER / "action.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == {*ACTION["inputs"]}


def test_the_cache_is_saved_by_each_run_and_restored_from_the_last() -> None:
    (cache,) = [
        s for s in ACTION["runs"]["steps"] if s.get("uses", "").startswith("actions/cache@")
    ]
    assert "github.run_id" in cache["with"]["key"]
    prefix = cache["with"]["restore-keys"].strip()
    assert cache["with"]["key"].startswith(prefix)
    assert "${{" not in prefix


def test_the_example_runs_off_the_hour_with_the_rights_of_pages() -> None:
    (schedule,) = EXAMPLE["on"]["schedule"]
    minute = int(schedule["cron"].split()[0])
    assert minute % 15
    assert EXAMPLE["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}


def test_the_distribution_is_installed_by_its_real_name() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'name = "{ACTION["inputs"]["package"]["default"]}"' in project


@dataclass
class Runner:
    """A machine on which the shell steps run, in order."""

    folder: Path
    env: dict[str, str]

    def run(self, name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run a step with the inputs that it is given, as GitHub does."""
        step = STEPS[name]
        values = {key: value["default"] for key, value in ACTION["inputs"].items()} | {
            key.replace("_", "-"): value for key, value in inputs.items()
        }
        given = {
            key: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: values[m[1]], text)
            for key, text in step.get("env", {}).items()
        }
        script = self.folder / "step.sh"
        script.write_text(step["run"].replace("index.html", PAGE), encoding="utf-8")
        bin_ = (self.folder / "path").read_text().strip() if (self.folder / "path").exists() else ""
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            env={**self.env, **given, "PATH": f"{bin_}:{self.folder}/shims:{self.env['PATH']}"},
            cwd=self.folder / "work",
            check=False,
            capture_output=True,
            text=True,
        )

    def publish(self, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the steps that read and write; the second only if the first went well."""
        (self.folder / "summary").write_text("")
        done = self.run("Read the feeds, look the papers up", **inputs)
        if done.returncode == 0:
            done = self.run("Write the pages", **inputs)
        return done

    @property
    def summary(self) -> str:
        return (self.folder / "summary").read_text(encoding="utf-8")

    def site(self) -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in (self.folder / "work/site").iterdir()}


@pytest.fixture
def runner(fakes: Fakes, tmp_path: Path) -> Runner:
    """A machine whose `python -m venv` makes a folder with our own command and a pip that logs."""
    fakes.arxiv.add(FakePaper(id="2601.00001", title="The Shape of Loss"))
    for name in ("work", "shims", "home"):
        (tmp_path / name).mkdir()
    python = tmp_path / "shims/python"
    python.write_text(
        "#!/bin/bash\n"
        'test "$1 $2" = "-m venv" && mkdir -p "$3/bin"\n'
        f'printf \'#!/bin/bash\\nexec {sys.executable} -m enrich "$@"\\n\' > "$3/bin/enrich"\n'
        f'printf \'#!/bin/bash\\nprintf "%%s|" "$@" > {tmp_path}/pip\\n\' > "$3/bin/pip"\n'
        'chmod +x "$3/bin/enrich" "$3/bin/pip"\n'
    )
    python.chmod(0o755)
    env = fakes.env(
        tmp_path / "home",
        RUNNER_TEMP=str(tmp_path / "temp"),
        GITHUB_PATH=str(tmp_path / "path"),
        GITHUB_OUTPUT=str(tmp_path / "output"),
        GITHUB_STEP_SUMMARY=str(tmp_path / "summary"),
    )
    machine = Runner(tmp_path, env)
    done = machine.run("Install")
    assert done.returncode == 0, done.stderr
    return machine


FEED = "https://example.org/talks.ics"


def test_pip_gets_the_package(runner: Runner) -> None:
    assert (runner.folder / "pip").read_text() == "install|--quiet|talk-enrich|"
    runner.run("Install", package="talk-enrich==1.0 ; rm -rf x")
    assert (runner.folder / "pip").read_text() == "install|--quiet|talk-enrich==1.0 ; rm -rf x|"


def test_all_files_are_written_and_the_summary_lists_what_is_new(
    fakes: Fakes, runner: Runner
) -> None:
    fakes.serve(FEED, calendar("A", *EVENTS[:3]))
    done = runner.publish(feeds=f"\n{FEED}\n")
    assert done.returncode == 0, done.stderr
    site = runner.site()
    assert sorted(site) == [PAGE, "papers.atom", "papers.bib", "talks.ics"]
    assert all(b"The Shape of Loss" in body for body in site.values())
    assert b"LINK;" in site["talks.ics"]
    assert "### Talk 3" in runner.summary
    fakes.serve(FEED, calendar("A", *EVENTS))
    assert runner.publish(feeds=FEED).returncode == 0
    assert "### Talk 4" in runner.summary
    assert "### Talk 3" not in runner.summary
    assert b"Talk 3" in runner.site()["talks.ics"]
    asked = len(fakes.requests("export.arxiv.org"))
    assert runner.publish(feeds=FEED).returncode == 0
    assert "nothing is new since the last run" in runner.summary
    assert len(fakes.requests("export.arxiv.org")) == asked


def test_status_3_is_a_warning_and_publishes(fakes: Fakes, runner: Runner) -> None:
    fakes.serve(FEED, calendar("A", *EVENTS))
    missing = "https://example.org/gone.ics"
    done = runner.run("Read the feeds, look the papers up", feeds=f"{FEED}\n{missing}")
    assert done.returncode == 0, done.stderr
    assert "::warning title=Reading list::" in done.stdout
    assert "> [!WARNING]\n> enrich: example.org/gone.ics: has no such feed" in runner.summary
    assert (runner.folder / "output").read_text() == "status=3\n"
    assert runner.run("Write the pages", feeds=f"{FEED}\n{missing}").returncode == 0


def test_fewer_than_half_of_the_talks_publish_nothing(fakes: Fakes, runner: Runner) -> None:
    fakes.serve(FEED, calendar("A", *EVENTS))
    assert runner.publish(feeds=FEED).returncode == 0
    before = runner.site()
    fakes.serve(FEED, calendar("A", EVENTS[0]))
    done = runner.publish(feeds=FEED)
    assert done.returncode == 1
    assert "Nothing is published." in runner.summary
    assert "--fail-if-fewer requires at least" in runner.summary
    assert runner.site() == before
    assert runner.publish(feeds=FEED, fail_if_fewer="0").returncode == 0


def test_a_file_of_options_gives_feeds_and_filters(fakes: Fakes, runner: Runner) -> None:
    fakes.serve(FEED, calendar("A", *EVENTS))
    text = f'feeds = ["{FEED}"]\nmatch = "Talk 1"\nnew-since = "old.json"\noutput = "old.json"\n'
    (runner.folder / "work/week.toml").write_text(text)
    done = runner.publish(config="week.toml")
    assert done.returncode == 0, done.stderr
    assert sorted(runner.site()) == [PAGE, "papers.atom", "papers.bib", "talks.ics"]
    assert b"Talk 2" not in runner.site()["talks.ics"]
    assert not (runner.folder / "work/old.json").exists()


def test_no_feed_is_an_error(runner: Runner) -> None:
    assert runner.publish(feeds="").returncode == 2
    assert LINKS["loss"] not in runner.summary
