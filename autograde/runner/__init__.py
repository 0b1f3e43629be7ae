"""Run a learner's answer and record what happened: call a function, run a script, submit a form.

Two rooms, one for each side of the line of trust:

* :mod:`autograde.runner.answers` runs answers, in the learner's process or in a grader's sandbox.
* :mod:`autograde.runner.hubs` belongs to the judging side: it starts a throw-away Hub for a task that needs one, and
  reads the Hub's state afterwards. A grader keeps it outside the sandbox.

They import nothing from each other. What crosses is JSON: a :class:`~autograde.runner.scenario.Scenario` before the
run, evidence after it.
"""
