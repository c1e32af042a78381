"""What every second source keeps, found by its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from enrich.errors import SourceError
from enrich.paper import PaperId
from enrich.sources import SecondSource, names
from enrich.sources.installed import second_sources, sources
from tests.sources.answers import Canned, response

EXAMPLES = Path(__file__).parents[1] / "data/sources"
EACH = pytest.mark.parametrize("second", second_sources(), ids=names("SECOND_SOURCE"))


@EACH
def test_it_stands_behind_a_source_and_signs_its_records(second: SecondSource) -> None:
    assert second.name in names("SECOND_SOURCE")
    assert second.fallback_for in names()
    assert second.revision >= 1
    assert second.politeness.delay_s >= 1
    ours = {host for source in sources() for host in source.politeness.hosts}
    assert ours.isdisjoint(second.politeness.hosts)


@EACH
@pytest.mark.parametrize(
    "body", [b"<html></html>", b"", b"null", b"[]", b'{"data": {}}', b"[" * 99_999]
)
def test_what_is_no_answer_is_not_believed(second: SecondSource, body: bytes) -> None:
    with pytest.raises(SourceError):
        second.check(response(body))
    with pytest.raises(SourceError):
        second.check(response(body, status=403))


@EACH
def test_a_request_that_fails_is_an_error_and_never_a_missing_paper(second: SecondSource) -> None:
    example = (EXAMPLES / f"{second.fallback_for}.txt").read_text("utf-8").split()[0]
    wanted = [PaperId(f"{second.fallback_for}:{example}")]
    for status in (401, 410, 500):
        with pytest.raises(SourceError):
            list(second.fetch(wanted, Canned(response(b"{}", status=status))))
