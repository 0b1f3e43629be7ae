"""2.6, segment ids: misconceptions about the values, their number, and the returned type."""

from __future__ import annotations

from autograde.judge.cases import Case
from autograde.judge.common_misconceptions import changes_its_arguments, not_computed_yet, returns_nothing
from autograde.judge.messages import _
from autograde.judge.observation import Sequence, listed, tensor, tupled
from autograde.judge.question import misconception
from autograde.questions.load_the_downloaded_model.segment_ids.cases import first_of, length_of, right_of
from autograde.questions.load_the_downloaded_model.segment_ids.solutions import ALL, wrong, wrong_step
from autograde.questions.load_the_downloaded_model.segment_ids.wrong_rules import zeros_and_ones


def _as_two_lists(case: Case) -> Sequence:
    zeros = first_of(case) + 1
    return tupled(listed(*[0] * zeros), listed(*[1] * (length_of(case) - zeros)))


WRONG_VALUES = (
    misconception(
        "floats",
        _("The numbers are right but have the wrong type. Segment ids are whole numbers, not decimal ones."),
        _("Use 0 and 1 instead of 0.0 and 1.0."),
        wrong_step(ALL, end="return [0.0] * (k + 1) + [1.0] * (len(index) - k - 1)"),
        models=(lambda case: listed(*map(float, right_of(case))),),
    ),
    misconception(
        "booleans",
        _(
            "The list contains True and False instead of 1 and 0. A comparison gives truth values; segment ids are "
            "whole numbers."
        ),
        _("Turn each truth value into a whole number with int(...)."),
        wrong_step(ALL, end="return [position > k for position in range(len(index))]"),
        models=(lambda case: listed(*map(bool, right_of(case))),),
    ),
    misconception(
        "swapped",
        _("0 and 1 are swapped: sentence A is segment 0, sentence B is segment 1."),
        _("Give the tokens of the first sentence 0."),
        wrong_step(ALL, end="return [1] * (k + 1) + [0] * (len(index) - k - 1)"),
        models=(lambda case: listed(*(1 - part for part in right_of(case))),),
    ),
    misconception(
        "one-and-two",
        _("The segments are numbered 1 and 2. BERT counts from 0: sentence A is 0, sentence B is 1."),
        _("Start with 0."),
        wrong_step(ALL, end="return [1] * (k + 1) + [2] * (len(index) - k - 1)"),
        models=(lambda case: listed(*(1 + part for part in right_of(case))),),
    ),
    misconception(
        "texts",
        _("The digits are right, but they are text. Segment ids are whole numbers."),
        _("Remove the quotation marks: the list contains 0 and 1."),
        wrong_step(ALL, end='return ["0"] * (k + 1) + ["1"] * (len(index) - k - 1)'),
        wrong_step(ALL, end='return "0" * (k + 1) + "1" * (len(index) - k - 1)'),
        models=(
            lambda case: listed(*map(str, right_of(case))),
            lambda case: "".join(map(str, right_of(case))),
        ),
    ),
    misconception(
        "all-ones",
        _("Every token got a 1, as if there were no sentence A."),
        _("The tokens up to and including the first [SEP] belong to sentence A: give them 0."),
        wrong(ALL, "return [1] * len(index)"),
        models=(lambda case: zeros_and_ones(0, length_of(case)),),
    ),
    misconception(
        "all-zeros",
        _("Every token got a 0, as if there were only one sentence."),
        _("The tokens after the first [SEP] belong to sentence B: give them 1."),
        wrong(ALL, "return [0 for _ in index]"),
        models=(lambda case: zeros_and_ones(length_of(case), 0),),
    ),
    misconception(
        "one-too-few",
        _("The list is one number too short: each token needs its segment id, [CLS] and both [SEP] too."),
        _("Check that the number of zeros and the number of ones add up to the length of the list."),
        wrong_step(ALL, end="return [0] * (k + 1) + [1] * (len(index) - k - 2)"),
        models=(
            lambda case: listed(*right_of(case)[:-1]),
            lambda case: listed(*right_of(case)[1:]),
            lambda case: zeros_and_ones(first_of(case) + 1, length_of(case) - first_of(case) - 2),
        ),
    ),
    misconception(
        "one-too-many",
        _("The list is one number too long: there are more segment ids than tokens."),
        _("Check that the number of zeros and the number of ones add up to the length of the list."),
        wrong_step(ALL, end="return [0] * (k + 1) + [1] * (len(index) - k)"),
        models=(
            lambda case: listed(*right_of(case), 1),
            lambda case: listed(*right_of(case), 0),
            lambda case: zeros_and_ones(first_of(case) + 2, length_of(case) - first_of(case) - 1),
            lambda case: zeros_and_ones(first_of(case) + 1, length_of(case) - first_of(case)),
        ),
    ),
    misconception(
        "tensor-for-list",
        _(
            "The numbers are right, but they are in a tensor or array. Return a plain list here; tensors come in the "
            "next question."
        ),
        _("Return the list, or call tolist() on the result."),
        wrong_step(ALL, end="return torch.tensor([0] * (k + 1) + [1] * (len(index) - k - 1))"),
        wrong(ALL, "import numpy", "return (numpy.arange(len(index)) > index.index(mark)).astype(int)"),
        models=(
            lambda case: tensor(right_of(case), "int64"),
            lambda case: tensor([right_of(case)], "int64"),
            lambda case: tensor(right_of(case), "int64", library="numpy"),
        ),
    ),
    misconception(
        "list-in-a-list",
        _("The list is inside another list. The batch axis comes in the next question, with the tensor."),
        _("Return the flat list of numbers."),
        wrong_step(ALL, end="return [[0] * (k + 1) + [1] * (len(index) - k - 1)]"),
        models=(lambda case: listed(listed(*right_of(case))),),
    ),
    misconception(
        "two-lists",
        _("The zeros and the ones are in two lists. Return one list: join them with + instead of a comma."),
        _("Join the two lists with + before you return them."),
        wrong_step(ALL, end="return [0] * (k + 1), [1] * (len(index) - k - 1)"),
        models=(_as_two_lists,),
    ),
    misconception(
        "only-the-position",
        _("The function returned the position of the first [SEP]. That is the right boundary, but not yet the list."),
        _("Use it to make the list: k + 1 zeros, then ones for the other tokens."),
        wrong(ALL, "return index.index(mark)"),
        models=(first_of, lambda case: first_of(case) + 1),
    ),
    not_computed_yet(
        _("Put list(...) around it, or use square brackets instead of parentheses."),
        wrong_step(ALL, end="return (int(place > k) for place in range(len(index)))"),
        wrong_step(ALL, end="return map(int, (place > k for place in range(len(index))))"),
        wrong(ALL, "k = index.index(mark)", "for place in range(len(index)):", "    yield int(place > k)"),
    ),
    returns_nothing(_("the list"), wrong_step(ALL, end="print([0] * (k + 1) + [1] * (len(index) - k - 1))")),
    changes_its_arguments(
        wrong(
            ALL, "result = []", "while index:", "    token = index.pop(0)", "    result.append(0)",
            "    if token == mark:", "        break", "return result + [1 for _ in index]",
        ),
        wrong(
            ALL, "k = index.index(mark)", "for position in range(len(index)):",
            "    index[position] = 0 if position <= k else 1", "return index",
        ),
    ),
)  # fmt: skip
