"""Calling a learner's function: exceptions, output and changes stay contained, and every call ends."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograde.judge import Evidence
from autograde.judge.evidence import CALLED_TOKENIZER
from autograde.judge.observation import Raised, listed
from autograde.judge.tiny_bert import ModelRecipe, Vocabulary
from autograde.runner.answers import tiny_models
from autograde.runner.answers.calling import evidence
from autograde.runner.answers.output import captured

CASES = [{"name": str(place), "arguments": [{"list": [1, 2]}, 2]} for place in range(3)]


def called(answer: object, seconds: float = 5.0) -> Evidence:
    return evidence(answer, CASES, seconds)


def only(answer: object, seconds: float = 5.0) -> Any:
    return called(answer, seconds).replies[0]


def raises(error: BaseException) -> Callable[..., None]:
    def answer(*_arguments: object) -> None:
        raise error

    return answer


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even this")


@pytest.mark.parametrize("nothing", [None, ...])
def test_none_or_ellipsis_counts_as_missing(nothing: object) -> None:
    assert called(nothing).given == "missing"


NAMED = [{"name": name, "arguments": [name]} for name in ("hub", "card")]


class LyingDict(dict):  # type: ignore[type-arg]
    """Returns "right" for every key."""

    def get(self, name: object, default: object = None) -> str:
        return "right"

    __getitem__ = get

    def items(self) -> Any:
        return [("hub", "right"), ("card", "right")]


@pytest.mark.parametrize(
    ("answers", "values"),
    [
        ({"hub": "b", "card": "c"}, ["b", "c"]),
        ({"card": "c", "more": 1}, [None, "c"]),
        ({"hub": ..., "card": 3}, [None, 3]),
        ({"hub": " ", "card": None, "other": "x"}, [None, None]),
        (LyingDict({"hub": "b"}), ["b", None]),
    ],
)
def test_each_case_reads_the_entry_with_its_name(answers: dict[str, object], values: list[object]) -> None:
    found = evidence(answers, NAMED)
    assert found.given == "entries"
    assert [reply.value for reply in found.replies] == values


def test_text_is_sent_unchanged() -> None:
    found = evidence("git clone", [{"name": "a", "arguments": []}])
    assert (found.given, [reply.value for reply in found.replies]) == ("text", ["git clone"])


@pytest.mark.parametrize(
    "template",
    [{}, {"hub": ..., "card": None}, {"hub": "", "card": ...}, "", "  \n", "\n# YOUR CODE HERE\n\n  # and here"],
)
def test_released_template_counts_as_untouched(template: object) -> None:
    assert evidence(template, NAMED).given == "untouched"


@pytest.mark.parametrize(("thing", "name"), [([0, 1], "list"), (3, "int"), (list, "type")])
def test_value_that_is_not_a_function_is_reported_with_its_type(thing: object, name: str) -> None:
    assert called(thing) == Evidence("other", name)


@pytest.mark.parametrize(
    "error", [ValueError("a"), SystemExit(3), KeyboardInterrupt(), RecursionError("deep"), MemoryError(), Unprintable()]
)
def test_every_exception_becomes_a_reply(error: BaseException) -> None:
    value = only(raises(error)).value
    assert isinstance(value, Raised)
    assert value.type == type(error).__name__


def test_endless_recursion_becomes_a_reply() -> None:
    def answer(index: list[int], mark: int) -> object:
        return answer(index, mark)

    assert only(answer).value.type == "RecursionError"


def test_reply_names_the_learners_line() -> None:
    def answer(index: list[int], mark: int) -> int:
        return index.index(mark + 99)

    assert only(answer).value.line == "return index.index(mark + 99)"


def test_each_call_gets_its_own_arguments() -> None:
    def answer(index: list[int], mark: int) -> list[int]:
        index.append(mark)
        return index

    assert [reply.value for reply in called(answer).replies] == [listed(1, 2, 2)] * 3


@pytest.fixture
def kept_handler() -> Iterator[logging.Logger]:
    logger = logging.getLogger("tests.exercises")
    handler = logging.StreamHandler(sys.stderr)
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)


def test_output_of_every_kind_is_captured_in_the_reply(
    kept_handler: logging.Logger, capfd: pytest.CaptureFixture[str]
) -> None:
    stream = kept_handler.handlers[0].stream  # type: ignore[attr-defined]

    def answer(index: list[int], mark: int) -> list[int]:
        sys.stdout.write("by print\n")
        sys.stderr.write("by stderr\n")
        warnings.warn("by warning", stacklevel=1)
        kept_handler.warning("by logging")
        os.write(2, b"by descriptor\n")
        subprocess.run([sys.executable, "-c", "print('by program')"], check=True)
        return index

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reply = only(answer)
    assert reply.value == listed(1, 2)
    for way in ("print", "stderr", "warning", "logging", "descriptor", "program"):
        assert f"by {way}" in reply.printed
    assert capfd.readouterr() == ("", "")
    assert kept_handler.handlers[0].stream is stream  # type: ignore[attr-defined]


def test_captured_output_is_limited() -> None:
    def answer(index: list[int], mark: int) -> None:
        for _ in range(1000):
            sys.stdout.write("x" * 10_000)
            os.write(1, b"y" * 10_000)

    assert len(only(answer).printed) <= 600


def test_streams_are_restored_after_an_exception() -> None:
    before = sys.stdout, sys.stderr
    with pytest.raises(ValueError, match="inside"), captured():
        raise ValueError("inside")
    assert (sys.stdout, sys.stderr) == before


def test_progress_bar_is_captured_in_its_last_state() -> None:
    def answer(index: list[int], mark: int) -> list[int]:
        sys.stderr.write("\r 10%\r100%\n")
        return index

    assert only(answer).printed == "100%"


def test_tokenizer_calls_are_detected_and_the_class_is_restored() -> None:
    from transformers.tokenization_utils_base import PreTrainedTokenizerBase

    tokenizer = tiny_models.tokenizer(Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a")))
    before = dict(vars(PreTrainedTokenizerBase))
    assert only(lambda index, mark: tokenizer("a", "a")).effects == {CALLED_TOKENIZER}
    assert only(lambda index, mark: tokenizer.encode("a")).effects == {CALLED_TOKENIZER}
    assert only(lambda index, mark: tokenizer.sep_token_id).effects == frozenset()
    assert dict(vars(PreTrainedTokenizerBase)) == before


def test_tokenizer_calls_are_not_watched_if_the_request_says_so() -> None:
    tokenizer = tiny_models.tokenizer(Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a")))
    cases = [{**CASES[0], "watch_tokenizers": False}]
    assert evidence(lambda index, mark: tokenizer("a", "a")["input_ids"], cases).replies[0].effects == frozenset()


def test_changes_to_one_model_do_not_affect_the_next() -> None:
    import torch

    recipe = ModelRecipe(60, 32, 1, 2, seed=1)
    changed = tiny_models.bert(recipe)
    changed.train()
    torch.nn.init.zeros_(changed.embeddings.word_embeddings.weight)
    unchanged = tiny_models.bert(recipe)
    assert not unchanged.training
    assert unchanged.embeddings.word_embeddings.weight.abs().sum() > 0


def test_creating_a_model_does_not_change_the_learners_random_numbers() -> None:
    import torch

    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    tiny_models.bert(ModelRecipe(60, 40, 1, 2, seed=987))
    assert torch.equal(torch.rand(3), expected)


def test_evidence_is_unchanged_after_json_round_trip() -> None:
    found = called(lambda index, mark: index)
    assert Evidence.from_json(found.to_json()) == found


def test_output_of_logging_last_resort_is_captured_without_changing_it() -> None:
    """Libraries add it to their loggers; its stream cannot be set, because it looks up sys.stderr each time."""
    logger = logging.getLogger("a library with the last resort")
    assert isinstance(logging.lastResort, logging.StreamHandler)
    handler = type(logging.lastResort)(logging.WARNING)
    logger.addHandler(handler)
    try:
        with captured() as noise:
            logger.warning("mind the gap")
            assert "mind the gap" in noise.take()
        assert handler.stream is sys.stderr
    finally:
        logger.removeHandler(handler)


def test_tokenizer_imported_by_the_learners_code_is_detected() -> None:
    program = """if True:
        import sys
        from autograde.runner.answers.calling import evidence

        def answer(index, mark):
            from transformers import BertTokenizer
            tokenizer = BertTokenizer(vocab={"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "a": 5})
            return tokenizer("a", "a")["token_type_ids"]

        assert "transformers" not in sys.modules
        cases = [{"name": str(place), "arguments": [{"list": [1, 2]}, 2]} for place in range(2)]
        print([sorted(reply.effects) for reply in evidence(answer, cases, 60).replies])
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str([[CALLED_TOKENIZER]] * 2)
