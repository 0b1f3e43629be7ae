"""2.6: convert the two lists to tensors with a batch axis."""

from __future__ import annotations

from autograde.judge.aspects import part
from autograde.judge.messages import _
from autograde.judge.question import Presentation, Question, RubricItem, Teaching
from autograde.questions.load_the_downloaded_model.to_tensors import cases, misconceptions, solutions

_SECOND = _("Make the second tensor from `segments_ids`, in the same way as the first one from `index`.")

QUESTION = Question(
    id="2.6/to_tensors",
    number=3,
    visible=cases.VISIBLE,
    hidden=cases.hidden,
    oracle=cases.pair_of,
    rubric=(
        RubricItem("tokens", _("the tensor of the ids: shape, dtype, values"), 3, aspect=part(0)),
        RubricItem("segments", _("the tensor of the segment ids: shape, dtype, values"), 2, aspect=part(1)),
    ),
    misconceptions=misconceptions.MISCONCEPTIONS,
    smaller=cases.SMALLER,
    by_hand=True,
    presentation=Presentation(parts=("tokens_tensor", "segments_tensors")),
    teaching=Teaching(
        title=_("Lists become tensors with a batch axis"),
        hints=(
            _("Here the batch has one sentence. Which axis of the tensor counts the sentences?"),
            _("The tutorial's result has the shape [1, 12, 768]. Where does the 1 come from?"),
            _("torch.tensor([5, 6, 7]) has the shape [3]. Which brackets make it [1, 3]?"),
        ),
        solution=solutions.SOLUTION,
        expectation=_("two tensors of the shape [1, tokens]"),
        advice_on=lambda difference: _SECOND if difference.path[:1] == (1,) else None,
        advice=_("Print both tensors and the lists that they were made from, and compare."),
        right=solutions.RIGHT,
    ),
)
