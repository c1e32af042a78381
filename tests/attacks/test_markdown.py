"""Markdown: a line never begins with text of a feed, and no text of a feed is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings

from enrich.model import AnnotatedTalk, Document, Feed, Notice, Talk
from enrich.paper import Author, Paper, PaperId, Papers, Unresolved
from enrich.references.extract import find_references
from enrich.writers import write
from tests.strategies import documents

BEGINNINGS = [
    "1. x", "1) x", "# h", "## h", "---", "- item", "* item", "+ item", "> quote", "===", "***", "___", "    code",
    "\tcode", "```", "~~~", "| a | b |", "<script>", "[x]: https://example.org", "![x](https://example.org)", "&lt;b",
    "<!-- x -->", "\n# h", "\r\n- x", "\u2028# h", "\x0b- x", "\x85# h",
]  # fmt: skip
_BLOCK = re.compile(
    r"#{1,6}(?:\s|$)|[-+*](?:\s|$)|\d{1,9}[.)](?:\s|$)|={1,}\s*$|(?:-\s*){2,}$|(?:_\s*){3,}$|(?:\*\s*){3,}$|`{3}|~{3}"
    r"|<|>|\||\[(?:[^\]\\]|\\.)*\]:|\t| {4}"
)
"""What begins a block in CommonMark or GitHub's tables."""


def check_lines(lines: Iterable[str]) -> None:
    """Check that behind the list's own marks no line begins a block."""
    for line in lines:
        rest = re.sub(r"^(?:#{1,3} |- |  > |  )", "", line)
        assert not _BLOCK.match(rest), line


def written(text: str) -> list[str]:
    """Return the lines of a list in which each field that a feed or service gives is this text."""
    id_ = PaperId("arxiv:2103.01338")
    abstract = f"{text}\n{text} arXiv:2103.01338 {text} with more words than that"
    talk = Talk(
        id=text, feed=Feed(name=text), title=text, speaker=text, speaker_affiliation=text, series=text,
        room=text, url=f"https://example.org/{text}", abstract=abstract,
    )  # fmt: skip
    paper = Paper(
        id=id_, title=text, authors=(Author(text),), category=text, venue=text, url=f"https://x.org/{text}",
        via=text,
    )  # fmt: skip
    failed = Unresolved(id=PaperId("other:1"), code="http_error", message=text)
    annotated = AnnotatedTalk(
        talk=talk,
        references=tuple(find_references(abstract)),
        papers=Papers({id_: paper, failed.id: failed}),
    )
    bare = AnnotatedTalk(talk=Talk(id="2", room=text))
    notice = Notice(code="other", message=text, feed=text, event=text)
    return "".join(write(Document([annotated, bare], [notice]), "md")).split("\n")


@pytest.mark.parametrize("text", BEGINNINGS, ids=repr)
def test_no_line_begins_with_text_of_a_feed(text: str) -> None:
    check_lines(written(text))


@settings(max_examples=50)
@given(documents)
def test_no_document_makes_a_block_of_its_own(document: Document) -> None:
    check_lines("".join(write(document, "md")).split("\n"))


@pytest.mark.parametrize("text", ["1. x", "12) x", "# h", "- item", "+ item", "===", "---"])
def test_what_begins_a_block_is_escaped_and_nothing_else(text: str) -> None:
    assert f"{text[:2].rstrip('.)#-+= ')}\\" in "\n".join(written(text))
    assert "\n2026-\\" not in "\n".join(written("2026-01-01"))
