"""`--config`, `--new-since`, `--fail-on` and `--fail-if-fewer`: usage, precedence and exit status."""

from __future__ import annotations

import json
import os
import tomllib
from contextlib import suppress
from pathlib import Path
from threading import Thread

import click
import pytest

from enrich.cli.config import Config, read_config
from enrich.cli.run import command
from tests.cli.test_weekly import calendar, event
from tests.command import Ran, run
from tests.conftest import ROOT
from tests.fakes import Fakes

GUIDE = ROOT / "enrich/guide/config.toml"
ONE = event("1", "20260105T160000Z")
TWO = event("2", "20260106T160000Z")
WITH_PAPER = event("3", "20260107T160000Z", "loss")
UNKNOWN = ("--offline", "-q")


@pytest.fixture
def env(fakes: Fakes, tmp_path: Path) -> dict[str, str]:
    """A command's environment with an empty home, led to the stand-ins."""
    return fakes.env(tmp_path / "home")


def parse(text: str, folder: Path) -> Config:
    path = folder / "week.toml"
    path.write_text(text, encoding="utf-8")
    return read_config(str(path), command)


class TestConfig:
    def test_every_option_is_a_key(self, tmp_path: Path) -> None:
        names = {
            name.removeprefix("--")
            for param in command.params
            if isinstance(param, click.Option)
            for name in param.opts
            if name.startswith("--")
        } - {"version", "help", "config"}
        shown = tomllib.loads(uncommented(GUIDE.read_text(encoding="utf-8")))
        assert {*shown} == {*names, "feeds"}
        assert parse(uncommented(GUIDE.read_text(encoding="utf-8")), tmp_path).feeds

    def test_values_become_those_of_flags(self, tmp_path: Path) -> None:
        config = parse(
            """
            feeds = "-"
            since = 2026-01-05
            match = "one"
            exclude = ["two", "three"]
            own = true
            max-age = 90
            verbose = 2
            """,
            tmp_path,
        )
        assert config.feeds == ("-",)
        assert config.defaults == {
            "since": "2026-01-05",
            "match": ["one"],
            "exclude": ["two", "three"],
            "own": True,
            "max_age": "90",
            "verbose": 2,
        }

    def test_feeds_may_have_names(self, tmp_path: Path) -> None:
        config = parse(
            """
            feeds = ["researchseminars:SciML"]
            """,
            tmp_path,
        )
        assert config.names == {"researchseminars:SciML": None}
        config = parse(
            """
            [[feeds]]
            feed = "https://example.org/a.ics"
            name = "A"
            [[feeds]]
            feed = "file:///tmp/b.ics"
            """,
            tmp_path,
        )
        assert config.names == {"https://example.org/a.ics": "A", "file:///tmp/b.ics": None}

    def test_paths_are_relative_to_the_file(self, tmp_path: Path) -> None:
        config = parse(
            """
            feeds = ["a.ics", "/b.ics", "-", "webcal://example.org/c.ics"]
            new-since = "all.json"
            output = ["all.json", "md:new", "-", "csv:-", "/dev/null"]
            papers = ["~/p.sqlite", "sub/../q.sqlite"]
            cache-dir = "cache"
            """,
            tmp_path,
        )
        folder = str(tmp_path)
        assert config.feeds == (f"{folder}/a.ics", "/b.ics", "-", "webcal://example.org/c.ics")
        assert config.defaults["new_since"] == f"{folder}/all.json"
        assert config.defaults["outputs"] == [
            f"{folder}/all.json", f"md:{folder}/new", "-", "csv:-", "/dev/null",
        ]  # fmt: skip
        assert config.defaults["papers"] == [
            str(Path("~/p.sqlite").expanduser()),
            f"{folder}/q.sqlite",
        ]
        assert config.defaults["cache_dir"] == f"{folder}/cache"

    def test_a_file_beside_is_named_as_it_is_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("week.toml").write_text('feeds = "a.ics"', encoding="utf-8")
        assert read_config("week.toml", command).feeds == ("a.ics",)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("since", "is not TOML"),
            ("timeout = " + "9" * 5000, "is not TOML"),
            ("#" * 60_001, "is larger than 60 kB"),
            ('cache-dir = "a\\u0000b"', "cache-dir: a path holds no character U+0000"),
            ('feeds = "~nosuch/a.ics"', "feeds: ~nosuch/a.ics: there is no such home folder"),
            ('sinse = "7d"', "sinse: not an option of enrich; did you mean since?"),
            ('new_since = "a.json"', "new_since: not an option of enrich; did you mean new-since?"),
            ('openreview-token = "x"', "openreview-token: not an option of enrich"),
            ('config = "x"', "config: not an option of enrich"),
            ('offline = "yes"', "offline: neither true nor false"),
            ("own = 1", "own: neither true nor false"),
            ("since = true", "since: not a string or number"),
            ('since = ["7d"]', "since: not a string or number"),
            ("match = [[1]]", "match: not a string or number"),
            (
                'output = "bib:refs.bib"',
                "output: bib is not a format; did you mean bibtex:refs.bib?",
            ),
            ("feeds = [1]", "feeds: a feed is a string"),
            ("feeds = [{name = 'A'}]", "feeds: a feed is a string"),
            ("feeds = [{feed = 'a.ics', name = 1}]", "feeds: the name of a.ics is not a string"),
            ("feeds = [{feed = 'a.ics', url = 'x'}]", "feeds: a.ics: unknown key url"),
        ],
    )
    def test_what_is_wrong_is_named(self, text: str, message: str, tmp_path: Path) -> None:
        with pytest.raises(click.UsageError) as raised:
            parse(text, tmp_path)
        assert message in str(raised.value)

    def test_a_file_without_end_is_read_to_the_limit_only(self, tmp_path: Path) -> None:
        pipe = tmp_path / "endless.toml"
        os.mkfifo(pipe)
        written = 0

        def feed() -> None:
            nonlocal written
            with suppress(BrokenPipeError), pipe.open("wb", buffering=0) as file:
                while written < 5_000_000:
                    written += file.write(b"#" * 10_000)

        thread = Thread(target=feed)
        thread.start()
        with pytest.raises(click.UsageError, match="is larger than 60 kB"):
            read_config(str(pipe), command)
        thread.join()
        assert written < 1_000_000

    def test_flags_win_over_the_environment_and_that_over_the_file(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        (tmp_path / "a.ics").write_bytes(calendar("A", ONE, TWO))
        text = (
            'feeds = "a.ics"\nmatch = "talk 1"\nformat = "ndjson"\noffline = true\nquiet = true\n'
        )
        (tmp_path / "week.toml").write_text(text, encoding="utf-8")
        args = ("--config", "week.toml")

        def ids(*more: str, **variables: str) -> list[str]:
            ran = run(*args, *more, env={**env, **variables}, cwd=tmp_path)
            assert ran.status == 0, ran.err
            return [json.loads(line)["id"] for line in ran.out.splitlines()]

        assert ids() == ["1"]
        assert ids(ENRICH_MATCH="2") == ["2"]
        assert ids("--match", "absent", ENRICH_MATCH="2") == []
        assert ids(ENRICH_CONFIG="gone.toml") == ["1"]
        (tmp_path / "b.ics").write_bytes(calendar("B", event("1b", "20260105T160000Z")))
        assert ids("b.ics") == ["1b"]

    def test_a_bad_value_is_usage(self, env: dict[str, str], tmp_path: Path) -> None:
        for text, message in (
            ('feeds = "a.ics"\nfail-on = "always"\n', "always"),
            ('feeds = "a.ics"\nmax-age = "soon"\n', "soon"),
        ):
            (tmp_path / "week.toml").write_text(text, encoding="utf-8")
            ran = run("--config", "week.toml", env=env, cwd=tmp_path)
            assert (ran.status, ran.out) == (2, "")
            assert message in ran.err

    def test_a_file_that_cannot_be_read_is_usage(self, env: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "latin").write_bytes(b'feeds = "\xe9"')
        for name, message in (("gone", "no such file"), (".", "directory"), ("latin", "UTF-8")):
            ran = run("--config", name, env=env, cwd=tmp_path)
            assert (ran.status, ran.out) == (2, "")
            assert message in ran.err

    def test_no_output_replaces_the_file(self, env: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "week.json").write_text('feeds = "a.ics"\noutput = "week.json"\n')
        (tmp_path / "a.ics").write_bytes(calendar("A", ONE))
        ran = run("--config", "week.json", env=env, cwd=tmp_path)
        assert ran.status == 2
        assert "is an input of this run" in ran.err

    def test_the_example_of_the_guide_works(
        self, fakes: Fakes, env: dict[str, str], tmp_path: Path
    ) -> None:
        text = GUIDE.read_text(encoding="utf-8")
        for number, feed in enumerate(tomllib.loads(text)["feeds"]):
            source = feed if isinstance(feed, str) else feed["feed"]
            body = calendar(f"Feed {number}", event(str(number), "20270105T160000Z"))
            if source.startswith("https:"):
                fakes.serve(source, body)
            elif source.startswith("researchseminars:"):
                series = source.partition(":")[2]
                fakes.serve(f"https://researchseminars.org/seminar/{series}/ics", body)
            else:
                (tmp_path / source).write_bytes(body)
        (tmp_path / "week.toml").write_text(text, encoding="utf-8")
        ran = run("--config", "week.toml", env=env, cwd=tmp_path)
        assert ran.status == 0, ran.err
        for name in tomllib.loads(text)["output"]:
            assert (tmp_path / name).stat().st_size


def uncommented(text: str) -> str:
    """The example with every option set: a comment that is an option loses its mark."""
    lines = text.splitlines()
    return "\n".join(
        line.removeprefix("# ") if line.startswith("# ") and " = " in line else line
        for line in lines
    )


class TestNewSince:
    def week(self, env: dict[str, str], folder: Path, *args: str, events: tuple[str, ...]) -> Ran:
        (folder / "a.ics").write_bytes(calendar("A", *events))
        return run("a.ics", "--offline", *args, env=env, cwd=folder)

    def test_a_missing_file_is_empty_only_if_the_run_makes_it(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        args = ("--new-since", "all.json", "-o", "new.md")
        ran = self.week(env, tmp_path, *args, events=(ONE,))
        assert ran.status == 2
        assert "all.json: no such file; create it on the first run with -o all.json" in ran.err
        ran = self.week(env, tmp_path, *args, "-o", "./all.json", events=(ONE,))
        assert ran.status == 0
        assert "1 talk is new since all.json" in ran.err

    def test_lines_can_be_replaced_as_well(self, env: dict[str, str], tmp_path: Path) -> None:
        args = ("--new-since", "all.ndjson", "-o", "all.ndjson", "-o", "new.ndjson")
        for events, new, stored in (
            ((), [], []),
            ((ONE,), ["1"], ["1"]),
            ((TWO,), ["2"], ["2", "1"]),
        ):
            ran = self.week(env, tmp_path, *args, events=events)
            assert ran.status == 0
            for name, ids in (("new", new), ("all", stored)):
                lines = (tmp_path / f"{name}.ndjson").read_text().splitlines()
                assert [json.loads(line)["id"] for line in lines] == ids

    def test_without_being_replaced_it_filters_all_outputs(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        self.week(env, tmp_path, "-o", "old.json", events=(ONE,))
        before = (tmp_path / "old.json").read_bytes()
        ran = self.week(env, tmp_path, "--new-since", "old.json", "-f", "ndjson", events=(ONE, TWO))
        assert [json.loads(line)["id"] for line in ran.out.splitlines()] == ["2"]
        assert (tmp_path / "old.json").read_bytes() == before

    def test_what_is_not_an_earlier_output_is_refused_and_stays(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        for text in (
            "# Reading list",
            '{"format": "enrich.talks", "version": "1.0", "talks": [{}]}',
        ):
            (tmp_path / "all.json").write_text(text)
            args = ("--new-since", "all.json", "-o", "all.json")
            ran = self.week(env, tmp_path, *args, events=(ONE,))
            assert (ran.status, ran.out) == (2, "")
            assert "--new-since: all.json: not an earlier output" in ran.err
            assert (tmp_path / "all.json").read_text() == text

    def test_another_format_does_not_replace_it(self, env: dict[str, str], tmp_path: Path) -> None:
        args = ("--new-since", "all.json", "-o", "md:all.json")
        ran = self.week(env, tmp_path, *args, events=(ONE,))
        assert ran.status == 2
        assert "the next run cannot compare with md" in ran.err

    def test_it_is_no_feed_of_the_run_that_replaces_it(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        args = ("--new-since", "all.json", "-o", "all.json")
        self.week(env, tmp_path, *args, events=(ONE,))
        ran = run("all.json", *args, "--offline", env=env, cwd=tmp_path)
        assert ran.status == 2
        assert "all.json is an input of this run" in ran.err

    def test_if_no_feed_can_be_read_nothing_changes(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        args = ("--new-since", "all.json", "-o", "all.json")
        self.week(env, tmp_path, *args, events=(ONE,))
        before = (tmp_path / "all.json").read_bytes()
        ran = run("gone.ics", *args, "--offline", env=env, cwd=tmp_path)
        assert ran.status == 1
        assert (tmp_path / "all.json").read_bytes() == before

    def test_filters_apply_to_the_run_and_not_to_what_vanished(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        args = ("--new-since", "all.json", "-o", "all.json")
        self.week(env, tmp_path, *args, events=(ONE, TWO, WITH_PAPER))
        more = ("--with-papers-only", "--own", "--since", "2027-01-01", "--fail-on", "never")
        ran = self.week(env, tmp_path, *args, *more, events=(TWO,))
        assert ran.status == 0
        talks = json.loads((tmp_path / "all.json").read_bytes())["talks"]
        assert [talk["id"] for talk in talks] == ["1", "3"]  # 2 is held, and left out by --since

    def test_sorted_outputs_hold_what_vanished_at_its_place(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        args = ("--new-since", "all.json", "-o", "all.json", "--sort", "start")
        self.week(env, tmp_path, *args, events=(ONE, TWO))
        self.week(env, tmp_path, *args, events=(TWO,))
        talks = json.loads((tmp_path / "all.json").read_bytes())["talks"]
        assert [talk["id"] for talk in talks] == ["1", "2"]

    def test_a_vanished_talk_is_unmarked_when_it_is_back(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        args = ("--new-since", "all.json", "-o", "all.json", "-o", "new.ndjson")
        for events, codes in (((ONE, TWO), []), ((TWO,), ["vanished"]), ((ONE, TWO), [])):
            ran = self.week(env, tmp_path, *args, events=events)
            assert ran.status == 0
            talks = json.loads((tmp_path / "all.json").read_bytes())["talks"]
            (one,) = [talk for talk in talks if talk["id"] == "1"]
            assert [w["code"] for w in one["warnings"]] == codes
        assert (tmp_path / "new.ndjson").read_text() == ""


class TestFailOn:
    @pytest.mark.parametrize(
        ("fail_on", "statuses"),
        [
            ("never", (0, 0, 0, 0)),
            ("failed", (3, 0, 3, 0)),
            ("unresolved", (3, 3, 3, 0)),
            (None, (3, 0, 3, 0)),
        ],
    )
    def test_the_line_between_0_and_3(
        self, env: dict[str, str], tmp_path: Path, fail_on: str | None, statuses: tuple[int, ...]
    ) -> None:
        (tmp_path / "a.ics").write_bytes(calendar("A", WITH_PAPER))
        (tmp_path / "b.ics").write_bytes(calendar("B", ONE))
        more = ("-q", "-o", "out.json", *(("--fail-on", fail_on) if fail_on else ()))
        runs = (("a.ics", "--offline"), ("a.ics",), ("b.ics", "gone.ics"), ("b.ics",))
        """A paper that failed, one that does not exist, a feed that cannot be read, none of these."""
        assert tuple(run(*args, *more, env=env, cwd=tmp_path).status for args in runs) == statuses


class TestFailIfFewer:
    @pytest.mark.parametrize(
        ("fewest", "status"),
        [("0", 0), ("1", 0), ("2", 1), ("0%", 0), ("33%", 0), ("34%", 1), ("50 %", 1), ("100%", 1)],
    )
    def test_nothing_is_written_if_there_are_too_few(
        self, env: dict[str, str], tmp_path: Path, fewest: str, status: int
    ) -> None:
        args = ("a.ics", "-q", "--new-since", "all.json", "-o", "all.json", "-o", "new.md")
        (tmp_path / "a.ics").write_bytes(calendar("A", ONE, TWO, event("4", "20260109T160000Z")))
        assert run(*args, "--fail-if-fewer", "3", env=env, cwd=tmp_path).status == 0
        before = (tmp_path / "all.json").read_bytes()
        (tmp_path / "a.ics").write_bytes(calendar("A", ONE))
        ran = run(*args, "--fail-if-fewer", fewest, env=env, cwd=tmp_path)
        assert ran.status == status
        assert ((tmp_path / "all.json").read_bytes() == before) == (status == 1)
        if status:
            assert "1 talk, but --fail-if-fewer requires at least " in ran.err
            assert "nothing is written" in ran.err

    def test_talks_that_vanished_before_do_not_count(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        args = ("a.ics", "-q", "--new-since", "all.json", "-o", "all.json")
        for events in ((ONE, TWO, WITH_PAPER), (ONE,)):
            (tmp_path / "a.ics").write_bytes(calendar("A", *events))
            assert run(*args, "--fail-on", "never", "--offline", env=env, cwd=tmp_path).status == 0
        last = run(*args, "--fail-if-fewer", "100%", "--fail-on", "never", "--offline", env=env, cwd=tmp_path)  # fmt: skip
        assert last.status == 0

    def test_the_first_run_has_no_share_to_keep(self, env: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "a.ics").write_bytes(calendar("A"))
        args = ("a.ics", "--new-since", "all.json", "-o", "all.json", "--fail-if-fewer", "50%")
        assert run(*args, env=env, cwd=tmp_path).status == 0

    def test_without_an_earlier_output(self, env: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "a.ics").write_bytes(calendar("A", ONE))
        (tmp_path / "old.json").write_text("old")
        args = ("a.ics", *UNKNOWN, "-o", "old.json", "--fail-if-fewer")
        ran = run(*args, "2", env=env, cwd=tmp_path)
        assert (ran.status, (tmp_path / "old.json").read_text()) == (1, "old")
        assert run(*args, "1", env=env, cwd=tmp_path).status == 0
        for value, message in (("50%", "needs --new-since"), ("many", "neither a number")):
            ran = run(*args, value, env=env, cwd=tmp_path)
            assert ran.status == 2
            assert message in ran.err

    def test_papers_that_are_left_out_count_at_the_end(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        (tmp_path / "a.ics").write_bytes(calendar("A", ONE, TWO))
        args = ("a.ics", *UNKNOWN, "--with-papers-only", "-o", "a.json", "--fail-if-fewer", "1")
        assert run(*args, env=env, cwd=tmp_path).status == 1
        assert not (tmp_path / "a.json").exists()
