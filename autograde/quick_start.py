"""Import jsonschema, which nbformat needs, without a slow optional dependency."""

from __future__ import annotations

import contextlib
import importlib
import sys
from typing import Any

#: jsonschema imports it, if it is installed, to check the formats "iri" and "iri-reference", which notebook schemas do
#: not use. Importing it takes more than a second in each command and each of the grader's processes.
_SLOW = "rfc3987_syntax"


def import_jsonschema() -> None:
    """Import jsonschema as if the slow module were not installed; other modules can still import it."""
    modules: dict[str, Any] = sys.modules
    if "jsonschema" in modules or _SLOW in modules:
        return
    modules[_SLOW] = None
    try:
        # If it is missing, nbformat is, too, and the command that needs it reports the extra to install.
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module("jsonschema")
    finally:
        del modules[_SLOW]
