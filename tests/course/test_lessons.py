"""All lessons have tests, and lessons run one after the other in one workspace.

Real kernels, git, git-lfs and transformers against one real Hub. The contents of a lesson are tested in its own module,
such as ``test_2_4.py``, with a separate workspace and account: this shows that lessons can be done in any order.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autograde import notebooks
from autograde.session.ports import free_port
from autograde.settings import KIT

if TYPE_CHECKING:
    from tests.course.conftest import ExecutedLesson

LESSONS = {path.stem.split("-")[0]: path for path in sorted((KIT / "course").glob("[0-9]*.ipynb"))}


@pytest.mark.parametrize("section", LESSONS)
def test_each_lesson_has_a_test_module_that_runs_it(section: str) -> None:
    module = Path(__file__).with_name(f"test_{section.replace('.', '_')}.py")
    assert re.search(r"(run|shared)_lesson\(", module.read_text(encoding="utf-8"))


def test_lesson_runs_twice_in_a_workspace_then_the_next_one_and_progress_is_shown(
    run_lesson: Callable[..., ExecutedLesson],
) -> None:
    """In the second run, the clone and the repository of the first run exist already."""
    for _time in range(2):
        lesson = run_lesson("2.4", "en")
    assert "nothing to commit" in lesson.printed("git-commit")
    assert "Everything up-to-date" in lesson.printed("git-push")
    assert lesson.everything_printed().count("fatal:") == 1
    assert "fatal:" not in run_lesson("2.5", "en").everything_printed()
    progress = run_lesson("0", "en").printed("show-progress")
    assert [line[0] for line in progress.splitlines()[1:]] == ["✓", "✓", "✓", "✓", "✓", "○"]


def test_nbconvert_runs_a_lesson_without_preparation(tmp_path: Path) -> None:
    """In plain Jupyter, without ``make learn``, the first cell starts a Hub, and the converted page is complete."""
    name = "2.3-create-a-model-repository"
    book = notebooks.one_language(notebooks.read(LESSONS["2.3"]), "en")
    (tmp_path / f"{name}.ipynb").write_text(notebooks.canonical(book), encoding="utf-8")
    own = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "GIT_"))}
    done = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", f"{name}.ipynb"],
        cwd=tmp_path,
        env=own
        | {"HOME": str(tmp_path / "person"), "AUTOGRADE_HUB_PORT": str(free_port()), "AUTOGRADE_LANGUAGE": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = (tmp_path / f"{name}.html").read_text(encoding="utf-8")
    assert "You already created this model repo" in shown
    assert not re.search(r"hf_[A-Za-z0-9]{20,}", shown)
    assert not (tmp_path / "person" / ".cache" / "huggingface").exists()
