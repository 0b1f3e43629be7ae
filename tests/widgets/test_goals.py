"""Checking a goal-only cell: empty, right, wrong, or of another type, always without an exception."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from autograde.widgets import check_goal, check_search


@pytest.mark.parametrize("value", [..., None])
def test_empty_cell_is_not_a_mistake(value: Any) -> None:
    result = check_goal(value, [0, 1])
    assert result.right is None
    assert "Nothing here yet" in repr(result)
    # The goal is not shown before the first attempt.
    assert "[0, 1]" not in repr(result)


@pytest.mark.parametrize(
    ("value", "goal"),
    [
        ([0, 1], [0, 1]),
        (torch.Size([1, 12]), (1, 12)),
        (torch.tensor([[0, 1]]), torch.tensor([[0, 1]])),
        (103, 103),
    ],
)
def test_the_goal_is_reached(value: Any, goal: Any) -> None:
    assert check_goal(value, goal).right


@pytest.mark.parametrize(
    ("value", "goal", "words"),
    [
        ([0, 0], [0, 1], "You have: [0, 0]"),
        ("103", 103, "of the type str, the goal of the type int"),
        ((0, 1), [0, 1], "of the type tuple, the goal of the type list"),
        (list(range(200)), [0], "…"),
        (torch.tensor([1, 2]), torch.tensor([[1, 2]]), "The goal: [[1, 2]]"),
    ],
)
def test_wrong_value_is_shown_next_to_the_goal(value: Any, goal: Any, words: str) -> None:
    result = check_goal(value, goal)
    assert result.right is False
    assert words in repr(result)


def test_search_is_checked_by_direction_and_shows_nothing_before_an_attempt() -> None:
    sentences = ["long", "near", "opposite"]
    vectors, request = torch.tensor([[9.0, 9.0], [0.1, 0.0], [-1.0, 0.0]]), torch.tensor([2.0, 0.1])
    assert check_search("near", sentences, vectors, request).right
    assert "The goal: 'near'" in repr(check_search("long", sentences, vectors, request))
    empty = check_search(..., sentences, vectors, request)
    assert empty.right is None
    assert "near" not in repr(empty)
