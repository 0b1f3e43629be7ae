"""Advice on a difference that no known misconception explains."""

from __future__ import annotations

import re

from autograde.judge.cases import Case
from autograde.judge.common_misconceptions import LEAVE_ARGUMENTS
from autograde.judge.comparison import Difference, Kind
from autograde.judge.describing import ENDED, INTERRUPTED, TIME_LIMIT
from autograde.judge.evidence import (
    CALLED_TOKENIZER,
    CHANGED_ARGUMENTS,
    FROZE_MODEL,
    LEFT_GRADIENTS_OFF,
    LEFT_TRAINING,
    RECORDED_GRADIENTS,
    AnswerKind,
)
from autograde.judge.messages import Message, _
from autograde.judge.observation import Observation, Raised, Sequence, Tensor
from autograde.judge.question import Question

#: Python's messages for a call of the learner's function with arguments that do not match its parameters.
_PARAMETERS = r"(?:{function}|<lambda>|__call__)\(\) .*positional argument"

#: Python's message for a name without a value.
_UNDEFINED = re.compile(r"name '(\w+)' is not defined")

_EFFECTS = {
    CALLED_TOKENIZER: _("Use only the values that the function gets, and no tokenizer."),
    CHANGED_ARGUMENTS: LEAVE_ARGUMENTS,
    LEFT_TRAINING: _("Remove model.train()."),
    RECORDED_GRADIENTS: _("Put the call inside `with torch.no_grad():`"),
    LEFT_GRADIENTS_OFF: _("Put the call inside `with torch.no_grad():`, which ends with the call."),
    FROZE_MODEL: _("Leave the model's parameters as they are, and put the call inside `with torch.no_grad():`"),
}


def advice(question: Question, case: Case, difference: Difference) -> Message:
    """Return what to do about a difference, in one or two sentences.

    Args:
        question: the question.
        case: the case with the difference.
        difference: the difference.
    """
    got = difference.got
    if question.kind is AnswerKind.ENTRIES and question.teaching.advice is not None:
        return question.teaching.advice
    match difference.kind:
        case Kind.RAISED if isinstance(got, Raised):
            return _after_exception(question, case, got)
        case Kind.EFFECT:
            return _EFFECTS[str(got)]
        case Kind.VALUE | Kind.TYPE | Kind.LENGTH if (own := question.teaching.advice_on(difference)) is not None:
            return own
        case Kind.TYPE:
            return _("Return {expected}.", expected=question.teaching.expectation)
        case Kind.LENGTH if not difference.path and question.presentation.parts:
            return _("Return {expected}.", expected=question.teaching.expectation)
        case Kind.LENGTH:
            return _(
                "Print the length of the list that you return, and the length of the list that the function gets. "
                "Compare the two."
            )
        case Kind.SHAPE if not _is_shape(got):
            return _("Return a shape: a tuple of whole numbers, one for each axis.")
        case Kind.SHAPE:
            return _("Print the shape. What does each of its numbers count?")
        case Kind.DTYPE:
            assert isinstance(difference.expected, Tensor)
            return _(
                "Return a tensor of dtype {dtype}. Print the dtype of the tensor that you return now.",
                dtype=difference.expected.dtype,
            )
        case Kind.GRADIENT:
            return _("Put the call inside `with torch.no_grad():`")
        case Kind.SIZE:
            return _("Return only what the task asks for: nothing in it is that large.")
    return question.teaching.advice or _(
        "Call the function yourself with the example, and compare the result with what you expect."
    )


def _is_shape(got: Observation) -> bool:
    """Return whether ``got`` is a tensor, or a list or tuple of whole numbers."""
    return isinstance(got, Tensor) or (isinstance(got, Sequence) and all(type(item) is int for item in got.items))


def _after_exception(question: Question, case: Case, got: Raised) -> Message:
    if got.type == TIME_LIMIT:
        return _(
            "Look for a loop that never ends. If there is none, find out what the function waits for: an input, a "
            "pause, or a download."
        )
    if got.type == ENDED:
        return _("Remove the call that ends Python, such as os._exit() or os.kill(). A function ends with return.")
    if got.type == INTERRUPTED:
        return _("Run the check once more, and wait until it ends.")
    if (
        not got.line
        and got.type == "TypeError"
        and re.search(_PARAMETERS.format(function=question.function), got.message)
    ):
        return _(
            "Keep the parameters that {function} had at first: the check calls it with {count} values.",
            function=question.function,
            count=len(case.arguments),
        )
    if not got.line:
        return _(
            "Call the function yourself with the example. The last line of Python's error message names the mistake."
        )
    if got.type == "NameError" and (undefined := _UNDEFINED.match(got.message)):
        return _(
            "`{name}` has no value here. If it is from the lesson's code, write the function's own parameter in its "
            "place. If it is the name of a library, import it.",
            name=undefined[1],
        )
    return _("Look at the line that raised the exception, and call the function yourself with the example.")
