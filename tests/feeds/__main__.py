"""A table of feeds: `python -m tests.feeds FILE…` says what we read of each, and what icalendar does."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from tests.feeds import read
from tests.feeds.test_differential import by_icalendar

for path in map(Path, sys.argv[1:]):
    data = path.read_bytes()
    talks, notices = read(data, name=path.stem)
    theirs = by_icalendar(data)
    warned = Counter(warning.code for talk in talks for warning in talk.warnings)
    told = Counter(notice.code for notice in notices)
    counts = ", ".join(f"{code} {count}" for code, count in (told + warned).items())
    print(f"{path.name} | {len(talks)} | {'refuses' if theirs is None else len(theirs)} | {counts}")
