"""OpenReview's two APIs: disjoint stores of notes, the gate before them, and the login.

Answers follow recorded notes and error bodies; no body of a 404 or of a login was to be had recorded,
they are after openreview-py and the API's description.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from tests.fakes.papers import EVERYONE, FakeNote
from tests.fakes.wire import Answer, Request

API1, API2 = "api.openreview.net", "api2.openreview.net"
PAGE = "application/json; charset=utf-8"

Note = dict[str, Any]


class OpenReview:
    """Both hosts; a test adds notes and turns the switches."""

    hosts = (API1, API2)

    def __init__(self) -> None:
        self.notes: dict[str, dict[str, Note]] = {API1: {}, API2: {}}
        self.missing: Literal["404", "empty"] = "404"
        """What an unknown id gives: NotFoundError, or 200 with an empty list."""
        self.gate: Literal["open", "403", "page"] = "open"
        """What an anonymous caller meets: an answer, ChallengeRequiredError, or a page under 200."""
        self.limit: int | None = None
        """Requests that are answered before RateLimitError; None: any number."""
        self.reset_s = 3613.0
        """Seconds until `details.resetTime` of that error."""
        self.accounts: dict[str, str] = {"ada@example.org": "correct horse"}
        """User name to password."""
        self.second_factor = False
        """True: a right password gives `mfaPendingToken` and no token."""
        self.logins = 0
        """Logins asked for, granted or not."""
        self.tokens: set[str] = set()
        """Tokens that are good; drop one and it has expired."""
        self.refused: set[str] = set()
        """Ids of notes that give ForbiddenError, with a login or without."""
        self._asked = 0

    def add(self, *notes: FakeNote) -> None:
        """Let the service have these notes."""
        for note in notes:
            self.add_json(note.api, note_json(note))

    def add_json(self, api: Literal[1, 2], note: Mapping[str, Any]) -> None:
        """Let one host have a note given as the service's own JSON object."""
        self.notes[API1 if api == 1 else API2][note["id"]] = dict(note)

    def remove(self, *ids: str) -> None:
        """Let neither host have them any more."""
        for store in self.notes.values():
            for id_ in ids:
                store.pop(id_, None)

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        if request.path == "/login" and request.method == "POST":
            return self._login(request)
        if request.path != "/notes" or request.method != "GET":
            return _error(404, "NotFoundError", f"The page {request.path} was not found")
        scheme, _, token = (request.headers.get("authorization") or "").partition(" ")
        if scheme and (scheme != "Bearer" or token not in self.tokens):
            return _error(401, "TokenExpiredError", "Token has expired, please log in again")
        self._asked += 1
        if self.limit is not None and self._asked > self.limit:
            return self._too_many()
        if not scheme and self.gate != "open":
            return self._challenge(request)
        return self._notes(self.notes[request.host], request.query, member=bool(scheme))

    def _notes(self, store: dict[str, Note], query: dict[str, str], *, member: bool) -> Answer:
        name = next((n for n in ("id", "forum", "original", "paperhash") if query.get(n)), None)
        if name is None:
            return _error(400, "ValidationError", "The query holds no known parameter")
        wanted = query[name]
        found = [
            note
            for note in store.values()
            if wanted == (_plain(note, name) if name == "paperhash" else note.get(name))
        ]
        if query.get("trash") != "true":
            found = [note for note in found if note.get("ddate") is None]
        if any(note["id"] in self.refused for note in found):
            return _error(403, "ForbiddenError", f"User Guest is not reader of {wanted}")
        shown = [n for n in found if member or "everyone" in n["readers"]]
        if name == "id" and found and not shown:
            return _error(403, "ForbiddenError", f"User Guest is not reader of {wanted}")
        if name == "id" and not shown and self.missing == "404":
            return _error(404, "NotFoundError", f"The Note {wanted} was not found")
        notes = [note if member else _public(note) for note in shown]
        return _json(200, {"notes": notes, "count": len(notes)})

    def _challenge(self, request: Request) -> Answer:
        if self.gate == "page":
            return Answer(media="text/html; charset=utf-8", body=CHALLENGE_PAGE)
        where = quote(f"https://{request.host}{request.target}", safe="")
        return _error(
            403,
            "ChallengeRequiredError",
            f"Challenge verification required ({_request_id()})",
            challengeUrl=f"https://openreview.net/challenge?redirect={where}",
        )

    def _too_many(self) -> Answer:
        reset = datetime.now(UTC) + timedelta(seconds=self.reset_s)
        minutes, seconds = divmod(int(self.reset_s), 60)
        return _error(
            429,
            "RateLimitError",
            f"Too many requests: You have made {self._asked} requests, surpassing the limit of "
            f"{self.limit} requests. Please try again in {minutes} minutes and {seconds} seconds "
            f"({_request_id()})",
            limit=self.limit,
            remaining=0,
            resetTime=reset.strftime("%Y-%m-%dT%H:%M:%S.") + f"{reset.microsecond // 1000:03}Z",
            used=self._asked,
            current=self._asked,
            reqId=_request_id(),
        )

    def _login(self, request: Request) -> Answer:
        self.logins += 1
        asked = json.loads(request.body)
        name = asked.get("id")
        if name not in self.accounts or asked.get("password") != self.accounts[name]:
            return _error(400, "LoginError", "Invalid username or password")
        if self.second_factor:
            pending = {"mfaPendingToken": "pending", "mfaMethods": ["totp"]}
            return _json(200, pending)
        token = f"token-{self.logins}"
        self.tokens.add(token)
        return _json(200, {"token": token, "user": {"id": name}})


