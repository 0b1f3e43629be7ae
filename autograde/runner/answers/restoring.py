"""Restore what a learner's function may have changed in this process, so that the check itself still works.

A function can delete ``len``, replace ``json.dumps``, empty ``sys.path`` or ask for a recursion limit of 50. In a
sandbox that is its own loss. In a learner's own kernel the check, and whatever comes after it, should still work.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from autograde import settings

#: Modules whose names the check itself uses, or the next question's answer.
_MODULES = ("builtins", "json", "json.decoder", "json.encoder", "math", "os", "re", "signal", "sys", "time", "types",
            "numpy", "torch", "torch.nn", "torch.nn.functional")  # fmt: skip

#: Classes that learners patch: (module, name).
_CLASSES = (("torch", "Tensor"), ("torch.nn", "Module"), ("transformers.models.bert.modeling_bert", "BertModel"),
            ("huggingface_hub.hf_api", "HfApi"))  # fmt: skip

#: Names of ``sys`` that are the capturing's own business.
_STREAMS = ("stdout", "stderr", "stdin", "displayhook", "excepthook")

#: Signals whose handlers a notebook needs: without the first, its stop button stops nothing.
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def snapshot() -> Callable[[], None]:
    """Remember names of modules, attributes of classes, limits of the interpreter, and the state of the process.

    Returns:
        A function that puts them back; to call it twice does no harm. Until the builtins are back it uses no builtin
        and no global name: they may be gone.
    """
    names = _snapshot_of_names()
    others = (_snapshot_of_imports(), _snapshot_of_place(), _snapshot_of_loggers(), _snapshot_of_interpreter())

    def restore() -> None:
        names()
        for each in others:
            each()

    return restore


def _snapshot_of_names() -> Callable[[], None]:
    modules = [(vars(module), dict(vars(module))) for name in _MODULES if (module := sys.modules.get(name)) is not None]
    for _names, before in modules:
        for stream in _STREAMS:
            before.pop(stream, None)
    classes: list[tuple[Any, dict[str, Any], set[str]]] = [
        (found, dict(vars(found)), {name for base in found.__mro__[1:] for name in vars(base)})
        for module, name in _CLASSES
        if (found := vars(sys.modules[module]).get(name) if module in sys.modules else None) is not None
    ]
    limit, set_limit, set_trace, set_profile = (
        sys.getrecursionlimit(), sys.setrecursionlimit, sys.settrace, sys.setprofile,
    )  # fmt: skip
    get_trace, get_profile = sys.gettrace, sys.getprofile
    trace, profile = get_trace(), get_profile()
    set_attribute, delete_attribute = type.__setattr__, type.__delattr__

    def restore() -> None:
        set_limit(limit)
        if get_trace() is not trace:
            set_trace(trace)
        if get_profile() is not profile:
            set_profile(profile)
        for names, before in modules:
            # Names that were added stay: a lazy library adds its own.
            names.update(before)
        for kind, before, inherited in classes:
            now = kind.__dict__
            for name in before:
                if name not in now or now[name] is not before[name]:
                    set_attribute(kind, name, before[name])
            for name in inherited:
                if name in now and name not in before:
                    delete_attribute(kind, name)

    return restore


def _snapshot_of_imports() -> Callable[[], None]:
    """Where modules are looked for, and which are there: those that came stay, those that went come back."""
    lists = [(each, list(each)) for each in (sys.path, sys.meta_path, sys.path_hooks)]
    modules = dict(sys.modules)

    def restore() -> None:
        for each, before in lists:
            if each != before:
                each[:] = before  # type: ignore[assignment]
        sys.modules.update(modules)

    return restore


def _snapshot_of_place() -> Callable[[], None]:
    """The working folder and the environment."""
    environment = settings.environment()
    try:
        folder = os.getcwd()
    except OSError:  # it was deleted meanwhile: there is no way back to it
        folder = ""

    def restore() -> None:
        if settings.environment() != environment:
            settings.set_environment(environment)
        if folder:
            with contextlib.suppress(OSError):
                os.chdir(folder)

    return restore


def _snapshot_of_loggers() -> Callable[[], None]:
    """Levels, switches and handlers of every logger, and the level below which nothing is logged."""
    manager = logging.Logger.manager
    disabled = manager.disable
    loggers = [
        (logger, logger.level, logger.disabled, logger.propagate, list(logger.handlers))
        for logger in (logging.root, *list(manager.loggerDict.values()))
        if isinstance(logger, logging.Logger)
    ]

    def restore() -> None:
        if manager.disable != disabled:
            logging.disable(disabled)
        for logger, level, off, propagate, handlers in loggers:
            if logger.level != level:
                logger.setLevel(level)
            logger.disabled, logger.propagate = off, propagate
            if logger.handlers != handlers:
                logger.handlers[:] = handlers

    return restore


def _snapshot_of_interpreter() -> Callable[[], None]:
    """Garbage collection, and what the signals do; only the main thread may set those."""
    collecting = gc.isenabled()
    main = threading.current_thread() is threading.main_thread()
    handlers = [(number, signal.getsignal(number)) for number in _SIGNALS] if main else []

    def restore() -> None:
        (gc.enable if collecting else gc.disable)()
        for number, handler in handlers:
            # None: something outside Python set it, and Python cannot.
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)

    return restore
