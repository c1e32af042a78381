"""Stream of a bulk file's decoded bytes: plain or gzip, in blocks or lines, bounded."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from enrich.errors import PapersError
from enrich.text.packed import exceeds_ratio

MAX_LINE = 1 << 21
"""Maximum bytes of a line that is read at once."""
MAX_RATIO = 200
"""Maximum ratio of decoded to compressed bytes. Records of papers have 3 to 15."""
_MIN_CHECKED_BYTES = 1 << 24  # the ratio of a smaller output is not checked
_BLOCK_BYTES = 1 << 18


class Stream:
    """Open bulk file.

    Raises:
        PapersError: the file cannot be opened or read, is damaged, or expands too much.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        self.truncated = False
        """Whether the compressed file is truncated; its readable part was returned."""
        try:
            self._raw: IO[bytes] = path.open("rb")
            self.size = os.fstat(self._raw.fileno()).st_size
            magic = self._raw.read(2)
            self._raw.seek(0)
        except OSError as error:
            raise PapersError(f"{path}: {error.strerror or error}") from None
        self._is_gzip = magic == b"\x1f\x8b"
        self._file: IO[bytes] = self._raw
        if self._is_gzip:
            self._file = io.BufferedReader(_GzipBytes(self, self._raw), _BLOCK_BYTES)

    @property
    def consumed(self) -> int:
        """Bytes read so far, before decompression, of `size`."""
        return self._raw.tell()

    def head(self, size: int) -> bytes:
        """Return the first bytes, and go back to them."""
        self.seek(0)
        head = self.read(size)
        self.seek(0)
        return head

    def read(self, size: int = _BLOCK_BYTES) -> bytes:
        """Return the next block, empty at the end."""
        try:
            return self._file.read(size)
        except OSError as error:
            raise PapersError(f"{self.path}: {error.strerror or error}") from None

    def readline(self) -> bytes:
        """Return the next line with its line feed.

        A longer line is returned in pieces of `MAX_LINE` bytes. The result is empty at the end.
        """
        try:
            return self._file.readline(MAX_LINE)
        except OSError as error:
            raise PapersError(f"{self.path}: {error.strerror or error}") from None

    @staticmethod
    def is_partial_line(line: bytes) -> bool:
        """Return whether `readline` returned only part of a line."""
        return len(line) == MAX_LINE and not line.endswith(b"\n")

    def skip_line(self) -> int:
        """Skip the rest of the line; return its length."""
        skipped = 0
        while piece := self.readline():
            skipped += len(piece)
            if not self.is_partial_line(piece):
                break
        return skipped

    def seek(self, offset: int) -> None:
        """Seek an offset of the decoded bytes.

        A compressed file is read from its beginning.
        """
        if not self._is_gzip:
            self._raw.seek(offset)
            return
        self._raw.seek(0)
        self._file = io.BufferedReader(_GzipBytes(self, self._raw), _BLOCK_BYTES)
        while offset > 0 and (block := self.read(min(offset, _BLOCK_BYTES))):
            offset -= len(block)

    def close(self) -> None:
        """Close the file."""
        self._raw.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()


class _GzipBytes(io.RawIOBase):
    """Raw stream of a gzip file's decoded bytes, with a limit on their ratio."""

    def __init__(self, stream: Stream, raw: IO[bytes]) -> None:
        self._stream = stream
        self._gzip = gzip.GzipFile(fileobj=raw)
        self._decoded_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            block = self._gzip.read1(len(buffer))
        except EOFError:
            self._stream.truncated = True
            return 0
        except (zlib.error, gzip.BadGzipFile) as error:
            raise PapersError(f"{self._stream.path}: damaged compressed data ({error})") from None
        self._decoded_bytes += len(block)
        packed = self._stream.consumed
        if exceeds_ratio(self._decoded_bytes, packed, most=MAX_RATIO, small=_MIN_CHECKED_BYTES):
            raise PapersError(
                f"{self._stream.path}: expands to more than {MAX_RATIO} times its size;"
                " unpack it yourself if you trust it"
            )
        buffer[: len(block)] = block
        return len(block)
