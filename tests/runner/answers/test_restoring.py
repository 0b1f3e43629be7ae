"""What a learner's function changes in its process is put back, as far as anybody else depends on it."""

from __future__ import annotations

import builtins
import gc
import json
import logging
import os
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from autograde.runner.answers.calling import evidence
from autograde.runner.answers.restoring import snapshot

CASES = [{"name": "a", "arguments": [{"list": [1]}, 1]}]
LOGGER = logging.getLogger("tests.restoring")


def environment_gone() -> None:
    os.environ["HF_TOKEN"] = "another"
    del os.environ["PATH"]


def loggers_off() -> None:
    logging.disable(logging.CRITICAL)
    logging.basicConfig(force=True, level=logging.DEBUG)
    LOGGER.setLevel(logging.CRITICAL)
    LOGGER.disabled, LOGGER.propagate = True, False
    LOGGER.addHandler(logging.NullHandler())


def loggers() -> list[object]:
    return [
        logging.Logger.manager.disable,
        *((each.level, each.disabled, each.propagate, list(each.handlers)) for each in (logging.root, LOGGER)),
    ]


def warnings_off() -> None:
    warnings.simplefilter("ignore")
    warnings.filters.clear()  # type: ignore[attr-defined]
    warnings.showwarning = lambda *_arguments, **_named: None


def deaf(_number: int, _frame: object) -> None:
    """A signal's handler that does nothing. In a background job SIGINT is ignored from the start, so it differs."""


LEAKS: dict[str, tuple[Callable[[], object], Callable[[], Any]]] = {
    "the environment": (environment_gone, lambda: dict(os.environ)),
    "the working folder": (lambda: os.chdir("/"), os.getcwd),
    "the path of modules": (lambda: (sys.path.clear(), sys.meta_path.clear()), lambda: [*sys.path, *sys.meta_path]),
    "another path of modules": (lambda: setattr(sys, "path", []), lambda: sys.path),
    "a module": (lambda: sys.modules.pop("json"), lambda: sys.modules.get("json")),
    "another module": (lambda: sys.modules.update(json=os), lambda: sys.modules["json"]),
    "loggers": (loggers_off, loggers),
    "warnings": (warnings_off, lambda: (list(warnings.filters), warnings.showwarning)),
    "garbage collection": (gc.disable, gc.isenabled),
    "the stop button": (lambda: signal.signal(signal.SIGINT, deaf), lambda: signal.getsignal(signal.SIGINT)),
    "the recursion limit": (lambda: sys.setrecursionlimit(77), sys.getrecursionlimit),
    "the trace": (lambda: sys.settrace(lambda *_: None), sys.gettrace),
    "the profile": (lambda: sys.setprofile(lambda *_: None), sys.getprofile),
    "a method of every module": (
        lambda: setattr(torch.nn.Module, "train", lambda self, _mode=True: self),
        lambda: torch.nn.Module.train,
    ),
}


@pytest.mark.parametrize("name", LEAKS)
def test_what_an_answer_changes_is_put_back(name: str) -> None:
    change, read = LEAKS[name]
    before, changed = read(), []

    def answer(*_arguments: object) -> None:
        change()
        changed.append(read() != before)

    evidence(answer, CASES)
    assert changed == [True]
    assert read() == before


def test_what_a_function_adds_stays_and_what_it_takes_comes_back() -> None:
    def answer(*_arguments: Any) -> None:
        builtins.mine = SimpleNamespace()  # type: ignore[attr-defined]
        del builtins.len
        del torch.Tensor.split
        torch.Tensor.tolist = lambda _self: "wrong"  # type: ignore[method-assign,assignment]

    try:
        evidence(answer, CASES)
        assert len([1]) == 1
        assert torch.zeros(1).tolist() == [0.0]
        assert len(torch.zeros(2).split(1)) == 2
        assert builtins.mine is not None  # type: ignore[attr-defined]
    finally:
        del builtins.mine  # type: ignore[attr-defined]


def test_a_working_folder_that_is_gone_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tempfile.mkdtemp(dir=tmp_path)
    os.chdir(folder)
    os.rmdir(folder)
    restore = snapshot()
    restore()
    restore()  # a second time does no harm
    assert json.dumps([]) == "[]"
