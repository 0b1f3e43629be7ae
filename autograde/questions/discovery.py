"""Find the questions of the kit and of packages with the entry point group ``autograde.questions``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points

from autograde.errors import UnknownQuestion, UnusableQuestions
from autograde.judge.question import Question

#: The entry point group. Each entry point names a package with question modules.
GROUP = "autograde.questions"

#: The kit's own package of questions.
OWN = __package__


@cache
def assignments() -> dict[str, tuple[Question, ...]]:
    """Return the questions of every section, in the notebook's order, by section.

    Raises:
        UnusableQuestions: two questions have the same section and function, or a package cannot be imported.
    """
    found: dict[str, Question] = {}
    for package in (OWN, *sorted({each.value for each in entry_points(group=GROUP)})):
        for each in questions_in(package):
            if each.id in found:
                raise UnusableQuestions(
                    f"There are two questions {each.id!r}; the second one is in the package {package}.",
                    "Choose another section or another function name for it.",
                )
            found[each.id] = each
    ordered = sorted(found.values(), key=lambda each: (_version(each.section), each.number, each.function))
    sections = dict.fromkeys(each.section for each in ordered)
    return {section: tuple(each for each in ordered if each.section == section) for section in sections}


def questions_in(package: str) -> Iterator[Question]:
    """Yield the ``QUESTION`` of each module in a package and its subpackages, except in names with a leading ``_``.

    Raises:
        UnusableQuestions: the package or one of its modules cannot be imported.
    """
    module = _imported(package)
    if isinstance(question := getattr(module, "QUESTION", None), Question):
        yield question
        return
    for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if not found.name.startswith("_"):
            yield from questions_in(f"{package}.{found.name}")


def _imported(name: str) -> object:
    try:
        return importlib.import_module(name)
    except Exception as error:  # code of another package may raise anything
        raise UnusableQuestions(
            f"The questions in {name} cannot be imported: {type(error).__name__}: {error}",
            "Correct that module, or uninstall its package.",
        ) from error


def _version(section: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key: 2.6 before 2.10, numbers before words."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in section.split("."))


def assignment(section: str) -> tuple[Question, ...]:
    """Return the questions of a section, in the notebook's order.

    Raises:
        UnknownQuestion: the section has no exercise.
    """
    if section not in assignments():
        raise UnknownQuestion(f"There is no exercise for section {section}.")
    return assignments()[section]


def question(section: str, function: str) -> Question:
    """Return the question about ``function`` in the assignment of ``section``.

    Raises:
        UnknownQuestion: it does not exist.
    """
    for each in assignments().get(section, ()):
        if each.function == function:
            return each
    raise UnknownQuestion(
        f"There is no question {function!r} in section {section}.",
        "The notebook and the installed kit are of different versions: get both anew.",
    )
