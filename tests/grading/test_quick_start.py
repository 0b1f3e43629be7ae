"""The grader's processes start and fork quickly."""

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

#: Fills memory in small pages and collects it into huge pages; its content must not change.
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
def test_notebooks_are_validated_without_importing_the_slow_module(module: str) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, module], capture_output=True, text=True, check=False)
    assert done.stdout == "refused\n", done.stderr


def _supports_collecting() -> bool:
    """Return whether this system collects memory into huge pages on request: Linux 6.1 or newer."""
    chosen = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    version = tuple(map(int, re.findall(r"\d+", platform.release())[:2]))
    return chosen.exists() and "[never]" not in chosen.read_text() and version >= (6, 1)


@pytest.mark.skipif(not _supports_collecting(), reason="this system does not collect memory into huge pages")
def test_memory_is_collected_into_huge_pages_unchanged() -> None:
    done = subprocess.run([sys.executable, "-c", COLLECTS], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 0
