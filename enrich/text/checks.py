"""Checked access to untrusted JSON: a value of the expected type, otherwise ValueError.

A missing key and null are treated alike. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def string(data: Mapping[str, Any], key: str) -> str | None:
    """Return the string under a key.

    >>> string({"a": "x"}, "a"), string({}, "a"), string({"a": ""}, "a")
    ('x', None, '')
    >>> string({"a": 1}, "a")
    Traceback (most recent call last):
    ...
    ValueError: "a" is not a string
    """
    value = data.get(key)
    if value is None or isinstance(value, str):
        return value
    raise ValueError(f'"{key}" is not a string')


def strings(data: Mapping[str, Any], key: str) -> list[str]:
    """Return the list of strings under a key, empty if missing."""
    value = data.get(key)
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise ValueError(f'"{key}" is not a list of strings')


def objects(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return the list of objects under a key, empty if missing."""
    value = data.get(key)
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
        return value
    raise ValueError(f'"{key}" is not a list of objects')


def integer(data: Mapping[str, Any], key: str) -> int | None:
    """Return the integer under a key.

    A boolean is not accepted.
    """
    value = data.get(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError(f'"{key}" is not an integer')


def boolean(data: Mapping[str, Any], key: str) -> bool:
    """Return the boolean under a key, False if missing."""
    value = data.get(key)
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    raise ValueError(f'"{key}" is not a boolean')


def web_address(data: Mapping[str, Any], key: str) -> str | None:
    """Return the http(s) URL under a key.

    Another scheme, white space and control characters raise ValueError.

    >>> web_address({"url": "javascript:alert(1)"}, "url")
    Traceback (most recent call last):
    ...
    ValueError: "url" is not an http(s) address
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
    raise ValueError(f'"{key}" is not an http(s) address')
