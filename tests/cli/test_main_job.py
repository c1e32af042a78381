"""The main job end to end: the real command, the services' stand-ins, real files."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from enrich.cli.commands import command_names
from tests.command import checked_line, run
from tests.conftest import ROOT
from tests.fakes import Fakes

EXAMPLE = ROOT / "enrich/example/SciML.ics"
PAPERS = ROOT / "enrich/example/papers.jsonl"
THREE = ["arxiv:2103.01338", "openreview:FpKgG31Z_i9", "arxiv:2110.10090"]
WRITTEN = [
    "https://arxiv.org/pdf/2103.01338v2.pdf",
    "https://openreview.net/pdf?id=FpKgG31Z_i9",
    "https://arxiv.org/pdf/2110.10090.pdf",
]


@pytest.fixture
def env(fakes: Fakes, tmp_path: Path) -> dict[str, str]:
    """A command's environment with an empty home, led to the stand-ins."""
    return fakes.env(tmp_path / "home")


def calendar(*events: str) -> bytes:
    return "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *events, "END:VCALENDAR", ""]
    ).encode()


def event(uid: str, description: str = "", start: str = "20220218T180000Z") -> str:
    return "\r\n".join(
        [
            "BEGIN:VEVENT",
            f"UID:{uid}",
            f"DTSTART:{start}",
            f"SUMMARY:Talk {uid}",
            f"DESCRIPTION:{description}",
            "END:VEVENT",
        ]
    )


class TestTheUsersOwnFile:
    def test_the_three_papers_offline(self, shared: Path, env: dict[str, str]) -> None:
        ran = run(str(shared / "seed.ics"), "--papers", str(PAPERS), "--offline", env=env)
        assert ran.status == 0
        (talk,) = ran.document["talks"]
        assert [r["paper"] for r in talk["references"]] == THREE
        assert [r["version"] for r in talk["references"]] == ["v2", None, None]
        assert [r["exact"] for r in talk["references"]] == WRITTEN
        assert [talk["abstract"][r["start"] : r["end"]] for r in talk["references"]] == WRITTEN
        assert {
            key: talk[key]
            for key in (
                "id",
                "url",
                "title",
                "speaker",
                "speaker_affiliation",
                "series",
                "start_time",
                "end_time",
            )
        } == {
            "id": "SciML/3",
            "url": "https://researchseminars.org/talk/SciML/3/",
            "title": "Understanding Neural Net Training Dynamics in Tractable Slices",
            "speaker": "Dr. Cyril Zhang",
            "speaker_affiliation": "Microsoft Research",
            "series": "e-Seminar on Scientific Machine Learning",
            "start_time": "2022-02-18T18:00:00Z",
            "end_time": "2022-02-18T19:00:00Z",
        }
        assert [talk["abstract"][slice(*r["context"])][:20] for r in talk["references"]] == [
            "- Self-stabilizing u", "- Learning rate graf", "- Inductive biases o",
        ]  # fmt: skip

    def test_the_same_bytes_under_any_hash_seed_and_time_zone(
        self, shared: Path, env: dict[str, str]
    ) -> None:
        outs = {
            run(
                str(shared / "seed.ics"),
                "--papers",
                str(PAPERS),
                "--offline",
                env={**env, "PYTHONHASHSEED": seed, "TZ": zone},
            ).out
            for seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo"), ("42", "America/Los_Angeles"))
        }
        assert len(outs) == 1


