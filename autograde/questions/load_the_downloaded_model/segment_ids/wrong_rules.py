"""2.6, segment ids: misconceptions about the rule, each as a program."""

from __future__ import annotations

from collections.abc import Callable

from autograde.judge.cases import Case
from autograde.judge.evidence import CALLED_TOKENIZER
from autograde.judge.messages import _
from autograde.judge.observation import Observation, Raised, Sequence, listed
from autograde.judge.question import misconception
from autograde.judge.sentences import segments
from autograde.questions.load_the_downloaded_model.segment_ids.cases import (
    MARK,
    first_of,
    input_of,
    last_of,
    length_of,
    right_of,
)
from autograde.questions.load_the_downloaded_model.segment_ids.solutions import ALL, wrong, wrong_step


def zeros_and_ones(zeros: int, ones: int) -> Sequence:
    """Return zeros followed by ones; as in Python's list multiplication, a negative count means 0."""
    return listed(*[0] * zeros, *[1] * ones)


def _at_every_separator(case: Case, *, after: int) -> Sequence:
    """Start a new segment at every separator, or after it."""
    index, mark = input_of(case)
    places = range(len(index))
    return listed(*(sum(index[other] == mark for other in range(place + 1 - after)) for place in places))


def _toggled(case: Case, *, after: int) -> Sequence:
    """Toggle between 0 and 1 at every separator, or after it."""
    return listed(*(int(part) % 2 for part in _at_every_separator(case, after=after).items if isinstance(part, int)))


def _each(case: Case, rule: Callable[[int, int], object]) -> Sequence:
    """Return a segment id for each token, computed only from its id and the separator's, not from its position."""
    index, mark = input_of(case)
    return listed(*(int(bool(rule(token, mark))) for token in index))


def _hard_coded(case: Case) -> Observation:
    index, _mark = input_of(case)
    return listed(*segments(index, MARK)) if MARK in index else Raised("ValueError")


