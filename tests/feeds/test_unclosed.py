"""Lines of properties with a quote that is never closed, or without a value."""

from __future__ import annotations

import pytest

from enrich.feeds.ical.values import read_properties, split_line


@pytest.mark.parametrize(
    ("line", "parameters", "value"),
    [
        ('DTSTART;TZID="Europe/Paris:20260609T090000', {"TZID": "Europe/Paris"}, "20260609T090000"),
        ('DTSTART;TZID="Europe/Paris:20260609T090000"', {"TZID": "Europe/Paris"}, "20260609T090000"),
        ('SUMMARY;LANGUAGE="de;X=1:On "sets"', {"LANGUAGE": "de", "X": "1"}, 'On "sets"'),
        ('SUMMARY;ALTREP="http://x.org/a:A title', {"ALTREP": "http"}, "A title"),
        ('ATTENDEE;CN="Roe, J";ROLE="REQ:mailto:a@b.c', {"CN": "Roe, J", "ROLE": "REQ"}, "mailto:a@b.c"),
        ('SUMMARY;LANGUAGE="de":On "sets', {"LANGUAGE": "de"}, 'On "sets'),
    ],
)  # fmt: skip
def test_unclosed_quote(line: str, parameters: dict[str, str], value: str) -> None:
    """Keep the value whatever is wrong with the quotes before it."""
    assert split_line(line) == (line.partition(";")[0], parameters, value)


@pytest.mark.parametrize(
    ("line", "continues"),
    [
        ("LOCATION", False),
        ('LOCATION;LANGUAGE="fr', False),
        ("DTEND;TZID=Europe/Paris 20260609", False),
        ("Location", True),
        ("LOCATION OF THE TALK", True),
        ("Summary of talk: sets", True),
    ],
)
def test_line_without_value(line: str, *, continues: bool) -> None:
    """Continue the text before a line only if no property's name begins it."""
    read = read_properties(["DESCRIPTION:On sets", line]).first
    assert read == {"DESCRIPTION": f"On sets\n{line}" if continues else "On sets"}
