"""Citation keys, as laws: unique, stable, of characters that every program takes."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.paper import Author, Paper, PaperId
from enrich.writers._keys import make_keys, paper_namesake, talk_namesake

CASES = [
    (("Naman Agarwal",), "2021-03-01", "Acceleration via Fractals", "agarwal2021acceleration"),
    (("Żaneta Łoś",), "2024", "Pulses of 100", "los2024pulses"),
    (("Karl Weiß",), "2020", "The Art", "weiss2020art"),
    (("Aad van der Vaart",), "1998", "A Theory", "vandervaart1998theory"),
    (("Muhammad ibn Musa al-Khwarizmi",), "2001", "On Algebra", "ibnmusaalkhwarizmi2001algebra"),
    (("for the ATLAS Collaboration",), "2012", "Observation", "atlas2012observation"),
    (("DeepSeek-AI",), "2025", "DeepSeek-R1: x", "deepseekai2025deepseekr1"),
    (("王小明",), "2020", "Learning", "anon2020learning"),
    ((), None, r"$\ell_1$", "anonl1"),
    ((), None, "…", "anon"),
    (("Jean d'Alembert",), "1743", "Traité de dynamique", "dalembert1743traite"),
    (("Søren Ærø-Œ",), "2020", "Þing", "aerooe2020thing"),
    (("Ada Lovelace",), "2020", "'t Hooft's {\\it na\\\"ive} rule", "lovelace2020t"),
]


@pytest.mark.parametrize(("authors", "published", "title", "key"), CASES)
def test_a_key(authors: tuple[str, ...], published: str | None, title: str, key: str) -> None:
    paper = Paper(
        id=PaperId("arxiv:2103.01338"),
        title=title,
        authors=tuple(map(Author, authors)),
        published=published,
        url="",
    )
    assert make_keys([paper_namesake(paper)]) == [key]


names = st.sampled_from(["Ada Li", "ADA LI", "A. Lĭ", "Łi", "王", ""])
titles = st.sampled_from(["Learning", "learning x", "LEARNING", "The learning", "$x$", "Lear_ning"])
published = st.sampled_from([None, "2021", "2021-03", "2021-03-01", "2020"])
ids = st.sampled_from(
    ["arxiv:2103.01338", "openreview:FpKgG31Z_i9", "openreview:fpkgg31z_i9", "openreview:fp_kg",
     "other:2103.01338", "talk:a", "talk_x:a", "x:math/0601001", "x:math_47_0601001", "x:é", "x:É"]
)  # fmt: skip


@st.composite
def papers(draw: st.DrawFn) -> list[Paper]:
    chosen = draw(st.lists(ids, max_size=8, unique=True))
    return [
        Paper(
            id=PaperId(id_),
            title=draw(titles),
            authors=tuple(map(Author, filter(None, [draw(names)]))),
            published=draw(published),
            url="",
        )
        for id_ in chosen
    ]


def keys_of(found: list[Paper]) -> dict[str, str]:
    keys = make_keys(map(paper_namesake, found))
    return dict(zip([paper.id for paper in found], keys, strict=True))


def age(paper: Paper) -> tuple[bool, str, str]:
    return paper.published is None, paper.published or "", paper.id


@given(papers())
def test_keys_are_unique_without_regard_to_case(found: list[Paper]) -> None:
    keys = list(keys_of(found).values())
    assert len({key.lower() for key in keys}) == len(keys)
    assert all(re.fullmatch(r"[a-z][a-z0-9._]*", key) for key in keys)


@given(papers(), st.randoms(use_true_random=False))
def test_the_order_changes_no_key(found: list[Paper], shuffler: random.Random) -> None:
    before = keys_of(found)
    shuffler.shuffle(found)
    assert keys_of(found) == before


@given(papers())
def test_neither_a_newer_paper_nor_its_removal_changes_a_key(found: list[Paper]) -> None:
    found.sort(key=age)
    whole = keys_of(found)
    for number in range(len(found)):
        assert keys_of(found[:number]) == {p.id: whole[p.id] for p in found[:number]}


@given(papers())
def test_only_an_older_namesake_changes_a_key(found: list[Paper]) -> None:
    whole = keys_of(found)
    for removed in found:
        base = paper_namesake(removed).base
        rest = [paper for paper in found if paper is not removed]
        for paper in rest:
            if keys_of(rest)[paper.id] != whole[paper.id]:
                assert paper_namesake(paper).base == base
                assert age(removed) < age(paper)


@given(papers(), st.lists(st.tuples(names, published, titles, ids), max_size=4, unique=True))
def test_talks_change_no_key_of_a_paper(
    found: list[Paper], talks: list[tuple[str, str | None, str, str]]
) -> None:
    cited = [
        talk_namesake([Author(name)] if name else [], day, title, [id_, str(number)])
        for number, (name, day, title, id_) in enumerate(talks)
    ]
    keys = make_keys([*cited, *map(paper_namesake, found)])
    assert keys[len(cited) :] == list(keys_of(found).values())
    assert len(set(keys)) == len(keys)
