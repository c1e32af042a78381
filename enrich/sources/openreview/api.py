"""OpenReview: one request per note, to the one of its two APIs that has the note.

The rules are those of OpenReview's site (openreview/openreview-web, app/forum/page.js). An id may belong to
a paper, a reply, a revision, or the original of a blind copy; the forum is the paper.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from enrich.errors import BadAnswer, ErrorCode, Overloaded, Refused, SourceError
from enrich.http.dates import parse_http_date
from enrich.http.politeness import Politeness
from enrich.paper import Author, Lookup, Paper, PaperId, Unresolved
from enrich.sources._answers import parse_json
from enrich.sources.openreview import note as read
from enrich.sources.openreview.forms import OpenReviewForms, canonical

if TYPE_CHECKING:
    from requests import Response, Session

API1, API2 = "api.openreview.net", "api2.openreview.net"

_REMEDIES = (
    "set OPENREVIEW_TOKEN, or OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD, "
    "or pass the paper with --papers FILE"
)

logger = logging.getLogger("enrich")

Login = str | tuple[str, str]
"""A token, or user name and password."""


class OpenReview(OpenReviewForms):
    """Source of OpenReview's papers."""

    revision = 1
    politeness = Politeness(hosts=(API1, API2), delay_s=1.0, keep_s=3600)

    def check(self, response: Response) -> None:
        """Check that a response comes from the API.

        Raises:
            BadAnswer: a 200 without JSON or, from `/notes`, without notes.
            Refused: the challenge, under 403 or as a web page under 200.
            Overloaded: RateLimitError, with its pause.
        """
        body = parse_json(response)
        status = response.status_code
        if status == 200 and not isinstance(body, Mapping):
            if _is_challenge_page(response):
                raise _make_challenge()
            raise BadAnswer("OpenReview's response is not a JSON object")
        if status == 200 and urlsplit(response.url).path == "/notes":
            _parse_notes(body)
        name = body.get("name") if isinstance(body, Mapping) else None
        if status == 403 and not _is_logged_in(response):
            if name == "ChallengeRequiredError" or _is_challenge_page(response):
                raise _make_challenge()
            if name != "ForbiddenError":
                raise Refused("OpenReview denies this machine access", hint=_REMEDIES)
        if status == 429 or name == "RateLimitError":
            raise Overloaded(
                "OpenReview allows no more requests for now", retry_after_s=_pause_s(body, response)
            )

    def log_in(self, login: Login, send: Callable[..., Response]) -> str:
        """Return a token; `send` bypasses every cache.

        Raises:
            Refused: OpenReview rejects the login, or requires a second factor.
            SourceError: the request failed.
        """
        if isinstance(login, str):
            return _check_token(login)
        user, password = login
        response = send("POST", f"https://{API2}/login", json={"id": user, "password": password})
        body = parse_json(response)
        if not isinstance(body, Mapping):
            if _is_challenge_page(response):
                raise _make_challenge()
            raise BadAnswer("OpenReview's response to the login is not a JSON object")
        if body.get("name") == "ChallengeRequiredError":
            raise _make_challenge()
        if response.status_code in (400, 401, 403):
            raise Refused(
                "OpenReview does not accept the user name and password",
                hint="check OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD, or set OPENREVIEW_TOKEN",
            )
        if response.status_code != 200:
            raise SourceError(f"OpenReview answered the login with HTTP {response.status_code}")
        if "mfaPendingToken" in body:
            raise Refused(
                "OpenReview requires a second factor for this account",
                hint="use a token: OPENREVIEW_TOKEN",
            )
        token = body.get("token")
        if not isinstance(token, str):
            raise BadAnswer("OpenReview's response to the login has no token")
        return _check_token(token)

    def fetch(
        self, wanted: Sequence[tuple[PaperId, str | None]], session: Session
    ) -> Iterator[tuple[PaperId, str | None, Lookup]]:
        """Yield the lookups of papers, one request each.

        Papers have no other version than the newest.

        Raises:
            SourceError: a request failed; the pairs not yet yielded remain unanswered.
        """
        for paper, version in wanted:
            yield paper, version, self._lookup(paper, session)

    def _lookup(self, paper: PaperId, session: Session) -> Lookup:
        key = paper.key
        is_api1_key = len(key) >= 11 or "-" in key or "_" in key  # API 2: 10 letters and digits
        for host in (API1, API2) if is_api1_key else (API2, API1):
            answer = _NotesResponse(session.get(_notes_url(host, id=key)))
            note = answer.note(key)
            if answer.forbidden:
                may_be_original = host == API1 and answer.forbidden == "readers"
                copy = self._find_blind_copy(key, session) if may_be_original else None
                return (
                    self._try_parse_note(paper, copy)
                    if copy
                    else self._make_forbidden(paper, answer)
                )
            if note is None:
                continue
            forum = read.first_string(note.get("forum", key))
            if forum == key:
                return self._try_parse_note(paper, note)
            if forum is None or canonical(forum) is None:
                return self._make_failure(paper, "parse_error", "OpenReview's note has no forum")
            answer = _NotesResponse(session.get(_notes_url(host, id=forum)))
            note = answer.note(forum)
            if answer.forbidden:
                return self._make_forbidden(paper, answer)
            if note is None:
                text = "OpenReview does not have the paper of this reply"
                return self._make_failure(paper, "not_found", text)
            return self._try_parse_note(paper, note)
        return self._make_failure(paper, "not_found", "OpenReview has no paper with this id")

    def _find_blind_copy(self, key: str, session: Session) -> read.Note | None:
        """Find a hidden submission's public copy (API 1)."""
        answer = _NotesResponse(session.get(_notes_url(API1, original=key)))
        for note in answer.notes:
            if note.get("original") == key and read.is_public(note.get("readers")):
                return note
        return None

    def _try_parse_note(self, paper: PaperId, note: read.Note) -> Lookup:
        """Parse a note; an exception makes it unresolved."""
        try:
            return self._parse_note(paper, note)
        except Exception as error:  # noqa: BLE001 - only this note fails
            logger.debug("openreview: a note raised %s", type(error).__name__)
            return self._make_failure(paper, "parse_error", "OpenReview's note cannot be read")

    def _parse_note(self, paper: PaperId, note: read.Note) -> Lookup:
        """Parse a note as the paper of an id.

        The id may be a reply's; the note is then its forum's.
        """
        found = canonical(read.first_string(note.get("id")) or "")
        content = note.get("content")
        if note.get("ddate") is not None:
            return self._make_failure(paper, "not_found", "OpenReview's record is deleted")
        if found is None or not isinstance(content, Mapping):
            return self._make_failure(paper, "parse_error", "OpenReview's note is not a paper")
        title = read.title(content)
        if title is None and read.is_hidden(content, "title"):
            return self._make_failure(
                paper, "forbidden", "OpenReview does not show the title to everyone"
            )
        if title is None:
            return self._make_failure(paper, "parse_error", "OpenReview's note has no title")
        published, dates = read.dates(note)
        authors = read.authors(content)
        decision = read.decision(note, content)
        same, published_as = read.read_relations(note, content)
        forum = found[0]
        replied_to = () if forum == paper else (forum,)
        return Paper(
            id=paper,
            title=title,
            authors=tuple(map(Author, authors)),
            authors_hidden=not authors,
            published=published,
            dates=dates,
            venue=read.venue(content),
            decision=decision,
            withdrawn=decision == "withdrawn",
            published_as=published_as,
            same_as=(*replied_to, *same),
            matched_by="forum" if replied_to else "openreview" if same else None,
            abstract=read.first_string(read.value(content, "abstract")),
            url=self.url(forum),
            pdf=self.pdf(forum),
        )

    def _make_forbidden(self, paper: PaperId, answer: _NotesResponse) -> Unresolved:
        if answer.forbidden == "sporadic":
            text = "OpenReview refused this one request"
            return self._make_failure(paper, "forbidden", text, retryable=True)
        return self._make_failure(paper, "forbidden", "OpenReview does not show this to everyone")

    def _make_failure(
        self, paper: PaperId, code: ErrorCode, message: str, *, retryable: bool = False
    ) -> Unresolved:
        return Unresolved(
            id=paper,
            code=code,
            message=message,
            retryable=retryable,
            url=self.url(paper),
            pdf=self.pdf(paper),
        )


