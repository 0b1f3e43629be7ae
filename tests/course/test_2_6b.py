"""Lesson 2.6b is true: what its plots and sentences claim is in the numbers of the real models."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from autograde import notebooks
from autograde.settings import KIT

if TYPE_CHECKING:
    from autograde.pictures.browsing import Lab
    from tests.course.conftest import ExecutedLesson


@pytest.fixture(scope="module", params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> str:
    """The language of ``lab``."""
    return str(request.param)


in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])

#: What each plot says about itself, computed from its numbers.
ALT = {
    "en": {
        "similarity-heatmap": "Most similar: “Loans are getting more expensive.” and “Borrowing money costs more",
        "trained-beside-random": "MiniLM: 9 of 9 sentences have their nearest neighbour in their own group.",
        "attention-map": "Layer 1, head 3. Most attention goes to the token before: 99% on average.",
        "tokens-with-wrong-segment-ids": "mymodel04: the lowest is 0.65 at position 4, [SEP]; 11 of 12 stay at 0.99",
        "padding-with-and-without-mask": "attention_mask=mask: all 12 stay at 0.99 or above.",
    },
    "zh": {
        "similarity-heatmap": "最相似的是“Loans are getting more expensive.”和“Borrowing money costs more",
        "trained-beside-random": "MiniLM：9 个句子里，有 9 个的最近邻是同组的句子。",
        "attention-map": "第 1 层，第 3 个头。大部分注意力给了前一个词元：平均 99%。",
        "tokens-with-wrong-segment-ids": "mymodel04：最低的是位置 4 的 [SEP]，只有 0.65；12 个里有 11 个不低于 0.99。",
        "padding-with-and-without-mask": "attention_mask=mask：12 个全都不低于 0.99。",
    },
}


def cell(identifier: str) -> str:
    book = notebooks.read(KIT / "course/2.6b-what-the-numbers-mean.ipynb")
    [found] = [each.source for each in book.cells if each.id == identifier]
    return str(found)


def solved() -> dict[str, str]:
    """The cell of the goal with the solution that the text unfolds, and the cell that checks it."""
    solution = re.search(r"```python\n(.*?)```", cell("modify"), re.DOTALL)
    assert solution
    return {
        "search-by-meaning": cell("search-by-meaning").replace("found = ...", solution[1]),
        "check-your-search": cell("check-your-search"),
    }


@in_both_languages
def test_every_number_and_sentence_of_the_lesson_is_true(
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
    assert {"en": "0 of 12 stay at 0.99", "zh": "12 个里有 0 个不低于 0.99"}[language] in without
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


def test_the_unfolded_solution_finds_the_sentence(shared_lesson: Callable[..., ExecutedLesson]) -> None:
    said = shared_lesson("2.6b", "en", twice=True, afterwards=solved()).printed_afterwards("check-your-search")
    assert said.startswith("Right.")
    assert re.search(r"interest rates|expensive|costs more", said)


def test_the_plots_are_visible_and_the_sliders_work_by_keyboard(lab: Lab, language: str) -> None:
    panel = lab.open_lesson("2.6b-what-the-numbers-mean")
    lab.run_all()
    panel.locator(".jp-CodeCell", has_text="lesson.quiz(").locator("input").first.wait_for(timeout=240_000)
    assert panel.locator(".jp-OutputArea-output[data-mime-type*=error]").count() == 0
    plots = panel.locator("figure img")
    assert plots.count() == 5
    for number in range(5):
        assert plots.nth(number).evaluate("image => image.complete && image.naturalWidth > 300")
        assert plots.nth(number).bounding_box()
    for identifier, words in ALT[language].items():
        assert panel.get_by_alt_text(words).count() == 1, identifier

    shown = panel.locator(".jp-CodeCell", has_text="AttentionMap(tokenizer")
    status = shown.get_by_role("status")
    layer, head = shown.get_by_role("slider").nth(0), shown.get_by_role("slider").nth(1)
    layer.focus()
    lab.page.keyboard.press("ArrowRight")
    status.filter(has_text={"en": "Layer 2, head 3.", "zh": "第 2 层，第 3 个头。"}[language]).wait_for()
    head.focus()
    for _time in range(6):
        lab.page.keyboard.press("ArrowRight")
    said = {"en": "the token after: 51%", "zh": "后一个词元：平均 51%"}[language]
    status.filter(has_text=said).wait_for()
    # The numbers of the picture, for people who do not see it.
    shown.locator("summary").click()
    assert shown.get_by_role("table").get_by_role("row").count() == 13
