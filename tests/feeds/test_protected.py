"""What may belong to a reference is protected: nothing that extraction finds is missed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from enrich.feeds.protected import ANCHORS, protect
from enrich.references.extract import find_references

DATA = Path(__file__).parents[1] / "data"
NAMES = ("extraction.jsonl", "extraction_second.jsonl", "extraction_third.jsonl")


def texts(name: str) -> list[str]:
    lines = (DATA / name).read_text("utf-8").split("\n")
    return [json.loads(line)["text"] for line in lines if line]


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_of_the_labelled_texts_is_protected(name: str) -> None:
    missed = []
    for text in texts(name):
        marks = protect(text)
        missed += [
            (text, reference.exact)
            for reference in find_references(text)
            if not any(m.start <= reference.start and reference.end <= m.end for m in marks)
        ]
    assert missed == []


@pytest.mark.parametrize("name", NAMES)
def test_marks_are_in_order_within_the_text_and_apart(name: str) -> None:
    for text in texts(name):
        marks = protect(text)
        ends = [0, *(mark.end for mark in marks)]
        for before, mark in zip(ends, marks, strict=False):
            assert before <= mark.start < mark.end <= len(text)


def test_every_anchor_protects_an_id_behind_it() -> None:
    for anchor in ANCHORS:
        text = f"see {anchor}{'' if anchor.endswith(('/', '-')) else ':'}2103.01338, then"
        text = text.replace("abs-2103.01338", "abs-2103-01338")
        (mark,) = protect(text)
        assert anchor in text[mark.start : mark.end]


def test_other_numbers_and_addresses_are_not_protected() -> None:
    text = "PIN 2103.01338, room 12.34567, https://example.org/2103.01338, tel. 1203.4567, notarxiv 2103.01338"
    assert protect(text) == []
