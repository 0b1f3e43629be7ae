"""Call the learner's function on each case and record the result.

This module has no access to right answers. Requests and evidence are JSON, so that a sandbox can separate the sides.
"""

from __future__ import annotations

import contextlib
import linecache
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE
from types import FunctionType, TracebackType
from typing import Any

from autograde.errors import MalformedEvidence
from autograde.judge.describing import ENDED, INTERRUPTED, TIME_LIMIT
from autograde.judge.evidence import LONGEST_NOISE, PRINTED_TOKEN, AnswerKind, Evidence, Reply
from autograde.judge.observation import Observation, Raised, dumps, loads
from autograde.runner.answers.arguments import arguments_of, import_for_arguments
from autograde.runner.answers.channel import Channel, SetupFailed
from autograde.runner.answers.effects import TOKENIZERS, watched_effects
from autograde.runner.answers.error_messages import plain_message
from autograde.runner.answers.library_state import start_in_standard_state
from autograde.runner.answers.observing import clean_text, observe, type_name
from autograde.runner.answers.output import captured
from autograde.runner.answers.process_copy import (
    End,
    Limit,
    Report,
    WorkOutcome,
    can_copy,
    run_apart,
)
from autograde.runner.answers.slow_imports import import_again, import_for

#: Wall time of one call, in seconds.
SECONDS = 5.0

_TRACEBACK: Callable[[BaseException], TracebackType | None] = vars(BaseException)["__traceback__"].__get__


def evidence(answer: Any, requests: Sequence[dict[str, Any]], seconds: float = SECONDS) -> Evidence:
    """Run the answer on every requested case.

    A function is called for one case after another in a single copy of this process.

    Args:
        answer: the learner's answer; None or ``...`` if there is none yet.
        requests: the cases, from :meth:`autograde.judge.question.Question.requests`.
        seconds: wall time of one call.

    Returns:
        The evidence. An exception is a reply, too. After a call that did not return, no further calls are made.

    Raises:
        SetupFailed: the arguments could not be built, because a library is missing or broken.
    """
    found = without_calls(answer, requests)
    if found is None:
        found = Evidence("function", type_name(answer), tuple(_replies(answer, requests, seconds)))
    return found


def without_calls(answer: object, requests: Sequence[dict[str, Any]]) -> Evidence | None:
    """Return the evidence of an answer that is not called, such as a text; None for a function."""
    if answer is None or answer is ...:
        return Evidence("missing", type_name(answer))
    if issubclass(type(answer), (dict, str)):
        return _value(answer, requests)
    if not callable(answer) or issubclass(type(answer), type):
        return Evidence("other", type_name(answer))
    if _asynchronous(answer):
        return Evidence("asynchronous", type_name(answer))
    return None


def _replies(answer: Callable[..., object], requests: Sequence[dict[str, Any]], seconds: float) -> list[Reply]:
    if not requests:
        return []
    import_before_copying(answer, requests)

    def work(channel: Channel) -> None:
        call_each(answer, requests, channel)

    outcome = run_apart(work, Limit(seconds))
    import_again(outcome.imported)
    replies: list[Reply] = []
    for report in outcome.reports[: len(requests)]:
        try:
            replies.append(reply_of(report))
        except (MalformedEvidence, ValueError):
            # The answer has broken the reporting, for example by replacing ``os.write``.
            return [*replies, Reply(Raised(ENDED, str(outcome.code)))]
    if outcome.end is not End.DONE and len(replies) < len(requests):
        replies.append(unfinished(outcome, answer, f"{seconds:g}"))
    return replies


def import_before_copying(answer: Callable[..., object], requests: Sequence[dict[str, Any]]) -> None:
    """Import everything an answer and its arguments need once, instead of in every copy of this process.

    Raises:
        SetupFailed: a library is missing or broken.
    """
    with setting_up(), captured():
        for request in requests[:1]:
            import_for_arguments(request)
    import_for(answer)


def call_each(answer: Callable[..., object], requests: Sequence[dict[str, Any]], channel: Channel) -> bool:
    """Call the answer on each case in a copy of this process, and report every reply.

    Returns:
        Whether all calls were made; False if one was interrupted.

    Raises:
        SetupFailed: the arguments could not be built.
    """
    with setting_up():
        start_in_copy()
        made = [arguments_of(request) for request in requests]
    channel.start()
    for request, arguments in zip(requests, made, strict=True):
        watch = bool(request.get("watch_tokenizers", True))
        unseen = watch and TOKENIZERS not in sys.modules
        reply = call(answer, arguments, watch_tokenizers=watch)
        if unseen and TOKENIZERS in sys.modules:
            # Call again: the answer itself imported transformers, so its tokenizers were not watched in the first call.
            reply = call(answer, arguments_of(request), watch_tokenizers=True)
        channel.send(dumps(Evidence("function", "", (reply,)).to_json()))
        if isinstance(reply.value, Raised) and reply.value.type == INTERRUPTED:
            return False
    return True


