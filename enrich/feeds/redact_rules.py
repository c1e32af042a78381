r"""Rules of redaction: patterns built from the tables in `redact_words`, compiled at first use. Pure.

The text is searched in lower case, with look-alike blanks and signs replaced. So no pattern ignores case,
and `re` can search by first letters. A pattern is searched only if the text holds one of the words, or the
sign, that each of its matches contains. The example of each rule is run as a test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from enrich.feeds.protected import Span
from enrich.feeds.redact_spelling import begin_word, fold_letters, spell
from enrich.feeds.redact_words import (
    BARE_HOSTS,
    HOST_LABELS,
    LABEL_WORDS,
    LANGUAGES,
    NOT_SECRETS,
    SERVICES,
    HostLabel,
    Language,
    Service,
)
from enrich.text.patterns import compile_later


class Rule(NamedTuple):
    """Rule for one kind of credential: its pattern, and the check before it is searched."""

    name: str
    pattern: str
    """Pattern for text in lower case."""
    example: str
    answer: str
    """The part of the example that this rule redacts."""
    words: tuple[str, ...] = ()
    """Each match contains one of them, in lower case."""
    sign: str = ""
    """Pattern that begins with a fixed character and matches within or next to each match."""
    group: int = 0
    """Group of the match that is redacted."""

    def find(self, lower: str) -> list[Span]:
        """Return the spans to redact in a lower-case text."""
        group = self.group
        return [found.span(group) for found in self.search(lower)]

    def search(self, lower: str) -> Iterable[re.Match[str]]:
        """Return the matches in a lower-case text."""
        if (self.words and not any(map(lower.__contains__, self.words))) or (
            self.sign and compile_lower(self.sign).search(lower) is None
        ):
            return ()
        return compile_lower(self.pattern).finditer(lower)


@lru_cache(maxsize=256)
def compile_lower(pattern: str) -> re.Pattern[str]:
    """Compile a pattern for lower-case text; cached."""
    return re.compile(pattern, re.MULTILINE)


# --- Named parts ---------------------------------------------------------------------------------

_REST = r"(?:(?!https?:)[^\s<>\"'\\\[\](){}|])"
"""A character of a URL; a nested URL is not part of it."""
_SLASHES = r"(?:%(?:25){0,3}2f){2}"
"""Two slashes, encoded up to four times."""
_ROOM = (
    r"/(?:bigbluebutton/|(?:b|rooms)/[a-z0-9]{3}-[a-z0-9]{3}-"
    r"|user/ics/|calendar/ical/[^\s/]{1,120}/private-|calendar/event\?[^\s]{0,400}?\btok=)"
)
"""Paths of rooms and personal calendars to which the URL itself gives access."""
_ROOM_STARTS = ("/bigbluebutton/", "/b/", "/rooms/", "/user/ics/", "/calendar/")
_DIGITS = r"\d(?:[ -]?\d){5,17}"
"""A meeting's number."""
_PHONE = r"(?>(?:\([a-z]{2}\)[ ])?\+?[\d(][\d \u00a0().\-/]{5,22}\d)(?![@\d])"
_TAP = r"\+?\d[\d ().-]{5,22},{1,4}[\d#*,]{4,40}"
"""A telephone number, and the digits that the telephone dials after it."""
_OWNER = begin_word(
    spell(
        "meeting|webinar|(?:phone |video |vtc )?conference|participant|attendee|personal|host|konferenz"
        "|sitzungs|zoom"
    )
)
_ZOOM = begin_word(["zoom"])
_LINK_WORDS = ("join", "zoom", "webex", "webinar", "teams", "link", "url")
_LINK_LABEL = (
    begin_word(spell("join|zoom|webex|webinar|teams|(?:meeting|video ?conference)[ -](?:link|url)"))
    + rf"\b(?:[ ](?:{LABEL_WORDS})){{0,6}}[ ]?:\s{{0,4}}"
)
_NUMBER_WORD = r"id|number|no\.?|nr\.?|code|key|pin"
_BEGIN = r"(?:(?<![/_-])\b|(?<=^__)|(?<=^_)|(?<=[ ]__)|(?<=[ ]_))"
"""Beginning of a word, also after Markdown's marks."""
WHOSE = r"(?:(?P<whose>meeting|webinar|zoom|numeric|phone|video|host)[ -])?"
OF_A_MEETING = frozenset({"meeting", "webinar", "zoom"})
"""Words before a label that make its value the password of a meeting."""
CODE_WORD = (
    r"(?P<word>pass[ -]?code|password|passwort|kennwort|pwd?|(?:access|security|zugangs)[ -]?code"
    r"|mot de passe|contrase(?:ñ|n\u0303)a|host key|pin)\b"
)
FOR_WHAT = (
    r"(?:[ ]for[ ](?:the|this|our|all)"
    r"(?:[ ](?:zoom|online|webex|teams|talks?|meetings?|seminars?|sessions?|calls?)){1,3})?"
)
_FOR_WHAT_ABROAD = (
    r"(?:[ ](?:für|de(?:l|r|s)?|d[aou]s?|pour|para|per|della|voor|för|til|till|for|для|от|do)"
    r"(?:[ ][^\W\d_]{1,16}){1,3}(?=[ ]{0,3}[:=]))?"
)
"""Words in other languages for what a password is, before the sign."""
_IS = r"(?:[ ]{0,3}(?P<sign>[:=]\t?|\t)[*_]{0,3}|[ ](?P<dash>[–—-])(?=[ ])|[ ](?P<verb>is|lautet|ist|est|es)\b:?)?"
_GAP = r"(?:[ ]{0,3}|\n(?=(?:\d{4,10}|(?<=:\n)[^\s\d]{1,16}\d[^\s:]{0,16})(?:\n|\Z)))"
_CODE = r"\d(?:[ -]?\d){2,12}#?(?!\w)"
_VALUE = (
    r"(?P<value>\"[^\"\n]{1,64}\"|“[^”\n]{1,64}”|‘[^’\n]{1,64}’|'[^'\n]{1,64}'"
    rf"|{_CODE}|[^\s,;()<>\[\]\"“]{{1,64}})"
)
_LIST_NUMBER = (
    rf"(?:{_TAP}"
    r"|\+\d[\d \u00a0().-]{6,22}\d|\d{1,3}(?:\.\d{1,3}){3}|\d[\d -]{8,18}\d(?=[^\d\n]{0,60}\btoll\b))"
)

