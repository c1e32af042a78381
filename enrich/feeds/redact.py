r"""What must not leave the reader: meeting links, their numbers and passcodes, dial-in lines. Pure.

Only the blocks with which one joins a meeting are cut; other digits stay, and no reference to a
paper is ever lost: where a cut would take one, it is made around it, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from enrich.feeds.ical.values import Properties, escaped, split_line, text_of

Span = tuple[int, int]

_PEOPLE = frozenset({"ATTENDEE", "ORGANIZER", "CONTACT", "CONFERENCE", "CALENDAR-ADDRESS"})
_MAIL = re.compile(
    r"(?<![\w.%+-])(?:mailto:)?([\w.%+-]{1,80}@[\w-]{1,60}(?:\.[\w-]{1,60}){1,5})", re.IGNORECASE
)
_CLEANED = frozenset({"SUMMARY", "DESCRIPTION", "COMMENT", "LOCATION", "X-ALT-DESC"})

_SERVICES = (
    r"zoom(?:gov)?\.(?:us|com)(?:\.cn)?|zoom-x\.de|tel\.meet|hangouts\.google\.com|whereby\.com|webex\.com"
    r"|teams\.(?:microsoft|live|cloud\.microsoft)(?:\.(?:com|us))?|gotomeet(?:\.me|ing\.com)|gotowebinar\.com"
    r"|bluejeans\.com|8x8\.vc|lync\.com|join\.skype\.com|gather\.town|ringcentral\.com|chime\.aws"
    r"|voovmeeting\.com|discord\.gg|discord(?:app)?\.com(?=/invite/)|kumospace\.com|wonder\.me"
    r"|app\.goto\.com|bbcollab\.com|conf\.dfn\.de|pexip\.me|facetime\.apple\.com|vc\.feishu\.cn|vc\.larksuite\.com"
    r"|telemost\.yandex\.(?:ru|com)|jazz\.sber\.ru"
)
_LABELS = (
    r"bbb[0-9a-z-]{0,8}|bigbluebutton|big-blue-button|jitsi[0-9a-z-]{0,8}|meet[0-9]{0,3}|meeting"
    r"|zoom|webconf[a-z]{0,12}|visio[a-z]{0,12}"
)
_HOST = (
    rf"(?:(?:[a-z0-9-]{{1,60}}\.){{0,4}}(?:{_SERVICES})"
    rf"|(?:[a-z0-9-]{{1,60}}\.){{0,2}}(?:{_LABELS})(?:\.[a-z0-9-]{{1,60}}){{1,4}})(?![a-z0-9-])"
)
_AFTER_LINK = re.compile(r"[ \t,;]{1,3}\d{6,11}(?![\w.])")
"""The number that people put behind a link."""
_REST = r"(?:(?!https?:)[^\s<>\"'\\\[\](){}|])"
_ROOM = (
    r"/(?:bigbluebutton/|(?:b|rooms)/[a-z0-9]{3}-[a-z0-9]{3}-"
    r"|user/ics/|calendar/ical/[^\s/]{1,120}/private-)"
)
"""Ways to a room, and to a person's own calendar, whose address is the key to it."""
_MEETING = rf"(?:[^\s/@]{{1,80}}@)?(?:{_HOST}(?!/rec/)|[a-z0-9.-]{{1,200}}(?={_ROOM}))"
"""What follows `//` in a meeting's address; recordings (`/rec/`) are none."""
_LINK = re.compile(rf"(?:https?:)?//{_MEETING}{_REST}{{0,2000}}", re.IGNORECASE)
_BARE_LINK = re.compile(
    rf"(?<![\w./@-])(?:[a-z0-9-]{{1,60}}\.){{0,4}}(?:{_SERVICES}|meet\.google\.com|meet\.jit\.si)/(?!rec/){_REST}{{1,2000}}",
    re.IGNORECASE,
)
_WRAPPED_LINK = re.compile(
    rf"https?://{_REST}{{1,400}}?3a(?:%2f%2f|__){_HOST}{_REST}{{0,2000}}", re.IGNORECASE
)
"""A meeting's address inside that of a mail filter or a search engine."""
_LABELLED_LINK = re.compile(
    r"\b(?:join|zoom|webex|webinar|teams|(?:meeting|video ?conference)[ -](?:link|url))\b"
    r"(?:[ ](?:zoom|webex|teams|bbb|by|via|on|at|the|us|meeting|webinar|session|seminar|talk|link|url|here|room|online)){0,6}"
    rf"[ ]?:\s{{0,4}}(https?://{_REST}{{1,2000}})",
    re.IGNORECASE,
)

