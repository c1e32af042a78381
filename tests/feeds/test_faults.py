"""Faults that real feeds had, each as a small feed with its right answer, read by the real command."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from enrich.cli.main import main
from tests.conftest import ROOT

_FAULTS = ROOT / "tests/data/faults"
_EXPECTED: dict[str, dict[str, Any]] = json.loads(
    (_FAULTS / "feeds/expected.json").read_text(encoding="utf-8")
)
_OPEN = frozenset((_FAULTS / "open.txt").read_text(encoding="utf-8").split())
"""Feeds whose fault is not mended yet."""


def test_open_faults_are_cases() -> None:
    """Refuse a name of an open fault that no case has."""
    assert set(_EXPECTED) >= _OPEN


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(
            name,
            marks=pytest.mark.xfail(strict=True, reason="not mended yet") if name in _OPEN else (),
        )
        for name in _EXPECTED
    ],
)
def test_feed(name: str, tmp_path: Path) -> None:
    """Compare what the command says of a feed with the right answer."""
    assert list(_differences(name, _EXPECTED[name], tmp_path)) == []


def _differences(name: str, case: Mapping[str, Any], home: Path) -> Iterator[str]:
    """Yield what differs from the case's answer."""
    args = case.get("args", [])
    shape = [] if "-f" in args else ["-f", "json"]
    folders = ["--cache-dir", str(home / "cache"), "--state-dir", str(home / "state")]
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = main([str(_FAULTS / "feeds" / name), "--offline", *folders, *shape, *args])
    if "exit" in case and status not in {case["exit"], 3 if case["exit"] == 0 else case["exit"]}:
        yield f"exit {status}: {err.getvalue()}"
    plain = out.getvalue().replace('\\"', '"')
    yield from (f"the output holds {text!r}" for text in case.get("absent", ()) if text in plain)
    for stream, key in ((out, "stdout_any"), (err, "stderr_any")):
        if key in case and not any(text in stream.getvalue() for text in case[key]):
            yield f"{key}: {stream.getvalue()[-300:]}"
    if {"talks", "count", "titles_in", "speakers", "starts", "instant"} & set(case):
        if not out.getvalue():
            yield f"no document: {err.getvalue()}"
            return
        yield from _differences_of_talks(json.loads(out.getvalue())["talks"], case)


def _differences_of_talks(talks: list[dict[str, Any]], case: Mapping[str, Any]) -> Iterator[str]:
    """Yield what differs in the document's talks."""
    starts, titles = [t["start_time"] for t in talks], [t["title"] for t in talks]
    if "count" in case and len(talks) != case["count"]:
        yield f"{len(talks)} talks"
    if "speakers" in case and [t["speaker"] for t in talks] != case["speakers"]:
        yield f"speakers {[t['speaker'] for t in talks]}"
    if missing := [title for title in case.get("titles_in", ()) if title not in titles]:
        yield f"no talk {missing} in {titles}"
    for start, times in case.get("starts", {}).items():
        if starts.count(start) != times:
            yield f"starts {starts}"
    if "instant" in case and [_instant(s) for s in starts[:1]] != [_instant(case["instant"])]:
        yield f"starts {starts}"
    if "talks" not in case:
        return
    if len(talks) != len(case["talks"]):
        yield f"{len(talks)} talks"
        return
    for talk, wanted in zip(talks, case["talks"], strict=True):
        for key, value in wanted.items():
            if not _fits(key, talk.get(key, "(no such key)"), value):
                yield f"{key} {talk.get(key)!r}"


def _fits(key: str, found: Any, wanted: Any) -> bool:
    """Return whether a value of a talk is the wanted one, by the keys that are given."""
    if key == "references":
        return len(found) == len(wanted) and all(map(_holds, found, wanted))
    if key == "warnings":
        return all(any(_holds(one, want) for one in found) for want in wanted)
    return bool(found == wanted)


def _holds(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Return whether an object has all wanted keys and values."""
    return all(key in found and found[key] == value for key, value in wanted.items())


def _instant(text: str | None) -> datetime | None:
    """Return a time, which is compared as an instant."""
    return None if text is None else datetime.fromisoformat(text)
