"""``autograde grade-demo``: a made-up class of 60 learners in both languages, in a temporary course.

The answers are the kit's correct ones and known wrong ones, and some files are damaged in the ways editors, browsers
and people damage them. The points of each learner are known, so that a wrong grade is detected.
"""

from __future__ import annotations

import codecs
import copy
import csv
import io
import random
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograde import notebooks
from autograde.files import write_file
from autograde.grading.receipts import Receipt
from autograde.grading.samples import (
    ASSIGNMENT,
    SECTION,
    Sample,
    submission,
    with_noise,
)
from autograde.questions import assignment
from autograde.questions.examples import wrong_answers

#: Fixed, so that the class is the same in every run.
_SEED = 2026

#: Given and family names of the half of the class that learns in English, and full names of the other half.
_GIVEN = (
    "Ada Amina Bea Carlos Chidi Dana Elif Emeka Farah Greta Hugo Imani Jonas Kofi Lena Malik Mira Nadia Noah Olga Omar "
    "Priya Rosa Samir Sofia Tariq Uma Vera Yara Zoe"
).split()
_FAMILY = (
    "Adler Baker Castro Diallo Evans Fischer Garcia Haddad Ivanova Jensen Khan Laurent Mensah Novak Okafor Petrov "
    "Quinn Rossi Silva Tanaka"
).split()
_CHINESE = (
    "王小明 李思远 张雨桐 刘子涵 陈嘉怡 杨浩然 赵梓萱 黄宇轩 周诗涵 吴俊杰 徐欣怡 孙博文 马晓东 朱雅婷 胡天宇 "
    "郭静怡 何志强 高雨欣 林子墨 罗佳琪 郑明哲 梁雪梅 谢文博 宋佳宁 唐一鸣 许若曦 韩冬梅 冯子豪 邓丽华 曹云飞"
).split()

#: Ways in which files are damaged; the answers in them still count.
DAMAGES = ("copied", "stripped", "byte-order-mark", "renamed", "capitals", "exits", "colab")


@dataclass(frozen=True)
class Enrolled:
    """A learner of the demo class.

    Attributes:
        sample: the submission and its expected points.
        fullname: the learner's full name.
        damage: one of :data:`DAMAGES`; ``""`` for an intact file, ``"cut-off"`` for one that cannot be graded.
    """

    sample: Sample
    fullname: str
    damage: str = ""

    @property
    def email(self) -> str:
        """The learner's e-mail address, in a domain that is reserved for examples."""
        return f"{self.sample.name}@example.org"


def make_class(size: int = 60) -> tuple[Enrolled, ...]:
    """Return the class: every second learner works in Chinese, and the last eight have damaged files."""
    chance = random.Random(_SEED)  # noqa: S311 - a made-up class, not a secret
    people = []
    for number in range(size):
        language = "zh" if number % 2 else "en"
        place = number // 2
        if language == "zh":
            name, fullname = f"s{2026001 + number}", _CHINESE[place % len(_CHINESE)]
        else:
            given, family = _GIVEN[place % len(_GIVEN)], _FAMILY[(place * 7) % len(_FAMILY)]
            name, fullname = f"{given}-{family}".lower(), f"{given} {family}"
            if number >= 60:
                name = f"{name}-{number}"
        people.append(Enrolled(_sample(name, language, chance), fullname))
    for damage, place in zip((*DAMAGES, "cut-off"), range(size - 1, 0, -1), strict=False):
        people[place] = replace(people[place], damage=damage)
    return tuple(people)


def _sample(name: str, language: str, chance: random.Random) -> Sample:
    """Return a random submission: most answers are right; some are wrong in a known way, missing, or noisy."""
    answers, points, misconceptions = {}, {}, {}
    ability = chance.uniform(0.5, 1.0)
    for question in assignment(SECTION):
        wrong = list(wrong_answers(question))
        fate = chance.random()
        if fate < ability:
            answers[question.function] = question.teaching.solution
            points[question.function] = float(question.points)
            if chance.random() < 0.1:
                answers[question.function] = with_noise(question.teaching.solution)
        elif fate < 0.97 and wrong:
            # Mistakes early in the list are chosen more often, so that some are common.
            chosen = wrong[min(int(chance.expovariate(0.7)), len(wrong) - 1)]
            answers[question.function] = chosen.code
            points[question.function] = float(chosen.points)
            misconceptions[question.function] = chosen.misconception
        else:
            points[question.function] = 0.0
    return Sample(name, language, answers, points, misconceptions)


def make_course(folder: Path, kit: Path, class_: Sequence[Enrolled]) -> Path:
    """Create a course in ``folder``: the assignment in both languages, the class list, and the submissions.

    Returns:
        The class list.

    Raises:
        UnusableNotebook: the kit has no release.
    """
    shutil.copytree(kit / "source" / ASSIGNMENT, folder / "source" / ASSIGNMENT)
    for language in ("en", "zh"):
        shutil.copytree(kit / "release" / language / ASSIGNMENT, folder / "release" / language / ASSIGNMENT)
    for each in class_:
        released = notebooks.read(kit / "release" / each.sample.language / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
        name, content = _file(submission(released, each.sample), each.damage)
        write_file(folder / "submitted" / each.sample.name / ASSIGNMENT / name, content)
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["username", "email", "full name"])
    table.writerows([each.sample.name, each.email, each.fullname] for each in class_)
    write_file(folder / "class.csv", text.getvalue().encode("utf-8-sig"))
    return folder / "class.csv"


def _file(book: NotebookNode, damage: str) -> tuple[str, bytes]:
    """Return the name and the bytes of a notebook after applying ``damage``."""
    name = f"{ASSIGNMENT}.ipynb"
    graded = next(place for place, cell in enumerate(book.cells) if cell.id.startswith("grade-"))
    if damage == "copied":
        twin = copy.deepcopy(book.cells[graded])
        twin.id = "copied"
        book.cells.insert(graded, twin)
    if damage == "stripped":
        for number, cell in enumerate(book.cells):
            cell.metadata, cell.id = NotebookNode(), f"cell-{number}"
    if damage == "exits":
        book.cells.insert(graded, nbformat.v4.new_code_cell("import os\n\nos._exit(1)", id="ends-everything"))
    if damage == "colab":
        book.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"a1": {"model_name": "HTMLModel"}}}
    content = nbformat.v4.writes(book).encode()
    if damage == "byte-order-mark":
        content = codecs.BOM_UTF8 + content
    if damage == "cut-off":
        content = content[:-200]
    names = {"renamed": f"{ASSIGNMENT} (1).ipynb", "capitals": f"{ASSIGNMENT}.IPYNB"}
    return names.get(damage, name), content


def wrongly_graded(class_: Sequence[Enrolled], receipts: Mapping[str, Receipt]) -> list[str]:
    """Return the ids of the learners whose points differ from the expected ones."""
    wrong = []
    for each in class_:
        receipt = receipts.get(each.sample.name)
        got = {} if receipt is None else {name: float(found["points"]) for name, found in receipt.verdicts.items()}
        expected = {} if each.damage == "cut-off" else dict(each.sample.points)
        if got != expected:
            wrong.append(each.sample.name)
    return wrong
