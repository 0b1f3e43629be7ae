"""Find the IPython shell of this process."""

from __future__ import annotations

import sys
from typing import Any


def ipython_shell() -> Any | None:
    """Return the IPython shell of this process; None outside IPython. Does not import IPython."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()
