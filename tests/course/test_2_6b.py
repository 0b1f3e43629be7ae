"""Lesson 2.6b: its plots and statements agree with the results of the real models."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from autograde import notebooks
from autograde.settings import KIT

from .plot_texts import ALT

if TYPE_CHECKING:
    from tests.course.conftest import ExecutedLesson


in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])


def cell(identifier: str) -> str:
    book = notebooks.read(KIT / "course/2.6b-what-the-numbers-mean.ipynb")
    [found] = [each.source for each in book.cells if each.id == identifier]
    return str(found)


def solved() -> dict[str, str]:
    """Return the goal's cell with the solution from the text, and the cell that checks it."""
    solution = re.search(r"```python\n(.*?)```", cell("modify"), re.DOTALL)
    assert solution
    return {
        "search-by-meaning": cell("search-by-meaning").replace("found = ...", solution[1]),
        "check-your-search": cell("check-your-search"),
    }


@in_both_languages
def test_numbers_and_statements_of_the_lesson_are_correct(
    shared_lesson: Callable[..., ExecutedLesson], language: str
) -> None:
    lesson = shared_lesson("2.6b", language, twice=language == "en", afterwards=solved())
    assert lesson.printed("load-minilm").endswith("384")
    assert lesson.printed("sentence-vectors") == "torch.Size([10, 384])"
    for identifier, words in ALT[language].items():
        assert words in lesson.printed(identifier), identifier
    # Meaning, not words: the sentence about loans is nearer than the river's bank.
    loans, river = re.findall(r"0\.\d\d", lesson.printed("compare-the-bank"))
    assert float(loans) > float(river)
    # To the untrained model all sentences look alike.
    assert float(lesson.printed("least-similar-to-the-random-model")) > 0.9
    # MiniLM hardly notices wrong segment ids; without the mask all of its tokens change.
    wrong = lesson.printed("tokens-with-wrong-segment-ids")
    assert {"en": "MiniLM: all 12 stay", "zh": "MiniLM：12 个全都不低于"}[language] in wrong
    without = lesson.printed("padding-with-and-without-mask")
    assert {"en": "all 12 are below 0.99", "zh": "12 个全都低于 0.99"}[language] in without
    assert {"en": "Nothing here yet", "zh": "这里还没有内容"}[language] in lesson.printed("check-your-search")


def test_every_cell_may_be_run_twice(shared_lesson: Callable[..., ExecutedLesson]) -> None:
    lesson = shared_lesson("2.6b", "en", twice=True, afterwards=solved())
    for identifier, words in ALT["en"].items():
        assert words in lesson.printed_first(identifier), identifier
        assert words in lesson.printed(identifier), identifier


def test_the_claims_about_attention_heads_are_true() -> None:
    """The text names two heads: layer 2, head 9 looks at the token after; layer 5, head 6 looks at [CLS]."""
    from transformers import AutoModel, AutoTokenizer

    from autograde.models import minilm_folder
    from autograde.widgets.attention import attend, habits

    tokenizer = AutoTokenizer.from_pretrained(minilm_folder())
    model = AutoModel.from_pretrained(minilm_folder(), attn_implementation="eager")
    attention = attend(tokenizer, model, "Talk is cheap", "Please show me your code!")
    assert (attention.layers, attention.heads) == (6, 12)
    assert habits(attention, 1, 3)["previous"] > 0.95
    assert habits(attention, 2, 9)["next"] > 0.5
    assert habits(attention, 5, 6)["[CLS]"] > 0.9
    assert "Layer 2, head 9" in cell("attention")
    assert "Layer 5, head 6" in cell("attention")


def test_solution_in_the_text_passes_its_check(shared_lesson: Callable[..., ExecutedLesson]) -> None:
    output = shared_lesson("2.6b", "en", twice=True, afterwards=solved()).printed_afterwards("check-your-search")
    assert output.startswith("Right.")
    assert re.search(r"interest rates|expensive|costs more", output)
