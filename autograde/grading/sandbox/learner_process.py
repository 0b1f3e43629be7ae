"""A learner's process: runs the cells that the grader sends, and answers the graded questions at the end.

The hidden cases arrive only after every cell has run and all outputs have been sent, so that nothing a learner's code
prints or displays can contain a hidden value. At a graded cell the process saves the notebook's current variables. If
an answer needs a Hub, or has hung or ended the process in an earlier run, it forks a copy of itself instead.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import gc
import os
import signal
import socket
import sys
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from autograde import settings
from autograde.exercises.asking import gather
from autograde.grading.sandbox.forbidden import forbid_calls
from autograde.grading.sandbox.limits import SandboxLimits, restrict
from autograde.grading.sandbox.lines import Lines
from autograde.grading.sandbox.namespaces import HOME
from autograde.grading.sandbox.recording import Recorder
from autograde.grading.sandbox.shell import record
from autograde.grading.sandbox.syscalls import drop_capabilities
from autograde.hub.environment import client_environment
from autograde.judge.observation import dumps
from autograde.referee.remote import RemoteReferee
from autograde.runner.answers.together import QuestionWithAnswer, evidence_together


def environment(base: dict[str, str], language: str) -> dict[str, str]:
    """Return the environment variables of a learner's process; write git's configuration into its home folder."""
    return client_environment(settings.NO_HUB, Path(HOME, ".hub"), base=base) | {
        "HOME": HOME,
        "USER": "learner",
        "AUTOGRADE_LANGUAGE": language,
        "AUTOGRADE_GRADED": "1",
        "MPLCONFIGDIR": "/tmp/.matplotlib",  # noqa: S108 - in the sandbox
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }


def run_learner(shell: Any, control: Lines, limits: SandboxLimits) -> None:
    """Run cells and answer questions until the grader closes the connection. Never returns.

    Args:
        shell: the IPython shell, created before the fork.
        control: the connection to the grader; the referee's socket comes with the first message.
        limits: the submission's limits.
    """
    try:
        # The submission's files and its language; the grader sends them when the namespaces are complete.
        start = control.receive()
        referee = control.files.pop(0)
        base = settings.environment()
        settings.set_environment(environment(base, start["language"]) | {"AUTOGRADE_REFEREE": f"fd:{referee}"})
        work = Path(HOME, "work")
        for name, content in start["files"].items():
            place = work / PurePosixPath(name)
            with contextlib.suppress(OSError, ValueError):
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(base64.b64decode(content))
        os.chdir(work)
        output = os.memfd_create("output")
        for descriptor, opened in ((0, os.open("/dev/null", os.O_RDONLY)), (1, output), (2, output)):
            os.dup2(opened, descriptor)
        # The recorder truncates this file after each cell; with O_APPEND, writers continue at the new end.
        fcntl.fcntl(output, fcntl.F_SETFL, os.O_APPEND)
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 - for as long as the process lives
        # At the end of the path, so that a file of the submission cannot shadow a library.
        sys.path.append("")
        drop_capabilities()
        forbid_calls()
        restrict(limits)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        recorder = Recorder(limits.cell_output_bytes, output)
        record(shell, recorder)
        control.send({"ready": True})
        learner = _Learner(shell, control, recorder)
        while True:
            learner.handle_messages()
    finally:
        os._exit(0)


class _Learner:
    """Carries out the grader's messages."""

    def __init__(self, shell: Any, control: Lines, recorder: Recorder) -> None:
        self._shell, self._control, self._recorder = shell, control, recorder
        self._remembered: dict[tuple[str, str], dict[str, object]] = {}
        self._pid = os.getpid()
        self._streams = {"stdout": sys.stdout, "stderr": sys.stderr}

    def handle_messages(self) -> None:
        """Wait for a message and carry it out."""
        message = self._control.receive()
        match message["do"]:
            case "cell":
                self._control.send(self._run(message["source"]))
            case "remember":
                self._remembered[message["section"], message["function"]] = dict(self._shell.user_ns)
                self._control.send({"remembered": True})
            case "answer":
                with self._received_socket() as connection:
                    self._recall((message["section"], message["function"]))
                    self._answer(connection, message["section"], message["function"])
            case "answer together":
                with self._received_socket() as connection:
                    self._answer_together(connection, [(section, name) for section, name in message["questions"]])
            case "keep":
                with self._received_socket() as connection:
                    gc.freeze()
                    if os.fork() == 0:
                        self._run_copy(connection, message["section"], message["function"])
                self._control.send({"kept": True})

    def _run(self, source: str) -> dict[str, Any]:
        for name, stream in self._streams.items():
            if not callable(getattr(getattr(sys, name, None), "write", None)):
                # IPython cannot run another cell after ``sys.stderr = None``.
                setattr(sys, name, stream)
        with contextlib.suppress(KeyboardInterrupt):
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self._shell.run_cell(source, store_history=True)
        if os.getpid() != self._pid:
            # The cell called os.fork(), and this is the child: only the parent may continue.
            os._exit(0)
        # An interrupt at this point was meant for a cell that has already ended.
        with contextlib.suppress(KeyboardInterrupt):
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        outputs, cut = self._recorder.take()
        return {"outputs": outputs, "cut": cut, "count": self._shell.execution_count - 1}

    def _run_copy(self, connection: socket.socket, section: str, function: str) -> None:
        try:
            self._control.close()
            self._answer(connection, section, function)
        finally:
            os._exit(0)

    def _received_socket(self) -> socket.socket:
        """Return the socket sent with a message, blocking even if a cell called ``socket.setdefaulttimeout``."""
        connection = socket.socket(fileno=self._control.files.pop(0))
        connection.settimeout(None)
        return connection

    def _recall(self, question: tuple[str, str]) -> None:
        """Restore the variables that the notebook had at a graded cell."""
        names = self._remembered[question]
        self._shell.user_ns.clear()
        self._shell.user_ns.update(names)

    def _answer_together(self, connection: socket.socket, questions: list[tuple[str, str]]) -> None:
        """Answer the hidden cases of several remembered questions in one copy of this process."""
        answers = Lines(connection)
        answers.send({"method": "hello", "arguments": []})
        requests = answers.receive()["requests"]
        remembered = [
            QuestionWithAnswer(self._remembered[each].get(each[1]), cases, partial(self._recall, each))
            for each, cases in zip(questions, requests, strict=True)
        ]
        found = evidence_together(remembered)
        answers.send({"evidence": [None if each is None else dumps(each.to_json()) for each in found]})

    def _answer(self, connection: socket.socket, section: str, function: str) -> None:
        """Report that this process is ready, wait for the end of the notebook, and answer the hidden cases."""
        answers = Lines(connection)
        answers.send({"method": "hello", "arguments": []})
        answers.receive()

        referee = RemoteReferee(connection)
        answer = self._shell.user_ns.get(function)
        found = gather(referee, section, function, answer, graded=True)
        referee.verdict(section, function, True, dumps(found.to_json()))
