"""Text: TeX to plain Unicode, what is safe on a terminal."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.text.terminal import printable
from enrich.text.tex import plain
from enrich.text.tidy import tidy


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (
            r"On $\ell_p$-norms & 100% of Erd\H{o}s--R\'enyi graphs",
            "On ℓₚ-norms & 100% of Erdős--Rényi graphs",
        ),
        (r"The $\mathrm{SL}_2(\mathbb{Z})$ action", "The SL₂(ℤ) action"),
        (r"$O(n^{2})$ vs. {\it na\"\i ve} \#1", "O(n²) vs. naïve #1"),
        ("costs $5 and no more", "costs $5 and no more"),
        (r"\unknown{x} stays", r"\unknown{x} stays"),
        (
            r"Schr\"odinger and Poincar\'{e} and {\L}ojasiewicz",
            "Schrödinger and Poincaré and Łojasiewicz",
        ),
        (r"$\frac{a}{b}$ stays as it is", r"$\frac{a}{b}$ stays as it is"),
        ("GPT_3 and a^b outside of math", "GPT_3 and a^b outside of math"),
        (r"50\% off", "50% off"),
        ("", ""),
        ("Firms owe $620 billion & pay $12 a head", "Firms owe $620 billion & pay $12 a head"),
        ("costs $5 and $x^2$", "costs $5 and x²"),
        ("between $5 and $x_1$ of it", "between $5 and x₁ of it"),
        ("worth $5-$10", "worth $5-$10"),
        (
            r"{{GaAs}} on a set \{0\} of GaN{0001}, GPT-{1,2,3}",
            "GaAs on a set {0} of GaN{0001}, GPT-{1,2,3}",
        ),
        (r"O$_{2}$} and {${\mathbf{R}}^n$}", "O₂} and Rⁿ"),
        (
            "~100 GeV, http://example.org/~user, Fig.~1",
            "~100 GeV, http://example.org/~user, Fig. 1",
        ),
        (r"\LaTeX{} for all", "LaTeX for all"),
    ],
)
def test_tex_becomes_plain(tex: str, expected: str) -> None:
    assert plain(tex) == expected


@given(st.text(alphabet=st.sampled_from("\\${}^_~'\"`cHmathbfit aeoZ1%&"), max_size=60))
def test_plain_never_fails_and_gives_one_tidy_line(text: str) -> None:
    out = plain(text)
    assert "\n" not in out
    assert tidy(out) == out or out == text


@given(st.text())
def test_printable_holds_nothing_that_moves_a_terminal(text: str) -> None:
    out = printable(text)
    assert not any(ord(c) < 0x20 and c not in "\t\n" for c in out)
    assert not any(0x7F <= ord(c) <= 0x9F or 0xD800 <= ord(c) <= 0xDFFF for c in out)
    assert not set(out) & set(
        "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )
    out.encode()


UNSAFE = '\\"\n\t\r\f\b\x00\x0b\x1b\x7f\x85\u061c\u200e\u2028\u202e\u2066\ud800'
ODD = "\xa0\xad\u200b\ufeff\ue000é“中😀"


@pytest.mark.parametrize("letter", ODD)
def test_printable_leaves_odd_letters_that_move_nothing(letter: str) -> None:
    assert printable(f"a\n{letter}") == f"a\n{letter}"


@pytest.mark.parametrize("letter", UNSAFE[7:])
def test_printable_escapes_a_letter_wherever_it_stands(letter: str) -> None:
    escape = f"\\u{ord(letter):04x}"
    assert printable(f"{letter}a\n{ODD}{letter}") == f"{escape}a\n{ODD}{escape}"


@given(st.text())
def test_printable_json_is_the_same_json(text: str) -> None:
    assert json.loads(printable(json.dumps(text, ensure_ascii=False))) == text


@given(st.text())
def test_tidy_is_idempotent(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
