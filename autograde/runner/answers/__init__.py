"""The learner's side of a check: run an answer on the cases, and record values, exceptions, output and side effects.

It knows no right answers. Start at :mod:`~autograde.runner.answers.calling` for a function, and at
:mod:`~autograde.runner.answers.hub_tasks` for a task that needs a Hub.
"""
