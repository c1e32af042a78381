"""What writers write, as laws; whole outputs are in `test_main_job`."""

from __future__ import annotations

import json

from hypothesis import given

from enrich.model import AnnotatedTalk, Document
from enrich.text.terminal import printable
from enrich.writers import write
from tests.strategies import annotated_talks


@given(annotated_talks)
def test_a_line_of_ndjson_is_what_to_dict_says(talk: AnnotatedTalk) -> None:
    expected = json.dumps(talk.to_dict(), ensure_ascii=False, separators=(",", ":"))
    assert list(write(Document([talk, talk]), "ndjson")) == [printable(expected) + "\n"] * 2
