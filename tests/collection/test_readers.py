"""The readers of bulk files: what each format says of a paper, and what cut and hostile files do."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrich.collection import readers
from enrich.collection.readers import HEAD, Item, Place, _arxiv, kaggle
from enrich.collection.readers._stream import Stream
from enrich.errors import PapersError
from enrich.paper import Paper, PaperId, Version
from enrich.registry import load
from enrich.sources import links
from enrich.store.codec import StoredPaper, decode_paper, store_paper
from tests.bench._snapshot import lines
from tests.collection import bulk_files as bulk
from tests.values import names

formats = pytest.mark.parametrize("name", sorted(bulk.FILES))


def items(path: Path, start: Place | None = None) -> list[Item]:
    with Stream(path) as stream:
        reader = readers.reader_of(stream.head(HEAD))
        assert reader
        return list(reader.read(stream, start or Place()))


def paper(row: StoredPaper | None) -> Paper:
    assert row
    return decode_paper(row.id, row.record, links, abstract=row.abstract)


def papers(folder: Path, data: bytes, name: str = "file") -> dict[str, Paper]:
    path = folder / name
    path.write_bytes(data)
    found = items(path)
    assert [item.problem for item in found if item.problem] == []
    return {item.paper.id: paper(item.paper) for item in found if item.paper}


@formats
@pytest.mark.parametrize("pack", [bytes, bulk.packed])
def test_a_format_is_told_by_content(tmp_path: Path, name: str, pack: Any) -> None:
    path = tmp_path / "misleading.txt"
    path.write_bytes(pack(bulk.FILES[name]))
    with Stream(path) as stream:
        reader = readers.reader_of(stream.head(HEAD))
    assert reader
    assert reader.name == name
    assert len([item for item in items(path) if item.paper]) == bulk.PAPERS[name]


@formats
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_byte_order_mark_and_other_line_ends_change_nothing(
    tmp_path: Path, name: str, ending: bytes
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\xef\xbb\xbf" + bulk.FILES[name].replace(b"\n", ending))
    with Stream(path) as stream:
        reader = readers.reader_of(stream.head(HEAD))
    assert reader
    assert reader.name == name
    found = items(path)
    assert [item.problem for item in found if item.problem] == []
    assert len([item for item in found if item.paper]) == bulk.PAPERS[name]


@formats
@pytest.mark.parametrize("pack", [bytes, bulk.packed])
def test_reading_goes_on_at_any_place(tmp_path: Path, name: str, pack: Any) -> None:
    path = tmp_path / "file"
    path.write_bytes(pack(bulk.FILES[name]))
    all_ = items(path)
    for n, item in enumerate(all_):
        assert items(path, item.place) == all_[n + 1 :]


@formats
def test_a_file_cut_anywhere_gives_what_came_before_and_says_so(tmp_path: Path, name: str) -> None:
    data = bulk.FILES[name]
    path = tmp_path / "file"
    path.write_bytes(data)
    whole = [item.paper for item in items(path) if item.paper]
    said = 0
    for end in range(len(data) // 3, len(data), 7):
        path.write_bytes(data[:end])
        found = items(path)
        rows = [item.paper for item in found if item.paper]
        assert rows == whole[: len(rows)]
        problems = [item.problem for item in found if item.problem]
        assert len(problems) <= 1
        said += bool(problems)
        if problems:
            assert "truncated" in problems[0]
            assert found[-1].problem
    assert said > 10


@formats
def test_damage_anywhere_is_a_problem_or_a_papers_error(tmp_path: Path, name: str) -> None:
    path = tmp_path / "file"
    for seed in range(150):
        chance = random.Random(seed)
        data = bytearray(bulk.FILES[name])
        for _ in range(chance.choice([1, 5, 50])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        with Stream(path) as stream:
            reader = load("enrich.collection.readers", "READER", name)
            try:
                found = list(reader.read(stream, Place()))
            except PapersError:
                continue
        for item in found:
            if item.paper:
                json.dumps(paper(item.paper).to_dict(), ensure_ascii=False).encode()


@formats
def test_a_web_page_among_the_records_is_an_error(tmp_path: Path, name: str) -> None:
    data = bulk.FILES[name]
    path = tmp_path / "file"
    record = {
        "oai": b"<record><header status",
        "dblp": b"<article",
        "bibtex": b"@misc",
        "paperlists": b'{\n  "title": "Poster',
        "csl": b'{\n    "id": "edel',
        "kaggle": data.splitlines()[1],
        "records": b'{"id": "openreview',
        "document": b'{"id": "openreview',
        "talk_lines": b'{"id": "4',
    }[name]
    cut = data.index(record)
    path.write_bytes(
        data[:cut] + b"<!DOCTYPE html>\n<html><body>Not a bot?</body></html>\n" + data[cut:]
    )
    with pytest.raises(PapersError, match="web page"):
        items(path)


# arXiv's snapshot


def test_the_snapshots_real_record(shared: Path) -> None:
    data = json.loads((shared / "arxiv" / "kaggle_record_2101.11408.json").read_text())
    found = paper(store_line(data))
    assert (found.id, found.title) == (
        "arxiv:2101.11408",
        "Number Parsing at a Gigabyte per Second",
    )
    assert names(found) == ("Daniel Lemire",)
    assert (found.published, found.updated, found.latest_version) == (
        "2021-01-11",
        "2021-01-30",
        "v2",
    )
    assert found.versions == (
        Version(version="v1", date="2021-01-11"),
        Version(version="v2", date="2021-01-30"),
    )
    assert (found.category, found.doi) == ("cs.DS", "10.48550/arXiv.2101.11408")
    assert found.published_as
    assert (found.published_as.doi, found.published_as.year) == ("10.1002/spe.2984", 2021)
    assert not found.withdrawn


def store_line(data: dict[str, Any]) -> StoredPaper:
    line = msgspec.json.decode(json.dumps(data), type=kaggle.SnapshotLine)
    return kaggle.store_line(line)


def the_long_way(data: dict[str, Any]) -> StoredPaper:
    return store_paper(
        _arxiv.paper(
            id_=data["id"],
            title=data["title"],
            authors=[
                author
                for last, first, suffix, *_ in data["authors_parsed"]
                if (author := _arxiv.author(last, first, suffix))
            ],
            versions=[
                (row["version"], _arxiv.parse_day(row["created"])) for row in data["versions"]
            ],
            categories=data["categories"],
            comments=data["comments"],
            journal_ref=data["journal-ref"],
            doi=data["doi"],
            abstract=data["abstract"],
        ),
        links,
    )


odd = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
snapshot = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["2103.01338", "math/0601001", "math.AG/0601001"]),
        "title": odd.map(lambda text: text + "T"),
        "authors_parsed": st.lists(st.tuples(odd, odd, st.sampled_from(["", "Jr."])), max_size=3),
        "versions": st.lists(st.sampled_from(["2 Mar 2021", "13 Oct 2022"]), max_size=3).map(
            lambda days: [
                {"version": f"v{n}", "created": f"Mon, {day} 1:00:00 GMT"}
                for n, day in enumerate(days, 1)
            ]
        ),
        "categories": st.sampled_from(["cs.LG", "cs.LG stat.ML", "", None]),
        "comments": st.none() | odd | st.just("This paper is withdrawn"),
        "journal-ref": st.none() | odd | st.just("J. X 3 (2021)"),
        "doi": st.none()
        | odd
        | st.sampled_from(["10.1/ab", "10.1234/x<y>", "10.48550/arXiv.2103.01338"]),
        "abstract": st.none() | odd | st.just("Withdrawn."),
    }
)


@given(snapshot)
def test_the_short_way_gives_what_the_long_way_does(data: dict[str, Any]) -> None:
    short, long = store_line(data), the_long_way(data)
    assert short.record == long.record
    assert paper(short) == paper(long)


def test_the_short_way_gives_what_the_long_way_does_with_generated_lines() -> None:
    for line in lines(500):
        assert store_line(json.loads(line)) == the_long_way(json.loads(line))


def test_versions_of_a_snapshot_may_be_out_of_order_or_odd() -> None:
    data = json.loads(bulk.KAGGLE.splitlines()[0])
    day = "Mon, 1 Mar 2021 1:00:00 GMT"
    versions = [{"version": "v2", "created": "2 Jun 2021"}, {"version": "v1", "created": day}]
    found = paper(store_line(data | {"versions": versions}))
    assert [row.version for row in found.versions] == ["v1", "v2"]
    assert (found.published, found.latest_version) == ("2021-03-01", "v2")
    for version in ("v0", "2", 2, None):
        with pytest.raises(ValueError):
            store_line(data | {"versions": [{"version": version, "created": day}]})


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "no id"}, {"id": 7}, {"title": None}, {"title": " \n"}, {"authors_parsed": [["A", None, ""]]},
        {"authors_parsed": "A B"}, {"authors_parsed": [["A"]]}, {"abstract": ["A"]}, {"versions": [1]},
        {"categories": 3}, {"doi": 3}, {"journal-ref": ["A"]},
    ],
)  # fmt: skip
def test_a_line_of_wrong_types_is_a_value_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        store_line(json.loads(bulk.KAGGLE.splitlines()[0]) | wrong)


# OAI-PMH


def test_oai_tells_dates_authors_and_versions(tmp_path: Path) -> None:
    found = papers(tmp_path, bulk.OAI)
    first, second, raw = found.values()
    assert (first.title, names(first)) == ("First & last", ("Ada Lovelace", "W. King, Jr."))
    assert (first.published, first.updated, first.category) == ("2021-03-01", None, "cs.LG")
    assert (second.published, second.updated) == ("2021-03-01", "2021-05-06")
    assert (raw.id, raw.title, names(raw)) == (
        "arxiv:math/0601001",
        "On raw records",
        ("Ada Lovelace", "Paul Erdős"),
    )
    assert [(v.version, v.date) for v in raw.versions] == [
        ("v1", "2006-01-01"),
        ("v2", "2006-02-02"),
    ]
    assert raw.withdrawn


def test_oai_reads_all_real_records(shared: Path) -> None:
    count = {}
    for path in sorted((shared / "arxiv").glob("oai_arXiv*")):
        found = items(path)
        assert [item.problem for item in found] == [None] * len(found)
        assert all(paper(item.paper).published and paper(item.paper).authors for item in found)
        count[path.name] = len(found)
    assert sum(count.values()) == 18


def test_oai_says_what_it_does_not_read(shared: Path) -> None:
    (item,) = items(shared / "arxiv" / "oai_dc_1711_04702.xml")
    assert item.problem == "is of the form oai_dc:dc; enrich reads arXiv and arXivRaw"


def test_harvests_one_after_the_other_are_one_file(tmp_path: Path) -> None:
    assert len(papers(tmp_path, bulk.OAI + bulk.OAI.replace(b"2103.", b"2104."))) == 5


@pytest.mark.parametrize("declared", ["lol", "file"])
def test_no_entity_is_resolved_but_the_standard_ones(tmp_path: Path, declared: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("precious")
    doctype = (
        f"""<!DOCTYPE OAI-PMH [<!ENTITY lol "haha"><!ENTITY file SYSTEM "{secret.as_uri()}">]>"""
    )
    data = bulk.OAI.replace(b"?>\n", b"?>\n" + doctype.encode() + b"\n", 1)
    data = data.replace(b"Second", f"&{declared};".encode())
    path = tmp_path / "oai.xml"
    path.write_bytes(data)
    found = items(path)
    assert [bool(item.paper) for item in found] == [True, False, False, True]
    assert "undefined entity" in str(found[2].problem)
    assert b"precious" not in repr(found).encode()


# paperlists


def test_paperlists_tell_venue_year_and_decision(tmp_path: Path) -> None:
    found = papers(tmp_path, bulk.PAPERLISTS, "iclr2018.json")
    rejected, poster, arxiv = found.values()
    assert (rejected.id, rejected.decision) == ("openreview:FpKgG31Z_i9", "rejected")
    assert (rejected.venue, rejected.published) == ("Submitted to ICLR 2018", "2018")
    assert names(rejected) == ("Naman Agarwal", "Rohan Anil", "Elad Hazan")
    assert (poster.venue, poster.decision, poster.title) == (
        "ICLR 2018 Poster",
        "accepted",
        "Poster ✓",
    )
    assert (poster.same_as, poster.matched_by) == ((PaperId("arxiv:1801.00002"),), "paperlists")
    assert arxiv.id == "arxiv:1801.00001"
    assert arxiv.published_as
    assert (arxiv.published_as.venue, arxiv.published_as.year) == ("ICLR 2018", 2018)
    assert "secret" not in repr(found).lower()


def test_real_paperlists(shared: Path) -> None:
    found = items(shared / "openreview" / "paperlists_sample.json")
    assert len(found) == 24
    assert [item.problem for item in found] == [None] * 24
    assert sum(item.paper is not None for item in found) == 15


# CSL-JSON


def test_csl_is_read(tmp_path: Path) -> None:
    first, second = papers(tmp_path, bulk.CSL).values()
    assert (first.id, first.published) == ("arxiv:2103.01338", "2021-06-11")
    assert names(first) == ("Naman Agarwal", "The Group")
    assert (second.id, second.published) == ("arxiv:2110.10090", None)
    assert names(second) == ("V. van Gogh, II",)
    assert second.published_as
    assert (second.published_as.venue, second.published_as.year) == ("Proceedings of ICML", 2022)


@pytest.mark.parametrize(
    ("issued", "published"),
    [
        ({"date-parts": [[2021, 2, 30]]}, "2021-02"),
        ({"date-parts": [["2021", "13", "1"]]}, "2021"),
        ({"date-parts": [[2021, None]]}, "2021"),
        ({"date-parts": [[-44, 3]]}, None),
        ({"date-parts": [[]]}, None),
        ({"date-parts": [[1e400]]}, None),
        ({"raw": "2021-06"}, "2021-06"),
        ("2021", None),
    ],
)
def test_odd_dates_of_csl_are_kept_as_far_as_they_are_dates(
    tmp_path: Path, issued: object, published: str | None
) -> None:
    item = {"type": "article", "title": "T", "DOI": "10.48550/arXiv.2103.01338", "issued": issued}
    data = json.dumps([{**item, "container-title": "arXiv"}]).encode()
    assert [paper.published for paper in papers(tmp_path, data).values()] == [published]


def test_the_markup_of_csl_does_not_get_into_a_paper(tmp_path: Path) -> None:
    item = {"type": "article", "DOI": "10.48550/arXiv.2103.01338", "container-title": "arXiv"}
    words = {
        "title": '<i>E. coli</i>, H<sub>2</sub>O, <span class="nocase">x</span> for a<b & b>c',
        "abstract": "<p>We show R&amp;D.</p>",
    }
    (found,) = papers(tmp_path, json.dumps([{**item, **words}]).encode()).values()
    assert found.title == "E. coli, H2O, x for a<b & b>c"
    assert found.abstract == "We show R&D."


def test_the_sample_of_csl_is_csl(shared: Path) -> None:
    schema = json.loads((shared / "csl" / "csl-data.json").read_text())
    jsonschema.validate(json.loads(bulk.CSL), schema)


def test_one_csl_item_alone_is_read(tmp_path: Path) -> None:
    assert list(papers(tmp_path, json.dumps(json.loads(bulk.CSL)[0]).encode())) == [
        "arxiv:2103.01338"
    ]


def test_an_object_larger_than_a_block_is_read(tmp_path: Path) -> None:
    data = json.loads(bulk.CSL)
    data[0]["abstract"] = "ü" * 1_500_000
    found = papers(tmp_path, json.dumps(data, ensure_ascii=False).encode())
    assert len(found["arxiv:2103.01338"].abstract or "") == 1_500_000
    assert len(found) == 2


# BibTeX


def test_bibtex_is_read(tmp_path: Path) -> None:
    first, second, third = papers(tmp_path, bulk.BIBTEX).values()
    assert (first.id, first.title) == (
        "arxiv:2103.01338",
        "Acceleration via Fractal Learning Rate Schedules",
    )
    assert names(first) == ("Naman Agarwal", "Surbhi Goel", "W. King, Jr.")
    assert first.published is None
    assert first.published_as
    assert first.published_as.venue == "International Conference on Machine Learning 2021"
    assert (second.id, second.title, second.published) == ("arxiv:2110.10090", "On $x_{1}$", "2021")
    assert names(second) == ("Paul Erdős",)
    assert (third.id, third.published) == ("openreview:FpKgG31Z_i9", "2022")


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("year = 2021, month = 6", "2021-06"),
        ("year = {2021}, month = {06}", "2021-06"),
        ("year = 2021, month = jun", "2021-06"),
        ("year = 2021, month = 13", "2021"),
        ("date = {2021-06-11/2021-06-13}", "2021-06-11"),
        ("date = {forthcoming}, year = 2021", "2021"),
        ("", None),
    ],
)
def test_dates_of_bibtex_are_as_precise_as_written(
    tmp_path: Path, date: str, published: str | None
) -> None:
    data = b"@misc{a, title={T}, eprint={2103.01338}, %b}\n" % date.encode()
    assert [paper.published for paper in papers(tmp_path, data).values()] == [published]


def test_an_entry_without_its_end_takes_in_no_other(tmp_path: Path) -> None:
    path = tmp_path / "x.bib"
    path.write_bytes(b"@misc{a, title={A, eprint={2103.01338}\n" + bulk.BIBTEX)
    found = items(path)
    assert [item.problem for item in found if item.problem] == [
        "the entry of line 1 has no closing brace"
    ]
    assert sum(item.paper is not None for item in found) == 3


# dblp


def test_dblp_is_read(tmp_path: Path) -> None:
    conference, corr = papers(tmp_path, bulk.DBLP).values()
    assert conference.id == "openreview:FpKgG31Z_i9"
    assert names(conference) == ("Jörg Doe", "Müller")
    assert (conference.title, conference.venue) == ("Sub2 & more", "ICLR")
    assert conference.published == "2022"
    assert (corr.id, corr.published, corr.published_as) == ("arxiv:2103.01338", "2021", None)


def test_an_unknown_entity_of_dblp_costs_one_record(tmp_path: Path) -> None:
    path = tmp_path / "dblp.xml"
    path.write_bytes(bulk.DBLP.replace(b"&ouml;", b"&nosuch;"))
    found = items(path)
    assert [bool(item.problem) for item in found] == [True, False, False]


def test_memory_is_for_one_record(tmp_path: Path) -> None:
    head, record = (
        bulk.DBLP.split(b'<article key="journals/x')[0],
        b"<article key='x'><title>A</title></article>\n",
    )
    path = tmp_path / "dblp.xml"
    path.write_bytes(head + record * 30_000 + b"</dblp>")
    import tracemalloc

    tracemalloc.start()
    with Stream(path) as stream:
        reader = readers.reader_of(stream.head(HEAD))
        assert reader
        count = sum(1 for _ in reader.read(stream, Place()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 30_002
    assert peak < 3_000_000


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_names_never_raise(text: str) -> None:
    for name in _arxiv.names(text):
        assert name == name.strip()
        assert name
