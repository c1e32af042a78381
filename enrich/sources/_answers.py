"""JSON bodies of services' responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests import Response


def parse_json(response: Response) -> Any:
    """Return the body as JSON; None if invalid."""
    try:
        return response.json()
    except (
        ValueError,
        RecursionError,
    ):  # ValueError: also the errors of requests and of the codecs
        return None
