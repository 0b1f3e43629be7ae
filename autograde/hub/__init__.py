"""The stand-in Hub: a real server that git, git-lfs, ``hf``, ``huggingface_hub`` and a browser talk to unchanged."""

from __future__ import annotations

from autograde.hub.environment import client_environment
from autograde.hub.local import Account, LocalHub, RepositoryView
from autograde.hub.names import branch_name_problem, repository_name_problem, user_name_problem
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