SECRET = Rule(
    "password",
    rf"{_BEGIN}{WHOSE}{CODE_WORD}(?:[*_]{{1,3}}(?=[ ]?[:=]))?(?:(?<!pw)[ ]?\([^()\n]{{1,40}}\))?"
    rf"{_FOR_WHAT_ABROAD}{FOR_WHAT}{_IS}{_GAP}{_VALUE}",
    "The passcode for this meeting is 4Xk2",
    "passcode for this meeting is 4xk2",
    words=("pass", "pw", "code", "pin", "kennwort", "host key", "contrase"),
)
"""`redact` decides by the context whether the value is a secret."""
LIKELY_WORD = r"pass[ -]?code|kennwort|access|zugangs"
"""Words for a secret that are rare in other texts."""
NUMBER_AFTER_LINK = r"[ \t,;]{1,3}\d{6,11}(?![\w.])"
"""A meeting's number after its link."""

# --- Rules ---------------------------------------------------------------------------------------

_NUMBER_AFTER = r"[ ]{0,3}\d(?:[ -]?\d){5}"

_NUMBERS = (
    Rule(
        "meeting's number",
        rf"{_OWNER}[ -]?(?:{_NUMBER_WORD})\b(?:[ ]?\([^()\n]{{1,40}}\))?[ ]{{0,3}}"
        r"(?:is\b|lautet\b|[:=#–-])?\s{0,4}(?:[a-z]{1,12}[ ])?"
        rf"(?:{_DIGITS}\b#?|[a-z]{{3}}-[a-z]{{4}}-[a-z]{{3}}\b)",
        "Webinar ID (Zoom): 812 3456 7890",
        "webinar id (zoom): 812 3456 7890",
        words=(
            "meeting",
            "webinar",
            "conference",
            "participant",
            "attendee",
            "personal",
            "host",
            "konferenz",
            "sitzungs",
            "zoom",
        ),
    ),
    Rule(
        "number of a Zoom meeting",
        _ZOOM + r"(?:[ ]meeting)?[ ]?:?[ ]{1,3}\d{3}[ -]\d{3,4}[ -]\d{4}\b",
        "on Zoom: 812 3456 7890",
        "zoom: 812 3456 7890",
        words=("zoom",),
    ),
    Rule(
        "number and password in one",
        rf"\bid[ ]?/[ ]?(?:pw|passcode|password|code)[ ]?:[ ]{{0,3}}{_DIGITS}[ ]?/[ ]?[^\s/,;]{{1,32}}",
        "ID/PW: 812 3456 7890 / 4Xk2",
        "id/pw: 812 3456 7890 / 4xk2",
        sign=":" + _NUMBER_AFTER,
    ),
)
_TELEPHONES = (
    Rule(
        "telephone number",
        rf"\b(?:tel(?:ephone|efon|[ée]fono)?|t[ée]l(?:[ée]phone)?|phone)[ ]?:[ ]?{_PHONE}[,;#*\d]{{0,40}}",
        "Tel.: none, Tel: +49 30 1234567",
        "tel: +49 30 1234567",
        sign=r":[ ]?[\d(+]",
    ),
    Rule(
        "telephone number with the digits dialled after it",
        _TAP,
        "or +16465588656,,81234567890#",
        "+16465588656,,81234567890#",
        sign=r",[\d#*,]",
    ),
    Rule(
        "number to dial",
        r"\b(?:dial(?:[ -]?in\b(?:[ ]numbers?)?|(?=:?[ ]\d|[^\n\d+(]{0,30}[+(0]))|einwahl|call[ -]?in(?:[ ]number)?"
        r"|join[ ]by[ ](?:tele)?phone|one[ -]tap(?:[ ]mobile)?|toll[ -]free)"
        rf"[^\n\d+(]{{0,30}}{_PHONE}[,;#*\d]{{0,40}}"
        r"(?:[ ]{0,2}\(?(?:(?:access|conference)[ ])?(?:code|pin|id):?[ ]{1,3}\d[\d ]{2,14}#?\)?)?",
        "Dial in: +1 646 558 8656 code: 774411#",
        "dial in: +1 646 558 8656 code: 774411#",
        words=("dial", "einwahl", "call", "join by", "tap", "toll"),
    ),
    Rule(
        "SIP address",
        r"\bsips?:[^\s<>\"@]{1,80}@[\w.-]{1,80}",
        "sip:774411@vc.example.org",
        "sip:774411@vc.example.org",
        words=("sip:", "sips:"),
    ),
    Rule(
        "number of a room at a service",
        r"(?<![\w.])\d{6,20}(?:\.[\w-]{1,20}){0,3}@[\w.-]{0,60}(?:zoom|webex|lync|bjn|pexip|teams)[\w.-]{1,60}",
        "81234567890@zoomcrc.com",
        "81234567890@zoomcrc.com",
        sign="@",
    ),
)
_BLOCKS = (
    Rule(
        "hint at a password",
        r"^[ \t]*(?:password|passcode) hint\b[^\n]*",
        "Password hint: a name",
        "password hint: a name",
        words=(" hint",),
    ),
    Rule(
        "Outlook's block between two rules",
        r"^_{5,}[ \t]{0,4}\n(?=(?:(?!_{5,})[^\n]{0,2000}\n){0,30}?[^\n]{0,2000}teams\.(?:microsoft|live)\.)"
        r"(?:(?!_{5,})[^\n]{0,2000}\n){1,40}?_{5,}[ \t]{0,4}(?:\n|\Z)"
        r"(?:(?=(?:(?!_{5,})[^\n]{0,2000}\n){0,30}?[^\n]{0,2000}(?:teams\.(?:microsoft|live)\.|^tenant key:))"
        r"(?:(?!_{5,})[^\n]{0,2000}\n){1,40}?_{5,}[ \t]{0,4}(?:\n|\Z))?",
        "_______\nJoin: teams.microsoft.com/x\n_______",
        "_______\njoin: teams.microsoft.com/x\n_______",
        words=("teams.microsoft.", "teams.live."),
        sign="_____",
    ),
)
_LABEL = (
    begin_word(
        spell(
            "pass[ -]?(?:code|word|phrase)|passwort|kennwort|(?:access|entry)[ -](?:code|key)"
            "|meeting[ -](?:key|password|passcode)"
        )
    )
    + r"\b[*_]{0,3}(?:[ ]for[ ](?:the|this|our|all)(?:[ ][a-z]{1,16}){1,6}?)?"
)
_LABELLED = (
    r"(?:(?:[ ]{0,3}(?:[-–—=]{1,2}>|→|⇒|:|=)|[ ]is[ ]?:)[*_]{0,3}"
    r"(?:[ ]{0,3}(?:the[ ](?:word|code|number)[ ])?(?:\d[a-z0-9]{0,5}(?:[ ](?:\d[a-z0-9]{0,5}|[a-z]\b)){1,4}(?=[ ]*$)"
    r"|\"[^\"\n]{1,64}\"|[^\s,;()<>\[\]\"“]{1,64}(?<![.!?:]))"
    r"|[ ]{0,3}\n\s{0,8}(?=\S{0,31}\d)[^\s:/]{3,32}(?=[ ]{0,3}$))"
    rf"|[ ]?[(\[](?!(?:{'|'.join(sorted(NOT_SECRETS))})\b)[^\s()\[\]]{{3,32}}[)\]]"
    r"|[ ]{1,3}\d[a-z0-9]{3,15}\b)"
)
_BESIDE = (
    Rule(
        "code in parentheses after a link",
        r"(?<=/)\S{1,300}[ ](\((?:code|pass|pw|key)[ ]?:[ ]?(?!https?:)[^\s()]{3,32}\))",
        "https://bbb.uni.example/b/ana (code: 4Xk2)",
        "(code: 4xk2)",
        words=("(code", "(pass", "(pw", "(key"),
        group=1,
    ),
    Rule(
        "number and password after a slash or in parentheses",
        rf"\bid:?[ ]{{1,3}}{_DIGITS}[ ]?(?:/[ ]?(?=[^\s/]{{0,31}}\d)[^\s/,;()]{{4,32}}|\((?=[a-z]{{0,31}}\d)[a-z0-9]{{4,32}}\))",
        "Zoom ID 812 3456 7890 / 4Xk2",
        "id 812 3456 7890 / 4xk2",
        words=("id",),
    ),
    Rule(
        "meeting's number in groups",
        r"\bid[ ]{1,2}\d{3}[ -]\d{3,4}[ -]\d{4}\b",
        "Join with ID 812 3456 7890",
        "id 812 3456 7890",
        words=("id ",),
    ),
    Rule(
        "password after a label of another kind",
        _LABEL + _LABELLED,
        "Password for all talks of the term -> 4Xk2",
        "password for all talks of the term -> 4xk2",
        words=("pass", "kennwort", "access", "entry", "meeting"),
    ),
    Rule(
        "number and password without a colon",
        rf"\b{_DIGITS}#?[ ,;/]{{1,3}}(?:pc|pwd?|psw)\b[ ]?:?[ ]{{1,3}}[^\s,;()<>\[\]\"]{{1,32}}",
        "Zoom 812 3456 7890 PC 4Xk2",
        "812 3456 7890 pc 4xk2",
        words=("pc", "pw", "psw"),
    ),
    Rule(
        "line of a list of numbers",
        r"^[ \t•*-]{0,12}(?:\([a-z]{2}\)[ ]|[a-z][a-z ]{1,30}(?:\([^()\n]{1,30}\))?:[ ]{1,3}(?=\+))?"
        rf"{_LIST_NUMBER}(?:[ \t][^\d\n]{{0,60}}(?:\bpin\b[^\n]{{0,40}})?)?$",
        "+1 646 558 8656 US (New York)",
        "+1 646 558 8656 us (new york)",
    ),
    Rule(
        "digits to dial from a telephone",
        r"\(\d{4,12} (?:from|when dialing)[^()\n]{0,20} (?:tele)?phones?[^()\n]{0,30}\)",
        "webinar (774411 from phones)",
        "(774411 from phones)",
        words=("phone",),
    ),
    Rule(
        "boilerplate of a service",
        r"^[ \t]{0,12}(?:learn more about (?:meet|teams)|download teams|learn more \||need help\?|you can also dial"
        r"|tap to join from|join (?:from|on) a video|tenant key:|video id:|more info<|for organizers:|microsoft teams(?: meeting)?"
        r"(?: need help\?)?(?:<[^\s<>]{1,400}>)?$)[^\n]{0,400}$",
        "Download Teams | Join on the web",
        "download teams | join on the web",
        words=(
            "learn more",
            "teams",
            "help?",
            "dial",
            "join from",
            "join on",
            " key:",
            " id:",
            "info<",
            "organizers:",
        ),
    ),
)


