"""Finding the processes of a sandbox, from outside."""

from __future__ import annotations

import os
import subprocess
import sys

from autograde.grading.sandbox.watching import tree, tree_now

#: Starts a process in a thread, which starts another, and prints a line when both run.
PROGRAM = """if True:
    import subprocess, sys, threading
    inner = "print(flush=True); input()"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    thread = threading.Thread(target=subprocess.run, args=([sys.executable, "-c", outer],))
    thread.start()
    thread.join()
"""


def test_quick_look_finds_the_same_processes_as_the_full_one() -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = tree_now(process.pid)
        assert len(found) == 3
        assert sorted(found) == sorted(tree(process.pid))
        assert set(found) < set(tree_now(os.getpid()))
        process.communicate(b"\n")
