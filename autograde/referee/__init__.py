"""The trust boundary between a learner's process and the judging side.

The learner's side (:mod:`autograde.exercises`) reads cards and cases and sends answers. The judging side has expected
values, hidden cases and solutions. They communicate through one interface, :class:`Referee`, in JSON only:

* :class:`autograde.referee.local.LocalReferee` judges in this process: for self-study, and for stock nbgrader.
* :class:`autograde.referee.remote.RemoteReferee` asks a judging side in another process over a socket.

Importing this package does not import any question.
"""

from __future__ import annotations

from autograde.referee.card import QuestionCard
from autograde.referee.connect import connect
from autograde.referee.protocol import Referee

__all__ = ["QuestionCard", "Referee", "connect"]