_NUMBER = re.compile(
    r"\b(?:meeting|webinar|(?:phone |video |vtc )?conference|participant|attendee|personal|host|konferenz"
    r"|sitzungs|zoom)[ -]?(?:id|number|no\.?|nr\.?|code|key|pin)\b(?:[ ]?\([^()\n]{1,40}\))?[ ]{0,3}"
    r"(?:is\b|lautet\b|[:=#–-])?\s{0,4}(?:[a-z]{1,12}[ ])?"
    r"(?:\d(?:[ \u00a0-]?\d){5,17}\b#?|[a-z]{3}-[a-z]{4}-[a-z]{3}\b)"
    r"|\bzoom(?:[ ]meeting)?[ ]?:?[ ]{1,3}\d{3}[ -]\d{3,4}[ -]\d{4}\b"
    r"|(?:\b(?:(?:(?:telefon)?konferenz|besprechungs|vergaderings?)-?id|id[ ](?:de[ ](?:la[ ])?r[ée]uni[oó]n"
    r"|(?:della[ ])?riunione|da[ ]reuni[ãa]o|spotkania)|num[ée]ro[ ]de[ ](?:la[ ])?(?:r[ée]union"
    r"|conf[ée]rence(?:[ ]t[ée]l[ée]phonique)?)|идентификатор[ ]конференции)"
    r"|ミーティング[ ]?id|会议(?:号|[ ]?id)?|會議(?:號|[ ]?id)?|회의[ ]?id)"
    r"[ ]{0,3}:[ ]{0,3}\d(?:[ -]?\d){5,17}#?",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"\b(?:(?P<whose>meeting|webinar|zoom|numeric|phone|video|host)[ -])?"
    r"(?P<word>pass[ -]?code|password|passwort|kennwort|pwd?|(?:access|security|zugangs)[ -]?code"
    r"|mot de passe|contraseña|host key|pin)\b(?:(?<!pw)[ ]?\([^()\n]{1,40}\))?"
    r"(?:[ ]for[ ](?:the|this|our|all)(?:[ ](?:zoom|online|webex|teams|talks?|meetings?|seminars?|sessions?|calls?)){1,3})?"
    r"(?:[ ]{0,3}(?P<sign>[:=])|[ ](?P<dash>[–—-])(?=[ ])|[ ](?P<verb>is|lautet|ist)\b)?(?:[ ]{0,3}|\n(?=(?:\d{4,10}|(?<=:\n)[^\s\d]{1,16}\d[^\s:]{0,16})(?:\n|\Z)))"
    r"(?P<value>\"[^\"\n]{1,64}\"|“[^”\n]{1,64}”|‘[^’\n]{1,64}’|'[^'\n]{1,64}'"
    r"|\d(?:[ -]?\d){2,12}#?(?!\w)|[^\s,;()<>\[\]\"“]{1,64})",
    re.IGNORECASE,
)
_SECRET_ABROAD = re.compile(
    r"(?:\b(?:kenn(?:code|ung)|code[ ](?:secret|d['’]acc[eè]s)|clave|c[óo]digo[ ]de[ ]ac(?:ceso|esso)"
    r"|codice[ ]d['’][ ]?accesso|senha(?:[ ]de[ ]acesso)?|toegangscode|wachtwoord|hasło|lösenord|adgangskode"
    r"|salasana|пароль|код[ ]доступа)|パス(?:コード|ワード)|密[码碼]|암호|비밀번호)"
    r"[ ]{0,3}[:=][ ]{0,3}(?:\d(?:[ -]?\d){2,12}#?(?!\w)|[^\s,;()<>\[\]\"]{1,64})",
    re.IGNORECASE,
)
"""The same in other languages: only beside a meeting."""
_OF_MEETINGS = re.compile(r"pass[ -]?code|kennwort|access|zugangs", re.IGNORECASE)
"""Words for a secret that other texts hardly use."""
_NO_SECRET = frozenset(
    ["required", "needed", "sent", "available", "provided", "necessary", "shared", "given", "not"]
)
_HINT_LINE = re.compile(r"^[ \t]*(?:password|passcode) hint\b[^\n]*", re.IGNORECASE | re.MULTILINE)
_PHONE = r"(?>(?:\([A-Z]{2}\)[ ])?\+?[\d(][\d \u00a0().\-/]{5,22}\d)(?![@\d])"
_TELEPHONE = re.compile(
    rf"\b(?:tel(?:ephone|efon|[ée]fono)?|t[ée]l(?:[ée]phone)?|phone)[ ]?:[ ]?{_PHONE}[,;#*\d]{{0,40}}"
    r"|\+?\d[\d ().-]{5,22},{1,4}[\d#*,]{4,40}"
    r"|\b(?:dial(?:[ -]?in\b(?:[ ]numbers?)?|(?=:?[ ]\d|[^\n\d+(]{0,30}[+(0]))|einwahl|call[ -]?in(?:[ ]number)?|join[ ]by[ ](?:tele)?phone"
    rf"|one[ -]tap(?:[ ]mobile)?|toll[ -]free)[^\n\d+(]{{0,30}}{_PHONE}[,;#*\d]{{0,40}}"
    r"(?:[ ]{0,2}\(?(?:(?:access|conference)[ ])?(?:code|pin|id):?[ ]{1,3}\d[\d ]{2,14}#?\)?)?"
    r"|\bsips?:[^\s<>\"@]{1,80}@[\w.-]{1,80}"
    r"|(?<![\w.])\d{6,20}(?:\.[\w-]{1,20}){0,3}@[\w.-]{0,60}(?:zoom|webex|lync|bjn|pexip|teams)[\w.-]{1,60}",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"^[ \t•*-]{0,12}(?:\([A-Z]{2}\)[ ]|[A-Z][A-Z ]{1,30}(?:\([^()\n]{1,30}\))?:[ ]{1,3}(?=\+))?(?:\+?\d[\d ().-]{5,22},{1,4}[\d#*,]{4,40}"
    r"|\+\d[\d \u00a0().-]{6,22}\d|\d{1,3}(?:\.\d{1,3}){3}|\d[\d -]{8,18}\d(?=[^\d\n]{0,60}\btoll\b))"
    r"(?:[ \t][^\d\n]{0,60}(?:\bpin\b[^\n]{0,40})?)?$"
    r"|\(\d{4,12} (?:from|when dialing)[^()\n]{0,20} (?:tele)?phones?[^()\n]{0,30}\)"
    r"|^[ \t]{0,12}(?:learn more about (?:meet|teams)|download teams|learn more \||need help\?|you can also dial"
    r"|tap to join from|join from a video)[^\n]{0,400}$",
    re.IGNORECASE | re.MULTILINE,
)
"""Lines of a dial-in list, a number and a place, and of a service's own words: only beside a meeting."""

