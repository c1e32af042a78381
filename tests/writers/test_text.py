"""Text for terminals: within the width, safe, and whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.model import AnnotatedTalk, Document, Notice, Reference, Talk
from enrich.paper import Author, Paper, PaperId, Papers, Publication, Unresolved
from enrich.text.terminal import count_columns, fit_columns, wrap_columns
from enrich.writers import configure, write, writer
from tests.strategies import documents

ID = PaperId("arxiv:2103.01338")


@given(documents, st.integers(24, 120))
def test_no_line_is_wider_than_the_terminal_but_an_address(document: Document, width: int) -> None:
    text = "".join(configure(writer("text"), {"width": width}).write(document))
    for line in text.splitlines():
        assert count_columns(line) <= width or ("://" in line and " " not in line.strip())


@given(st.text(), st.integers(2, 30))
def test_wrapping_loses_nothing_but_blanks(text: str, columns: int) -> None:
    lines = list(wrap_columns(text, columns))
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(lines)


@given(st.text(), st.integers(1, 30))
def test_a_fitted_text_has_its_width(text: str, columns: int) -> None:
    assert count_columns(fit_columns(text, columns)) == columns


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("東京大学で話す", 6, ["東京大", "学で話", "す"]),
        ("a東京", 4, ["a東", "京"]),
        ("one two", 7, ["one two"]),
        ("one two", 6, ["one", "two"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("e\u0301e\u0301e\u0301", 3, ["e\u0301e\u0301e\u0301"]),
        ("", 3, []),
    ],
)
def test_lines_are_broken_by_columns(text: str, columns: int, lines: list[str]) -> None:
    assert list(wrap_columns(text, columns)) == lines


def test_a_long_title_is_wrapped_below_its_beginning() -> None:
    paper = Paper(id=ID, title="one two three four five six", url="")
    talk = AnnotatedTalk(talk=Talk(id="1", title="A"), papers=Papers({ID: paper}))
    text = "".join(configure(writer("text"), {"width": 24}).write(Document((talk,))))
    assert text.splitlines()[1:3] == ["  * one two three four", "    five six"]


def test_what_is_known_of_a_paper_is_shown() -> None:
    paper = Paper(
        id=ID, title=r"$\ell_p$", authors=(Author("Ada"),), published="2021", withdrawn=True, stale=True, via="dblp",
        published_as=Publication(venue="V", year=2022, doi="10.1/x"), same_as=(PaperId("openreview:x"),), url="https://x.org/",
    )  # fmt: skip
    reference = Reference(ID, "v2", "abstract", 0, 1, "x", (0, 1), "url", "own")
    gone = Unresolved(id=PaperId("arxiv:2101.99999"), code="not_found", message="never was")
    talk = AnnotatedTalk(
        talk=Talk(id="1", title="T", status="cancelled", room="R"),
        references=(reference,),
        papers=Papers({ID: paper, gone.id: gone}),
    )
    notice = Notice(code="other", message="odd", feed="f", line=3)
    assert "".join(write(Document((talk,), (notice,)), "text")) == (
        "T\n"
        "cancelled · R\n"
        "  * ℓₚ\n"
        "    Ada\n"
        "    2021 · arXiv:2103.01338 · the talk's own paper · cited: v2\n"
        "    withdrawn · published as V, 2022, doi:10.1/x · same work as openreview:x ·\n"
        "    via dblp · an old record: its service did not answer\n"
        "    https://x.org/\n"
        "  * arXiv:2101.99999\n"
        "    no such paper · never was\n"
        "\nNotices\n"
        "  f, line 3: odd\n"
    )


def test_a_terminal_cannot_be_too_narrow() -> None:
    assert "".join(configure(writer("text"), {"width": 1}).write(Document(()))) == ""
