"""Files of the state folder: private, never through a link, whatever lies there."""

from __future__ import annotations

import json
import math
import os
import stat
import time
from pathlib import Path

import pytest

from enrich.http.rate_limit import RateLimiter

NAME = "export.arxiv.org"


def make_limiter(folder: Path, troubles: list[str] | None = None) -> RateLimiter:
    return RateLimiter(
        NAME,
        folder,
        0.0,
        clock=time.monotonic,
        now=time.time,
        sleep=time.sleep,
        on_trouble=(list[str]() if troubles is None else troubles).append,
    )


def pass_through(limiter: RateLimiter) -> None:
    with limiter.slot(math.inf):
        pass


def test_its_files_are_private_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        pass_through(make_limiter(tmp_path / "state"))
    finally:
        os.umask(before)
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "state").iterdir()}
    assert modes == {f"{NAME}.json": 0o600, f"{NAME}.lock": 0o600}
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


@pytest.mark.parametrize("suffix", ["json", "new", "lock"])
@pytest.mark.parametrize("kind", ["file", "dangling", "hard"])
def test_nothing_is_written_through_a_link(suffix: str, kind: str, tmp_path: Path) -> None:
    folder, victim = tmp_path / "state", tmp_path / "victim"
    folder.mkdir()
    if kind != "dangling":
        victim.write_text("precious")
    link = folder / f"{NAME}.{suffix}"
    if kind == "hard":
        link.hardlink_to(victim)
    else:
        link.symlink_to(victim)
    limiter = make_limiter(folder)
    pass_through(limiter)
    pass_through(limiter)
    assert victim.exists() == (kind != "dangling")
    assert kind == "dangling" or victim.read_text() == "precious"


@pytest.mark.parametrize("suffix", ["json", "lock"])
def test_a_link_is_refused_in_a_sentence(suffix: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text(
        json.dumps({"ended": 0, "paused_until": time.time() + 500, "refused": {}})
    )
    (tmp_path / f"{NAME}.{suffix}").symlink_to(tmp_path / "elsewhere")
    troubles: list[str] = []
    pass_through(make_limiter(tmp_path, troubles))
    assert len(troubles) == 1
    assert "--state-dir" in troubles[0]


@pytest.mark.parametrize("suffix", ["json", "new"])
def test_a_pipe_is_not_waited_for(suffix: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f"{NAME}.{suffix}")
    start = time.monotonic()
    pass_through(make_limiter(tmp_path))
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"ended":' * 100_000,
        '{"ended": 1e999, "paused_until": 0, "refused": {}}',
        '{"ended": 0, "paused_until": ' + "9" * 10_000 + ', "refused": {}}',
        '{"ended": 0, "paused_until": 0, "refused": {"a": []}}',
        '{"ended": true, "paused_until": 0, "refused": []}',
        "null",
        "\udcff",
        " " * 50_000_000,
    ],
    ids=["brackets", "objects", "infinite", "digits", "refused", "list", "null", "bytes", "large"],
)
def test_any_content_counts_as_torn(text: str, tmp_path: Path) -> None:
    file = tmp_path / f"{NAME}.json"
    file.write_text(text, errors="surrogateescape")
    limiter = make_limiter(tmp_path)
    assert limiter.paused_until() is None
    assert not limiter.was_refused(NAME)
    pass_through(limiter)
    assert json.loads(file.read_text())["refused"] == {}
