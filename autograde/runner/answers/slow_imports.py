"""Import the slow libraries that an answer uses once, so that copies of the process don't import them again."""

from __future__ import annotations

import contextlib
import dis
import importlib
import sys
from collections.abc import Iterable
from types import CodeType, FunctionType

from autograde.runner.answers.output import captured

#: Libraries whose import takes half a second or more.
_SLOW = frozenset({"torch", "transformers", "huggingface_hub", "IPython"})

#: Libraries that import some of their modules lazily.
_LATE = _SLOW | {"fsspec", "hf_xet", "httpx2", "safetensors", "tokenizers"}


def import_again(modules: Iterable[str]) -> None:
    """Import the modules of these libraries that a copy of this process has imported, for the next copy.

    Only modules of packages that this process has already imported are considered.
    """
    for name in modules:
        package = name.partition(".")[0]
        if package in _LATE and (package in sys.modules or package == "hf_xet") and name not in sys.modules:
            with captured(), contextlib.suppress(Exception):
                importlib.import_module(name)


def import_for(answer: object) -> None:
    """Import the slow libraries that a function imports itself, with the names that it takes from them."""
    if "numpy" in sys.modules:
        # numpy imports it lazily, and every copy seeds its random numbers.
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
