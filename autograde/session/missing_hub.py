"""Explain in one sentence that the Hub has stopped, instead of a long traceback of the HTTP library."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from autograde import settings
from autograde.session.cell_errors import Explanation, explain_errors, has_cause
from autograde.session.health import healthz
from autograde.widgets.refusals import unreachable


def install() -> None:
    """Install the explanation in this process's kernel, if there is one."""
    from IPython import get_ipython

    shell: Any = get_ipython()
    if shell is None:
        return
    import httpx2  # imported here because it takes a tenth of a second

    # transformers raises an OSError in place of a TransportError.
    explain_errors(shell, _explain, httpx2.TransportError, OSError)


def _explain(_shell: Any, error: BaseException, _traceback: TracebackType) -> Explanation | None:
    """Return the explanation if the lesson's Hub does not answer; None if the error is about another server."""
    import httpx2

    endpoint = settings.endpoint()
    if endpoint is None or not has_cause(error, httpx2.TransportError) or healthz(endpoint) is not None:
        return None
    return Explanation(str(unreachable(endpoint)))
