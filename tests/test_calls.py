"""Likely mistakes in calls of the library are a TypeError at once that names the right call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from enrich import (
    AnnotatedTalk,
    Document,
    Enricher,
    FeedError,
    Notice,
    Paper,
    Talk,
    find_references,
    find_references_many,
    parse_id,
    read_talks,
    select_talks,
    write,
)
from enrich.cli import formats
from enrich.cli.main import main
from enrich.writers import names
from tests.conftest import ROOT

CALENDAR = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:secret talk\nEND:VEVENT\nEND:VCALENDAR\n"
EXAMPLE = ROOT / "enrich/example/SciML.ics"


def lookup(wanted: Any) -> Any:
    with Enricher(offline=True, cache_dir="unused") as enricher:
        return enricher.lookup(wanted)


def write_talks(talks: Any) -> list[str]:
    """Every format, so that none takes what another refuses."""
    return [piece for name in names() for piece in write(Document(talks), name)]


CASES: list[tuple[Callable[[Any], Any], Any, str]] = [
    (
        lambda x: Enricher(login=x),
        5,
        r"login is a token \(str\) or \(username, password\), not int",
    ),
    (lambda x: Enricher(login=x), ["me", "pass"], "login is a token .* not list"),
    (lambda x: Enricher(login=x), ("me", 5), "login is a token"),
    (lambda x: Enricher(login=x), {"openreview": 5}, "login is a token"),
    (lambda x: Enricher(lookahead=x), "3", "lookahead is a number of talks"),
    (lambda x: Enricher(lookahead=x), 1.0, "lookahead is a number of talks"),
    (lambda x: Enricher(lookahead=x), True, "lookahead is a number of talks"),
    (lambda x: read_talks(EXAMPLE, timeout_s=x), "60", "timeout_s is a number of seconds"),
    (read_talks, None, "a feed is a path, an address, bytes or a binary file, not NoneType"),
    (find_references, None, "find_references takes a text or a Talk, not NoneType"),
    (find_references, b"x", "not bytes; decode it"),
    (find_references, {"id": "1"}, r"use Talk\.from_dict"),
    (find_references, AnnotatedTalk(talk=Talk(id="1")), r"use its \.talk"),
    (lambda x: list(find_references_many(x)), "a text", r"use find_references\(text\)"),
    (lambda x: list(find_references_many(x)), [None], "takes a text, not NoneType"),
    (parse_id, None, "parse_id takes a text, not NoneType"),
    (select_talks, "feed.ics", r"select_talks\(read_talks\(…\), …\)"),
    (select_talks, Path("feed.ics"), r"select_talks\(read_talks\(…\), …\)"),
    (select_talks, Talk(id="1"), r"select_talks\(\[talk\], …\)"),
    (select_talks, {"id": "1"}, r"Talk\.from_dict"),
    (select_talks, None, "not NoneType"),
    (write, [], r"write takes a Document, not list: use write\(Document\(talks\)\)"),
    (
        write_talks,
        [Talk(id="1")],
        r"Document takes AnnotatedTalks, not Talk: .*enricher\.enrich\(talks\)",
    ),
    (write_talks, iter([Talk(id="1")]), r"not Talk: .*enricher\.enrich\(talks\)"),
    (write_talks, Talk(id="1"), r"not Talk: .*enricher\.enrich\(talks\)"),
    (
        write_talks,
        AnnotatedTalk(talk=Talk(id="1")),
        r"Document takes several .*: use Document\(\[talk\]\)",
    ),
    (write_talks, "{}", r"Document takes several .* Document\.from_json\(text\)"),
    (write_talks, b"{}", r"Document\.from_json\(text\)"),
    (write_talks, {"talks": []}, r"Document\.from_json\(text\)"),
    (write_talks, None, "Document takes several AnnotatedTalks, not NoneType"),
    (write_talks, [None], "Document takes AnnotatedTalks, not NoneType"),
    (write_talks, [{"id": "1"}], r"not dict: use AnnotatedTalk\.from_dict"),
    (lookup, None, r'enricher\.lookup\(\["2103\.01338"\]\)'),
    (Talk.from_dict, '{"id": "1"}', r"Talk\.from_dict\(json\.loads\(text\)\)"),
    (AnnotatedTalk.from_dict, "{}", r"AnnotatedTalk\.from_dict\(json\.loads\(text\)\)"),
    (Paper.from_dict, "{}", r"Paper\.from_dict\(json\.loads\(text\)\)"),
    (Notice.from_dict, ["x"], r"Notice\.from_dict takes a dict, not list"),
]


@pytest.mark.parametrize(("call", "given", "message"), CASES)
def test_a_likely_mistake_names_the_right_call(
    call: Callable[[Any], Any], given: Any, message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        call(given)


def test_a_login_of_another_type_is_in_no_message() -> None:
    with pytest.raises(TypeError) as caught:
        Enricher(login=["me", "hunter2"])  # type: ignore[arg-type]
    assert "hunter2" not in str(caught.value)


def test_a_duration_may_be_a_timedelta() -> None:
    assert len(list(read_talks(EXAMPLE, timeout_s=timedelta(seconds=9)))) == 1


def test_the_text_of_a_calendar_is_not_repeated() -> None:
    with pytest.raises(FeedError) as caught:
        read_talks(CALENDAR)
    assert "secret" not in str(caught.value)
    assert caught.value.hint == "pass the calendar as bytes: read_talks(text.encode())"


def test_a_home_folder_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(tmp_path)
    with Enricher(offline=True, cache_dir="~/store") as enricher:
        enricher.lookup(["2103.01338"])
    assert main([str(EXAMPLE), "--offline", "-q", "--cache-dir=~/other", "-o", "a.json"]) == 3
    assert sorted(path.name for path in home.iterdir()) == ["other", "store"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "home"]


def _raise(_: Any) -> Any:
    raise KeyError("speaker")


@pytest.mark.parametrize(
    "case",
    [
        (_raise, "KeyError: 'speaker'"),
        (lambda _: None, "write must yield pieces of text"),
        (lambda _: [b"x"], "it yields bytes, not text"),
    ],
)
@pytest.mark.parametrize("target", ["-", "list.titles"])
def test_a_format_of_others_that_fails_is_one_sentence(
    case: tuple[Any, str],
    target: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_, problem = case
    offered = SimpleNamespace(write=write_, suffixes=(".titles",))
    point = SimpleNamespace(name="titles", load=lambda: offered, value="titles:T")
    monkeypatch.setattr("enrich.writers.entry_points_of", lambda _: {"titles": point})
    monkeypatch.setattr("enrich.registry.entry_points_of", lambda _: {"titles": point})
    monkeypatch.setattr(formats, "may_offer", lambda _: True)
    monkeypatch.chdir(tmp_path)
    status = main([str(EXAMPLE), "--offline", "--cache-dir", "c", "-f", "titles", "-o", target])
    err = capsys.readouterr().err
    assert status == 1
    (line,) = [line for line in err.splitlines() if "titles" in line]
    assert problem in line
    assert "Traceback" not in err
    assert not (tmp_path / "list.titles").exists()
