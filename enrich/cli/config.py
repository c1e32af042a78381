"""`--config FILE`: feeds and options from a TOML file. Flags and the environment take precedence.

Each key is an option's long name; `feeds` is a list of feeds, or of tables with `feed` and `name`. Paths
are relative to the file's own folder, so that a scheduled run may start in any folder.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NoReturn

import click

from enrich.cli.formats import split_format, suggest_prefix
from enrich.cli.suggestions import find_close, is_address

_NOT_IN_FILES = frozenset({"config", "help", "version"})
_PATHS = frozenset({"new-since"})
"""Options whose value is a path, although their click type is a string."""


_MAX_FILE_BYTES = 60_000
"""Maximum size of a file: the TOML parser takes time and memory quadratic in the parts of a key."""


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of a file: defaults of options by parameter, and feeds with their names."""

    path: str
    defaults: Mapping[str, Any]
    names: Mapping[str, str | None]
    """Name for the talks of each feed; None keeps the feed's own name."""

    @property
    def feeds(self) -> tuple[str, ...]:
        """The feeds, in the order of the file."""
        return tuple(self.names)


def read_config(path: str, command: click.Command) -> Config:
    """Read a file of feeds and options.

    Raises:
        click.UsageError: the file cannot be read, is not TOML, or has an invalid key or value.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(_MAX_FILE_BYTES + 1)
        if len(data) > _MAX_FILE_BYTES:
            raise click.UsageError(f"--config: {path}: is larger than {_MAX_FILE_BYTES // 1000} kB")
        values = tomllib.loads(data.decode())
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise click.UsageError(f"--config: {path}: cannot be read ({cause})") from None
    except UnicodeDecodeError:
        raise click.UsageError(f"--config: {path}: is not UTF-8") from None
    except (ValueError, RecursionError) as error:  # TOML, or a number of too many digits
        raise click.UsageError(f"--config: {path}: is not TOML: {error}") from None
    folder = Path(path).parent
    options = _list_options(command)
    defaults: dict[str, Any] = {}
    names: dict[str, str | None] = {}
    for key, value in values.items():
        try:
            if key == "feeds":
                names = dict(_read_feeds(value, folder))
            elif key in options:
                defaults[options[key].name or key] = _read_setting(key, value, options[key], folder)
            else:
                _refuse_key(key, (*options, "feeds"))
        except ValueError as error:
            raise click.UsageError(f"--config: {path}: {key}: {error}") from None
    return Config(path, defaults, names)


def _refuse_key(key: str, known: Iterable[str]) -> NoReturn:
    close = find_close(key.replace("_", "-"), known)
    hint = f"; did you mean {close}?" if close else ""
    raise ValueError(f"not an option of enrich{hint}")


def _list_options(command: click.Command) -> dict[str, click.Option]:
    """Return the options of a command by their long names."""
    return {
        name.removeprefix("--"): param
        for param in command.params
        if isinstance(param, click.Option)
        for name in param.opts
        if name.startswith("--") and name.removeprefix("--") not in _NOT_IN_FILES
    }


def _read_feeds(value: Any, folder: Path) -> Iterator[tuple[str, str | None]]:
    """Yield each feed and its name, if it has one.

    Raises:
        ValueError: not a list of feeds.
    """
    items = value if isinstance(value, list) else [value]
    for item in items:
        feed, name = (
            (item.get("feed"), item.get("name")) if isinstance(item, Mapping) else (item, None)
        )
        if not isinstance(feed, str) or not feed:
            raise ValueError('a feed is a string, or a table such as {feed = "…", name = "…"}')
        if name is not None and (not isinstance(name, str) or not name.strip()):
            raise ValueError(f"the name of {feed} is not a string")
        if isinstance(item, Mapping) and (unknown := sorted(item.keys() - {"feed", "name"})):
            raise ValueError(f"{feed}: unknown key {unknown[0]}; the keys are feed and name")
        is_path = feed != "-" and not is_address(feed) and not feed.lower().startswith("file:")
        yield (_join_path(folder, feed) if is_path else feed), name


def _read_setting(key: str, value: Any, option: click.Option, folder: Path) -> Any:
    """Return a value in the form that click accepts.

    Raises:
        ValueError: the value has the wrong type.
    """
    if option.is_flag:
        if not isinstance(value, bool):
            raise ValueError("neither true nor false")
        return value
    if option.count:
        if not isinstance(value, int):
            raise ValueError("not a number")
        return int(value)
    if option.multiple:
        items = value if isinstance(value, list) else [value]
        return [_to_text(key, item, option, folder) for item in items]
    return _to_text(key, value, option, folder)


def _to_text(key: str, value: Any, option: click.Option, folder: Path) -> str:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    is_scalar = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    if not is_scalar:
        raise ValueError("not a string or number")
    text = str(value)
    if key in _PATHS or isinstance(option.type, click.Path):
        return _join_path(folder, text)
    if key == "output":
        prefix, path = split_format(text)
        if not prefix and (meant := suggest_prefix(text)):
            wrong, _, rest = text.partition(":")
            raise ValueError(f"{wrong} is not a format; did you mean {meant}:{rest}?")
        return prefix + (path if path in {"", "-"} else _join_path(folder, path))
    return text


def _join_path(folder: Path, text: str) -> str:
    """Resolve a path against a folder, and expand `~`.

    Raises:
        ValueError: the text is not a valid path.
    """
    if "\0" in text:
        raise ValueError("a path holds no character U+0000")
    try:
        return os.path.normpath(folder / Path(text).expanduser()) if text else text
    except RuntimeError:
        raise ValueError(f"{text}: there is no such home folder") from None
