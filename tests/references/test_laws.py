"""Laws of extraction over any text: drawn ones, real ones, hostile ones."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.model import Reference
from enrich.paper import PaperId
from enrich.references.extract import find_references, find_references_many, parse_id
from enrich.sources.installed import source, sources
from tests.references.hostile_texts import GENERATORS

DATA = Path(__file__).parents[1] / "data"


@st.composite
def new_ids(draw: st.DrawFn) -> str:
    year, month = draw(st.integers(7, 49)), draw(st.integers(1, 12))
    if year == 7:
        month = max(month, 4)
    width = 4 if year < 15 else 5
    return f"{year:02}{month:02}.{draw(st.integers(1, 10**width - 1)):0{width}}"


@st.composite
def old_ids(draw: st.DrawFn) -> str:
    archive = draw(
        st.sampled_from(["hep-th", "math", "cs", "cond-mat", "q-alg", "supr-con", "physics"])
    )
    year, month = draw(st.sampled_from([*range(91, 100), *range(7)])), draw(st.integers(1, 12))
    return f"{archive}/{year:02}{month:02}{draw(st.integers(1, 999)):03}"


note_ids = st.text(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", min_size=9, max_size=12
)
papers = st.one_of(
    st.one_of(new_ids(), old_ids()).map(lambda key: PaperId("arxiv:" + key)),
    note_ids.map(lambda key: PaperId("openreview:" + key)),
)
any_text = st.text(st.characters(), max_size=60)
plain_text = st.text(st.characters(exclude_characters="aA0123456789/%&<\\"), max_size=40)
"""No anchor of any grammar, and nothing that could hide one."""
WORDS = """
    arXiv : . / 2103 .01338 2103.01338 v2 hep-th 9901001 https:// arxiv.org abs pdf .pdf openreview.net
    forum ?id= & FpKgG31Z_i9 %2F &#58; &amp; \\/ \\n <b> </b> <a href=" "> </a> ]( [ ] ( ) , and preprint
    Preprint: References: CoRR abs/ doi 10.48550/ [cs.LG] @ huggingface.co/papers/ , /list/ 1203.4567
""".split()  # noqa: SIM905 - reads as the list it is
ODD = ["\n", "\r\n ", "é", "𝔸", "e\u0301", "\u200b", "\u00ad", "\u2013", "\ud800", "\x00"]
pieces = st.sampled_from(WORDS + ODD) | st.just(" ")
grammar_soup = st.lists(pieces, max_size=24).map("".join)


def assert_lawful(text: str, references: tuple[Reference, ...]) -> None:
    last = 0
    for reference in references:
        start, end = reference.start, reference.end
        assert last <= start < end <= len(text)
        assert text[start:end] == reference.exact
        assert 0 <= reference.context[0] <= start < reference.context[1] <= len(text)
        found = source(reference.paper.source).canonical(reference.paper.key)
        assert found == (reference.paper, None)
        last = end


@given(any_text | grammar_soup)
def test_spans_quote_the_text_and_ids_are_canonical(text: str) -> None:
    assert_lawful(text, find_references(text))


@given(st.lists(any_text | grammar_soup, max_size=5))
def test_many_texts_are_each_as_one(texts: list[str]) -> None:
    assert list(find_references_many(texts)) == [find_references(text) for text in texts]


@given(papers)
def test_every_address_leads_back_to_its_paper(paper: PaperId) -> None:
    here = source(paper.source)
    for address in (here.url(paper), here.pdf(paper)):
        assert address is not None
        (reference,) = find_references(f"see {address}, please")
        assert (reference.paper, reference.exact) == (paper, address)
        assert parse_id(address) == paper
    assert here.canonical(paper.key) == (paper, None)
    assert parse_id(paper) == paper


@given(any_text)
def test_canonical_is_idempotent(text: str) -> None:
    for here in sources():
        found = here.canonical(text)
        if found is not None:
            assert here.canonical(found[0].key) == (found[0], None)


@given(plain_text, grammar_soup, plain_text)
def test_text_around_changes_nothing_but_offsets(before: str, middle: str, after: str) -> None:
    before, after = before + " xyz\n\n", "\n\nxyz " + after
    alone = find_references(middle)
    within = find_references(before + middle + after)
    assert [(r.paper, r.version, r.exact, r.form) for r in within] == [
        (r.paper, r.version, r.exact, r.form) for r in alone
    ]
    assert [r.start - len(before) for r in within] == [r.start for r in alone]


@given(st.text("é𝔸\u0301\U0001f600ñ漢\u200d ", max_size=30), papers)
def test_characters_of_any_width_keep_offsets(before: str, paper: PaperId) -> None:
    address = source(paper.source).url(paper)
    text = f"{before} {address} {before}"
    (reference,) = find_references(text)
    assert reference.start == len(before) + 1
    assert reference.exact == address


def test_every_real_snippet_is_lawful(shared: Path) -> None:
    forms: Counter[str] = Counter()
    with_one: Counter[str] = Counter()
    for line in (shared / "text" / "snippets.jsonl").read_text("utf-8").split("\n"):
        if line:
            snippet = json.loads(line)
            found = find_references(snippet["text"])
            assert_lawful(snippet["text"], found)
            forms.update(snippet["forms"])
            with_one.update(snippet["forms"] if found else [])
    silent = {
        form: (forms[form], with_one[form]) for form in forms if forms[form] != with_one[form]
    }
    assert set(silent) <= {"word arXiv only"}, silent


@pytest.mark.parametrize("name", GENERATORS)
def test_hostile_text_is_lawful(name: str) -> None:
    text = GENERATORS[name](4_000)
    assert_lawful(text, find_references(text))


@pytest.mark.parametrize(
    "name", ["extraction.jsonl", "extraction_second.jsonl", "extraction_third.jsonl"]
)
def test_labelled_texts_read_the_same_amid_other_text(name: str) -> None:
    around = "Ünï 𝔸 text\n\n"
    cases = [json.loads(line) for line in (DATA / name).read_text("utf-8").split("\n") if line]
    for case in cases:
        alone = find_references(case["text"])
        within = find_references(around + case["text"] + "\n\nmore 𝔸")
        assert_lawful(around + case["text"] + "\n\nmore 𝔸", within)
        assert [(r.paper, r.version, r.exact) for r in within] == [
            (r.paper, r.version, r.exact) for r in alone
        ], case
