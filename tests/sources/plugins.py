"""Plug-ins that a test adds: a distribution of its own, and files in a copy of the package."""

from __future__ import annotations

import shutil
from pathlib import Path
from textwrap import dedent

from tests.conftest import ROOT

DISTRIBUTION = {
    "hal_plugin-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: hal-plugin\nVersion: 1.0\n",
    "hal_plugin-1.0.dist-info/entry_points.txt": """
        [enrich.sources]
        hal = hal_plugin:SOURCE
        haldata = hal_plugin:SECOND_SOURCE
        arxiv = hal_plugin:SOURCE

        [enrich.writers]
        titles = hal_plugin:WRITER
        json = hal_plugin:WRITER
        """,
    "hal_plugin.py": '''
        """A source, a second source behind it, and a format."""
        import re
        from enrich.errors import Refused
        from enrich.http.politeness import Politeness
        from enrich.model import Mention
        from enrich.paper import Paper, PaperId

        _ID = re.compile(rb"hal\\.science/(hal-[0-9]{8})")

        class Hal:
            name = "hal"
            revision = 1
            anchors = (b"hal.science/",)
            politeness = Politeness(hosts=("api.archives-ouvertes.fr",), delay_s=1.0)
            def recognise(self, text, at):
                if not (m := _ID.match(text, at)):
                    return ()
                return (Mention(PaperId("hal:" + m[1].decode()), None, m.start(), m.end(), "url"),)
            def canonical(self, text):
                return (PaperId("hal:" + text), None) if re.fullmatch(r"hal-[0-9]{8}", text) else None
            def url(self, paper):
                return f"https://hal.science/{paper.key}"
            def pdf(self, paper):
                return None
            def doi(self, paper):
                return None
            def check(self, response):
                return None
            def fetch(self, wanted, session):
                for id_, version in wanted:
                    if id_.key == "hal-00000000":
                        raise Refused("HAL denies this machine access")
                    yield id_, version, Paper(id=id_, title="A paper of HAL", url=self.url(id_))

        class HalData:
            name = "haldata"
            fallback_for = "hal"
            revision = 1
            politeness = Politeness(hosts=("data.archives-ouvertes.fr",), delay_s=1.0)
            def check(self, response):
                return None
            def fetch(self, wanted, session):
                for id_ in wanted:
                    yield Paper(id=id_, title="A copy", url="https://example.org/", via=self.name)

        class Titles:
            suffixes = (".titles",)
            def write(self, document):
                for talk in document.talks:
                    for paper in talk.papers.values():
                        title = getattr(paper, "title", paper.status)
                        yield f"{talk.talk.speaker}: {title} ({getattr(paper, 'via', None)})\\n"

        SOURCE, SECOND_SOURCE, WRITER = Hal(), HalData(), Titles()
        ''',
}
"""A distribution as pip leaves it, with names of built-ins too, which win."""

FILES = {
    "enrich/sources/third.py": '''
        """A third second source: it has the papers that DataCite lacks."""
        from enrich.http.politeness import Politeness
        from enrich.paper import Paper

        class Third:
            name = "third"
            fallback_for = "arxiv"
            revision = 1
            politeness = Politeness(hosts=("third.example",), delay_s=1.0, batch=1)
            def check(self, response):
                return None
            def fetch(self, wanted, session):
                (id_,) = wanted
                yield Paper(id=id_, title="Third has it", url="https://third.example/", via="third")

        SECOND_SOURCE = Third()
        ''',
    "enrich/feeds/dialects/bellhouse.py": '''
        """A producer that writes the speaker behind the title."""
        from enrich.feeds.dialects.generic import Generic

        class Bellhouse(Generic):
            def knows(self, prodid, event):
                return "Bellhouse" in prodid
            def read(self, event):
                title, _, speaker = event.summary.partition(" by ")
                return super().read(event)._replace(title=title, speaker=speaker)

        DIALECT = Bellhouse()
        ''',
    "enrich/collection/readers/catalogue.py": '''
        """Lines of id, tabulator, title."""
        from enrich.collection.readers import Item, Place
        from enrich.collection.readers._storing import storing
        from enrich.paper import Paper, PaperId

        def _paper(line):
            id_, _, title = line.decode().strip().partition("\\t")
            return Paper(id=PaperId(id_), title=title, url="https://example.org/")

        class Catalogue:
            name = "catalogue"
            unit = "line"
            def recognises(self, head):
                return head.startswith(b"#catalogue\\n")
            def read(self, stream, start):
                stream.seek(start.offset)
                offset, number = start
                while line := stream.readline():
                    offset += len(line)
                    number += 1
                    row = None if line.startswith(b"#") else storing(_paper)(line)
                    yield Item(Place(offset, number), row)

        READER = Catalogue()
        ''',
}
"""Files in the folders of the package."""


def write_files(root: Path, files: dict[str, str]) -> None:
    """Write files under a folder, dedented."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")


def copy_package(root: Path) -> None:
    """Copy the package under a folder."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "enrich", root / "enrich", ignore=ignore)
