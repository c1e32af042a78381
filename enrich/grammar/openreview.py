"""How people write OpenReview papers: always as an address. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from enrich.model import Mention
from enrich.paper import PaperId

ANCHORS = (b"openreview.net/",)

_ID = rb"[A-Za-z0-9_-]{5,20}(?![A-Za-z0-9_-])"
_LINK = re.compile(
    rb"openreview\.net/(?:forum|pdf|attachment|revisions)\?(?:[\w.-]{1,32}=[^&\s]{0,64}&){0,6}id=("
    + _ID
    + rb")",
    re.IGNORECASE,
)
_KEY = re.compile(_ID)


def recognise(text: bytes, at: int) -> Sequence[Mention]:
    """The paper that the address at byte `at` names."""
    match = _LINK.match(text, at)
    if match is None:
        return ()
    start = at
    for scheme in (b"https://", b"http://"):
        if text[max(0, at - len(scheme)) : at].lower() == scheme:
            start = at - len(scheme)
    return (Mention(PaperId("openreview:" + match[1].decode()), None, start, match.end(), "url"),)


def canonical(text: str) -> tuple[PaperId, str | None] | None:
    """The id that a bare key stands for; OpenReview has no versions.

    >>> canonical("FpKgG31Z_i9"), canonical("no id")
    (('openreview:FpKgG31Z_i9', None), None)
    """
    return (PaperId("openreview:" + text), None) if _KEY.fullmatch(text.encode()) else None
