"""Files of papers as people write them: odd items, other spellings of ids, what is wrong in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from enrich.collection import readers
from enrich.collection.opening import open_papers
from enrich.collection.readers import HEAD, Item, Place
from enrich.collection.readers._stream import Stream
from enrich.errors import PapersError


def _read(folder: Path, text: str) -> list[Item]:
    """Return the items of a file by the reader that recognises it."""
    path = folder / "papers"
    path.write_text(text, "utf-8", "surrogatepass")
    with Stream(path) as stream:
        reader = readers.reader_of(stream.head(HEAD))
        assert reader, "no reader recognises it"
        return list(reader.read(stream, Place()))


PAPER = '{"id": "arxiv:2103.01338", "source": "arxiv", "title": "T", "authors": []}'
CSL = '{"id": "k", "type": "article", "title": "T", "author": [{"family": "A"}], "URL": "https://arxiv.org/abs/2103.01338"}'


@pytest.mark.parametrize(
    "odd", ["null", "5", "-1.5e3", "true", "[]", "{}", '"text"', "null, 5, []"]
)
@pytest.mark.parametrize("paper", [PAPER, CSL], ids=["ours", "csl"])
def test_an_item_of_another_kind_costs_no_other(tmp_path: Path, odd: str, paper: str) -> None:
    """Skip it with a message, wherever it stands."""
    for text in (f"[{odd}, {paper}]", f"[{paper}, {odd}]", f"[{paper}, {odd}, {paper}]"):
        found = _read(tmp_path, text)
        assert {item.paper.id for item in found if item.paper} == {"arxiv:2103.01338"}
        skipped = [item for item in found if item.problem or not item.paper]
        assert len(skipped) == odd.count(",") + 1


@pytest.mark.parametrize(
    "id_",
    ["arXiv:2103.01338", "arxiv:2103.01338v2", "2103.01338", "https://arxiv.org/abs/2103.01338v1", "10.48550/arXiv.2103.01338", "ARXIV:2103.01338"],
)  # fmt: skip
@pytest.mark.parametrize(
    "shape",
    [
        '{{"id": "{0}", "title": "T"}}\n{{"id": "arxiv:2103.01339", "title": "U"}}',
        '[{{"title": "T", "id": "{0}"}}]',
    ],
)
def test_an_id_is_accepted_as_it_is_for_a_lookup(tmp_path: Path, id_: str, shape: str) -> None:
    """Accept what `parse_id` accepts."""
    if id_.startswith("10."):  # a list is recognised by its first id
        shape = shape.replace("[", '[{{"title": "U", "id": "arxiv:2103.01339"}}, ')
    found = _read(tmp_path, shape.format(id_))
    assert [item.problem for item in found if item.problem] == []
    assert "arxiv:2103.01338" in {item.paper.id for item in found if item.paper}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"id": "arxiv:2103.01338", "title": "a\\ud800b"}', "not JSON: a text holds half a surrogate pair"),
        ('{"id": "arxiv:2103.01338", "title": "T", "x": NaN}', "not JSON: NaN is not a number of JSON"),
        ('{"id": "arxiv:2103.01338", "title": "T", "x": -Infinity}', "not JSON: -Infinity is not a number"),
        ('{"id": "arxiv:2103.01338", "title": "T"', "not JSON: expecting ',' delimiter at column 40"),
        ("{'id': 'arxiv:2103.01338'}", "not JSON: expecting property name enclosed in double quotes at column 2"),
        ('{"id": "arxiv:2103.01338", "title": "T", "status": "weird"}\n', None),
        ('{"id": "foo", "title": "T"}', "id: 'foo' names no paper"),
        ('{"id": 5, "title": "T"}', "id: not a string"),
        ('{"id": "arxiv:2103.01338", "title": "T", "same_as": "x"}', "same_as: not a list"),
    ],
)  # fmt: skip
def test_a_line_that_is_not_a_paper_is_described(
    tmp_path: Path, line: str, problem: str | None
) -> None:
    """Name the cause, not only that there is one."""
    good = '{"id": "arxiv:2103.01339", "title": "U"}\n'
    for form in ("", ', "references": []'):
        found = _read(tmp_path, good + line + "\n" + good)
        assert len([item for item in found if item.paper]) == 2
        problems = [item.problem for item in found if item.problem]
        assert len(problems) == (problem is not None), form
        assert problem is None or problems[0].startswith(problem)


@pytest.mark.parametrize("text", ["", "\n", " \n\n"])
def test_an_empty_file_is_called_empty(tmp_path: Path, text: str) -> None:
    """Warn, for an output without talks is an empty file."""
    path = tmp_path / "papers.jsonl"
    path.write_text(text, "utf-8")
    warnings: list[str] = []
    open_papers(path, on_warning=warnings.append).close()
    assert warnings == [f"{path}: the file is empty, so it has no papers"]


@pytest.mark.parametrize("version", ["2.0", "0.9", "11.0"])
def test_a_document_of_another_major_version_is_refused(tmp_path: Path, version: str) -> None:
    """Refuse it with a sentence that names both versions."""
    head = f'{{"format": "enrich.talks", "version": "{version}", "talks": [], "papers": ['
    with pytest.raises(
        PapersError, match=f"of version {version}, and this release reads version 1"
    ):
        _read(tmp_path, head + PAPER + "]}")
    assert len(_read(tmp_path, head.replace(version, "1.9") + PAPER + "]}")) == 1
