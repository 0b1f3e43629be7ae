"""The sandbox of a learner's process (Linux only): namespaces, a read-only view of the system, and limits."""

from __future__ import annotations

from autograde.grading.sandbox.limits import SandboxLimits

__all__ = ["SandboxLimits"]
