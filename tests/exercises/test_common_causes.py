"""Asking the judging side for a common cause, as widgets do."""

from __future__ import annotations

import pytest

from autograde.errors import UnknownQuestion
from autograde.exercises.common_causes import common_cause


@pytest.mark.parametrize(("language", "words"), [("en", "ends sentence A"), ("zh", "句子 A")])
def test_explanation_is_in_the_learners_language(language: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", language)
    found = common_cause("2.6", "segment_ids", ([101, 7, 8, 102, 9, 10, 11, 102], 102), [0, 0, 0, 1, 1, 1, 1, 1])
    assert found is not None
    assert found.id == "separator-in-second"
    assert words in found.explanation


def test_a_right_answer_has_no_cause() -> None:
    assert common_cause("2.6", "segment_ids", ([101, 7, 102, 8, 102], 102), [0, 0, 0, 1, 1]) is None


def test_an_unknown_question_is_refused() -> None:
    with pytest.raises(UnknownQuestion, match="no_such_function"):
        common_cause("2.6", "no_such_function", (), None)
