"""Outputs of one run: all formats are written from one stream of talks; all files or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from queue import Queue

from enrich.cli.output import Output
from enrich.model import AnnotatedTalk, Document
from enrich.writers import Writer

_TalkQueue = Queue[AnnotatedTalk | None]
"""Queue of the next talk for a further output; None after the last."""


def write_outputs(
    outputs: Sequence[tuple[Writer, str | None]],
    talks: Iterator[AnnotatedTalk],
    make_document: Callable[[Iterable[AnnotatedTalk]], Document],
    clear: Callable[[], None],
) -> None:
    """Write the talks in each format; all outputs, or none.

    A writer pulls its talks, so several writers cannot share one iterator. The first writer runs in
    this thread, each further one in its own thread, which gets each talk when the first does. At most
    one talk waits for a writer, whatever the size of the feed.

    Args:
        outputs: Each writer with the name of its file; None is standard output.
        talks: The talks of the run.
        make_document: Makes a document of talks.
        clear: Removes the progress line; called before a piece is written.

    Raises:
        OutputError: an output cannot be written.
    """
    with ExitStack() as opened:
        # All files are opened before the first lookup, and kept only if all were written.
        files = [opened.enter_context(Output(path)) for _, path in outputs]
        queues = [_TalkQueue(maxsize=1) for _ in outputs[1:]]
        pool = opened.enter_context(ThreadPoolExecutor(len(outputs)))
        further = [
            pool.submit(_write_output, writer, file, iter(queue.get, None), make_document)
            for (writer, _), file, queue in zip(outputs[1:], files[1:], queues, strict=True)
        ]
        try:
            copied = _copy_to_queues(talks, queues)
            for piece in outputs[0][0].write(make_document(copied)):
                clear()
                files[0].write(piece)
            for _ in copied:  # a writer may stop before the last talk
                pass
        finally:
            for queue in queues:
                queue.put(None)
        for future in further:
            future.result()


def _copy_to_queues(
    talks: Iterable[AnnotatedTalk], queues: Sequence[_TalkQueue]
) -> Iterator[AnnotatedTalk]:
    """Yield the talks, and put each into every queue."""
    for annotated in talks:
        for queue in queues:
            queue.put(annotated)
        yield annotated


def _write_output(
    writer: Writer,
    file: Output,
    talks: Iterator[AnnotatedTalk],
    make_document: Callable[[Iterable[AnnotatedTalk]], Document],
) -> None:
    """Write a further output from the talks of its queue."""
    try:
        for piece in writer.write(make_document(talks)):
            file.write(piece)
    finally:
        for _ in talks:  # empty the queue, otherwise the first writer waits
            pass
