"""Wrong example answers, written as the steps in which they differ from a right one."""

from __future__ import annotations

import pytest

from autograde.judge.examples import function, script

COUNT = function("count(text)", "import re\n", split="words = text.split()", end="return len(words)")


def test_wrong_step_changes_the_steps_that_it_names() -> None:
    answer = COUNT.wrong_step("plain spaced", end="return len(text)")
    assert answer.lost == ("plain", "spaced")
    assert answer.code == "import re\ndef count(text):\n    words = text.split()\n    return len(text)\n"


def test_ellipsis_stands_for_the_steps_own_line_and_lines_can_be_prepended() -> None:
    answer = COUNT.wrong_step("plain", "import os", split=(..., "print(words)", ...))
    assert answer.code.splitlines()[2:] == [
        "    import os",
        "    words = text.split()",
        "    print(words)",
        "    words = text.split()",
        "    return len(words)",
    ]


def test_empty_step_is_left_out() -> None:
    assert script("run", go="cd there", list="ls").wrong_step("all", go=()).code == 'run = r"""\nls\n"""\n'


def test_solution_is_the_right_answers_steps_without_the_imports() -> None:
    assert COUNT.solution == "def count(text):\n    words = text.split()\n    return len(words)\n"


def test_unknown_step_is_an_error() -> None:
    with pytest.raises(KeyError, match="no step start, stop"):
        COUNT.wrong_step("plain", stop="", start="")
