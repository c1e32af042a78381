"""A password in a cell, an item or a block of its own is redacted like one behind a colon."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest

from enrich.feeds.reading import read_talks
from tests.feeds import calendar, event, read

DATA = Path(__file__).parents[1] / "data/feeds/redact_cells.jsonl"
"""One case a line: id, HTML of a description, and the abstract that is expected of it."""
CASES: list[dict[str, str]] = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
UNSEEN_IN_RECORDS = {"cells, German", "a tag inside the word"}
"""A record's text is plain; only what may hold credentials as written is searched for tags."""
IDS = [case["id"] for case in CASES]


def line(name: str, html: str) -> str:
    return name + ":" + html.replace("\n", "\\n").replace(";", "\\;").replace(",", "\\,")


def words(text: str | None) -> list[str]:
    return (text or "").split()


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_an_abstract_is_redacted_as_its_label_says(case: dict[str, str]) -> None:
    (talk,), _ = read(calendar(event(line("DESCRIPTION", case["html"]))), keep_raw=True)
    assert talk.abstract == case["expected"]
    assert b"LEAK" not in (talk.raw or b"")


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_secret_stays_where_it_is_asked_for(case: dict[str, str]) -> None:
    (talk,), _ = read(calendar(event(line("DESCRIPTION", case["html"]))), keep_private=True)
    assert ("LEAK" in unescape(case["html"])) is ("LEAK" in (talk.abstract or ""))


@pytest.mark.parametrize("name", ["COMMENT", "X-ALT-DESC;FMTTYPE=text/html"])
@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_further_texts_are_redacted_alike(case: dict[str, str], name: str) -> None:
    (talk,), _ = read(calendar(event(line(name, case["html"]))), keep_raw=True)
    (text,) = [text for field, text in talk.texts if field in {"comments", "x_alt_desc"}]
    assert words(text) == words(case["expected"])
    assert b"LEAK" not in (talk.raw or b"")


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_record_with_html_shows_no_secret(case: dict[str, str]) -> None:
    data = json.dumps([{"id": "1", "abstract": case["html"]}]).encode()
    (talk,) = read_talks(data)
    assert "LEAK" not in (talk.abstract or "") or case["id"] in UNSEEN_IN_RECORDS
    if case["id"].startswith("kept ") and case["id"] != "kept a reference":
        assert talk.abstract == case["html"]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_schedule_is_redacted_alike(case: dict[str, str]) -> None:
    talk = {"code": "A", "title": "T", "start": "2026-01-01T10:00:00Z", "abstract": case["html"]}
    document = {"schedule": {"conference": {"days": [{"rooms": {"R": [talk | {"guid": "1", "date": talk["start"]}]}}]}}}  # fmt: skip
    (found,) = read_talks(json.dumps(document).encode())
    assert words(found.abstract) == words(case["expected"])


def test_every_case_has_an_id_of_its_own() -> None:
    assert len(set(IDS)) == len(CASES) > 40
