"""Stock nbgrader, without the kit's configuration, grades the exercise."""

from __future__ import annotations

import re
from html import unescape

import pytest

from autograde import notebooks
from autograde.grading.samples import ASSIGNMENT
from autograde.judge import Outcome
from tests.grading.stock_class import Graded, class_of_samples

pytestmark = pytest.mark.timeout(900)  # six kernels, each importing torch

NAMES = [sample.name for sample in class_of_samples()]


@pytest.mark.parametrize("name", NAMES)
def test_every_question_gets_its_expected_points(name: str, graded_class: dict[str, Graded]) -> None:
    graded = graded_class[name]
    assert graded.points == dict(graded.sample.points)


@pytest.mark.parametrize("name", NAMES)
def test_only_the_expected_misconceptions_are_named(name: str, graded_class: dict[str, Graded]) -> None:
    graded = graded_class[name]
    assert graded.misconceptions == dict(graded.sample.misconceptions)


def test_every_question_of_the_empty_submission_is_not_attempted(graded_class: dict[str, Graded]) -> None:
    verdicts = graded_class["empty"].verdicts
    assert len(verdicts) == 6
    assert {verdict.outcome for verdict in verdicts.values()} == {Outcome.NOT_ATTEMPTED}


def test_printed_noise_costs_no_points_and_is_quoted(graded_class: dict[str, Graded]) -> None:
    noisy = graded_class["perfect-but-noisy"]
    assert len(noisy.verdicts) == 6
    assert sum(noisy.points.values()) == 30
    for verdict in noisy.verdicts.values():
        assert "something is deprecated" in verdict.noise
        assert "from a library in C" in verdict.noise


def without_backticks(text: str) -> str:
    """Return the text without backticks: HTML shows text between them as code."""
    return text.replace("`", "")


@pytest.mark.parametrize("name", NAMES)
def test_feedback_is_in_the_learners_language_and_shows_no_hidden_case(
    name: str, graded_class: dict[str, Graded]
) -> None:
    graded = graded_class[name]
    page = without_backticks(unescape(re.sub(r"<.*?>", "", graded.feedback.read_text(encoding="utf-8"))))
    assert len(graded.verdicts) == 6
    for verdict in graded.verdicts.values():
        assert without_backticks(verdict.summary.in_language(graded.sample.language)) in page
        if verdict.misconception is not None:
            assert without_backticks(verdict.misconception.explanation.in_language(graded.sample.language)) in page
        assert verdict.difference is None or verdict.difference.rows == ()


def test_no_cell_needs_manual_grading(graded_class: dict[str, Graded]) -> None:
    for graded in graded_class.values():
        path = graded.feedback.parents[3] / "autograded" / graded.sample.name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        cells = [cell for cell in notebooks.read(path).cells if cell.metadata.get("nbgrader", {}).get("grade")]
        assert len(cells) == 6
        assert all(cell.outputs[-1].output_type == "execute_result" for cell in cells)


def test_as_expected_is_false_for_wrong_points_verdicts_or_feedback(graded_class: dict[str, Graded]) -> None:
    from dataclasses import replace

    perfect = graded_class["perfect"]
    assert perfect.as_expected
    assert not replace(perfect, points={**perfect.points, "pad_pair": 2.0}).as_expected
    assert not replace(perfect, points={}).as_expected
    assert not replace(perfect, feedback=perfect.feedback.parent / "no-such-page.html").as_expected
    assert not replace(perfect, verdicts=graded_class["separator-in-second"].verdicts).as_expected
