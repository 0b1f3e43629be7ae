"""2.6: predict the shapes of both outputs for any model and sentence."""

from __future__ import annotations

from autograde.judge.aspects import shape_part
from autograde.judge.evidence import LEFT_TRAINING
from autograde.judge.messages import _
from autograde.judge.question import FirstArgument, Presentation, Question, RubricItem, Teaching
from autograde.questions.load_the_downloaded_model.output_shapes import cases, misconceptions, solutions

QUESTION = Question(
    id="2.6/output_shapes",
    number=5,
    first=FirstArgument.MODEL,
    visible=cases.VISIBLE,
    hidden=cases.hidden,
    oracle=cases.right_of,
    rubric=(
        RubricItem(
            "last_hidden_state", _("the shape of last_hidden_state"), 2, aspect=shape_part(0), effects=(LEFT_TRAINING,)
        ),
        RubricItem("pooler_output", _("the shape of pooler_output"), 2, aspect=shape_part(1)),
    ),
    normal=cases.with_shapes_as_lists,
    misconceptions=misconceptions.MISCONCEPTIONS,
    smaller=cases.SMALLER,
    presentation=Presentation(parts=("last_hidden_state", "pooler_output")),
    teaching=Teaching(
        title=_("The shapes of both outputs"),
        hints=(
            _("Look at [1, 12, 768]. Which number changes with the sentence, and which with the model?"),
            _("The model's sizes are in model.config."),
            _("For 9 tokens and a model of hidden size 384: (1, 9, 384) and (1, 384)."),
        ),
        solution=solutions.SOLUTION,
        expectation=_("two shapes"),
        advice=_(
            "Print both shapes for two models and two lists. Which number changes with the model, and which with the "
            "list?"
        ),
        right=solutions.RIGHT,
    ),
)
