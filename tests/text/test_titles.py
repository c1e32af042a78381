"""Keys of titles: what counts, and that time is linear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.text.titles import MIN_LETTERS, title_key

EQUAL = [
    (r"Fast Learning on the $\ell_1$ Ball & Beyond", "Fast Learning on the ℓ₁ Ball and Beyond"),
    ("COVID-19 Forecasting with Networks", "COVID–19 Forecasting with Networks"),
    (r"$C^*$-Algebras of Large Random Graphs", "C*-Algebras of Large Random Graphs*"),
    (r"Learning at 10$^{5}$ Frames in the Dark", "Learning at 10⁵ Frames in the Dark"),
    ("Tuning Rank-1 Tensors of Bounded Size", "Tuning Rank 1 Tensors of Bounded Size"),
    (
        "학습을 위한 그래프 신경망의 확장성과 안정성에 관한 연구",
        "학습을 위한 그래프 신경망의 확장성과 안정성에 관한 연구.",
    ),
]
UNEQUAL = [
    ("Learning at 10⁵ Frames in the Dark Room", "Learning at 105 Frames in the Dark Room"),
    ("Learning from 1 5 Frames in the Dark Room", "Learning from 15 Frames in the Dark Room"),
    ("Scaling by 16:9 in Wide Image Networks", "Scaling by 169 in Wide Image Networks"),
    ("Transport at $T=.5$ in Long Wires at Rest", "Transport at $T=5$ in Long Wires at Rest"),
    (r"Norms of $A_{-2}$ Hyperbolic Surfaces", r"Norms of $A_2$ Hyperbolic Surfaces"),
    ("Programs in C+ for Verified Systems", "Programs in C for Verified Systems"),
    (r"The $\Gamma$ Distribution of Returns", r"The $\gamma$ Distribution of Returns"),
    ("Years 2010-12 of the Survey of Stars", "Years 201012 of the Survey of Stars"),
]


@pytest.mark.parametrize(("first", "second"), EQUAL)
def test_titles_that_are_written_differently_have_one_key(first: str, second: str) -> None:
    assert title_key(first) == title_key(second) is not None


@pytest.mark.parametrize(("first", "second"), UNEQUAL)
def test_signs_and_numbers_count(first: str, second: str) -> None:
    assert title_key(first) != title_key(second)


@given(st.text(max_size=80) | st.text(st.sampled_from(r" .-+$\{}^_aB1γΓ⁵ℤé*"), max_size=80))
def test_a_key_is_its_own_key_or_nothing(title: str) -> None:
    key = title_key(title)
    assert key is None or sum(map(str.isalpha, key)) >= MIN_LETTERS
    assert title_key(f" {title} ") == key


@given(st.text(st.sampled_from(" .-:,?!'()abZ159"), max_size=60))
def test_the_fast_way_and_the_general_one_agree(words: str) -> None:
    title = f"A Title of Many Letters {words}"
    assert title_key(title) == title_key(title.replace("A Title", "A\N{THIN SPACE}Title"))
