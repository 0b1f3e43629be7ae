"""Do ``huggingface_hub``'s preparations once instead of in every copy of this process, a third of a call's time.

It reads the system's TLS certificates (40 ms) and the versions of installed packages (17 ms), and redirecting it to
another Hub searches all its modules for constants (20 ms).
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import sys
from typing import Any

from autograde.runner.answers.output import captured


def prepare_client() -> None:
    """Prepare ``huggingface_hub`` for the copies of this process if it is imported."""
    if "huggingface_hub" not in sys.modules:
        return
    with captured(), contextlib.suppress(Exception):
        _prepare()


@functools.cache
def _prepare() -> None:
    from autograde.hub.client_redirect import string_constants

    string_constants()
    _certificates()
    # The library caches the versions.
    helpers: Any = importlib.import_module("huggingface_hub.utils")
    helpers.build_hf_headers(token=False)


@functools.cache
def _certificates() -> Any:
    import httpcore2

    return httpcore2.default_ssl_context()


def use_in_copy() -> None:
    """Make every client of this process use the prepared certificates. Only for a copy, because it is not undone."""
    if _certificates.cache_info().currsize:
        import httpcore2

        httpcore2.default_ssl_context = lambda **_options: _certificates()
