"""Options of commands that look papers up."""

from __future__ import annotations

import click
import pytest

from enrich.cli.options import read_logins

NAMES = ("OPENREVIEW_TOKEN", "OPENREVIEW_USERNAME", "OPENREVIEW_PASSWORD")


@pytest.mark.parametrize(
    ("values", "logins"),
    [
        ((None, None, None), {}),
        (("t", "me", None), {"openreview": "t"}),
        ((None, "me", "secret"), {"openreview": ("me", "secret")}),
    ],
)
def test_a_login_of_the_environment_has_its_sources_name(
    values: tuple[str | None, ...], logins: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in zip(NAMES, values, strict=True):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert read_logins() == logins


def test_half_a_login_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENREVIEW_PASSWORD", "secret")
    with pytest.raises(click.UsageError, match="OPENREVIEW_USERNAME is not set"):
        read_logins()
