"""The step sorter: moving steps, and checking their order."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograde.widgets import Quiz, StepSorter
from autograde.widgets.predictions import Predictions
from autograde.widgets.question_bank import bank, question
from autograde.widgets.step_sorter import moved, shuffled
from tests.widgets.test_answers import one_of_three, steps


@pytest.mark.parametrize(
    ("place", "by", "expected"),
    [(0, 1, "bacd"), (0, -1, "abcd"), (3, 1, "abcd"), (3, -1, "abdc"), (0, 3, "bcda"), (3, -9, "dabc")],
)
def test_a_step_moves_and_stops_at_the_ends(place: int, by: int, expected: str) -> None:
    assert "".join("abcd"[step] for step in moved([0, 1, 2, 3], place, by)) == expected


@pytest.mark.parametrize("identity", [each.id for each in bank().values() if each.kind == "order"])
def test_initial_order_is_wrong_and_always_the_same(identity: str) -> None:
    puzzle = question(identity)
    assert shuffled(puzzle) == shuffled(puzzle)
    assert sorted(shuffled(puzzle)) == list(range(len(puzzle.choices)))
    assert shuffled(puzzle) != sorted(shuffled(puzzle))


def test_moved_step_stays_selected_for_further_moves() -> None:
    sorter = StepSorter(steps(), "2.4")
    last = sorter.list.options[-1].split(". ")[1]
    sorter.list.index = 3
    for _press in range(3):
        sorter.up.click()
    assert sorter.list.options[0] == f"1. {last}"
    assert sorter.list.index == 0
    assert f"“{last}” is now in place 1." in sorter.message.value
    sorter.up.click()
    assert sorter.list.index == 0
    sorter.down.click()
    assert sorter.list.options[1] == f"2. {last}"


def test_puzzle_is_solved_by_moving_steps() -> None:
    sorter = StepSorter(steps(), "2.4")
    assert sorter.check().right is False
    for place in range(4):
        at = sorter.order.index(place)
        sorter.move(at, place - at)
    assert sorter.check().right
    assert sorter.list.options == ("1. clone", "2. add", "3. commit", "4. push")


def test_first_checked_order_is_saved(tmp_path: Path) -> None:
    kept = Predictions(tmp_path / "predictions.json")
    sorter = StepSorter(steps(), "2.4", kept)
    first = tuple(sorter.order)
    sorter.button.click()
    sorter.move(0, 3)
    sorter.button.click()
    assert kept.find(steps()) == first


def test_quiz_can_contain_a_puzzle() -> None:
    quiz = Quiz([one_of_three(), steps()], "2.4")
    assert isinstance(quiz.items[1], StepSorter)
    assert "2. Sort." in repr(quiz)


def test_without_widgets_steps_are_listed_with_a_collapsed_answer() -> None:
    sorter = StepSorter(steps(), "2.4")
    assert repr(sorter).splitlines() == ["Sort.", *sorter.list.options]
    page = sorter._repr_mimebundle_()["text/html"]
    assert page.count("<li>") == 4
    assert page.index("</ul>") < page.index("<details>")
    assert "clone → add → commit → push" in page
