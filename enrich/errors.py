"""The one exception tree. Only bad input and unusable services raise; a failed lookup is a value.

```
EnrichError                    base; `hint` says what to do next
 ├─ FeedError(ValueError)      nothing can be read from a feed          -> exit status 1
 ├─ InvalidId(ValueError)      a text that names no paper               -> exit status 2
 ├─ PapersError(ValueError)    not a file of papers                    -> exit status 2
 ├─ SourceError                a service could not be asked: `code`, `retryable`
 │   ├─ Refused                it will not answer us: challenge, 403, bad login
 │   ├─ Overloaded             429, 5xx, timeouts, broken connections: the retried ones
 │   │   └─ Unreachable        no connection could be opened
 │   └─ BadAnswer              a 200 that is not what was asked for
 └─ StoreError                 the store cannot be used: reported once, the run goes on without it
```

Messages name the thing, the cause and the cure. They can end in the output, so they hold no time and no
count of tries; a path is as the user typed it, and the document's notices name a file without its folder.
"""

from __future__ import annotations

from typing import Literal

ErrorCode = Literal[
    "not_found",
    "challenge",
    "forbidden",
    "rate_limited",
    "timeout",
    "http_error",
    "parse_error",
    "offline_miss",
]
"""Why a paper is unresolved, as the document has it (`papers[].error.code`)."""


class EnrichError(Exception):
    """Base of all errors of this package."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.args, self.__dict__))


def _rebuild(
    cls: type[EnrichError], args: tuple[object, ...], state: dict[str, object]
) -> EnrichError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class FeedError(EnrichError, ValueError):
    """Nothing can be read: no such file, a directory, a web page, no calendar."""


class InvalidId(EnrichError, ValueError):  # noqa: N818 - the field's word, as in arXiv's own errors
    """The text names no paper, or not exactly one."""


class UnknownFormat(EnrichError, LookupError):  # noqa: N818 - names the thing, as InvalidId does
    """The name of an output format that is not installed."""


class PapersError(EnrichError, ValueError):
    """A file given as papers or as a collection cannot be read as one."""


class SourceError(EnrichError):
    """A service could not be asked; never "there is no such paper"."""

    code: ErrorCode = "http_error"
    retryable: bool = True

    def __init__(
        self,
        message: str,
        *,
        code: ErrorCode | None = None,
        retryable: bool | None = None,
        retry_after_s: float | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        if code is not None:
            self.code = code
        if retryable is not None:
            self.retryable = retryable
        self.retry_after_s = retry_after_s
        """Seconds of the pause that the service named, else None."""


class Refused(SourceError):  # noqa: N818 - reads as the outcome it is
    """The service will not answer us: a challenge, a 403, a login that failed."""

    code: ErrorCode = "forbidden"
    retryable = False


class Overloaded(SourceError):  # noqa: N818
    """429, 5xx, a timeout or a broken connection: worth another try."""

    code: ErrorCode = "rate_limited"


class Unreachable(Overloaded):
    """No connection could be opened: its name was not found, or it was refused."""

    code: ErrorCode = "http_error"


class BadAnswer(SourceError):  # noqa: N818
    """A 200 whose body is not what was asked for; never believed, never kept."""

    code: ErrorCode = "parse_error"


class StoreError(EnrichError):
    """The store of papers cannot be opened, read or written."""