# --- Built from the tables --------------------------------------------------------------------------

_PAGES = rb"(?!jitsi|visio)(?:[a-z]{5}|researchseminars)\.org/(?:abs|talk)/"
"""Sites of most URLs in feeds; they do not host meetings."""
_BLANK_HINT = rb"[ ]|\xc2\xa0|\xe2\x80[\x80-\xaf]"
_NUMBER_HINT = rb"(?:%b){0,3}\d(?:(?:-|%b)?\d){5}" % (_BLANK_HINT, _BLANK_HINT)
_LABEL_HINT = (
    rb"(?<=(?:tel|pin|url|sip|pwd|bbb):)|(?<=[^a-z](?:id|pw):)|(?<=(?:phone|webex|teams):)|(?<=number:)"
    rb"|(?<=(?:code|wort|dial|link|join|here|sips):)|(?<=(?:call.in|dial.in|webinar|einwahl|meeting|numbers):)"
)
"""Ends of labels before their colon, grouped by width for look-behinds."""
_BYTE = "[\x80-\xff]"
_LABEL_WIDTH = 4  # letters of a word that are checked before its pattern is searched
_HINT_WIDTHS = (18, 14, 12, 10, 8, 6)
_HOST_RUN = compile_later(r"[a-z0-9.-]{0,600}")
_AFTER_HOST = frozenset({"", "/", " ", "\n"})


