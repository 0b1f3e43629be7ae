"""2.5: tell an LFS pointer from any other file by its first line."""

from __future__ import annotations

from autograde.judge.cases import Case
from autograde.judge.comparison import Difference
from autograde.judge.describing import describe
from autograde.judge.execution import Execution, ExecutionKind, calls
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation, Raised
from autograde.judge.question import Presentation, Question, RubricItem, Teaching
from autograde.questions.download_with_git_clone.is_lfs_pointer import cases, solutions, wrong_reading, wrong_rules


def _join(_case: Case, report: Mapping, _seen: Mapping) -> Observation:
    value = calls(report)[-1]
    return cases.CHANGED if report.get("file_changed") is True and not isinstance(value, Raised) else value


def _words(case: Case, difference: Difference) -> Message:
    if difference.got == cases.CHANGED:
        return _("afterwards the file `{path}` is gone or changed", path=str(case.arguments[0]))
    if isinstance(difference.got, bool) and difference.got:
        return _("`{path}` isn't a pointer, but the function returns True", path=str(case.arguments[0]))
    if isinstance(difference.got, bool):
        return _("`{path}` is a pointer, but the function returns False", path=str(case.arguments[0]))
    return _("expected True or False, got {got}", got=describe(difference.got))


def _achieved(_case: Case, _answer: Observation) -> Message:
    return _("The function recognised pointers, real weights, an empty file and texts that resemble pointers.")


_ONLY_READ = _('Only read the file: open it in mode "rb", and don\'t move, delete or write it.')
_BOOLEAN = _("Return True or False, for example the result of a comparison with == or `is not None`.")


def _advice_on(difference: Difference) -> Message | None:
    if isinstance(difference.got, bool):
        return None
    return _ONLY_READ if difference.got == cases.CHANGED else _BOOLEAN


QUESTION = Question(
    id="2.5/is_lfs_pointer",
    number=1,
    visible=cases.VISIBLE,
    hidden=cases.hidden,
    oracle=cases.oracle,
    rubric=(
        RubricItem("plain", _("pointers, weights and configurations are recognised"), 2, ("plain",)),
        RubricItem(
            "edges",
            _("also for pointers in folders, empty files and texts that resemble pointers"),
            1,
            ("edges",),
        ),
    ),
    # The first one that fits is reported.
    misconceptions=(*wrong_rules.WRONG_RULES, *wrong_reading.WRONG_READING),
    execution=Execution(ExecutionKind.CALL, _join, seconds=5.0),
    presentation=Presentation(words=_words, achieved=_achieved),
    teaching=Teaching(
        title=_("Is this file a pointer?"),
        hints=(
            _("You read a pointer in lesson 2.5. What is its first line, and where does the line end?"),
            _('Weights are not text: open(path, "rb") reads bytes, and bytes have the method `startswith`.'),
            _(
                '`file.read(100)` reads the first hundred bytes. Compare them with b"version https://git-lfs...\\n" '
                "by startswith: the line end `\\n` belongs to it."
            ),
        ),
        solution=solutions.SOLUTION,
        expectation=_("True or False"),
        advice_on=_advice_on,
        advice=_("Compare the whole first line and nothing else: neither the file's size nor its other lines."),
        right=solutions.RIGHT,
    ),
)
