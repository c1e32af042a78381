"""What `read_talks` takes: every source, every kind of content, and one clear line for what it cannot."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrich.document import to_dict
from enrich.errors import FeedError
from enrich.feeds.reading import read_talks
from enrich.model import AnnotatedTalk, Notice, Talk, notice_object
from enrich.paper import Paper
from enrich.references.extract import find_references

EVENT = (
    "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20310305T160000Z\r\nSUMMARY:Flight\r\n"
    "DESCRIPTION:See arXiv:2103.01338\r\nEND:VEVENT\r\n"
)
CALENDAR = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{EVENT}END:VCALENDAR\r\n".encode()
NAMED = CALENDAR.replace(b"VERSION", b"X-WR-CALNAME:Wings\r\nVERSION")
LOGIN = b"<!DOCTYPE html><html><form action=/login><input type='password' name=p></form></html>"
TALK: dict[str, Any] = {
    "id": "1",
    "feed": "Wings",
    "title": "Flight",
    "abstract": "arXiv:2103.01338",
}


def _written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


# --- where a feed comes from ----------------------------------------------------------------


def test_a_path_may_be_a_string_or_a_path_and_names_the_feed(tmp_path: Path) -> None:
    path = _written(tmp_path, "spring.talks.ics", CALENDAR)
    for source in (path, str(path)):
        (talk,) = read_talks(source)
        assert (talk.id, talk.title, talk.feed.name) == ("1", "Flight", "spring.talks")
    (talk,) = read_talks(_written(tmp_path, "spring.ics", NAMED))
    assert talk.feed.name == "Wings"


def test_bytes_and_binary_files_are_read_and_left_open(tmp_path: Path) -> None:
    assert [t.feed.name for t in read_talks(CALENDAR)] == [None]
    assert [t.feed.name for t in read_talks(io.BytesIO(CALENDAR))] == [None]
    with _written(tmp_path, "spring.ics", CALENDAR).open("rb") as file:
        assert [t.feed.name for t in read_talks(file)] == ["spring"]
        assert not file.closed


def test_a_file_that_cannot_go_back_is_copied_first() -> None:
    reading, writing = os.pipe()
    with open(reading, "rb") as pipe, open(writing, "wb") as end:  # noqa: PTH123
        end.write(CALENDAR)  # less than a pipe holds
        end.close()
        assert len(list(read_talks(pipe))) == 1


def test_a_file_that_was_begun_is_read_from_there() -> None:
    file = io.BytesIO(b"junk before" + CALENDAR)
    file.seek(len(b"junk before"))
    assert len(list(read_talks(file))) == 1


def test_a_hyphen_is_standard_input() -> None:
    code = "from enrich.feeds.reading import read_talks\nprint([t.title for t in read_talks('-')])"
    run = subprocess.run(
        [sys.executable, "-c", code], input=CALENDAR, capture_output=True, check=True
    )
    assert run.stdout == b"['Flight']\n"


def test_a_file_of_text_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="binary file"):
        read_talks(io.StringIO("BEGIN:VCALENDAR"))  # type: ignore[arg-type]


def test_files_are_closed_when_the_talks_end_or_are_dropped(tmp_path: Path) -> None:
    path = _written(tmp_path, "spring.ics", CALENDAR.replace(EVENT.encode(), EVENT.encode() * 3))
    talks = read_talks(path)
    next(talks)
    del talks  # a ResourceWarning would be an error here


# --- what cannot be read --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("empty.ics", b"", "is empty"),
        ("blank.ics", b"\xef\xbb\xbf \r\n\n", "is empty"),
        ("page.ics", b"<!DOCTYPE html><html><p>Hello</p></html>", "is a web page, not a calendar"),
        ("page.xml", b"<?xml version='1.0'?><html><p/></html>", "is a web page, not a calendar"),
        ("login.ics", LOGIN, "is a web page that asks for a login"),
        ("rubbish.ics", bytes(range(256)) * 9, "is binary data"),
        ("paper.ics", b"%PDF-1.7 \xb5\xb5", "is a PDF"),
        ("zip.ics", b"PK\x03\x04\x00\x00", "is a zip archive"),
        ("notes.txt", b"Talk on Monday\n", "has no BEGIN:VCALENDAR"),
        ("cut.ics.gz", gzip.compress(CALENDAR, mtime=0)[:12], "is damaged gzip"),
        ("object.json", b'{"name": "x"}', "is JSON, but not a list of talks"),
        ("number.json", b"[1, 2]", "is JSON, but not a list of talks"),
        ("broken.json", b'{"talks": [', "begins like JSON, but is broken"),
        (
            "missing.json",
            b'{"code": "missing", "description": "no such series"}',
            "is JSON, but not a",
        ),
        ("feed.xml", b"<?xml version='1.0'?><rss><channel/></rss>", "is XML, but not a schedule"),
        ("cut.xml", b"<?xml version='1.0'?><schedule><day>", "is broken XML"),
        ("deep.json", b"[" * 100_000, "begins like JSON, but is broken"),
    ],
)
def test_a_file_that_is_no_feed_is_named_with_its_cause(
    tmp_path: Path, name: str, content: bytes, cause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _written(tmp_path, name, content)
    for typed in (name, f"./{name}"):
        with pytest.raises(FeedError) as caught:
            read_talks(typed)
        assert str(caught.value).startswith(f"{typed}: ")
    assert cause in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_a_directory_and_a_bad_name_are_named(tmp_path: Path) -> None:
    for source, message in (
        (tmp_path / "none.ics", f"{tmp_path / 'none.ics'}: no such file"),
        ("none/x.ics", "none/x.ics: no such file"),
        (_written(tmp_path, "file", b"x") / "x.ics", f"{tmp_path / 'file/x.ics'}: no such file"),
        (tmp_path, f"{tmp_path}: is a directory, not a calendar"),
        ("a\x00b", "a\x00b: cannot be read (no such file)"),
        ("", ": no such file"),
    ):
        with pytest.raises(FeedError) as caught:
            read_talks(source)
        assert str(caught.value) == message
    with pytest.raises(FeedError) as caught:
        read_talks("researchseminars.org/user/ics/secret")
    assert str(caught.value) == "researchseminars.org: no such file"
    assert caught.value.hint == "an address begins with https://"


def test_a_file_that_may_not_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)  # root, who may run this, may read everything
    with pytest.raises(FeedError) as caught:
        read_talks("locked.ics")
    assert str(caught.value) == "locked.ics: cannot be read (permission denied)"


def test_a_calendar_without_talks_is_no_error() -> None:
    assert list(read_talks(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n")) == []


@given(
    st.binary(max_size=300)
    | st.binary(max_size=80).map(lambda b: CALENDAR[:90] + b + CALENDAR[90:])
)
def test_any_bytes_give_talks_notices_or_a_feed_error(content: bytes) -> None:
    notices: list[Notice] = []
    try:
        talks = list(read_talks(content, on_notice=notices.append))
    except FeedError:
        return
    assert all(isinstance(talk, Talk) for talk in talks)


# --- what it holds --------------------------------------------------------------------------


def test_gzip_is_unpacked_whatever_its_name_and_a_cut_one_gives_what_it_has(tmp_path: Path) -> None:
    many = CALENDAR.replace(EVENT.encode(), b"".join(EVENT.encode() for _ in range(200)))
    packed = gzip.compress(many + os.urandom(3000), 1)
    assert len(list(read_talks(_written(tmp_path, "spring.ics.gz", packed)))) == 200
    assert next(read_talks(tmp_path / "spring.ics.gz")).feed.name == "spring"
    assert len(list(read_talks(packed[:-1500]))) == 200


def test_what_is_unpacked_is_bounded() -> None:
    with pytest.raises(FeedError, match="unpacks to more than 1,000,000 bytes"):
        read_talks(gzip.compress(bytes(2_000_000)), max_bytes=1_000_000)


def test_a_feed_that_is_packed_more_than_any_real_one_is_refused_at_once(tmp_path: Path) -> None:
    events = b"BEGIN:VEVENT\r\nUID:1\r\nX:1\r\nEND:VEVENT\r\n" * 1_000_000
    packed = gzip.compress(CALENDAR + events)
    assert len(packed) < 200_000
    start = time.process_time()
    with pytest.raises(FeedError, match="unpacks to more than 100 times its size") as caught:
        read_talks(_written(tmp_path, "spring.ics.gz", packed))
    assert time.process_time() - start < 5
    assert caught.value.hint == "if you trust it, unpack it first"
    with pytest.raises(
        FeedError, match=r"spring\.ics\.gz: unpacks to more than 100 times its size"
    ):
        read_talks(tmp_path / "spring.ics.gz")


def test_a_feed_of_many_equal_texts_is_read_packed() -> None:
    drawn = random.Random(1)
    text = "DESCRIPTION:" + "".join(
        f"Line {n} of a text that each event has.\\n" for n in range(40)
    )
    events = [EVENT.replace("SUMMARY:", f"{text}\r\nSUMMARY:") for _ in range(4000)]
    events = [event.replace("UID:1", f"UID:{UUID(int=drawn.getrandbits(128))}") for event in events]
    many = CALENDAR.replace(EVENT.encode(), "".join(events).encode())
    assert len(many) > 6_000_000
    assert next(read_talks(gzip.compress(many, 9))).title == "Flight"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-32", "utf-16-le"])
def test_other_encodings_are_read(encoding: str) -> None:
    assert [t.title for t in read_talks(CALENDAR.decode().encode(encoding))] == ["Flight"]


def test_a_calendar_far_behind_junk_or_inside_a_page_is_found() -> None:
    for junk in (b"<!-- x -->\r\n" * 9000, b"<b>Notice</b>: x\r\n", b"x" * 99_000 + b"\r\n"):
        assert len(list(read_talks(junk + CALENDAR))) == 1


def test_the_first_talk_is_not_lost_and_the_rest_is_lazy() -> None:
    text = CALENDAR.decode()
    many = "".join(EVENT.replace("UID:1", f"UID:{n}") for n in range(5))
    talks = read_talks(text.replace(EVENT, many).encode())
    assert [t.id for t in talks] == ["0", "1", "2", "3", "4"]


def test_duplicates_are_given_or_dropped_and_counted_across_feeds_too() -> None:
    record = json.dumps([{**TALK, "start_time": "2031-03-05T16:00:00Z"}] * 2).encode()
    for content in (CALENDAR.replace(EVENT.encode(), EVENT.encode() * 2), record):
        assert len(list(read_talks(content))) == 2
        heard: list[Notice] = []
        assert len(list(read_talks(content, duplicates=False, on_notice=heard.append))) == 1
        assert [n.code for n in heard] == ["duplicates_dropped"]
    seen: set[int] = set()
    counts = [len(list(read_talks(c, duplicates=False, seen=seen))) for c in (CALENDAR, record)]
    assert counts == [1, 0]


# --- our own records ------------------------------------------------------------------------


def _output(talks: list[Any], papers: list[Any], notices: list[Any]) -> bytes:
    document = {"format": "enrich.talks", "version": "1.0", "talks": talks, "papers": papers}
    return json.dumps({**document, "notices": notices, "summary": {}}, indent=2).encode()


PAPER = Paper.from_dict(
    {
        "id": "arxiv:2103.01338",
        "title": "A title",
        "url": "https://arxiv.org/abs/2103.01338",
        "via": "datacite",
    }
)


def test_talks_of_an_earlier_output_bring_the_papers_that_their_references_name() -> None:
    other = Paper.from_dict({"id": "arxiv:2110.10090", "title": "Another", "url": "https://x.org"})
    failed = {"id": "arxiv:2008.01734", "status": "failed", "title": None}
    named = [{"paper": "arxiv:2103.01338"}, {"paper": "arxiv:2008.01734"}]
    notice = {"code": "truncated_event", "message": "cut", "feed": "Wings", "event": "9", "line": 4}
    heard: list[Notice] = []
    content = _output(
        [{**TALK, "references": named}, {**TALK, "id": "2"}],
        [PAPER.to_dict(), other.to_dict(), failed],
        [notice],
    )
    first, second = read_talks(content, on_notice=heard.append)
    assert first.papers == (PAPER,)
    assert second.papers == ()
    assert [to_dict(notice_object(n)) for n in heard] == [notice]


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_lines_of_json_bring_their_own_papers(lines: int) -> None:
    line = {**TALK, "references": [{"paper": PAPER.id}], "papers": [PAPER.to_dict()]}
    content = (json.dumps(line) + "\n\n") * lines
    assert [t.papers for t in read_talks(content.encode())] == [(PAPER,)] * lines


def test_a_list_a_single_talk_and_lines_are_feeds() -> None:
    for content in ([TALK], TALK, {"talks": [TALK]}):
        (talk,) = read_talks(json.dumps(content).encode())
        assert (talk.id, talk.feed.name, talk.title) == ("1", "Wings", "Flight")
    assert list(read_talks(b"[]")) == []


def test_a_record_keeps_its_feed_even_none_and_takes_the_files_name_where_it_says_nothing(
    tmp_path: Path,
) -> None:
    talks = [{"id": "1"}, {"id": "2", "feed": None}, {"id": "3", "feed": "Wings"}]
    path = _written(tmp_path, "mine.json", json.dumps(talks).encode())
    assert [t.feed.name for t in read_talks(path)] == ["mine", None, "Wings"]


def test_a_bad_record_costs_no_other_and_is_told() -> None:
    heard: list[Notice] = []
    lines = [b'{"id": "1"}', b"{broken", b"7", b'{"title": "no id"}', b'{"id": "2", "title": 5}']
    content = b"\n".join([*lines, b'{"id": "3"}'])
    assert [t.id for t in read_talks(content, on_notice=heard.append)] == ["1", "3"]
    assert [(n.code, n.line, n.event) for n in heard] == [
        ("bad_record", 2, None),
        ("bad_record", 3, None),
        ("bad_record", 4, None),
        ("bad_record", 5, "2"),
    ]
    heard.clear()
    assert [
        t.id for t in read_talks(content[content.index(b"{broken") :], on_notice=heard.append)
    ] == ["3"]
    assert len(heard) == 4


def test_a_bad_paper_of_an_output_is_told_and_asked_for_again() -> None:
    heard: list[Notice] = []
    content = _output([{**TALK, "references": [{"paper": "x"}]}], [{"id": "x", "title": "T"}], [])
    (talk,) = read_talks(content, on_notice=heard.append)
    assert talk.papers == ()
    assert [n.code for n in heard] == ["bad_record"]


def test_private_things_are_cut_from_records_too() -> None:
    record = json.dumps(
        {"id": "1", "abstract": "Join https://zoom.us/j/99887766 at arXiv:2103.01338"}
    )
    (talk,) = read_talks(record.encode())
    assert "99887766" not in (talk.abstract or "")
    (talk,) = read_talks(record.encode(), keep_private=True)
    assert "99887766" in (talk.abstract or "")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "id",
                        "talks",
                        "papers",
                        "notices",
                        "references",
                        "paper",
                        "title",
                        "texts",
                        "line",
                    ]
                )
                | st.text(max_size=4),
                inner,
                max_size=5,
            )
        ),
        max_leaves=30,
    )
)
@settings(max_examples=300)
def test_any_json_gives_talks_notices_or_a_feed_error(value: Any) -> None:
    try:
        talks = list(read_talks(json.dumps(value).encode(), on_notice=lambda n: None))
    except FeedError:
        return
    assert all(isinstance(talk, Talk) for talk in talks)


def test_what_we_write_we_read_back(shared: Path) -> None:
    talks = list(read_talks(shared / "feeds" / "constructed__researchseminars-grammar__S3.ics"))
    annotated = [
        AnnotatedTalk(talk=t, references=find_references(t), warnings=t.warnings) for t in talks
    ]
    lines = "".join(json.dumps(a.to_dict()) + "\n" for a in annotated)
    again = list(read_talks(lines.encode()))
    assert again == [_as_written(a) for a in annotated]


def _as_written(annotated: AnnotatedTalk) -> Talk:
    """The talk with those texts that the document has: the ones with a reference."""
    cited = {reference.field for reference in annotated.references}
    texts = tuple(pair for pair in annotated.talk.texts if pair[0] in cited)
    return replace(annotated.talk, texts=texts)


def _everything(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix == ".ics")


def test_every_file_of_the_data_is_read_without_an_exception(shared: Path) -> None:
    counted = {p.name: len(list(read_talks(p))) for p in _everything(shared / "feeds")}
    assert len(counted) == 30
    assert all(counted.values())


@pytest.mark.parametrize("shape", ["[%s]", '{"talks": [%s]}'], ids=["list", "output"])
@pytest.mark.parametrize("odd", ["null", "5", '"text"', "[]"])
def test_one_odd_item_of_a_list_costs_itself_alone(shape: str, odd: str) -> None:
    notices: list[Notice] = []
    data = (shape % f'{{"id": "g", "title": "Good"}}, {odd}').encode()
    talks = list(read_talks(data, on_notice=notices.append))
    assert [talk.id for talk in talks] == ["g"]
    assert [notice.code for notice in notices] == ["bad_record"]
