"""Checked access to untrusted JSON: a value of the expected type, otherwise ValueError.

A missing key and null are treated alike. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def objects(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return the list of objects under a key, empty if missing."""
    value = data.get(key)
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
        return value
    raise ValueError(f'"{key}" is not a list of objects')
