"""The line of trust between a learner's process and the side that judges.

The learner's side (:mod:`autograde.exercises`) reads cards and cases and sends answers. The judging side holds expected
values, hidden cases and solutions. Both talk through one interface, :class:`Referee`, in JSON text only:

* :class:`autograde.referee.local.LocalReferee` judges in this process: for self-study, and for stock nbgrader.
* :class:`autograde.referee.remote.RemoteReferee` asks a judging side that runs elsewhere, over a socket.

Nothing here imports a question when it is imported.
"""

from __future__ import annotations

from autograde.referee.card import Card
from autograde.referee.connect import connect
from autograde.referee.protocol import Referee

__all__ = ["Card", "Referee", "connect"]
