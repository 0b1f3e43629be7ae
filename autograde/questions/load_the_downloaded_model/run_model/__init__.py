"""2.6: call the model inside ``no_grad``, with the segment ids passed by name."""

from __future__ import annotations

from autograde.judge.evidence import FROZE_MODEL, LEFT_GRADIENTS_OFF, LEFT_TRAINING, RECORDED_GRADIENTS
from autograde.judge.messages import _
from autograde.judge.question import FirstArgument, Question, RubricItem, Teaching
from autograde.questions.load_the_downloaded_model.run_model import cases, comparison, misconceptions, solutions

_POOLER = _("Only pooler_output is wrong. Return the one in the model's result.")

QUESTION = Question(
    id="2.6/run_model",
    number=4,
    first=FirstArgument.MODEL,
    visible=cases.VISIBLE,
    hidden=cases.hidden,
    oracle=cases.right_of,
    rubric=(
        RubricItem(
            cases.LAST,
            _("last_hidden_state, with the segment ids used"),
            2,
            aspect=comparison.one_output(cases.LAST),
            effects=(LEFT_TRAINING,),
        ),
        RubricItem(
            cases.POOLER,
            _("pooler_output, with the segment ids used"),
            1,
            aspect=comparison.one_output(cases.POOLER),
            effects=(LEFT_TRAINING,),
        ),
        RubricItem(
            "no_grad",
            _("the call runs without gradient tracking"),
            2,
            aspect=comparison.no_gradient,
            effects=(FROZE_MODEL, RECORDED_GRADIENTS, LEFT_GRADIENTS_OFF),
        ),
    ),
    misconceptions=misconceptions.MISCONCEPTIONS,
    smaller=cases.SMALLER,
    rules=comparison.RULES,
    normal=comparison.both_outputs,
    teaching=Teaching(
        title=_("Call the model"),
        hints=(
            _("What is the model's second parameter? See help(model.forward)."),
            _("Pass the segment ids by name, and call the model without gradient tracking."),
        ),
        solution=solutions.SOLUTION,
        expectation=_("the model's result with its two outputs"),
        advice_on=lambda difference: _POOLER if difference.path[:1] == (cases.POOLER,) else None,
        advice=_(
            "Print what you pass to the model, and look at help(model.forward): which parameter does each argument go "
            "to?"
        ),
        right=solutions.RIGHT,
    ),
)
