"""Tables as text: cells, line breaks, anything at all, and the time that bad ones take."""

from __future__ import annotations

import csv
import io
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.errors import FeedError
from enrich.feeds.reading import read_talks
from enrich.feeds.tables import Table

CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]) | st.just("\n"), max_size=8
)
ROWS = st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=5)
HEADER = "title,speaker,date,time,end,zoom,paper,abstract\n"


@given(ROWS, st.sampled_from([",", ";", "\t", "|"]))
def test_what_the_csv_module_writes_is_read_back(rows: list[list[str]], delimiter: str) -> None:
    """Read each cell that is quoted where it needs to be."""
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(
        rows
    )
    found = [cells for _, cells in Table(file.getvalue().encode()).records("utf-8", delimiter)]
    assert found == rows


@given(
    st.text(
        st.sampled_from(list('a",\n\r '))
        | st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
        max_size=80,
    )
)
def test_any_text_under_a_header_is_read_or_noticed(text: str) -> None:
    """Raise nothing, whatever stands in the cells."""
    for talk in read_talks((HEADER + text).encode()):
        assert talk.id


@given(st.binary(max_size=200))
def test_any_bytes_are_a_feed_or_an_error(data: bytes) -> None:
    """Raise FeedError alone."""
    with suppress(FeedError):
        list(read_talks(data))


@pytest.mark.parametrize(
    "piece", ['"a\n', '"a,', 'a"b,"c\n', '""",', '"a,"a,', "x," * 3 + "\n", '" ']
)
def test_the_time_is_linear_in_the_length(piece: str) -> None:
    """Compare the times of a table and of one four times as long."""

    def measure(times: int) -> float:
        data = (HEADER + piece * times).encode()
        begin = time.perf_counter()
        for _ in read_talks(data):
            pass
        return time.perf_counter() - begin

    measure(10)
    short = min(measure(4_000) for _ in range(3))
    assert measure(16_000) < 14 * short + 0.2


def test_a_table_of_something_else_is_called_a_table() -> None:
    """Name what a table of talks begins with."""
    with pytest.raises(FeedError, match="is a table, but no line names") as failed:
        read_talks(b"item,price,stock\npen,1,2\nink,3,4\n")
    assert "date, time, speaker" in (failed.value.hint or "")


@pytest.mark.parametrize(
    "head",
    ["title,authors,year,doi", "title,authors,date,abstract,doi", "Name,Email,Title", "a,b,c"],
)
def test_a_table_of_papers_or_people_is_not_one_of_talks(head: str) -> None:
    """Refuse what has no column of a talk's own."""
    with pytest.raises(FeedError):
        read_talks(f"{head}\n1,2,3,4\n".encode())
