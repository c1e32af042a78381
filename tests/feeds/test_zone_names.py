"""Zones by the names that programs write: each name with its offsets in January and July."""

from __future__ import annotations

from datetime import datetime

import pytest

from enrich.feeds.ical.times import Zones, parse_moment

_NAMES = [
    ("UTC+1", "+01:00", "+01:00"),
    ("utc-3:30", "-03:30", "-03:30"),
    ("GMT+0100", "+01:00", "+01:00"),
    ("GMT-5", "-05:00", "-05:00"),
    ("Etc/GMT+1", "-01:00", "-01:00"),
    ("etc/gmt+1", "-01:00", "-01:00"),
    ("Coordinated Universal Time", "+00:00", "+00:00"),
    ("(UTC-11:00) Coordinated Universal Time-11", "-11:00", "-11:00"),
    ("(GMT-05:00) Eastern Time (US & Canada)", "-05:00", "-04:00"),
    ("(GMT-05.00) Eastern Time (US & Canada)", "-05:00", "-04:00"),
    ("(GMT+01.00) Amsterdam, Berlin, Bern", "+01:00", "+02:00"),
    ("(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien", "+01:00", "+02:00"),
    ("(UTC+01:00) Brüssel, Kopenhagen, Madrid, Paris", "+01:00", "+02:00"),
    ("(GMT+08.00) Nowhere", None, None),
    ("UTC+5.30", None, None),
    ("(UTC+02:00) Kyiv", "+02:00", "+03:00"),
    ("(UTC+01:00) Vienna, Amsterdam", "+01:00", "+02:00"),
    ("(UTC+01:00) Europe/Paris", "+01:00", "+02:00"),
    ("Kathmandu", "+05:45", "+05:45"),
    ("America-Indiana-Knox", "-06:00", "-05:00"),
    ("tzone://Microsoft/Utc", "+00:00", "+00:00"),
    ("tzone://Microsoft/W. Europe Standard Time", "+01:00", "+02:00"),
    ("UTC+15", None, None),
    ("(UTC+08:00) Nowhere", None, None),
    ("tzone://Microsoft/Custom", None, None),
    ("A-B-C", None, None),
]


@pytest.mark.parametrize(("name", "winter", "summer"), _NAMES)
def test_name(name: str, winter: str | None, summer: str | None) -> None:
    """Find the zone of a name, east positive but in the database's own Etc names."""
    for month, offset in (("01", winter), ("07", summer)):
        found = parse_moment(f"2026{month}01T100000", {"TZID": name}, Zones())
        assert found.time == datetime.fromisoformat(f"2026-{month}-01T10:00:00{offset or ''}")
        assert found.problem == ("unknown_zone" if offset is None else None)
