"""Forms of OpenReview papers, which are always URLs. Pure.

Routes: openreview/openreview-web, app/. The path is matched first, because URLs of groups, profiles and
invitations have an `id=` too. Ids consist of `[A-Za-z0-9_-]`, may begin and end with `-` or `_`, and are
case-sensitive.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from enrich.model import Mention
from enrich.paper import PaperId
from enrich.text import urls as addresses
from enrich.text.patterns import compile_later

_ANCHORS = (b"openreview.net/", b"huggingface.co/papers/", b"hf.co/papers/")

_ID = rb"(?P<id>(?:[A-Za-z0-9-]|_(?!_;)){5,20}+)(?:(?=__;)|(?![A-Za-z0-9_-]|\.[A-Za-z]{1,20}/))"
"""Pattern of an id, also inside Proofpoint's version 3 brackets: `__URL__;`."""
_ROUTE = compile_later(
    rb"(?i)/{0,3}(?:(forum)|(?:references/)?(?:pdf|attachment)|revisions(?:/compare)?|notes)/?\?"
)
_NOTE = compile_later(rb"(?i)(?:id|forum)=" + _ID)
_PAPER = compile_later(rb"(?i)(?:id|forum|(?P<reply>noteid))=" + _ID)
_WRAPPER = compile_later(rb"(?i)/{1,3}(?:challenge|login)/?\?")
_REDIRECT = compile_later(rb"(?i)redirect=(?:https?://(?:www\.)?openreview\.net)?(?=/{0,3}[a-z])")
_EDIT = compile_later(rb"(?i)/{0,3}notes/edits/(?:pdf|attachment)/?\?")
_EDIT_ID = compile_later(rb"(?i)id=[\w-]{1,40}")
_PAGE_WITHOUT_PAPER = compile_later(
    rb"(?i)/{0,3}(?:(?:pdf|attachment)/[0-9a-f]{16,64}\.[a-z0-9]{2,4}"
    rb"|forum/[^\s?#&\"'<>()\[\]]{3,300}(?![\x80-\xbf]))"
)
_HOSTS = frozenset({b"", b"www.", b"api.", b"api2."})
_HUGGING_FACE = compile_later(
    rb"(?i:huggingface|hf)\.(?i:co/papers/)(?P<id>(?=[^A-Z]{0,11}[A-Z])(?=[^a-z]{0,11}[a-z])(?:[A-Za-z0-9-]|_(?!_;)){9,12}+)(?:(?=__;)|(?![\w-]))"
)
_KEY = compile_later(r"[A-Za-z0-9_-]{5,20}")
_HOST = b"openreview.net/"
_FOLDED_NOTE = compile_later(
    rb"(?i)openreview\.net/[^\s<>\"']{1,120}?(?:[?&;]|%3f|%26)(?:id|noteid|forum)(?:=|%3d)([\w-]{1,20})"
    rb"(\r?\n[ \t])((?:\\?[\w-]){1,20})"
)
_MIN_NOTE_CHARS, _MAX_NOTE_CHARS = 9, 12
"""Minimum and maximum length of OpenReview's ids in all public lists."""


def recognise(text: bytes, at: int) -> Sequence[Mention]:
    """Return the paper or link around byte `at`."""
    if text[at] in b"hH":
        return _match_hugging_face(text, at)
    path = at + len("openreview.net")
    if wrapper := _WRAPPER.match(text, path):
        redirect = addresses.match_parameter(text, wrapper.end(), _REDIRECT)
        if redirect is None:
            return ()
        path = redirect.end()
    found = _match_paper(text, path)
    if found is None:
        found = _match_other_page(text, path)
        paper = None
    else:
        paper = PaperId("openreview:" + found["id"].decode())
    if found is None or addresses.is_userinfo(text, found.end()):
        return ()
    if addresses.is_glued(text, at) or text[at - 1 : at] in {b"-", b"_"}:
        return ()
    host = addresses.find_host_start(text, at)
    host += at - host - len(text[host:at].lstrip(b".-"))
    if text[host:at].lower() not in _HOSTS:
        return ()
    return (Mention(paper, None, addresses.find_scheme_start(text, host), found.end(), "url"),)


def _match_paper(text: bytes, at: int) -> re.Match[bytes] | None:
    """Match the query parameter with the paper's id, or else the one with the reply's id."""
    route = _ROUTE.match(text, at)
    if route is None:
        return None
    found = addresses.match_parameter(text, route.end(), _PAPER)
    if found is None or not found["reply"]:
        return found
    if not route[1]:
        return None
    return addresses.match_parameter(text, found.end() + 1, _NOTE) or found


def _match_other_page(text: bytes, at: int) -> re.Match[bytes] | None:
    """Match a path of an OpenReview page that has no paper's id."""
    if edit := _EDIT.match(text, at):
        return addresses.match_parameter(text, edit.end(), _EDIT_ID)
    return _PAGE_WITHOUT_PAPER.match(text, at)


def _match_hugging_face(text: bytes, at: int) -> Sequence[Mention]:
    """Recognize an OpenReview id in Hugging Face's URL.

    Other pages have a word in the place of the id; an id has capital and small letters.
    """
    found = _HUGGING_FACE.match(text, at)
    host = addresses.find_host_start(text, at)
    if (
        found is None
        or text[host:at].lower() not in {b"", b"www."}
        or addresses.is_userinfo(text, found.end())
    ):
        return ()
    start = addresses.find_scheme_start(text, host)
    return (
        Mention(PaperId("openreview:" + found["id"].decode()), None, start, found.end(), "url"),
    )


def canonical(text: str) -> tuple[PaperId, str | None] | None:
    """Return the id of a bare key.

    >>> canonical("FpKgG31Z_i9"), canonical("no id")
    (('openreview:FpKgG31Z_i9', None), None)
    """
    return (PaperId("openreview:" + text), None) if _KEY.fullmatch(text) else None


class OpenReviewForms:
    """Forms of OpenReview: recognition, canonical ids and links."""

    name = "openreview"
    title = "OpenReview"
    anchors: tuple[bytes, ...] = _ANCHORS
    recognise = staticmethod(recognise)
    canonical = staticmethod(canonical)

    def url(self, paper: PaperId) -> str:
        """Return the address of the forum's page."""
        return f"https://openreview.net/forum?id={paper.key}"

    def pdf(self, paper: PaperId) -> str | None:
        """Return the address of the PDF."""
        return f"https://openreview.net/pdf?id={paper.key}"

    def doi(self, paper: PaperId) -> str | None:  # noqa: ARG002
        """Return None: OpenReview registers no DOIs."""
        return None


def find_split_ids(raw: bytes, low: bytes) -> Iterator[tuple[int, int]]:
    """Yield the calendar folds inside an id."""
    at = low.find(_HOST)
    while at >= 0:
        match = _FOLDED_NOTE.match(raw, at)
        if match is not None:
            line = match.end(1) - raw.rfind(b"\n", at - 76 if at > 76 else 0, match.end(1)) - 1
            length = len(match[1]) + len(match[3].replace(b"\\", b""))
            if _MIN_NOTE_CHARS <= length <= _MAX_NOTE_CHARS and (
                len(match[1]) < _MIN_NOTE_CHARS or line >= 70 or b"\r" in match[2]
            ):
                yield match.span(2)
        at = low.find(_HOST, at + len(_HOST))


FORMS = OpenReviewForms()
