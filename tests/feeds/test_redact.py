"""What joins a meeting never leaves the reader; references and other digits always do."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrich.feeds.finish import finish_talk
from enrich.feeds.redact import is_suspect, redact_text
from enrich.model import Talk
from enrich.references.extract import find_references
from tests.feeds import calendar, event, read

ZOOM = """\
Dr X is inviting you to a scheduled Zoom meeting.

Join Zoom Meeting
https://us02web.zoom.us/j/81234567890?pwd=SDfs4dfZ

Meeting ID: 812 3456 7890
Passcode: 4Xk2!qq
One tap mobile
+16465588656,,81234567890#,,,,*774411# US (New York)

Dial by your location
        +1 646 558 8656 US (New York)
        +1 301 715 8592 US (Washington DC)
Find your local number: https://us02web.zoom.us/u/kdfgdf

Join by SIP
81234567890@zoomcrc.com

Join by H.323
162.255.37.11 (US West)"""
TEAMS = """\
________________________________________________________________________________
Microsoft Teams meeting
Join on your computer, mobile app or room device
Click here to join the meeting <https://teams.microsoft.com/l/meetup-join/19%3ameeting_Nz>
Meeting ID: 391 234 567 890
Passcode: aB3dEf
Or call in (audio only)
+1 323-849-4874,,123456789#   United States, Los Angeles
Phone Conference ID: 123 456 789#
Find a local number | Reset PIN
________________________________________________________________________________"""
MEET = """\
Join with Google Meet: https://meet.google.com/abc-defg-hij
Or dial: (US) +1 234-567-8900 PIN: 774 411 774#
More phone numbers: https://tel.meet/abc-defg-hij?pin=774411774&hs=7
Learn more about Meet at: https://support.google.com/a/users/answer/9282720"""
WEBEX = """\
https://uni.webex.com/uni/j.php?MTID=m0123456789abcdef
Meeting number (access code): 2555 123 4567
Meeting password: wMp3Xf77
Join by phone
+1-408-418-9388 United States Toll
Dial 25551234567@uni.webex.com"""
BBB = "Room: https://bbb.uni-x.de/b/ana-4xk-q2z\nKennwort: Euler77"
JITSI = "We meet at https://meet.jit.si/SeminarRoom774411"
INLINE = "The talk will be held on Zoom (https://uni.zoom.us/j/123456789, passcode: 774411)."
LABELLED = "Join via Zoom:\nhttps://go.example.org/774411"
BARE = "zoom.us/j/91234567890 pw 774411"
HINT = "Password hint: the order of the Mathieu group M11"
PHONE = "tel:+49301234567"
BLOCKS = {
    "zoom": ZOOM, "teams": TEAMS, "meet": MEET, "webex": WEBEX, "bbb": BBB, "jitsi": JITSI,
    "inline": INLINE, "labelled": LABELLED, "bare": BARE, "hint": HINT, "phone": PHONE,
}  # fmt: skip
BLOCKS |= {
    "german": "https://uni.zoom-x.de/j/774411\nMeeting-ID: 774 411 9876\nKenncode: Euler77\nEinwahl: +49 69 7104 774411",
    "french": "https://u.zoom.us/j/774411\nID de réunion : 774 411 9876\nCode d'accès : Euler77",
    "spanish": "https://u.zoom.us/j/774411\nID de reunión: 774 411 9876\nCódigo de acceso: Euler77",
    "italian": "ID riunione: 774 411 9876\nCodice d’accesso: Euler77",
    "portuguese": "ID da reunião: 774 411 9876\nSenha de acesso: Euler77",
    "dutch": "https://u.zoom.us/j/774411\nVergaderings-ID: 774 411 9876\nToegangscode: 774411\nWachtwoord: Euler77",
    "russian": "https://u.zoom.us/j/774411\nИдентификатор конференции: 774 411 9876\nКод доступа: Euler77",
    "japanese": "https://u.zoom.us/j/774411\nミーティングID: 774 411 9876\nパスコード: Euler77",
    "chinese": "会议号：774-411-987\n密码：Euler77",
    "teams in German": "Besprechungs-ID: 391 234 567 890\nKennung: aB3dEf\nTelefonkonferenz-ID: 123 456 789#",
    "bidi marks": "https://meet.google.com/abc\n\u202a(US) +1 234-567-8900\u202c PIN: \u202a774 411 774\u202c#",
    "no-break blanks": "Meeting\xa0ID:\xa0774\xa0411\xa0987\nPasscode:\xa0Euler77",
    "below their labels": "Meeting ID:\n774 411 987\nPasscode\n774411",
    "goto": "https://meet.goto.com/774411\nUnited States: +1 (571) 234-8900\nAccess Code: 774-411-987",
    "pin behind a number": "meet.google.com/abc-defg-hij\n+1 234-567-8900 (PIN: 774411774)",
    "zoom number alone": "Zoom meeting 774 411 9876 (password: Euler77)",
    "said in a sentence": "https://u.zoom.us/j/774411. The password for the Zoom meeting is Euler.77",
    "mail filter": "https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fu.zoom.us%2Fj%2F774411&data=5",
    "other mail filter": "https://urldefense.proofpoint.com/v2/url?u=https-3A__u.zoom.us_j_774411&d=Dw",
    "discord": "https://discord.com/invite/774411",
    "telemost": "https://telemost.yandex.ru/j/774411",
    "dutch by itself": "Vergadering-ID: 774 411 9876",
    "russian by itself": "Идентификатор конференции: 774 411 9876",
    "chinese in full": "會議號: 774 411 987",
    "webex from phones": "https://u.webex.com/meet/x\nMeeting password: wMp3Xf77 (774411 from phones)",
    "webex when dialing": "Meeting password: wMp3Xf77 (774411 when dialing from a phone or video system)",
    "dial-in with a code": "Dial-in: +49 30 774411, code 774411#",
    "dial-in in words": "Please dial 030 774411 (PIN 774411#)",
    "short dial-in": "030 774411,,774411#",
    "sip": "sip:774411@vc.example.org",
    "below a label, with letters": "https://u.zoom.us/j/1\nPassword:\nEuler77",
    "right behind a number": "Zoom ID 774 411 9876, pw Euler",
    "right behind a link": "https://u.zoom.us/j/774411 password Euler",
    "the zoom password": "The zoom password is Euler",
    "google's own calendar": "https://calendar.google.com/calendar/ical/a774411%40x/private-774411/basic.ics",
    "a feed of one's own": "https://researchseminars.org/user/ics/774411",
    "host alone": "pexip.me/774411",
    "webinar number": "Webinar number: 774 411 9876",
}  # fmt: skip
SECRET = re.compile(
    r"zoom\.us|zoomcrc|teams\.microsoft|meet\.google|tel\.meet|webex\.com|bbb\.|jit\.si|go\.example"
    r"|812.?3456|391 234|123 456 789|2555|774.?411|4Xk2|aB3dEf|wMp3Xf|Euler77|8656|8592|4874|8900|9388|Mathieu"
    r"|1234567|162\.255|7104|Euler"
)

