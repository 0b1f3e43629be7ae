"""What makes the grader's processes start and fork quickly."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import importlib, sys
importlib.import_module(sys.argv[1])
assert "nbformat" in sys.modules and "jsonschema" in sys.modules
assert "rfc3987_syntax" not in sys.modules, "the slow module was imported, or cannot be imported any more"
import nbformat
nbformat.validate(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]))
wrong = {"cell_type": "raw", "id": "a", "metadata": {}, "source": 3}
try:
    nbformat.validate({"cells": [wrong], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
except nbformat.ValidationError:
    print("refused")
"""

#: Fills memory in small pages, and collects it in large ones; nothing in it may change.
COLLECTS = """
import hashlib, mmap, re
from pathlib import Path
from autograde.grading.sandbox import huge_pages

def large():
    found = re.findall(r"^AnonHugePages:\\s+(\\d+)", Path("/proc/self/smaps").read_text(), re.MULTILINE)
    return sum(map(int, found))

memory = mmap.mmap(-1, 64 * 2**20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory.write(bytes(range(256)) * (64 * 2**12))
before, digest = large(), hashlib.sha256(memory).digest()
huge_pages.collect()
assert hashlib.sha256(memory).digest() == digest
print(large() - before)
"""


@pytest.mark.parametrize("module", ["autograde.grading.graded_cells", "autograde.notebooks", "autograde.authoring"])
def test_notebooks_are_validated_without_the_module_that_is_slow_to_import(module: str) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, module], capture_output=True, text=True, check=False)
    assert done.stdout == "refused\n", done.stderr


def _collects() -> bool:
    """Return whether this system puts memory into large pages when it is asked to: Linux from 6.1 on."""
    chosen = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    version = tuple(map(int, re.findall(r"\d+", platform.release())[:2]))
    return chosen.exists() and "[never]" not in chosen.read_text() and version >= (6, 1)


@pytest.mark.skipif(not _collects(), reason="this system does not put memory into large pages")
def test_memory_is_put_into_large_pages_and_stays_the_same() -> None:
    done = subprocess.run([sys.executable, "-c", COLLECTS], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 0
