"""News of a run: `--new-since`, the output that replaces its file, and `--fail-if-fewer`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from enrich.changes.compare import Changes, count_present, select_kept
from enrich.changes.earlier import Earlier, parse_earlier
from enrich.changes.holdings import Holdings
from enrich.cli.formats import Target
from enrich.cli.weekly import Fewest
from enrich.errors import EnrichError
from enrich.feeds.finish import finish_talk, redact_warnings
from enrich.feeds.recurrence import select_occurrences
from enrich.model import AnnotatedTalk, Document, Notice, Talk
from enrich.sources import names
from enrich.writers import Writer

NOTHING_NEW = Notice(code="nothing_new", message="nothing is new since the last run")
_READ_BACK = frozenset({"json", "ndjson"})
"""Formats that a later run can compare with."""


class TooFewTalksError(EnrichError):
    """The feeds hold fewer talks than `--fail-if-fewer` demands; nothing is written."""


class News:
    """What is new since an earlier output: talks that stay are added, and outputs are filtered."""

    def __init__(self, path: str, targets: Iterable[Target], *, keep_private: bool = False) -> None:
        """Read the earlier output.

        A missing file that an output makes counts as empty. Its talks are redacted as those of a feed,
        unless private things are kept.

        Raises:
            click.UsageError: it is not an earlier output, or would be replaced by another format.
        """
        self.holdings = Holdings()
        self._path = path
        self._count = 0
        place = os.path.realpath(path)
        replacing = [t for t in targets if t.path and os.path.realpath(t.path) == place]
        self._replacing = frozenset(replacing)
        for target in replacing:
            if target.format not in _READ_BACK:
                raise click.UsageError(
                    f"{target.path}: as {target.format} it cannot be compared with next time; "
                    "what replaces --new-since is json or ndjson"
                )
        earlier = _read_earlier(path, may_be_missing=bool(replacing))
        if not keep_private:
            earlier = replace(earlier, talks=tuple(map(_redact_talk, earlier.talks)))
        self._earlier = earlier
        self._changes: Changes | None = None

    @property
    def talks_before(self) -> int:
        """How many talks the feeds held at the last run."""
        return count_present(self._earlier)

    def add_kept(
        self,
        talks: Iterable[Talk],
        *,
        fewest: int = 0,
        sort: Callable[[Iterable[Talk]], Iterable[Talk]] = iter,
    ) -> Iterator[Talk]:
        """Yield all talks of the feeds, then those of the earlier output that stay.

        Every feed is read to its end first: only then is it known what moved and what vanished.

        Raises:
            TooFewTalksError: there are fewer talks than the fewest; nothing was looked up.
        """
        read = list(talks)
        _check_count(len(read), fewest)
        self._changes = Changes(self._earlier, self.holdings, select_occurrences=select_occurrences)
        kept = map(_check_sources, select_kept(self._earlier, self.holdings))
        yield from sort([*read, *kept])

    def mark(self, annotated: AnnotatedTalk) -> AnnotatedTalk | None:
        """Return a talk that is new, with its reasons among its warnings; otherwise None."""
        return None if self._changes is None else self._changes.mark(annotated)

    def count_new(self, talks: Iterable[AnnotatedTalk]) -> Iterator[AnnotatedTalk]:
        """Yield the same talks, those that are new counted as they pass."""
        for annotated in talks:
            self._count += self.mark(annotated) is not None
            yield annotated

    def filter_writer(self, target: Target, writer: Writer) -> Writer:
        """Return a writer that gets what is new alone, unless its output replaces the earlier one."""
        return writer if target in self._replacing else _NewsWriter(writer, self)

    def describe(self) -> str:
        """Return a line on how many talks are new."""
        if not self._count:
            return f"nothing is new since {self._path}"
        return (
            f"{self._count} {'talk is' if self._count == 1 else 'talks are'} new since {self._path}"
        )


def _redact_talk(annotated: AnnotatedTalk) -> AnnotatedTalk:
    """Return an earlier talk as a feed would give it."""
    return replace(
        annotated,
        talk=finish_talk(annotated.talk, keep_private=False),
        warnings=redact_warnings(annotated.warnings),
    )


def _check_sources(talk: Talk) -> Talk:
    """Return an earlier talk; if a source of its references is not known, all are searched again."""
    known = names()
    if all(reference.paper.source in known for reference in talk.references or ()):
        return talk
    return replace(talk, references=None)


class _NewsWriter:
    """A writer whose documents hold what is new alone, and a notice if nothing is."""

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


def filter_read(
    talks: Iterable[AnnotatedTalk],
    filter_talks: Callable[[Iterable[AnnotatedTalk]], Iterator[AnnotatedTalk]],
) -> Iterator[AnnotatedTalk]:
    """Yield the talks that a filter leaves; no filter drops those of an earlier output."""
    for annotated in talks:
        if annotated.talk.references is not None:
            yield annotated
        else:
            yield from filter_talks((annotated,))


def check_fewest(fewest: Fewest | None, news: News | None) -> int:
    """Return the fewest talks that this run must have.

    Raises:
        click.UsageError: a share of the last run's talks without --new-since.
    """
    if fewest is None:
        return 0
    if not fewest.is_share:
        return int(fewest.value)
    if news is None:
        raise click.UsageError("--fail-if-fewer: a share of the last run's talks needs --new-since")
    return -int(-fewest.value * news.talks_before // 1)


def guard_count(talks: Iterable[AnnotatedTalk], fewest: int) -> Iterator[AnnotatedTalk]:
    """Yield the same talks; none of the outputs is kept if there are too few.

    Raises:
        TooFewTalksError: after the last talk; talks of an earlier output do not count.
    """
    count = 0
    for annotated in talks:
        count += annotated.talk.references is None
        yield annotated
    _check_count(count, fewest)


def _check_count(count: int, fewest: int) -> None:
    if count < fewest:
        raise TooFewTalksError(
            f"{count} {'talk' if count == 1 else 'talks'}, but at least {fewest} were to be "
            "(--fail-if-fewer); nothing is written"
        )


def _read_earlier(path: str, *, may_be_missing: bool) -> Earlier:
    try:
        return parse_earlier(Path(path).read_bytes())
    except FileNotFoundError:
        if may_be_missing:
            return Earlier()
        hint = f"the first run makes it with -o {path}"
        raise click.UsageError(f"--new-since: {path}: no such file; {hint}") from None
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise click.UsageError(f"--new-since: {path}: cannot be read ({cause})") from None
    except ValueError as error:
        raise click.UsageError(
            f"--new-since: {path}: not an earlier output: {error}; nothing was changed"
        ) from None
