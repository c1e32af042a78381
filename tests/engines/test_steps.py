"""`map_talks` and `join_talks` by themselves: laws, partitions, imports."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from enrich import Talk, annotate, find_references, parse_id
from enrich.collection.growing import GrowingAnswers
from enrich.document import encode
from enrich.engines import join_talks, map_talks
from enrich.errors import PapersError
from enrich.model import line_object
from enrich.paper import Lookup, Paper, PaperId, Unresolved
from enrich.sources import links
from tests import strategies
from tests.conftest import ROOT

IDS = [PaperId(f"arxiv:2103.0000{n}") for n in range(1, 6)]
TEXT = (
    "arXiv:2103.00001v2, arXiv:2103.00002 «é» arXiv:2103.00003v1; arXiv:2103.00004 arXiv:2103.00005"
)


def lines(talks: list[Talk], papers: dict[PaperId, Lookup]) -> str:
    """What the pure functions make of talks."""
    joined = (annotate(talk, find_references(talk), papers) for talk in talks)
    return "".join(encode(line_object(talk)) + "\n" for talk in joined)


def write(path: Path, answers: list[Lookup]) -> Path:
    with GrowingAnswers(path) as growing:
        growing.add(answers)
        growing.finish()
    return path


def answer(id_: PaperId) -> st.SearchStrategy[Lookup]:
    url, pdf, _ = links(id_)
    unresolved = strategies.unresolved.map(
        lambda found: Unresolved(
            id=id_, code=found.code, message=found.message, retryable=found.retryable,
            url=url, pdf=pdf,
        )
    )  # fmt: skip
    return unresolved | strategies.papers(id=id_).flatmap(
        lambda paper: st.booleans().map(lambda stale: replace(paper, stale=stale))
    )


@settings(max_examples=25, phases=[Phase.explicit, Phase.generate])
@given(st.data(), st.lists(strategies.talks.filter(lambda talk: talk.id), max_size=3))
def test_the_steps_are_one_join(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, talks: list[Talk]
) -> None:
    """The lines are those of `annotate` with all papers at once, whoever knew which."""
    talks = [replace(talk, abstract=TEXT[: data.draw(st.integers(0, 99))]) for talk in talks]
    answers = [data.draw(answer(id_)) for id_ in IDS]
    folder = tmp_path_factory.mktemp("steps")
    base = write(folder / "base.sqlite", answers[:2])
    found = write(folder / "found.sqlite", answers[2:])
    mapped = list(map_talks(talks, base))
    rows = [each.row for each in mapped]
    in_base: dict[PaperId, Lookup] = {
        p.id: replace(p, via="collection", stale=False) for p in answers[:2] if isinstance(p, Paper)
    }
    papers: dict[PaperId, Lookup] = {p.id: p for p in answers[2:]} | in_base
    papers = {id_: _stored(paper) for id_, paper in papers.items()}
    assert "".join(join_talks(rows, found)) == lines(talks, papers)
    for talk, each in zip(talks, mapped, strict=True):
        cited = {r.paper for r in find_references(talk)}
        assert {parse_id(id_) for id_ in each.missing} == cited - in_base.keys()


def _stored(paper: Lookup) -> Lookup:
    """A paper as a collection gives it back: one that is its own `work` has none."""
    if isinstance(paper, Paper) and paper.work == paper.id:
        return replace(paper, work=None)
    return paper


def test_partitions_do_not_count(tmp_path: Path) -> None:
    talks = [Talk(id=str(n), abstract=TEXT[: n % 99]) for n in range(300)]
    base = write(tmp_path / "base.sqlite", [Paper(id=IDS[0], title="One", url="")])
    whole = [each.row for each in map_talks(talks, base)]
    parts = [each.row for n in range(0, 300, 7) for each in map_talks(talks[n : n + 7], base)]
    assert parts == whole
    joined = list(join_talks(whole, base))
    assert [
        line for n in range(0, 300, 11) for line in join_talks(whole[n : n + 11], base)
    ] == joined


def test_a_text_is_a_talk_with_an_id() -> None:
    (mapped,) = map_talks([Talk(id="https://example.org/", abstract="x arXiv:2103.01338v2")])
    assert mapped.missing == ("arxiv:2103.01338v2",)
    assert [(r.start, r.end) for r in mapped.references] == [(2, 20)]


def test_a_bad_row_is_reported_or_raised() -> None:
    (mapped,) = map_talks([Talk(id="1")])
    rows: list[str | bytes] = [
        "rubbish\n",
        mapped.row,
        '{"id": 5}',
        "[]",
        "\n",
        b"\xff",
        mapped.row.encode(),
    ]
    problems: list[str] = []
    assert list(join_talks(rows, on_problem=problems.append)) == [mapped.row] * 2
    assert problems == [
        "row 1: not JSON",
        "row 3: id: not a string",
        "row 4: not an object",
        "row 6: not JSON",
    ]
    with pytest.raises(ValueError, match="row 1: not JSON"):
        list(join_talks(rows))


def test_halves_of_surrogate_pairs_pass() -> None:
    talk = Talk(id="1", title="\ud800", abstract="\ud83d arXiv:2103.01338")
    (mapped,) = map_talks([talk])
    assert "".join(join_talks([mapped.row])) == lines([talk], {})


def test_what_is_no_collection_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("{}")
    with pytest.raises(PapersError):
        list(map_talks([Talk(id="1")], tmp_path / "x"))


def test_many_read_a_collection_that_nobody_may_write(tmp_path: Path) -> None:
    """It is opened immutable: nothing lies beside it, and nothing locks it."""
    folder = tmp_path / "shared"
    folder.mkdir()
    base = write(folder / "base.sqlite", [Paper(id=IDS[0], title="One", url="")])
    base.chmod(0o444)
    folder.chmod(0o555)
    try:
        talks = [Talk(id="1", abstract=TEXT)]
        readers = [map_talks(talks, base) for _ in range(20)]
        assert len({next(reader).row for reader in readers}) == 1
        assert [path.name for path in folder.iterdir()] == ["base.sqlite"]
    finally:
        folder.chmod(0o755)


def test_workers_load_no_http() -> None:
    code = (
        "import sys; from enrich import Talk, read_talks; from enrich.engines import *\n"
        "rows = [m.row for m in map_talks([Talk(id='1', abstract='arXiv:2103.01338')])]\n"
        "assert len(list(join_talks(rows))) == 1\n"
        "bad = 'arxiv requests requests_cache urllib3 http ssl tenacity filelock icalendar click'\n"
        "print(sorted(set(bad.split()) & {m.partition('.')[0] for m in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
