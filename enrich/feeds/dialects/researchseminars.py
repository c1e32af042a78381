"""Dialect of researchseminars.org, its mirrors, and other sites with the same software.

DESCRIPTION has the grammar of `WebTalk.event()` (roed314/seminars, seminars/talk.py); the site does not
escape HTML in it. SUMMARY is the speaker. LOCATION may be a meeting link, but never the room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from enrich.feeds.dialects import JOINING, Event, TalkFields
from enrich.feeds.dialects._documents import (
    join_affiliations,
    join_names,
    line_of,
    link_of,
    number_of,
    parse_iso_time,
    read_prose,
    select_texts,
    text_of,
    warn_about_start,
)
from enrich.feeds.dialects._shared import (
    find_web_url,
    line_or_none,
    may_refer,
    split_people,
    text_or_none,
)
from enrich.model import Talk, TalkWarning
from enrich.text.html import html_text
from enrich.text.patterns import compile_later
from enrich.text.times import format_time

_NOTHING: Mapping[str, Any] = {}
_LISTED = {"speaker", "title", "abstract", "start_time"}

SITE = "https://researchseminars.org"

# `Title: <a href="URL">TITLE</a>`; in February 2021 without quotes, before that without the anchor.
# TITLE is not escaped, so it ends at the last `</a>` of its line.
_TITLE = compile_later(r'Title: <a href=(?:"([^"\n]*)"|([^\s>]*))>(.*)</a>[ \t]*$')
_UID = compile_later(r"(?P<series>[A-Za-z0-9_+.-]+)/(?P<number>-?\d+)")
_LIVE = compile_later(
    r"(?:Interactive livestream|View-only livestream|Access|Livestream|Password hint|Password): "
)
_ROOM = compile_later(r"Lecture held in (.*)\.$")
_TALK_PAGE = compile_later(r"https?://[^\s/]+/talk/[^\s/]+/-?\d+/?")
_PART_OF = " as part of "
_BREAK = compile_later(r"<br\s{0,3}/?>\n?", re.IGNORECASE)
_COMMENTS = compile_later(r"(?:preprints?|comments?):\s", re.IGNORECASE)


class ResearchSeminars:
    """Dialect of the site's events and JSON."""

    def knows(self, prodid: str, event: Event) -> bool:
        """Return whether the site wrote the event.

        PRODID or the first line of DESCRIPTION shows that.
        """
        if "researchseminars" in prodid or "mathseminars" in prodid:
            return True
        text = event.description
        return text is not None and text.startswith("Title: <a href=") and "/talk/" in text[:300]

    def read(self, event: Event) -> TalkFields:
        """Read title, speaker, series, room and abstract.

        Other lines stay in the abstract.
        """
        text = event.description or ""
        line = text.find("\n") + 1 or len(text)
        is_html_copy = text.startswith("Title: ") and _BREAK.search(text, 0, line) is not None
        if is_html_copy:  # by a calendar that converts texts to HTML
            text = _BREAK.sub("\n", text)
        title, url, by, room, abstract, comments, live = _split_description(text, event.anchors)
        if is_html_copy:
            title, by = html_text(title or "") or None, html_text(by)
            abstract, comments = read_prose(abstract), read_prose(comments)
        speakers, series = _split_speakers(by, event.summary)
        speaker, affiliation = split_people(speakers)
        if speaker is None and event.summary:
            speaker, affiliation = split_people(event.summary)
        return TalkFields(
            id=event.uid,
            url=url or talk_page(event.uid, event.location),
            title=title,
            speaker=speaker,
            speaker_affiliation=affiliation,
            series=line_or_none(series),
            room=room,
            abstract=abstract,
            texts=select_texts(("comments", comments), (JOINING, live), ("title", title)),
            warnings=warn_if_rescheduled(event.uid),
        )

    def knows_document(self, document: Any) -> bool:
        """Return whether a document is the site's JSON.

        It is from `/seminar/NAME/json` or `/api/0/`.
        """
        if isinstance(document, list):
            return any(_is_list_item(item) for item in document)
        if not isinstance(document, Mapping) or "code" not in document:
            return False
        return isinstance(document.get("properties"), Mapping) or "results" in document

    def read_document(self, document: Any) -> Iterator[Talk | ValueError]:
        """Yield the talks.

        Unknown keys are not read.
        """
        if isinstance(document, list):
            records, series = document, _NOTHING
        else:
            series = document.get("properties") or _NOTHING
            talks = document.get("talks", document.get("results"))
            records = talks if isinstance(talks, list) else [series]
        for index, record in enumerate(records, 1):
            if not isinstance(record, Mapping):
                yield ValueError(f"talk {index} is not an object")
            elif not record.keys() & {"speaker", "title", "start_time"}:
                yield ValueError(f"record {index} is not a talk")
            elif record.get("hidden") is not True and record.get("display") is not False:
                yield _from_json(record, series)


