"""The map of the six steps: the next step is marked, and points of checked exercises are shown."""

from __future__ import annotations

import re

from autograde.widgets.progress_map import MapStep, as_html, as_text, next_index


def stops(done: int, points: tuple[float, float] | None = None) -> list[MapStep]:
    return [
        MapStep(
            f"step <{n}>",
            f"2.{n} lesson.ipynb",
            f"2.{n}",
            n <= done,
            f"exercises/2.{n}.ipynb",
            points if n == 1 else None,
        )
        for n in range(1, 7)
    ]


def test_first_step_that_is_not_done_is_marked_as_next() -> None:
    assert next_index(stops(2)) == 2
    assert next_index(stops(6)) is None
    assert as_text(stops(2)).splitlines()[3] == "○ 3. step <3> ← next"
    cards = re.findall(r"<li.*?</li>", as_html(stops(2)))
    assert [("aria-current" in card, "▶ next" in card) for card in cards] == [(n == 2, n == 2) for n in range(6)]
    assert "aria-current" not in as_html(stops(6))


def test_points_of_a_checked_exercise_are_shown() -> None:
    assert as_text(stops(1, (4.5, 5))).splitlines()[:2] == [
        "1 of 6 steps done; 4.5 of 5 points",
        "✓ 1. step <1> (Exercise 2.1: 4.5 of 5 points)",
    ]
    page = as_html(stops(1, (4.5, 5)))
    assert "Exercise 2.1: 4.5 of 5 points" in page
    assert ">Exercise 2.2<" in page


def test_titles_are_escaped_and_addresses_quoted() -> None:
    page = as_html(stops(0))
    assert "step <1>" not in page
    assert 'href="2.1%20lesson.ipynb"' in page
