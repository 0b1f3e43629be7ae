"""The kit's own Hub: a real server for unmodified git, git-lfs, ``hf``, ``huggingface_hub`` and browsers."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograde.hub.environment import client_environment
    from autograde.hub.local import Account, LocalHub
    from autograde.hub.names import branch_name_problem, repository_name_problem, user_name_problem
    from autograde.hub.repository_view import RepositoryView
    from autograde.hub.visitor import Visitor

__all__ = [
    "Account",
    "LocalHub",
    "RepositoryView",
    "Visitor",
    "branch_name_problem",
    "client_environment",
    "repository_name_problem",
    "user_name_problem",
]

# Imported on first use: a Hub's own process needs none of them, and importing them would double its start time.
_MODULES = {
    "client_environment": "environment",
    "Account": "local",
    "LocalHub": "local",
    "RepositoryView": "repository_view",
    "branch_name_problem": "names",
    "repository_name_problem": "names",
    "user_name_problem": "names",
    "Visitor": "visitor",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    return found
