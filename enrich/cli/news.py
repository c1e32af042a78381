"""News of a run: `--new-since`, the output that replaces its file, and `--fail-if-fewer`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from enrich.changes.compare import Changes, count_present, select_kept
from enrich.changes.earlier import Earlier, parse_earlier
from enrich.changes.feed_contents import FeedContents
from enrich.cli.formats import Target
from enrich.cli.weekly import MinTalks
from enrich.errors import EnrichError
from enrich.feeds.finish import finish_talk, redact_warnings
from enrich.feeds.recurrence import select_occurrences
from enrich.model import AnnotatedTalk, Document, Notice, Talk
from enrich.sources import names
from enrich.writers import Writer

NOTHING_NEW = Notice(code="nothing_new", message="nothing is new since the last run")
_READ_BACK = frozenset({"json", "ndjson"})
"""Formats that a later run can read for comparison."""


class TooFewTalksError(EnrichError):
    """The feeds hold fewer talks than `--fail-if-fewer` requires; nothing is written."""


class News:
    """News since an earlier output: adds its kept talks to the run, and filters the outputs."""

    def __init__(self, path: str, targets: Iterable[Target], *, keep_private: bool = False) -> None:
        """Read the earlier output.

        A missing file counts as empty if an output of this run creates it. Its talks are redacted like
        those of a feed, unless `keep_private` is set.

        Raises:
            click.UsageError: the file is not an earlier output, or an output would replace it in a
                format that cannot be read back.
        """
        self.feed_contents = FeedContents()
        self._path = path
        self._count = 0
        place = os.path.realpath(path)
        replacing = [t for t in targets if t.path and os.path.realpath(t.path) == place]
        self._replacing = frozenset(replacing)
        for target in replacing:
            if target.format not in _READ_BACK:
                raise click.UsageError(
                    f"{target.path}: the next run cannot compare with {target.format}; "
                    "replace the file of --new-since by json or ndjson"
                )
        earlier = _read_earlier(path, may_be_missing=bool(replacing))
        if not keep_private:
            talks = tuple(map(_redact_talk, earlier.talks))
            earlier = Earlier(talks=talks, papers=earlier.papers)
        self._earlier = earlier
        self._changes: Changes | None = None

    @property
    def talks_before(self) -> int:
        """Number of talks that the feeds held at the last run."""
        return count_present(self._earlier)

    def add_earlier_talks(
        self,
        talks: Iterable[Talk],
        *,
        min_talks: int = 0,
        sort: Callable[[Iterable[Talk]], Iterable[Talk]] = iter,
    ) -> Iterator[Talk]:
        """Yield the talks of the feeds, then the kept earlier ones.

        All feeds are read first, because moved and vanished talks are known only then.

        Raises:
            TooFewTalksError: fewer talks than `min_talks`; nothing was looked up.
        """
        read = list(talks)
        _check_count(len(read), min_talks)
        self._changes = Changes(
            self._earlier, self.feed_contents, select_occurrences=select_occurrences
        )
        kept = map(_check_sources, select_kept(self._earlier, self.feed_contents))
        yield from sort([*read, *kept])

    def mark(self, annotated: AnnotatedTalk) -> AnnotatedTalk | None:
        """Return a new talk with its reasons as warnings; otherwise None."""
        return None if self._changes is None else self._changes.mark(annotated)

    def count_new(self, talks: Iterable[AnnotatedTalk]) -> Iterator[AnnotatedTalk]:
        """Yield the same talks, and count the new ones."""
        for annotated in talks:
            self._count += self.mark(annotated) is not None
            yield annotated

    def filter_writer(self, target: Target, writer: Writer) -> Writer:
        """Return a writer that is limited to new talks.

        An output that replaces the earlier one gets all talks.
        """
        return writer if target in self._replacing else _NewsWriter(writer, self)

    def describe(self) -> str:
        """Return a line on how many talks are new."""
        if not self._count:
            return f"nothing is new since {self._path}"
        return (
            f"{self._count} {'talk is' if self._count == 1 else 'talks are'} new since {self._path}"
        )


def _redact_talk(annotated: AnnotatedTalk) -> AnnotatedTalk:
    """Redact an earlier talk like a feed's."""
    return replace(
        annotated,
        talk=finish_talk(annotated.talk, keep_private=False),
        warnings=redact_warnings(annotated.warnings),
    )


def _check_sources(talk: Talk) -> Talk:
    """Drop an earlier talk's references if a source is not installed.

    They are then searched again.
    """
    known = names()
    if all(reference.paper.source in known for reference in talk.references or ()):
        return talk
    return replace(talk, references=None)


class _NewsWriter:
    """Writer of the new talks only, with a notice if there is no new talk."""

    suffixes: tuple[str, ...] = ()

    def __init__(self, writer: Writer, news: News) -> None:
        self._writer = writer
        self._news = news

    def write(self, document: Document) -> Iterator[str]:
        """Yield the document of the new talks as pieces of text."""
        found = False

        def select() -> Iterator[AnnotatedTalk]:
            nonlocal found
            for annotated in document.talks:
                if (marked := self._news.mark(annotated)) is not None:
                    found = True
                    yield marked

        def list_notices() -> Iterator[Notice]:
            yield from document.notices
            if not found:
                yield NOTHING_NEW

        yield from self._writer.write(replace(document, talks=select(), notices=list_notices()))


def filter_feed_talks(
    talks: Iterable[AnnotatedTalk],
    filter_talks: Callable[[Iterable[AnnotatedTalk]], Iterator[AnnotatedTalk]],
) -> Iterator[AnnotatedTalk]:
    """Yield the filtered talks; talks of an earlier output are never dropped."""
    for annotated in talks:
        if annotated.talk.references is not None:
            yield annotated
        else:
            yield from filter_talks((annotated,))


def find_min_talks(minimum: MinTalks | None, news: News | None) -> int:
    """Return the number of talks that this run must have.

    Raises:
        click.UsageError: a share of the last run's talks without --new-since.
    """
    if minimum is None:
        return 0
    if not minimum.is_share:
        return int(minimum.value)
    if news is None:
        raise click.UsageError("--fail-if-fewer: a share of the last run's talks needs --new-since")
    return -int(-minimum.value * news.talks_before // 1)


def require_min_talks(talks: Iterable[AnnotatedTalk], min_talks: int) -> Iterator[AnnotatedTalk]:
    """Yield the same talks; raise after the last if too few.

    Talks of an earlier output do not count.

    Raises:
        TooFewTalksError: fewer talks than `min_talks`; no output is kept.
    """
    count = 0
    for annotated in talks:
        count += annotated.talk.references is None
        yield annotated
    _check_count(count, min_talks)


def _check_count(count: int, min_talks: int) -> None:
    if count < min_talks:
        raise TooFewTalksError(
            f"{count} {'talk' if count == 1 else 'talks'}, but --fail-if-fewer requires at least "
            f"{min_talks}; nothing is written"
        )


def _read_earlier(path: str, *, may_be_missing: bool) -> Earlier:
    try:
        return parse_earlier(Path(path).read_bytes())
    except FileNotFoundError:
        if may_be_missing:
            return Earlier()
        hint = f"create it on the first run with -o {path}"
        raise click.UsageError(f"--new-since: {path}: no such file; {hint}") from None
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise click.UsageError(f"--new-since: {path}: cannot be read ({cause})") from None
    except ValueError as error:
        raise click.UsageError(
            f"--new-since: {path}: not an earlier output: {error}; nothing was changed"
        ) from None