WRONG_RULES = (
    misconception(
        "calls-the-tokenizer",
        _("The function called the tokenizer for the segment ids. Here you write the rule yourself."),
        _("Use only the list and the separator that the function gets."),
        wrong(
            ALL, "from transformers import BertTokenizer",
            'known = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "a": 5}',
            "tokenizer = BertTokenizer(vocab=known)", "k = index.index(mark)",
            'first, second = "a " * (k - 1), "a " * (len(index) - k - 2)',
            'return tokenizer(first, second)["token_type_ids"]',
        ),
        wrong(
            ALL, "from transformers import BertTokenizer",
            'known = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "a": 5}',
            "library = BertTokenizer(vocab=known)._tokenizer", "k = index.index(mark)",
            'first, second = " ".join("a" * (k - 1)), " ".join("a" * max(len(index) - k - 2, 0))',
            "found = library.encode(first, second) if len(index) > k + 1 else library.encode(first)",
            "ids = found.type_ids", "return (list(ids) + [1])[: len(index)]",
        ),
        effect=CALLED_TOKENIZER,
    ),
    misconception(
        "separator-in-second",
        _("The first [SEP] ends sentence A, so it belongs to segment 0. Here it counts as sentence B (only k zeros)."),
        _("Count the tokens up to and including the first [SEP]: at position k, there are k + 1."),
        wrong_step(ALL, end="return [0] * k + [1] * (len(index) - k)"),
        models=(lambda case: zeros_and_ones(first_of(case), length_of(case) - first_of(case)),),
    ),
    misconception(
        "last-separator",
        _("The last [SEP] was taken as the boundary. A pair has two of them; the first one ends sentence A."),
        _("Search from the left: list.index gives the first position."),
        wrong(
            ALL, "for position, token in enumerate(index):", "    if token == mark:", "        k = position",
            "return [0] * (k + 1) + [1] * (len(index) - k - 1)",
        ),
        models=(lambda case: zeros_and_ones(last_of(case) + 1, length_of(case) - last_of(case) - 1),),
    ),
    misconception(
        "every-separator-zero",
        _("Every [SEP] got a 0. The one that ends sentence B belongs to sentence B, so it gets a 1."),
        _("After the first [SEP], everything is 1, including the last [SEP]."),
        wrong(
            ALL, "result, segment = [], 0", "for token in index:", "    result.append(0 if token == mark else segment)",
            "    if token == mark:", "        segment = 1", "return result",
        ),
        models=(
            lambda case: listed(
                *(
                    0 if token == input_of(case)[1] else part
                    for token, part in zip(input_of(case)[0], right_of(case), strict=True)
                )
            ),
        ),
    ),
    misconception(
        "halves",
        _("The list was cut in half. The boundary is at the first [SEP]: sentences rarely have the same length."),
        _("Try a pair of sentences with very different lengths."),
        wrong(ALL, "middle = len(index) // 2", "return [0] * middle + [1] * (len(index) - middle)"),
        models=(
            lambda case: zeros_and_ones(length_of(case) // 2, length_of(case) - length_of(case) // 2),
            lambda case: zeros_and_ones(length_of(case) - length_of(case) // 2, length_of(case) // 2),
        ),
    ),
    misconception(
        "only-the-example",
        _("Numbers of the example are hard-coded: the answer is right only for its twelve tokens."),
        _("Find the boundary in the list that the function gets."),
        wrong(ALL, "return [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]"),
        wrong_step(ALL, boundary="k = 4"),
        models=(lambda _case: zeros_and_ones(5, 7), lambda case: zeros_and_ones(5, length_of(case) - 5)),
    ),
    misconception(
        "constant",
        _("The answer is the same for every list: six zeros and six ones."),
        _("Find the boundary in the list that the function gets."),
        wrong(ALL, "return [0] * 6 + [1] * 6"),
        models=(lambda _case: zeros_and_ones(6, 6),),
    ),
    misconception(
        "third-segment",
        _("Here each [SEP] starts a new segment. BERT has only two segments: after the first [SEP], everything is 1."),
        _("Stop counting after the first [SEP]."),
        wrong(
            "edges", "result, segment = [], 0", "for token in index:", "    result.append(segment)",
            "    if token == mark:", "        segment += 1", "return result",
        ),
        models=(lambda case: _at_every_separator(case, after=1), lambda case: _at_every_separator(case, after=0)),
    ),
    misconception(
        "toggles",
        _(
            "Here each [SEP] turns 0 into 1 and 1 back into 0. But after the first [SEP] everything is 1, whatever "
            "the text contains."
        ),
        _("At a [SEP], set the number to 1 instead of switching it."),
        wrong(
            "edges", "segment, result = 0, []", "for token in index:", "    result.append(segment)",
            "    if token == mark:", "        segment = 1 - segment", "return result",
        ),
        models=(lambda case: _toggled(case, after=1), lambda case: _toggled(case, after=0)),
    ),
    misconception(
        "one-token-late",
        _("The first token of sentence B still got a 0: the zeros go one token too far."),
        _("Count the tokens up to and including the first [SEP]: at position k, there are k + 1."),
        wrong_step(ALL, boundary="k = index.index(mark) + 1"),
        models=(lambda case: zeros_and_ones(first_of(case) + 2, length_of(case) - first_of(case) - 2),),
    ),
    misconception(
        "marks-the-separators",
        _("Only the separators were marked. Every token has a segment id, which says which sentence it belongs to."),
        _("Give every token up to and including the first [SEP] a 0, and every other token a 1."),
        wrong(ALL, "return [1 if token == mark else 0 for token in index]"),
        models=(
            lambda case: _each(case, lambda token, mark: token == mark),
            lambda case: _each(case, lambda token, mark: token != mark),
        ),
    ),
    misconception(
        "compares-the-ids",
        _("The function compares ids. An id is a token's place in the vocabulary, not its place in the text."),
        _("Compare positions: where is the first [SEP], and where is the token?"),
        wrong(ALL, "return [0 if token <= mark else 1 for token in index]"),
        models=(
            lambda case: _each(case, lambda token, mark: token > mark),
            lambda case: _each(case, lambda token, mark: token >= mark),
            lambda case: _each(case, lambda token, mark: token < mark),
        ),
    ),
    misconception(
        "hard-coded-102",
        _("102 is hard-coded. That is the id of [SEP] in bert-base-uncased; in other vocabularies it has another id."),
        _("Search for the parameter mark, not for 102."),
        wrong_step("vocabularies", boundary="k = index.index(102)"),
        wrong(
            "vocabularies", "mark = 102", "result, segment = [], 0", "for token in index:",
            "    result.append(segment)", "    if token == mark:", "        segment = 1", "return result",
        ),
        models=(
            _hard_coded,
            lambda case: listed(*right_of(case)) if input_of(case)[1] == MARK else listed(*[0] * length_of(case)),
        ),
    ),
    misconception(
        "batch-axis-length",
        _("The length was taken from the batch axis. A batch with one list has length 1; the list itself is longer."),
        _("Take len of the list of ids, not of a list or tensor that holds it."),
        wrong(ALL, "batch = [index]", "k = index.index(mark)", "return [0] * (k + 1) + [1] * (len(batch) - k - 1)"),
        models=(lambda case: zeros_and_ones(first_of(case) + 1, 1 - first_of(case) - 1),),
    ),
)  # fmt: skip
