"""The smaller commands, and the options that choose talks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import checked_spans, part, run
from tests.conftest import ROOT
from tests.fakes import FakePaper, Fakes, FakeVersion

EXAMPLE = ROOT / "enrich/example/SciML.ics"
PAPERS = ROOT / "enrich/example/papers.jsonl"


@pytest.fixture
def env(fakes: Fakes, tmp_path: Path) -> dict[str, str]:
    """A command's environment with an empty home, led to the stand-ins."""
    return fakes.env(tmp_path / "home")


def feed(folder: Path, name: str = "a.ics", **events: tuple[str, str]) -> str:
    """A calendar of events: UID to (start, text)."""
    lines = ["BEGIN:VCALENDAR", f"X-WR-CALNAME:{name}"]
    for uid, (start, text) in events.items():
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uid}",
            f"DTSTART:{start}",
            f"SUMMARY:{uid}",
            f"DESCRIPTION:{text}",
            "END:VEVENT",
        ]
    path = folder / name
    path.write_text("\r\n".join([*lines, "END:VCALENDAR", ""]))
    return str(path)


@pytest.fixture
def three(tmp_path: Path) -> str:
    return feed(
        tmp_path,
        one=("20220218T180000Z", "see arXiv:2103.01338"),
        two=("20220110T120000Z", "no paper"),
        three=("20220219T003000Z", "nothing either"),
    )


@pytest.mark.parametrize("name", ["https://[x/a.ics", "webcal://[::1", "//[x", "a" * 300])
def test_a_feed_whose_name_is_none_leaves_the_others(
    env: dict[str, str], three: str, name: str
) -> None:
    done = run("talks", name, three, env=env)
    assert done.status == 3
    assert "Traceback" not in done.err
    assert "one" in done.out


