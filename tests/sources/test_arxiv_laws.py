"""Laws of arXiv's `fetch` over any mixture of papers, versions and ids that are none, without sockets."""

from __future__ import annotations

import http.client
from typing import Any
from urllib.parse import urlsplit

import requests
from hypothesis import given
from hypothesis import strategies as st

from enrich.paper import Paper, PaperId, Unresolved
from enrich.sources.arxiv.api import SOURCE
from tests.fakes import FakePaper, FakeVersion, Request
from tests.fakes.arxiv import Arxiv
from tests.sources.answers import fetch, response

VERSIONS = {"2103.00001": 1, "2103.00002": 3, "2103.00003": 12, "math/0601001": 2}
UNKNOWN = ["2103.09991", "hep-th/9901999"]
MALFORMED = ["nonsense", "also/none"]
KEYS = st.sampled_from([*VERSIONS, *UNKNOWN, *MALFORMED])
WANTED = st.lists(
    st.tuples(KEYS, st.none() | st.sampled_from(["v1", "v2", "v3", "v12", "v40"])), max_size=12
)


def day(number: int) -> str:
    return f"20{number:02}-01-02"


class Near(requests.Session):
    """The stand-in's answers without its sockets."""

    def __init__(self, service: Arxiv) -> None:
        super().__init__()
        self.service = service
        self.asked: list[list[str]] = []

    def get(self, url: Any, **_: Any) -> requests.Response:
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}"
        none = http.client.HTTPMessage()
        request = Request(
            method="GET", scheme="https", host=parts.netloc, target=target, headers=none
        )
        self.asked.append(request.query["id_list"].split(","))
        answer = self.service.answer(request)
        made = response(answer.body, status=answer.status, url=url)
        SOURCE.check(made)
        return made


@given(WANTED, st.sampled_from(["400", "omitted"]), st.booleans(), st.randoms())
def test_each_pair_is_answered_once_and_rightly(
    wanted: list[tuple[str, str | None]], malformed: Any, counts_unknown: bool, chance: Any
) -> None:
    service = Arxiv()
    service.malformed = malformed
    service.counts_unknown = counts_unknown
    service.order = lambda hits: chance.sample(hits, len(hits))
    for key, number in VERSIONS.items():
        versions = [
            FakeVersion(date=f"{day(n)}T00:00:00Z", title=f"v{n}") for n in range(1, number + 1)
        ]
        service.add(FakePaper(id=key, title=f"v{number}", versions=versions))
    # one good paper always, for an answer without any is a fault
    pairs = [(PaperId(f"arxiv:{key}"), version) for key, version in [("2103.00001", None), *wanted]]
    session = Near(service)
    found = fetch(SOURCE, session, *pairs)
    assert set(found) == set(pairs)
    for (paper, version), lookup in found.items():
        number = VERSIONS.get(paper.key, 0)
        cited = int(version[1:]) if version else number
        if 1 <= cited <= number:
            assert isinstance(lookup, Paper), lookup
            assert lookup.title == f"v{cited}"
            assert lookup.published == day(1)
            assert lookup.updated == (day(cited) if cited > 1 else None)
        else:
            assert isinstance(lookup, Unresolved), lookup
            assert lookup.code == "not_found"
        if version is None and isinstance(lookup, Paper):
            asked_too = {v for p, v in pairs if p == paper and v and int(v[1:]) <= number}
            rows = {row.version: row for row in lookup.versions}
            assert set(rows) == {"v1", f"v{number}"} | asked_too
            assert all(rows[v].title == v and rows[v].date == day(int(v[1:])) for v in asked_too)
            assert lookup.latest_version == f"v{number}"
    assert all(ids == sorted(set(ids)) for ids in session.asked)
    bad = {paper.key for paper, _ in pairs} & set(MALFORMED)
    assert len(session.asked) <= 2 + 2 * len(wanted) * bool(bad)
    assert bad or len(session.asked) <= 2
