"""The mutation runner changes one place at a time, and equivalent mutants have a reason."""

from __future__ import annotations

import ast

from tests.mutation import EQUIVALENT, mutate, places_of

CODE = '''"""A module."""
def fall(speed: "int", name=None):
    """Fall."""
    if speed < 3 and not name:
        return speed + 1
    while True:
        print(name)
        break
    return "done"
'''


def test_each_place_gives_another_program() -> None:
    places = places_of("code.py", CODE)
    changed = {ast.dump(ast.parse(mutate(CODE, place))) for place in places}
    assert len(changed) == len(places) > 8
    assert ast.dump(ast.parse(CODE)) not in changed


def test_neither_docstrings_nor_annotations_are_changed() -> None:
    sources = [place.source for place in places_of("code.py", CODE)]
    assert '"int"' not in sources
    assert not any("Fall" in source or "module" in source for source in sources)


def test_each_equivalent_mutant_has_a_reason() -> None:
    lines = EQUIVALENT.read_text("utf-8").splitlines()
    assert len(set(lines)) == len(lines)
    for line in lines:
        name, _, reason = line.rpartition(" # ")
        assert name.count(" | ") >= 3, line
        assert len(reason) > 10, line
