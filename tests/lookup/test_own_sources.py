"""`Enricher(sources=[…])`: extraction and lookup use exactly those."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from enrich.enricher import Enricher
from enrich.errors import InvalidId
from enrich.model import Mention
from enrich.paper import Paper, PaperId
from tests.lookup.fake_source import FakeSource


class Zentralblatt(FakeSource):
    """A source of its own, with a grammar: `zb:123`."""

    @property
    def anchors(self) -> tuple[bytes, ...]:
        return (b"zb:",)

    def recognise(self, text: bytes, at: int) -> Sequence[Mention]:
        if not (m := re.compile(rb"zb:(\d+)").match(text, at)):
            return ()
        return (Mention(PaperId(f"zb:{m[1].decode()}"), None, m.start(), m.end(), "text"),)

    def canonical(self, text: str) -> tuple[PaperId, str | None] | None:
        return (PaperId(f"zb:{text}"), None) if text.isdigit() else None


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    enricher = Enricher(sources=[Zentralblatt("zb")], cache_dir=tmp_path)  # type: ignore[list-item]
    with enricher:
        monkeypatch.setattr(enricher, "_ensure_session", lambda: None)
        yield enricher


def test_its_own_grammar_and_no_other_is_searched(mine: Enricher) -> None:
    annotated = mine.enrich_text("see zb:17 and arXiv:2103.01338")
    assert [r.exact for r in annotated.references] == ["zb:17"]
    (paper,) = annotated.papers.values()
    assert isinstance(paper, Paper)
    assert paper.title == "Title 17"


def test_ids_of_lookup_are_parsed_by_its_own_grammar(mine: Enricher) -> None:
    assert list(mine.lookup(["zb:17", "18"])) == ["zb:17", "zb:18"]
    with pytest.raises(InvalidId):
        mine.lookup(["arXiv:2103.01338"])


def test_no_sources_recognise_nothing(tmp_path: Path) -> None:
    with Enricher(sources=[], cache_dir=tmp_path) as enricher:
        assert enricher.enrich_text("arXiv:2103.01338").references == ()
