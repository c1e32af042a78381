"""Feeds, a collection and services for the three steps, and what one machine makes of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from enrich.paper import Author, Paper, PaperId
from tests.conftest import ROOT
from tests.fakes import FakeNote, FakePaper, Fakes, FakeVersion

GUIDE = ROOT / "enrich/guide/scale.md"
HOSTS = ("export.arxiv.org", "api.openreview.net", "api2.openreview.net")
_SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```python\n(# (\w+\.py)\b.*?)^```$", re.MULTILINE | re.DOTALL)

TEXTS = [
    "Based on arXiv:2103.01338 and arXiv:2103.01338v2.",
    "No paper at all; Café, naïve, 東京.",
    "See arXiv:2101.00001v1, https://arxiv.org/abs/2101.00001v2 and hep-th/9901001.",
    "https://openreview.net/forum?id=note00000_1 with arXiv:2101.00002",
    "The preprint is arXiv:2103.01338, the paper https://openreview.net/forum?id=note00000_2",
    "https://arxiv.org/list/cs.LG/new and arXiv:2103.99999 and arXiv:2101.00001v9",
    "Two of one work: arXiv:2104.00001, arXiv:2104.00002, arXiv:2101.00003 «ß» arXiv:2101.00003",
    "<p>See <a href='https://arxiv.org/abs/2103.01338'>arXiv:2101.00004</a></p>",
    "",
]
SPEAKERS = ["Ada Author", "Grace Hopper", ""]


@dataclass(frozen=True)
class World:
    """A folder with `feeds/`, `base.sqlite` and the guide's scripts, led to stand-ins."""

    folder: Path
    fakes: Fakes
    env: dict[str, str]

    def run(self, *command: str, stdin: bytes = b"", status: int = 0) -> str:
        """Run a command in the folder; return its standard output."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.env, input=stdin, capture_output=True, check=False
        )
        assert done.returncode == status, (done.stdout + done.stderr).decode()[-3000:]
        return done.stdout.decode()

    def python(self, *args: str, status: int = 0) -> str:
        """Run Python in the folder; return its standard output."""
        return self.run(sys.executable, *args, status=status)

    def run_guide(self, block: int, python: Path) -> str:
        """Run the lines of one of the guide's shell blocks as they stand; return what they print."""
        path = os.pathsep.join((str(python.parent), self.env["PATH"]))
        first, *rest = _SHELL.findall(GUIDE.read_text(encoding="utf-8"))[block].splitlines()
        printed = self.run("env", f"PATH={path}", "sh", "-ec", first)
        assert self.asked() == [], "workers ask nobody"
        return printed + self.run("env", f"PATH={path}", "sh", "-ec", "\n".join(rest))

    def look_up(self) -> None:
        """Run the second step on all ids that the pool left."""
        ids = b"".join(path.read_bytes() for path in sorted((self.folder / "ids").iterdir()))
        self.run(sys.executable, "-m", "enrich", "lookup", "-", "-o", "found.sqlite", stdin=ids)

    def joined(self) -> str:
        """Return the lines that the pool made, in the order of the feeds."""
        paths = sorted((self.folder / "out").glob("*.ndjson"))
        return "".join(path.read_text(encoding="utf-8") for path in paths)

    def one_machine(self, status: int = 0) -> str:
        """Return what one machine writes, with a store of its own."""
        feeds = [str(path) for path in sorted(Path(self.folder, "feeds").iterdir())]
        env = {**self.env, "HOME": str(self.folder / "another home")}
        command = [
            sys.executable,
            "-m",
            "enrich",
            *feeds,
            "-f",
            "ndjson",
            "--papers",
            "base.sqlite",
        ]
        done = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, check=False)
        assert done.returncode == status, done.stderr.decode()
        return done.stdout.decode()

    def asked(self) -> list[str]:
        """Return the ids that the services were asked for, each time."""
        queries = [r.query for host in HOSTS for r in self.fakes.requests(host)]
        arxiv = [id_ for q in queries for id_ in q.get("id_list", "").split(",") if id_]
        return [*arxiv, *(q["id"] for q in queries if "id" in q)]


def make_world(folder: Path, fakes: Fakes, *, feeds: int = 4, talks: int = 30) -> World:
    """Write the folder, and let the services have the papers that the collection lacks."""
    (folder / "feeds").mkdir(parents=True)
    for number in range(feeds):
        feed = folder / "feeds" / f"seminar{number:02}.ics"
        feed.write_text(_write_feed(number, talks), encoding="utf-8")
    dates = ["2021-01-01T00:00:00Z", "2021-02-01T00:00:00Z", "2021-03-01T00:00:00Z"]
    versions = [FakeVersion(date=date) for date in dates]
    keys = [f"2101.{n:05}" for n in range(1, 4 + feeds)]
    fakes.arxiv.add(
        *(FakePaper(id=key, title=f"On {key} é", versions=versions) for key in keys),
        FakePaper(id="hep-th/9901001", title="Old ids"),
        FakePaper(id="2104.00002", title="A Work in Two Parts of Equal Names", doi="10.1/x"),
    )
    fakes.openreview.add(
        FakeNote(id="note00000_1", api=2, title="A note"),
        FakeNote(id="note00000_2", api=2, title="Equal Titles of One and the Same Work"),
    )
    author = Author("Ada Author")
    papers = [
        Paper(
            id=PaperId("arxiv:2103.01338"),
            title="Equal Titles of One and the Same Work",
            authors=(author, Author("Émile Écrivain")),
            published="2021-03-01",
            url="https://arxiv.org/abs/2103.01338",
        ),
        Paper(
            id=PaperId("arxiv:2104.00001"),
            title="A Work in Two Parts of Equal Names",
            authors=(author,),
            doi="10.1/x",
            url="https://arxiv.org/abs/2104.00001",
        ),
    ]
    lines = "".join(json.dumps(paper.to_dict()) + "\n" for paper in papers)
    (folder / "base.jsonl").write_text(lines, encoding="utf-8")
    for text, name in _BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        (folder / name).write_text(text, encoding="utf-8")
    world = World(folder, fakes, {**fakes.env(folder / "home"), **_quiet()})
    world.python("-m", "enrich", "papers", "import", "base.jsonl", "-o", "base.sqlite", "-q")
    return world


def _write_feed(number: int, talks: int) -> str:
    lines = ["BEGIN:VCALENDAR", f"X-WR-CALNAME:Seminar {number}"]
    for talk in range(talks):
        text = TEXTS[(talk + number) % len(TEXTS)]
        own = f" arXiv:2101.{4 + number:05}" if talk % 7 == 0 else ""
        lines += [
            "BEGIN:VEVENT",
            f"UID:{number}-{talk}",
            f"DTSTART:202203{1 + talk % 28:02}T1{talk % 10}0000Z",
            f"SUMMARY:{SPEAKERS[talk % 3]}: On talk {talk}",
            f"DESCRIPTION:{text}{own}".replace(",", "\\,"),
            "END:VEVENT",
        ]
    lines += ["BEGIN:VEVENT", f"UID:broken{number}", "DTSTART:TBA", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _quiet() -> dict[str, str]:
    """Return what makes engines keep to this machine, and to themselves."""
    return {
        "DO_NOT_TRACK": "true", "DAFT_PROGRESS_BAR": "0", "RAY_DISABLE_IMPORT_WARNING": "1",
        "RAY_USAGE_STATS_ENABLED": "0", "PATH": os.environ.get("PATH", ""),
    }  # fmt: skip
