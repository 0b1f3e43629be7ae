"""Generate sample submissions from the release, as a learner would write them.

There is a class for 2.6, which the demo uses, and three learners for every other assignment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograde.questions import assignments, question
from autograde.questions.examples import wrong_answers

#: The demo class's assignment.
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

#: Output that a correct answer may produce: warnings, log lines, progress bars, text on stderr.
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
        name: the learner's name.
        language: language of the submitted notebook.
        answers: code by function; a function without an entry is left as released.
        points: expected points by function.
        misconceptions: expected misconceptions by function.
        assignment: the assignment's name.
    """

    name: str
    language: str
    answers: Mapping[str, str]
    points: Mapping[str, float]
    misconceptions: Mapping[str, str] = field(default_factory=dict)
    assignment: str = ASSIGNMENT


def samples() -> tuple[Sample, ...]:
    """Return a perfect, a noisy, an empty, and six wrong submissions, some in each language."""
    questions = assignments()[SECTION]
    solutions = {each.function: each.teaching.solution for each in questions}
    full = {each.function: each.points for each in questions}
    noisy = {function: with_noise(code) for function, code in solutions.items()}
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
    """Return a perfect submission, one with a wrong answer to every question, and an empty one."""
    questions, assignment = assignments()[section], OTHERS[section]
    wrong = {each.function: next(wrong_answers(each)) for each in questions}
    solutions = {each.function: each.teaching.solution for each in questions}
    full = {each.function: each.points for each in questions}
    return (
        Sample("perfect", "en", solutions, full, assignment=assignment),
        Sample(
            "wrong",
            "zh",
            {name: answer.code for name, answer in wrong.items()},
            {name: answer.points for name, answer in wrong.items()},
            {name: answer.misconception for name, answer in wrong.items()},
            assignment,
        ),
        Sample("empty", "zh", {}, dict.fromkeys(full, 0.0), assignment=assignment),
    )


def _one_wrong(language: str, function: str, misconception: str) -> Sample:
    """Return a submission in which only one answer is wrong."""
    asked = question(SECTION, function)
    wrong = next(each for each in wrong_answers(asked) if each.misconception == misconception)
    others = assignments()[SECTION]
    return Sample(
        misconception,
        language,
        {each.function: each.teaching.solution for each in others} | {function: wrong.code},
        {each.function: each.points for each in others} | {function: wrong.points},
        {function: misconception},
    )


def with_noise(code: str) -> str:
    """Return the code of a function with prints and warnings added before its work."""
    head, body = code.split("\n", 1)
    return f"{head}\n{_NOISE}{body}"


def submission(released: NotebookNode, sample: Sample) -> NotebookNode:
    """Fill the sample's answers into the released notebook, which is modified, and return it.

    Raises:
        KeyError: the notebook has no cell for one of the answers.
    """
    cells = {cell.id: cell for cell in released.cells}
    for function, code in sample.answers.items():
        cells[function.replace("_", "-")].source = code.rstrip("\n")
    return released