def reply_of(report: Report) -> Reply:
    """Return the reply that :func:`call_each` reported, with the printed output.

    Raises:
        MalformedEvidence: the report is not a reply.
        ValueError: it is not JSON.
    """
    (reply,) = Evidence.from_json(loads(report.text)).replies
    return replace(reply, printed=clean_text(report.printed, LONGEST_NOISE))


@contextlib.contextmanager
def setting_up() -> Iterator[None]:
    """Report an error inside the block as an error of the kit or its libraries, not of the answer."""
    try:
        yield
    except SetupFailed:
        raise
    except Exception as error:
        raise SetupFailed(f"{type(error).__name__}: {error}") from error


def start_in_copy() -> None:
    """Set the libraries to their standard state. Only for a copy of a process, because it is not undone."""
    if can_copy():
        start_in_standard_state()


def unfinished(outcome: WorkOutcome, answer: object, seconds: str) -> Reply:
    """Return the reply for a call that did not return, because it exceeded its time limit or ended its process.

    Args:
        outcome: the outcome of the copy.
        answer: the function.
        seconds: the running time to show.
    """
    raised = {
        End.TIME: Raised(TIME_LIMIT, seconds, _stuck_line(outcome.stack, answer)),
        End.INTERRUPTED: Raised(INTERRUPTED, "", ""),
    }.get(outcome.end, Raised(ENDED, str(outcome.code)))
    effects = frozenset({PRINTED_TOKEN} if outcome.secret_printed else ())
    return Reply(raised, effects, clean_text(outcome.printed, LONGEST_NOISE))


def call(
    answer: Callable[..., object],
    arguments: list[Any],
    notice: Callable[[object], object] = lambda _result: None,
    *,
    watch_tokenizers: bool = True,
) -> Reply:
    """Call the answer once; return its value or exception, and its effects, without printed output.

    Args:
        answer: the learner's function.
        arguments: of the call.
        notice: called with the result.
        watch_tokenizers: whether calls of a tokenizer are one of the effects, which takes a third of a model's time.
    """
    process = os.getpid()
    value: Observation
    start_in_copy()
    with watched_effects(arguments, tokenizers=watch_tokenizers) as effects:
        try:
            result = answer(*arguments)
            notice(result)
            value = observe(result)
        except BaseException as error:
            value = _raised(error, answer)
        finally:
            if os.getpid() != process:
                # This process was forked by the answer and must not report anything.
                os._exit(0)
    return Reply(value, frozenset(effects))


def _asynchronous(answer: object) -> bool:
    """Return whether the answer is an ``async def`` function: calling it only returns a coroutine."""
    return type(answer) is FunctionType and bool(answer.__code__.co_flags & (CO_COROUTINE | CO_ASYNC_GENERATOR))


def _value(answer: Any, requests: Sequence[dict[str, Any]]) -> Evidence:
    """Return the value of a text answer, or the dictionary entries named by each case's first argument."""
    if untouched(answer):
        return Evidence("untouched", type_name(answer))
    if issubclass(type(answer), str):
        return Evidence(AnswerKind.TEXT, type_name(answer), (Reply(observe(answer)),) * len(requests))
    # Use dict's own methods, because a subclass may override them; only plain strings are names.
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


def _raised(error: BaseException, answer: object) -> Raised:
    """Return the exception, with the deepest line of the learner's own code."""
    try:
        message = clean_text(plain_message(str(error)), 500)
    except BaseException:
        message = ""
    return Raised(type_name(error), message, _own_line(error, answer))


def _own_line(error: BaseException, answer: object) -> str:
    """Return the deepest line of the learner's own code in the traceback; ``""`` if it is unknown."""
    line = ""
    own = answer.__code__.co_filename if type(answer) is FunctionType else None
    # The learner may have defined the exception's class and overridden ``__traceback__``.
    trace = _TRACEBACK(error)
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == own:
            line = linecache.getline(str(own), trace.tb_lineno).strip()
        trace = trace.tb_next
    return clean_text(line, 200)


def _stuck_line(stack: str, answer: object) -> str:
    """Return the learner's line in a stack written by faulthandler; ``""`` if there is none."""
    if type(answer) is not FunctionType:
        return ""
    file = re.escape(answer.__code__.co_filename)
    found = re.search(rf'File "{file}", line (\d+) in', stack)
    line = linecache.getline(answer.__code__.co_filename, int(found[1])).strip() if found else ""
    return clean_text(line, 200)
