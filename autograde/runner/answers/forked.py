"""Call a learner's function in a forked copy of this process, which is killed if the function hangs or ends Python.

A loop that swallows every exception cannot be interrupted from inside, and neither can a loop in C, such as
``sum(range(2 * 10**9))``. The copy (``os.fork``) has the notebook's complete state and takes milliseconds to create.
"""

from __future__ import annotations

import contextlib
import dis
import faulthandler
import gc
import importlib
import linecache
import os
import re
import select
import signal
import tempfile
import threading
import time
from collections.abc import Sequence
from types import CodeType, FunctionType
from typing import IO, Any

from autograde import settings
from autograde.judge.describing import ENDED, TIME_LIMIT
from autograde.judge.observation import Raised, dumps, loads
from autograde.judge.question import Evidence, Reply
from autograde.runner.answers.calling import SECONDS, arguments_of, asynchronous, evidence
from autograde.runner.answers.capturing import captured, ipython_shell
from autograde.runner.answers.observing import clean_text, type_name

#: Libraries whose import takes seconds.
_SLOW = frozenset({"torch", "transformers"})

#: How much longer than its own limit a call may take before the copy is killed, in seconds.
_GRACE = 1.5


def evidence_apart(answer: object, requests: Sequence[dict[str, Any]], seconds: float = SECONDS) -> Evidence:
    """Run the answer on every requested case in a copy of this process.

    See :func:`~autograde.runner.answers.calling.evidence`. If forking is impossible (on Windows, or outside the main
    thread), it runs in this process.
    """
    called = callable(answer) and not issubclass(type(answer), (type, dict, str)) and not asynchronous(answer)
    if not called or not hasattr(os, "fork") or threading.current_thread() is not threading.main_thread():
        return evidence(answer, requests, seconds)
    # Import libraries once here, instead of in every copy.
    for request in requests[:1]:
        arguments_of(request)
    _import_for(answer)
    with tempfile.TemporaryFile() as stack:
        replies, end = _replies(answer, requests, seconds, stack)
        if end is not None:
            stack.seek(0)
            replies.append(Reply(_as_reply(end, seconds, _stuck_line(stack.read(), answer))))
    return Evidence("function", type_name(answer), tuple(replies[: len(requests)]))


def _import_for(answer: object) -> None:
    """Import the slow libraries that the function uses, so that not every copy has to import them."""
    codes = [answer.__code__] if type(answer) is FunctionType else []
    while codes:
        code = codes.pop()
        codes.extend(each for each in code.co_consts if isinstance(each, CodeType))
        module: object = None
        for step in dis.get_instructions(code):
            if step.opname == "IMPORT_NAME" and str(step.argval).partition(".")[0] in _SLOW:
                with captured(), contextlib.suppress(Exception):
                    module = importlib.import_module(step.argval)
            elif step.opname == "IMPORT_FROM" and module is not None:
                # transformers imports its parts lazily.
                with captured(), contextlib.suppress(Exception):
                    getattr(module, step.argval)
            elif step.opname == "IMPORT_NAME":
                module = None


def _replies(
    answer: object, requests: Sequence[dict[str, Any]], seconds: float, stack: IO[bytes]
) -> tuple[list[Reply], int | None]:
    """Return the replies of the copy, and how it ended: None (normally), the limit's signal, or its exit code."""
    reading, writing = os.pipe()
    gc.freeze()
    copy = os.fork()
    if copy == 0:
        _be_the_copy(answer, requests, seconds, writing, stack)
    gc.unfreeze()
    os.close(writing)
    try:
        lines, late = _lines(reading, seconds + _GRACE)
    finally:
        os.close(reading)
        # If the check is interrupted, the answer must not keep running.
        with contextlib.suppress(ProcessLookupError):
            os.kill(copy, signal.SIGKILL)
        _copy, status = os.waitpid(copy, 0)
    done = lines[-1:] == ["end"]
    replies = [_reply(line) for line in lines if line != "end"]
    if done or (replies and isinstance(replies[-1].value, Raised) and replies[-1].value.type == TIME_LIMIT):
        return replies, None
    return replies, signal.SIGALRM if late else os.waitstatus_to_exitcode(status)


def _be_the_copy(
    answer: object, requests: Sequence[dict[str, Any]], seconds: float, writing: int, stack: IO[bytes]
) -> None:
    """Run in the copy: call the answer, send each reply as a line, and exit without cleanup."""
    try:
        # Otherwise the tokenizers library warns about the fork on stderr.
        settings.set_environment({**settings.environment(), "TOKENIZERS_PARALLELISM": "false"})
        _send_nothing_to_the_notebook()

        def send(reply: Reply) -> None:
            faulthandler.cancel_dump_traceback_later()
            _write(writing, dumps(Evidence("function", "", (reply,)).to_json()))
            faulthandler.dump_traceback_later(seconds + _GRACE / 2, file=stack.fileno())

        faulthandler.dump_traceback_later(seconds + _GRACE / 2, file=stack.fileno())
        evidence(answer, requests, seconds, send)
        _write(writing, "end")
    finally:
        os._exit(0)


def _send_nothing_to_the_notebook() -> None:
    """Drop the messages of widgets, such as tqdm's bars: the kernel warns about each that a copy tries to send."""
    session = getattr(getattr(ipython_shell(), "kernel", None), "session", None)
    if session is not None:
        session.send = lambda *_arguments, **_named: None


def _write(writing: int, line: str) -> None:
    content = line.encode() + b"\n"
    while content:
        content = content[os.write(writing, content) :]


def _lines(reading: int, patience: float) -> tuple[list[str], bool]:
    """Return the received lines, and whether the next one took longer than ``patience`` seconds."""
    content, deadline = b"", time.monotonic() + patience
    while not content.endswith(b"end\n"):
        ready, _writing, _broken = select.select([reading], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            return content.decode().splitlines(), True
        if not (chunk := os.read(reading, 1 << 16)):
            break
        content += chunk
        if b"\n" in chunk:
            deadline = time.monotonic() + patience
    return content.decode().splitlines(), False


def _reply(line: str) -> Reply:
    return Evidence.from_json(loads(line)).replies[0]


def _as_reply(end: int, seconds: float, line: str) -> Raised:
    if end == signal.SIGALRM:
        return Raised(TIME_LIMIT, f"{seconds:g}", line)
    return Raised(ENDED, str(end))


def _stuck_line(stack: bytes, answer: object) -> str:
    """Return the learner's line in a stack written by faulthandler; ``""`` if there is none."""
    if type(answer) is not FunctionType:
        return ""
    file = re.escape(answer.__code__.co_filename)
    found = re.search(rf'File "{file}", line (\d+) in', stack.decode("utf-8", "replace"))
    line = linecache.getline(answer.__code__.co_filename, int(found[1])).strip() if found else ""
    return clean_text(line, 200)
