"""Bodies of services' answers as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests import Response


def parse_json(response: Response) -> Any:
    """Return the body as JSON; None if it is not JSON."""
    try:
        return response.json()
    except (ValueError, RecursionError):  # ValueError: requests' and the codecs' errors alike
        return None
