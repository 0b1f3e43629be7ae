"""``autograde demo``: the six steps with the real programs, ending with the tutorial's two results."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograde import settings
from autograde.demo.steps import Tutorial
from autograde.errors import DemoFailed
from autograde.hub import LocalHub


def test_demo_prints_six_steps_and_the_tutorials_two_results() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autograde", "demo"],
        env=settings.environment() | {"AUTOGRADE_LANGUAGE": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[-2:] == ["[0,0,0,0,0,1,1,1,1,1,1,1]", "torch.Size([1, 12, 768])"]
    steps = [re.fullmatch(r"(\d)\. .+  \d+\.\d s", line) for line in lines]
    assert [int(step[1]) for step in steps if step] == [1, 2, 3, 4, 5, 6]
    assert "in LFS: model.safetensors" in done.stdout


def test_clone_that_differs_from_the_pushed_files_is_an_error(tmp_path: Path) -> None:
    with LocalHub() as hub:
        tutorial = Tutorial(hub, tmp_path, lambda _line: None)
        tutorial.create_account()
        tutorial.log_in()
        tutorial.create_repository()
        tutorial.upload()
        # Another user changes a file between the push and the clone.
        (tutorial.clone / "config.json").write_text("{}")
        for command in (("commit", "-qam", "spoil"), ("push", "-q")):
            subprocess.run(["git", *command], cwd=tutorial.clone, env=tutorial.environment, check=True)
        with pytest.raises(DemoFailed, match=r"config\.json"):
            tutorial.download()


def test_failing_program_gives_a_one_line_error(tmp_path: Path) -> None:
    with LocalHub() as hub:
        tutorial = Tutorial(hub, tmp_path, lambda _line: None)
        with pytest.raises(DemoFailed, match="git clone failed") as caught:
            tutorial.download()
    assert "\n" not in caught.value.what
