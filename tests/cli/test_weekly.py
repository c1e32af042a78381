"""The weekly command over weeks of made feeds: added, changed, cancelled, vanished and moved talks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from enrich.writers import names
from tests.command import Ran, checked, checked_line, run
from tests.fakes import FakeNote, FakePaper, Fakes, FakeVersion

CONFIG = """
feeds = [
    "alpha.ics",
    { feed = "https://beta.example.org/talks.ics", name = "Beta" },
    "gamma.ics",
]
new-since = "all.json"
output = ["all.json", "new.json", "new.md", "new.ndjson", "new.txt", "new.csv", "new.atom",
          "new.ics", "new.html", "new.bib", "biblatex:new.biblatex", "new.csl.json", "new.ris"]
rows = "talk"
"""
V1 = FakeVersion(date="2026-01-02T10:00:00Z")
V2 = FakeVersion(date="2026-01-19T10:00:00Z")
PAPER = FakePaper(id="2601.00001", title="The Shape of Loss", versions=[V1])
OTHER = FakePaper(id="2601.00002", title="On Sums", versions=[V1])
NOTE = FakeNote(id="FpKgG31Z_i9", title="A Note", venue="ICLR 2026 Conference Submission")
LINKS = {
    "loss": "https://arxiv.org/abs/2601.00001",
    "sums": "https://arxiv.org/abs/2601.00002",
    "note": "https://openreview.net/forum?id=FpKgG31Z_i9",
}


def event(uid: str, start: str, text: str = "", **more: str) -> str:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTART:{start}",
        f"SUMMARY:{more.pop('title', f'Talk {uid}')}",
        f"DESCRIPTION:About {LINKS.get(text, 'nothing')}",
        *(f"{name.upper()}:{value}" for name, value in more.items()),
        "END:VEVENT",
    ]
    return "\r\n".join(lines)


def calendar(name: str | None, *events: str) -> bytes:
    head = [f"X-WR-CALNAME:{name}"] if name else []
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *head, *events, "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()


A1 = event("a1", "20260105T160000Z", "loss")
A2 = event("a2", "20260112T160000Z", "note")
A2_CHANGED = event("a2", "20260112T160000Z", "note", title="A better title")
A3 = event("a3", "20260119T160000Z")
A3_CANCELLED = event("a3", "20260119T160000Z", status="CANCELLED")
A4 = event("a4", "20260126T160000Z", "loss")
B1 = event("b1", "20260106T160000Z", "sums")
B2 = event("b2", "20260113T160000Z")
B2_MOVED = event("b2", "20260114T150000Z")
G1 = event("g1", "20260107T160000Z")

ALPHA = [
    [A1, A2, A3],
    [A1, A2_CHANGED, A3_CANCELLED, A4],
    *[[A1, A2_CHANGED, A3_CANCELLED, A4]] * 3,
]
BETA = [[B1, B2], [B2_MOVED], None, [B2_MOVED], [B2_MOVED]]
GAMMA = [[G1], [G1], [G1], [], []]
"""What each feed holds in each week; None: it is down."""


@dataclass(frozen=True)
class Week:
    """One run: what it printed, and its files."""

    ran: Ran
    files: dict[str, str]

    def document(self, name: str) -> dict[str, Any]:
        return checked(json.loads(self.files[name]))

    def reasons(self) -> dict[str, list[str]]:
        """The codes of each new talk, in order."""
        talks = self.document("new.json")["talks"]
        return {talk["id"]: [w["code"] for w in talk["warnings"]] for talk in talks}

    def stored(self) -> dict[str, list[str]]:
        """The codes of each talk of the output that replaces the old one."""
        talks = self.document("all.json")["talks"]
        return {talk["id"]: [w["code"] for w in talk["warnings"]] for talk in talks}


def run_week(fakes: Fakes, folder: Path, number: int) -> Week:
    """Run the weekly command in a week; each has a home of its own, so nothing is cached."""
    fakes.arxiv.add(
        PAPER if number < 2 else FakePaper(id=PAPER.id, title=PAPER.title, versions=[V1, V2])
    )
    fakes.arxiv.add(OTHER if number < 3 else FakePaper(id=OTHER.id, title=OTHER.title, versions=[V1], doi="10.1234/sums", journal_ref="J. Sums 7 (2026)"))  # fmt: skip
    fakes.openreview.add(NOTE if number < 3 else FakeNote(id=NOTE.id, title=NOTE.title, venue="ICLR 2026 Poster"))  # fmt: skip
    (folder / "alpha.ics").write_bytes(calendar("Alpha", *ALPHA[number]))
    (folder / "gamma.ics").write_bytes(calendar(None, *GAMMA[number]))
    held = BETA[number]
    body = b"down" if held is None else calendar("Its own name", *held)
    url = "https://beta.example.org/talks.ics"
    fakes.serve(url, body, status=404 if held is None else 200)
    (folder / "week.toml").write_text(CONFIG, encoding="utf-8")
    ran = run("--config", "week.toml", env=fakes.env(folder / f"home{number}"), cwd=folder)
    files = {p.name: p.read_text(encoding="utf-8") for p in folder.iterdir() if p.is_file()}
    return Week(ran, files)


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Week]]:
    """Five runs of the weekly command; in the last one nothing is new."""
    folder = tmp_path_factory.mktemp("weeks")
    with Fakes() as fakes:
        yield [run_week(fakes, folder, number) for number in range(5)]


class TestTheWeeks:
    def test_the_first_week_has_no_earlier_output(self, weeks: list[Week]) -> None:
        ids = ["a1", "a2", "a3", "b1", "b2", "g1"]
        assert weeks[0].ran.status == 0, weeks[0].ran.err
        assert weeks[0].reasons() == {id_: ["new_talk"] for id_ in ids}
        assert weeks[0].stored() == {id_: [] for id_ in ids}

    def test_added_cancelled_moved_talks_are_new_and_changed_ones_are_not(
        self, weeks: list[Week]
    ) -> None:
        assert weeks[1].ran.status == 0, weeks[1].ran.err
        assert weeks[1].reasons() == {"a3": ["now_cancelled"], "a4": ["new_talk"], "b2": ["moved"]}

    def test_a_vanished_talk_stays_with_a_warning(self, weeks: list[Week]) -> None:
        assert weeks[1].stored() == {
            **{id_: [] for id_ in ("a1", "a2", "a3", "a4", "b2", "g1")},
            "b1": ["vanished"],
        }
        (before,) = [t for t in weeks[0].document("all.json")["talks"] if t["id"] == "b1"]
        (after,) = [t for t in weeks[1].document("all.json")["talks"] if t["id"] == "b1"]
        assert after == {**before, "warnings": after["warnings"]}

    def test_a_feed_that_is_down_keeps_its_talks_and_is_status_3(self, weeks: list[Week]) -> None:
        assert weeks[2].ran.status == 3
        stored = weeks[2].stored()
        assert (stored["b1"], stored["b2"]) == (["vanished"], [])
        codes = [n["code"] for n in weeks[2].document("new.json")["notices"]]
        assert codes == ["unreadable_feed"]

    def test_a_new_version_is_shown_at_each_talk_that_names_the_paper(
        self, weeks: list[Week]
    ) -> None:
        assert weeks[2].reasons() == {"a1": ["new_version"], "a4": ["new_version"]}
        warning = weeks[2].document("new.json")["talks"][0]["warnings"][0]
        assert warning["message"] == "arxiv:2601.00001: new version v2 of 2026-01-19"
        (reference,) = weeks[2].document("new.json")["talks"][0]["references"]
        assert [warning[k] for k in ("field", "start", "end")] == [
            reference[k] for k in ("field", "start", "end")
        ]

    def test_a_decision_and_a_published_version_are_new(self, weeks: list[Week]) -> None:
        assert weeks[3].ran.status == 0, weeks[3].ran.err
        assert weeks[3].reasons() == {"a2": ["new_decision"], "b1": ["vanished", "new_publication"]}
        messages = [
            w["message"] for t in weeks[3].document("new.json")["talks"] for w in t["warnings"]
        ]
        assert messages[0] == "openreview:FpKgG31Z_i9: accepted, ICLR 2026 Poster"
        assert messages[2].startswith("arxiv:2601.00002: published")

    def test_a_talk_of_a_feed_that_is_empty_now_vanished(self, weeks: list[Week]) -> None:
        assert weeks[3].stored()["g1"] == ["vanished"]
        assert weeks[3].stored()["b2"] == []

    def test_a_week_without_news_changes_nothing(self, weeks: list[Week]) -> None:
        assert weeks[4].ran.status == 0
        assert weeks[4].files["all.json"] == weeks[3].files["all.json"]
        assert weeks[4].reasons() == {}
        assert "nothing is new since all.json" in weeks[4].ran.err


class TestInEveryFormat:
    FILES: ClassVar = {
        "json": "new.json", "md": "new.md", "text": "new.txt", "atom": "new.atom", "ics": "new.ics",
        "html": "new.html",
        "bibtex": "new.bib", "biblatex": "new.biblatex",
    }  # fmt: skip
    EMPTY: ClassVar = {
        "ndjson": "new.ndjson",
        "csl": "new.csl.json",
        "ris": "new.ris",
        "csv": "new.csv",
    }
    """Formats that have no place for a remark: no line, item, entry or row is there."""

    @pytest.mark.parametrize("name", sorted({*FILES, *EMPTY} & set(names())))
    def test_a_run_without_news_is_visible(self, weeks: list[Week], name: str) -> None:
        if name in self.FILES:
            assert "othing is new since the last run" in weeks[4].files[self.FILES[name]]
            assert "othing is new since the last run" not in weeks[3].files[self.FILES[name]]
        else:
            text = weeks[4].files[self.EMPTY[name]]
            assert text.strip() in {"", "[]"} or text.count("\n") == 1

    @pytest.mark.parametrize("name", ["json", "ndjson", "md", "text", "atom", "ics", "html"])
    def test_the_reason_is_shown(self, weeks: list[Week], name: str) -> None:
        files = {**self.FILES, **self.EMPTY}
        assert "new version v2 of 2026-01-19" in unwrapped(weeks[2].files[files[name]])

    @pytest.mark.parametrize("name", ["bibtex", "biblatex", "csl", "ris"])
    def test_bibliographies_show_the_reason_of_each_paper(
        self, weeks: list[Week], name: str
    ) -> None:
        files = {**self.FILES, **self.EMPTY}
        assert "new version v2 of 2026-01-19" in weeks[2].files[files[name]]

    def test_a_table_shows_the_code(self, weeks: list[Week]) -> None:
        assert "new_version" in weeks[2].files["new.csv"]

    @pytest.mark.parametrize("name", ["json", "ndjson", "md", "text", "ics"])
    def test_the_move_is_shown(self, weeks: list[Week], name: str) -> None:
        files = {**self.FILES, **self.EMPTY}
        shown = unwrapped(weeks[1].files[files[name]])
        assert "moved from 2026-01-13 16:00 UTC" in shown
        assert "was cancelled" in shown

    def test_lines_fit_the_schema(self, weeks: list[Week]) -> None:
        for week in weeks:
            assert [checked_line(line)["id"] for line in week.files["new.ndjson"].splitlines()] == [
                *week.reasons()
            ]


def unwrapped(text: str) -> str:
    """A text without its line breaks, and calendar lines unfolded."""
    return " ".join(text.replace("\r\n ", "").replace("\\n", "\n").split())
