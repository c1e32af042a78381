"""Papers out of an earlier output, and files that are refused as papers."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from enrich.cli.main import main
from enrich.collection.opening import KINDS
from enrich.collection.readers import HEAD, Place, reader_of
from enrich.collection.readers._stream import Stream
from tests.cli.test_commands import EXAMPLE, PAPERS
from tests.collection import bulk_files as bulk

OFFLINE = ("--offline", "--no-fallback")
COMMANDS = {
    "json": (str(EXAMPLE), "--papers", str(PAPERS), *OFFLINE),
    "ndjson": (str(EXAMPLE), "--papers", str(PAPERS), *OFFLINE, "-f", "ndjson"),
    "lookup": ("lookup", "2103.01338", "2110.10090", "openreview:FpKgG31Z_i9", "2101.00001", "--papers", str(PAPERS), *OFFLINE),
}  # fmt: skip


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("CACHE_DIR", "STATE_DIR"):
        monkeypatch.setenv(f"ENRICH_{name}", str(tmp_path / name))


def outcome(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    status = main(args)
    return status, *capsys.readouterr()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", COMMANDS)
def test_an_earlier_output_answers_as_its_papers_did(
    name: str, *, packed: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, whole, _ = outcome(capsys, str(EXAMPLE), "--papers", str(PAPERS), *OFFLINE)
    _, earlier, _ = outcome(capsys, *COMMANDS[name])
    path = tmp_path / "earlier"
    path.write_bytes(gzip.compress(earlier.encode()) if packed else earlier.encode())
    status, out, err = outcome(capsys, str(EXAMPLE), "--papers", "earlier", *OFFLINE)
    assert (status, out) == (0, whole)
    assert len(err.splitlines()) == 1, "the summary alone"
    status, _, err = outcome(capsys, "papers", "import", "earlier", "-o", "made.sqlite")
    assert (status, err.partition(" (")[0]) == (0, "enrich: 3 papers -> made.sqlite")
    assert outcome(capsys, str(EXAMPLE), "--papers", "made.sqlite", *OFFLINE)[:2] == (0, whole)


def test_unresolved_papers_are_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(capsys, str(EXAMPLE), *OFFLINE, "-o", "failed.json")[0] == 3
    status, out, err = outcome(capsys, str(EXAMPLE), "--papers", "failed.json", *OFFLINE)
    assert (status, json.loads(out)["summary"]["failed"]) == (3, 3)
    assert "failed.json" not in err


REFUSED = {
    "text": b"my notes: arXiv:2103.01338\n",
    "calendar": EXAMPLE.read_bytes(),
    "JSON": b'{"some": "thing"}',
    "JSON lines": b'{"some": "thing"}\n' * 30,
    "talks": b'{"id": "t1", "title": "A talk", "abstract": "arXiv:2103.01338"}\n' * 30,
    "indented": b'{\n  "id": "arxiv:2103.01338",\n  "title": "T"\n}\n',
    "array": b"[1, 2, 3]",
    "web page": b"<!DOCTYPE html><html></html>",
    "binary": bytes(range(256)),
    "markdown": b"# Reading list\n\n- [T](https://arxiv.org/abs/2103.01338)\n",
    "CSV": b"id,title\narxiv:2103.01338,T\n",
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("command", ["papers import", "--papers"])
def test_any_other_file_is_refused_in_one_sentence_that_lists_the_kinds(
    name: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/file").write_bytes(REFUSED[name])
    if command == "--papers":
        args = (str(EXAMPLE), "--papers", "sub/file", *OFFLINE)
    else:
        args = ("papers", "import", "sub/file", "-o", "out.sqlite")
    status, out, err = outcome(capsys, *args)
    assert (status, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith("enrich: sub/file: ")
    assert KINDS in line
    assert not (tmp_path / "out.sqlite").exists()


@pytest.mark.parametrize("name", sorted({*bulk.FILES, *REFUSED}))
def test_an_export_takes_collections_alone(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes({**REFUSED, **bulk.FILES}[name])
    (tmp_path / "out.jsonl").write_text("old")
    for more in ((), ("-o", "out.jsonl")):
        status, out, err = outcome(capsys, "papers", "export", "file", *more)
        assert (status, out) == (2, "")
        assert err == (
            "enrich: file: this is not a collection "
            "(make one: enrich papers import FILE… -o COLLECTION)\n"
        )
    assert (tmp_path / "out.jsonl").read_text() == "old"


def test_a_lookups_papers_are_read(tmp_path: Path) -> None:
    (tmp_path / "lookup.json").write_bytes(bulk.LOOKUP)
    with Stream(tmp_path / "lookup.json") as stream:
        reader = reader_of(stream.head(HEAD))
        assert reader
        items = list(reader.read(stream, Place()))
    assert [item.paper.id for item in items if item.paper] == [
        "arxiv:2103.01338",
        "openreview:FpKgG31Z_i9",
    ]


def test_memory_is_for_one_record(tmp_path: Path) -> None:
    talk, head = bulk.TALK, '{"format": "enrich.talks", "talks": ['
    talks = ",\n".join([talk] * 8_000 + [talk.replace("see", "x" * 600_000)])
    papers = [{"id": f"arxiv:2103.{n:05}", "title": f"T{n}"} for n in range(1, 5_001)]
    (tmp_path / "a.json").write_text(f'{head}{talks}], "papers": {json.dumps(papers, indent=1)}}}')
    line = json.dumps({**json.loads(talk), "papers": papers[:2]})
    (tmp_path / "a.ndjson").write_text(f"{line}\n" * 8_000)
    for name, count in (("a.json", 5_000), ("a.ndjson", 16_000)):
        with Stream(tmp_path / name) as stream:
            reader = reader_of(stream.head(HEAD))
            assert reader
            tracemalloc.start()
            assert sum(item.paper is not None for item in reader.read(stream, Place())) == count
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert peak < 8_000_000, name
