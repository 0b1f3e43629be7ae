"""The learner's half of a check: call the function on each case and record the result.

Nothing here knows the right answers. Requests and evidence are JSON, so that a sandbox can separate the two halves.
"""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Callable, Sequence
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE
from types import FunctionType, TracebackType
from typing import Any

from autograde.judge.describing import TIME_LIMIT
from autograde.judge.observation import Observation, Raised, Tensor, from_json
from autograde.judge.observation import Sequence as ObservedSequence
from autograde.judge.question import GAVE_AWAY, LONGEST_NOISE, AnswerKind, Evidence, Reply
from autograde.runner.answers.capturing import captured
from autograde.runner.answers.effects import TOKENIZERS, watched_effects
from autograde.runner.answers.error_messages import plain_message
from autograde.runner.answers.library_state import standard_state
from autograde.runner.answers.observing import clean_text, observe, type_name
from autograde.runner.answers.restoring import snapshot
from autograde.runner.answers.time_limit import OutOfTime, time_limit

#: Wall time of one call, in seconds.
SECONDS = 5.0

#: Wall time to format an exception's message, in seconds.
_SECONDS_OF_MESSAGE = 1.0

_TRACEBACK: Callable[[BaseException], TracebackType | None] = vars(BaseException)["__traceback__"].__get__

#: Functions that turn an argument of a case into a live object.
Maker = Callable[[Observation], Any]


def _plain(observation: Observation) -> Any:
    """Return numbers, texts and lists unchanged, a tensor as a torch tensor; new objects each time."""
    if isinstance(observation, ObservedSequence):
        return [_plain(item) for item in observation.items]
    if isinstance(observation, Tensor):
        from autograde.runner.answers.tiny_models import torch_tensor

        return torch_tensor(observation)
    return observation


def _model(observation: Observation) -> Any:
    from autograde.judge.tiny import ModelRecipe
    from autograde.runner.answers.tiny_models import bert

    return bert(ModelRecipe.read(observation))


def _tokenizer(observation: Observation) -> Any:
    from autograde.judge.tiny import Vocabulary
    from autograde.runner.answers.tiny_models import tokenizer

    return tokenizer(Vocabulary.read(observation))


#: Functions that make the first argument of a call, by the kind in its request.
FIRST_ARGUMENT: dict[str, Maker] = {"value": _plain, "tokenizer": _tokenizer, "model": _model}


def evidence(
    answer: object,
    requests: Sequence[dict[str, Any]],
    seconds: float = SECONDS,
    send: Callable[[Reply], object] = lambda _reply: None,
) -> Evidence:
    """Run the answer on every requested case.

    Args:
        answer: the learner's answer; None or ``...`` if there is none yet.
        requests: the cases, from :meth:`autograde.judge.question.Question.requests`.
        seconds: wall time of one call.
        send: called with each reply of a function as soon as it is known.

    Returns:
        Evidence; an exception is a reply too. After a call that exceeded its time limit, no other is made.
    """
    if answer is None or answer is ...:
        return Evidence("missing", type_name(answer))
    if issubclass(type(answer), (dict, str)):
        return _value(answer, requests)
    if not callable(answer) or issubclass(type(answer), type):
        return Evidence("other", type_name(answer))
    if asynchronous(answer):
        return Evidence("asynchronous", type_name(answer))
    replies: list[Reply] = []
    for request in requests:
        watched = TOKENIZERS in sys.modules
        reply = called(answer, arguments_of(request), seconds)
        if not watched and TOKENIZERS in sys.modules:
            # The learner's own code imported transformers: nobody could watch its tokenizers in this first call.
            reply = called(answer, arguments_of(request), seconds)
        replies.append(reply)
        send(reply)
        if isinstance(replies[-1].value, Raised) and replies[-1].value.type in (TIME_LIMIT, "KeyboardInterrupt"):
            break
    return Evidence("function", type_name(answer), tuple(replies))


def asynchronous(answer: object) -> bool:
    """Return whether the answer is an ``async def`` function: calling it only returns a coroutine."""
    return type(answer) is FunctionType and bool(answer.__code__.co_flags & (CO_COROUTINE | CO_ASYNC_GENERATOR))


