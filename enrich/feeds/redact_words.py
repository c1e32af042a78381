r"""Words and patterns of meeting credentials in some fifteen languages, for `redact`. Pure.

A new meeting service is one more name in `_SERVICES`; a byte of its address must be among `HINTS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

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
NUMBER_BEHIND_LINK = re.compile(r"[ \t,;]{1,3}\d{6,11}(?![\w.])")
"""The number that people put behind a link."""
_REST = r"(?:(?!https?:)[^\s<>\"'\\\[\](){}|])"
_ROOM = (
    r"/(?:bigbluebutton/|(?:b|rooms)/[a-z0-9]{3}-[a-z0-9]{3}-"
    r"|user/ics/|calendar/ical/[^\s/]{1,120}/private-|calendar/event\?[^\s]{0,400}?\btok=)"
)
"""Ways to a room, and to a person's own calendar, whose address is the key to it."""
_MEETING = rf"(?:[^\s/@]{{1,80}}@)?(?:{_HOST}(?!/rec/)|[a-z0-9.-]{{1,200}}(?={_ROOM}))"
"""What follows `//` in a meeting's address; recordings (`/rec/`) are not meetings."""
MEETING_LINK = re.compile(rf"(?:https?:)?//{_MEETING}{_REST}{{0,2000}}", re.IGNORECASE)
BARE_LINK = re.compile(
    rf"(?<![\w./@-])(?:[a-z0-9-]{{1,60}}\.){{0,4}}(?:{_SERVICES}|meet\.google\.com|meet\.jit\.si)/(?!rec/){_REST}{{1,2000}}",
    re.IGNORECASE,
)
WRAPPED_LINK = re.compile(
    rf"https?://{_REST}{{1,400}}?3a(?:%2f%2f|__){_HOST}{_REST}{{0,2000}}", re.IGNORECASE
)
"""A meeting's address inside that of a mail filter or a search engine."""
LABELLED_LINK = re.compile(
    r"\b(?:join|zoom|webex|webinar|teams|(?:meeting|video ?conference)[ -](?:link|url))\b"
    r"(?:[ ](?:zoom|webex|teams|bbb|by|via|on|at|the|us|meeting|webinar|session|seminar|talk|link|url|here|room|online)){0,6}"
    rf"[ ]?:\s{{0,4}}(https?://{_REST}{{1,2000}})",
    re.IGNORECASE,
)

