"""Messages of warnings about a talk, and the function that adds one. Pure."""

from __future__ import annotations

from enrich.codes import WarningCode
from enrich.model import TalkWarning

_MESSAGES: dict[WarningCode, str] = {
    "bad_time": "a time does not have the form that calendars use",
    "end_before_start": "the end is before the start",
    "floating_time": "the time has no zone",
    "no_start": "there is no DTSTART",
    "no_uid": "there is no UID; the id was made from the event's texts",
    "private_cut": "a meeting link, its number or passcode, or an address of the event's people was redacted",
    "recurring": "the event recurs; the start is that of its first occurrence",
    "recurring_unchecked": "the recurrence rule cannot be read or needs too many steps; the talk is kept",
    "texts_truncated": "the event's further texts are longer than 64 kB; the rest is not searched",
    "unclosed_event": "END:VEVENT is missing; the event ends at the next BEGIN or END line",
    "unknown_zone": "the time zone of a time is unknown",
}


def add_warning(warnings: tuple[TalkWarning, ...], code: WarningCode) -> tuple[TalkWarning, ...]:
    """Add a warning, unless its code is there already."""
    if any(warning.code == code for warning in warnings):
        return warnings
    return (*warnings, TalkWarning(code=code, message=_MESSAGES[code]))


def is_own_message(warning: TalkWarning) -> bool:
    """Return whether a warning has the message that this module gives its code."""
    return _MESSAGES.get(warning.code) == warning.message
