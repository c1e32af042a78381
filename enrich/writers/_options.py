"""Base of the writers that take options: frozen dataclasses, a field for each option."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self


@dataclass(frozen=True)
class Configurable:
    """A writer with options."""

    def with_options(self, **options: Any) -> Self:
        """Return the writer with some of its options set."""
        return replace(self, **options)