MEETING_NUMBER = re.compile(
    r"\b(?:meeting|webinar|(?:phone |video |vtc )?conference|participant|attendee|personal|host|konferenz"
    r"|sitzungs|zoom)[ -]?(?:id|number|no\.?|nr\.?|code|key|pin)\b(?:[ ]?\([^()\n]{1,40}\))?[ ]{0,3}"
    r"(?:is\b|lautet\b|[:=#–-])?\s{0,4}(?:[a-z]{1,12}[ ])?"
    r"(?:\d(?:[ \u00a0-]?\d){5,17}\b#?|[a-z]{3}-[a-z]{4}-[a-z]{3}\b)"
    r"|\bzoom(?:[ ]meeting)?[ ]?:?[ ]{1,3}\d{3}[ -]\d{3,4}[ -]\d{4}\b"
    r"|(?:\b(?:(?:(?:telefon)?konferenz|besprechungs|vergaderings?)-?id|id[ ](?:de[ ](?:la[ ])?r[ée]uni[oó]n"
    r"|(?:della[ ])?riunione|da[ ]reuni[ãa]o|spotkania)|num[ée]ro[ ]de[ ](?:la[ ])?(?:r[ée]union"
    r"|conf[ée]rence(?:[ ]t[ée]l[ée]phonique)?)|идентификатор[ ]конференции)"
    r"|\b(?:identyfikator[ ]spotkania|m[öo]tes-?id|toplantı[ ]kimliği)"
    r"|ミーティング[ ]?id|会议(?:号|[ ]?id)?|會議(?:號|[ ]?id)?|회의[ ]?id)"
    r"[ ]{0,3}:[ ]{0,3}\d(?:[ -]?\d){5,17}#?"
    r"|\bid[ ]?/[ ]?(?:pw|passcode|password|code)[ ]?:[ ]{0,3}\d(?:[ -]?\d){5,17}[ ]?/[ ]?[^\s/,;]{1,32}",
    re.IGNORECASE,
)
SECRET = re.compile(
    r"(?<![/_-])\b(?:(?P<whose>meeting|webinar|zoom|numeric|phone|video|host)[ -])?"
    r"(?P<word>pass[ -]?code|password|passwort|kennwort|pwd?|(?:access|security|zugangs)[ -]?code"
    r"|mot de passe|contraseña|host key|pin)\b(?:[*_]{1,3}(?=[ ]?[:=]))?(?:(?<!pw)[ ]?\([^()\n]{1,40}\))?"
    r"(?:[ ]for[ ](?:the|this|our|all)(?:[ ](?:zoom|online|webex|teams|talks?|meetings?|seminars?|sessions?|calls?)){1,3})?"
    r"(?:[ ]{0,3}(?P<sign>[:=])[*_]{0,3}|[ ](?P<dash>[–—-])(?=[ ])|[ ](?P<verb>is|lautet|ist)\b)?(?:[ ]{0,3}|\n(?=(?:\d{4,10}|(?<=:\n)[^\s\d]{1,16}\d[^\s:]{0,16})(?:\n|\Z)))"
    r"(?P<value>\"[^\"\n]{1,64}\"|“[^”\n]{1,64}”|‘[^’\n]{1,64}’|'[^'\n]{1,64}'"
    r"|\d(?:[ -]?\d){2,12}#?(?!\w)|[^\s,;()<>\[\]\"“]{1,64})",
    re.IGNORECASE,
)
FOREIGN_SECRET = re.compile(
    r"(?:\b(?:kenn(?:code|ung)|code[ ](?:secret|d['’]acc[eè]s)|clave|c[óo]digo[ ]de[ ]ac(?:ceso|esso)"
    r"|codice[ ]d['’][ ]?accesso|senha(?:[ ]de[ ]acesso)?|toegangscode|wachtwoord|hasło(?:[ ]dostępu)?|lösen(?:ord|kod)|adgangskode|kod[ ]dostępu|mdp|parola(?:[ ]d['’]ordine)?|pass(?:wd)?"
    r"|salasana|пароль|код[ ]доступа)|パス(?:コード|ワード)|密[码碼]|암호|비밀번호)"
    r"(?:[ ]{0,3}[:=][ ]{0,3}(?:\d(?:[ -]?\d){2,12}#?(?!\w)|[^\s,;()<>\[\]\"]{1,64})|[ ]{1,3}\d{4,12}\b)",
    re.IGNORECASE,
)
"""The same in other languages: only beside a meeting."""
MEETING_SECRET_WORD = re.compile(r"pass[ -]?code|kennwort|access|zugangs", re.IGNORECASE)
"""Words for a secret that other texts hardly use."""
NOT_SECRETS = frozenset(
    ["required", "needed", "sent", "available", "provided", "necessary", "shared", "given", "not"]
)
HINT_LINE = re.compile(r"^[ \t]*(?:password|passcode) hint\b[^\n]*", re.IGNORECASE | re.MULTILINE)
_PHONE = r"(?>(?:\([A-Z]{2}\)[ ])?\+?[\d(][\d \u00a0().\-/]{5,22}\d)(?![@\d])"
TELEPHONE = re.compile(
    rf"\b(?:tel(?:ephone|efon|[ée]fono)?|t[ée]l(?:[ée]phone)?|phone)[ ]?:[ ]?{_PHONE}[,;#*\d]{{0,40}}"
    r"|\+?\d[\d ().-]{5,22},{1,4}[\d#*,]{4,40}"
    r"|\b(?:dial(?:[ -]?in\b(?:[ ]numbers?)?|(?=:?[ ]\d|[^\n\d+(]{0,30}[+(0]))|einwahl|call[ -]?in(?:[ ]number)?|join[ ]by[ ](?:tele)?phone"
    rf"|one[ -]tap(?:[ ]mobile)?|toll[ -]free)[^\n\d+(]{{0,30}}{_PHONE}[,;#*\d]{{0,40}}"
    r"(?:[ ]{0,2}\(?(?:(?:access|conference)[ ])?(?:code|pin|id):?[ ]{1,3}\d[\d ]{2,14}#?\)?)?"
    r"|\bsips?:[^\s<>\"@]{1,80}@[\w.-]{1,80}"
    r"|(?<![\w.])\d{6,20}(?:\.[\w-]{1,20}){0,3}@[\w.-]{0,60}(?:zoom|webex|lync|bjn|pexip|teams)[\w.-]{1,60}",
    re.IGNORECASE,
)
DIAL_IN_LINE = re.compile(
    r"^[ \t•*-]{0,12}(?:\([A-Z]{2}\)[ ]|[A-Z][A-Z ]{1,30}(?:\([^()\n]{1,30}\))?:[ ]{1,3}(?=\+))?(?:\+?\d[\d ().-]{5,22},{1,4}[\d#*,]{4,40}"
    r"|\+\d[\d \u00a0().-]{6,22}\d|\d{1,3}(?:\.\d{1,3}){3}|\d[\d -]{8,18}\d(?=[^\d\n]{0,60}\btoll\b))"
    r"(?:[ \t][^\d\n]{0,60}(?:\bpin\b[^\n]{0,40})?)?$"
    r"|\(\d{4,12} (?:from|when dialing)[^()\n]{0,20} (?:tele)?phones?[^()\n]{0,30}\)"
    r"|^[ \t]{0,12}(?:learn more about (?:meet|teams)|download teams|learn more \||need help\?|you can also dial"
    r"|tap to join from|join (?:from|on) a video|tenant key:|video id:|more info<|for organizers:|microsoft teams(?: meeting)?"
    r"(?: need help\?)?(?:<[^\s<>]{1,400}>)?$)[^\n]{0,400}$",
    re.IGNORECASE | re.MULTILINE,
)
"""Lines of a dial-in list, a number and a place, and of a service's own words: only beside a meeting."""

