"""The library in pieces: other processes, one file a source or a format, a string, one's own talks."""

from __future__ import annotations

import multiprocessing
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from textwrap import dedent

import pytest

import enrich
from enrich import (
    AnnotatedTalk,
    Document,
    Enricher,
    PaperId,
    Reference,
    References,
    Talk,
    annotate,
    find_references,
    read_talks,
    write,
)
from tests.conftest import ROOT

EXAMPLE = ROOT / "enrich/example/SciML.ics"
PAPERS = ROOT / "enrich/example/papers.jsonl"


@pytest.fixture
def offline(tmp_path: Path) -> Iterator[Enricher]:
    with Enricher(papers=[PAPERS], offline=True, cache_dir=tmp_path) as enricher:
        yield enricher


def test_the_pieces_in_other_processes_give_the_same_bytes(offline: Enricher) -> None:
    expected = "".join(write(Document(offline.enrich(read_talks(EXAMPLE)))))
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        talks = list(pool.submit(list_of_talks, EXAMPLE).result())
        references = list(pool.map(find_references, talks))
        papers = offline.lookup(reference for of_talk in references for reference in of_talk)
        joined = list(pool.map(annotate, talks, references, [papers] * len(talks)))
    assert all(isinstance(talk, AnnotatedTalk) for talk in joined)
    assert "".join(write(Document(joined))) == expected


def list_of_talks(path: Path) -> list[Talk]:
    return list(read_talks(path))


def test_a_string(offline: Enricher) -> None:
    annotated = offline.enrich_text("Based on arXiv:2103.01338v2.")
    (reference,) = annotated.references
    assert isinstance(reference, Reference)
    assert (
        annotated.papers[reference.paper].to_dict()["title"]
        == "Acceleration via Fractal Learning Rate Schedules"
    )


def test_lookup_takes_references_ids_and_strings(offline: Enricher) -> None:
    (reference,) = find_references("arXiv:2103.01338v2")
    papers = offline.lookup([reference, reference.paper, "https://arxiv.org/abs/2110.10090v1"])
    with pytest.raises(enrich.InvalidId):
        offline.lookup(["no paper"])
    assert list(papers) == ["arxiv:2103.01338", "arxiv:2110.10090"]
    assert all(paper.status == "resolved" for paper in papers.values())


def test_papers_are_found_by_the_spelling_that_was_asked_for(offline: Enricher) -> None:
    address, spelling = "https://arxiv.org/abs/2110.10090v1", "arXiv:2103.01338"
    papers = pickle.loads(pickle.dumps(offline.lookup([address, spelling])))
    assert papers[address] is papers["arxiv:2110.10090"]
    assert papers[spelling] is papers[PaperId("arxiv:2103.01338")]
    assert address in papers
    assert "https://arxiv.org/abs/2110.10090" not in papers
    assert list(papers) == ["arxiv:2110.10090", "arxiv:2103.01338"]


def test_values_survive_pickling(offline: Enricher) -> None:
    (talk,) = read_talks(EXAMPLE)
    (annotated,) = offline.enrich([talk])
    references = References(find_references(talk), annotated.warnings)
    for value in (talk, annotated, references, annotated.papers):
        again = pickle.loads(pickle.dumps(value))
        assert (type(again), again) == (type(value), value)
    assert pickle.loads(pickle.dumps(references)).warnings == references.warnings


def test_a_talk_by_hand_and_one_read_back(offline: Enricher) -> None:
    (out,) = offline.enrich([Talk(id="x", abstract="see arXiv:2103.01338")])
    line = out.to_dict()
    (again,) = offline.enrich([Talk.from_dict({**line, "unknown": 1})])
    assert again.to_dict() == line


def test_reading_keeps_the_raw_block_only_when_asked() -> None:
    (talk,) = read_talks(EXAMPLE)
    assert (talk.raw, talk.feed.head) == (None, None)
    (talk,) = read_talks(EXAMPLE, keep_raw=True)
    assert talk.raw is not None
    assert talk.feed.head is not None
    assert talk.raw.startswith(b"BEGIN:VEVENT")
    assert b"X-WR-CALNAME:researchseminars.org" in talk.feed.head


def test_a_source_and_a_format_are_one_file_each(tmp_path: Path) -> None:
    shutil.copytree(
        ROOT / "enrich", tmp_path / "enrich", ignore=shutil.ignore_patterns("__pycache__")
    )
    (tmp_path / "enrich/sources/hal.py").write_text(
        dedent('''
        """HAL, as far as a test needs it."""
        import re
        from enrich.model import Mention
        from enrich.paper import Paper, PaperId
        from enrich.http.politeness import Politeness

        _ID = re.compile(rb"hal\\.science/(hal-[0-9]{8})(?:v[0-9]+)?")

        class _Hal:
            name = "hal"
            revision = 1
            anchors = (b"hal.science/",)
            politeness = Politeness(hosts=("api.archives-ouvertes.fr",), delay_s=1.0)
            def recognise(self, text, at):
                if not (m := _ID.match(text, at)):
                    return ()
                return (Mention(PaperId("hal:" + m[1].decode()), None, m.start(), m.end(), "url"),)
            def canonical(self, text):
                return (PaperId("hal:" + text), None) if re.fullmatch(r"hal-[0-9]{8}", text) else None
            def url(self, paper):
                return f"https://hal.science/{paper.key}"
            def pdf(self, paper):
                return None
            def doi(self, paper):
                return None
            def check(self, response):
                return None
            def fetch(self, wanted, session):
                for id_, version in wanted:
                    yield id_, version, Paper(id=id_, title="A paper of HAL", url=self.url(id_))

        SOURCE = _Hal()
        '''),
        encoding="utf-8",
    )
    (tmp_path / "enrich/writers/titles.py").write_text(
        dedent('''
        """Titles alone."""
        class _Titles:
            suffixes = (".titles",)
            def write(self, document):
                for talk in document.talks:
                    yield from (f"{paper.title}\\n" for paper in talk.papers.values())

        WRITER = _Titles()
        '''),
        encoding="utf-8",
    )
    (tmp_path / "a.ics").write_text(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20220218T180000Z\nDESCRIPTION:see hal.science/hal-01234567v2\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    env = {"PYTHONPATH": str(tmp_path), "HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    command = [
        sys.executable,
        "-m",
        "enrich",
        str(tmp_path / "a.ics"),
        "-q",
        "-o",
        str(tmp_path / "list.titles"),
    ]
    subprocess.run(command, check=True, env=env, cwd=tmp_path)
    assert (tmp_path / "list.titles").read_text() == "A paper of HAL\n"
