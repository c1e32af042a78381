"""Turn a feed of research talks into a reading list.

The public names are in `__all__`; they are imported when they are first used, so that
`import enrich` costs next to nothing.
"""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = ["__version__"]
