"""The language of docstrings, names and messages: figures that may only become better."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.house.style import (
    VERBS,
    Docstring,
    avoided_words,
    function_docstrings,
    shared_names,
    without_verb,
    words_of_first_lines,
)

PACKAGE = ROOT / "enrich"


@pytest.fixture(scope="module")
def docstrings() -> list[Docstring]:
    return function_docstrings(PACKAGE)


def test_docstrings_begin_with_a_verb(docstrings: list[Docstring]) -> None:
    assert len(VERBS) <= 120
    without = without_verb(docstrings)
    assert len(without) <= 0.02 * len(docstrings), without


def test_first_lines_are_short(docstrings: list[Docstring]) -> None:
    assert words_of_first_lines(docstrings) <= 9


def test_plain_words_stand_for_the_words_to_avoid() -> None:
    assert avoided_words(PACKAGE) == []


def test_few_functions_of_several_modules_share_a_name() -> None:
    assert len(shared_names(PACKAGE)) <= 10


def test_the_figures_find_what_they_count(tmp_path) -> None:  # type: ignore[no-untyped-def]
    text = '"""A module."""\n\n\ndef _twice() -> None:\n    """A value that is none."""\n'
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = function_docstrings(tmp_path)
    assert len(without_verb(found)) == 2
    assert len(avoided_words(tmp_path)) == 2
    assert words_of_first_lines(found) == 5
    assert list(shared_names(tmp_path)) == ["_twice"]
