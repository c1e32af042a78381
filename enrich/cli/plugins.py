"""Guard around the formats of other distributions: a failure is one error that names the format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from enrich.model import Document
    from enrich.writers import Writer


class GuardedWriter:
    """Writer of another distribution, whose exceptions become an EnrichError that names it."""

    def __init__(self, name: str, chosen: Writer) -> None:
        self._name = name
        self._chosen = chosen

    def __getattr__(self, attribute: str) -> Any:
        """Return an attribute of the wrapped writer."""
        return getattr(self._chosen, attribute)

    def with_options(self, **options: Any) -> GuardedWriter:
        """Return the writer with some of its options set."""
        chosen: Any = self._chosen
        return GuardedWriter(self._name, chosen.with_options(**options))

    def write(self, document: Document) -> Iterator[str]:
        """Yield the document as pieces of text.

        Raises:
            EnrichError: the writer raised, or returned something else.
        """
        from enrich.errors import EnrichError

        try:
            for piece in self._chosen.write(document):
                self._check_piece(piece)
                yield piece
        except (EnrichError, OSError):  # an error of the run, not of the writer
            raise
        except Exception as error:
            rule = "write must yield pieces of text; " if isinstance(error, TypeError) else ""
            raise self._make_error(f"{rule}{type(error).__name__}: {error}") from error

    def _check_piece(self, piece: object) -> None:
        if not isinstance(piece, str):
            raise self._make_error(f"it yields {type(piece).__name__}, not text")

    def _make_error(self, problem: str) -> Exception:
        from enrich.errors import EnrichError

        return EnrichError(
            f"the format {self._name}, which another distribution offers, failed: {problem}",
            hint="report it to the authors of that distribution; nothing was written",
        )
