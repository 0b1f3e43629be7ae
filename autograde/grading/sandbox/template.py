"""The template process, which has loaded libraries but no submission or answer, and forks learners' processes.

Started by :mod:`autograde.grading.sandbox.template_handle` as ``python -m autograde.grading.sandbox.template NUMBER``,
with the file descriptor of a connected socket. Several workers may share it, each through its own connection.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from autograde import settings
from autograde.errors import MalformedEvidence
from autograde.grading.sandbox import huge_pages
from autograde.grading.sandbox.learner_process import environment, run_learner
from autograde.grading.sandbox.limits import SandboxLimits
from autograde.grading.sandbox.lines import Closed, Lines
from autograde.grading.sandbox.namespaces import HOME, enter_learner, enter_template, fork_learner
from autograde.grading.sandbox.shell import make_shell
from autograde.grading.sandbox.syscalls import PR_SET_DUMPABLE, set_process
from autograde.grading.sandbox.view import View
from autograde.i18n.translation import QUESTIONS, translator
from autograde.runner.answers.arguments import arguments_of
from autograde.runner.answers.calling import call
from autograde.runner.answers.output import captured

#: Names to import immediately from libraries that import lazily.
PARTS = {
    "huggingface_hub": ("HfApi", "hf_hub_download", "snapshot_download", "ModelCard"),
    "transformers": ("AutoModel", "AutoTokenizer", "BertModel", "BertTokenizer", "BertConfig", "PreTrainedModel"),
}

#: Modules that every check needs.
ALWAYS = ("autograde.exercises", "autograde.runner.answers.hub_tasks", "autograde.judge.rendering", "numpy", "pexpect")

#: Memory that the Python objects of torch and transformers take together, in bytes.
_LIBRARIES = 120 * 2**20

#: Garbage collection thresholds of a learner's process: high, because it usually runs for less than a second. Python's
#: defaults are 700, 10 and 10.
_COLLECTIONS = 20_000, 20, 50

#: Number of times the visible cases are tried: Python specialises a function's code after eight runs, and each question
#: has at least two cases.
_ROUNDS = 6


def main() -> None:
    """Set up the namespaces, then carry out the grader's messages until it closes the connection."""
    control = Lines(socket.socket(fileno=int(sys.argv[1])))
    try:
        first = control.receive()
        view = View.from_json(first["view"])
        enter_template(view)
    except OSError as error:
        control.send({"failed": str(error)})
        raise SystemExit(1) from None
    Template(control, view).handle_messages()
    # Skip Torch's clean-up, which takes a second: there is nothing to save.
    os._exit(0)