class TestAgainstTheServices:
    def test_cold_warm_refresh(self, fakes: Fakes, env: dict[str, str]) -> None:
        fakes.add_example()
        cold = run(str(EXAMPLE), env=env)
        assert cold.status == 0, cold.err
        assert [p["status"] for p in cold.document["papers"]] == ["resolved"] * 3
        first, _, last = cold.document["papers"]
        assert [a["name"] for a in first["authors"]] == [
            "Naman Agarwal",
            "Surbhi Goel",
            "Cyril Zhang",
        ]
        assert (first["published"], first["updated"], first["category"]) == (
            "2021-03-01",
            "2021-06-11",
            "cs.LG",
        )
        assert last["latest_version"] == "v2"
        assert len(fakes.requests("export.arxiv.org")) == 1
        openreview = fakes.requests("api.openreview.net") + fakes.requests("api2.openreview.net")
        assert 1 <= len(openreview) <= 2
        fakes.forget()
        warm = run(str(EXAMPLE), env=env)
        assert (warm.status, warm.out, fakes.requests()) == (0, cold.out, [])
        offline = run(str(EXAMPLE), "--offline", env=env)
        assert (offline.status, offline.out, fakes.requests()) == (0, cold.out, [])
        refreshed = run(str(EXAMPLE), "--refresh", env=env)
        assert (refreshed.status, refreshed.out) == (0, cold.out)
        assert len(fakes.requests("export.arxiv.org")) == 1

    def test_nothing_secret_is_kept_with_a_login(
        self, fakes: Fakes, env: dict[str, str], tmp_path: Path
    ) -> None:
        fakes.add_example()
        fakes.openreview.gate = "403"
        fakes.openreview.accounts["reader@example.org"] = "hunter-2-secret"
        login = {
            "OPENREVIEW_USERNAME": "reader@example.org",
            "OPENREVIEW_PASSWORD": "hunter-2-secret",
        }
        ran = run(str(EXAMPLE), "-vv", env={**env, **login})
        assert ran.status == 0, ran.err
        assert fakes.openreview.logins == 1
        tokens = [
            r.headers["authorization"].removeprefix("Bearer ")
            for r in fakes.requests()
            if "authorization" in r.headers
        ]
        assert tokens
        kept = b"".join(
            path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file()
        )
        for secret in ("hunter-2-secret", "reader@example.org", *tokens):
            assert secret.encode() not in kept
            assert secret not in ran.out + ran.err

    def test_behind_the_gate(self, fakes: Fakes, env: dict[str, str]) -> None:
        fakes.add_example()
        fakes.openreview.gate = "403"
        ran = run(str(EXAMPLE), "--no-fallback", env=env)
        assert ran.status == 3
        one, two, three = ran.document["papers"]
        assert (one["status"], three["status"]) == ("resolved", "resolved")
        assert (two["status"], two["error"]["code"]) == ("failed", "challenge")
        assert two["url"] == "https://openreview.net/forum?id=FpKgG31Z_i9"
        assert [r["exact"] for r in ran.document["talks"][0]["references"]] == WRITTEN
        last = ran.err.splitlines()[-1]
        for remedy in (
            "OPENREVIEW_TOKEN",
            "OPENREVIEW_USERNAME",
            "OPENREVIEW_PASSWORD",
            "--papers",
        ):
            assert remedy in last

    def test_a_feed_from_an_address(self, fakes: Fakes, env: dict[str, str]) -> None:
        url = fakes.serve("/seminar/SciML/ics", EXAMPLE.read_bytes())
        ran = run(url, "--papers", str(PAPERS), "--offline", env=env)
        assert ran.status == 1  # offline, and never fetched
        ran = run(url, "--papers", str(PAPERS), env=env)
        assert ran.status == 0, ran.err
        assert [p["id"] for p in ran.document["papers"]] == THREE


