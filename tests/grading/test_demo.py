"""The demo's generated class: the same in every run, in both languages, with typical damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograde.grading.demo import DAMAGES, make_class, make_course, wrongly_graded
from autograde.grading.receipts import Receipt
from autograde.grading.samples import ASSIGNMENT
from autograde.settings import KIT


def test_class_has_sixty_learners_in_both_languages_and_is_reproducible() -> None:
    class_ = make_class()
    assert class_ == make_class()
    assert len({each.sample.name for each in class_}) == len(class_) == 60
    assert len({each.sample.name for each in make_class(500)}) == 500
    assert [each.sample.language for each in class_].count("zh") == 30
    assert {each.damage for each in class_} == {"", "cut-off", *DAMAGES}
    totals = {sum(each.sample.points.values()) for each in class_}
    assert max(totals) == 30
    assert len(totals) > 10
    assert len({name for each in class_ for name in each.sample.misconceptions.values()}) > 10


def test_course_has_a_class_list_and_damaged_files(tmp_path: Path) -> None:
    class_ = make_class(10)
    listed = make_course(tmp_path, KIT, class_).read_text(encoding="utf-8-sig").splitlines()
    assert len(listed) == 11
    files = {path.name for path in (tmp_path / "submitted").rglob("*") if path.is_file()}
    assert files == {f"{ASSIGNMENT}.ipynb", f"{ASSIGNMENT} (1).ipynb", f"{ASSIGNMENT}.IPYNB"}


@pytest.mark.parametrize("wrong", [0.0, 31.0])
def test_wrong_score_is_detected(wrong: float) -> None:
    class_ = make_class(10)
    receipts = {}
    for each in class_:
        points = {} if each.damage == "cut-off" else each.sample.points
        verdicts = {name: {"points": given} for name, given in points.items()}
        receipts[each.sample.name] = Receipt(each.sample.name, ASSIGNMENT, "en", "", "", "", {}, verdicts)
    assert wrongly_graded(class_, receipts) == []
    changed = receipts[class_[0].sample.name].verdicts["pad_pair"]
    assert isinstance(changed, dict)
    changed["points"] = wrong
    assert wrongly_graded(class_, receipts) == [class_[0].sample.name]
