"""Every check, in order, ending at the first red: `python -m tests [PYTEST ARGUMENT…]`.

`--live --record` records the cassettes anew from the live services instead.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    (
        "check_jsonschema",
        "--builtin-schema",
        "vendor.github-workflows",
        *(str(p) for p in sorted((ROOT / ".github/workflows").glob("*.yml"))),
    ),
    ("check_jsonschema", "--check-metaschema", "enrich/schema.json"),
    ("pytest", "-q"),
)


def main() -> int:
    """Run the checks; the exit status of the first that fails."""
    arguments = sys.argv[1:]
    if arguments[:2] == ["--live", "--record"]:
        from tests.record_cassettes import record

        return record()
    for tool, *rest in CHECKS:
        extra = arguments if tool == "pytest" else []
        print(f"$ {tool} {' '.join(rest[:2])}", flush=True)
        if status := subprocess.run(
            [sys.executable, "-m", tool, *rest, *extra], cwd=ROOT, check=False
        ).returncode:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
