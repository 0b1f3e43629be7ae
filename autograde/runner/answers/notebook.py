"""Find the IPython shell of this process."""

from __future__ import annotations

import sys
from typing import Any


def ipython_shell() -> Any | None:
    """Return the IPython shell that this process runs in; None outside IPython, which is not imported to find out."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()
