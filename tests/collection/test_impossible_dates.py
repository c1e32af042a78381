"""A date that does not exist is null in every bulk format and every service; the record stays."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from enrich.collection.importing import import_papers
from enrich.collection.opening import open_papers
from enrich.feeds.reading import read_talks
from enrich.model import AnnotatedTalk
from enrich.paper import Paper, PaperId, Publication, Version
from enrich.sources import links
from enrich.sources.datacite import read as read_datacite
from enrich.sources.openreview.note import dates as openreview_dates
from enrich.store.codec import PaperRecord, decode_paper, encode_record
from tests.collection import bulk_files as bulk

ID = PaperId("arxiv:2103.01338")
DATES = {
    "zeros": "0000-00-00",
    "year 0": "0000-01-01",
    "a 31st of February": "2021-02-31",
    "a 29th of February": "2021-02-29",
    "month 13": "2021-13",
    "month 0": "2021-00-10",
    "day 0": "2021-01-00",
    "400 digits": "9" * 400,
    "400 digits of a year": "9" * 400 + "-01-01",
    "other digits": "٢٠٢١-٠١-٠١",
    "a word": "spring",
    "empty": "",
}
OF_OBJECTS = DATES | {"a line feed": "2021-02-03\n", "a time": "2021-02-03T00:00:00Z"}
OF_RECORDS = {name: date for name, date in DATES.items() if re.fullmatch(r"[0-9-]{4,10}", date)}
"""A record with any other is damaged."""


def paper(date: str) -> dict[str, object]:
    return {
        "id": str(ID),
        "title": "T",
        "published": date,
        "updated": date,
        "dates": {"submitted": date, "updated": "2021-05-06"},
        "versions": [{"version": "v1", "date": date}, {"version": "v2", "date": "2021-05-06"}],
        "published_as": {"venue": "ICML", "year": 10**400},
    }


def output(date: str) -> bytes:
    whole = {"format": "enrich.talks", "version": "1.0", "talks": [], "papers": [paper(date)]}
    return json.dumps(whole).encode()


def talk_line(date: str) -> bytes:
    reference = {"paper": str(ID), "field": "abstract", "start": 0, "end": 1, "exact": "x",
                 "context": [0, 1], "form": "text", "role": "own"}  # fmt: skip
    talk = {"id": "1", "abstract": "x", "references": [reference], "papers": [paper(date)]}
    return json.dumps(talk).encode() + b"\n"


OBJECTS: dict[str, Callable[[str], bytes]] = {
    "records": lambda date: json.dumps(paper(date)).encode() + b"\n",
    "document": output,
    "talk_lines": talk_line,
}


def load(path: Path) -> Paper:
    with open_papers(path, on_warning=pytest.fail) as collection:
        (found,) = collection.get_many([ID]).values()
    return found


def check(found: Paper) -> None:
    assert (found.id, found.title, found.published, found.updated) == (ID, "T", None, None)
    assert found.dates == (("updated", "2021-05-06"),)
    assert [version.date for version in found.versions] == [None, "2021-05-06"]


@pytest.mark.parametrize("date", OF_OBJECTS.values(), ids=OF_OBJECTS)
@pytest.mark.parametrize("kind", OBJECTS)
def test_objects_of_papers(tmp_path: Path, kind: str, date: str) -> None:
    path = tmp_path / "papers"
    path.write_bytes(OBJECTS[kind](date))
    found = load(path)
    check(found)
    assert found.published_as == Publication(venue="ICML", year=None)
    import_papers([path], tmp_path / "papers.sqlite", on_warning=pytest.fail)
    check(load(tmp_path / "papers.sqlite"))


@pytest.mark.parametrize("date", OF_OBJECTS.values(), ids=OF_OBJECTS)
def test_papers_of_an_earlier_output_that_is_read_as_a_feed(date: str) -> None:
    (talk,) = read_talks(talk_line(date), on_notice=lambda notice: pytest.fail(notice.message))
    check(talk.papers[0])
    line = json.loads(talk_line(date))
    (found,) = AnnotatedTalk.from_dict(line).papers.values()
    assert isinstance(found, Paper)
    check(found)


@pytest.mark.parametrize("date", OF_RECORDS.values(), ids=OF_RECORDS)
def test_records_of_an_untrusted_collection(date: str) -> None:
    record = PaperRecord(
        title="T", published=date, updated=date, dates={"submitted": date, "updated": "2021-05-06"},
        versions=[date, ("v2", "2021-05-06", None)],
    )  # fmt: skip
    check(decode_paper(ID, encode_record(record), links))


RFC_822 = ("Wed, 31 Feb 2021 10:00:00 GMT", "Sat, 0 Jan 2021 10:00:00 GMT", "Sat, 1 Jan 0000 1:0:0 GMT")  # fmt: skip


@pytest.mark.parametrize("date", [*DATES.values(), *RFC_822, f"Sat, 1 Jan {'9' * 400} 1:0:0 GMT"])
def test_arxivs_snapshot_and_oai(tmp_path: Path, date: str) -> None:
    raw = bulk.OAI.replace(b"Sun, 1 Jan 2006 10:00:00 GMT", date.encode())
    raw = raw.replace(b"2021-03-01", date.encode()).replace(b"2021-05-06", date.encode())
    path = tmp_path / "oai.xml"
    path.write_bytes(raw)
    with open_papers(path, on_warning=pytest.fail) as collection:
        old = collection.get_many([PaperId("arxiv:math/0601001")])[PaperId("arxiv:math/0601001")]
        new = collection.get_many([PaperId("arxiv:2103.00002")])[PaperId("arxiv:2103.00002")]
    assert old.versions == (Version(version="v1"), Version(version="v2", date="2006-02-02"))
    assert (old.published, old.updated, new.published, new.updated) == (None, "2006-02-02", None, None)  # fmt: skip
    line = json.loads(bulk.KAGGLE.splitlines()[0]) | {"versions": [{"version": "v1", "created": date}]}  # fmt: skip
    path = tmp_path / "snapshot.json"
    path.write_text(json.dumps(line) + "\n")
    with open_papers(path, on_warning=pytest.fail) as collection:
        (found,) = collection.papers()
    assert (found.published, found.dates, found.versions) == (None, (), (Version(version="v1"),))


@pytest.mark.parametrize(
    ("date", "expected"),
    [("0000-00-00", None), ("2021-02-31", "2021-02"), ("2021-02-29", "2021-02"), ("9" * 400, None),
     ("9" * 400 + "-01-01", None), ("2021-13", "2021"), ("0000", None)],
)  # fmt: skip
def test_formats_of_bibliographies_keep_the_part_that_exists(
    tmp_path: Path, date: str, expected: str | None
) -> None:
    csl = {"type": "article", "title": "T", "DOI": "10.48550/arXiv.2103.01338", "container-title": "arXiv", "issued": {"raw": date}}  # fmt: skip
    path = tmp_path / "csl.json"
    path.write_text(json.dumps([csl]))
    assert load(path).published == expected
    path = tmp_path / "a.bib"
    path.write_text(f"@misc{{a, title={{T}}, eprint={{2103.01338}}, date={{{date}}}}}\n")
    assert load(path).published == expected


@pytest.mark.parametrize("year", ["0000", "9" * 400, "2021-02-31", ""])
def test_years_of_dblp(tmp_path: Path, year: str) -> None:
    path = tmp_path / "dblp.xml"
    path.write_bytes(bulk.DBLP.replace(b"<year>2021</year>", b"<year>%b</year>" % year.encode()))
    assert load(path).published == ("2021-02" if year == "2021-02-31" else None)


@pytest.mark.parametrize("date", [*DATES.values(), "2021-02-31T00:00:00Z", "2021-02-29T10:00:00Z"])
def test_dates_of_datacite(date: str) -> None:
    dates = [{"date": date, "dateType": "Submitted", "dateInformation": "v1"}]
    found = read_datacite(ID, {"titles": [{"title": "T"}], "dates": dates})
    assert found is not None
    assert (found.published, found.dates, found.versions) == (None, (), ())


@pytest.mark.parametrize("date", [*DATES.values(), 10**400, -(10**400), 1e308, float("nan"), True])
def test_dates_of_openreview(date: object) -> None:
    assert openreview_dates({"cdate": date, "odate": date, "pdate": date, "mdate": date}) == (None, ())  # fmt: skip
