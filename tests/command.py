"""Runs the real command in a process of its own, and checks each document it makes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.conftest import ROOT


@dataclass(frozen=True)
class Ran:
    """What a run came to."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document on standard output, held against the schema and the contract's laws."""
        return checked(json.loads(self.out))


def run(
    *args: str,
    env: dict[str, str],
    stdin: bytes = b"",
    timeout: float = 120,
    cwd: Path | None = None,
) -> Ran:
    """`python -m enrich ARGS…`; standard error never holds a traceback."""
    with subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-m", "enrich", *args],
        env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd,
    ) as process:  # fmt: skip
        try:
            out, told = process.communicate(stdin, timeout=timeout)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # it says where each of its threads is
            raise AssertionError(process.communicate()[1].decode()) from None
    err = told.decode()
    assert "Traceback" not in err, err
    return Ran(process.returncode, out.decode(), err)


@cache
def schema() -> dict[str, Any]:
    """The shipped schema."""
    whole: dict[str, Any] = json.loads((ROOT / "enrich/schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(whole)
    return whole


def part(name: str) -> Draft202012Validator:
    """A validator of one of the schema's definitions."""
    return Draft202012Validator({"$defs": schema()["$defs"], "$ref": f"#/$defs/{name}"})


def checked(document: dict[str, Any]) -> dict[str, Any]:
    """A document that fits the schema and keeps the laws that a schema cannot say."""
    Draft202012Validator(schema()).validate(document)
    for talk in document["talks"]:
        checked_spans(talk)
    ids = [paper["id"] for paper in document["papers"]]
    cited = list(
        dict.fromkeys(r["paper"] for talk in document["talks"] for r in talk["references"])
    )
    assert ids == cited, "each paper once, in order of first reference"
    counts = document["summary"]
    assert counts["talks"] == len(document["talks"])
    assert counts["references"] == sum(len(talk["references"]) for talk in document["talks"])
    assert (
        counts["papers"] == len(ids) == counts["resolved"] + counts["not_found"] + counts["failed"]
    )
    assert counts["works"] == len({paper["work"] for paper in document["papers"]})
    return document


def checked_line(line: str) -> dict[str, Any]:
    """A line of ndjson that fits the schema."""
    talk: dict[str, Any] = json.loads(line)
    part("line").validate(talk)
    checked_spans(talk)
    return talk


def checked_spans(talk: dict[str, Any]) -> None:
    """`text[start:end] == exact`, in order, not overlapping; the context holds the reference."""
    texts = {"abstract": talk["abstract"], **talk["texts"]}
    ends: dict[str, int] = {}
    for reference in talk["references"]:
        text, start, end = texts[reference["field"]], reference["start"], reference["end"]
        assert text[start:end] == reference["exact"]
        assert start >= ends.get(reference["field"], 0)
        ends[reference["field"]] = end
        first, last = reference["context"]
        assert first <= start < end <= last <= len(text)
