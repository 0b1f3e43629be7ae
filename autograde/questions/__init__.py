"""The questions of the course with their answers: a folder for each section, with a module or folder per question.

A module that defines ``QUESTION`` is a question. :mod:`autograde.questions.discovery` finds it here and in packages
with the entry point group ``autograde.questions``. Within the kit, questions import only :mod:`autograde.judge`.

Code that runs in a sandbox together with a learner's code never imports this package.
"""

from __future__ import annotations

from autograde.questions.discovery import assignment, assignments, question

__all__ = ["assignment", "assignments", "question"]