KEPT = [
    "We meet in room 314 on 2022-02-18 and pass to the limit; the access code of life, $2^{31}-1$.",
    "Beyond the password: authentication without secrets. A PIN diode; dial plans; Zoom lenses.",
    "Theorem 12345678 (phone 4711). Call 030 1234 for the dinner, https://www.meetup.com/x.",
    "Recording: https://zoom.us/rec/share/abc, slides https://meetings.aps.org/Meeting/MAR21",
    "We study meeting id theft, passwords and passcodes; the webinar is public.",
    "Zoom on pathwidth: pw(G) = 3, conference 2022: 12 talks, clave: 3; we phone: 12 friends.",
    "https://zoom.us/rec/share/a password required; zoom password protected talks; (5000 from phones).",
    "We dial up the temperature to 5050 2596 K.",
    "Password:\nAuthentication methods\nSIP: session initiation; dial 5 of 7; webinar, conference 2022.",
    "Grant 2103.01338 of 1234567 Euro; ISBN 978-3-16-148410-0; 555 123 4567 digits of pi.",
]
REFERENCES = [
    "https://arxiv.org/abs/2103.01338",
    "[https://arxiv.org/pdf/2103.01338v2.pdf]",
    "arXiv:2110.10090",
    "arXiv:2110.10090 and 2511.00674",
    "https://openreview.net/forum?id=FpKgG31Z_i9&noteId=abc",
    "arXiv:math/0601001 [math.AG]",
    "Preprint: 2012.08528",
    "doi:10.48550/arXiv.2103.01338",
]


@pytest.mark.parametrize("name", BLOCKS)
def test_block_is_cut_and_nothing_else(name: str) -> None:
    text = f"First line.\n\n{BLOCKS[name]}\n\nLast line, see arXiv:2110.10090."
    shorter = redact_text(text)
    assert SECRET.search(text) is not None
    assert SECRET.search(shorter) is None
    assert shorter.startswith("First line.\n\n")
    assert shorter.endswith("\n\nLast line, see arXiv:2110.10090.")


@pytest.mark.parametrize("name", BLOCKS)
def test_the_quick_look_misses_no_block(name: str) -> None:
    assert is_suspect(BLOCKS[name].lower().encode())


