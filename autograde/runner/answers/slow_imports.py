"""Import the slow libraries that an answer uses, once, so that not every copy of the process imports them anew."""

from __future__ import annotations

import contextlib
import dis
import importlib
import sys
from collections.abc import Iterable
from types import CodeType, FunctionType

from autograde.runner.answers.output import captured

#: Libraries whose import takes a second or more.
_SLOW = frozenset({"torch", "transformers", "huggingface_hub"})

#: Libraries whose parts are imported late, by the functions that need them.
_LATE = _SLOW | {"fsspec", "hf_xet", "httpx2", "safetensors", "tokenizers"}


def import_again(modules: Iterable[str]) -> None:
    """Import what a copy of this process imported from these libraries, so that the next copy has it.

    Only parts of packages that this process has imported already.
    """
    for name in modules:
        package = name.partition(".")[0]
        if package in _LATE and (package in sys.modules or package == "hf_xet") and name not in sys.modules:
            with captured(), contextlib.suppress(Exception):
                importlib.import_module(name)


def import_for(answer: object) -> None:
    """Import the slow libraries that a function imports itself, with the names that it takes from them."""
    if "numpy" in sys.modules:
        # Its random numbers begin at the same place in every copy, and numpy imports them late.
        importlib.import_module("numpy.random")
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
