"""Closed sets of the document's words; minor versions add codes of warnings and notices."""

from __future__ import annotations

from typing import Any, Literal, get_args

Form = Literal["url", "text", "doi", "bare", "link_text"]
"""How a reference is written."""

Role = Literal["own", "cited", "mentioned"]
"""Role of a paper in the text: claimed as own, in a reference list, or only mentioned."""

Decision = Literal[
    "accepted", "rejected", "under_review", "withdrawn", "desk_rejected", "retracted"
]

TalkStatus = Literal["cancelled", "tentative", "postponed"]

NewsCode = Literal[
    "moved",
    "new_decision",
    "new_publication",
    "new_talk",
    "new_version",
    "now_cancelled",
    "now_resolved",
]
"""Why a talk is news since an earlier output."""

WarningCode = Literal[
    "bad_time",
    "end_before_start",
    "floating_time",
    "link_mismatch",
    "moved",
    "new_decision",
    "new_publication",
    "new_talk",
    "new_version",
    "no_start",
    "no_uid",
    "now_cancelled",
    "now_resolved",
    "other",
    "private_cut",
    "recurring",
    "recurring_unchecked",
    "rescheduled",
    "texts_truncated",
    "unclosed_event",
    "unknown_version",
    "unknown_zone",
    "unresolvable_link",
    "vanished",
]
"""Includes `NewsCode`; `other` is read in place of a code of a later version."""

NoticeCode = Literal[
    "bad_record",
    "calendar_of_page",
    "duplicates_dropped",
    "event_too_large",
    "no_occurrence",
    "no_talks",
    "nothing_new",
    "other",
    "stale_feed",
    "truncated_event",
    "truncated_feed",
    "unreadable_event",
    "unreadable_feed",
]


def known_word(words: Any, word: str | None, default: str | None = None) -> Any:
    """Return a word if a Literal type has it, otherwise the default.

    >>> known_word(Form, "doi"), known_word(NoticeCode, "of a later version", "other")
    ('doi', 'other')
    """
    return word if word is not None and word in get_args(words) else default