@pytest.mark.parametrize("text", KEPT)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert redact_text(text) == text


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([*BLOCKS.values(), *KEPT, *REFERENCES]) | st.text(max_size=20), max_size=8
    ),
    st.sampled_from(["\n", "\n\n", " ", ", "]),
)
def test_no_reference_is_ever_lost(pieces: list[str], glue: str) -> None:
    text = glue.join(pieces)
    before = [(r.paper, r.version) for r in find_references(text)]
    after = [(r.paper, r.version) for r in find_references(redact_text(text))]
    assert after == before


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from([*BLOCKS.values(), *KEPT, *REFERENCES]), min_size=1, max_size=6),
    st.sampled_from(["\n", "\n\n"]),
)
def test_no_secret_is_left_whatever_stands_beside(pieces: list[str], glue: str) -> None:
    secrets = [p for p in pieces if p in BLOCKS.values()]
    left = redact_text(glue.join(pieces))
    found = SECRET.search(left)
    allowed = "".join(p for p in pieces if p not in secrets)
    assert found is None or found[0] in allowed, left


def test_cutting_again_changes_nothing() -> None:
    for block in BLOCKS.values():
        assert redact_text(redact_text(block)) == redact_text(block)


def test_a_reference_inside_a_meeting_link_stays() -> None:
    text = redact_text("https://zoom.us/j/123456?next=https://arxiv.org/abs/2103.01338")
    assert text == "https://arxiv.org/abs/2103.01338"


def test_every_text_and_field_of_a_talk_is_cleaned_with_one_warning() -> None:
    link = "https://uni.zoom.us/j/774411"
    talk = Talk(
        id="1",
        url=link,
        title=f"A talk ({link})",
        room=f"Room 5 / {link}",
        slides_link=link,
        video_link="https://zoom.us/rec/share/abc",
        abstract=f"Text.\n{link}",
        texts=(("url", link), ("comments", f"see {link}")),
    )
    done = finish_talk(talk, keep_private=False)
    assert (done.url, done.title, done.room) == (None, "A talk", "Room 5")
    assert (done.slides_link, done.video_link) == (None, "https://zoom.us/rec/share/abc")
    assert (done.abstract, done.texts) == ("Text.", (("comments", "see "),))
    assert [warning.code for warning in done.warnings] == ["private_cut"]
    assert finish_talk(done, keep_private=False) == done
    assert finish_talk(talk, keep_private=True).abstract == talk.abstract


BAD = event(
    r"DESCRIPTION:Text\, see arXiv:2103.01338\n\nJoin Zoom Meeting\nhttps://uni.zoom.us/j/774411\nPasscode: 774411",
    "ATTENDEE;CN=Ann:mailto:ann@example.org",
    "ORGANIZER:mailto:bob@example.org",
    "CONTACT:carl@example.org",
    "LOCATION:https://uni.zoom.us/j/774411",
    "URL:https://uni.zoom.us/j/774411",
    "X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij",
    'X-ALT-DESC;FMTTYPE=text/html:<p><a href="https://uni.zoom.us/j/774411">Join</a></p>',
    "ATTACH:https://uni.zoom.us/j/774411",
    "CATEGORIES:math",
)


@pytest.mark.parametrize("keep_raw", [False, True])
def test_nothing_private_leaves_the_reader_raw_or_read(keep_raw: bool) -> None:
    head = [
        "X-WR-CALNAME:Name",
        "ORGANIZER:mailto:dora@example.org",
        "X-MEETING:https://zoom.us/j/774411",
    ]
    (talk,), _ = read(calendar(BAD, head=head), keep_raw=keep_raw)
    whole = repr((talk, talk.raw, talk.feed))
    assert SECRET.search(whole) is None
    assert "@example.org" not in whole
    assert talk.abstract == "Text, see arXiv:2103.01338"
    if keep_raw:
        assert talk.raw is not None
        assert rb"DESCRIPTION:Text\, see arXiv:2103.01338" in talk.raw
        assert b"CATEGORIES:math\r\n" in talk.raw


def test_the_feeds_name_holds_nothing_private() -> None:
    link = "https://uni.zoom.us/j/774411"
    for name, told in ((f"Knots {link}", "Knots"), (link, "feed")):
        talks, _ = read(calendar(event(), head=[f"X-WR-CALNAME:{name}"]))
        assert talks[0].feed is not None
        assert talks[0].feed.name == told
        talks, _ = read(calendar(event(), head=[f"X-WR-CALNAME:{name}"]), keep_private=True)
        assert talks[0].feed is not None
        assert talks[0].feed.name == name


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("https://uni.zoom.us/j/774411 / Room 5", "Room 5"),
        (r"Room 5\, https://uni.zoom.us/j/774411", "Room 5"),
        (r"Room 5\nJoin Zoom Meeting\nhttps://uni.zoom.us/j/774411\nPasscode: 774411", "Room 5"),
        ("<https://uni.zoom.us/j/774411>", None),
        ("https://go.example.org/774411", None),
        ("mailto:room774411@example.org", None),
        ("msteams:/l/meetup-join/774411", None),
        ("Room 5 (https://maps.example.org/x)", "Room 5 (https://maps.example.org/x)"),
    ],
)
def test_a_room_stands_beside_a_meetings_address(location: str, told: str | None) -> None:
    (talk,), _ = read(calendar(event(f"LOCATION:{location}")))
    assert talk.room == told


