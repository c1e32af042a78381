"""Keys of duplicates: the same in every process, equal for equal talks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from enrich.feeds.duplicates import DuplicateFilter, override_key, talk_key
from enrich.model import Notice, Talk

CODE = """
import io, json
from datetime import UTC, date, datetime
from enrich.feeds.duplicates import override_key, talk_key
from enrich.feeds.ical.lines import find_spans
from enrich.model import Talk
talks = [
    Talk(id="1", start_time=datetime(2022, 2, 18, 18, tzinfo=UTC)), Talk(id="1", start_time=date(2022, 2, 18)),
    Talk(id="2", title="T"), Talk(id="3", url="https://researchseminars.org/talk/SciML/3/"),
]
file = b"BEGIN:VEVENT\\nUID:1\\nEND:VEVENT\\nBEGIN:VEVENT\\nUID:SciML/3\\nEND:VEVENT\\n"
keys = find_spans(io.BytesIO(file), keys=True, max_event_bytes=100).keys
print(json.dumps([*map(talk_key, talks), override_key(talks[0], "20220218"), *keys]))
"""


def test_keys_are_the_same_under_every_hash_seed() -> None:
    found = []
    for seed in ("1", "2"):
        env = os.environ | {"PYTHONHASHSEED": seed}
        run = subprocess.run([sys.executable, "-c", CODE], env=env, capture_output=True, check=True)
        found.append(json.loads(run.stdout))
    assert found[0] == found[1]
    assert len(set(found[0])) == 7


def test_keys_stay_what_they_are() -> None:
    talk = Talk(id="1", start_time=datetime(2022, 2, 18, 18, tzinfo=UTC))
    assert talk_key(talk) == -5951008009644468011


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"room": "5"}, {"room": "6"}, True),
        ({"title": "A"}, {"title": "B"}, False),
        ({"id": "2"}, {}, False),
        (
            {"start_time": datetime(2022, 2, 18, 18, tzinfo=UTC)},
            {"start_time": datetime(2022, 2, 18, 20, tzinfo=timezone(timedelta(hours=2)))},
            True,
        ),
        (
            {"start_time": date(2022, 2, 18)},
            {"start_time": datetime(2022, 2, 18, tzinfo=UTC)},
            False,
        ),
        (
            {"id": "2", "url": "https://researchseminars.org/talk/S/1/"},
            {"url": "http://mathseminars.org/talk/S/1"},
            True,
        ),
        ({"start_time": datetime.max.replace(tzinfo=timezone(-timedelta(hours=9)))}, {}, False),
    ],
)
def test_talks_share_a_key_if_they_are_the_same(
    one: dict[str, object], other: dict[str, object], same: bool
) -> None:
    first, second = (Talk(**({"id": "1"} | fields)) for fields in (one, other))  # type: ignore[arg-type]
    assert (talk_key(first) == talk_key(second)) is same


def test_an_override_has_a_key_of_its_own() -> None:
    talk = Talk(id="1", start_time=datetime(2022, 2, 18, 18, tzinfo=UTC))
    assert talk.start_time is not None
    keys = {talk_key(talk), override_key(talk, talk.start_time), override_key(talk, "TBA")}
    assert len(keys) == 3


def test_duplicates_are_dropped_counted_and_reported_once() -> None:
    notices: list[Notice] = []
    seen = {1}
    new = DuplicateFilter(seen, dropped=1)
    assert [new.add(key) for key in (1, 2, 2)] == [False, True, False]
    new.report(notices.append, "feed")
    assert [(n.message, n.feed) for n in notices] == [("3 duplicates were dropped", "feed")]
    assert seen == {1, 2}
    every = DuplicateFilter(None)
    assert every.add(1)
    assert every.add(1)
    every.report(notices.append, None)
    assert len(notices) == 1
