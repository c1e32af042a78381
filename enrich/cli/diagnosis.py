"""Checks of `enrich doctor`: each yields findings, and changes no file that a run uses.

Findings can be put into a bug report: they hold no login and no address of a feed.
"""

from __future__ import annotations

import json
import os
import platform
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from enrich.cli.options import LOGIN_NAMES, read_logins, say
from enrich.errors import EnrichError, SourceError
from enrich.sources import title_of
from enrich.version import VERSION

if TYPE_CHECKING:
    from enrich.http.session import PoliteSession
    from enrich.paper import PaperId
    from enrich.sources import SecondSource, Source

_DISTRIBUTION = "talk-enrich"
_GROUPS = ("enrich.sources", "enrich.writers")
_MAX_SKEW_S = 120.0
_MAX_WAIT_S = 20.0
"""Seconds for one service, including the wait for its rate limiter."""
_EARLIEST_VALID_TIME = datetime(2025, 1, 1, tzinfo=UTC).timestamp()

Level = Literal["ok", "note", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Result of one check, and what to do about it."""

    level: Level
    """`bad` must be repaired; `note` is for information."""
    subject: str
    text: str
    advice: str | None = None


def check_versions() -> Iterator[Finding]:
    """Yield the versions of enrich, Python and packages, and the plug-ins."""
    system = f"{platform.system()} {platform.release()}"
    yield Finding(
        "ok", "version", f"enrich {VERSION}, Python {platform.python_version()}, {system}"
    )
    found = []
    for name in _list_requirements():
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            yield Finding("bad", "packages", f"{name} is not installed", "install enrich again")
    yield Finding("ok", "packages", ", ".join(found))
    for group in _GROUPS:
        for point in entry_points(group=group):
            label = f"{point.name} ({group}, {point.value})"
            try:
                point.load()
            except Exception as error:  # noqa: BLE001 - code of others
                problem = f"{label} cannot be loaded: {type(error).__name__}: {error}"
                yield Finding(
                    "bad", "plug-in", problem, "reinstall or remove the distribution that offers it"
                )
            else:
                yield Finding("ok", "plug-in", label)


def _list_requirements() -> Iterator[str]:
    """Yield the names of the required packages."""
    try:
        needed = requires(_DISTRIBUTION) or ()
    except PackageNotFoundError:  # not installed, but run from its source folder
        return
    for line in needed:
        if "extra ==" not in line and (name := re.match(r"[A-Za-z0-9._-]+", line)):
            yield name[0]


def check_store_folder(cache_dir: Path | None, now: float) -> Iterator[Finding]:
    """Yield the place and the state of the store."""
    from enrich.store.inspection import inspect_store
    from enrich.store.store import store_folder

    folder = store_folder(cache_dir)
    yield _check_folder("store", folder, "--cache-dir")
    path = folder / "papers.sqlite"
    state = inspect_store(path)
    size = sum(file.stat().st_size for file in folder.glob("*.sqlite*") if file.is_file())
    if state.trouble:
        cure = (
            "the next run renames the file and recovers its good records"
            if state.corrupt
            else "remove it, or choose another folder with --cache-dir"
        )
        yield Finding("bad", "store", state.trouble, cure)
    else:
        yield Finding(
            "ok", "store", f"{state.records:,} records, {size / 1e6:,.1f} MB in all files"
        )
    if state.damaged:
        text = f"{state.damaged:,} damaged records"
        yield Finding(
            "bad", "store", text, "they are requested again; enrich cache clear removes them"
        )
    if state.set_aside:
        names = ", ".join(state.set_aside)
        yield Finding(
            "note", "store", f"copies of damaged files: {names}", "enrich cache clear removes them"
        )
    if state.newest is not None and state.newest > now + 3600:
        yield Finding("bad", "clock", "the store has records from the future", "set the clock")


def check_state_folder(state_dir: Path | None) -> Iterator[Finding]:
    """Check whether the rate limiter's folder can be written."""
    from platformdirs import user_state_path

    folder = state_dir or user_state_path("enrich", appauthor=False)
    yield _check_folder("rate limits", folder, "--state-dir")


def check_login() -> Iterator[Finding]:
    """Check whether a login is present; never show its value."""
    from enrich.sources.installed import sources

    try:
        logins = read_logins()
    except click.UsageError as error:
        yield Finding("bad", "login", error.message, f"set {LOGIN_NAMES}")
        return
    for source in sources():
        if hasattr(source, "log_in"):
            if (login := logins.get(source.name)) is not None:
                kind = "a token" if isinstance(login, str) else "name and password"
                yield Finding("ok", "login", f"{title_of(source.name)}: {kind} in the environment")
            else:
                yield Finding(
                    "note",
                    "login",
                    f"{title_of(source.name)}: no login; it often refuses callers without one",
                    f"set {LOGIN_NAMES}",
                )


def check_clock(now: float) -> Iterator[Finding]:
    """Check whether the clock is plausible."""
    shown = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M:%S} UTC"
    if now < _EARLIEST_VALID_TIME:
        yield Finding("bad", "clock", f"{shown} is in the past", "set the clock")
    else:
        yield Finding("ok", "clock", shown)


