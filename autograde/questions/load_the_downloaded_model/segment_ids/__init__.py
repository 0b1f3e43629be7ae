"""2.6: which sentence each token belongs to, by hand."""

from __future__ import annotations

from autograde.judge.messages import _
from autograde.judge.observation import listed
from autograde.judge.question import Question, RubricItem
from autograde.questions.load_the_downloaded_model.segment_ids.cases import (
    EDGES,
    PAIRS,
    SMALLER,
    VISIBLE,
    VOCABULARIES,
    hidden,
    right_of,
)
from autograde.questions.load_the_downloaded_model.segment_ids.misconceptions import MISCONCEPTIONS

SOLUTION = """\
def segment_ids(index, mark):
    boundary = index.index(mark)
    first_sentence = [0] * (boundary + 1)
    second_sentence = [1] * (len(index) - boundary - 1)
    return first_sentence + second_sentence
"""

QUESTION = Question(
    id="2.6/segment_ids",
    function="segment_ids",
    number=2,
    title=_("Segment ids by hand"),
    visible=VISIBLE,
    hidden=hidden,
    oracle=lambda case: listed(*right_of(case)),
    rubric=(
        RubricItem("pairs", _("pairs of English and Chinese sentences"), 5, (PAIRS,)),
        RubricItem("vocabularies", _("vocabularies whose [SEP] is not 102"), 2, (VOCABULARIES,)),
        RubricItem("edges", _("single, very short and cut-off input, and [SEP] in the text"), 3, (EDGES,)),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        _("To which sentence does the first [SEP] belong: to the one before it, or to the one after it?"),
        _("If the first [SEP] stands at position k, how many tokens are there from [CLS] up to and including it?"),
        _("For the ids [101, 7, 8, 102, 9, 102] and the mark 102, k is 3: four zeros, and as many ones as are left."),
    ),
    solution=SOLUTION,
    expectation=_("a list of whole numbers"),
    by_hand=True,
    advice=_("Write down a short list of ids, work its segment ids out by hand, and compare."),
    smaller=SMALLER,
)
