"""The schema says what the code does: the same keys in the same order, the same codes."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from jsonschema import ValidationError

from enrich.codes import Decision, Form, NoticeCode, Role, WarningCode
from enrich.document import to_dict
from enrich.errors import ErrorCode
from enrich.model import AnnotatedTalk, Notice, Talk, TalkWarning, notice_object, talk_object
from enrich.paper import Author, Paper, PaperId, Papers, Publication, Unresolved, Version
from enrich.references.extract import find_references
from tests.command import part, schema
from tests.json_schema import json_schema

ID = PaperId("arxiv:2103.01338")
PAPER = Paper(
    id=ID,
    title="T",
    url="https://arxiv.org/abs/2103.01338",
    versions=(Version(version="v1"),),
    authors=(Author("Ada Lovelace", "Lovelace", "Ada"),),
    published_as=Publication(venue="J", year=2022),
)
FAILED = Unresolved(id=ID, code="timeout", message="too slow", retryable=True)


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = schema()["$defs"][name]["properties"]
    return found


LINE = AnnotatedTalk(
    talk=Talk(id="1"),
    references=find_references("arXiv:2103.01338"),
    papers=Papers({ID: PAPER}),
    warnings=(TalkWarning(code="no_start", message="m"),),
)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("talk", to_dict(talk_object(LINE))),
        ("line", LINE.to_dict()),
        ("paper", PAPER.to_dict()),
        ("paper", FAILED.to_dict()),
        ("author", PAPER.to_dict()["authors"][0]),
        ("version", PAPER.to_dict()["versions"][0]),
        ("published_as", PAPER.to_dict()["published_as"]),
        ("reference", LINE.to_dict()["references"][0]),
        ("warning", LINE.to_dict()["warnings"][0]),
        ("notice", to_dict(notice_object(Notice(code="no_talks", message="m")))),
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
    enum = properties(name)[key]["enum"]
    assert set(enum) == set(values)
    assert len(enum) == len(values)


KEYS = {  # of the contract, in its order
    "talk": "id feed url title speaker speaker_affiliation series start_time end_time recurrence status"
    " room slides_link video_link abstract texts references suggested warnings",
    "line": "id feed url title speaker speaker_affiliation series start_time end_time recurrence status"
    " room slides_link video_link abstract texts references suggested warnings papers",
    "reference": "paper version field start end exact context form role by_speaker",
    "paper": "id source work status error via stale title title_text authors authors_hidden published"
    " updated dates latest_version versions category venue decision withdrawn doi published_as same_as"
    " matched_by abstract url pdf",
    "author": "name family given",
    "version": "version date title",
    "published_as": "venue year doi url via",
    "warning": "code message field start end",
    "notice": "code message feed event line",
    "error": "code message retryable",
    "summary": "talks references papers works resolved not_found failed",
}


@pytest.mark.parametrize("name", KEYS)
def test_the_keys_are_those_of_the_contract(name: str) -> None:
    assert list(properties(name)) == schema()["$defs"][name]["required"] == KEYS[name].split()


def test_the_shipped_schema_is_what_the_types_say() -> None:
    assert schema() == json_schema(), "run: python -m tests.json_schema"


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
