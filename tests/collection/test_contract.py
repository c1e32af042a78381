"""What every reader of bulk files keeps: found by its file, so that a new one is held to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from enrich.collection.readers import HEAD, Item, Place, Reader, names, reader_of
from enrich.collection.readers._stream import Stream
from enrich.registry import load
from tests.collection import bulk_files

EACH = pytest.mark.parametrize("name", names())


def reader(name: str) -> Reader:
    found: Reader = load("enrich.collection.readers", "READER", name)
    return found


def check_sample(folder: Path, name: str, data: bytes, papers: int) -> None:
    """Assert that a sample is read whole by the reader of this name; the message names the format."""
    path = folder / "sample"
    path.write_bytes(data)
    with Stream(path) as stream:
        recognised = reader_of(stream.head(HEAD))
        assert recognised is not None, f"{name}: nobody recognises the sample"
        assert recognised.name == name, f"{name}: recognised as {recognised.name}"
        items = list(recognised.read(stream, Place()))
    problems = [item.problem for item in items if item.problem]
    assert not problems, f"{name}: {problems}"
    found = sum(item.paper is not None for item in items)
    assert found == papers, f"{name}: found {found} papers, labelled {papers}"


@EACH
def test_it_has_a_name_a_unit_and_a_sample(name: str) -> None:
    assert reader(name).name == name
    assert reader(name).unit in {"line", "record"}
    assert bulk_files.FILES[name], f"tests/collection/bulk_files.py has no sample of {name}"
    assert bulk_files.PAPERS[name] > 0


def test_no_sample_is_left_without_its_reader() -> None:
    assert set(bulk_files.FILES) == set(bulk_files.PAPERS) == set(names())


@EACH
def test_its_sample_is_read_whole(name: str, tmp_path: Path) -> None:
    check_sample(tmp_path, name, bulk_files.FILES[name], bulk_files.PAPERS[name])


@EACH
def test_it_recognises_its_own_sample_and_no_other(name: str) -> None:
    recognised = [
        other for other, data in bulk_files.FILES.items() if reader(name).recognises(data[:HEAD])
    ]
    assert recognised == [name]


@EACH
@pytest.mark.parametrize(
    "head", [b"", b"\n", b"\xff\xfe\x00", b"BEGIN:VCALENDAR\r\n", b"<html>", b"[]"]
)
def test_it_recognises_nothing_else(name: str, head: bytes) -> None:
    assert not reader(name).recognises(head)


@EACH
def test_places_only_rise_and_reading_goes_on_at_each(name: str, tmp_path: Path) -> None:
    path = tmp_path / "sample"
    path.write_bytes(bulk_files.FILES[name])
    items = read_from(path, name, Place())
    places = [item.place for item in items]
    assert places == sorted(set(places))
    for number, place in enumerate(places, 1):
        assert read_from(path, name, place) == items[number:]


def read_from(path: Path, name: str, start: Place) -> list[Item]:
    with Stream(path) as stream:
        return list(reader(name).read(stream, start))


@EACH
def test_a_sample_with_one_wrong_label_fails_by_its_name(name: str, tmp_path: Path) -> None:
    data, papers = bulk_files.FILES[name], bulk_files.PAPERS[name]
    other = next(each for each in names() if each != name)
    for wrong in (
        (name, data, papers + 1),
        (name, data, papers - 1),
        (name, bulk_files.FILES[other], papers),
        (name, b"", papers),
    ):
        with pytest.raises(AssertionError, match=rf"^{name}: "):
            check_sample(tmp_path, *wrong)
