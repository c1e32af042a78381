"""What every second source keeps, found by its file."""

from __future__ import annotations

import pytest

from enrich import fallbacks, sources
from enrich.errors import SourceError
from tests.sources.answers import response

EACH = pytest.mark.parametrize("fallback", fallbacks.fallbacks(), ids=fallbacks.names())


@EACH
def test_it_stands_behind_a_source_and_signs_its_records(fallback: fallbacks.Fallback) -> None:
    assert fallback.name in fallbacks.names()
    assert fallback.source in sources.names()
    assert fallback.revision >= 1
    assert fallback.politeness.delay_s >= 1
    ours = {host for source in sources.sources() for host in source.politeness.hosts}
    assert ours.isdisjoint(fallback.politeness.hosts)


@EACH
@pytest.mark.parametrize(
    "body", [b"<html></html>", b"", b"null", b"[]", b'{"data": {}}', b"[" * 99_999]
)
def test_what_is_no_answer_is_not_believed(fallback: fallbacks.Fallback, body: bytes) -> None:
    with pytest.raises(SourceError):
        fallback.check(response(body))
    with pytest.raises(SourceError):
        fallback.check(response(body, status=403))
