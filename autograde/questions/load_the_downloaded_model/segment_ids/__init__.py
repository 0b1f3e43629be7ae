"""2.6: compute by hand which sentence each token belongs to."""

from __future__ import annotations

from autograde.judge.messages import _
from autograde.judge.observation import listed
from autograde.judge.question import Question, RubricItem, Teaching
from autograde.questions._numbers import with_plain_numbers
from autograde.questions.load_the_downloaded_model.segment_ids.cases import (
    EDGES,
    PAIRS,
    SMALLER,
    VISIBLE,
    VOCABULARIES,
    hidden,
    right_of,
)
from autograde.questions.load_the_downloaded_model.segment_ids.solutions import RIGHT, SOLUTION
from autograde.questions.load_the_downloaded_model.segment_ids.wrong_rules import WRONG_RULES
from autograde.questions.load_the_downloaded_model.segment_ids.wrong_values import WRONG_VALUES

QUESTION = Question(
    id="2.6/segment_ids",
    number=2,
    visible=VISIBLE,
    hidden=hidden,
    oracle=lambda case: listed(*right_of(case)),
    rubric=(
        RubricItem("pairs", _("pairs of English and Chinese sentences"), 5, (PAIRS,)),
        RubricItem("vocabularies", _("vocabularies whose [SEP] is not 102"), 2, (VOCABULARIES,)),
        RubricItem("edges", _("single, very short and cut-off input, and [SEP] in the text"), 3, (EDGES,)),
    ),
    normal=lambda _case, value: with_plain_numbers(value),
    # The first one that fits is reported.
    misconceptions=(*WRONG_RULES, *WRONG_VALUES),
    smaller=SMALLER,
    by_hand=True,
    teaching=Teaching(
        title=_("Segment ids by hand"),
        hints=(
            _("Does the first [SEP] belong to the sentence before it or after it?"),
            _("If the first [SEP] is at position k, how many tokens are there from [CLS] up to and including it?"),
            _("For the ids [101, 7, 8, 102, 9, 102] and mark 102, k is 3: four zeros, then ones for the rest."),
        ),
        solution=SOLUTION,
        expectation=_("a list of whole numbers"),
        advice=_("Take a short list of ids, work out its segment ids by hand, and compare."),
        right=RIGHT,
    ),
)