class Rules(NamedTuple):
    """The rules of redaction."""

    links: tuple[Rule, ...]
    """Rules for meeting links; a number after one is redacted too."""
    meeting: str
    """Pattern of a meeting link from `//` on."""
    host: str
    """Pattern of the beginning of a meeting's host."""
    others: tuple[Rule, ...]
    beside: tuple[Rule, ...]
    """Rules that apply only if the text holds other credentials."""
    hints: tuple[tuple[int, re.Pattern[bytes]], ...]
    """Pairs (byte, pattern); a text without any match is not searched further.

    A byte given as a number is found fast, and so is a pattern that begins with fixed letters.
    """

    def is_suspect(self, lower: bytes) -> bool:
        """Return whether a text may hold credentials.

        `lower` is the text in lower case, as UTF-8.
        """
        for byte, hint in self.hints:  # noqa: SIM110 - any() takes 1.5 times as long
            if byte in lower and hint.search(lower) is not None:
                return True
        return False

    def find_meetings(self, lower: str) -> Iterator[Span]:
        """Yield the spans of meeting links.

        Each `//` is checked, first by its host.
        """
        at = lower.find("//")
        while at >= 0:
            next_at = at + 2
            run = _HOST_RUN.match(lower, next_at)
            if run is not None and (
                _begins_meeting(self.host, run[0])
                or lower[run.end() : run.end() + 1] not in _AFTER_HOST
                or lower.startswith(_ROOM_STARTS, run.end())
            ):
                found = compile_lower(self.meeting).match(lower, at)
                if found is not None:
                    scheme = next((s for s in ("https:", "http:") if lower.endswith(s, 0, at)), "")
                    yield at - len(scheme), found.end()
                    next_at = found.end()
            at = lower.find("//", next_at)


