"""Any input of n bytes is read in a second of CPU for 200 kB, and in 100 MB over the imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks.costs import check_cost, measure
from tests.attacks.hostile_papers import HOSTILE_PAPERS

_SETUP = """
from enrich.collection.readers import Place, names
from enrich.collection.readers._stream import Stream
from enrich.registry import load
readers = {name: load("enrich.collection.readers", "READER", name) for name in names()}
import enrich.sources.arxiv.forms, enrich.sources.openreview.forms, enrich.references.extract
from enrich.sources import links
from enrich.errors import PapersError
enrich.references.extract.find_references("https://arxiv.org/abs/2103.01338")

def count():
    found = 0
    try:
        for item in readers[sys.argv[2]].read(Stream(Path(sys.argv[1])), Place()):
            found += item.paper is not None
    except PapersError:
        pass
    return found
"""
_CALL = "count()"


@pytest.mark.parametrize("name", HOSTILE_PAPERS)
def test_a_file_of_papers_is_read_in_bounds(tmp_path: Path, name: str) -> None:
    reader, make = HOSTILE_PAPERS[name]
    data = make()
    path = tmp_path / "papers"
    path.write_bytes(data)
    cost = measure(_SETUP, _CALL, path, reader)
    assert cost.papers >= 1
    check_cost(cost, len(data))
