"""Sample submissions, made from the release as a learner would make them: never stored, always up to date.

A whole class of 2.6 for the demo, and three learners of every other assignment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograde.grading.answers import REPLAYED_WRONG, WRONG, WrongAnswer
from autograde.judge.question import Question
from autograde.questions import assignments

#: The assignment of the demo's class, and its section.
ASSIGNMENT = "2.6-load-the-downloaded-model"
SECTION = "2.6"

#: The other assignments, by section.
OTHERS = {
    "1": "1-introduction",
    "2.1": "2.1-create-an-account",
    "2.2": "2.2-log-in",
    "2.3": "2.3-create-a-model-repository",
    "2.4": "2.4-upload-a-local-model",
    "2.5": "2.5-download-with-git-clone",
    "3": "3-summary",
}

#: What a perfectly good answer may print: warnings, log lines, progress bars, text on stderr from every side.
_NOISE = """\
    import logging, os, sys, warnings
    from tqdm.auto import tqdm
    warnings.warn("something is deprecated")
    logging.getLogger("transformers").warning("some weights were newly initialized")
    os.write(2, b"from a library in C\\n")
    print("looking at my values", file=sys.stderr)
    for _step in tqdm(range(3)):
        pass
"""


@dataclass(frozen=True)
class Sample:
    """One submission.

    Attributes:
        name: of the learner.
        language: of the notebook that was handed in.
        answers: code by function; a function without an entry is left as released.
        points: what each question must get, by function.
        misconceptions: what must be named, by function.
        assignment: that was handed in.
    """

    name: str
    language: str
    answers: Mapping[str, str]
    points: Mapping[str, float]
    misconceptions: Mapping[str, str] = field(default_factory=dict)
    assignment: str = ASSIGNMENT


def samples() -> tuple[Sample, ...]:
    """A perfect, a noisy, an empty, and six wrong submissions, in both languages between them."""
    questions = assignments()[SECTION]
    solutions = {question.function: question.solution for question in questions}
    full = {question.function: question.points for question in questions}
    noisy = {function: _with_noise(code) for function, code in solutions.items()}
    return (
        Sample("perfect", "en", solutions, full),
        Sample("perfect-but-noisy", "zh", noisy, full),
        Sample("empty", "zh", {}, dict.fromkeys(full, 0.0)),
        _one_wrong("zh", "segment_ids", "separator-in-second"),
        _one_wrong("en", "segment_ids", "halves"),
        _one_wrong("zh", "segment_ids", "hard-coded-102"),
        _one_wrong("en", "to_tensors", "no-batch-axis"),
        _one_wrong("zh", "run_model", "segments-as-mask"),
        _one_wrong("en", "output_shapes", "hard-coded-768"),
    )


def three_of(section: str) -> tuple[Sample, ...]:
    """A perfect submission, one with a wrong answer to every question, and an empty one."""
    questions, assignment = assignments()[section], OTHERS[section]
    wrong = {
        question.function: next(
            each for each in (*WRONG, *REPLAYED_WRONG) if (each.section, each.function) == (section, question.function)
        )
        for question in questions
    }
    full = {question.function: question.points for question in questions}
    return (
        Sample("perfect", "en", {each.function: each.solution for each in questions}, full, assignment=assignment),
        Sample(
            "wrong",
            "zh",
            {name: answer.code for name, answer in wrong.items()},
            {question.function: points_of(question, wrong[question.function]) for question in questions},
            {name: answer.misconception for name, answer in wrong.items()},
            assignment,
        ),
        Sample("empty", "zh", {}, dict.fromkeys(full, 0.0), assignment=assignment),
    )


def points_of(question: Question, wrong: WrongAnswer) -> float:
    """What the wrong answer must get: the points of the items that it does not lose."""
    return float(sum(item.points for item in question.rubric if item.id not in wrong.lost))


def _one_wrong(language: str, function: str, misconception: str) -> Sample:
    """A submission that is right but for one question."""
    wrong = next(each for each in WRONG if (each.function, each.misconception) == (function, misconception))
    questions = {question.function: question for question in assignments()[SECTION]}
    return Sample(
        misconception,
        language,
        {name: question.solution for name, question in questions.items()} | {function: wrong.code},
        {name: question.points for name, question in questions.items()}
        | {function: points_of(questions[function], wrong)},
        {function: misconception},
    )


def _with_noise(code: str) -> str:
    head, body = code.split("\n", 1)
    return f"{head}\n{_NOISE}{body}"


def submission(released: NotebookNode, sample: Sample) -> NotebookNode:
    """The released notebook with the sample's answers typed in; the released one is changed.

    Raises:
        KeyError: the notebook has no cell for one of the answers.
    """
    cells = {cell.id: cell for cell in released.cells}
    for function, code in sample.answers.items():
        cells[function.replace("_", "-")].source = code.rstrip("\n")
    return released