@lru_cache(maxsize=1024)
def _begins_meeting(host: str, run: str) -> bool:
    """Return whether text after `//` begins with a meeting's host.

    Results are cached, because a feed repeats its hosts.
    """
    return len(run) > 500 or compile_lower(host).match(run) is not None


@cache
def make_rules(
    services: tuple[Service, ...] = SERVICES,
    labels: tuple[HostLabel, ...] = HOST_LABELS,
    languages: tuple[Language, ...] = LANGUAGES,
) -> Rules:
    """Build the rules from the tables."""
    whole = "|".join(
        re.escape(host) + (f"(?={service.path})" if service.path else "")
        for service in services
        for host in service.hosts
    )
    host = _make_host(whole, labels)
    meeting = rf"(?:[^\s/@]{{1,80}}@)?(?:{host}(?!/rec/)|[a-z0-9.-]{{1,200}}(?={_ROOM}))"
    known = [*(host for service in services for host in service.hosts), *BARE_HOSTS]
    return Rules(
        _make_links(host, "|".join([whole, *map(re.escape, BARE_HOSTS)]), known),
        rf"//{meeting}{_REST}{{0,2000}}",
        _make_host("|".join(map(re.escape, known)), labels),
        (*_NUMBERS, _make_number(languages), *_BLOCKS, *_TELEPHONES),
        (*_BESIDE, _make_bare_number(languages), _make_secret(languages)),
        _make_hints(meeting, known, languages),
    )


