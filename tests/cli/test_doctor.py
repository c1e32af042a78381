"""`enrich doctor`: what it finds, what it never shows, and how politely it asks."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.command import Ran, run
from tests.fakes import Fakes
from tests.fakes.wire import Answer, Request

SECRET = "s3cr3t-t0ken"


@pytest.fixture
def env(fakes: Fakes, tmp_path: Path) -> dict[str, str]:
    fakes.add_example()
    return fakes.env(tmp_path / "home")


def levels(ran: Ran, subject: str) -> list[str]:
    """The levels of the findings on a subject."""
    return [line[:5].strip() for line in ran.out.splitlines() if line[5:].startswith(subject)]


def test_each_service_is_asked_once(fakes: Fakes, env: dict[str, str]) -> None:
    ran = run("doctor", env=env)
    assert ran.status == 0, ran.out
    hosts = [request.host for request in fakes.requests()]
    assert sorted(hosts) == sorted(set(hosts))
    assert len(hosts) == 4
    assert levels(ran, "arXiv") == levels(ran, "OpenReview") == ["ok"]


def test_offline_asks_nobody(fakes: Fakes, env: dict[str, str]) -> None:
    ran = run("doctor", "--offline", env=env)
    assert ran.status == 0, ran.out
    assert fakes.requests() == []
    assert levels(ran, "services") == ["note"]


def test_the_rate_limiter_is_the_one_of_all_runs(fakes: Fakes, env: dict[str, str]) -> None:
    assert run("lookup", "2103.01338", env=env).status == 0
    assert run("doctor", env=env).status == 0
    assert min(fakes.gaps("export.arxiv.org")) >= 3


@pytest.mark.parametrize(
    ("login", "level", "status"),
    [
        ({}, "note", 0),
        ({"OPENREVIEW_TOKEN": SECRET}, "ok", 0),
        ({"OPENREVIEW_USERNAME": "ada@example.org", "OPENREVIEW_PASSWORD": SECRET}, "ok", 0),
        ({"OPENREVIEW_PASSWORD": SECRET}, "bad", 1),
    ],
)
def test_a_login_is_found_and_never_shown(
    login: dict[str, str], level: str, status: int, env: dict[str, str]
) -> None:
    ran = run("doctor", "--offline", env={**env, **login})
    assert (levels(ran, "login"), ran.status) == ([level], status)
    assert SECRET not in ran.out + ran.err
    assert "ada@example.org" not in ran.out + ran.err


def test_a_proxy_is_named_without_its_value(env: dict[str, str]) -> None:
    env = {**env, "HTTPS_PROXY": "http://me:pass@proxy.example:3128"}
    ran = run("doctor", "--offline", env=env)
    assert "HTTPS_PROXY" in ran.out
    assert "proxy.example" not in ran.out


def test_a_service_that_refuses_is_bad(fakes: Fakes, env: dict[str, str]) -> None:
    fakes.fault("export.arxiv.org", "403")
    ran = run("doctor", env=env)
    assert ran.status == 1
    assert levels(ran, "arXiv") == ["bad"]
    assert levels(ran, "OpenReview") == ["ok"]
    assert "→" in ran.out


def test_a_damaged_store_is_found_and_left_alone(env: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    store = folder / "papers.sqlite"
    store.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    before = store.read_bytes()
    ran = run("doctor", "--offline", "--cache-dir", str(folder), env=env)
    assert ran.status == 1
    assert levels(ran, "store") == ["ok", "bad"]
    assert store.read_bytes() == before
    assert [file.name for file in folder.iterdir()] == ["papers.sqlite"]


def test_a_record_that_was_damaged_is_counted(
    fakes: Fakes, env: dict[str, str], tmp_path: Path
) -> None:
    import sqlite3
    from contextlib import closing

    folder = tmp_path / "cache"
    assert run("lookup", "2103.01338", "--cache-dir", str(folder), env=env).status == 0
    with closing(sqlite3.connect(folder / "papers.sqlite")) as connection:
        connection.execute("UPDATE papers SET sum = sum + 1")
        connection.commit()
    ran = run("doctor", "--offline", "--cache-dir", str(folder), env=env)
    assert ran.status == 1
    assert "1 damaged records" in ran.out


@pytest.mark.parametrize("option", ["--cache-dir", "--state-dir"])
def test_a_folder_that_cannot_be_written_is_bad(
    option: str, env: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    ran = run("doctor", "--offline", option, str(tmp_path / "file" / "below"), env=env)
    assert ran.status == 1
    assert "is not a folder" in ran.out
    assert option in ran.out


def test_nothing_is_made_without_a_run(env: dict[str, str], tmp_path: Path) -> None:
    assert run("doctor", "--offline", env=env).status == 0
    assert not (tmp_path / "home").exists()


def test_a_clock_that_differs_from_a_service_is_bad(fakes: Fakes, env: dict[str, str]) -> None:
    def late(request: Request) -> Answer:
        answer = fakes.arxiv.answer(request)
        date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() - 7200))
        return Answer(
            status=answer.status,
            media=answer.media,
            headers=(*answer.headers, ("Date", date)),
            body=answer.body,
        )

    fakes.host("export.arxiv.org", late)
    ran = run("doctor", env=env)
    assert ran.status == 1
    assert levels(ran, "clock") == ["ok", "bad"]
    assert "differs from arXiv's by 7200 s" in ran.out or "by 7201 s" in ran.out
