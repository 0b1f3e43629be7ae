"""Lesson 1: the tour of the learner's own Hub, and its statements about the models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi

from autograde.hub import LocalHub
from autograde.models import gallery
from autograde.session.seeding import seed

if TYPE_CHECKING:
    from tests.course.conftest import ExecutedLesson


@pytest.fixture(scope="module")
def hub() -> Iterator[LocalHub]:
    """A Hub with the models of the gallery, as ``make learn`` starts it."""
    with LocalHub() as running:
        seed(running)
        yield running


#: The change that Modify asks for.
MODIFIED = {"find-a-license": 'print(*(model.id for model in list_models(filter="license:cc-by-nc-4.0")))'}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_lesson_1_finds_reads_and_runs_the_models(shared_lesson: Callable[..., ExecutedLesson], language: str) -> None:
    lesson = shared_lesson("1", language, twice=True, afterwards=MODIFIED)
    assert set(lesson.printed("list-the-models").split()) == set(gallery.NAMES)
    filtered = lesson.printed("filter-the-models").splitlines()
    assert filtered[0] == "['sentence-transformers/all-MiniLM-L6-v2']"
    assert filtered[1].count("gallery/") == 5
    assert filtered[2] == "['gallery/tiny-bert-chinese']"
    card = lesson.printed("read-a-card")
    assert "sentence-similarity" in card
    assert "apache-2.0" in card
    assert "hidden_size: 384\nnum_hidden_layers: 6" in lesson.printed("download-the-config")
    # [CLS] a hub is a place to share models . [SEP]
    assert "1 × 11 × 384" in lesson.printed("three-lines-of-transformers")
    second = lesson.printed("compare-the-second-download")
    assert "again == path = True\nagain.stat().st_mtime_ns == written = True" in second
    assert "2" in lesson.printed("compare-the-chinese-models").splitlines()[-2]
    assert lesson.printed("a-model-without-a-card").startswith("404 ")


def test_search_for_bert_misses_the_model_without_bert_in_its_name(hub: LocalHub) -> None:
    found = {model.id for model in HfApi(endpoint=hub.endpoint, token=False).list_models(search="bert")}
    assert set(gallery.NAMES) - found == {gallery.MINILM}


def test_search_in_modify_finds_one_model(shared_lesson: Callable[..., ExecutedLesson]) -> None:
    lesson = shared_lesson("1", "en", twice=True, afterwards=MODIFIED)
    assert lesson.printed_afterwards("find-a-license").strip() == "gallery/tiny-bert-wide"
