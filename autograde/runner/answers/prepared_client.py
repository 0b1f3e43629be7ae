"""Let ``huggingface_hub`` do once what it would do in every copy of this process: this takes a third of a call's time.

It reads the system's TLS certificates (40 ms), asks for the versions of installed packages (17 ms), and its constants
are looked for in all its modules when it is redirected to another Hub (20 ms).
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import sys
from typing import Any

from autograde.runner.answers.output import captured


def prepare_client() -> None:
    """Prepare the imported ``huggingface_hub`` for the copies of this process; without it, do nothing."""
    if "huggingface_hub" not in sys.modules:
        return
    with captured(), contextlib.suppress(Exception):
        _prepare()


@functools.cache
def _prepare() -> None:
    from autograde.hub.client_redirect import string_constants

    string_constants()
    _certificates()
    # The versions stay in a cache of the library.
    helpers: Any = importlib.import_module("huggingface_hub.utils")
    helpers.build_hf_headers(token=False)


@functools.cache
def _certificates() -> Any:
    import httpcore2

    return httpcore2.default_ssl_context()


def use_in_copy() -> None:
    """Let every client of this process use the certificates that were read; only in a copy, nothing is put back."""
    if _certificates.cache_info().currsize:
        import httpcore2

        httpcore2.default_ssl_context = lambda **_options: _certificates()
