"""Describe observations and differences in words: kinds of values, shapes, and the token of the first difference."""

from __future__ import annotations

import re

from autograde.judge.cases import Case
from autograde.judge.comparison import Difference, Kind
from autograde.judge.evidence import (
    CALLED_TOKENIZER,
    CHANGED_ARGUMENTS,
    FROZE_MODEL,
    LEFT_GRADIENTS_OFF,
    LEFT_TRAINING,
    RECORDED_GRADIENTS,
)
from autograde.judge.messages import Message, _, masked, verbatim
from autograde.judge.observation import Mapping, Observation, Other, Raised, Sequence, Tensor
from autograde.judge.question import Question
from autograde.judge.verdict import Row

#: Exception names that the learner's side reports without a Python exception. A call took too long.
TIME_LIMIT = "TimeLimit"
NOT_CALLED = "NotCalled"
#: The function ended the process that it ran in; the message is the exit code.
ENDED = "ProcessEnded"

#: The effects of a call, each as a clause.
EFFECTS = {
    CALLED_TOKENIZER: _("your function called a tokenizer; here you write the rule yourself"),
    CHANGED_ARGUMENTS: _("your function changed a list, tensor, model or tokenizer that it got"),
    LEFT_TRAINING: _("your function left the model in training mode"),
    RECORDED_GRADIENTS: _("the model ran outside torch.no_grad()"),
    FROZE_MODEL: _("your function switched requires_grad off for the model's own parameters"),
    LEFT_GRADIENTS_OFF: _("gradient tracking is still off after the call"),
}

#: The exception of a notebook's stop button.
INTERRUPTED = "KeyboardInterrupt"

_LONGEST = 80

#: Escape sequences of a terminal, including one that is cut off at the end of a text.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*(?:[@-~]|$)|\][^\x07\x1b]*(?:\x07|\x1b\\|$)|[@-Z\\^_]|$)")

#: Control characters except tabs and line ends, and marks that change the writing direction.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """Return the text without escape sequences and control characters, and with access tokens masked."""
    return masked(_CONTROLS.sub("", _ESCAPES.sub("", text)))


