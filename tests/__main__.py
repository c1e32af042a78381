"""Every check, in order, ending at the first that fails: `python -m tests [--fast] [PYTEST ARGUMENT…]`.

`--fast` leaves out the tests with sockets, processes and pauses, draws fewer examples, and skips the
checks of the workflow and the schema. `--live --record` records the cassettes anew from the live
services instead.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]

Check = tuple[str, ...]

STYLE: tuple[Check, ...] = (("ruff", "format", "--check", "."), ("ruff", "check", "."), ("mypy",))
SCHEMAS: tuple[Check, ...] = (
    (
        "check_jsonschema",
        "--builtin-schema",
        "vendor.github-workflows",
        *(str(path) for path in sorted((ROOT / ".github/workflows").glob("*.yml"))),
        str(ROOT / ".github/actions/reading-list/example.yml"),
    ),
    (
        "check_jsonschema",
        "--builtin-schema",
        "vendor.github-actions",
        str(ROOT / ".github/actions/reading-list/action.yml"),
    ),
    ("check_jsonschema", "--check-metaschema", "enrich/schema.json"),
)
# A worker for each core; one that has nothing left takes tests from the others.
TESTS: Check = ("pytest", "-q", "-n", "auto", "--dist", "worksteal")
ONLY_FAST: Check = ("-m", "not slow", "--hypothesis-profile", "few")


def checks(*, fast: bool, arguments: list[str]) -> Iterator[Check]:
    """Yield the checks to run; arguments are for pytest and win over ours."""
    yield from STYLE
    if fast:
        yield (*TESTS, *ONLY_FAST, *arguments)
    else:
        yield from SCHEMAS
        yield (*TESTS, *arguments)


def main() -> int:
    """Run the checks; return the exit status of the first that fails."""
    arguments = sys.argv[1:]
    if arguments[:2] == ["--live", "--record"]:
        from tests.record_cassettes import record

        return record()
    fast = "--fast" in arguments
    arguments = [argument for argument in arguments if argument != "--fast"]
    for tool, *rest in checks(fast=fast, arguments=arguments):
        print(f"$ {tool} {' '.join(rest[:2])}", flush=True)
        if status := subprocess.run(
            [sys.executable, "-m", tool, *rest], cwd=ROOT, check=False
        ).returncode:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