_HINT_LABELS = (
    "tel|pin|url|sip|pwd|bbb|號|[^a-z](?:id|pw)",
    "code|wort|dial|nion|i..n|i..o|ione|efon|link|join|here|sips",
    "phone|nion |webex|teams",
    "number|ции",
    "numbers|call.in|dial.in|webinar|einwahl|meeting",
)
_HINT_HOSTS = (r"\.gg|\.vc|\.me", r"\.town|\.meet", r"oom\.us|jit\.si")
_HINT_COMPANIES = (
    "eby",
    "soft|live|zoom|goto|lync",
    "jeans|webex|skype",
    "google",
    "zoomgov|meeting|webinar",
)
"""Those of one width are looked back for together."""
_PAGES = r"(?:arxiv|researchseminars)\.org/[at]"
"""Where most addresses of talks lead, and no meeting's."""


def _behind(choices: Iterable[str], sign: str) -> str:
    return "|".join(f"(?<=(?:{choice}){sign})" for choice in choices)


_HINTS = tuple(
    (ord(byte), re.compile(pattern.encode()))
    for byte, pattern in (
        ("z", "zoom"),
        ("p", "pass(?:[ -]?code|wor[dt]|e ?:)"),
        (":", f":(?:{_behind(_HINT_LABELS, ':')})"),
        ("m", "meeting[ -](?:id|n|code|key|pass)"),
        ("#", r"#(?<=\d#)"),
        ("\xe4", "会议"),
        ("%", "3a%2f"),
        ("_", "3a__"),
        ("+", r"\+(?<=[a-z(]\+|[ \n:]\+)\d"),
        (
            "/",
            rf"/(?:(?<=//)(?!{_PAGES}){_MEETING}|{_behind(_HINT_HOSTS, '/')}|(?<=\.com/)(?:{_behind(_HINT_COMPANIES, '[.]com/')}))",
        ),
    )
)
"""One is in every text that holds something private, and its byte with it. A byte, as a number, is
looked for at the speed of memory, and nearly so a pattern that begins with fixed letters."""