class _NotesResponse:
    """Parsed response of `/notes`: its notes, possibly none, or the reason why they are forbidden.

    A note that not everyone may read counts as forbidden too: a login can read it, and must not leak it.

    Raises:
        SourceError: the response is neither notes nor a refusal.
    """

    def __init__(self, response: Response) -> None:
        self.notes: list[read.Note] = []
        self.forbidden: str | None = None
        status, body = response.status_code, parse_json(response)
        name = body.get("name") if isinstance(body, Mapping) else None
        if status == 200:
            self.notes = _parse_notes(body)
        elif status == 403 and name == "ForbiddenError":
            self.forbidden = "readers"
        elif status == 403:  # `check` allows it: about one request in 250, with a login
            self.forbidden = "sporadic"
        elif status == 401:
            raise Refused(
                "OpenReview does not accept the token; it may have expired", hint=_REMEDIES
            )
        elif status not in (400, 404) or not isinstance(
            name, str
        ):  # 400, 404: this API does not have the note
            raise SourceError(f"OpenReview answered HTTP {status}", code="http_error")

    def note(self, key: str) -> read.Note | None:
        """Return the note of an id, if public."""
        note = next((note for note in self.notes if note.get("id") == key), None)
        if note is not None and not read.is_public(note.get("readers")):
            self.forbidden = "readers"
            return None
        return note


def _notes_url(host: str, **query: str) -> str:
    return f"https://{host}/notes?{urlencode(query)}"


def _parse_notes(body: Any) -> list[read.Note]:
    notes = body.get("notes") if isinstance(body, Mapping) else None
    if not isinstance(notes, list) or not all(isinstance(note, Mapping) for note in notes):
        raise BadAnswer("OpenReview's response has no list of notes")
    return notes


def _is_logged_in(response: Response) -> bool:
    return "Authorization" in response.request.headers


def _is_challenge_page(response: Response) -> bool:
    return b"Verifying your browser" in response.content[:20_000]


def _make_challenge() -> Refused:
    return Refused("OpenReview requires a login", code="challenge", hint=_REMEDIES)


def _check_token(text: str) -> str:
    token = text.strip().removeprefix("Bearer ").strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise Refused("the OpenReview token is not valid", hint="check OPENREVIEW_TOKEN")
    return token


def _pause_s(body: Any, response: Response) -> float | None:
    """Return the seconds until `details.resetTime`, by the service's clock."""
    details = body.get("details") if isinstance(body, Mapping) else None
    reset = details.get("resetTime") if isinstance(details, Mapping) else None
    try:
        until = datetime.fromisoformat(reset) if isinstance(reset, str) else None
    except ValueError:
        until = None
    if until is None or until.tzinfo is None:
        return None
    now = parse_http_date(response.headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


SOURCE = OpenReview()