class TestChoosing:
    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ((), ["one", "two", "three"]),
            (("--since", "2022-02-18"), ["one", "three"]),
            (("--until", "2022-02-19"), ["one", "two"]),
            (("--since", "2022-02-18", "--until", "2022-02-19"), ["one"]),
            (("--until", "2022-02-19", "--tz", "America/New_York"), ["one", "two", "three"]),
            (("--sort", "start"), ["two", "one", "three"]),
            (("--with-papers-only",), ["one"]),
            (("--own",), []),
            (("--series", "a.i"), ["one", "two", "three"]),
            (("--series", "other"), []),
            (("--since", "7d"), []),
            (("--since", "2022-02"), ["one", "three"]),
            (("--until", "2022-02"), ["two"]),
            (("--since", "yesterday"), []),
            (("--until", "today"), ["one", "two", "three"]),
            (("--match", "PAPER"), ["two"]),
            (("--match", "paper", "--match", "either"), ["two", "three"]),
            (("--exclude", "either"), ["one", "two"]),
            (("--match", "o", "--exclude", "paper", "--exclude", "either"), ["one"]),
        ],
        ids=" ".join,
    )
    def test_talks_are_chosen(
        self, env: dict[str, str], three: str, options: tuple[str, ...], expected: list[str]
    ) -> None:
        ran = run(three, "--offline", "--papers", str(PAPERS), *options, env=env)
        assert ran.status == 0
        assert [talk["id"] for talk in ran.document["talks"]] == expected

    def test_own_papers_are_kept_with_their_talks(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        lines = [
            {"id": "mine", "speaker": "J. Lu", "abstract": "arXiv:2103.01338"},
            {"id": "others", "speaker": "J. Lu", "abstract": "arXiv:0704.0001"},
        ]
        feed, papers = tmp_path / "talks.ndjson", tmp_path / "papers.jsonl"
        feed.write_text("".join(json.dumps(line) + "\n" for line in lines))
        by = {"arxiv:2103.01338": "Jian Lu", "arxiv:0704.0001": "Jan Li"}
        papers.write_text(
            "".join(
                json.dumps({"id": id_, "title": "T", "authors": [name], "status": "resolved"})
                + "\n"
                for id_, name in by.items()
            )
        )
        ran = run(str(feed), "--own", "--offline", "--papers", str(papers), env=env)
        assert [talk["id"] for talk in ran.document["talks"]] == ["mine"]
        assert [paper["id"] for paper in ran.document["papers"]] == ["arxiv:2103.01338"]
        assert ran.document["summary"]["references"] == 1

    @pytest.mark.parametrize(
        ("options", "named"),
        [
            (("--since", "2027-01-01"), "--since excluded all 3 talks"),
            (("--until", "2020-01-01"), "--until excluded all 3 talks"),
            (("--match", "nothing like it"), "--match excluded all 3 talks"),
            (("--exclude", "e"), "--exclude excluded all 3 talks"),
            (("--speaker", "Nobody", "--series", "none"), "--series, --speaker excluded all 3 talks"),
            (("--exclude", "see", "--with-papers-only"), "--exclude, --with-papers-only excluded all 3"),
        ],
        ids=" ".join,
    )  # fmt: skip
    def test_filters_that_leave_nothing_name_themselves(
        self, env: dict[str, str], three: str, options: tuple[str, ...], named: str
    ) -> None:
        ran = run(three, "--offline", *options, env=env)
        assert (ran.status, ran.document["talks"]) == (0, [])
        assert named in ran.err
        if "--with-papers-only" not in options:
            talks = run("talks", three, *options, env=env)
            assert (talks.status, named in talks.err) == (0, True)
        assert named not in run(three, "--offline", "-q", *options, env=env).err

    def test_an_empty_feed_names_no_filter(self, env: dict[str, str], tmp_path: Path) -> None:
        assert "dropped" not in run(feed(tmp_path), "--since", "2027", "--offline", env=env).err

    @pytest.mark.parametrize(
        "options",
        [
            ("--since", "2026-06-01", "--until", "2026-05-01"),
            ("--until", "2026-05-01", "--since", "2026-06-01T00:00:00Z"),
            ("--since", "today", "--until", "yesterday"),
            ("--since", "2026-06-01", "--until", "2026-06-01"),
            ("--since", "2026-06-01T12:00+02:00", "--until", "2026-06-01T10:00Z"),
        ],
        ids=" ".join,
    )
    def test_an_end_before_the_beginning_is_usage(
        self, env: dict[str, str], three: str, options: tuple[str, ...]
    ) -> None:
        for command in ((), ("talks",)):
            ran = run(*command, three, *options, env=env)
            assert (ran.status, ran.out) == (2, "")
            assert "no talk can start between them" in ran.err

    def test_times_are_shown_to_people_in_their_zone_and_kept_for_programs(
        self, env: dict[str, str], three: str
    ) -> None:
        options = ("--offline", "--papers", str(PAPERS), "--tz", "Asia/Tokyo")
        assert "2022-02-19 03:00 JST" in run(three, *options, "-f", "md", env=env).out
        assert (
            run(three, *options, env=env).document["talks"][0]["start_time"]
            == "2022-02-18T18:00:00Z"
        )

    @pytest.mark.parametrize(
        "options",
        [("--since", "yesterdayish"), ("--tz", "Mars/Olympus"), ("--sort", "title")],
        ids=" ".join,
    )
    def test_what_cannot_be_understood_is_usage(
        self, env: dict[str, str], three: str, options: tuple[str, ...]
    ) -> None:
        ran = run(three, *options, env=env)
        assert (ran.status, ran.out) == (2, "")
        assert options[1] in ran.err

    def test_across_feeds_the_first_wins_and_the_rest_is_counted(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        first = feed(
            tmp_path, "a.ics", same=("20220218T180000Z", "first"), other=("20220218T180000Z", "")
        )
        second = feed(
            tmp_path, "b.ics", same=("20220218T180000Z", "second"), more=("20220218T180000Z", "")
        )
        document = run(first, second, "--offline", env=env).document
        assert [(t["id"], t["feed"], t["abstract"]) for t in document["talks"]] == [
            ("same", "a.ics", "first"), ("other", "a.ics", None), ("more", "b.ics", None),
        ]  # fmt: skip
        (notice,) = document["notices"]
        assert (notice["code"], notice["feed"]) == ("duplicates_dropped", "b.ics")


class TestAnEarlierOutputIsAFeed:
    @pytest.mark.parametrize("format_", ["json", "ndjson"])
    def test_twice_gives_the_same_bytes_and_asks_nobody(
        self, fakes: Fakes, env: dict[str, str], tmp_path: Path, format_: str
    ) -> None:
        fakes.add_example()
        first, second = tmp_path / f"one.{format_}", tmp_path / f"two.{format_}"
        assert run(str(EXAMPLE), "-o", str(first), env=env).status == 0
        fakes.forget()
        fresh = fakes.env(tmp_path / "other home")
        assert run(str(first), "-o", str(second), env=fresh).status == 0
        assert second.read_bytes() == first.read_bytes()
        assert fakes.requests() == []

    def test_only_what_failed_is_asked_for(
        self, fakes: Fakes, env: dict[str, str], tmp_path: Path
    ) -> None:
        fakes.add_example()
        fakes.openreview.gate = "403"
        first = tmp_path / "one.json"
        assert run(str(EXAMPLE), "--no-fallback", "-o", str(first), env=env).status == 3
        fakes.openreview.gate = "open"
        fakes.forget()
        ran = run(str(first), env=fakes.env(tmp_path / "other home"))
        assert (ran.status, ran.document["summary"]["resolved"]) == (0, 3)
        assert fakes.requests("export.arxiv.org") == []


class TestTalks:
    def test_a_table_of_what_was_read(self, env: dict[str, str]) -> None:
        ran = run("talks", str(EXAMPLE), env=env)
        assert ran.status == 0
        head, row = ran.out.splitlines()
        assert head.split() == ["DATE", "SPEAKER", "TITLE", "LINKS", "WARNINGS"]
        assert row.startswith("2022-02-18 18:00  Dr. Cyril Zhang  Understanding Neural Net")
        assert row.split()[-2:] == ["3", "-"]

    def test_as_json(self, env: dict[str, str]) -> None:
        talk = json.loads(run("talks", "--json", str(EXAMPLE), env=env).out)
        part("talk").validate(talk)
        checked_spans(talk)
        assert len(talk["references"]) == 3

    def test_quiet_says_errors_only(self, env: dict[str, str], tmp_path: Path) -> None:
        gone = str(tmp_path / "gone.ics")
        loud, quiet = (
            run("talks", *option, str(EXAMPLE), str(EXAMPLE), gone, env=env)
            for option in ((), ("-q",))
        )
        assert "duplicate" in loud.err
        assert "duplicate" not in quiet.err
        assert "gone.ics" in quiet.err
        assert (quiet.status, quiet.out) == (loud.status, loud.out)

    def test_what_cannot_be_read(self, env: dict[str, str], tmp_path: Path) -> None:
        ran = run("talks", str(tmp_path / "gone.ics"), env=env)
        assert (ran.status, ran.out) == (1, "")
        assert run("talks", str(tmp_path / "gone.ics"), str(EXAMPLE), env=env).status == 3


class TestExtract:
    def test_any_text(self, env: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("𝔸 see arXiv:2103.01338v2 and 2511.00674.")
        ran = run("extract", str(tmp_path / "notes.txt"), env=env)
        first, second = map(json.loads, ran.out.splitlines())
        part("reference").validate(first)
        assert (first["paper"], first["version"], first["start"]) == ("arxiv:2103.01338", "v2", 6)
        assert second["paper"] == "arxiv:2511.00674"
        assert (
            run("extract", env=env, stdin=b"arXiv:2103.01338").out
            == run("extract", "-", env=env, stdin=b"arXiv:2103.01338").out
        )

    def test_each_line_names_its_file_if_there_are_several(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        (tmp_path / "a").write_text("arXiv:2103.01338")
        (tmp_path / "b").write_text("arXiv:2511.00674 arXiv:2110.10090")
        ran = run("extract", "a", "-", "b", env=env, stdin=b"arXiv:2103.01338", cwd=tmp_path)
        found = [json.loads(line) for line in ran.out.splitlines()]
        assert [line.pop("file") for line in found] == ["a", "-", "b", "b"]
        for line in found:
            part("reference").validate(line)
        assert '"file"' not in run("extract", "b", env=env, cwd=tmp_path).out

    def test_each_line_of_jsonl_names_its_file_if_there_are_several(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        for name in ("a", "b"):
            (tmp_path / name).write_text('{"id": 1, "text": "arXiv:2103.01338"}\nnope\n')
        ran = run("extract", "--jsonl", "a", "b", env=env, cwd=tmp_path)
        assert [json.loads(line)["file"] for line in ran.out.splitlines()] == ["a", "b"]
        assert [line[: len("enrich: a, line 2")] for line in ran.err.splitlines()] == [
            "enrich: a, line 2",
            "enrich: b, line 2",
        ]

    @pytest.mark.parametrize("head", ["", "\ufeff", "\r\n"])
    def test_a_calendar_points_to_talks(
        self, env: dict[str, str], tmp_path: Path, head: str
    ) -> None:
        path = tmp_path / "feed.ics"
        path.write_bytes(head.encode() + EXAMPLE.read_bytes())
        ran = run("extract", "feed.ics", env=env, cwd=tmp_path)
        assert ran.status == 0
        assert len(ran.out.splitlines()) > 0
        (line,) = ran.err.splitlines()
        assert line.endswith("its talks: enrich talks feed.ics")
        assert run("extract", "-", env=env, stdin=b"no BEGIN:VCALENDAR").err == ""

    def test_lines_in_lines_out(self, env: dict[str, str]) -> None:
        lines = b'{"id": 7, "text": "arXiv:2103.01338"}\n{"id": "x", "text": ""}\n'
        ran = run("extract", "--jsonl", "-", env=env, stdin=lines)
        answers = [json.loads(line) for line in ran.out.splitlines()]
        assert [(a["id"], len(a["references"])) for a in answers] == [(7, 1), ("x", 0)]
        assert ran.status == 0

    def test_a_bad_line_is_said_and_costs_no_other(self, env: dict[str, str]) -> None:
        lines = b'nope\n{"id": 1}\n[]\n{"id": 2, "text": 3}\n{"id": 3, "text": "arXiv:2103.01338"}\n\xff\n'
        ran = run("extract", "--jsonl", "-", env=env, stdin=lines)
        assert [json.loads(line)["id"] for line in ran.out.splitlines()] == [3]
        assert [line.split(":")[1].strip() for line in ran.err.splitlines()] == [
            "line 1",
            "line 2",
            "line 3",
            "line 4",
            "line 6",
        ]
        assert ran.status == 3


class TestLookup:
    def test_papers_by_id(self, fakes: Fakes, env: dict[str, str]) -> None:
        fakes.add_example()
        fakes.arxiv.add(
            FakePaper(
                id="math/0601001",
                title="Old",
                categories=("math.AG",),
                versions=[FakeVersion(date="2006-01-01T00:00:00Z")],
            )
        )
        fakes.openreview.gate = "403"
        ran = run(
            "lookup",
            "2103.01338v1",
            "math.AG/0601001",
            "openreview:FpKgG31Z_i9",
            "2101.99999",
            "--no-fallback",
            env=env,
        )
        assert ran.status == 3
        papers = json.loads(ran.out)
        for paper in papers:
            part("paper").validate(paper)
        assert [(p["id"], p["status"]) for p in papers] == [
            ("arxiv:2103.01338", "resolved"), ("arxiv:math/0601001", "resolved"),
            ("openreview:FpKgG31Z_i9", "failed"), ("arxiv:2101.99999", "not_found"),
        ]  # fmt: skip
        assert [row["version"] for row in papers[0]["versions"]] == ["v1", "v2"]
        assert (
            papers[0]["versions"][0]["title"] == "Acceleration via Fractal Learning Rate Schedules"
        )
        assert "OPENREVIEW_TOKEN" in ran.err

    def test_a_version_that_does_not_exist_is_said(self, fakes: Fakes, env: dict[str, str]) -> None:
        fakes.add_example()
        ran = run("lookup", "2103.01338v7", env=env)
        assert ran.status == 0
        assert "arxiv:2103.01338 has no v7; its newest is v2" in ran.err

    def test_abstracts_when_asked_for_cold_warm_and_offline(
        self, fakes: Fakes, env: dict[str, str]
    ) -> None:
        fakes.arxiv.add(FakePaper(id="2101.00001", summary="What it says."))
        outs = [
            json.loads(run("lookup", "2101.00001", *options, env=env).out)[0]["abstract"]
            for options in (
                (),
                ("--paper-abstracts",),
                ("--paper-abstracts", "--offline"),
                ("--offline",),
            )
        ]
        assert outs == [None, "What it says.", "What it says.", None]
        assert len(fakes.requests("export.arxiv.org")) == 1

    def test_what_is_no_paper_is_usage_and_says_so(self, env: dict[str, str]) -> None:
        ran = run("lookup", "https://arxiv.org/list/cs.LG/new", env=env)
        assert ran.status == 2
        assert "arxiv.org/list" in ran.err
