"""Import torch and transformers in the background while the learner reads the first cells of a notebook.

Importing them takes five seconds or more, most of the running time of lesson 2.6 and of the first check of exercise 3.
It happens in a thread of the kernel, because another process cannot import modules for it.
"""

from __future__ import annotations

import contextlib
import importlib
import threading
from typing import Any

from autograde.runner.answers.notebook import ipython_shell

#: The modules, in the order in which a notebook's own cell imports them.
_MODULES = (
    "torch",
    "transformers",
    "transformers.models.bert.modeling_bert",
    "transformers.models.bert.tokenization_bert",
    "transformers.models.auto.modeling_auto",
    "transformers.models.auto.tokenization_auto",
    "huggingface_hub.hf_api",
    "safetensors.torch",
)

#: A cell that contains one of these words waits for the import, because two threads that import a library at the same
#: time may see a partly initialised module.
_WORDS = ("torch", "transformers")

_thread: threading.Thread | None = None


def start() -> threading.Thread | None:
    """Start importing, once per kernel; do nothing without a kernel."""
    global _thread
    shell = ipython_shell()
    if shell is None or _thread is not None:
        return _thread
    _thread = threading.Thread(target=_import, name="warm-up", daemon=True)
    shell.events.register("pre_run_cell", _wait)
    _thread.start()
    return _thread


def _import() -> None:
    # A missing library is reported by the cell that imports it.
    with contextlib.suppress(ImportError):
        for name in _MODULES:
            importlib.import_module(name)


def wait() -> None:
    """Wait until the import is over. A process must not be copied in the middle of it."""
    if _thread is not None:
        _thread.join()


def _wait(info: Any) -> None:
    if any(word in info.raw_cell for word in _WORDS):
        wait()
