"""2.6: call the model inside ``no_grad``, with the segment ids passed by name."""

from __future__ import annotations

from autograde.judge.evidence import FROZE_MODEL, LEFT_GRADIENTS_OFF, LEFT_TRAINING, RECORDED_GRADIENTS
from autograde.judge.messages import _
from autograde.judge.question import FirstArgument, Question, RubricItem, Teaching
from autograde.questions.load_the_downloaded_model.run_model.cases import (
    LAST,
    POOLER,
    SMALLER,
    VISIBLE,
    hidden,
    right_of,
)
from autograde.questions.load_the_downloaded_model.run_model.comparison import (
    RULES,
    OneOutput,
    both_outputs,
    no_gradient,
)
from autograde.questions.load_the_downloaded_model.run_model.misconceptions import MISCONCEPTIONS
from autograde.questions.load_the_downloaded_model.run_model.solutions import RIGHT, SOLUTION

_POOLER = _("Only pooler_output is wrong. Return the one in the model's result.")

QUESTION = Question(
    id="2.6/run_model",
    number=4,
    first=FirstArgument.MODEL,
    visible=VISIBLE,
    hidden=hidden,
    oracle=right_of,
    rubric=(
        RubricItem(
            LAST, _("last_hidden_state, with the segment ids used"), 2, aspect=OneOutput(LAST), effects=(LEFT_TRAINING,)
        ),
        RubricItem(
            POOLER, _("pooler_output, with the segment ids used"), 1, aspect=OneOutput(POOLER), effects=(LEFT_TRAINING,)
        ),
        RubricItem(
            "no_grad",
            _("the call runs without gradient tracking"),
            2,
            aspect=no_gradient,
            effects=(FROZE_MODEL, RECORDED_GRADIENTS, LEFT_GRADIENTS_OFF),
        ),
    ),
    misconceptions=MISCONCEPTIONS,
    smaller=SMALLER,
    rules=RULES,
    normal=both_outputs,
    teaching=Teaching(
        title=_("Call the model"),
        hints=(
            _("What is the model's second parameter? See help(model.forward)."),
            _("Pass the segment ids by name, and call the model without gradient tracking."),
        ),
        solution=SOLUTION,
        expectation=_("the model's result with its two outputs"),
        advice_on=lambda difference: _POOLER if difference.path[:1] == (POOLER,) else None,
        advice=_("Look at help(model.forward): which parameter does each of your arguments go to?"),
        right=RIGHT,
    ),
)
