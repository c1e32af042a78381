"""The corpus in the formats that are not bibliographies, read by programs that people use."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft202012Validator

from enrich.cli.formats import Target, write_papers
from enrich.feeds.reading import read_talks
from enrich.model import Talk
from enrich.paper import Paper, Papers
from enrich.text.terminal import drop_unsafe
from enrich.text.tex import plain
from enrich.text.tidy import tidy
from enrich.writers import configure, writer
from tests.command import schema
from tests.writers.bibliography import count_works, one_talk, render, run_pandoc
from tests.writers.calendars import enrich_talks, events_of, read_with_ical_js

pytestmark = pytest.mark.slow


def shown(paper: Paper) -> str:
    """Return a paper's title as formats of plain text show it."""
    return tidy(drop_unsafe(tidy(plain(paper.title))))


# --- Atom -----------------------------------------------------------------------------------------


def test_feedparser_reads_each_entry(corpus: list[Paper]) -> None:
    feedparser = pytest.importorskip("feedparser", reason="feedparser is not installed")
    found = feedparser.parse(render(corpus, "atom").encode(), sanitize_html=False)
    assert not found.bozo
    assert len(found.entries) == count_works(one_talk(corpus))
    assert {entry.title for entry in found.entries} <= {shown(paper) for paper in corpus}
    addresses = {link.href for entry in found.entries for link in entry.links}
    valid = {paper.url for paper in corpus if not set(paper.url) & set(' "<>{}|\\^`')}
    assert {url for url in valid if url.isascii()} <= addresses


# --- Markdown -------------------------------------------------------------------------------------


def find_elements(tree: Any, *kinds: str) -> Iterator[Any]:
    """Yield the elements of pandoc's tree that have one of the kinds."""
    if isinstance(tree, dict) and tree.get("t") in kinds:
        yield tree
    for child in (
        tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    ):
        yield from find_elements(child, *kinds)


def read_inlines(inlines: Any) -> str:
    signs = {"Space": " ", "SoftBreak": " ", "LineBreak": " "}
    return "".join(i["c"] if i["t"] == "Str" else signs.get(i["t"], f"<{i['t']}>") for i in inlines)


def test_pandoc_reads_each_item_of_a_list(corpus: list[Paper], tmp_path: Path) -> None:
    path = tmp_path / "list.md"
    path.write_text(
        "".join(write_papers(Target("md", None), writer("md"), corpus)), encoding="utf-8"
    )
    tree = json.loads(run_pandoc("-f", "commonmark", "-t", "json", path, cwd=tmp_path))
    assert [
        *find_elements(tree, "RawInline", "RawBlock", "Code", "Image", "Emph", "Strikeout")
    ] == []
    (items,) = [element["c"] for element in tree["blocks"] if element["t"] == "BulletList"]
    assert len(items) == len(corpus)
    for paper, item in zip(corpus, items, strict=True):
        link, *_ = find_elements(item, "Link")
        assert read_inlines(link["c"][1]) == shown(paper)
        assert unquote(link["c"][2][0]) == unquote(paper.url)


# --- tables and JSON ------------------------------------------------------------------------------


def test_a_table_has_a_row_for_each_paper(corpus: list[Paper], tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    columns = ("id", "title", "url", "doi", "published_as_venue")
    chosen = configure(writer("csv"), {"rows": "paper", "columns": columns})
    text = "".join(chosen.write(one_talk(corpus)))
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))[1:]
    assert len({row[0] for row in rows}) == len(rows) <= len(corpus)
    by_id = {str(paper.id): paper for paper in corpus}
    for id_, title, url, doi, venue in rows:
        paper = by_id[id_]
        assert title.removeprefix("'") == drop_unsafe(paper.title).removeprefix("'")
        assert paper.url in url.split("; ")
        assert doi == (paper.doi or "")
        named = paper.published_as.venue if paper.published_as else None
        assert venue.removeprefix("'") == drop_unsafe(named or "").removeprefix("'")
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    found = duckdb.sql(f"SELECT * FROM read_csv('{path}', header=true, all_varchar=true)")
    assert [[cell or "" for cell in row] for row in found.fetchall()] == rows


def test_json_is_valid_and_jq_and_duckdb_list_it(corpus: list[Paper], tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    titles = [paper.title for paper in corpus]
    for name in ("json", "ndjson"):
        path = tmp_path / f"talks.{name}"
        path.write_text(render(corpus, name), encoding="utf-8")
        listed = subprocess.run(
            ["jq", "-c", ".papers[].title", str(path)], capture_output=True, check=True
        ).stdout
        assert [json.loads(line) for line in listed.decode().splitlines()] == titles
        size = path.stat().st_size + 1
        table = f"read_json('{path}', maximum_object_size={size})"
        rows = duckdb.sql(
            f"SELECT p.title FROM (SELECT unnest(papers) AS p FROM {table})"
        ).fetchall()
        assert [title for (title,) in rows] == titles
    document = json.loads((tmp_path / "talks.json").read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema()).iter_errors(document)) == []


# --- calendars ------------------------------------------------------------------------------------


def test_calendars_with_each_title_are_read_the_same(corpus: list[Paper], ical_js: Path) -> None:
    talks = [
        Talk(id=str(paper.id), abstract=f"See https://arxiv.org/abs/{paper.id.key}v1.")
        for paper in corpus
        if paper.id.source == "arxiv"
    ]
    papers = Papers({paper.id: paper for paper in corpus})
    text = enrich_talks(talks, papers)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    events = events_of(text)
    (found,) = read_with_ical_js(ical_js, text)
    assert len(events) == len(found) == len(talks)
    for talk, event, other in zip(talks, events, found, strict=True):
        assert other["uid"] == str(event["UID"]) == talk.id
        assert other["description"] == str(event["DESCRIPTION"])
        assert f'": https://arxiv.org/abs/{talk.id[6:]}v1' in other["description"]
        assert len(other["links"]) == 1
    again = read_talks(text.encode(), keep_raw=True, duplicates=False)
    assert enrich_talks(again, papers) == text
