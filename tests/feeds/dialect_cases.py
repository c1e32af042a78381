"""Labelled cases of the dialects, `tests/data/dialects/NAME.composed.json`: read and checked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from enrich.document import to_dict
from enrich.feeds.dialects import names
from enrich.feeds.reading import read_talks
from enrich.model import AnnotatedTalk, Notice, talk_object

CASES = Path(__file__).parents[1] / "data" / "dialects"

Case = dict[str, Any]


def case_file(name: str) -> Case:
    """Return a dialect's file of cases."""
    found: Case = json.loads((CASES / f"{name}.composed.json").read_text("utf-8"))
    return found


def all_cases() -> Iterator[tuple[str, Case]]:
    """Yield the id and the case, of all dialects."""
    for name in names():
        for case in case_file(name)["cases"]:
            yield f"{name}: {case['name']}", case


def source_of(case: Case) -> bytes:
    """Return the feed of a case."""
    if "ics" in case:
        return "\r\n".join((*case["ics"], "")).encode()
    if "lines" in case:
        return "\n".join((*case["lines"], "")).encode(case.get("encoding", "utf-8"))
    if "xml" in case:
        return "\n".join(case["xml"]).encode()
    return json.dumps(case["json"], indent=1).encode()


def check_case(case: Case) -> None:
    """Assert that a case is read as it is labelled; the message names the case and the field."""
    notices: list[Notice] = []
    talks = list(read_talks(source_of(case), on_notice=notices.append))
    read = [
        {
            **to_dict(talk_object(AnnotatedTalk(talk=talk, warnings=talk.warnings))),
            "texts": dict(talk.texts),
        }
        for talk in talks
    ]
    output = json.dumps(read, ensure_ascii=False)
    facts: list[tuple[str, Any, Any]] = [
        ("number of talks", len(talks), len(case["talks"])),
        ("notices", [notice.code for notice in notices], case.get("notices", [])),
        ("absent words", [word for word in case.get("absent", ()) if word in output], []),
    ]
    for number, (found, labelled) in enumerate(zip(read, case["talks"], strict=False)):
        found["codes"] = [warning["code"] for warning in found["warnings"]]
        facts += [(f"talk {number}, {key}", found[key], labelled[key]) for key in labelled]
    wrong = [
        f"{what}: found {found!r}, labelled {labelled!r}"
        for what, found, labelled in facts
        if found != labelled
    ]
    assert not wrong, "\n".join([f"case {case['name']!r}", *wrong])
