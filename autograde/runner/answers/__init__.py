"""The learner's side of a check: run an answer on the cases, and record values, exceptions, output and side effects.

It has no access to right answers. Start with :mod:`~autograde.runner.answers.calling` for functions, and with
:mod:`~autograde.runner.answers.hub_tasks` for tasks that need a Hub.
"""