def test_addresses_of_an_events_people_are_cut_from_its_texts_and_no_others() -> None:
    line = r"DESCRIPTION:Ask Ann (ANN@example.org)\, mailto:bob@example.org or eve@example.org, arXiv:2103.01338"
    people = ("ATTENDEE;CN=Ann:mailto:ann@example.org", "ORGANIZER:MAILTO:bob@example.org")
    (talk,), _ = read(calendar(event(line, *people)), keep_raw=True)
    assert talk.abstract == "Ask Ann, or eve@example.org, arXiv:2103.01338"
    assert [warning.code for warning in talk.warnings] == ["private_cut"]
    assert b"bob@" not in (talk.raw or b"").lower()
    (talk,), _ = read(calendar(event(line, *people)), keep_private=True)
    assert "ANN@example.org" in (talk.abstract or "")


def test_what_researchseminars_says_of_joining_is_kept_for_ones_own_use() -> None:
    joining = "Interactive livestream: https://go.example.org/774411\nPassword hint: Mathieu"
    text = f"by Ann as part of Knots\n\n{joining}\n\nAbstract\nSee arXiv:2103.01338".replace(
        "\n", r"\n"
    )
    data = calendar(event(f"DESCRIPTION:{text}"), head=["X: Y"]).replace(
        b"//tests", b"researchseminars"
    )
    for keep_private, texts in ((False, ()), (True, (("livestream", joining),))):
        (talk,), _ = read(data, keep_private=keep_private)
        assert (talk.abstract, talk.texts) == ("See arXiv:2103.01338", texts)
        assert finish_talk(talk, keep_private=False).texts == ()


def test_an_address_loses_the_login_that_stands_in_it() -> None:
    urls = (
        "URL:mailto:ann@example.org",
        "URL:https://ann:774411@example.org/talk?to=a@b",
        "URL:arXiv:2103.01338",
    )
    (talk,), _ = read(calendar(event(*urls)))
    assert talk.url == "https://example.org/talk?to=a@b"
    assert dict(talk.texts) == {"url": "https://example.org/talk?to=a@b\narXiv:2103.01338"}


def test_a_calendar_that_bears_a_mail_address_takes_the_next_name() -> None:
    data = calendar(event(), head=["X-WR-CALNAME:ann@example.org"])
    for name, keep_private, told in (
        ("file", False, "file"),
        (None, False, None),
        ("bob@example.org", False, None),
        ("file", True, "ann@example.org"),
    ):
        (talk,), _ = read(data, name=name, keep_private=keep_private)
        assert talk.feed.name == told


def test_private_things_stay_for_ones_own_use() -> None:
    (talk,), _ = read(calendar(BAD), keep_private=True, keep_raw=True)
    assert talk.abstract is not None
    assert "774411" in talk.abstract
    assert talk.raw is not None
    assert b"ann@example.org" in talk.raw
    assert not talk.warnings


@pytest.mark.parametrize(
    "piece",
    [
        "zoom ", "https://zoom.us/j/1 ", "zoom.us/j/1?", "passcode: 1 ", "(passcode: 1)", "meeting id ", "1", "a.", "a-",
        "+1 ", "1 2 3 4 5 6 7,,", "//a.", "https://", "\n+1 646 558 8656 US", "\n", "Meeting ID: 812 3456 7890\n", 'password "',
        "arXiv:2103.01338, ", "2103.01338 (", "https://arxiv.org/abs/2103.01338(", "abs/2103.01338 ", "hep-th/9901001\n",
        "arXiv:", "preprint ", "和", "and ", "((((", "arXiv:2103.01338 ((( https://", "openreview.net/?id=", "arX\n ",
        "2103.\n01338 ", "https%3A%2F%2Farxiv.org%2Fabs%2F2103.01338 ", "pin. . . 2103.01338 ", "joint work (2103.01338",
    ],
)  # fmt: skip
def test_time_is_linear(piece: str) -> None:
    def seconds(length: int) -> float:
        text = "zoom " + piece * (length // len(piece))
        begin = time.process_time()
        redact_text(text)
        return time.process_time() - begin

    seconds(1_000)
    small = max(seconds(10_000), 0.005)
    large = min(seconds(100_000) for _ in range(3))  # the collector's time is not counted
    assert large < 50 * small
