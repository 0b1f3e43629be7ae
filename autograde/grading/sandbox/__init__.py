"""The sandbox of a learner's process: namespaces, a read-only view of the system, and limits. Linux only."""

from __future__ import annotations

from autograde.grading.sandbox.limits import Limits

__all__ = ["Limits"]
