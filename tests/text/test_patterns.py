"""Patterns that are compiled at their first use are those that `re` compiles."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from enrich.text.patterns import compile_later


def test_it_gives_what_the_compiled_pattern_gives() -> None:
    later, now = compile_later(r"(?P<word>[a-z]+)-(\d+)", re.IGNORECASE), re.compile(
        r"(?P<word>[a-z]+)-(\d+)", re.IGNORECASE
    )  # fmt: skip
    text = "AB-1, cd-22"
    assert later.findall(text) == now.findall(text)
    assert later.sub(r"\2", text) == now.sub(r"\2", text)
    assert [m.span() for m in later.finditer(text, 2)] == [m.span() for m in now.finditer(text, 2)]
    assert (later.pattern, later.flags, later.groups) == (now.pattern, now.flags, now.groups)
    assert dict(later.groupindex) == dict(now.groupindex)


def test_nothing_is_compiled_before() -> None:
    broken = compile_later("(")
    with pytest.raises(re.error):
        broken.match("")


def test_a_method_is_bound_once() -> None:
    later = compile_later("a")
    assert later.match is later.match


def test_every_later_pattern_of_the_package_can_be_compiled() -> None:
    code = (
        "import enrich.cli.main, importlib, pkgutil, enrich\n"
        "for m in pkgutil.walk_packages(enrich.__path__, 'enrich.'):\n"
        "    if not any(p in m.name for p in ('__main__', 'engines')):\n"
        "        importlib.import_module(m.name)\n"
        "import gc\n"
        "from enrich.text.patterns import _LaterPattern\n"
        "found = [o for o in gc.get_objects() if isinstance(o, _LaterPattern)]\n"
        "print(sum(bool(o.pattern) for o in found))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )  # fmt: skip
    assert int(done.stdout) > 100
