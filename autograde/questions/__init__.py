"""The questions of the course, with their answers: a folder for each section, and in it a module or a folder
for each question.

A module that defines ``QUESTION`` is a question. :mod:`autograde.questions.discovery` finds it here, and in packages
with the entry point group ``autograde.questions``. Of the kit, questions import only :mod:`autograde.judge`.

Nothing that runs in a sandbox beside a learner's code imports this package.
"""

from __future__ import annotations

from autograde.questions.discovery import assignment, assignments, question

__all__ = ["assignment", "assignments", "question"]
