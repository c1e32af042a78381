"""Exceptions of the package. Only bad input and unusable services raise; a failed lookup is a value.

```
EnrichError                    base; `hint` states the remedy
 ├─ FeedError(ValueError)      nothing can be read from a feed         -> exit status 1
 ├─ InvalidId(ValueError)      not the id of one paper                 -> exit status 2
 ├─ PapersError(ValueError)    not a file of papers                    -> exit status 2
 ├─ SourceError                a request to a service failed: `code`, `retryable`
 │   ├─ Refused                the service blocks us: challenge, 403, bad login
 │   ├─ Overloaded             429, 5xx, timeout, broken connection; retried
 │   │   └─ Unreachable        no connection could be opened
 │   └─ BadAnswer              a response that does not answer the request; retried
 └─ StoreError                 the store cannot be used; the run continues without it
```

A message names the thing, the cause and the remedy. It can become part of the output, so it has no time
and no number of attempts. A path is as the user typed it; the document's notices omit the folder.
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
"""Why a paper is unresolved; `papers[].error.code` in the document."""


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
    """Nothing can be read from a feed: no such file, a folder, a web page, not a calendar."""


class InvalidId(EnrichError, ValueError):  # noqa: N818 - a usual name, as in arXiv's errors
    """A text is not the id or address of exactly one paper."""


class UnknownFormat(EnrichError, LookupError):  # noqa: N818 - names the thing, as InvalidId does
    """The name of an output format that is not installed."""


class PapersError(EnrichError, ValueError):
    """A file cannot be read as papers or as a collection."""


class SourceError(EnrichError):
    """A request to a service failed; never means "there is no such paper"."""

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
        """Seconds of the pause that the service asked for, otherwise None."""


class Refused(SourceError):  # noqa: N818 - names an outcome
    """The service blocks us: a challenge, a 403, a failed login."""

    code: ErrorCode = "forbidden"
    retryable = False


class Overloaded(SourceError):  # noqa: N818
    """429, 5xx, a timeout or a broken connection; retried."""

    code: ErrorCode = "rate_limited"


class Unreachable(Overloaded):
    """No connection could be opened: the host was not found, or refused it."""

    code: ErrorCode = "http_error"


class BadAnswer(SourceError):  # noqa: N818
    """A response whose body does not answer the request; retried, never used or stored."""

    code: ErrorCode = "parse_error"


class StoreError(EnrichError):
    """The store of papers cannot be opened, read or written."""
