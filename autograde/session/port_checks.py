"""``autograde doctor``: report whether the ports that a session wants are free."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator

from autograde import settings
from autograde.i18n.translation import messages
from autograde.session.health import ask, healthz
from autograde.session.ports import is_free
from autograde.setup.doctor import CheckResult

_ = messages("cli")


def check_ports() -> Iterator[CheckResult]:
    """Check whether the ports of the Hub and of JupyterLab are free, or used by our own programs."""
    endpoint = settings.endpoint()
    if endpoint and healthz(endpoint):
        yield CheckResult(_("your Hub"), _("runs here: {endpoint}").format(endpoint=endpoint))
    else:
        port = settings.hub_port()
        running = not is_free(port) and healthz(f"http://127.0.0.1:{port}") is not None
        yield _port(_("port of the Hub"), port, _("{port}, a Hub of this kit runs here") if running else "")
    port = settings.lab_port()
    running = not is_free(port) and _is_jupyter(port)
    yield _port(_("port of JupyterLab"), port, _("{port}, JupyterLab runs here") if running else "")


def _port(name: str, port: int, ours: str) -> CheckResult:
    """Check a port: it is free, or used by our own program ``ours``, or by another program."""
    if ours:
        return CheckResult(name, ours.format(port=port))
    if is_free(port):
        return CheckResult(name, _("{port}, free").format(port=port))
    return CheckResult(
        name, _("{port}, in use").format(port=port), _("Nothing to do: the next free port is used instead.")
    )


def _is_jupyter(port: int) -> bool:
    """Return whether a Jupyter server answers on ``port``; it reports its version without a token."""
    try:
        with ask(urllib.request.Request(f"http://127.0.0.1:{port}/api")) as response:
            answer = json.load(response)
    except (OSError, ValueError):
        return False
    return isinstance(answer, dict) and set(answer) == {"version"}