_FILLER_WORDS = (
    "323 a access also and app at audio bbb be by call click code computer conference de device dial do"
    " edit en find for format free from global google h held help here hint id in interactive international"
    " internet iphone is it jitsi join la le learn link links livestream local location map meet meeting"
    " microsoft mit mobile more need not number numbers numeric on one online only options or pass passcode"
    " password phone pin please pw pwd raum reset room section session sip skype stream sur tap teams"
    " telephone the this to toll tollfree une under url us use using via video view virtual web webex"
    " webinar will with you your zoom zum über"
)
_FILLER = frozenset(_FILLER_WORDS.split())
_STRONG = re.compile(
    r"join|dial|tap|zoom|teams|meet|webex|local number|edit this|options|phone|call|sip",
    re.IGNORECASE,
)
_ALIKE = str.maketrans("\u00a0\u202f\u2009\u200e\u200f\u202a\u202b\u202c：（）", "        :()")
"""Letters that look like others, or like nothing, around numbers."""
_EMPTIED = re.compile(r"[ ]?[(\[][ ,;:.\0]{0,20}\0[ ,;:.\0]{0,20}[)\]]")
_TRIED = 50
_WORD = re.compile(r"[^\W_]+")
_RULE = re.compile(r"[\W_]{8,400}")


def cut(text: str, people: Collection[str] = ()) -> str:
    r"""A text without its joining blocks and people's addresses; the same text where it has none.

    >>> cut("Join Zoom Meeting\nhttps://uni.zoom.us/j/123?pwd=abc\nPasscode: 314\n\nBased on 2103.01338")
    'Based on 2103.01338'
    >>> cut("We meet in room 314 (https://arxiv.org/abs/2103.01338)")
    'We meet in room 314 (https://arxiv.org/abs/2103.01338)'
    """
    spans = _private_spans(text)
    if people:
        found = [m.span() for m in _MAIL.finditer(text) if m[1].lower() in people]
        spans = _merged([*spans, *found])
    if not spans:
        return text
    from enrich.references.extract import find_references

    references = find_references(text)
    spans = _around(spans, [(r.start, r.end) for r in references])
    papers = [(r.paper, r.version) for r in references]
    for shorter in (_without_lines(text, spans), _without(text, spans)):
        if [(r.paper, r.version) for r in find_references(shorter)] == papers:
            return shorter
    kept: list[Span] = []  # one by one, but those that cost a reference
    for span in spans[: _TRIED if len(text) < 50_000 else 1]:
        shorter = _without(text, [*kept, span])
        if [(r.paper, r.version) for r in find_references(shorter)] == papers:
            kept.append(span)
    return _without(text, kept)


def people_of(properties: Properties) -> Collection[str]:
    """The mail addresses of an event's organiser and attendees, in lower case."""
    if _PEOPLE.isdisjoint(properties.first):
        return ()
    values = (value for name in _PEOPLE for value in properties.texts(name))
    return frozenset(m[1].lower() for value in values for m in _MAIL.finditer(value))


def clean_lines(lines: Iterable[str], people: Collection[str] = ()) -> list[str]:
    """Logical lines of a component without people and private things, for those who keep them raw."""
    kept = []
    for line in lines:
        split = split_line(line)
        if split is None:
            kept.append(cut(line, people))  # the rest of a text over raw lines
            continue
        name, parameters, value = split
        if name in _PEOPLE:
            continue
        text = text_of(value, parameters)
        clean = cut(text, people) if people or is_suspect(text.lower().encode()) else text
        if clean == text:
            kept.append(line)
        elif name in _CLEANED and "ENCODING" not in parameters:
            kept.append(line[: len(line) - len(value)] + escaped(clean))
    return kept


def is_suspect(lower: bytes) -> bool:
    """Whether a text, in lower case and UTF-8, may hold something private."""
    for byte, hint in _HINTS:  # noqa: SIM110 - any() takes half as long again
        if byte in lower and hint.search(lower) is not None:
            return True
    return False


