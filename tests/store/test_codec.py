"""A paper's row: what goes in comes out, it is small, and a stranger's is checked."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.paper import Paper, PaperId, Publication, Version
from enrich.sources import links
from enrich.store.codec import decode_paper, encode_paper
from tests.strategies import papers
from tests.values import names

ID = PaperId("other:1")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(papers())
def test_a_row_gives_back_its_paper(paper: Paper) -> None:
    assert decode_paper(paper.id, encode_paper(paper, links), links) == paper


@given(papers())
def test_the_abstract_is_kept_apart(paper: Paper) -> None:
    with_abstract = replace(paper, abstract="Long.")
    assert encode_paper(with_abstract, links) == encode_paper(paper, links)
    assert (
        decode_paper(paper.id, encode_paper(paper, links), links, abstract="Long.") == with_abstract
    )


def test_what_the_versions_say_is_not_said_twice() -> None:
    paper = Paper(
        id=ID,
        title="T",
        published="2021-03-01",
        updated="2021-06-11",
        latest_version="v2",
        versions=(
            Version(version="v1", date="2021-03-01"),
            Version(version="v2", date="2021-06-11"),
        ),
        dates=(("submitted", "2021-03-01"), ("updated", "2021-06-11")),
        url="",
    )
    assert json.loads(encode_paper(paper, links)) == {"t": "T", "v": ["2021-03-01", "2021-06-11"]}


@given(st.dictionaries(st.sampled_from("tahpudnvcesijmgkyrfwz"), json_values))
def test_any_object_is_a_paper_or_a_value_error(row: dict[str, object]) -> None:
    try:
        paper = decode_paper(ID, json.dumps(row).encode(), links)
    except ValueError:
        return
    Paper.from_dict(paper.to_dict() | {"url": paper.url or None})
    json.dumps(paper.to_dict(), ensure_ascii=False).encode()


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):
        decode_paper(ID, data, links)


@pytest.mark.parametrize(
    "row",
    [
        b"[" * 100_000,
        b'{"t": "\\ud800"}',
        b'{"t": "T", "r": "javascript:alert(1)"}',
        b'{"t": "T", "p": "yesterday"}',
        b'{"t": "T", "v": [["v0", null, null]]}',
        b'{"t": "T", "k": "no id"}',
        b'{"t": "T", "j": [1]}',
        b'{"t": "T"} trailing',
    ],
)
def test_hostile_rows_are_value_errors(row: bytes) -> None:
    with pytest.raises(ValueError):
        decode_paper(ID, row, links)


def test_control_characters_of_a_stranger_are_dropped() -> None:
    paper = decode_paper(ID, '{"t": "A\\u001b[2J\u0085B", "a": ["C\\nD"]}'.encode(), links)
    assert (paper.title, names(paper)) == ("A[2J B", ("C D",))


def test_a_publication_is_kept() -> None:
    paper = Paper(id=ID, title="T", url="", published_as=Publication(doi="10.1/x"))
    assert decode_paper(ID, encode_paper(paper, links), links) == paper
