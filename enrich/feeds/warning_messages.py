"""Messages of the warnings that reading a talk can give, and how one is added. Pure."""

from __future__ import annotations

from enrich.codes import WarningCode
from enrich.model import TalkWarning

_MESSAGES: dict[WarningCode, str] = {
    "bad_time": "a time is not written as calendars write it",
    "end_before_start": "the end lies before the start",
    "floating_time": "the time has no zone",
    "no_start": "there is no DTSTART",
    "no_uid": "there is no UID; the id was made from the event's texts",
    "private_cut": "a meeting link, its number or passcode, or an address of the event's people was cut",
    "recurring": "the event recurs; the start is that of its first occurrence",
    "recurring_unchecked": "the rule of recurrence is not understood or needs too many steps; the talk is kept",
    "texts_truncated": "the event's further texts are longer than 64 kB; the rest is not searched",
    "unclosed_event": "there is no END:VEVENT; the event ends where the next line of structure stands",
    "unknown_zone": "the zone of a time is not known",
}


def add_warning(warnings: tuple[TalkWarning, ...], code: WarningCode) -> tuple[TalkWarning, ...]:
    """Return the warnings with one more, each code once."""
    if any(warning.code == code for warning in warnings):
        return warnings
    return (*warnings, TalkWarning(code=code, message=_MESSAGES[code]))


def is_own_message(warning: TalkWarning) -> bool:
    """Return whether a warning has the message that this module gives its code."""
    return _MESSAGES.get(warning.code) == warning.message
