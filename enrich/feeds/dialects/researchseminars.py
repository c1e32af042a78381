"""researchseminars.org, its mirrors, and everything else that runs on its code.

The grammar of DESCRIPTION is that of `WebTalk.event()` (roed314/seminars, seminars/talk.py); the site
escapes no HTML in it. SUMMARY is the speaker, LOCATION may be a meeting's address, never the room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from enrich.feeds.dialects import JOINING, Event, TalkFields
from enrich.feeds.dialects._documents import (
    affiliations,
    further_texts,
    joined,
    line_of,
    link_of,
    moment,
    number_of,
    prose,
    text_of,
    time_warnings,
)
from enrich.feeds.dialects._shared import line_or_none, may_refer, page, people, text_or_none
from enrich.model import Talk, TalkWarning
from enrich.text.html import html_text
from enrich.text.patterns import compile_later
from enrich.text.times import format_time

_NOTHING: Mapping[str, Any] = {}
_LISTED = {"speaker", "title", "abstract", "start_time"}

SITE = "https://researchseminars.org"

# `Title: <a href="URL">TITLE</a>`; of February 2021 without quotes, of before without the anchor.
# TITLE is as typed, so it ends at the last `</a>` of its line.
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
    """The events and the JSON of the site."""

    def knows(self, prodid: str, event: Event) -> bool:
        """Return whether PRODID or the first line are the site's."""
        if "researchseminars" in prodid or "mathseminars" in prodid:
            return True
        text = event.description
        return text is not None and text.startswith("Title: <a href=") and "/talk/" in text[:300]

    def read(self, event: Event) -> TalkFields:
        """Read title, speaker, series, room and abstract.

        What fits nowhere stays in the abstract.
        """
        text = event.description or ""
        line = text.find("\n") + 1 or len(text)
        copied = text.startswith("Title: ") and _BREAK.search(text, 0, line) is not None
        if copied:  # by a calendar that makes HTML of texts
            text = _BREAK.sub("\n", text)
        title, url, by, held, abstract, comments, live = _parts(text, event.anchors)
        if copied:
            title, by = html_text(title or "") or None, html_text(by)
            abstract, comments = prose(abstract), prose(comments)
        speakers, series = _speakers(by, event.summary)
        speaker, affiliation = people(speakers)
        if speaker is None and event.summary:
            speaker, affiliation = people(event.summary)
        return TalkFields(
            id=event.uid,
            url=url or talk_page(event.uid, event.location),
            title=title,
            speaker=speaker,
            speaker_affiliation=affiliation,
            series=line_or_none(series),
            room=held,
            abstract=abstract,
            texts=further_texts(("comments", comments), (JOINING, live), ("title", title)),
            warnings=rescheduled(event.uid),
        )

    def knows_document(self, document: Any) -> bool:
        """Return whether it is `/seminar/NAME/json` or of `/api/0/`."""
        if isinstance(document, list):
            return any(_is_list_item(item) for item in document)
        if not isinstance(document, Mapping) or "code" not in document:
            return False
        return isinstance(document.get("properties"), Mapping) or "results" in document

    def read_document(self, document: Any) -> Iterator[Talk | ValueError]:
        """Yield the talks.

        Only the keys named here are read.
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
    start = moment(record.get("start_time"))
    speakers = (text_of(record, "speaker") or "").split("|")
    speaker = joined(speakers)
    title = line_of(record, "title")
    name = (
        line_of(record, "seminar_id")
        or line_of(record, "series_id")
        or line_of(series, "series_id")
    )
    counter = number_of(record, "series_ctr") or number_of(record, "seminar_ctr")
    if name and counter:
        uid, url = f"{name}/{counter}", talk_page(f"{name}/{counter}")
    else:  # the bare list names no talk
        uid, url = f"{format_time(start) or 'TBA'} {speaker or title or 'TBA'}", None
    slides = link_of(record, "slides_link")
    return Talk(
        id=uid,
        url=url,
        title=title,
        speaker=speaker,
        speaker_affiliation=affiliations((text_of(record, "speaker_affiliation") or "").split("|")),
        series=line_of(series, "name") or line_of(record, "seminar_name"),
        start_time=start,
        end_time=moment(record.get("end_time")),
        status="cancelled" if record.get("deleted") is True else None,
        room=line_of(record, "room"),
        slides_link=slides,
        video_link=link_of(record, "video_link"),
        abstract=text_or_none(text_of(record, "abstract")),
        texts=further_texts(
            ("comments", _join_comments(record)),
            ("paper_link", line_of(record, "paper_link")),
            ("slides_link", slides),
            ("title", title),
        ),
        warnings=(*time_warnings(record.get("start_time"), start), *rescheduled(uid)),
    )


def _join_comments(record: Mapping[str, Any]) -> str | None:
    """Return the comments, with the meeting's address behind them if there is one.

    Redaction removes it again, and with it what is a password only beside a meeting.
    """
    comments = text_or_none(text_of(record, "comments"))
    meeting = link_of(record, "live_link") if comments else None
    return f"{comments}\nJoin: {meeting}" if meeting else comments


def _parts(
    text: str, anchors: tuple[str, ...]
) -> tuple[str | None, str | None, str, str | None, str | None, str | None, str | None]:
    """Split a description: title, page, speaker, room, abstract, comments, joining."""
    title = url = held = None
    by = ""
    head, mark, body = f"\n{text}".partition("\nAbstract\n")
    lines = head[1:].split("\n")
    at = 0
    if lines[0].startswith("Title: "):
        address, title = _title(lines[0])
        url, title = _absolute(address), line_or_none(title)
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
            return title, url, by, held, _joined(left, ""), comments, _lines(live)
        if not line and not left:
            continue
        if found := _ROOM.match(line):
            held = line_or_none(found[1])
        else:
            (live if _LIVE.match(line) else left).append(line)
    abstract, comments = _comments(body)
    return title, url, by, held, _joined(left, abstract), comments, _lines(live)


def _title(line: str) -> tuple[str | None, str]:
    """Return the address and the text of the first line."""
    begin, end = line.find('"'), line.find('">')
    if begin == len("Title: <a href=") and end > begin and line.endswith("</a>"):  # the usual one
        address = line[begin + 1 : end]
        if '"' not in address and line.startswith("Title: <a href="):
            return address, line[end + 2 : -4]
    if found := _TITLE.match(line):
        return found[1] or found[2], found[3]
    return None, line[7:]


def _speakers(by: str, summary: str | None) -> tuple[str, str]:
    """Split "SPEAKERS as part of SERIES".

    SUMMARY has the same speakers; if it does not, the last " as part of " parts them.
    """
    if summary and by.startswith(f"{summary}{_PART_OF}"):
        return summary, by[len(summary) + len(_PART_OF) :]
    speakers, joint, series = by.rpartition(_PART_OF)
    return (speakers, series) if joint else (by, "")


def _lines(live: list[str]) -> str | None:
    return "\n".join(live) if live else None


def _joined(left: list[str], abstract: str) -> str | None:
    if left:
        return text_or_none("\n".join((*left, abstract)))
    return text_or_none(abstract)


def _comments(text: str) -> tuple[str, str | None]:
    """Split the abstract and the comments behind it.

    The site writes both without a label between, and abstracts have paragraphs too; so only a
    last paragraph that names itself (`Preprint: …`, `Comments: …`) is taken for comments.
    """
    abstract, gap, last = text.rstrip().rpartition("\n\n")
    if gap and _COMMENTS.match(last):
        return abstract, last
    return text, None


def _absolute(address: str | None) -> str | None:
    if not address:
        return None
    return page((SITE + address if address.startswith("/") else address,))


def talk_page(uid: str, location: str | None = None) -> str | None:
    """Return a talk's page, from LOCATION or UID `SERIES/NUMBER`.

    >>> talk_page("SciML/3")
    'https://researchseminars.org/talk/SciML/3/'
    """
    if location and _TALK_PAGE.fullmatch(location):
        return location
    found = _UID.fullmatch(uid)
    return f"{SITE}/talk/{found['series']}/{found['number']}/" if found else None


def addresses(series: str) -> tuple[str, ...]:
    """Return the addresses of a series, the best first.

    The API has `paper_link` and the talks' numbers.

    >>> addresses("SciML")[0]
    'https://researchseminars.org/api/0/lookup/series?series_id=%22SciML%22'
    """
    return (
        f"{SITE}/api/0/lookup/series?series_id=%22{series}%22",
        f"{SITE}/seminar/{series}/json",
        f"{SITE}/seminar/{series}/ics",
    )


def rescheduled(uid: str) -> tuple[TalkWarning, ...]:
    """Return the warning of a negative number: the site moved the talk."""
    if "/-" not in uid or _UID.fullmatch(uid) is None:
        return ()
    message = f"the site rescheduled this talk ({uid}); its page may be gone"
    return (TalkWarning(code="rescheduled", message=message),)


DIALECT = ResearchSeminars()
