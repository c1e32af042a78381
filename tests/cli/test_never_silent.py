"""Paths as they were typed, `file:` addresses, and feeds that are stale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from enrich import FeedError, read_talks
from tests.cli.test_commands import EXAMPLE, feed
from tests.command import run
from tests.fakes import Fakes


@pytest.fixture
def env(fakes: Fakes, tmp_path: Path) -> dict[str, str]:
    """A command's environment with an empty home, led to the stand-ins."""
    return fakes.env(tmp_path / "home")


TYPED = (
    "a/b/nosuch.ics",
    "Mein Ordner/Frühling/fehlt.ics",
    "./x/../x/absent.json",
    "file:///no/such/folder/absent.ics",
    "nosuch.ics",
)


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("command", [(), ("talks",)], ids=["main", "talks"])
def test_a_missing_file_is_named_as_it_was_typed(
    env: dict[str, str], tmp_path: Path, typed: str, command: tuple[str, ...]
) -> None:
    feed(tmp_path, one=("20220218T180000Z", ""))
    ran = run(*command, "a.ics", typed, env=env, cwd=tmp_path)
    assert ran.status == 3
    assert f"enrich: {typed}: no such file" in ran.err


def test_the_document_names_no_folder(env: dict[str, str], tmp_path: Path) -> None:
    feed(tmp_path, one=("20220218T180000Z", ""))
    (notice,) = run("a.ics", "a/b/nosuch.ics", env=env, cwd=tmp_path).document["notices"]
    assert notice["message"] == "nosuch.ics: no such file"


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.ics", b""), ("x.ics", b"rubbish"), ("x.json", b'{"some": 1}'), ("x.xml", b"<?xml version='1.0'?><a"),
     ("x.gz", b"\x1f\x8brubbish")],
)  # fmt: skip
def test_what_cannot_be_read_is_named_as_it_was_typed(
    env: dict[str, str], tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / name).write_bytes(content)
    ran = run(f"./sub/{name}", env=env, cwd=tmp_path)
    assert ran.status == 1
    assert ran.err.startswith(f"enrich: ./sub/{name}: ")


@pytest.mark.parametrize("form", ["file://{}", "file:{}", "FILE://localhost{}"])
def test_a_file_address_is_read(tmp_path: Path, form: str) -> None:
    folder = tmp_path / "my talks"
    folder.mkdir()
    path = feed(folder, "ü.ics", one=("20220218T180000Z", ""))
    address = form.format(Path(path).as_uri().removeprefix("file://"))
    assert "%20" in address
    assert [talk.id for talk in read_talks(address)] == ["one"]


def test_another_machines_file_is_refused_by_its_address() -> None:
    with pytest.raises(FeedError, match=r"^file://server/a\.ics: no such file"):
        read_talks("file://server/a.ics")


class TestAStaleFeed:
    @pytest.mark.parametrize("command", [(), ("talks",)], ids=["main", "talks"])
    def test_is_status_3_while_its_server_fails(
        self, fakes: Fakes, env: dict[str, str], command: tuple[str, ...]
    ) -> None:
        fakes.add_example()
        url = fakes.serve("/talks.ics", EXAMPLE.read_bytes(), etag='"1"')
        assert run(*command, url, env=env).status == 0
        fakes.serve("/talks.ics", b"", status=500)
        ran = run(*command, url, env=env)
        assert ran.status == 3
        assert "the last copy of this feed was read" in ran.err
        if not command:
            assert [n["code"] for n in ran.document["notices"]] == ["stale_feed"]
            assert "1 feed read from the last copy" in ran.err.splitlines()[-1]
        offline = run(*command, url, "--offline", env=env)
        assert offline.status == 0, "offline nobody failed"
        fakes.serve("/talks.ics", EXAMPLE.read_bytes())
        assert run(*command, url, env=env).status == 0

    def test_an_earlier_outputs_notice_is_not_this_runs(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        earlier = {
            "talks": [{"id": "1"}],
            "papers": [],
            "notices": [{"code": "stale_feed", "message": "the last copy was read"}],
        }
        (tmp_path / "a.json").write_text(json.dumps(earlier))
        ran = run("a.json", env=env, cwd=tmp_path)
        assert ran.status == 0
        assert [n["code"] for n in ran.document["notices"]] == ["stale_feed"]


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (("https://feeds.example.org/a/one.ics", "https://feeds.example.org/b/two.ics"),
         ("feeds.example.org/a/one.ics", "feeds.example.org/b/two.ics")),
        (("https://ann:word7@feeds.example.org/one.ics?key=word8", "webcal://feeds.example.org/two.ics#word9"),
         ("feeds.example.org/one.ics", "feeds.example.org/two.ics")),
        (("https://feeds.example.org/calendar/ical/ann/private-0123456789abcdef/basic.ics",
          "https://feeds.example.org/dav/public-calendars/aB3dEfGh4jK5mNpQ"),
         ("feeds.example.org/calendar/ical/ann/…/basic.ics", "feeds.example.org/dav/public-calendars/…")),
        (("https://feeds.example.org/", "https://feeds.example.org"), ("feeds.example.org",) * 2),
        (("https://feeds.example.org/2026-spring-seminar-talks/x.ics",),
         ("feeds.example.org/2026-spring-seminar-talks/x.ics",)),
        (("researchseminars:Alpha", "researchseminars:Beta"), ("researchseminars:Alpha", "researchseminars:Beta")),
    ],
)  # fmt: skip
def test_wrong_feeds_of_one_host_are_named_so_that_each_is_recognized(
    env: dict[str, str], fakes: Fakes, typed: tuple[str, ...], named: tuple[str, ...]
) -> None:
    for host in ("feeds.example.org", "researchseminars.org"):
        fakes.serve(f"https://{host}/known.ics", EXAMPLE.read_bytes())
    ran = run(*typed, env=env)
    lines = [line for line in ran.err.splitlines() if "no such feed" in line]
    assert lines == [f"enrich: {name}: has no such feed (404)" for name in named]
    assert "word" not in ran.err
    assert "0123456789abcdef" not in ran.err
