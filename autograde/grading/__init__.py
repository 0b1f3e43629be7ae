"""Grading: nbgrader by configuration, the sandbox, batches, the gradebook and reports."""

from __future__ import annotations

from autograde.quick_start import import_jsonschema

# Before anything here imports nbformat.
import_jsonschema()
