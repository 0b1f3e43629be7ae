"""Import jsonschema, which nbformat needs, without the second that it spends on a grammar of addresses."""

from __future__ import annotations

import contextlib
import importlib
import sys
from typing import Any

#: jsonschema uses it where it is installed, to check texts of the formats "iri" and "iri-reference". No schema of
#: notebooks has such texts. Importing it takes more than a second, in each command and each of the grader's processes.
_SLOW = "rfc3987_syntax"


def import_jsonschema() -> None:
    """Import jsonschema as if it had no grammar of addresses; other modules can still import that."""
    modules: dict[str, Any] = sys.modules
    if "jsonschema" in modules or _SLOW in modules:
        return
    modules[_SLOW] = None
    try:
        # Where it is missing, nbformat is too, and the command that needs it names the extra to install.
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module("jsonschema")
    finally:
        del modules[_SLOW]
