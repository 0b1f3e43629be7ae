"""2.5, pointers: the solution, right answers in other styles, and the builder of wrong ones."""

from __future__ import annotations

from autograde.judge.examples import function
from autograde.questions.download_with_git_clone.is_lfs_pointer.cases import FIRST_LINE

FIRST = 'first = open(path, errors="ignore").readline()'

_ANSWER = function("is_lfs_pointer(path)", "import os\n\n")

right, wrong = _ANSWER.right, _ANSWER.wrong

SOLUTION = """\
def is_lfs_pointer(path):
    with open(path, "rb") as file:
        beginning = file.read(100)
    return beginning.startswith(
        b"version https://git-lfs.github.com/spec/v1\\n"
    )
"""

RIGHT = (
    right(
        "the first line, pathlib, a comparison", "import pathlib", 'with pathlib.Path(path).open("rb") as file:',
        f'    return file.readline().strip() == b"{FIRST_LINE}"',
    ),
    right(
        "as text, with an exception", "try:", '    with open(path, encoding="utf-8") as file:',
        f'        return next(file, "").rstrip() == "{FIRST_LINE}"', "except UnicodeDecodeError:", "    return False",
    ),
)  # fmt: skip
