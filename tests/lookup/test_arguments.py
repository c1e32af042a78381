"""Arguments of an `Enricher`: checked at once, with the right call in the message."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from enrich.enricher import Enricher
from enrich.lookup.arguments import assign_login
from enrich.model import AnnotatedTalk, Talk
from enrich.paper import Paper, PaperId
from enrich.references.extract import find_references
from enrich.sources.installed import sources
from enrich.text.times import to_seconds
from tests.lookup.fake_source import FakeSource

PAPER = Paper(id=PaperId("arxiv:2103.01338"), title="T", url="https://arxiv.org/abs/2103.01338")
(REFERENCE,) = find_references("arXiv:2103.01338")


@pytest.mark.parametrize("name", ["max_age", "timeout_s"])
@pytest.mark.parametrize("value", [0, 90, 1.5, timedelta(minutes=2), float("inf"), None])
def test_a_duration_is_seconds_or_a_timedelta(name: str, value: Any) -> None:
    Enricher(**{name: value}).close()


def test_a_timedelta_is_its_seconds() -> None:
    assert to_seconds("max_age", timedelta(days=1, seconds=0.5)) == 86400.5


@pytest.mark.parametrize("name", ["max_age", "timeout_s"])
@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("30d", TypeError),
        (True, TypeError),
        ([1], TypeError),
        (b"1", TypeError),
        (-1, ValueError),
        (-0.5, ValueError),
        (timedelta(days=-1), ValueError),
        (float("nan"), ValueError),
    ],
)
def test_anything_else_is_an_error_at_once(name: str, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=rf"^{name} is a number of seconds"):
        Enricher(**{name: value})


PAPERS: Any = [
    ("x.sqlite", "Enricher(papers=['x.sqlite'])"),
    (Path("x.sqlite"), "Enricher(papers=['x.sqlite'])"),
    (b"x", "Enricher(papers=[b'x'])"),
    (PAPER, "Enricher(papers=[paper])"),
    (5, "not int"),
    ([5], "not int"),
    ([{"id": "arxiv:2103.01338"}], "Paper.from_dict"),
]


@pytest.mark.parametrize(("papers", "right"), PAPERS)
def test_papers_that_are_not_a_list_of_papers(papers: Any, right: str) -> None:
    with pytest.raises(TypeError) as caught:
        Enricher(papers=papers)
    assert right in str(caught.value)


@pytest.mark.parametrize("names", ["arxiv", ["arxiv"]])
def test_names_of_sources_are_not_sources(names: Any) -> None:
    with pytest.raises(TypeError, match=r"installed\.source\('arxiv'\)"):
        Enricher(sources=names)


TALK = Talk(id="1")
CALLS: list[tuple[Callable[[Any], object], str]] = [
    (lambda e: e.enrich("feed.ics"), "enricher.enrich(read_talks('feed.ics'))"),
    (lambda e: e.run("feed.ics"), "enricher.enrich(read_talks('feed.ics'))"),
    (lambda e: e.run(Path("feed.ics")), "enricher.enrich(read_talks('feed.ics'))"),
    (lambda e: e.run(b"BEGIN:" + bytes(90)), "enricher.enrich(read_talks(…))"),
    (lambda e: e.enrich(TALK), "enricher.enrich([talk])"),
    (lambda e: e.enrich({"id": "1"}), "enricher.enrich([Talk.from_dict(…)])"),
    (lambda e: e.enrich(None), "not NoneType"),
    (lambda e: list(e.enrich([{"id": "1"}])), "Talk.from_dict"),
    (lambda e: list(e.enrich([AnnotatedTalk(talk=TALK)])), ".talk"),
    (lambda e: list(e.enrich(["feed.ics"])), "not str"),
    (lambda e: e.enrich_text(b"text"), "not bytes"),
    (lambda e: e.lookup("2103.01338"), "enricher.lookup(['2103.01338'])"),
    (lambda e: e.lookup(PAPER.id), "enricher.lookup(['arxiv:2103.01338'])"),
    (lambda e: e.lookup(REFERENCE), "enricher.lookup(['arXiv:2103.01338'])"),
    (lambda e: e.lookup([b"2103.01338"]), "not bytes"),
    (pickle.dumps, "one Enricher in each process"),
    (copy.copy, "one Enricher in each process"),
]


@pytest.mark.parametrize(("call", "right"), CALLS, ids=[right for _, right in CALLS])
def test_a_likely_mistake_names_the_right_call(
    call: Callable[[Any], object], right: str, tmp_path: Path
) -> None:
    with (
        Enricher(offline=True, cache_dir=tmp_path) as enricher,
        pytest.raises(TypeError) as caught,
    ):
        call(enricher)
    assert right in str(caught.value)


def test_the_talks_before_a_mistake_come_out(tmp_path: Path) -> None:
    with Enricher(offline=True, cache_dir=tmp_path) as enricher:
        out = enricher.enrich([TALK, "feed.ics"])  # type: ignore[list-item]
        assert next(out).talk == TALK
        with pytest.raises(TypeError):
            next(out)


# --- logins --------------------------------------------------------------------------------


class WithLogin(FakeSource):
    """A source that takes a login."""

    def log_in(self, login: object, send: object) -> str:
        return "token"


def test_a_login_goes_to_the_source_that_takes_one() -> None:
    assert assign_login("token", sources()) == {"openreview": "token"}
    mine: Any = [FakeSource("arxiv"), WithLogin("mine")]
    assert assign_login(("me", "secret"), mine) == {"mine": ("me", "secret")}
    assert assign_login(None, mine) == {}


def test_a_login_without_a_name_is_given_to_nobody_if_several_could_take_it() -> None:
    mine: Any = [*sources(), WithLogin("mine")]
    with pytest.raises(ValueError, match="openreview, mine"):
        Enricher(login="token", sources=mine)
    with pytest.raises(ValueError, match="none"):
        Enricher(login="token", sources=[])
    named = {"openreview": "token", "unknown": "other", "arxiv": "another"}
    assert assign_login(named, mine) == {"openreview": "token"}
