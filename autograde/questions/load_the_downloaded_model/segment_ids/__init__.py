"""2.6: compute by hand which sentence each token belongs to."""

from __future__ import annotations

from autograde.judge.messages import _
from autograde.judge.observation import listed
from autograde.judge.question import Question, RubricItem, Teaching
from autograde.questions._numbers import with_plain_numbers
from autograde.questions.load_the_downloaded_model.segment_ids import cases, solutions, wrong_rules, wrong_values

QUESTION = Question(
    id="2.6/segment_ids",
    number=2,
    visible=cases.VISIBLE,
    hidden=cases.hidden,
    oracle=lambda case: listed(*cases.right_of(case)),
    rubric=(
        RubricItem("pairs", _("pairs of English and Chinese sentences"), 5, (cases.PAIRS,)),
        RubricItem("vocabularies", _("vocabularies whose [SEP] is not 102"), 2, (cases.VOCABULARIES,)),
        RubricItem("edges", _("single, very short and cut-off input, and [SEP] in the text"), 3, (cases.EDGES,)),
    ),
    normal=lambda _case, value: with_plain_numbers(value),
    # The first one that fits is reported.
    misconceptions=(*wrong_rules.WRONG_RULES, *wrong_values.WRONG_VALUES),
    smaller=cases.SMALLER,
    by_hand=True,
    teaching=Teaching(
        title=_("Segment ids by hand"),
        hints=(
            _("Does the first [SEP] belong to the sentence before it or after it?"),
            _("If the first [SEP] is at position k, how many tokens are there from [CLS] up to and including it?"),
            _("For the ids [101, 7, 8, 102, 9, 102] and mark 102, k is 3: four zeros, then ones for the rest."),
        ),
        solution=solutions.SOLUTION,
        expectation=_("a list of whole numbers"),
        advice=_("Take a short list of ids, work out its segment ids by hand, and compare."),
        right=solutions.RIGHT,
    ),
)