_HINT_LABELS = (
    "tel|pin|url|sip|pwd|bbb|號|ği|[^a-z](?:id|pw)",
    "code|wort|dial|nion|i..n|i..o|ione|ania|efon|link|join|here|sips",
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
_PAGES = r"(?!jitsi|visio)(?:[a-z]{5}|researchseminars)\.org/(?:abs|talk)/"
"""Where most addresses of talks lead, and no meeting's."""


def _behind(choices: Iterable[str], sign: str) -> str:
    return "|".join(f"(?<=(?:{choice}){sign})" for choice in choices)


HINTS = tuple(
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
searched at the speed of memory, and nearly so a pattern that begins with fixed letters."""

_FILLERS = (
    "323 a access also and app at audio bbb be by call click code computer conference de device dial do"
    " edit en find for format free from global google h held help here hint id in interactive international"
    " internet iphone is it jitsi join la le learn link links livestream local location map meet meeting"
    " microsoft mit mobile more need not number numbers numeric on one online only options or pass passcode"
    " password phone pin please pw pwd raum reset room section session sip skype stream sur tap teams"
    " telephone the this to toll tollfree une under url us use using via video view virtual web webex"
    " webinar will with you your zoom zum über"
)
FILLER_WORDS = frozenset(_FILLERS.split())
MEETING_LABEL = re.compile(
    r"join|dial|tap|zoom|teams|meet|webex|local number|edit this|options|phone|call|sip",
    re.IGNORECASE,
)
TEAMS_BLOCK = re.compile(
    r"^_{5,}[ \t]{0,4}\n(?=(?:(?!_{5,})[^\n]{0,2000}\n){0,30}?[^\n]{0,2000}teams\.(?:microsoft|live)\.)"
    r"(?:(?!_{5,})[^\n]{0,2000}\n){1,40}?_{5,}[ \t]{0,4}(?:\n|\Z)",
    re.IGNORECASE | re.MULTILINE,
)
"""Outlook's block between two rules."""
LOOKALIKES = str.maketrans("\u00a0\u202f\u2009\u200e\u200f\u202a\u202b\u202c：（）", "        :()")
"""Letters that look like others, or like nothing, around numbers."""
