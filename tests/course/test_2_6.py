"""Lesson 2.6: its numbers and statements are correct."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from autograde import notebooks
from autograde.settings import KIT

if TYPE_CHECKING:
    from tests.course.conftest import ExecutedLesson


in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])

#: Goal-only cells, which the learner fills in, and the cells that check them.
SOLUTIONS = {
    "your-own-segment-ids": "check-your-segment-ids",
    "your-own-padding": "check-your-padding",
}

#: Code that creates the clone of lesson 2.5.
CLONE = """
from pathlib import Path
cloned = Path("clones/2.5/mymodel04")
cloned.mkdir(parents=True)
for file in finetuned_folder().iterdir():
    (cloned / file.name).symlink_to(file)
"""


def source(identifier: str) -> str:
    [cell] = [cell for cell in notebooks.read(KIT / "course/2.6-load-the-downloaded-model.ipynb").cells
              if cell.id == identifier]  # fmt: skip
    return str(cell.source)


def solved_and_cloned() -> dict[str, str]:
    """Return what a learner runs after the lesson: the solutions, taken from the text above, and the cells that check
    them; then the code that creates the clone of lesson 2.5, and the cells that look for it.
    """
    above = {"your-own-segment-ids": "pooler-note", "your-own-padding": "goal-of-padding"}
    cells = {}
    for identifier, text in above.items():
        solution = re.search(r"```python\n(.*?)```", source(text), re.DOTALL)
        assert solution
        cells[identifier] = re.sub(r"(?m)^\w+ = \.\.\.$", solution[1].replace("\\", r"\\"), source(identifier))
        cells[SOLUTIONS[identifier]] = source(SOLUTIONS[identifier])
    cells["wrong-segment-ids"] = source("wrong-segment-ids")
    cells["make-the-clone"] = CLONE
    return cells | {name: source(name) for name in ("find-the-clone", "load-the-clone")}


@in_both_languages
def test_numbers_and_statements_of_the_lesson_are_correct(
    shared_lesson: Callable[..., ExecutedLesson], language: str
) -> None:
    lesson = shared_lesson("2.6", language, twice=language == "en", afterwards=solved_and_cloned())
    assert "fatal:" not in lesson.everything_printed()
    # The tutorial's ids, segment ids and shape.
    encoded = lesson.printed("encode-the-pair")
    assert "[101, 2831, 2003, 10036, 102, 3531, 2265, 2033, 2115, 3642, 999, 102]" in encoded
    assert lesson.printed("make-segment-ids") == "[0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]"
    ran = lesson.printed("run-the-model")
    assert ran.startswith("BaseModelOutput")
    assert ran.rstrip().endswith("torch.Size([1, 12, 768])")
    assert "12" in lesson.printed("compare-the-tokens")
    # There is no clone yet: a message, and another folder. The folder and the Hub give the same model.
    assert "clones/2.5/mymodel04" in lesson.printed("find-the-clone")
    assert lesson.printed("load-the-clone").endswith("True\n")
    # Different from the original tutorial: names, one safetensors file and no pickle, evaluation mode, no gradients.
    changed = lesson.printed("check-what-has-changed").splitlines()
    assert "last_hidden_state" in changed[0]
    assert changed[1:] == [
        "result[0] is result.last_hidden_state = True",
        "['model.safetensors']",
        "model.training = False, result[0].requires_grad = False",
    ]
    # The tokenizer's own segment ids and attention mask, and the call with **.
    own = lesson.printed("the-tokenizers-own")
    assert "token_type_ids [[0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]]" in own
    assert [line.rpartition(" = ")[2] for line in own.splitlines()[-2:]] == ["True", "True"]
    assert lesson.printed("ask-instead-of-writing").splitlines() == [
        "tokenizer.sep_token_id = 102, tokenizer.pad_token_id = 0",
        "model.config.hidden_size = 768",
        "torch.Size([1, 12, 768]) torch.Size([1, 768])",
    ]
    assert "[1, 1, 1, 1, 1, 0, 0, 0]" in lesson.printed("pad-a-batch")
    # Wrong segment ids: the same shape, other numbers, no error.
    shapes, equal = lesson.printed("wrong-segment-ids").splitlines()
    assert shapes == "torch.Size([1, 12, 768]) torch.Size([1, 12, 768])"
    assert equal.endswith(" = False")
    # The goal-only cells are empty, and say so.
    for identifier in SOLUTIONS.values():
        assert {"en": "Nothing here yet", "zh": "这里还没有内容"}[language] in lesson.printed(identifier)


def test_every_cell_may_be_run_twice(shared_lesson: Callable[..., ExecutedLesson]) -> None:
    lesson = shared_lesson("2.6", "en", twice=True, afterwards=solved_and_cloned())
    for printed in (lesson.printed_first, lesson.printed):
        assert printed("make-segment-ids") == "[0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]"
        assert printed("wrong-segment-ids").rstrip().endswith("False")


def test_solutions_in_the_text_pass_their_checks(shared_lesson: Callable[..., ExecutedLesson]) -> None:
    lesson = shared_lesson("2.6", "en", twice=True, afterwards=solved_and_cloned())
    for identifier in SOLUTIONS.values():
        assert lesson.printed_afterwards(identifier).startswith("Right.")
    # What a learner writes there does not change what follows.
    assert lesson.printed_afterwards("wrong-segment-ids").rstrip().endswith("False")


def test_the_clone_of_lesson_2_5_is_loaded(shared_lesson: Callable[..., ExecutedLesson]) -> None:
    lesson = shared_lesson("2.6", "en", twice=True, afterwards=solved_and_cloned())
    assert lesson.printed_afterwards("find-the-clone") == "Your clone of lesson 2.5: clones/2.5/mymodel04"
    assert lesson.printed_afterwards("load-the-clone").endswith("True\n")


def test_code_is_the_tutorials_program_line_by_line() -> None:
    """Except for the repository's name and the comments, which became text around the cells."""
    code = "\n".join(
        source(cell) for cell in ("load-the-model", "encode-the-pair", "make-segment-ids", "run-the-model")
    )
    for line in (
        "import torch",
        "from transformers import AutoModel, AutoTokenizer",
        "tokenizer = AutoTokenizer.from_pretrained(name)",
        "model = AutoModel.from_pretrained(name)",
        'index = tokenizer.encode("Talk is cheap", "Please show me your code!")',
        "mark = 102",
        "k = index.index(mark)",
        "segments_ids = [0] * (k + 1) + [1] * (len(index) - k - 1)",
        "tokens_tensor = torch.tensor([index])",
        "segments_tensors = torch.tensor([segments_ids])",
        "with torch.no_grad():",
        "    result = model(tokens_tensor, token_type_ids=segments_tensors)",
        "    print(result)",
        "    print(result[0].shape)",
    ):
        assert line in code.splitlines()


def test_every_name_that_the_exercise_needs_is_shown_in_the_lesson() -> None:
    lesson = json.loads((KIT / "course/2.6-load-the-downloaded-model.ipynb").read_text(encoding="utf-8"))
    code = "\n".join("".join(cell["source"]) for cell in lesson["cells"] if cell["cell_type"] == "code")
    for name in (
        "sep_token_id", "pad_token_id", "config.hidden_size", "pooler_output", "last_hidden_state", "attention_mask",
        "padding=True", 'return_tensors="pt"', "return_token_type_ids=True", "model(**inputs)", ".encode(", ".index(",
        "torch.tensor([", "torch.no_grad()", "token_type_ids=",
    ):  # fmt: skip
        assert name in code, name
