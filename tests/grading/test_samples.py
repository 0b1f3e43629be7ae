"""The sample submissions, generated from the release in both languages."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode

from autograde import notebooks
from autograde.grading.samples import ASSIGNMENT, Sample, samples, submission
from autograde.questions import assignments
from autograde.settings import KIT


def released(sample: Sample) -> NotebookNode:
    return notebooks.read(KIT / "release" / sample.language / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")


def test_samples_are_perfect_noisy_empty_and_six_wrong_in_both_languages() -> None:
    class_ = samples()
    assert [sample.name for sample in class_[:3]] == ["perfect", "perfect-but-noisy", "empty"]
    assert len([sample for sample in class_ if sample.misconceptions]) == 6
    assert {sample.language for sample in class_} == {"en", "zh"}
    assert len({sample.name for sample in class_}) == len(class_)


def test_each_wrong_sample_loses_points_for_one_question_only() -> None:
    for sample in samples()[3:]:
        assert 0 < sum(sample.points.values()) < 30
        (function,) = sample.misconceptions
        full = {question.function: question.points for question in assignments()["2.6"]}
        assert sample.points[function] < full[function]
        assert {name: points for name, points in sample.points.items() if name != function} == {
            name: points for name, points in full.items() if name != function
        }


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_submission_is_the_release_with_its_answers_filled_in(sample: Sample) -> None:
    before, after = released(sample), submission(released(sample), sample)
    changed = {new.id for old, new in zip(before.cells, after.cells, strict=True) if old.source != new.source}
    assert changed == {function.replace("_", "-") for function in sample.answers}
