"""Exercise 2.6: every task shows one example, which is what its solution returns."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from nbformat import NotebookNode

from autograde import notebooks
from autograde.models import finetuned_folder
from autograde.settings import KIT

BOOK = KIT / "source/2.6-load-the-downloaded-model/2.6-load-the-downloaded-model.ipynb"

EXAMPLE = re.compile(r"\*\*(?:Example|例子)\*\*.*?`([^`]+)`\s*→\s*`([^`]+)`", re.DOTALL)

TASKS = ("encode-pair", "segment-ids", "to-tensors", "run-model", "output-shapes", "pad-pair")


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """The solutions, and the lesson's tokenizer, model and tensors, to which the examples refer."""
    from transformers import AutoModel, AutoTokenizer

    made: dict[str, Any] = {"torch": torch}
    for cell in notebooks.read(BOOK).cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            exec(cell.source, made)
    made["tokenizer"] = AutoTokenizer.from_pretrained(finetuned_folder())
    made["model"] = AutoModel.from_pretrained(finetuned_folder())
    index = made["tokenizer"].encode("Talk is cheap", "Please show me your code!")
    made["tokens_tensor"], made["segments_tensors"] = made["to_tensors"](index, made["segment_ids"](index, 102))
    return made


def text(task: str, language: str) -> str:
    book: NotebookNode = notebooks.one_language(notebooks.read(BOOK), language)
    [found] = [cell.source for cell in book.cells if cell.id.removesuffix("-zh") == f"about-{task}"]
    return str(found)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("task", TASKS)
def test_example_of_a_task_is_what_its_solution_returns(names: dict[str, Any], task: str, language: str) -> None:
    [(call, result)] = EXAMPLE.findall(text(task, language))
    assert call.startswith(task.replace("-", "_"))
    found, expected = eval(call, names), eval(result, names)
    if task == "to-tensors":
        assert [each.tolist() for each in found] == [each.tolist() for each in expected]
    else:
        assert found == expected


@pytest.mark.parametrize("task", TASKS)
def test_both_languages_show_the_same_example(task: str) -> None:
    assert EXAMPLE.findall(text(task, "en")) == EXAMPLE.findall(text(task, "zh"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_task_refers_to_a_document_outside_the_kit(language: str) -> None:
    book = notebooks.one_language(notebooks.read(BOOK), language)
    markdown = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    assert "http" not in markdown
    assert "]( " not in markdown
    assert not re.search(r"[Tt]he tutorial (ends|says|'s program)|教程(最后|里的程序)", markdown)