def arguments_of(request: dict[str, Any]) -> list[Any]:
    """Return the live arguments of one call, new objects each time."""
    made = [from_json(argument) for argument in request["arguments"]]
    first = FIRST_ARGUMENT[request.get("first", "value")]
    with captured(), standard_state():
        # Libraries may print something while a model is made; it is not part of the answer's output.
        return [first(made[0]), *map(_plain, made[1:])]


def _value(answer: Any, requests: Sequence[dict[str, Any]]) -> Evidence:
    """Return the value of a text answer, or the entry of a dictionary that each case's first argument names."""
    if untouched(answer):
        return Evidence("untouched", type_name(answer))
    if issubclass(type(answer), str):
        return Evidence(AnswerKind.TEXT, type_name(answer), (Reply(observe(answer)),) * len(requests))
    # The dictionary's own entries, whatever its class says of them; a key of a learner's own class is no name.
    entries = {key: value for key, value in dict.items(answer) if type(key) is str}
    replies = []
    for request in requests:
        name = request["arguments"][0] if request["arguments"] else None
        value = entries.get(name) if type(name) is str else answer
        replies.append(Reply(None if is_empty(value) else observe(value)))
    return Evidence(AnswerKind.ENTRIES, type_name(answer), tuple(replies))


def untouched(answer: object) -> bool:
    """Return whether a value is still unedited: all entries empty, or a text of only blank lines and comments."""
    kind = type(answer)
    if issubclass(kind, dict):
        return all(map(is_empty, dict.values(answer)))  # type: ignore[arg-type]
    if issubclass(kind, str):
        lines = str.splitlines(answer)  # type: ignore[arg-type]
        return all(not line.strip() or line.strip().startswith("#") for line in lines)
    return is_empty(answer)


def is_empty(value: object) -> bool:
    """Return whether nothing is filled in yet: None, ``...``, or a blank text."""
    return value is None or value is ... or (issubclass(type(value), str) and not str.strip(value))  # type: ignore[arg-type]


def called(
    answer: Callable[..., object],
    arguments: list[Any],
    seconds: float,
    notice: Callable[[object], object] = lambda _result: None,
    secrets: Sequence[str] = (),
) -> Reply:
    """Call the answer once; return its value or exception, and what it printed.

    ``notice`` is called with the result while the environment is still as the answer left it. The output is searched
    for ``secrets``.
    """
    process = os.getpid()
    value: Observation
    with captured(secrets) as noise, standard_state(), watched_effects(arguments) as effects:
        restore = snapshot()
        try:
            with time_limit(seconds):
                try:
                    result = answer(*arguments)
                    notice(result)
                finally:
                    restore()
                value = observe(result)
        except OutOfTime as error:
            # The end of the time may have come in the middle of it.
            restore()
            value = Raised(TIME_LIMIT, f"{seconds:g}", _own_line(error, answer))
        except BaseException as error:
            value = _raised(error, answer)
        finally:
            if os.getpid() != process:
                # The answer has forked: the copy of this process must not go on to hand in evidence of its own.
                os._exit(0)
    if noise.told:
        effects.add(GAVE_AWAY)
    return Reply(value, frozenset(effects), clean_text(noise.take(), LONGEST_NOISE))


def _raised(error: BaseException, answer: object) -> Raised:
    """Return the exception, with the deepest line of the learner's own code."""
    try:
        # An id of the Hub's for one request tells a learner nothing.
        with time_limit(_SECONDS_OF_MESSAGE):
            message = clean_text(plain_message(str(error)), 500)
    except BaseException:
        message = ""
    return Raised(type_name(error), message, _own_line(error, answer))


def _own_line(error: BaseException, answer: object) -> str:
    """Return the deepest line of the learner's own code in the traceback; ``""`` if it is unknown."""
    line = ""
    own = answer.__code__.co_filename if type(answer) is FunctionType else None
    # The exception's class may be the learner's own, and say anything of itself.
    trace = _TRACEBACK(error)
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == own:
            line = linecache.getline(str(own), trace.tb_lineno).strip()
        trace = trace.tb_next
    return clean_text(line, 200)