def _is_list_item(item: Any) -> bool:
    return isinstance(item, Mapping) and "id" not in item and item.keys() >= _LISTED


def _from_json(record: Mapping[str, Any], series: Mapping[str, Any]) -> Talk:
    start = parse_iso_time(record.get("start_time"))
    speakers = (text_of(record, "speaker") or "").split("|")
    speaker = join_names(speakers)
    title = line_of(record, "title")
    name = (
        line_of(record, "seminar_id")
        or line_of(record, "series_id")
        or line_of(series, "series_id")
    )
    counter = number_of(record, "series_ctr") or number_of(record, "seminar_ctr")
    if name and counter:
        uid, url = f"{name}/{counter}", talk_page(f"{name}/{counter}")
    else:  # the plain list has no ids of talks
        uid, url = f"{format_time(start) or 'TBA'} {speaker or title or 'TBA'}", None
    slides = link_of(record, "slides_link")
    return Talk(
        id=uid,
        url=url,
        title=title,
        speaker=speaker,
        speaker_affiliation=join_affiliations(
            (text_of(record, "speaker_affiliation") or "").split("|")
        ),
        series=line_of(series, "name") or line_of(record, "seminar_name"),
        start_time=start,
        end_time=parse_iso_time(record.get("end_time")),
        status="cancelled" if record.get("deleted") is True else None,
        room=line_of(record, "room"),
        slides_link=slides,
        video_link=link_of(record, "video_link"),
        abstract=text_or_none(text_of(record, "abstract")),
        texts=select_texts(
            ("comments", _join_comments(record)),
            ("paper_link", line_of(record, "paper_link")),
            ("slides_link", slides),
            ("title", title),
        ),
        warnings=(*warn_about_start(record.get("start_time"), start), *warn_if_rescheduled(uid)),
    )


def _join_comments(record: Mapping[str, Any]) -> str | None:
    """Return the comments, followed by the meeting link, if any.

    Redaction removes the link again, and also passwords that it recognizes only next to a meeting.
    """
    comments = text_or_none(text_of(record, "comments"))
    meeting = link_of(record, "live_link") if comments else None
    return f"{comments}\nJoin: {meeting}" if meeting else comments


def _split_description(
    text: str, anchors: tuple[str, ...]
) -> tuple[str | None, str | None, str, str | None, str | None, str | None, str | None]:
    """Split a description into its parts.

    They are title, page, speakers with series, room, abstract, comments and meeting details.
    """
    title = url = room = None
    by = ""
    head, mark, body = f"\n{text}".partition("\nAbstract\n")
    lines = head[1:].split("\n")
    at = 0
    if lines[0].startswith("Title: "):
        address, title = _split_title(lines[0])
        url, title = _make_absolute(address), line_or_none(title)
        at = 1
    if at < len(lines) and lines[at].startswith("by "):
        by = lines[at][3:]
        if not may_refer(by, anchors):  # names are not searched
            at += 1
    left: list[str] = []
    live: list[str] = []
    for number, line in enumerate(lines[at:], at + 1):
        if line == "Abstract: TBA":
            rest = "\n".join(lines[number:]) + mark + body
            comments = text_or_none(rest.strip("\n"))
            return (
                title,
                url,
                by,
                room,
                _join_abstract(left, ""),
                comments,
                _join_lines_or_none(live),
            )
        if not line and not left:
            continue
        if found := _ROOM.match(line):
            room = line_or_none(found[1])
        else:
            (live if _LIVE.match(line) else left).append(line)
    abstract, comments = _split_comments(body)
    return title, url, by, room, _join_abstract(left, abstract), comments, _join_lines_or_none(live)