def note_json(note: FakeNote) -> Note:
    """A note as the service writes it."""
    content: Note = {
        "title": note.title,
        "authors": list(note.authors) if isinstance(note.authors, tuple) else note.authors,
        "abstract": note.abstract,
        "venue": note.venue,
        "venueid": note.venueid,
        "pdf": note.pdf,
        **note.content,
    }
    content = {key: value for key, value in content.items() if value is not None}
    dates = {name: getattr(note, name) for name in ("cdate", "tcdate", "tmdate", "ddate", "mdate")}
    both: Note = {
        "id": note.id,
        "forum": note.forum or note.id,
        "number": note.number,
        **dates,
        "replyto": note.replyto,
        "readers": list(note.readers),
        "nonreaders": [],
    }
    dated = {name: getattr(note, name) for name in ("odate", "pdate")}
    venue = re.sub(r"(/(Paper|Submission)\d+)?/-/.*", "", note.invitation)
    if note.api == 1:
        return {
            **both,
            **{name: value for name, value in dated.items() if value is not None},
            "original": note.original,
            "referent": note.referent,
            "invitation": note.invitation,
            "signatures": [venue],
            "writers": [venue],
            "content": content,
            "details": None,
            **note.fields,
        }
    wrapped: Note = {key: {"value": value} for key, value in content.items()}
    for key in note.hidden:
        wrapped[key]["readers"] = [venue]
    return {
        **both,
        **dated,
        "invitations": [note.invitation],
        "domain": venue,
        "license": "CC BY 4.0",
        "version": 2,
        "signatures": [f"{venue}/Submission{note.number}/Authors"],
        "writers": [venue, f"{venue}/Submission{note.number}/Authors"],
        "content": wrapped,
        **note.fields,
    }


def _public(note: Note) -> Note:
    """The note without what not everyone may read."""
    content = {
        key: value
        for key, value in note["content"].items()
        if not isinstance(value, dict) or "everyone" in value.get("readers", EVERYONE)
    }
    return {**note, "content": content}


def _plain(note: Note, key: str) -> Any:
    value = note["content"].get(key)
    return value.get("value") if isinstance(value, dict) else value


def _json(status: int, value: object) -> Answer:
    policy = ("ratelimit-policy", "180;w=60")
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(status=status, media=PAGE, headers=(policy,), body=body)


def _error(status: int, name: str, message: str, **details: object) -> Answer:
    value: Note = {"name": name, "message": message, "status": status}
    return _json(status, {**value, "details": details} if details else value)


def _request_id() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S")


CHALLENGE_PAGE = (
    b"<!DOCTYPE html><html><head><title>Verifying your browser | OpenReview</title></head>"
    b'<body><div id="challenge">Verifying your browser</div></body></html>\n'
)