def shorten(text: str, longest: int = _LONGEST) -> str:
    """Return the visible text in one line of at most ``longest`` characters."""
    line = " ".join(visible(text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def quoted(text: str, longest: int = _LONGEST) -> str:
    """Return the visible text with all its spaces and with line ends as ``\\n``, at most ``longest`` characters."""
    line = visible(text).replace("\n", "\\n").replace("\t", "\\t")
    return line if len(line) <= longest else line[: longest - 1] + "…"


def shape_text(shape: tuple[int, ...]) -> str:
    """Return a shape in PyTorch's notation, ``[1, 12]``."""
    return str(list(shape))


def describe(observation: Observation) -> Message:
    """Describe an observation as a noun with its article: ``a list of length 12``."""
    match observation:
        case None:
            return _("nothing (None)")
        case bool():
            return _("the truth value {value}", value=str(observation))
        case int():
            return _("the whole number {value}", value=observation)
        case float():
            return _("the decimal number {value}", value=str(observation))
        case str():
            return _("the text '{value}'", value=quoted(observation))
        case Sequence("list", items):
            return _("a list of length {length}", length=len(items))
        case Sequence(_kind, items):
            return _("a tuple of length {length}", length=len(items))
        case Mapping(items):
            return _("a dictionary with the keys {keys}", keys=shorten(", ".join(name for name, _value in items)))
        case Tensor("numpy", dtype, shape):
            return _("a NumPy array of shape {shape} ({dtype})", shape=shape_text(shape), dtype=dtype)
        case Tensor(_library, dtype, shape):
            return _("a tensor of shape {shape} ({dtype})", shape=shape_text(shape), dtype=dtype)
        case Raised(name):
            return _("the exception {name}", name=shorten(name))
        case Other(name, ""):
            return _("an object of the type {name}", name=shorten(name))
        case Other(name, reason):
            return _("an object of the type {name} ({reason})", name=shorten(name), reason=shorten(reason))
    raise AssertionError(f"not an observation: {observation!r}")


def plain(observation: Observation) -> str:
    """Return a short form of a value as in code, for tables."""
    match observation:
        case float():
            # Keep the ".0" of 1.0, because 1 is a different answer.
            short = f"{observation:.4g}"
            return short if not short.lstrip("-").isdecimal() else f"{short}.0"
        case None | bool() | int():
            return str(observation)
        case str():
            return repr(shorten(observation, 20))
        case Sequence(kind, items) if len(items) <= 4:
            inner = ", ".join(plain(item) for item in items)
            return f"[{inner}]" if kind == "list" else f"({inner})"
        case Sequence(kind, items):
            return f"{kind} ({len(items)})"
        case Tensor(_library, dtype, shape):
            return f"{dtype} {shape_text(shape)}"
        case Mapping():
            return "dict"
        case Raised(name) | Other(name):
            return shorten(name, 20)
    raise AssertionError(f"not an observation: {observation!r}")


def code(observation: Observation) -> str:
    """Return numbers, strings, lists and tuples in full, as Python writes them."""
    if not isinstance(observation, Sequence):
        return str(observation) if isinstance(observation, float) else repr(observation)
    inner = ", ".join(map(code, observation.items))
    if observation.kind == "list":
        return f"[{inner}]"
    return f"({inner},)" if len(observation.items) == 1 else f"({inner})"


def call(function: str, *arguments: Observation | str) -> str:
    """Return the call of a function as Python source; names are not quoted."""
    return f"{function}({', '.join(each if isinstance(each, str) else code(each) for each in arguments)})"


def in_full(got: Observation) -> Message:
    """Describe the returned value, completely if it is small."""
    match got:
        case Raised():
            return raised(got)
        case Mapping(items) if items:
            return joined([_("{place}: {text}", place=name, text=in_full(value)) for name, value in items])
        case Sequence(_kind, items) if any(isinstance(item, Tensor | Sequence) for item in items) and len(items) <= 4:
            return joined([in_full(item) for item in items])
        case Sequence() if len(text := code(got)) <= _LONGEST:
            return verbatim(text)
        case Tensor(data=bytes()) if len(text := str(got.array().tolist())) <= _LONGEST:
            return _("{what}: {values}", what=describe(got), values=text)
    return describe(got)


def joined(messages: list[Message]) -> Message:
    """Join messages with semicolons."""
    row = messages[0]
    for message in messages[1:]:
        row = _("{first}; {then}", first=row, then=message)
    return row


def in_a_row(got: Observation) -> tuple[str, ...]:
    """Return the values of a flat list or tuple as text; ``()`` for anything else."""
    if not isinstance(got, Sequence) or any(isinstance(item, Sequence | Tensor | Mapping) for item in got.items):
        return ()
    return tuple(map(plain, got.items))


def explain(question: Question, case: Case, difference: Difference) -> Message:
    """Describe the first difference in one clause, with its token if it has one."""
    if question.presentation.words is not None and difference.kind not in (Kind.RAISED, Kind.EFFECT):
        return question.presentation.words(case, difference)
    place = _place(question, difference)
    expected, got = difference.expected, difference.got
    if difference.kind is Kind.RAISED and isinstance(got, Raised):
        return raised(got)
    match difference.kind:
        case Kind.LENGTH if question.presentation.parts and not difference.path and got == 1:
            text = _("expected {expected}, but got only one value", expected=question.teaching.expectation)
        case Kind.LENGTH if question.presentation.parts and not difference.path:
            text = _(
                "expected {expected}, but got {got} values",
                expected=question.teaching.expectation,
                got=_number(got),
            )
        case Kind.LENGTH:
            text = _("expected {expected} values, got {got}", expected=_number(expected), got=_number(got))
        case Kind.SHAPE:
            text = _("expected the shape {expected}, got {got}", expected=_as_shape(expected), got=_as_shape(got))
        case Kind.DTYPE:
            assert isinstance(expected, Tensor)
            assert isinstance(got, Tensor)
            text = _("expected the dtype {expected}, got {got}", expected=expected.dtype, got=got.dtype)
        case Kind.GRADIENT:
            text = _("the result still carries a gradient (requires_grad is True)")
        case Kind.SIZE:
            text = _("the tensor is too large to compare")
        case Kind.EFFECT:
            text = EFFECTS[str(got)]
        case Kind.VALUE if (
            type(expected) is type(got) and (position := _position(question, case, difference)) is not None
        ):
            text = _value(case, position, plain(expected), plain(got))
        case _ if (position := _position(question, case, difference)) is not None:
            text = _value(case, position, describe(expected), describe(got))
        case _ if not difference.path:
            text = _("expected {expected}, got {got}", expected=question.teaching.expectation, got=describe(got))
        case Kind.VALUE:
            text = _("expected {expected}, got {got}", expected=plain(expected), got=plain(got))
        case _:
            text = _("expected {expected}, got {got}", expected=describe(expected), got=describe(got))
    return _("{place}: {text}", place=place, text=text) if place else text


def rows(
    question: Question, case: Case, difference: Difference, expected: Observation, got: Observation
) -> tuple[Row, ...]:
    """Return the answer next to its tokens, up to and including the first difference."""
    position = _position(question, case, difference)
    if position is None:
        return ()
    wanted, found = _aligned(expected, difference), _aligned(got, difference)
    if wanted is None or found is None or len(wanted) != len(case.tokens):
        return ()
    return tuple(
        Row(place, case.tokens[place], wanted[place], found[place] if place < len(found) else "")
        for place in range(position + 1)
    )


def _as_shape(observation: Observation) -> str | Message:
    """Return a tensor's shape, or an answer that should be a shape: numbers unchanged, anything else described."""
    match observation:
        case Tensor(shape=shape):
            return shape_text(shape)
        case Sequence(_kind, items) if len(items) < 8 and all(
            item is None or type(item) in (int, float, str, bool) for item in items
        ):
            return f"[{', '.join(map(plain, items))}]"
    return describe(observation)


def raised(got: Raised) -> Message:
    """Describe an exception in one clause: its name, its message, and the learner's line."""
    if got.type == NOT_CALLED:
        return _("this case was not tried, because an earlier one never finished")
    what = _what_was_raised(got)
    if got.line and got.type in (TIME_LIMIT, INTERRUPTED):
        return _("{what}; it was running the line `{line}`", what=what, line=shorten(got.line, 100))
    if got.line:
        return _("{what}, in the line `{line}`", what=what, line=shorten(got.line, 100))
    return what


def _what_was_raised(got: Raised) -> Message:
    if got.type == TIME_LIMIT:
        return _("your function did not finish within {seconds} seconds", seconds=shorten(got.message, 10))
    if got.type == ENDED:
        return _("your function ended the Python process (exit code {code})", code=shorten(got.message, 10))
    if got.type == INTERRUPTED:
        return _("your function was interrupted before it finished")
    if not visible(got.message).strip():
        return _("your function raised {name}", name=shorten(got.type))
    return _("your function raised {name}: {message}", name=shorten(got.type), message=shorten(got.message, 160))


def _place(question: Question, difference: Difference) -> str:
    """Return the name of the part of the answer with the difference; ``""`` for an answer without parts."""
    if not difference.path:
        return ""
    first = difference.path[0]
    if isinstance(first, str):
        return first
    return question.presentation.parts[first] if first < len(question.presentation.parts) else ""


def _position(question: Question, case: Case, difference: Difference) -> int | None:
    """Return the position of the difference among the case's tokens; None if it has none."""
    if difference.kind not in (Kind.VALUE, Kind.TYPE) or not case.tokens:
        return None
    if difference.index:
        position: int | str = difference.index[min(1, len(difference.index) - 1)]
    elif difference.path:
        position = difference.path[-1]
    else:
        return None
    # If an answer has several parts, the first step of the path selects a part and is not a position.
    if not difference.index and question.presentation.parts and len(difference.path) < 2:
        return None
    return position if isinstance(position, int) and position < len(case.tokens) else None


def _value(case: Case, position: int, expected: str | Message, got: str | Message) -> Message:
    return _(
        "position {position}, token {token}: expected {expected}, got {got}",
        position=position,
        token=case.tokens[position],
        expected=expected,
        got=got,
    )


def _number(value: Observation) -> int:
    assert isinstance(value, int)
    return value


def _aligned(answer: Observation, difference: Difference) -> list[str] | None:
    """Return the value at each position of the answer, or of the part that differs; None if they are not flat."""
    for step in difference.path if difference.index else difference.path[:-1]:
        if isinstance(answer, Sequence) and isinstance(step, int) and step < len(answer.items):
            answer = answer.items[step]
        elif isinstance(answer, Mapping) and isinstance(step, str):
            answer = answer.get(step)
    if isinstance(answer, Sequence):
        return [plain(item) for item in answer.items]
    if isinstance(answer, Tensor) and answer.data is not None and len(answer.shape) == 2 and answer.shape[0] == 1:
        return [plain(value) for value in answer.array()[0].tolist()]
    return None