class Template:
    """Loads libraries and forks learners' processes on the grader's request."""

    def __init__(self, control: Lines, view: View) -> None:
        self._control, self._view = control, view
        self._connections = [control]
        self._started: dict[int, Lines] = {}
        self._loaded: set[str] = set()
        self._tried: set[str] = set()
        base = {
            name: value
            for name, value in settings.environment().items()
            if name in ("PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
        }
        self._base = base | {"LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
        Path(HOME).mkdir(parents=True, exist_ok=True)
        settings.set_environment(environment(self._base, "en"))
        # During imports, garbage collection would take a tenth of the time and find nothing.
        gc.disable()
        self._shell = make_shell()
        for name in ALWAYS:
            self._load(name)
        _read_translations()

    def handle_messages(self) -> None:
        """Carry out messages; return when the grader closes the connection."""
        self._control.send({"ready": True})
        while True:
            for connection in self._ready():
                try:
                    self._handle(connection)
                except (Closed, MalformedEvidence):
                    # Only this worker has gone, perhaps in the middle of a message or before reading an answer.
                    if connection is self._control:
                        return
                    self._forget(connection)

    def _handle(self, connection: Lines) -> None:
        """Receive and carry out one message.

        Raises:
            Closed: the other side has closed the connection.
            MalformedEvidence: the message is damaged.
        """
        message = connection.receive()
        self._reap()
        match message["do"]:
            case "load":
                self._prepare(message["modules"], message["requests"])
                connection.send({})
            case "start":
                self._start(connection, message["limits"])
            case "answer":
                connection.send({"answers": True})
            case "connect":
                new = Lines(socket.socket(fileno=connection.files.pop(0)))
                self._connections.append(new)
                # If the worker has already gone, the next look at the connections finds that it is closed.
                with contextlib.suppress(Closed):
                    new.send({"ready": True})

    def _ready(self) -> list[Lines]:
        """Wait for messages, and return the connections that have one or are closed."""
        ready = [connection for connection in self._connections if connection.has_message()]
        if not ready:
            poll = select.poll()
            by_descriptor = {connection.socket.fileno(): connection for connection in self._connections}
            for descriptor in by_descriptor:
                poll.register(descriptor, select.POLLIN)
            ready = [by_descriptor[descriptor] for descriptor, _event in poll.poll()]
        return ready

    def _forget(self, connection: Lines) -> None:
        """Close a worker's connection, and end what it has not ended itself, for example because it was killed."""
        self._connections.remove(connection)
        connection.close()
        self._reap()
        for child, owner in self._started.items():
            if owner is connection:
                os.kill(child, signal.SIGKILL)

    def _prepare(self, modules: list[str], requests: dict[str, list[dict[str, Any]]]) -> None:
        """Load libraries and try visible cases, unless this was done for another worker."""
        if self._loaded.issuperset(modules) and self._tried.issuperset(requests):
            return
        for name in modules:
            self._load(name)
        for question, cases in requests.items():
            if question not in self._tried:
                self._tried.add(question)
                _try(cases)
        gc.collect()
        huge_pages.fill_gaps()
        gc.freeze()
        gc.set_threshold(*_COLLECTIONS)
        gc.enable()
        huge_pages.collect()

    def _load(self, name: str) -> None:
        if name in self._loaded:
            return
        self._loaded.add(name)
        if name == "torch":
            huge_pages.reserve(_LIBRARIES)
        try:
            module = importlib.import_module(name)
            for part in PARTS.get(name, ()):
                getattr(module, part)
        except Exception:
            # The notebook imports a library that is not installed; its cell will show the error.
            return
        if name == "torch":
            # A child forked after a calculation with two threads would hang in its first calculation.
            module.set_num_threads(1)

    def _start(self, worker: Lines, limits: dict[str, Any]) -> None:
        connection = Lines(socket.socket(fileno=worker.files.pop(0)))
        owner = os.geteuid(), os.getegid()
        try:
            child = fork_learner()
        except OSError as error:
            with contextlib.suppress(Closed):
                connection.send({"failed": str(error)})
            connection.close()
            return
        if child == 0:
            try:
                for each in self._connections:
                    each.close()
                _run_init(self._shell, connection, SandboxLimits(**limits), self._view, owner)
            finally:
                os._exit(0)
        self._started[child] = worker
        connection.close()

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while child := os.waitpid(-1, os.WNOHANG)[0]:
                self._started.pop(child, None)


def _read_translations() -> None:
    """Load all translations of question texts, which would take 30 ms in every learner's process."""
    for language in settings.LANGUAGES:
        # A text without a translation is looked up in every catalogue, so this loads all of them.
        translator(QUESTIONS, language)("A text without a translation.")


def _try(requests: list[dict[str, Any]]) -> None:
    """Build the arguments of visible cases and try them with a function that does nothing.

    This imports modules, fills caches and lets Python specialise the code once here instead of in every learner's
    process.
    """
    for request in requests * _ROUNDS:
        with contextlib.suppress(Exception), captured():
            watch = bool(request["watch_tokenizers"])
            call(lambda first, *others: first(*others), arguments_of(request), watch_tokenizers=watch)


def _run_init(shell: Any, connection: Lines, limits: SandboxLimits, view: View, owner: tuple[int, int]) -> None:
    """Act as process 1 of a learner's namespaces: set them up, start the learner's process, and reap orphans."""
    # kill(0, …) reaches the whole process group, in outer namespaces too: the template and the other learners.
    os.setsid()
    try:
        # Fork first: every page that this process writes makes the fork slower.
        if os.fork() == 0:
            run_learner(shell, connection, limits)
        listening = enter_learner(limits, view, owner)
    except OSError as error:
        connection.send({"failed": str(error)})
        return
    set_process(PR_SET_DUMPABLE, 0)
    connection.send({"port": listening.getsockname()[1]}, [listening.fileno()])
    listening.close()
    connection.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


if __name__ == "__main__":
    main()
