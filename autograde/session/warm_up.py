"""Imports torch and transformers in the background while the learner reads the first cells of a lesson.

The two take five seconds and more, most of the time that lesson 2.6 takes to run. Only a thread of the kernel itself
can save them, since modules cannot be handed from one process to another.
"""

from __future__ import annotations

import contextlib
import importlib
import threading
from typing import Any

#: The lessons that load a model.
SECTIONS = ("2.6", "2.6b")

#: In the order in which a lesson's own cell imports them.
_MODULES = (
    "torch",
    "transformers",
    "transformers.models.bert.modeling_bert",
    "transformers.models.bert.tokenization_bert",
)

#: A cell that holds one of these words waits until the import is over: two threads that import one library at the same
#: time may see half of it.
_WORDS = ("torch", "transformers")

_thread: threading.Thread | None = None


def start() -> threading.Thread | None:
    """Begin to import, once per kernel; without a kernel, do nothing."""
    global _thread
    from IPython import get_ipython

    shell: Any = get_ipython()
    if shell is None or _thread is not None:
        return _thread
    _thread = threading.Thread(target=_import, name="warm-up", daemon=True)
    shell.events.register("pre_run_cell", _wait)
    _thread.start()
    return _thread


def _import() -> None:
    # A missing library is reported where it is needed: by the cell that imports it.
    with contextlib.suppress(ImportError):
        for name in _MODULES:
            importlib.import_module(name)


def _wait(info: Any) -> None:
    if _thread is not None and any(word in info.raw_cell for word in _WORDS):
        _thread.join()
