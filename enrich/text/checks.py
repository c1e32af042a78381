"""Checks of JSON that strangers wrote: one value out of an object, of the right type or a ValueError.

Missing and null are the same everywhere. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def string(data: Mapping[str, Any], key: str) -> str | None:
    """The string under a key.

    >>> string({"a": "x"}, "a"), string({}, "a"), string({"a": ""}, "a")
    ('x', None, '')
    >>> string({"a": 1}, "a")
    Traceback (most recent call last):
    ...
    ValueError: "a" is no string
    """
    value = data.get(key)
    if value is None or isinstance(value, str):
        return value
    raise ValueError(f'"{key}" is no string')


def strings(data: Mapping[str, Any], key: str) -> list[str]:
    """The list of strings under a key, empty where there is none."""
    value = data.get(key)
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise ValueError(f'"{key}" is no list of strings')


def objects(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The list of objects under a key, empty where there is none."""
    value = data.get(key)
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
        return value
    raise ValueError(f'"{key}" is no list of objects')


def integer(data: Mapping[str, Any], key: str) -> int | None:
    """The integer under a key; true is none."""
    value = data.get(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError(f'"{key}" is no integer')


def boolean(data: Mapping[str, Any], key: str) -> bool:
    """The boolean under a key, False where there is none."""
    value = data.get(key)
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    raise ValueError(f'"{key}" is no boolean')


def web_address(data: Mapping[str, Any], key: str) -> str | None:
    """The http(s) URL under a key: no other scheme, no white space, no control characters.

    >>> web_address({"url": "javascript:alert(1)"}, "url")
    Traceback (most recent call last):
    ...
    ValueError: "url" is no http(s) address
    """
    value = string(data, key)
    if not value:
        return None
    if (
        value.lower().startswith(("https://", "http://"))
        and value.isprintable()
        and " " not in value
    ):
        return value
    raise ValueError(f'"{key}" is no http(s) address')
