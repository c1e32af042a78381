"""The schema says what the code does: the same keys in the same order, the same codes."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from jsonschema import ValidationError

from enrich.errors import ErrorCode
from enrich.model import (
    AnnotatedTalk,
    Form,
    Notice,
    NoticeCode,
    Role,
    Talk,
    TalkWarning,
    WarningCode,
)
from enrich.paper import Decision, Paper, PaperId, Papers, Unresolved, Version
from enrich.references.extract import find_references
from tests.command import part, schema

ID = PaperId("arxiv:2103.01338")
PAPER = Paper(
    id=ID, title="T", url="https://arxiv.org/abs/2103.01338", versions=(Version(version="v1"),)
)
FAILED = Unresolved(id=ID, code="timeout", message="too slow", retryable=True)


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = schema()["$defs"][name]["properties"]
    return found


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("talk", AnnotatedTalk(talk=Talk(id="1")).talk_dict()),
        ("paper", PAPER.to_dict()),
        ("paper", FAILED.to_dict()),
        ("reference", find_references("arXiv:2103.01338")[0].to_dict()),
        ("warning", TalkWarning(code="no_start", message="m").to_dict()),
        ("notice", Notice(code="no_talks", message="m").to_dict()),
    ],
)
def test_keys_and_their_order(name: str, made: dict[str, Any]) -> None:
    definition = schema()["$defs"][name]
    assert list(made) == list(definition["properties"]) == definition["required"]
    part(name).validate(made)


@pytest.mark.parametrize(
    ("name", "key", "values"),
    [
        ("warning", "code", get_args(WarningCode)),
        ("notice", "code", get_args(NoticeCode)),
        ("error", "code", get_args(ErrorCode)),
        ("reference", "form", get_args(Form)),
        ("reference", "role", get_args(Role)),
        ("paper", "decision", (None, *get_args(Decision))),
    ],
)
def test_the_words_of_the_code_are_those_of_the_schema(
    name: str, key: str, values: tuple[Any, ...]
) -> None:
    assert properties(name)[key]["enum"] == list(values)


def test_a_line_of_ndjson_is_a_talk_and_its_papers() -> None:
    line = AnnotatedTalk(talk=Talk(id="1"), papers=Papers({ID: PAPER})).to_dict()
    validator = part("line")
    validator.validate(line)
    del line["papers"]
    with pytest.raises(ValidationError):
        validator.validate(line)


@pytest.mark.parametrize(
    "broken",
    [
        {**PAPER.to_dict(), "title": None},
        {**PAPER.to_dict(), "status": "failed"},
        {**FAILED.to_dict(), "error": None},
    ],
)
def test_what_contradicts_itself_does_not_fit(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        part("paper").validate(broken)


def test_what_is_written_is_read_back() -> None:
    assert Paper.from_dict(PAPER.to_dict()) == PAPER
