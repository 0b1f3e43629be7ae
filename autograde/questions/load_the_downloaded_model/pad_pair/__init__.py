"""2.6: pad a pair to a given length, so that it fits in a batch."""

from __future__ import annotations

from autograde.judge.aspects import part
from autograde.judge.comparison import Difference, Kind
from autograde.judge.messages import Message, _
from autograde.judge.question import Presentation, Question, RubricItem, Teaching
from autograde.questions._numbers import with_plain_numbers
from autograde.questions.load_the_downloaded_model.pad_pair import cases, misconceptions, solutions

_LENGTH = _("Print the length of each list: all three must have `length` places, those for padding included.")

#: The advice on the first, second and third list.
_BY_PART: dict[int | str, Message] = {
    0: _("Your first list begins with all of `index`, unchanged. Which id fills the places after it?"),
    1: _("Your second list begins with all of `segments_ids`, unchanged. Which segment id does padding get?"),
    2: _("Compare the mask with the ids, place by place: 1 where there is a token, 0 where there is padding."),
}


def _advice_on(difference: Difference) -> Message | None:
    if not difference.path:
        return None
    return _LENGTH if difference.kind is Kind.LENGTH else _BY_PART.get(difference.path[0])


QUESTION = Question(
    id="2.6/pad_pair",
    number=6,
    visible=cases.VISIBLE,
    hidden=cases.hidden,
    oracle=cases.answer,
    rubric=(
        RubricItem("index", _("the ids, filled up with padding"), 1, aspect=part(0)),
        RubricItem("segments", _("the segment ids, filled up with padding"), 1, aspect=part(1)),
        RubricItem("attention_mask", _("the attention mask"), 1, aspect=part(2)),
    ),
    normal=lambda _case, value: with_plain_numbers(value),
    misconceptions=misconceptions.MISCONCEPTIONS,
    smaller=cases.SMALLER,
    by_hand=True,
    presentation=Presentation(parts=("index", "segments_ids", "attention_mask")),
    teaching=Teaching(
        title=_("Padding to a given length"),
        hints=(
            _("Does padding belong to sentence A, to sentence B, or to neither? Should the model read it?"),
            _("All three lists must reach the given length: how many places are missing?"),
            _("For the ids [101, 7, 102], length 5 and padding id 0, the mask is [1, 1, 1, 0, 0]."),
        ),
        solution=solutions.SOLUTION,
        expectation=_("three lists of the given length"),
        advice_on=_advice_on,
        advice=_("Take a short pair, work out the three lists by hand, and compare."),
        right=solutions.RIGHT,
    ),
)
