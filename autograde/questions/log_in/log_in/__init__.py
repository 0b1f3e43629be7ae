"""2.2: log in with a given token, and return the account's name."""

from __future__ import annotations

from autograde.judge.execution import Execution, ExecutionKind
from autograde.judge.messages import _
from autograde.judge.question import Teaching
from autograde.questions.log_in.log_in import cases, misconceptions, outcome, solutions
from autograde.questions.log_in.log_in.facets import FACETS, achieved

QUESTION = FACETS.question(
    "2.2/log_in",
    Execution(ExecutionKind.CALL, outcome.join),
    Teaching(
        title=_("Log in with a token"),
        hints=(
            _(
                "You need two functions of huggingface_hub: one saves a token for all later calls, the other asks the "
                "Hub who you are. Which ones?"
            ),
            _("`login(token)` saves it. `whoami()` returns a dictionary."),
            _('The account\'s name is the entry "name" of the dictionary that `whoami()` returns.'),
        ),
        solution=solutions.SOLUTION,
        expectation=_("the account's name"),
        right=solutions.RIGHT,
    ),
    number=1,
    visible=cases.VISIBLE,
    hidden=cases.hidden,
    misconceptions=misconceptions.MISCONCEPTIONS,
    achieved=achieved,
)
