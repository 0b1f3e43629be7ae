"""2.6: encode two sentences as one list of ids, and read the separator's id from the vocabulary."""

from __future__ import annotations

from autograde.judge.aspects import part
from autograde.judge.comparison import Difference, Kind
from autograde.judge.messages import Message, _
from autograde.judge.question import FirstArgument, Presentation, Question, RubricItem, Teaching
from autograde.questions._numbers import with_plain_numbers
from autograde.questions.load_the_downloaded_model.encode_pair import cases, misconceptions, solutions

_MARK = _("The second result is a whole number, the id of [SEP]: the tokenizer knows it as sep_token_id.")

_LENGTH = _("Let `tokenizer.encode` make the list from both sentences, and leave it as it is.")


def _advice_on(difference: Difference) -> Message | None:
    if difference.path[:1] == (1,):
        return _MARK
    return _LENGTH if difference.path and difference.kind is Kind.LENGTH else None


QUESTION = Question(
    id="2.6/encode_pair",
    number=1,
    first=FirstArgument.TOKENIZER,
    visible=cases.VISIBLE,
    hidden=cases.hidden,
    oracle=lambda case: cases.answer_of(cases.index_of(case), cases.sep_of(case)),
    rubric=(
        RubricItem("index", _("the list of ids"), 2, aspect=part(0)),
        RubricItem("mark", _("the id of the separator"), 1, (cases.PLAIN,), aspect=part(1)),
    ),
    normal=lambda _case, value: with_plain_numbers(value),
    misconceptions=misconceptions.MISCONCEPTIONS,
    smaller=cases.SMALLER,
    presentation=Presentation(parts=("index", "mark")),
    teaching=Teaching(
        title=_("Two sentences become one list of ids"),
        hints=(
            _("How do you tell the tokenizer that there are two sentences, not one long one?"),
            _(
                "Pass the second sentence to encode as its second argument. The tokenizer has attributes for its "
                "special tokens."
            ),
        ),
        solution=solutions.SOLUTION,
        expectation=_("a list of ids and the id of the separator"),
        advice_on=_advice_on,
        advice=_("Turn your ids back into tokens with `tokenizer.convert_ids_to_tokens(...)`, and read them."),
        right=solutions.RIGHT,
    ),
)