def check_proxies() -> Iterator[Finding]:
    """Yield the variables that affect network access."""
    names = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE")
    present = [name for name in names if os.environ.get(name) or os.environ.get(name.lower())]
    if present:
        yield Finding("note", "network", f"set in the environment: {', '.join(present)}")


def check_services(
    cache_dir: Path | None, state_dir: Path | None, contact: str | None
) -> Iterator[Finding]:
    """Fetch one paper from each service, through the rate limiter."""
    from enrich.http.session import open_session
    from enrich.sources.installed import second_sources, sources

    first, second = sources(), second_sources()
    ids = _example_ids()
    try:
        logins = read_logins()
    except click.UsageError:
        logins = {}
    with open_session(
        (*first, *second),
        cache_dir=cache_dir,
        state_dir=state_dir,
        contact=contact,
        login=logins,
        refresh=True,
        on_trouble=say,
    ) as session:
        for source in first:
            yield from _check_service(session, source, ids.get(source.name))
        for other in second:
            yield from _check_service(session, other, ids.get(other.fallback_for))


def _check_service(
    session: PoliteSession, service: Source | SecondSource, id_: PaperId | None
) -> Iterator[Finding]:
    """Fetch a paper from one service within `_MAX_WAIT_S` seconds."""
    subject = title_of(service.name)
    if id_ is None:
        yield Finding("note", subject, "not checked: the package has no example of its papers")
        return
    skews: list[float] = []
    run = session.open_run(time.monotonic() + _MAX_WAIT_S)
    run.hooks["response"].append(lambda response, **_: skews.append(_measure_skew(response)))
    begun = time.monotonic()
    try:
        answers = _fetch_one(service, id_, run)
    except SourceError as error:
        yield Finding("bad", subject, f"{error.code}: {error}", error.hint or "run again later")
    except EnrichError as error:
        yield Finding("bad", subject, str(error), error.hint)
    else:
        took = f"{time.monotonic() - begun:.1f} s"
        level: Level = "ok" if answers else "note"
        text = f"answered in {took}" if answers else f"answered in {took}, without {id_}"
        yield Finding(level, subject, text)
    skew = max(skews, key=abs, default=0.0)
    if abs(skew) > _MAX_SKEW_S:
        text = f"this machine's clock differs from {subject}'s by {skew:.0f} s"
        yield Finding("bad", "clock", text, "set the clock")


def _fetch_one(service: Any, id_: PaperId, session: PoliteSession) -> Sequence[Any]:
    """Return the records of one paper from a source or second source."""
    request: Any = id_ if hasattr(service, "fallback_for") else (id_, None)
    return [*service.fetch([request], session)]


def _measure_skew(response: Any) -> float:
    """Return how many seconds this clock is ahead of the response's Date; 0 without it."""
    try:
        return time.time() - parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return 0.0


def _example_ids() -> dict[str, PaperId]:
    """Return a paper of each source from the package's example."""
    from enrich.paper import PaperId

    text = files("enrich").joinpath("example/papers.jsonl").read_text(encoding="utf-8")
    ids = [PaperId(json.loads(line)["id"]) for line in text.splitlines()]
    return {id_.source: id_ for id_ in reversed(ids)}


def _check_folder(subject: str, folder: Path, option: str) -> Finding:
    """Return whether a folder can be written or created."""
    place = next(path for path in (folder, *folder.parents) if path.exists())
    advice = f"make {place} writable, or choose another folder with {option}"
    if not place.is_dir():
        return Finding("bad", subject, f"{folder}: {place} is not a folder", advice)
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        return Finding("bad", subject, f"{folder} cannot be written: {error.strerror}", advice)
    if place != folder:
        return Finding("ok", subject, f"{folder} does not exist yet; the first run creates it")
    return Finding("ok", subject, f"{folder} can be written")
