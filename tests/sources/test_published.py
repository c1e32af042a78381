"""Where papers were published and what was decided, over every recorded answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from enrich.collection.readers.paperlists import Row, paper
from tests.sources.published import describe, read_recorded

EXPECTED = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data/identity/published.jsonl")
    .read_text()
    .splitlines()
]
SHARED = next(
    (found for folder in Path(__file__).parents if (found := folder / "shared/data").is_dir()), None
)
RECORDED = {(name, paper.id): paper for name, paper in read_recorded(SHARED)} if SHARED else {}
needs_shared = pytest.mark.skipif(not RECORDED, reason="../shared is not here")


@needs_shared
@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: f"{row['file']} {row['id']}")
def test_publication_and_decision(row: dict[str, object]) -> None:
    found = RECORDED[row["file"], row["id"]]  # type: ignore[index]
    assert {"file": row["file"], "id": row["id"], **describe(found)} == row


@needs_shared
def test_the_table_is_whole_and_no_venue_is_invented() -> None:
    assert {(row["file"], row["id"]) for row in EXPECTED} == set(RECORDED)
    assert SHARED is not None
    texts = {path.name: " ".join(path.read_text().split()) for path in SHARED.glob("*/*.[jx]*")}
    for (name, _), found in RECORDED.items():
        published = found.published_as.venue if found.published_as else None
        for venue in filter(None, (found.venue, published)):
            assert venue in texts[name].replace("&amp;", "&")


def test_a_withdrawn_submission_of_a_bulk_file_is_withdrawn() -> None:
    site = "https://openreview.net/forum?id=FpKgG31Z_i9"
    for status, withdrawn in {"Withdraw": True, "Reject": False, "Poster": False}.items():
        found = paper(Row(id="FpKgG31Z_i9", title="T", status=status, site=site), "iclr", "2022")
        assert found is not None
        assert found.withdrawn is withdrawn
