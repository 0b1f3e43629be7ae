"""Turn pip's error output into a message and a next step."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Callable
from pathlib import Path

from autograde.errors import SetUpFailed
from autograde.i18n.translation import messages

_ = messages("cli")


def explain(output: str, venv: Path, code: int = 1) -> SetUpFailed:
    """Return an error that explains why pip failed.

    Args:
        output: pip's output on both streams.
        venv: the environment.
        code: pip's exit code; negative if a signal ended it.
    """
    if code == -9:
        return SetUpFailed(
            _("The system stopped pip, most likely because memory ran out."),
            _("Close other programs, then try again: what is fetched already is kept."),
        )
    for signs, error in _KNOWN:
        if any(sign in output for sign in signs):
            return error(output, venv)
    return SetUpFailed(
        _("pip could not install the packages: {reason}").format(reason=last_error(output)),
        _("Try again. If it fails in the same way, delete {folder} and try once more.").format(folder=venv),
    )


def last_error(output: str) -> str:
    """Return the last line with an error, otherwise the last line of the output."""
    lines = [line.strip(" \t\u2502\u2570\u2500>") for line in output.splitlines()]
    lines = [line for line in lines if line and not line.startswith(("[notice]", "note:", "hint:"))]
    telling = [line for line in lines if line.startswith("ERROR") or "Error" in line]
    return (telling or lines or ["?"])[-1]


def is_unreachable(output: str) -> bool:
    """Return whether pip could not reach the index, or found no suitable file there."""
    signs = (*_NO_NETWORK, *_PROXY, *_CERTIFICATE, *_NO_FILE, "HTTP error", "HTTPError", "403 Client", "404 Client")
    return any(sign in output for sign in signs)


def _found(pattern: str, output: str, default: str = "?") -> str:
    match = re.search(pattern, output)
    return match[1].strip() if match else default


def _disk_full(output: str, venv: Path) -> SetUpFailed:
    return SetUpFailed(
        _("The disk is full."),
        _(
            "Free 3 GB on the disk of {folder}, then try again: what is there already is kept. If only the disk of "
            "temporary files is small, name a folder on another one: export TMPDIR=FOLDER"
        ).format(folder=venv.parent),
    )


def _damaged(output: str, venv: Path) -> SetUpFailed:
    name = _found(r"(?:^|\n)\s*(\S+==\S+|\S+) from https?://", output)
    return SetUpFailed(
        _("A package arrived damaged: {name}").format(name=name),
        _(
            "Type: {command}. Then try again. If it happens again, something between you and the package index changes "
            "files: try another network."
        ).format(command=f"{venv}/bin/python -m pip cache purge"),
    )


def _certificate(output: str, venv: Path) -> SetUpFailed:
    host = _found(r"host='([^']+)'", output, _found(r"https?://([^/\s:]+)", output))
    return SetUpFailed(
        _("The certificate of {host} is not trusted here.").format(host=host),
        _(
            "Check this computer's date and time. In a school or company network that inspects traffic, ask for its "
            "certificate file and type: {command}. Then try again."
        ).format(command=f"{venv}/bin/python -m pip config set global.cert FILE"),
    )


def _proxy(output: str, venv: Path) -> SetUpFailed:
    return SetUpFailed(
        _("The network's proxy did not let pip through: {reason}").format(
            reason=_found(r"((?:Tunnel connection failed|Cannot connect to proxy|407)[^'\")\n]*)", output, "ProxyError")
        ),
        _("Set the right proxy, then try again: export HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"),
    )


def _no_network(output: str, venv: Path) -> SetUpFailed:
    host = _found(r"host='([^']+)'", output, _found(r"https?://([^/\s:]+)", output))
    return SetUpFailed(
        _("pip cannot reach the package index: {host} does not answer.").format(host=host),
        _(
            "Check the network, then try again: what is fetched already is kept. Without internet, name a mirror in "
            "your network: export PIP_INDEX_URL=URL"
        ),
    )


def _other_python(output: str, venv: Path) -> SetUpFailed:
    needed = _found(r"not in '([^']+)'", output, _found(r"Requires-Python ([^;\n]+)", output))
    package = _found(r"Package '([^']+)' requires", output, _found(r"No matching distribution found for (\S+)", output))
    return SetUpFailed(
        _("{package} does not install on Python {version}: it needs {needed}.").format(
            package=package, version=platform.python_version(), needed=needed
        ),
        _("Use Python 3.11, 3.12, 3.13 or 3.14, for example: make learn PYTHON=python3.12"),
    )


def _no_file(output: str, venv: Path) -> SetUpFailed:
    package = _found(r"No matching distribution found for (\S+)", output)
    return SetUpFailed(
        _("There is no {package} for this computer ({system}, Python {version}).").format(
            package=package, system=f"{sys.platform} {platform.machine()}", version=platform.python_version()
        ),
        _(
            "The kit runs on Linux (x86-64 or ARM, with glibc) and on macOS 14 or newer with Apple silicon. On such a "
            "computer, the package index in pip's settings lacks the file: unset PIP_INDEX_URL, or use a full mirror."
        ),
    )


def _contradiction(output: str, venv: Path) -> SetUpFailed:
    causes = re.findall(r"^\s+(\S.* depends on .*|The user requested .*)$", output, re.MULTILINE)
    reason = "; ".join(" ".join(cause.split()) for cause in causes[:3]) or last_error(output)
    return SetUpFailed(
        _("The wanted versions contradict each other: {reason}").format(reason=reason),
        _(
            "Take the kit's own versions, then try again: git checkout -- pyproject.toml constraints.txt. A constraint "
            "in pip's settings (pip config list, PIP_CONSTRAINT) can contradict them too."
        ),
    )


def _forbidden(output: str, venv: Path) -> SetUpFailed:
    path = _found(r"(?:Permission denied|Read-only file system): '([^']+)'", output, str(venv))
    return SetUpFailed(
        _("You may not write to {path}.").format(path=path),
        _("If an earlier start with sudo made it, take it back: {command}. Then try again.").format(
            command=f'sudo chown -R "$(id -un)" "{venv}"'
        ),
    )


def _no_compiler(output: str, venv: Path) -> SetUpFailed:
    package = _found(r"Failed building wheel for (\S+)|Failed to build (\S+)", output)
    return SetUpFailed(
        _("{package} has no ready-made file for this computer, and building it failed.").format(package=package),
        _("Use Python 3.11, 3.12, 3.13 or 3.14 from python.org or your system, on 64-bit Linux or macOS 14."),
    )


_PROXY = ("ProxyError", "Cannot connect to proxy", "Tunnel connection failed", "407 Proxy")
_CERTIFICATE = ("CERTIFICATE_VERIFY_FAILED", "SSLCertVerificationError", "SSLError", "confirming the ssl certificate")
_NO_NETWORK = (
    "NewConnectionError", "ConnectTimeoutError", "NameResolutionError", "ReadTimeoutError", "ConnectionResetError",
    "Temporary failure in name resolution", "Network is unreachable", "Read timed out", "Connection refused",
)  # fmt: skip
_NO_FILE = ("No matching distribution found", "Could not find a version that satisfies")

#: Texts in pip's output with the error that they indicate. The first match counts, so causes come before consequences.
_KNOWN: tuple[tuple[tuple[str, ...], Callable[[str, Path], SetUpFailed]], ...] = (
    (("No space left on device", "Errno 28", "Disk quota exceeded"), _disk_full),
    (("DO NOT MATCH THE HASHES", "HashMismatch"), _damaged),
    (("Permission denied", "Errno 13", "Read-only file system"), _forbidden),
    (_PROXY, _proxy),
    (_CERTIFICATE, _certificate),
    (_NO_NETWORK, _no_network),
    (("ResolutionImpossible",), _contradiction),
    (("requires a different Python", "require a different python version"), _other_python),
    (_NO_FILE, _no_file),
    (("Failed building wheel", "Failed to build", "subprocess-exited-with-error"), _no_compiler),
)
