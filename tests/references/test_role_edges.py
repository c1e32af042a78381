"""Edges of the rules of roles and links, each of which a changed line of code would cross unseen."""

from __future__ import annotations

import re

import pytest

from enrich.references.extract import find_references
from enrich.references.line_breaks import BREAKS, Break, find_breaks
from enrich.text.decoding import FOLD

ITEM = "A. Bee and C. Dee, Sheaves, arXiv:2103.01338"
HAN = "一二三四五六七八九十甲乙丙"
FAR = "a remark about the theme of this item " * 14


def roles_of(text: str) -> list[str]:
    return [reference.role for reference in find_references(text)]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        pytest.param(
            f"[1] {ITEM}. {FAR}arXiv:2104.00001", ["cited", "cited"], id="far on in an item"
        ),
        pytest.param(
            f"[1] {ITEM}. {FAR}\n\n{FAR}arXiv:2104.00001",
            ["cited", "mentioned"],
            id="behind an item",
        ),
        pytest.param("[1] see arXiv:2103.01338", ["mentioned"], id="an item that only points"),
        pytest.param("[1] Vgl. Bee, Sheaves, arXiv:2103.01338", ["mentioned"], id="in German"),
        pytest.param("[1] Bee, arXiv:2103.01338", ["cited"], id="one author's name and a comma"),
        pytest.param(
            "[1] Bee. arXiv:2103.01338", ["cited"], id="one author's name and a full stop"
        ),
        pytest.param("[1] Bee arXiv:2103.01338", ["mentioned"], id="one word"),
        pytest.param("[1] B. arXiv:2103.01338", ["mentioned"], id="one letter"),
        pytest.param(
            f"References\n{ITEM}\n\n{HAN[:12]}\narXiv:2104.00001",
            ["cited", "mentioned"],
            id="the longest heading in Han",
        ),
        pytest.param(
            f"References\n{ITEM}\n\n{HAN}\narXiv:2104.00001",
            ["cited", "cited"],
            id="a longer line in Han",
        ),
        pytest.param(
            f"References\n{ITEM}\n\nRoom 12b\narXiv:2104.00001",
            ["cited", "cited"],
            id="a line with digits is no heading",
        ),
        pytest.param(
            f"References\n{ITEM}\n\nOur Next Talk\narXiv:2104.00001",
            ["cited", "mentioned"],
            id="a heading without markup",
        ),
        pytest.param(
            f"References\n{ITEM}\n\nof our next talk\narXiv:2104.00001",
            ["cited", "cited"],
            id="a line in lower case is no heading",
        ),
        pytest.param(
            "This talk is based on\n1. arXiv:2103.01338",
            ["own"],
            id="the mark of an item ends no sentence",
        ),
        pytest.param(
            "Joint work with\na friend. See arXiv:2103.01338", ["mentioned"], id="a short line"
        ),
        pytest.param(
            f"{FAR}. This talk is based on arXiv:2103.01338",
            ["own"],
            id="a claim far from the start",
        ),
    ],
)
def test_roles_at_the_edge(text: str, roles: list[str]) -> None:
    assert roles_of(text) == roles


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        (
            "[[https://r.example/x=https://arxiv.org/abs/2104.00001][arXiv:2104.00001]]",
            "https://arxiv.org/abs/2104.00001",
        ),
        (
            "<https://r.example/x=https://arxiv.org/abs/2104.00001|arXiv:2104.00001>",
            "https://arxiv.org/abs/2104.00001",
        ),
        (
            "https://openreview.net/forum/https://arxiv.org/abs/2103.01338",
            "https://arxiv.org/abs/2103.01338",
        ),
    ],
)
def test_one_reference_of_a_link_behind_a_redirector(text: str, exact: str) -> None:
    assert [reference.exact for reference in find_references(text)] == [exact]


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("arXiv:2103.\n01338", ["arxiv:2103.01338"]),
        ("arXiv:2103.0133\n8 talks", ["arxiv:2103.01338"]),
        ("arXiv:1203.0133\n8 talks", ["arxiv:1203.0133"]),
        ("a list of hep-\nth/9901001", ["arxiv:hep-th/9901001"]),
        ("hep-th/990\n1001", ["arxiv:hep-th/9901001"]),
        ("https://arxiv\n.org/abs/2103.01338", ["arxiv:2103.01338"]),
        ("https://arxiv.\norg/abs/2103.01338", ["arxiv:2103.01338"]),
        ("https://arxiv.org/\nabs/2103.01338", ["arxiv:2103.01338"]),
        ("https://arxiv.org/abs/  \r\n2103.01338", ["arxiv:2103.01338"]),
        ("https://arx\niv.org/abs/2103.01338", ["arxiv:2103.01338"]),
        ("ar\n xiv: 2103.01338", ["arxiv:2103.01338"]),
        ("a\nb\nc\nd\ne\nf\nhttps://arxiv.org/abs/\n2103.01338", ["arxiv:2103.01338"]),
        ("in\n\n\n2103.01338\n\narXiv:\n\n2104.00001", []),
    ],
)
def test_line_breaks_at_the_edge(text: str, papers: list[str]) -> None:
    assert [str(reference.paper) for reference in find_references(text)] == papers


@pytest.mark.parametrize("kind", BREAKS, ids=lambda kind: kind.before.decode())
def test_each_kind_of_break_joins_its_examples(kind: Break) -> None:
    for following, example in kind.following.items():
        alone = re.compile(b"(?i)" + kind.before + b"(?:" + kind.space + b")(?=" + following + b")")
        (found,) = find_breaks(example, example.translate(FOLD))
        match = alone.search(example)
        assert match is not None
        assert match.span() == found, example
        (reference,) = find_references(f"See {example.decode()} for details.")
        assert reference.exact == example.decode()
