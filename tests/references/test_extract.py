"""Extraction: the labelled texts, laws over any text, and what stands around a reference."""

from __future__ import annotations

import subprocess
import sys

import pytest

from enrich.document import to_dict
from enrich.errors import InvalidId
from enrich.model import Mention, Reference, Talk, reference_object
from enrich.paper import PaperId
from enrich.references.extract import (
    find_references,
    find_references_many,
    parse_citation,
    parse_id,
)


def only(text: str) -> Reference:
    (reference,) = find_references(text)
    return reference


def test_a_reference_says_all_of_the_contract() -> None:
    text = "Abstract.\n\nWe go on from arXiv:2103.01338v2 [cs.LG].\n\nBio."
    reference = only(text)
    assert to_dict(reference_object(reference)) == {
        "paper": "arxiv:2103.01338",
        "version": "v2",
        "field": "text",
        "start": 25,
        "end": 43,
        "exact": "arXiv:2103.01338v2",
        "context": [11, 52],
        "form": "text",
        "role": "mentioned",
        "by_speaker": None,
    }


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("https://arxiv.org/abs/2103.01338", "url"),
        ("https://huggingface.co/papers/2103.01338", "url"),
        ("arXiv:2103.01338", "text"),
        ("https://doi.org/10.48550/arXiv.2103.01338", "doi"),
        ("doi:10.48550/arXiv.2103.01338", "doi"),
        ("hep-th/9901001", "bare"),
        ("Preprint: 2103.01338", "bare"),
        ("https://openreview.net/forum?id=FpKgG31Z_i9", "url"),
    ],
)
def test_forms(text: str, form: str) -> None:
    assert only(text).form == form


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("See arXiv:2103.01338.", "mentioned"),
        ("The talk is based on arXiv:2103.01338.", "own"),
        ("Preprint: https://arxiv.org/abs/2103.01338", "own"),
        ("This is joint work with A. Smith and B. Jones (arXiv:2103.01338).", "own"),
        ("Based on a talk. Others: arXiv:2103.01338.", "mentioned"),
        ("Text.\n\nReferences\nA. Smith, Title, arXiv:2103.01338.", "cited"),
        ("References: arXiv:2103.01338", "cited"),
        ("[1] A. Smith, Title, arXiv:2103.01338.", "cited"),
        ("Text\n[12] A. Smith, Title,\n arXiv:2103.01338.", "cited"),
        ("[arXiv:2103.01338](https://arxiv.org/abs/2103.01338)", "mentioned"),
    ],
)
def test_roles(text: str, role: str) -> None:
    assert only(text).role == role


@pytest.mark.parametrize(
    ("text", "exact", "version"),
    [
        (
            "[arXiv:2012.09841](https://arxiv.org/abs/2012.09841v2)",
            "https://arxiv.org/abs/2012.09841v2",
            "v2",
        ),
        (
            "[arXiv:0811.3171v3](https://arxiv.org/abs/0811.3171)",
            "https://arxiv.org/abs/0811.3171",
            "v3",
        ),
        (
            '<a class="x" href="https://arxiv.org/abs/2012.09841" target="_blank"><b>arXiv:2012.09841</b></a>',
            "https://arxiv.org/abs/2012.09841",
            None,
        ),
        (
            "\\href{https://arxiv.org/abs/2012.09841}{arXiv:2012.09841}",
            "https://arxiv.org/abs/2012.09841",
            None,
        ),
        (
            "arXiv:2012.09841 (https://arxiv.org/pdf/2012.09841.pdf)",
            "https://arxiv.org/pdf/2012.09841.pdf",
            None,
        ),
        (
            "[arXiv:2012.09841 [cs.LG]](https://arxiv.org/abs/2012.09841)",
            "https://arxiv.org/abs/2012.09841",
            None,
        ),
        (
            "arXiv:2012.09841v1 (https://www.google.com/url?q=https://arxiv.org/abs/2012.09841&sa=D)",
            "https://arxiv.org/abs/2012.09841",
            "v1",
        ),
    ],
)
def test_a_link_and_its_text_are_one_reference(text: str, exact: str, version: str | None) -> None:
    reference = only(text)
    assert (reference.exact, reference.version) == (exact, version)


@pytest.mark.parametrize(
    "text",
    [
        "[arXiv:1702.03061](https://arxiv.org/abs/1307.0411)",
        '<a href="https://arxiv.org/abs/1307.0411">arXiv:1702.03061</a>',
        "arXiv:1702.03061 (https://arxiv.org/abs/1307.0411)",
    ],
)
def test_a_link_and_a_text_that_disagree_both_stand_and_a_warning_says_so(text: str) -> None:
    found = {r.paper: r.form for r in find_references(text)}
    assert found == {"arxiv:1702.03061": "link_text", "arxiv:1307.0411": "url"}
    (warning,) = find_references(Talk(id="x", abstract="é " + text)).warnings
    assert warning.code == "link_mismatch"
    assert warning.field == "abstract"
    assert ("é " + text)[warning.start : warning.end] == "arXiv:1702.03061"
    (elsewhere,) = find_references(Talk(id="x", texts=(("comments", text),))).warnings
    assert (elsewhere.code, elsewhere.field) == ("link_mismatch", "comments")
    assert text[elsewhere.start : elsewhere.end] == "arXiv:1702.03061"


