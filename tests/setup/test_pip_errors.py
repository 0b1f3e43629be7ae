"""Errors of pip are explained with a reason and a fix. The outputs are pip's own, shortened."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograde.setup.pip_errors import explain, is_unreachable

OUTPUTS = {
    "disk full": (
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "disk is full",
        "export TMPDIR",
    ),
    "version conflict": (
        "ERROR: Cannot install autograde because these package versions have conflicting dependencies.\n\n"
        "The conflict is caused by:\n    beautifulsoup4 4.15.0 depends on soupsieve>=1.6.1\n"
        "    The user requested (constraint) soupsieve==4.1.2\n\n"
        "ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/en/latest/topics/dependency-resolution/",
        "soupsieve>=1.6.1; The user requested (constraint) soupsieve==4.1.2",
        "git checkout -- pyproject.toml constraints.txt",
    ),
    "wrong Python version": (
        "ERROR: Package 'autograde' requires a different Python: 3.10.4 not in '<3.15,>=3.11'",
        "it needs <3.15,>=3.11",
        "make learn PYTHON=python3.12",
    ),
    "versions for another Python": (
        "ERROR: Ignored the following versions that require a different python version: 4.1.2 Requires-Python "
        ">=3.11.5\n"
        "ERROR: Could not find a version that satisfies the requirement soupsieve==4.1.2 (from versions: 2.5)\n"
        "ERROR: No matching distribution found for soupsieve==4.1.2",
        "soupsieve==4.1.2 does not install on Python",
        "make learn PYTHON=python3.12",
    ),
    "no network": (
        "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(\"HTTPSConnection("
        "host='pypi.org', port=443): Failed to establish a new connection: [Errno -3] Temporary failure in name "
        "resolution\")'\n"
        "ERROR: No matching distribution found for torch==2.13.0",
        "pypi.org does not answer",
        "Check the network",
    ),
    "no file for this computer": (
        "ERROR: Could not find a version that satisfies the requirement torch==2.13.0 (from versions: none)\n"
        "ERROR: No matching distribution found for torch==2.13.0",
        "There is no torch==2.13.0 for this computer",
        "macOS 14",
    ),
    "damaged": (
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n"
        "    rich==15.0.0 from https://files.example.org/rich-15.0.0-py3-none-any.whl:\n        Expected sha256 00",
        "rich==15.0.0",
        "pip cache purge",
    ),
    "a proxy": (
        "WARNING: Retrying after connection broken by 'ProxyError('Cannot connect to proxy.', "
        "OSError('Tunnel connection failed: 407 Proxy Authentication Required'))'\n"
        "ERROR: No matching distribution found for rich",
        "proxy did not let pip through: Cannot connect to proxy",
        "HTTPS_PROXY",
    ),
    "a certificate": (
        "ERROR: Could not fetch URL https://pypi.org/simple/rich/: There was a problem confirming the ssl certificate: "
        "HTTPSConnectionPool(host='pypi.org', port=443): (Caused by SSLError(SSLCertVerificationError(1, "
        "'[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'))) - skipping",
        "certificate of pypi.org is not trusted",
        "pip config set global.cert",
    ),
    "no permission": (
        "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: "
        "'/kit/.venv/lib/python3.11/site-packages/rich'",
        "You may not write to /kit/.venv/lib/python3.11/site-packages/rich",
        "sudo chown -R",
    ),
    "no compiler": (
        "  error: command 'gcc' failed: No such file or directory\nERROR: Failed building wheel for lz4",
        "lz4 has no ready-made file",
        "64-bit",
    ),
    "unknown error": ("ERROR: something new\nnote: not pip's fault", "ERROR: something new", "delete"),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_error_of_pip_is_explained_with_a_reason_and_a_fix(name: str) -> None:
    output, what, fix = OUTPUTS[name]
    error = explain(output, Path("/kit/.venv"))
    assert what in error.what
    assert fix in error.fix
    assert "\n" not in error.what + error.fix


def test_killed_pip_is_reported_as_out_of_memory() -> None:
    assert "memory" in explain("", Path("/kit/.venv"), -9).what


@pytest.mark.parametrize(("name", "unreachable"), [("no network", True), ("a proxy", True), ("disk full", False)])
def test_only_network_errors_mean_that_the_index_is_unreachable(name: str, unreachable: bool) -> None:
    assert is_unreachable(OUTPUTS[name][0]) is unreachable
