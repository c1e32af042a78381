"""Talks that pipelines make with values of other types: a TypeError that names the field, not a late crash."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from enrich import annotate, find_references
from enrich.model import AnnotatedTalk, Talk, check_talk


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": 5}, "Talk.id is a string, not int '5'"),
        ({"title": b"On sets"}, "Talk.title is a string or None, not bytes"),
        ({"abstract": 5}, "Talk.abstract is a string or None, not int '5'"),
        ({"start_time": "2026-03-12"}, "Talk.start_time is a datetime, a date or None, not str '2026-03-12'"),
        ({"end_time": 5}, "Talk.end_time is a datetime, a date or None, not int '5'"),
        ({"texts": {"url": "x"}}, "Talk.texts is a tuple of pairs (field, text), not dict"),
        ({"texts": ("url", "x")}, "Talk.texts is a tuple of pairs (field, text), not tuple"),
        ({"texts": (("url", None),)}, "Talk.texts is a tuple of pairs (field, text), not tuple"),
    ],
)  # fmt: skip
def test_a_field_of_another_type_is_named(fields: dict[str, Any], message: str) -> None:
    """Raise where the talk enters."""
    talk = Talk(**{"id": "1", **fields})
    with pytest.raises(TypeError, match=re.escape(message)):
        annotate(talk, (), {})


@pytest.mark.parametrize("fields", [{"abstract": 5}, {"texts": {"url": "x"}}])
def test_a_text_of_another_type_is_named_by_the_search(fields: dict[str, Any]) -> None:
    """Raise before the text is searched."""
    with pytest.raises(TypeError, match=r"Talk\.(abstract|texts) is a"):
        find_references(Talk(**{"id": "1", **fields}))


@pytest.mark.parametrize("time", [None, date(2026, 3, 12), datetime(2026, 3, 12, tzinfo=UTC)])
def test_a_right_talk_passes(time: Any) -> None:
    """Accept all types that the fields have, and kinds of them."""

    class Text(str):
        __slots__ = ()

    check_talk(Talk(id=Text("1"), title=Text("T"), start_time=time, texts=(("url", Text("x")),)))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"start": 5, "end": 2}, "references[0].end: lies before the start"),
        ({"context": [5, 2]}, "references[0].context[1]: lies before the start"),
        ({"form": "weird"}, "references[0].form: not a known word: 'weird'"),
        ({"role": "weird"}, "references[0].role: not a known word: 'weird'"),
    ],
)
def test_a_line_with_an_impossible_reference_is_refused(line: dict[str, Any], message: str) -> None:
    """Name the place and what is wrong, in plain words."""
    reference = {
        "paper": "arxiv:2103.01338", "field": "abstract", "start": 0, "end": 1, "exact": "x", "context": [0, 1],
        "form": "url", **line,
    }  # fmt: skip
    with pytest.raises(ValueError, match=re.escape(message)):
        AnnotatedTalk.from_dict({"id": "1", "references": [reference]})
