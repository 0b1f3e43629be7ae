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

#: Prints the number of mappings that hold Python's objects, while other mappings are created between them.
RESERVES = """
import mmap, sys
from pathlib import Path
from autograde.grading.sandbox import huge_pages

if sys.argv[1] == "reserve":
    huge_pages.reserve(96 * 2**20)
between, objects = [], []
for _number in range(64):
    between.append(mmap.mmap(-1, 2**20, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS))
    objects.append([bytes(400) for _ in range(2**20 // 433)])
places = [id(each) for made in objects for each in made]
lines = Path("/proc/self/maps").read_text().splitlines()
maps = [[int(end, 16) for end in line.split()[0].split("-")] for line in lines]
print(sum(any(begin <= place < end for place in places) for begin, end in maps))
"""

#: Prints the number of pages that hold 1,000 new objects, after others have left gaps.
FILLS = """
import sys
from autograde.grading.sandbox import huge_pages

objects = [bytes(100) for _ in range(50_000)]
del objects[::20]
if sys.argv[1] == "fill":
    huge_pages.fill_gaps()
print(len({id(each) >> 12 for each in [bytes(100) for _ in range(1_000)]}))
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


@pytest.mark.parametrize(("program", "wish", "fewer"), [(RESERVES, "reserve", 3), (FILLS, "fill", 5)])
def test_new_objects_lie_close_together(program: str, wish: str, fewer: int) -> None:
    def printed(argument: str) -> int:
        done = subprocess.run([sys.executable, "-c", program, argument], capture_output=True, text=True, check=True)
        return int(done.stdout)

    assert printed(wish) * fewer < printed("nothing")