class TestInput:
    @pytest.mark.parametrize(
        ("name", "body"),
        [
            ("missing.ics", None),
            ("page.ics", b"<!DOCTYPE html><html><title>Log in</title></html>"),
            ("empty.ics", b""),
            ("blank.ics", b" \r\n\n"),
            ("rubbish.ics", bytes(range(256)) * 20),
            ("data.json", b'{"some": "thing"}'),
            ("folder", "directory"),
        ],
    )
    def test_what_cannot_be_read_is_one_clear_line(
        self, env: dict[str, str], tmp_path: Path, name: str, body: object
    ) -> None:
        path = tmp_path / name
        if body == "directory":
            path.mkdir()
        elif isinstance(body, bytes):
            path.write_bytes(body)
        ran = run(str(path), env=env)
        assert (ran.status, ran.out) == (1, "")
        (line,) = ran.err.splitlines()
        assert name in line

    def test_a_calendar_without_talks_is_fine(self, env: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "none.ics").write_bytes(calendar())
        ran = run(str(tmp_path / "none.ics"), env=env)
        assert (ran.status, ran.document["talks"]) == (0, [])

    def test_a_broken_event_costs_no_other(self, env: dict[str, str], tmp_path: Path) -> None:
        broken = "BEGIN:VEVENT\r\nUID:2\r\nno colon here \x00\r\nEND:VEVENT"
        (tmp_path / "a.ics").write_bytes(calendar(event("1"), broken, event("3")))
        ran = run(str(tmp_path / "a.ics"), "--offline", env=env)
        assert ran.status == 0
        ids = [talk["id"] for talk in ran.document["talks"]]
        assert ids[0] == "1"
        assert ids[-1] == "3"
        assert "2" in ids or [n["event"] for n in ran.document["notices"]] == ["2"]

    def test_a_feed_cut_in_its_last_event_is_a_notice_with_its_line(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        whole = calendar(event("1"), event("2", "see arXiv:2103.01338"))
        (tmp_path / "cut.ics").write_bytes(whole[: whole.index(b"DTSTART", whole.index(b"UID:2"))])
        ran = run(str(tmp_path / "cut.ics"), "--offline", env=env)
        assert ran.status == 0
        assert ran.document["talks"][0]["id"] == "1"
        (notice,) = ran.document["notices"]
        assert (notice["event"], notice["line"]) == ("2", 10)
        assert "1 event could not be read" in ran.err

    def test_one_of_several_feeds_fails(self, env: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "a.ics").write_bytes(calendar(event("1")))
        ran = run(str(tmp_path / "gone.ics"), str(tmp_path / "a.ics"), env=env)
        assert ran.status == 3
        assert [talk["id"] for talk in ran.document["talks"]] == ["1"]
        assert [n["code"] for n in ran.document["notices"]] == ["unreadable_feed"]

    def test_standard_input(self, env: dict[str, str]) -> None:
        ran = run("-", "--papers", str(PAPERS), "--offline", env=env, stdin=EXAMPLE.read_bytes())
        assert [p["id"] for p in ran.document["papers"]] == THREE


class TestOutput:
    def test_a_file_is_written_whole_and_an_old_one_keeps_its_mode(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        target = tmp_path / "talks.json"
        target.write_text("old")
        target.chmod(0o640)
        ran = run(str(EXAMPLE), "--papers", str(PAPERS), "--offline", "-o", str(target), env=env)
        assert (ran.status, ran.out) == (0, "")
        assert stat.S_IMODE(target.stat().st_mode) == 0o640
        assert json.loads(target.read_text())["summary"]["resolved"] == 3
        assert ran.err.splitlines()[-1] == f"enrich: 1 talk, 3 links, 3 papers: 3 found -> {target}"
        assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["talks.json"]

    def test_a_new_file_gets_the_usual_mode(self, env: dict[str, str], tmp_path: Path) -> None:
        target = tmp_path / "list.md"
        run(str(EXAMPLE), "--papers", str(PAPERS), "--offline", "-o", str(target), env=env)
        umask = os.umask(0)
        os.umask(umask)
        assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~umask
        assert target.read_text().startswith("# Reading list")  # told from the ending

    def test_a_pipe_is_written_into_and_stays(self, env: dict[str, str], tmp_path: Path) -> None:
        """So `-o /dev/null` is safe for a user who may replace it."""
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        with ThreadPoolExecutor() as pool:
            read = pool.submit(pipe.read_text)
            ran = run(str(EXAMPLE), "--papers", str(PAPERS), "--offline", "-o", str(pipe), env=env)
            assert ran.status == 0, ran.err
            assert json.loads(read.result(timeout=60))["summary"]["resolved"] == 3
        assert pipe.is_fifo()

    def test_an_output_that_cannot_be_written_is_status_1(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        for target in (tmp_path / "none/such.json", tmp_path):
            ran = run(str(EXAMPLE), "--offline", "-o", str(target), env=env)
            assert ran.status == 1
            assert len(ran.err.splitlines()) == 1

    def test_a_failed_run_leaves_the_old_file(self, env: dict[str, str], tmp_path: Path) -> None:
        target = tmp_path / "talks.json"
        target.write_text("old")
        assert run(str(tmp_path / "gone.ics"), "-o", str(target), env=env).status == 1
        assert target.read_text() == "old"

    def test_ndjson_is_a_talk_a_line_with_its_papers(self, env: dict[str, str]) -> None:
        ran = run(str(EXAMPLE), "--papers", str(PAPERS), "--offline", "-f", "ndjson", env=env)
        (line,) = ran.out.splitlines()
        assert [p["id"] for p in checked_line(line)["papers"]] == THREE

    def test_notices_of_ndjson_are_said(self, env: dict[str, str], tmp_path: Path) -> None:
        whole = calendar(event("1"), event("2"))
        (tmp_path / "cut.ics").write_bytes(whole[: whole.index(b"DTSTART", whole.index(b"UID:2"))])
        ran = run(str(tmp_path / "cut.ics"), "-f", "ndjson", env=env)
        assert "line 10" in ran.err

    def test_no_control_or_bidi_character_goes_out(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        nasty = "a\x1b[31mred\x07 \u202eevil\u2066 \x9b2J see arXiv:2103.01338"
        (tmp_path / "n.ics").write_bytes(calendar(event("1", nasty)))
        for format_ in ("json", "ndjson", "md"):
            ran = run(str(tmp_path / "n.ics"), "--offline", "-f", format_, env=env)
            for char in "\x1b\x07\u202e\u2066\x9b":
                assert char not in ran.out + ran.err
        document = run(str(tmp_path / "n.ics"), "--offline", env=env).document
        assert "\u202eevil" in document["talks"][0]["abstract"]

    def test_a_closed_pipe_is_quiet(self, env: dict[str, str]) -> None:
        done = subprocess.run(
            ["sh", "-c", f"'{sys.executable}' -m enrich demo -q -f md | head -n 1"],
            env=env, capture_output=True, check=False, text=True,
        )  # fmt: skip
        assert (done.stdout, done.stderr) == ("# Reading list\n", "")

    def test_a_broken_pipe_ends_as_a_signal_would_end_it(self, env: dict[str, str]) -> None:
        script = f"{{ '{sys.executable}' -m enrich demo -q -f md; echo $? >&2; }} | true"
        done = subprocess.run(
            ["sh", "-c", script], env=env, capture_output=True, check=False, text=True
        )
        assert done.stderr.strip() in {
            "141",
            "0",
        }  # 0 where all was written before the reader ended

    @pytest.mark.parametrize(
        "args",
        [("demo", "-q"), ("talks", str(EXAMPLE)), ("extract", str(EXAMPLE)), ("schema",)],
        ids=lambda args: args[0],
    )
    def test_a_full_disk_is_one_line(self, env: dict[str, str], args: tuple[str, ...]) -> None:
        if not Path("/dev/full").is_char_device():
            pytest.skip("there is no /dev/full")
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                [sys.executable, "-m", "enrich", *args],
                env=env,
                stdout=full,
                stderr=subprocess.PIPE,
                check=False,
                text=True,
            )
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert "written" in line

    def test_closed_streams_are_no_error(self, env: dict[str, str]) -> None:
        done = subprocess.run(
            ["sh", "-c", f"'{sys.executable}' -m enrich demo >&- 2>&-"], env=env, check=False
        )
        assert done.returncode == 0

    def test_a_loop_of_links_is_one_line(self, env: dict[str, str], tmp_path: Path) -> None:
        loop = tmp_path / "loop.json"
        loop.symlink_to(loop)
        ran = run(str(EXAMPLE), "--offline", "-o", str(loop), env=env)
        assert ran.status == 1
        assert len(ran.err.splitlines()) == 1


class TestUsage:
    @pytest.mark.parametrize(
        "args",
        [("--nonsense",), ("x.ics", "--format", "nope"), ("x.ics", "--papers", "gone.jsonl"), ("doctor", "x.ics"),
         ("x.ics", "--offline", "--refresh"), ("lookup",), ("lookup", "not a paper"), ("x.ics", "--max-age", "soon"),
         ("x.ics", "--contact", "nobody")],
        ids=" ".join,
    )  # fmt: skip
    def test_usage_is_status_2(self, env: dict[str, str], args: tuple[str, ...]) -> None:
        ran = run(*args, env=env)
        assert (ran.status, ran.out) == (2, "")

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (("--offline", "demo"), "must come first"),
            (("-", "-"), "only once"),
            ((str(EXAMPLE), "-o", str(EXAMPLE)), "would replace it"),
        ],
        ids=["command", "stdin", "output"],
    )
    def test_what_cannot_be_meant_is_usage(
        self, env: dict[str, str], args: tuple[str, ...], said: str
    ) -> None:
        ran = run(*args, env=env)
        assert (ran.status, ran.out) == (2, "")
        assert said in ran.err

    def test_every_command_has_h(self, env: dict[str, str]) -> None:
        for name in command_names():
            assert run(name, "-h", env=env).status == 0

    def test_the_format_comes_from_the_environment_and_the_version_does_not(
        self, env: dict[str, str]
    ) -> None:
        more = {"ENRICH_FORMAT": "md", "ENRICH_VERSION": "1"}
        assert run("demo", env={**env, **more}).out.startswith("# Reading list")
        offline = (str(EXAMPLE), "--papers", str(PAPERS), "--offline")
        assert run(*offline, env={**env, **more}).out.startswith("# Reading list")
        assert run("demo", env={**env, "ENRICH_FORMAT": "xml"}).status == 2

    def test_half_a_login_is_usage(self, env: dict[str, str]) -> None:
        ran = run(str(EXAMPLE), env={**env, "OPENREVIEW_USERNAME": "me@example.org"})
        assert ran.status == 2
        assert "OPENREVIEW_PASSWORD" in ran.err
        assert "me@example.org" not in ran.err

    def test_options_stand_before_and_after_the_feed_and_come_from_the_environment(
        self, env: dict[str, str]
    ) -> None:
        outs = {
            run("--offline", "--papers", str(PAPERS), str(EXAMPLE), env=env).out,
            run(str(EXAMPLE), "--offline", "--papers", str(PAPERS), env=env).out,
            run(str(EXAMPLE), env={**env, "ENRICH_OFFLINE": "1", "ENRICH_PAPERS": str(PAPERS)}).out,
        }
        assert len(outs) == 1

    def test_help_and_version(self, env: dict[str, str]) -> None:
        assert run("-h", env=env).out == run("--help", env=env).out
        assert run("--version", env=env).out.startswith("enrich, version ")
        assert json.loads(run("schema", env=env).out)["$schema"].endswith("2020-12/schema")


class TestDemo:
    def test_it_needs_no_network_and_says_so(self, fakes: Fakes, env: dict[str, str]) -> None:
        ran = run("demo", env=env)
        assert ran.status == 0
        assert [p["status"] for p in ran.document["papers"]] == ["resolved"] * 3
        assert "no network" in ran.err
        assert fakes.requests() == []

    def test_it_is_the_main_job_on_the_example(self, env: dict[str, str]) -> None:
        main = run(str(EXAMPLE), "--papers", str(PAPERS), "--offline", env=env)
        assert run("demo", env=env).out == main.out
        others = {"ENRICH_SINCE": "2100-01-01", "ENRICH_REFRESH": "1", "ENRICH_TZ": "nowhere"}
        assert run("demo", env={**env, **others}).out == main.out

    def test_it_takes_format_output_and_verbose(self, env: dict[str, str], tmp_path: Path) -> None:
        target = tmp_path / "list.md"
        ran = run("demo", "-v", "-o", str(target), env=env)
        assert (ran.status, ran.out) == (0, "")
        assert target.read_text(encoding="utf-8") == run("demo", "-q", "-f", "md", env=env).out
        assert ran.err.endswith(f"; from collection: 3 -> {target}\n")

    def test_markdown_is_for_people(self, env: dict[str, str]) -> None:
        out = run("demo", "-f", "md", env=env).out
        assert "## Understanding Neural Net Training Dynamics in Tractable Slices" in out
        assert (
            "[Acceleration via Fractal Learning Rate Schedules](https://arxiv.org/abs/2103.01338)"
            in out
        )
        assert "Naman Agarwal, Surbhi Goel, Cyril Zhang · 2021-03-01, updated 2021-06-11" in out
        assert "> Learning rates that are unstable on purpose." in out