def _make_host(services: str, labels: tuple[HostLabel, ...]) -> str:
    words = "|".join(label.words for label in labels)
    return (
        rf"(?:(?:[a-z0-9-]{{1,60}}\.){{0,4}}(?:{services})"
        rf"|(?:[a-z0-9-]{{1,60}}\.){{0,2}}(?:{words})(?:\.[a-z0-9-]{{1,60}}){{1,4}})(?![a-z0-9-])"
    )


def _make_links(host: str, bare: str, known: list[str]) -> tuple[Rule, ...]:
    return (
        Rule(
            "address inside a mail filter's address",
            rf"https?://{_REST}{{1,400}}?(?:3a(?:__|//|{_SLASHES})|https?:{_SLASHES}){host}{_REST}{{0,2000}}",
            "https://filter.example/?u=https%3A%2F%2Fzoom.us%2Fj%2F774411",
            "https://filter.example/?u=https%3a%2f%2fzoom.us%2fj%2f774411",
            words=("3a%2", "3a__", "3a//", ":%2"),
        ),
        Rule(
            "address without its scheme",
            rf"(?<![\w./@-])(?:[a-z0-9-]{{1,60}}\.){{0,4}}(?:{bare})/(?!rec/){_REST}{{1,2000}}",
            "see zoom.us/j/774411 or ask",
            "zoom.us/j/774411",
            sign=f"/(?:{_end_hosts(known)})",
        ),
        Rule(
            "address after a label",
            rf"{_LINK_LABEL}(https?://{_REST}{{1,2000}})",
            "Join us on Zoom: https://go.example.org/774411",
            "https://go.example.org/774411",
            words=_LINK_WORDS,
            sign=r":\s{0,4}https?://",
            group=1,
        ),
        Rule(
            "label and address before another address",
            rf"{_LINK_LABEL}https?://{_REST}{{1,2000}}(?=\s{{1,4}}https?://)",
            "Join us on Zoom: https://go.example.org/774411 https://example.org/knots",
            "join us on zoom: https://go.example.org/774411",
            words=_LINK_WORDS,
            sign=r"://\S{1,2000}\s{1,4}https?://",
        ),
    )


def _make_number(languages: tuple[Language, ...]) -> Rule:
    words = begin_word(word for row in languages if row.number for word in spell(row.number))
    return Rule(
        "meeting's number in other languages",
        rf"{words}[ ]{{0,3}}:[ ]{{0,3}}{_DIGITS}#?",
        "Besprechungs-ID: 812 3456 7890",
        "besprechungs-id: 812 3456 7890",
        sign=f":(?={_NUMBER_AFTER})(?:{_end_labels(languages)})",
    )


def _make_bare_number(languages: tuple[Language, ...]) -> Rule:
    words = begin_word(word for row in languages if row.number for word in spell(row.number))
    return Rule(
        "meeting's number in other languages, without a colon",
        rf"{words}[ ]{{1,3}}{_DIGITS}#?",
        "Besprechungs-ID 812 3456 7890",
        "besprechungs-id 812 3456 7890",
    )


