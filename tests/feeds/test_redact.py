"""What joins a meeting never leaves the reader; references and other digits always do."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrich.feeds.dialects import JOINING
from enrich.feeds.finish import finish_talk
from enrich.feeds.redact import is_suspect, redact_text
from enrich.feeds.redact_spelling import spell
from enrich.feeds.redact_words import LANGUAGES, Language
from enrich.model import Talk
from enrich.references.extract import find_references
from tests.feeds import calendar, event, read

DATA = Path(__file__).parents[1] / "data/feeds/redact.jsonl"
"""One case a line: id, text, and what is expected of it; a block of credentials stands in a frame."""
CASES: list[dict[str, str]] = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
BEGIN, END = "First line.\n\n", "\n\nLast line, see arXiv:2110.10090."
BLOCKS = {
    case["id"].removeprefix("block "): case["text"].removeprefix(BEGIN).removesuffix(END)
    for case in CASES
    if case["id"].startswith("block ")
}
KEPT = [case["text"] for case in CASES if case["id"].startswith("kept ")]
SECRET = re.compile(
    r"zoom\.us|zoomcrc|teams\.microsoft|meet\.google|tel\.meet|webex\.com|bbb\.|jit\.si|go\.example"
    r"|812.?3456|391 234|123 456 789|2555|774.?411|4Xk2|aB3dEf|wMp3Xf|Euler77|8656|8592|4874|8900|9388|Mathieu"
    r"|1234567|162\.255|7104|Euler"
)

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


def check_case(case: dict[str, str]) -> None:
    """Fail with all that a case says, if its text is not redacted as expected."""
    found = redact_text(case["text"])
    if found != case["expected"]:
        pytest.fail(
            f"{case['id']}: {case['text']!r}\nexpected {case['expected']!r}\nfound    {found!r}",
            pytrace=False,
        )


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_labelled_text_is_redacted_as_its_label_says(case: dict[str, str]) -> None:
    check_case(case)


def test_a_wrong_label_fails_with_its_id_text_expected_and_found() -> None:
    wrong = CASES[0] | {"expected": "something else"}
    with pytest.raises(pytest.fail.Exception) as failed:
        check_case(wrong)
    shown = str(failed.value)
    for part in (wrong["id"], repr(wrong["text"]), "'something else'", repr(CASES[0]["expected"])):
        assert part in shown


def test_every_case_has_an_id_of_its_own() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES) > 60


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_keeps_no_secret_and_its_frame_stays(name: str) -> None:
    text = BEGIN + BLOCKS[name] + END
    shorter = redact_text(text)
    assert SECRET.search(text) is not None
    assert SECRET.search(shorter) is None
    assert shorter.startswith(BEGIN)
    assert shorter.endswith(END)


@pytest.mark.parametrize("name", BLOCKS)
def test_the_quick_look_misses_no_block(name: str) -> None:
    assert is_suspect(BLOCKS[name].lower().encode())


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


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_redacting_again_changes_nothing(case: dict[str, str]) -> None:
    assert redact_text(case["expected"]) == case["expected"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([*BLOCKS.values(), *KEPT, *REFERENCES]) | st.text(max_size=20), max_size=8
    ),
    st.sampled_from(["\n", "\n\n", " ", ", ", ""]),
)
def test_redacting_any_text_again_changes_nothing(pieces: list[str], glue: str) -> None:
    once = redact_text(glue.join(pieces))
    assert redact_text(once) == once


def test_credentials_are_masked_where_their_removal_would_change_a_reference() -> None:
    text = "Preprint: https://zoom.us/j/774411 2103.01338"
    assert find_references(text) == ()
    assert redact_text(text) == "Preprint: https://xxxx.xx/x/000000 2103.01338"


def test_what_is_protected_is_a_parameter() -> None:
    text = "Join us on Zoom: https://papers.example.org/abs/2103.01338&pwd=2"
    assert redact_text(text) == ""
    assert redact_text(text, anchors=("", "é")) == ""
    kept = redact_text(text, anchors=("example.org/",))
    assert kept == "Join us on Zoom: https://papers.example.org/abs/2103.01338"


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


@pytest.mark.parametrize(
    "language",
    [pytest.param(row, id=row.name) for row in LANGUAGES if row.secret],
)
def test_a_password_is_redacted_wherever_the_talk_has_its_meeting(language: Language) -> None:
    for words in spell(language.secret):
        text = f"Knots.\n{words}: 4Xk2"
        for talk in (
            Talk(id="1", abstract=text, room="https://uni.zoom.us/j/774411"),
            Talk(id="1", abstract=text, url="https://uni.zoom.us/j/774411"),
            Talk(id="1", abstract=text, texts=((JOINING, "Password hint: Mathieu"),)),
            Talk(
                id="1", abstract="Knots.", texts=(("comments", text), ("url", "zoom.us/j/774411"))
            ),
            Talk(id="1", abstract="Knots.\nzoom.us/j/774411", room=text),
        ):
            done = finish_talk(talk, keep_private=False)
            assert "4xk2" not in repr(done).lower()
            assert done.abstract == "Knots."
            assert "private_cut" in {warning.code for warning in done.warnings}
            assert finish_talk(done, keep_private=False) == done


def test_a_mail_address_alone_is_not_a_meeting() -> None:
    talk = Talk(id="1", abstract="Clave: 3 ideas", room="Room 5, ann@example.org")
    done = finish_talk(talk, keep_private=False, people={"ann@example.org"})
    assert (done.abstract, done.room) == ("Clave: 3 ideas", "Room 5")


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
        "Zoom: https://a.b ", "Zoom: https://a.b/c https://zoom.us/j/1\n", "passcode: passcode 12 ", "会议号: 812 3456 7890 ", ": 123456 ",
        "//meet.a.b:1/ ", "user@zoom.us/j/1 ", "zoom.us/j/1 12345678 ", "0000.00000.", "2103.01338.", " \n \r\n", "id / pw: 123456 / x ",
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
