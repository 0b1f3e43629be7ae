"""Measure the time of ``q.check(answer)`` for each question of each exercise, with the question's solution.

Goal: a check adds at most 0.1 s to the answer's own time, or 0.1 s for each case that runs on a separate Hub. Peer: the
answer's own seconds, which any check that calls it needs; they are not measured for scripts, which run in a separate
process. "first" is the first check in a new kernel, including imports; the others are medians.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from autograde.exercises import open_exercise
from autograde.questions import assignments, question

PROMISE = 0.1


class Watch:
    """Adds up the seconds inside a learner's function."""

    def __init__(self) -> None:
        self.inside = 0.0

    def around(self, answer: Any) -> Any:
        """Return the answer with its calls measured; an answer other than a function is not changed."""
        if not callable(answer):
            return answer

        @functools.wraps(answer)
        def measured(*arguments: Any, **options: Any) -> Any:
            start = time.perf_counter()
            try:
                return answer(*arguments, **options)
            finally:
                self.inside += time.perf_counter() - start

        return measured


def answer_to(section: str, function: str) -> Any:
    """Return the question's solution as the notebook's cells would define it."""
    code = question(section, function).teaching.solution
    names = "from pathlib import Path\nfrom huggingface_hub import *\n"
    if "AutoModel" in code or "torch" in code:
        names += "import torch\nfrom transformers import AutoModel, AutoTokenizer\n"
    namespace: dict[str, Any] = {}
    exec(compile(names + code, "<solution>", "exec"), namespace)
    return namespace[function]


def seconds(check: Callable[[Any], None], answer: Any) -> tuple[float, float]:
    """Run one check; return its seconds, and the answer's share of them."""
    watch = Watch()
    measured = watch.around(answer)
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        check(measured)
    return time.perf_counter() - start, watch.inside


def measure(section: str, function: str, times: int) -> tuple[float, float, float]:
    """Return the seconds of the first check in this process, of a later one, and of the answer in it."""
    answer = answer_to(section, function)
    check = getattr(open_exercise(section, language="en"), function).check
    first, __ = seconds(check, answer)
    runs = [seconds(check, answer) for _ in range(times)]
    return first, statistics.median(run[0] for run in runs), statistics.median(run[1] for run in runs)


def main() -> None:
    """Print the table; each question runs in a separate process, as in a new kernel."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="checks to take the median of")
    parser.add_argument("--one", nargs=2, metavar=("SECTION", "QUESTION"), help="print the three numbers of one")
    options = parser.parse_args()
    if options.one:
        section, function = options.one
        print(*measure(section, function, options.times))
        return
    table = Table(title="q.check(answer), in seconds")
    for column in ("question", "first", "check", "of it the answer", "the check's own", "promise"):
        table.add_column(column, justify="left" if column == "question" else "right")
    asked = [(section, each.function) for section, questions in assignments().items() for each in questions]
    broken = 0
    for section, function in track(asked, description="Checking …", transient=True):
        command = [sys.executable, __file__, "--times", str(options.times), "--one", section, function]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        first, later, inside = map(float, done.stdout.split())
        one = question(section, function)
        script = not inside and one.execution is not None
        own, promise = later - inside, PROMISE * (len(one.visible) if one.execution else 1)
        kept = script or own <= promise
        broken += not kept
        row = [f"{section} {function}", f"{first:.2f}", f"{later:.3f}"]
        if not script:
            row += [f"{inside:.3f}", f"{own:.3f}", f"≤ {promise:.1f}" if kept else f"[red]≤ {promise:.1f}[/red]"]
        table.add_row(*row)
    console = Console()
    console.print(table)
    console.print(f"Promises not kept: {broken}")


if __name__ == "__main__":
    main()