def _private_spans(text: str) -> list[Span]:
    if not text.isascii():
        text = text.translate(_ALIKE)
    links = [
        m.span() for pattern in (_WRAPPED_LINK, _LINK, _BARE_LINK) for m in pattern.finditer(text)
    ]
    links.extend(m.span(1) for m in _LABELLED_LINK.finditer(text))
    spans = [
        m.span() for pattern in (_NUMBER, _HINT_LINE, _TELEPHONE) for m in pattern.finditer(text)
    ]
    for start, end in links:
        tail = _AFTER_LINK.match(text, end)
        spans.append((start, tail.end() if tail else start + len(text[start:end].rstrip(".,;:!?"))))
    beside = bool(spans)
    ends = {end for _, end in spans}
    for secret in _SECRET.finditer(text):
        value = secret["value"].rstrip(".!?:")
        near = not ends.isdisjoint(range(secret.start() - 3, secret.start() + 1))
        if value and _is_secret(secret, value, beside=beside, near=near):
            spans.append((secret.start(), secret.start("value") + len(value)))
    if spans:
        for pattern in (_BESIDE, _SECRET_ABROAD):
            spans.extend(m.span() for m in pattern.finditer(text))
    return _merged(spans)


def _is_secret(found: re.Match[str], value: str, *, beside: bool, near: bool) -> bool:
    """Whether it is one, as a meeting stands somewhere in the text, or right before it."""
    digits = sum(c.isdigit() for c in value)
    if found["word"].lower() == "pin":
        return digits >= 4 and (beside or found["sign"] is not None)
    beside = beside or (found["whose"] or "").lower() in {"meeting", "webinar", "zoom"}
    likely = beside or _OF_MEETINGS.match(found["word"]) is not None
    if found["sign"] is not None or found["dash"] is not None:
        return likely or digits > 0
    if found["verb"] is not None:
        ends = found.string[found.end() : found.end() + 1] in {"", " ", "\n", ",", ";", ")"}
        return (
            digits > 0
            or value[0] in "\"'“‘"
            or (beside and ends and value.lower() not in _NO_SECRET)
        )
    return digits >= (1 if likely else 4) or (near and value.lower() not in _NO_SECRET)


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _around(spans: Sequence[Span], kept: Sequence[Span]) -> list[Span]:
    """Spans without what they share with others; both sorted and not overlapping."""
    left = []
    at = 0
    for start, end in spans:
        while at < len(kept) and kept[at][1] <= start:
            at += 1
        begin, inner = start, at
        while inner < len(kept) and kept[inner][0] < end:
            if kept[inner][0] > begin:
                left.append((begin, kept[inner][0]))
            begin = max(begin, kept[inner][1])
            inner += 1
        if begin < end:
            left.append((begin, end))
    return left


def _without(text: str, spans: Sequence[Span]) -> str:
    pieces = []
    at = 0
    for start, end in spans:
        pieces.append(text[at:start])
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _without_lines(text: str, spans: Sequence[Span]) -> str:
    """The text without the spans, and without the lines of which they leave nothing that says more."""
    kept: list[str | None] = []  # None: a line that is gone
    start, next_span = 0, 0
    for line in text.split("\n"):
        end = start + len(line)
        mine = []
        while next_span < len(spans) and spans[next_span][0] <= end:
            mine.append(spans[next_span])
            if spans[next_span][1] > end:
                break
            next_span += 1
        if not mine:
            kept.append(line)
        else:
            rest = _rest(line, [(max(a - start, 0), min(b - start, len(line))) for a, b in mine])
            kept.append(None if _is_filler(rest) else rest)
        start = end + 1
    return _joined(kept)


def _rest(line: str, spans: Sequence[Span]) -> str:
    """A line without spans, the brackets that held nothing else, and a blank too many."""
    pieces = []
    at = 0
    for start, end in spans:
        pieces.append(line[at:start])
        at = end
    pieces.append(line[at:])
    if "\0" in line:
        return "".join(pieces)
    rest = _EMPTIED.sub("\0", "\0".join(pieces))
    return (
        rest.replace(" \0 ", " ")
        .replace("\0 ", "\0" if rest[:1] == "\0" else "\0 ")
        .replace("\0", "")
    )


def _joined(lines: list[str | None]) -> str:
    """Lines as a text, without labels and rules that stand beside those that are gone."""
    for order in (range(len(lines)), range(len(lines) - 1, -1, -1)):
        beside = False
        for number in order:
            line = lines[number]
            if line is None:
                beside = True
            elif line.strip():
                label = _STRONG.search(line) is not None and _is_filler(line)
                if beside and (label or _RULE.fullmatch(line) is not None):
                    lines[number] = None
                else:
                    beside = False
    kept: list[str] = []
    gap = False
    for line in lines:
        if line is None:
            gap = True
        elif line.strip() or not gap or (kept and kept[-1].strip()):
            kept.append(line)
            gap = gap and not line.strip()
    return "\n".join(kept)


def _is_filler(text: str) -> bool:
    return all(word.lower() in _FILLER for word in _WORD.findall(text))
