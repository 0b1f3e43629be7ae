"""The suggested next step fits the mistake and the question."""

from __future__ import annotations

import pytest

from autograde.judge import Question
from autograde.judge.advice import advice
from autograde.judge.comparison import Difference, Kind
from autograde.judge.describing import explain
from autograde.judge.evidence import (
    CALLED_TOKENIZER,
    CHANGED_ARGUMENTS,
    FROZE_MODEL,
    LEFT_GRADIENTS_OFF,
    LEFT_TRAINING,
    RECORDED_GRADIENTS,
    Reply,
)
from autograde.judge.observation import Observation, Raised, Tensor, listed, tensor, tupled
from autograde.judge.scoring import first_of_reply
from autograde.questions import assignments, question

ENCODE_PAIR, SEGMENT_IDS = question("2.6", "encode_pair"), question("2.6", "segment_ids")
QUESTIONS = [each for questions in assignments().values() for each in questions]


def step(kind: Kind, got: Observation, path: tuple[int | str, ...] = (0,), asked: Question = SEGMENT_IDS) -> str:
    expected = tensor([1], "int64")
    return advice(asked, asked.visible[0], Difference(kind, path, expected, got)).in_language("en")


@pytest.mark.parametrize(
    ("kind", "got", "text"),
    [
        (Kind.RAISED, Raised("ValueError", "no", "index.index(7)"), "Look at the line"),
        (Kind.RAISED, Raised("ValueError", "no"), "The last line of Python's error message"),
        (Kind.RAISED, Raised("TimeLimit", "5", "while True:"), "a loop that never ends"),
        (Kind.RAISED, Raised("KeyboardInterrupt"), "Run the check once more"),
        (
            Kind.RAISED,
            Raised("TypeError", "segment_ids() takes 0 positional arguments but 2 were given"),
            "with 2 values",
        ),
        (
            Kind.RAISED,
            Raised("TypeError", "segment_ids() missing 1 required positional argument: 'c'"),
            "with 2 values",
        ),
        (Kind.RAISED, Raised("TypeError", "<lambda>() takes 1 positional argument but 2 were given"), "with 2 values"),
        # Another function was called with wrong arguments.
        (Kind.RAISED, Raised("TypeError", "tensor() takes 1 positional argument but 2 were given"), "The last line of"),
        (Kind.RAISED, Raised("TypeError", "takes 1 positional argument", "f(1, 2)"), "Look at the line"),
        (Kind.RAISED, Raised("NameError", "name 'clone' is not defined", "f(clone)"), "`clone` has no value here"),
        (Kind.RAISED, Raised("NameError", "no such name", "f(clone)"), "Look at the line"),
        (Kind.EFFECT, CALLED_TOKENIZER, "no tokenizer"),
        (Kind.EFFECT, CHANGED_ARGUMENTS, "Only read the arguments"),
        (Kind.EFFECT, LEFT_TRAINING, "Remove model.train()"),
        (Kind.EFFECT, RECORDED_GRADIENTS, "torch.no_grad()"),
        (Kind.EFFECT, LEFT_GRADIENTS_OFF, "which ends with the call"),
        (Kind.EFFECT, FROZE_MODEL, "Leave the model's parameters as they are"),
        (Kind.TYPE, 3, "Return a list of whole numbers."),
        (Kind.LENGTH, 3, "Print the length"),
        (Kind.SHAPE, tensor([[1]], "int64"), "What does each of its numbers count?"),
        (Kind.DTYPE, tensor([1], "float32"), "Return a tensor of dtype int64"),
        (Kind.GRADIENT, True, "torch.no_grad()"),
        (Kind.SIZE, Tensor("torch", "int64", (1 << 30,), None), "that large"),
        (Kind.VALUE, 3, "by hand"),
    ],
)
def test_each_kind_of_difference_has_its_own_next_step(kind: Kind, got: Observation, text: str) -> None:
    assert text in step(kind, got)


def test_next_step_for_a_wrong_type_says_what_to_return() -> None:
    assert step(Kind.TYPE, 3, ()) == "Return a list of whole numbers."
    for kind in (Kind.TYPE, Kind.LENGTH):
        assert step(kind, 3, (), ENCODE_PAIR) == "Return a list of ids and the id of the separator."


def test_next_step_for_a_list_of_wrong_length_is_about_its_length() -> None:
    assert step(Kind.LENGTH, 3, ()).startswith("Print the length of the list that you return")


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.id)
def test_working_by_hand_is_advised_only_for_questions_with_smaller_cases(asked: Question) -> None:
    text = step(Kind.VALUE, 1, (0,), asked)
    assert ("by hand" in text) <= bool(asked.smaller)
    assert "sentence" not in text


@pytest.mark.parametrize(
    ("got", "sentence"),
    [
        ((listed(1, 12, 768), listed(1, 48)), "last_hidden_state: expected the shape [1, 12, 48], got [1, 12, 768]"),
        ((listed(12, 48), listed(1, 48)), "last_hidden_state: expected the shape [1, 12, 48], got [12, 48]"),
        ((13, listed(1, 48)), "last_hidden_state: expected the shape [1, 12, 48], got the whole number 13"),
        ((listed(1, 12, 48), None), "pooler_output: expected the shape [1, 48], got nothing (None)"),
        ((listed(1, "12", 48), listed(1, 48)), "last_hidden_state: expected the shape [1, 12, 48], got [1, '12', 48]"),
        ((tensor([[1.0]], "float32"), listed(1, 48)), "expected the shape [1, 12, 48], got [1, 1]"),
        ((listed(1, 12, 48),), "expected two shapes, but got only one value"),
    ],
)
def test_shapes_are_compared_as_a_whole_and_other_values_by_kind(got: tuple[Observation, ...], sentence: str) -> None:

    asked = question("2.6", "output_shapes")
    case = asked.visible[0]
    difference = first_of_reply(asked, case, asked.oracle(case), Reply(tupled(*got)))
    assert difference is not None
    assert sentence in explain(asked, case, difference).in_language("en")