def _make_secret(languages: tuple[Language, ...]) -> Rule:
    words = [word for row in languages if row.secret for word in spell(row.secret)]
    return Rule(
        "password in other languages",
        rf"{begin_word(words)}(?:{_FOR_WHAT_ABROAD}[ ]{{0,3}}[:=][ ]{{0,3}}(?:{_CODE}|(?!https?://)[^\s,;()<>\[\]\"]{{1,64}})"
        r"|[ ]{1,3}(?:\d{4,12}\b|(?=[a-z]{0,31}\d)[a-z0-9]{4,32}\b))",
        "Kenncode: 4Xk2",
        "kenncode: 4xk2",
        words=tuple(sorted({fold_letters(word)[:_LABEL_WIDTH] for word in words})),
    )


def _end_hosts(hosts: list[str]) -> str:
    """Return a pattern of the ends of hosts before a slash.

    There is one look-behind for each width.
    """
    ends: dict[int, set[str]] = {}
    for host in hosts:
        width = next((width for width in _HINT_WIDTHS if width <= len(host)), len(host))
        ends.setdefault(width, set()).add(re.escape(host[-width:]))
    return "|".join(f"(?<=(?:{'|'.join(sorted(group))})/)" for _, group in sorted(ends.items()))


def _end_labels(languages: tuple[Language, ...], *, as_bytes: bool = False) -> str:
    """Return a pattern of the ends of labels before a colon.

    In the pattern for bytes, a non-ASCII letter matches any bytes of the same number.
    """
    ends: dict[int, set[str]] = {}
    for word in (word for row in languages if row.number for word in spell(row.number)):
        end = fold_letters(word)[-_LABEL_WIDTH:]
        width = len(end.encode()) if as_bytes else len(end)
        if as_bytes:
            end = "".join([c if c.isascii() else _BYTE * len(c.encode()) for c in end])
        ends.setdefault(width, set()).add(end)
    if as_bytes:
        ends[1] = {_BYTE}
    return "|".join(
        f"(?<=(?:{'|'.join(sorted(group))}){' ' * blanks}:)"
        for _, group in sorted(ends.items())
        for blanks in range(4)
    )


def _make_hints(
    meeting: str, known: list[str], languages: tuple[Language, ...]
) -> tuple[tuple[int, re.Pattern[bytes]], ...]:
    link = rb"/(?:(?<=//)(?!%b)%b|%b)" % (_PAGES, meeting.encode(), _end_hosts(known).encode())
    labels = _end_labels(languages, as_bytes=True).encode("latin-1")
    hints = (
        (b"z", b"zoom"),
        (b"p", b"pass(?:.{0,3}code|wor[dt]|e(?![a-z]))"),
        (b"w", b"pw(?<![a-z0-9]pw)d?(?![a-z])"),
        (b"w", b"kennwort"),
        (b"c", b"contrase"),
        (
            b"c",
            b"code(?:(?<=cesscode)|(?<=cess.code)|(?<=cess..code)|(?<=itycode)|(?<=ity.code)|(?<=ity..code)|(?<=angscode)|(?<=angs.code)|(?<=angs..code))",
        ),
        (b"k", b"host.{1,3}key"),
        (b"p", rb"pin(?<![a-z]pin)(?: {0,3}[:=\t]|[ ]{1,3}[0-9]|\xef)"),
        (b":", b":(?:%b|(?=%b)(?:%b))" % (_LABEL_HINT, _NUMBER_HINT, labels)),
        (b"m", b"meeting[ -](?:id|n|code|key|pass)"),
        (b"#", rb"#(?<=\d#)"),
        (b"\xbc", rb"\xbc(?<=\xef\xbc)\x9a%b" % _NUMBER_HINT),
        (b"%", b"3a(?:%(?:25){0,3}2f|//)"),
        (b"%", b":%(?:25){0,3}2f"),
        (b"_", b"3a__"),
        (b"\xe2", rb"\xe2(?:\x80[\x8b-\x8f\xaa-\xae]|\x81[\xa0-\xaf])"),
        (b"\xc2", rb"\xc2\xad"),
        (b"\xef", rb"\xef(?:\xbc[\xa1-\xba]|\xbd[\x81-\x9a]|\xbb\xbf)"),
        (b"+", rb"\+(?<=[a-z(]\+|[ \n:]\+)\d"),
        (b"/", link),
    )
    return tuple((byte[0], compile_later(pattern)) for byte, pattern in hints)
