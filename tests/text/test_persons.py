"""Persons compared by names: laws, and cases beside the labelled ones."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.text.persons import find_shared, read_person, split_persons

names = st.lists(
    st.sampled_from(["Wei", "Wang", "Li", "J.", "Jean-Luc", "van", "der", "Müller", "Yu.", "Dr."]),
    max_size=5,
).map(" ".join)


@given(st.lists(names, max_size=4), st.lists(names, max_size=4), st.booleans())
def test_it_does_not_depend_on_who_is_compared_with_whom(
    first: list[str], second: list[str], any_order: bool
) -> None:
    one, two = (
        [read for name in people if (read := read_person(name))] for people in (first, second)
    )
    found = find_shared(one, two, any_order=any_order)
    assert found == find_shared(two, one, any_order=any_order)
    assert found == find_shared(one[::-1], two[::-1], any_order=any_order)
    assert any_order or not found or find_shared(one, two, any_order=True)


@given(st.text(max_size=40))
def test_every_text_can_be_read(text: str) -> None:
    for name in (text, *split_persons(text)):
        read_person(name)


def test_the_parts_that_a_source_states_are_taken() -> None:
    stated = read_person("Gabriel García Márquez", "García Márquez", "Gabriel")
    assert find_shared(
        [stated], [read_person("G. García Márquez", "García Márquez", "G.")], any_order=False
    )
    assert not find_shared([stated], [read_person("Gabriel Márquez")], any_order=False)


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("Ann Lee (MIT) and Bo Ek, PhD", ["Ann Lee", "Bo Ek"]),
        ("Lee, Ann; Ek, Bo", ["Ann Lee", "Bo Ek"]),
        ("van der Schoot, Mihaela", ["Mihaela van der Schoot"]),
        ("Ann Lee - Bo Ek", ["Ann Lee", "Bo Ek"]),
        ("TBD", []),
        ("", []),
    ],
)
def test_a_speakers_field_is_split(field: str, names: list[str]) -> None:
    assert split_persons(field) == names


def test_time_is_linear_in_namesakes() -> None:
    def seconds(number: int) -> float:
        one = [read_person(f"Wei{'i' * (n % 40)} Wang") for n in range(number)]
        two = [read_person(f"Lei{'i' * (n % 40)} Wang") for n in range(number)]
        rounds = []
        for _ in range(3):
            began = time.process_time()
            assert not find_shared(one, two, any_order=True)
            rounds.append(time.process_time() - began)
        return min(rounds)

    assert seconds(400) <= 4 * seconds(200)


def test_a_long_name_is_read_in_time() -> None:
    began = time.process_time()
    read_person("A. " * 20_000)
    split_persons("(" * 20_000 + " and , " * 5_000)
    assert time.process_time() - began < 5
