"""Run a learner's answer and record what happened: call a function, run a script, submit a form.

There are two packages, one for each side of the trust boundary:

* :mod:`autograde.runner.answers` runs answers, in the learner's process or in a grader's sandbox.
* :mod:`autograde.runner.hubs` runs on the judging side, outside a grader's sandbox: it starts a temporary Hub for a
  task that needs one, and reads the Hub's state afterwards.

They do not import each other. They exchange JSON: a :class:`~autograde.runner.scenario.Scenario` before the run, and
evidence after it.
"""