def _split_title(line: str) -> tuple[str | None, str]:
    """Return the URL and the title in the first line."""
    begin, end = line.find('"'), line.find('">')
    if begin == len("Title: <a href=") and end > begin and line.endswith("</a>"):  # the usual form
        address = line[begin + 1 : end]
        if '"' not in address and line.startswith("Title: <a href="):
            return address, line[end + 2 : -4]
    if found := _TITLE.match(line):
        return found[1] or found[2], found[3]
    return None, line[7:]


def _split_speakers(by: str, summary: str | None) -> tuple[str, str]:
    """Split "SPEAKERS as part of SERIES".

    SUMMARY usually has the same speakers; otherwise, split at the last " as part of ".
    """
    if summary and by.startswith(f"{summary}{_PART_OF}"):
        return summary, by[len(summary) + len(_PART_OF) :]
    speakers, joint, series = by.rpartition(_PART_OF)
    return (speakers, series) if joint else (by, "")


def _join_lines_or_none(live: list[str]) -> str | None:
    return "\n".join(live) if live else None


def _join_abstract(left: list[str], abstract: str) -> str | None:
    if left:
        return text_or_none("\n".join((*left, abstract)))
    return text_or_none(abstract)


def _split_comments(text: str) -> tuple[str, str | None]:
    """Split the abstract from the comments after it.

    The site writes no label between them, and abstracts have paragraphs too. So the last paragraph counts
    as comments only if it begins with a label (`Preprint: …`, `Comments: …`).
    """
    abstract, gap, last = text.rstrip().rpartition("\n\n")
    if gap and _COMMENTS.match(last):
        return abstract, last
    return text, None


def _make_absolute(address: str | None) -> str | None:
    if not address:
        return None
    return find_web_url((SITE + address if address.startswith("/") else address,))


def talk_page(uid: str, location: str | None = None) -> str | None:
    """Return a talk's page, from LOCATION or UID `SERIES/NUMBER`.

    >>> talk_page("SciML/3")
    'https://researchseminars.org/talk/SciML/3/'
    """
    if location and _TALK_PAGE.fullmatch(location):
        return location
    found = _UID.fullmatch(uid)
    return f"{SITE}/talk/{found['series']}/{found['number']}/" if found else None


def list_addresses(series: str) -> tuple[str, ...]:
    """Return the URLs of a series, the best first.

    Only the API has `paper_link` and the talks' numbers.

    >>> list_addresses("SciML")[0]
    'https://researchseminars.org/api/0/lookup/series?series_id=%22SciML%22'
    """
    return (
        f"{SITE}/api/0/lookup/series?series_id=%22{series}%22",
        f"{SITE}/seminar/{series}/json",
        f"{SITE}/seminar/{series}/ics",
    )


def warn_if_rescheduled(uid: str) -> tuple[TalkWarning, ...]:
    """Return a warning if the talk's number is negative.

    The site writes a negative number if it rescheduled the talk.
    """
    if "/-" not in uid or _UID.fullmatch(uid) is None:
        return ()
    message = f"the site rescheduled this talk ({uid}); its page may be gone"
    return (TalkWarning(code="rescheduled", message=message),)


DIALECT = ResearchSeminars()