@pytest.mark.parametrize(
    "link",
    [
        "https://openreview.net/pdf/2dff92321d132ee1a70ba42c0046c99ee9bcd972.pdf",
        "https://openreview.net/notes/edits/pdf?id=AbCdEfGhIj",
        "https://openreview.net/forum/smith|a_title",
    ],
)
def test_a_link_that_names_no_paper_is_a_warning(link: str) -> None:
    talk = Talk(id="x", abstract=f"See {link} .")
    found = find_references(talk)
    (warning,) = found.warnings
    assert not found
    assert warning.code == "unresolvable_link"
    assert (warning.start, warning.end) == (4, 4 + len(link))


def test_a_plain_talk_has_no_warnings() -> None:
    text = "See arXiv:2103.01338 and https://openreview.net/group?id=ICLR.cc/2024/Conference"
    assert find_references(Talk(id="x", abstract=text)).warnings == ()


def test_all_texts_of_a_talk_are_searched_in_their_order() -> None:
    talk = Talk(
        id="x",
        abstract="hep-th/9901001",
        texts=(
            ("comments", "arXiv:2103.01338"),
            ("paper_link", "https://arxiv.org/abs/2104.00001"),
        ),
    )
    found = [(r.field, r.paper.key, r.role) for r in find_references(talk)]
    assert found == [
        ("abstract", "hep-th/9901001", "mentioned"),
        ("comments", "2103.01338", "mentioned"),
        ("paper_link", "2104.00001", "own"),
    ]


def test_the_html_twin_counts_only_if_the_abstract_has_no_reference() -> None:
    link = "https://openreview.net/notes/edits/pdf?id=AbCdEfGhIj"
    twin = ("x_alt_desc", f"arXiv:2103.01338, {link}")
    other = ("comments", f"arXiv:2104.00001, {link}")
    for abstract, fields in (
        ("see hep-th/9901001", ["abstract", "comments"]),
        (link, ["abstract", "x_alt_desc", "comments"]),
        (None, ["x_alt_desc", "comments"]),
    ):
        found = find_references(Talk(id="x", abstract=abstract, texts=(twin, other)))
        expected = [field for field in fields if field != "abstract" or abstract != link]
        assert [reference.field for reference in found] == expected
        assert [warning.field for warning in found.warnings] == [
            field for field in fields if field != "abstract" or abstract == link
        ]


@pytest.mark.parametrize(
    ("text", "paper", "version"),
    [
        ("2103.01338", "arxiv:2103.01338", None),
        (" 2103.01338v2\n", "arxiv:2103.01338", "v2"),
        ("arXiv:math.AG/0601001v2", "arxiv:math/0601001", "v2"),
        ("arxiv:2103.01338", "arxiv:2103.01338", None),
        ("HEP-TH/9901001", "arxiv:hep-th/9901001", None),
        ("https://arxiv.org/abs/2103.01338v3", "arxiv:2103.01338", "v3"),
        ("FpKgG31Z_i9", "openreview:FpKgG31Z_i9", None),
        ("openreview:-TSe5o7STVR", "openreview:-TSe5o7STVR", None),
        ("openreview:hello", "openreview:hello", None),
        ("https://openreview.net/forum?id=FpKgG31Z_i9", "openreview:FpKgG31Z_i9", None),
    ],
)
def test_ids_from_any_form(text: str, paper: str, version: str | None) -> None:
    assert parse_citation(text) == (paper, version)
    assert parse_id(text) == paper
    assert parse_citation(paper) == (paper, None)


@pytest.mark.parametrize(
    "text",
    ["", "hello", "arXiv:2113.01338", "arXiv:2103.1338", "2103.01338 2104.00001", "x:2103.01338"],
)
def test_a_text_that_names_not_one_paper_is_an_error(text: str) -> None:
    with pytest.raises(InvalidId, match="names"):
        parse_id(text)


def test_importing_extraction_is_light() -> None:
    code = "import sys; import enrich.references.extract; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {
        "requests",
        "arxiv",
        "icalendar",
        "requests_cache",
        "tenacity",
        "lxml",
        "html.entities",
    }
    assert not heavy & set(run.stdout.split())


def test_exactly_the_given_sources_are_recognised() -> None:
    class Numbers:
        name = "pmid"
        anchors: tuple[bytes, ...] = (b"pmid 1",)  # a digit stands for any digit

        def recognise(self, text: bytes, at: int) -> list[Mention]:
            end = at + 5
            while text[end : end + 1].isdigit():
                end += 1
            return [Mention(PaperId(f"pmid:{text[at + 5 : end].decode()}"), None, at, end, "text")]

        def canonical(self, text: str) -> tuple[PaperId, str | None] | None:
            return (PaperId("pmid:" + text), None) if text.isdigit() else None

        def url(self, paper: PaperId) -> str:
            return f"https://pubmed.example/{paper.key}"

        def pdf(self, paper: PaperId) -> str | None:
            return None

        def doi(self, paper: PaperId) -> str | None:
            return None

    text = "é PMID 23456, not arXiv:2103.01338; P\u200bMID 9"
    found = find_references(text, sources=[Numbers()])
    assert [(r.paper, r.start, r.exact) for r in found] == [
        ("pmid:23456", 2, "PMID 23456"),
        ("pmid:9", 36, "P\u200bMID 9"),
    ]
    assert list(find_references_many([text, ""], sources=iter([Numbers()]))) == [found, ()]
    assert parse_id("pmid: 7", sources=[Numbers()]) == "pmid:7"
    assert [r.paper for r in find_references(text)] == ["arxiv:2103.01338"]
    with pytest.raises(InvalidId):
        parse_id("arXiv:2103.01338", sources=[Numbers()])
