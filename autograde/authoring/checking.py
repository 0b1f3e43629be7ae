"""Check a package of questions: its examples, its translation and its notebook."""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

from autograde.errors import FolderUnusable
from autograde.exercises.asking import ask
from autograde.i18n.packages import GROUP, package_folder, translations
from autograde.i18n.translation import messages
from autograde.judge.question import Question
from autograde.judge.verdict import Outcome, Verdict
from autograde.notebooks import problems as notebook_problems
from autograde.notebooks import read
from autograde.questions.discovery import questions_in
from autograde.questions.examples import right_answers, wrong_answers
from autograde.referee.local import LocalReferee
from autograde.settings import LANGUAGES

_ = messages("cli")


def problems(folder: Path) -> Iterator[str]:
    """Yield the problems of the package in a folder, in sentences; nothing if it has none.

    Args:
        folder: the folder with ``pyproject.toml``; its package must be installed.

    Raises:
        FolderUnusable: there is no package in the folder, or it is not installed.
        UnusableQuestions: a module of the package cannot be imported.
    """
    if not (folder / "pyproject.toml").is_file():
        raise FolderUnusable(
            f"There is no exercise in the folder {folder}.", "Make one: autograde new-exercise, or name another folder."
        )
    package = folder.resolve().name.replace("-", "_")
    if package not in {each.value for each in entry_points(group=GROUP)}:
        raise FolderUnusable(
            f"The package {package} is not installed.", f"Type: python -m pip install {as_path(folder)}"
        )
    questions = tuple(questions_in(package))
    if not questions:
        yield _("No module of {package} defines QUESTION.").format(package=package)
    for question in questions:
        yield from _of_answers(question)
        yield from _of_notebook(question, folder)
    yield from _of_translation(package)


def as_path(folder: Path) -> str:
    """Return a folder to type after ``pip install``, quoted for the shell.

    Without a slash, pip would install a stranger's package of that name.
    """
    return shlex.quote(str(folder) if folder.is_absolute() else f"./{folder}")


def _of_answers(question: Question) -> Iterator[str]:
    for graded in (False, True):
        if _judged(question, question.teaching.solution, graded=graded).outcome is not Outcome.CORRECT:
            yield _("{question}: the solution does not get full points.").format(question=question.id)
    for example in right_answers(question):
        if _judged(question, example.code, graded=True).outcome is not Outcome.CORRECT:
            yield _("{question}: the right answer “{style}” does not get full points.").format(
                question=question.id, style=example.style
            )
    for misconception in question.misconceptions:
        if not misconception.examples:
            yield _("{question}: the misconception {name} has no example.").format(
                question=question.id, name=misconception.id
            )
    for example in wrong_answers(question):
        verdict = _judged(question, example.code, graded=True)
        lost = tuple(item.id for item in verdict.items if not item.points)
        named = verdict.misconception.id if verdict.misconception else _("nothing")
        if lost != example.lost:
            yield _("{question}: an example of {name} loses {lost}; it says that it loses {declared}.").format(
                question=question.id,
                name=example.misconception,
                lost=" ".join(lost) or _("nothing"),
                declared=" ".join(example.lost),
            )
        if named != example.misconception:
            yield _("{question}: an example of {name} is called {named}.").format(
                question=question.id, name=example.misconception, named=named
            )


def _judged(question: Question, code: str, *, graded: bool) -> Verdict:
    names: dict[str, object] = {}
    exec(compile(code, "<example>", "exec"), names)  # noqa: S102 - the author's own code
    referee = LocalReferee("check")
    return ask(referee, question.section, question.function, names[question.function], graded=graded)


def _of_notebook(question: Question, folder: Path) -> Iterator[str]:
    found = sorted(folder.glob(f"source/{question.section}-*/*.ipynb"))
    if not found:
        yield _("{question}: there is no notebook source/{section}-*/*.ipynb.").format(
            question=question.id, section=question.section
        )
        return
    notebook = read(found[0])
    cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebook.cells}
    name = question.function.replace("_", "-")
    for wanted in (name, f"grade-{name}"):
        if wanted not in cells:
            yield _("{question}: the notebook has no cell {cell}.").format(question=question.id, cell=wanted)
    if f"grade-{name}" in cells and cells[f"grade-{name}"].metadata.nbgrader.get("points") != question.points:
        yield _("{question}: the cell grade-{name} must have {points} points.").format(
            question=question.id, name=name, points=f"{question.points:g}"
        )
    for problem in notebook_problems(notebook):
        yield f"{found[0].name}: {problem}"


def _of_translation(package: str) -> Iterator[str]:
    place = package_folder(package)
    wanted = {
        message: path.name for path in sorted(place.rglob("*.py")) for message in _messages(path.read_text("utf-8"))
    }
    for language in LANGUAGES:
        if language == "en":
            continue
        known = translations(place / f"{language}.po")
        for message, name in wanted.items():
            if message not in known:
                yield _("{language}.po has no translation of {message!r} ({name}).").format(
                    language=language, message=message, name=name
                )


def _messages(code: str) -> Iterator[str]:
    """Yield the texts inside ``_("…")``."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value
