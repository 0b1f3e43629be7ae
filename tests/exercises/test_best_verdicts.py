"""The best verdict of each self-check is saved in the workspace, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograde.exercises import open_exercise
from autograde.exercises.best_verdicts import FILE, best_points, find_workspace
from autograde.questions import assignments, question
from autograde.session.progress import Progress
from autograde.settings import PRIVATE

ASKED = question("2.6", "segment_ids")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace; the current directory is an exercise's folder in it."""
    (tmp_path / PRIVATE).mkdir()
    (tmp_path / PRIVATE / "manifest.json").write_text("{}")
    folder = tmp_path / "exercises" / "2.6-load"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return tmp_path


def right(index: list[int], mark: int) -> list[int]:
    first = index.index(mark)
    return [0 if position <= first else 1 for position in range(len(index))]


def wrong(index: list[int], mark: int) -> list[int]:
    return [0] * len(index)


def test_best_points_of_a_check_are_kept(workspace: Path) -> None:
    asked = open_exercise("2.6", language="en").segment_ids
    asked.check(wrong)
    (got, possible) = best_points(workspace)["2.6"]
    assert got < ASKED.points
    assert possible == sum(each.points for each in assignments()["2.6"])
    asked.check(right)
    asked.check(wrong)
    assert best_points(workspace) == {"2.6": (ASKED.points, possible)}


def test_points_are_kept_for_the_next_kernel(workspace: Path) -> None:
    open_exercise("2.6", language="en").segment_ids.check(right)
    asked = open_exercise("2.6", language="en").pad_pair
    asked.check(lambda *_arguments: 0)
    assert best_points(workspace)["2.6"][0] == ASKED.points


def test_unattempted_answer_is_not_recorded(workspace: Path) -> None:
    open_exercise("2.6", language="en").segment_ids.check(None)
    assert best_points(workspace) == {}


def test_nothing_is_written_outside_a_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_workspace(tmp_path) is None
    open_exercise("2.6", language="en").segment_ids.check(right)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "[]", '{"2.6": 1}', '{"2.6": {"checks": {"segment_ids": "many"}, "possible": 1}}']
)
def test_damaged_record_is_replaced(workspace: Path, text: str) -> None:
    (workspace / PRIVATE / FILE).write_text(text)
    assert best_points(workspace) == {}
    open_exercise("2.6", language="en").segment_ids.check(right)
    assert best_points(workspace)["2.6"][0] == ASKED.points


def test_progress_shows_the_points_of_the_checks(workspace: Path) -> None:
    open_exercise("2.6", language="en").segment_ids.check(right)
    shown = repr(Progress("ada", (True,) * 6, best_points(workspace)))
    assert f"{ASKED.points:g} of {sum(each.points for each in assignments()['2.6']):g} points" in shown
