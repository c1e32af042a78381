"""Annotated talks for several outputs of one run: kept in a file while the first output passes."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import TracebackType
from typing import Self

from enrich.model import NO_FEED, AnnotatedTalk, Feed

_MAX_BYTES_IN_MEMORY = 1 << 22


class Spool:
    """A context manager over a private file of talks: memory does not grow with the feed.

    Writers pull their talks, so several cannot share one stream. The first one's talks are written
    down as they pass, and the others read them back. Pickle keeps what no line of ndjson holds (raw
    blocks, texts without a reference); a feed, whose head may be large, is kept once in memory.
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed by __exit__
            max_size=_MAX_BYTES_IN_MEMORY
        )
        self._feeds: dict[Feed, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def keep_passing(self, talks: Iterable[AnnotatedTalk]) -> Iterator[AnnotatedTalk]:
        """Yield the same talks, stored as they pass."""
        for annotated in talks:
            feed = annotated.talk.feed
            number = self._feeds.setdefault(feed, len(self._feeds))
            without = replace(annotated, talk=replace(annotated.talk, feed=NO_FEED))
            pickle.dump((number, without), self._file, pickle.HIGHEST_PROTOCOL)
            yield annotated

    def read(self) -> Iterator[AnnotatedTalk]:
        """Yield the talks that passed, from the first on."""
        feeds = tuple(self._feeds)
        self._file.seek(0)
        while True:
            try:
                number, annotated = pickle.load(self._file)  # noqa: S301 - our own file, which has no name
            except EOFError:
                return
            yield replace(annotated, talk=replace(annotated.talk, feed=feeds[number]))
