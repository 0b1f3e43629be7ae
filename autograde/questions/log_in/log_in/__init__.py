"""2.2: log in with a given token, and return the account's name."""

from __future__ import annotations

from autograde.judge.execution import Execution, ExecutionKind
from autograde.judge.messages import _
from autograde.judge.question import Teaching
from autograde.questions.log_in.log_in.cases import VISIBLE, hidden
from autograde.questions.log_in.log_in.facets import FACETS, achieved
from autograde.questions.log_in.log_in.misconceptions import MISCONCEPTIONS
from autograde.questions.log_in.log_in.outcome import join
from autograde.questions.log_in.log_in.solutions import RIGHT, SOLUTION

QUESTION = FACETS.question(
    "2.2/log_in",
    Execution(ExecutionKind.CALL, join),
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
        solution=SOLUTION,
        expectation=_("the account's name"),
        right=RIGHT,
    ),
    number=1,
    visible=VISIBLE,
    hidden=hidden,
    misconceptions=MISCONCEPTIONS,
    achieved=achieved,
)
