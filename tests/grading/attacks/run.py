"""``make attack``: run the whole battery and print a table of problems."""

from __future__ import annotations

import sys
import time
from collections import Counter

from autograde.grading.sandbox.executor import SandboxExecutor
from tests.grading.attacks.battery import CHANGED, KINDS, LIMITS, cases, files_left, fingerprint, try_case


def say(line: str) -> None:
    """Print a line without buffering."""
    print(line, flush=True)  # noqa: T201 - a command's own output


def main(words: list[str]) -> int:
    """Run the cases whose names contain one of ``words``, or all of them; return 1 if something went wrong."""
    before, started = fingerprint(), time.monotonic()
    executor = SandboxExecutor(LIMITS)
    found: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for module, kind, case in cases():
        if words and not any(word in case.name for word in words):
            continue
        tried[module] += 1
        for what, seen in try_case(case, kind, executor):
            found[what] += 1
            say(f"{what}: {case.name}: {seen}")
    executor.close()
    left = files_left()
    found[CHANGED] += len(left) + (fingerprint() != before)
    say(f"{tried.total()} submissions in {time.monotonic() - started:.0f} s: "
        + ", ".join(f"{module} {number}" for module, number in tried.items()))  # fmt: skip
    for what in KINDS:
        say(f"{what:<40}{found[what]:>5}")
    return 1 if found.total() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
