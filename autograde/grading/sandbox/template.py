"""The template process: libraries loaded, nothing of a submission and no answer in it; learners' processes are forked
from it.

Started by :mod:`autograde.grading.sandbox.template_handle` as ``python -m autograde.grading.sandbox.template NUMBER``,
with the file descriptor of a connected socket.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from autograde import settings
from autograde.grading.sandbox import huge_pages
from autograde.grading.sandbox.learner_process import be_learner, environment
from autograde.grading.sandbox.limits import Limits
from autograde.grading.sandbox.lines import Closed, Lines
from autograde.grading.sandbox.namespaces import HOME, enter_learner, enter_template, fork_learner
from autograde.grading.sandbox.shell import make_shell
from autograde.grading.sandbox.syscalls import PR_SET_DUMPABLE, set_process
from autograde.grading.sandbox.view import View
from autograde.i18n.translation import QUESTIONS, translator
from autograde.runner.answers.arguments import arguments_of
from autograde.runner.answers.calling import call
from autograde.runner.answers.output import captured

#: Names that are imported at once from libraries that import their parts lazily.
PARTS = {
    "huggingface_hub": ("HfApi", "hf_hub_download", "snapshot_download", "ModelCard"),
    "transformers": ("AutoModel", "AutoTokenizer", "BertModel", "BertTokenizer", "BertConfig", "PreTrainedModel"),
}

#: Modules of the kit that every check needs.
ALWAYS = ("autograde.exercises", "autograde.runner.answers.hub_tasks", "autograde.judge.rendering", "numpy", "pexpect")

#: When a learner's process looks for garbage: rarely, because it lives for less than a second. Python's own numbers are
#: 700, 10 and 10.
_COLLECTIONS = 20_000, 20, 50

#: How often the visible cases are tried: Python specialises a function's code when it has run eight times, and each
#: question has at least two cases.
_ROUNDS = 6


def main() -> None:
    """Set up the namespaces, then obey the grader until it closes the connection."""
    control = Lines(socket.socket(fileno=int(sys.argv[1])))
    try:
        first = control.receive()
        view = View.from_json(first["view"])
        enter_template(view)
    except OSError as error:
        control.send({"failed": str(error)})
        raise SystemExit(1) from None
    Template(control, view).obey()
    # Torch's own clean-up takes a second; there is nothing to keep.
    os._exit(0)


class Template:
    """Loads libraries and forks learners' processes, as the grader says."""

    def __init__(self, control: Lines, view: View) -> None:
        self._control, self._view = control, view
        self._loaded: set[str] = set()
        base = {
            name: value
            for name, value in settings.environment().items()
            if name in ("PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
        }
        self._base = base | {"LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
        Path(HOME).mkdir(parents=True, exist_ok=True)
        settings.set_environment(environment(self._base, "en"))
        # Nothing is collected while libraries are imported: it takes a tenth of the time and finds nothing.
        gc.disable()
        self._shell = make_shell()
        for name in ALWAYS:
            self._load(name)
        _read_translations()

    def obey(self) -> None:
        """Do what each message says; return when the grader is gone."""
        self._control.send({"ready": True})
        while True:
            try:
                message = self._control.receive()
            except Closed:
                return
            self._reap()
            if message["do"] == "load":
                for name in message["modules"]:
                    self._load(name)
                for requests in message["requests"]:
                    _try(requests)
                gc.collect()
                gc.freeze()
                gc.set_threshold(*_COLLECTIONS)
                gc.enable()
                huge_pages.collect()
                self._control.send({"loaded": sorted(self._loaded)})
            elif message["do"] == "start":
                self._start(message["limits"])

    def _load(self, name: str) -> None:
        if name in self._loaded:
            return
        self._loaded.add(name)
        try:
            module = importlib.import_module(name)
            for part in PARTS.get(name, ()):
                getattr(module, part)
        except Exception:
            # A notebook may import what is not installed; its cell then says so.
            return
        if name == "torch":
            # A child that is forked after a calculation with two threads hangs in its first one.
            module.set_num_threads(1)

    def _start(self, limits: dict[str, Any]) -> None:
        connection = Lines(socket.socket(fileno=self._control.files.pop(0)))
        owner = os.geteuid(), os.getegid()
        try:
            child = fork_learner()
        except OSError as error:
            connection.send({"failed": str(error)})
            connection.close()
            return
        if child == 0:
            try:
                self._control.close()
                _be_init(self._shell, connection, Limits(**limits), self._view, owner)
            finally:
                os._exit(0)
        connection.close()

    @staticmethod
    def _reap() -> None:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass


def _read_translations() -> None:
    """Read all translations of questions' texts: otherwise every learner's process looks for them, for 30 ms."""
    for language in settings.LANGUAGES:
        # A text that no catalogue has is looked up in each of them.
        translator(QUESTIONS, language)("A text without a translation.")


def _try(requests: list[dict[str, Any]]) -> None:
    """Make the arguments of visible cases, and use them.

    The first use imports modules and fills caches, and Python runs what it has run a few times faster: once here, and
    not in every learner's process.
    """
    for request in requests * _ROUNDS:
        with contextlib.suppress(Exception), captured():
            call(lambda first, *others: first(*others), arguments_of(request))


def _be_init(shell: Any, connection: Lines, limits: Limits, view: View, owner: tuple[int, int]) -> None:
    """Be process 1 of a learner's namespaces: set them up, start the learner's process, and reap what it leaves."""
    try:
        listening = enter_learner(limits, view, owner)
    except OSError as error:
        connection.send({"failed": str(error)})
        return
    connection.send({"port": listening.getsockname()[1]}, [listening.fileno()])
    listening.close()
    start = connection.receive()
    if os.fork() == 0:
        be_learner(shell, connection, limits, start)
    connection.close()
    set_process(PR_SET_DUMPABLE, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


if __name__ == "__main__":
    main()
