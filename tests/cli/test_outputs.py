"""Several outputs of one run, papers in all formats, and the same bytes everywhere."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

import pytest

from enrich.cli.output import OutputError
from enrich.cli.writing import write_outputs
from enrich.model import AnnotatedTalk, Document, Talk
from enrich.writers import Writer, builtin_names
from tests.command import checked, run
from tests.conftest import ROOT
from tests.fakes import Fakes

EXAMPLE = ROOT / "enrich/example/SciML.ics"
PAPERS = ROOT / "enrich/example/papers.jsonl"
GOLDEN = ROOT / "tests/data/golden"
OFFLINE = (str(EXAMPLE), "--papers", str(PAPERS), "--offline", "-q")


@pytest.fixture
def env(fakes: Fakes, tmp_path: Path) -> dict[str, str]:
    """A command's environment with an empty home, led to the stand-ins."""
    return fakes.env(tmp_path / "home")


class TestSeveralOutputs:
    NAMES = ("a.json", "a.ndjson", "a.md", "a.csv", "a.atom", "a.ics", "a.txt")

    def test_one_lookup_run_serves_all(
        self, fakes: Fakes, env: dict[str, str], tmp_path: Path
    ) -> None:
        fakes.add_example()
        outputs = [arg for name in self.NAMES for arg in ("-o", name)]
        ran = run(str(EXAMPLE), *outputs, env=env, cwd=tmp_path)
        assert (ran.status, ran.out) == (0, "")
        assert len(fakes.requests("export.arxiv.org")) == 1
        assert ran.err.endswith(f" -> {', '.join(self.NAMES)}\n")
        checked(json.loads((tmp_path / "a.json").read_bytes()))
        for name in self.NAMES:
            alone = run(
                str(EXAMPLE), "--offline", "-q", "-o", "alone/" + name, env=env, cwd=tmp_path
            )
            assert alone.status == 1  # there is no folder
            (tmp_path / "alone").mkdir()
            run(str(EXAMPLE), "--offline", "-q", "-o", "alone/" + name, env=env, cwd=tmp_path)
            assert (tmp_path / "alone" / name).read_bytes() == (tmp_path / name).read_bytes()
            (tmp_path / "alone" / name).unlink()
            (tmp_path / "alone").rmdir()

    def test_files_and_standard_output(self, env: dict[str, str], tmp_path: Path) -> None:
        ran = run(
            *OFFLINE, "-f", "md", "-o", "a.csv", "-o", "-", "-o", "list", env=env, cwd=tmp_path
        )
        assert ran.status == 0
        assert ran.out.startswith("# Reading list")
        assert (tmp_path / "list").read_text(encoding="utf-8") == ran.out
        assert (tmp_path / "a.csv").read_text(encoding="utf-8").startswith("paper,version,")

    def test_each_file_keeps_its_mode(self, env: dict[str, str], tmp_path: Path) -> None:
        for number, name in enumerate(("a.json", "a.csv")):
            (tmp_path / name).write_text("old")
            (tmp_path / name).chmod(0o600 + number * 0o40)
        assert run(*OFFLINE, "-o", "a.json", "-o", "a.csv", env=env, cwd=tmp_path).status == 0
        modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a.json", "a.csv")]
        assert modes == [0o600, 0o640]

    def test_none_is_written_if_one_cannot_be_opened(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        (tmp_path / "a.json").write_text("old")
        ran = run(*OFFLINE, "-o", "a.json", "-o", "gone/a.csv", env=env, cwd=tmp_path)
        assert ran.status == 1
        assert (tmp_path / "a.json").read_text() == "old"
        assert sorted(p.name for p in tmp_path.iterdir() if p.name != "home") == ["a.json"]

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (("-o", "talks"), "names no format"),
            (("-o", "a.json", "-o", "a.json"), "same target"),
            (("-o", "csv:"), "is missing"),
            (("-f", "json", "--rows", "talk"), "--rows is an option of csv"),
            (("-o", "a.json", "--bom"), "--bom is an option of csv"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
    )
    def test_usage(
        self, env: dict[str, str], tmp_path: Path, args: tuple[str, ...], said: str
    ) -> None:
        ran = run(*OFFLINE, *args, env=env, cwd=tmp_path)
        assert (ran.status, ran.out) == (2, "")
        assert said in ran.err

    def test_any_output_that_is_a_feed_is_refused(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        feed = tmp_path / "feed.ics"
        feed.write_bytes(EXAMPLE.read_bytes())
        ran = run(str(feed), "--offline", "-o", "a.json", "-o", str(feed), env=env, cwd=tmp_path)
        assert ran.status == 2
        assert feed.read_bytes() == EXAMPLE.read_bytes()

    def test_notices_are_said_if_no_output_holds_them(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        feeds = (str(EXAMPLE), str(EXAMPLE), "--offline")
        for outputs, said in ((("-o", "a.csv"), True), (("-o", "a.csv", "-o", "a.json"), False)):
            ran = run(*feeds, *outputs, env=env, cwd=tmp_path)
            assert ("1 duplicate was dropped" in ran.err) == said

    def test_a_name_with_blanks_comes_from_the_environment(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        more = {"ENRICH_OUTPUT": "a b.json\nc.csv", "ENRICH_BOM": "1"}
        assert run(*OFFLINE, env={**env, **more}, cwd=tmp_path).status == 0
        assert (tmp_path / "a b.json").exists()
        assert (tmp_path / "c.csv").read_bytes().startswith(b"\xef\xbb\xbf")


class _Lines:
    """A writer of the ids of its talks, which must come soon after they are made."""

    suffixes: tuple[str, ...] = ()

    def __init__(self, made: list[str], *, fails: bool = False, first: int | None = None) -> None:
        self._made, self._fails, self._first = made, fails, first

    def write(self, document: Document) -> Iterator[str]:
        for annotated in islice(document.talks, self._first):
            assert len(self._made) - int(annotated.talk.id) <= 3
            yield f"{annotated.talk.id}\n"
        if self._fails:
            raise OutputError("the disk is full")


def _to(path: Path, writer: Writer) -> tuple[Writer, str | None]:
    return writer, str(path)


class TestWriting:
    """Of several outputs of one run."""

    @staticmethod
    def talks(made: list[str]) -> Iterator[AnnotatedTalk]:
        for number in range(50):
            made.append(str(number))
            yield AnnotatedTalk(talk=Talk(id=str(number)))

    def test_no_output_lags_behind_another(self, tmp_path: Path) -> None:
        made: list[str] = []
        outputs = [_to(tmp_path / name, _Lines(made)) for name in "abc"]
        write_outputs(outputs, self.talks(made), Document, lambda: None)
        for name in "abc":
            assert (tmp_path / name).read_text() == "".join(f"{n}\n" for n in range(50))

    def test_a_writer_may_end_before_its_talks_do(self, tmp_path: Path) -> None:
        made: list[str] = []
        outputs = [_to(tmp_path / str(n), _Lines(made, first=n)) for n in (2, 0, 50)]
        write_outputs(outputs, self.talks(made), Document, lambda: None)
        assert [(tmp_path / n).read_text().count("\n") for n in ("2", "0", "50")] == [2, 0, 50]

    @pytest.mark.parametrize("failing", range(3))
    def test_none_is_kept_if_one_fails(self, failing: int, tmp_path: Path) -> None:
        made: list[str] = []
        outputs = [_to(tmp_path / str(n), _Lines(made, fails=n == failing)) for n in range(3)]
        with pytest.raises(OutputError, match="the disk is full"):
            write_outputs(outputs, self.talks(made), Document, lambda: None)
        assert list(tmp_path.iterdir()) == []

    def test_none_is_kept_if_the_talks_fail(self, tmp_path: Path) -> None:
        def talks() -> Iterator[AnnotatedTalk]:
            yield AnnotatedTalk(talk=Talk(id="0"))
            raise KeyboardInterrupt

        outputs = [_to(tmp_path / name, _Lines([])) for name in "ab"]
        with pytest.raises(KeyboardInterrupt):
            write_outputs(outputs, talks(), Document, lambda: None)
        assert list(tmp_path.iterdir()) == []


class TestTerminals:
    def test_standard_output_is_text_at_the_terminals_width(self, env: dict[str, str]) -> None:
        pty = pytest.importorskip("pty", reason="there are no terminals of this kind here")
        main, other = pty.openpty()
        command = [sys.executable, "-m", "enrich", "demo", "-q"]
        with subprocess.Popen(command, env={**env, "COLUMNS": "40"}, stdout=other) as process:
            os.close(other)
            shown = b""
            while True:
                try:
                    piece = os.read(main, 65536)
                except OSError:
                    break
                if not piece:
                    break
                shown += piece
        os.close(main)
        assert process.returncode == 0
        lines = shown.decode().split("\r\n")
        assert lines[0] == "Understanding Neural Net Training"
        assert max(len(line) for line in lines if "://" not in line) <= 40

    def test_a_pipe_gets_json(self, env: dict[str, str]) -> None:
        checked(json.loads(run("demo", "-q", env=env).out))


class TestPapersInFormats:
    IDS = ("2103.01338", "openreview:FpKgG31Z_i9")
    ARGS = ("--papers", str(PAPERS), "--offline", "-q")

    def test_ids_come_from_standard_input(self, env: dict[str, str]) -> None:
        stdin = b"\xef\xbb\xbf# mine\r\n2103.01338\r\n\narXiv:2110.10090 [cs.LG]\n2103.01338 openreview:FpKgG31Z_i9\n"
        ran = run("lookup", "-", *self.ARGS, env=env, stdin=stdin)
        found = [paper["id"] for paper in json.loads(ran.out)]
        assert found == ["arxiv:2103.01338", "arxiv:2110.10090", "openreview:FpKgG31Z_i9"]
        both = run("lookup", "2110.10090", "-", *self.ARGS, env=env, stdin=b"2103.01338")
        assert [p["id"] for p in json.loads(both.out)] == ["arxiv:2110.10090", "arxiv:2103.01338"]
        assert run("lookup", "-", *self.ARGS, env=env, stdin=b"nonsense\n").status == 2
        empty = run("lookup", "-", *self.ARGS, env=env)
        assert (empty.status, json.loads(empty.out)) == (0, [])

    def test_lookup_writes_several_formats(self, env: dict[str, str], tmp_path: Path) -> None:
        outputs = ("-o", "a.json", "-o", "a.csv", "-o", "a.md", "-o", "a.ndjson", "-o", "a.atom")
        ran = run("lookup", *self.IDS, *self.ARGS, *outputs, env=env, cwd=tmp_path)
        assert (ran.status, ran.out) == (0, "")
        papers = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
        plain = run("lookup", *self.IDS, *self.ARGS, env=env).out
        assert (tmp_path / "a.json").read_text(encoding="utf-8") == plain
        with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["id"] for row in rows] == [paper["id"] for paper in papers]
        lines = (tmp_path / "a.ndjson").read_text(encoding="utf-8").splitlines()
        assert [json.loads(line) for line in lines] == papers
        assert (tmp_path / "a.md").read_text(encoding="utf-8").count("\n- [") == 2
        assert (tmp_path / "a.atom").read_text(encoding="utf-8").count("<entry>") == 2

    def test_papers_in_markdown_are_a_list(self, env: dict[str, str]) -> None:
        ran = run("lookup", "2103.01338", "FpKgG31Z_i9", *self.ARGS, "-f", "md", env=env)
        lines = ran.out.splitlines()
        assert lines[:2] == ["# Papers", ""]
        assert [line[:3] for line in lines[2:]] == ["- [", "  N", "- [", "  N"]
        assert run("lookup", "-", *self.ARGS, "-f", "md", env=env).out == "# Papers\n\n"

    def test_formats_of_talks_are_refused(self, env: dict[str, str]) -> None:
        for name in ("ics", "text"):
            assert run("lookup", *self.IDS, *self.ARGS, "-f", name, env=env).status == 2

    def test_an_export_in_other_formats(self, env: dict[str, str], tmp_path: Path) -> None:
        collection = str(tmp_path / "papers.sqlite")
        assert run("papers", "import", str(PAPERS), "-o", collection, env=env).status == 0
        plain = run("papers", "export", collection, env=env)
        assert plain.status == 0
        lines = plain.out.splitlines()
        table = run("papers", "export", collection, "-f", "csv", env=env).out
        rows = list(csv.DictReader(io.StringIO(table)))
        assert [row["id"] for row in rows] == [json.loads(line)["id"] for line in lines]
        array = run("papers", "export", collection, "-f", "json", env=env).out
        assert json.loads(array) == [json.loads(line) for line in lines]
        args = ("papers", "export", collection, "-o", "lines", "-o", "a.csv", "-o", "a.md")
        assert run(*args, env=env, cwd=tmp_path).status == 0
        assert (tmp_path / "lines").read_text(encoding="utf-8") == plain.out
        assert (tmp_path / "a.csv").read_text(encoding="utf-8") == table


EXAMPLES = {name: ("-f", name) for name in builtin_names()} | {
    "talk.csv": ("-f", "csv", "--rows", "talk"),
    "paper.csv": ("-f", "csv", "--rows", "paper"),
    **{
        f"talks.{name}": ("-f", name, "--cite-talks")
        for name in ("bibtex", "biblatex", "csl", "ris")
    },
}
"""The example in every format, and with the options that change much: golden file and arguments."""


class TestTables:
    TITLE = "Understanding Neural Net Training Dynamics in Tractable Slices"

    def test_each_has_its_own_rows_and_columns(self, env: dict[str, str], tmp_path: Path) -> None:
        first = ("-o", "talks.csv", "--rows", "talk", "--columns", "title,speaker")
        second = ("-o", "papers.csv", "--rows", "paper", "--columns", "url")
        for job in (OFFLINE, ("demo", "-q")):
            assert run(*job, *first, *second, env=env, cwd=tmp_path).status == 0
            talks = (tmp_path / "talks.csv").read_text(encoding="utf-8")
            assert talks == f"title,speaker\n{self.TITLE},Dr. Cyril Zhang\n"
            papers = (tmp_path / "papers.csv").read_text(encoding="utf-8").splitlines()
            assert papers[0] == "url"
            assert len(papers) == 4

    def test_one_table_has_one_kind_of_rows(self, env: dict[str, str]) -> None:
        ran = run(*OFFLINE, "-f", "csv", "--rows", "talk", "--rows", "paper", env=env)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.endswith(
            "Error: --rows is given 2 times for 1 output in csv; give it once, or once for each output\n"
        )

    def test_options_from_the_environment_and_a_file(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        given = {"ENRICH_ROWS": "talk paper", "ENRICH_COLUMNS": "title, url\nurl"}
        outputs = ("-o", "a.csv", "-o", "b.csv")
        assert run(*OFFLINE, *outputs, env={**env, **given}, cwd=tmp_path).status == 0
        (tmp_path / "week.toml").write_text(
            'rows = ["talk", "paper"]\ncolumns = ["title,url", "url"]\noutput = ["c.csv", "d.csv"]\n'
        )
        ran = run(*OFFLINE, "--config", "week.toml", env=env, cwd=tmp_path)
        assert (ran.status, ran.err) == (0, "")
        for one, other in (("a", "c"), ("b", "d")):
            text = (tmp_path / f"{one}.csv").read_text(encoding="utf-8")
            assert text == (tmp_path / f"{other}.csv").read_text(encoding="utf-8")
        assert text.startswith("url\n")

    def test_lookup_and_export_have_the_columns_of_papers(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        args = ("--papers", str(PAPERS), "--offline", "-q", "-f", "csv")
        ran = run("lookup", "2103.01338", *args, "--columns", "url,doi", env=env)
        assert ran.out == "url,doi\nhttps://arxiv.org/abs/2103.01338,10.48550/arXiv.2103.01338\n"
        collection = str(tmp_path / "papers.sqlite")
        assert run("papers", "import", str(PAPERS), "-o", collection, env=env).status == 0
        ran = run("papers", "export", collection, "-f", "csv", "--columns", "url,doi", env=env)
        assert len(ran.out.splitlines()) == 4
        ran = run("lookup", "2103.01338", *args, "--columns", "paper_url", env=env)
        assert ran.status == 2
        assert "did you mean url?" in ran.err


class TestGolden:
    """Bytes of `enrich demo`; `python -m tests.cli.test_outputs` writes them anew."""

    @pytest.mark.parametrize("name", EXAMPLES)
    def test_the_example(self, env: dict[str, str], name: str) -> None:
        assert write_example(name, env) == (GOLDEN / f"example.{name}").read_bytes()

    @pytest.mark.parametrize(
        "more",
        [
            {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
            {"PYTHONHASHSEED": "77", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "COLUMNS": "33"},
        ],
        ids=["Tokyo", "Turkish"],
    )  # fmt: skip
    def test_no_seed_zone_or_locale_changes_a_byte(
        self, env: dict[str, str], tmp_path: Path, more: dict[str, str]
    ) -> None:
        talks = {name for name in EXAMPLES if name.startswith("talks.")}
        for names, options in (
            ([*EXAMPLES.keys() - talks], ("--rows", "reference", "--rows", "talk", "--rows", "paper")),
            ([*talks], ("--cite-talks",)),
        ):  # fmt: skip
            names.sort(key=[*EXAMPLES].index)
            outputs = [arg for name in names for arg in ("-o", f"{EXAMPLES[name][1]}:{name}")]
            ran = run("demo", "-q", *outputs, *options, env={**env, **more}, cwd=tmp_path)
            assert (ran.status, ran.err) == (0, "")
            for name in names:
                assert (tmp_path / name).read_bytes() == (GOLDEN / f"example.{name}").read_bytes()


def write_example(name: str, env: Mapping[str, str] | None = None) -> bytes:
    """Return the example as `enrich demo` writes it for a golden file."""
    command = [sys.executable, "-m", "enrich", "demo", "-q", *EXAMPLES[name]]
    return subprocess.run(command, env=env, check=True, capture_output=True).stdout


if __name__ == "__main__":
    for each in EXAMPLES:
        (GOLDEN / f"example.{each}").write_bytes(write_example(each))
