"""2.6, segment ids: wrong rules that people really have, each as a program."""

from __future__ import annotations

from collections.abc import Callable

from autograde.judge.beliefs import changes_its_arguments, returns_nothing
from autograde.judge.examples import wrong
from autograde.judge.forms import not_computed_yet
from autograde.judge.messages import _
from autograde.judge.observation import Observation, Raised, Sequence, listed, tensor, tupled
from autograde.judge.question import CALLED_TOKENIZER, Case, Misconception
from autograde.judge.sentences import (
    segments,
)
from autograde.questions.load_the_downloaded_model.segment_ids.cases import (
    MARK,
    first_of,
    input_of,
    last_of,
    length_of,
    right_of,
)


def _split(zeros: int, ones: int) -> Sequence:
    """Zeros, then ones, as Python multiplies lists: a negative count is none."""
    return listed(*[0] * zeros, *[1] * ones)


def _at_every_separator(case: Case, *, after: int) -> Sequence:
    """One segment more at every separator, or after it."""
    index, mark = input_of(case)
    places = range(len(index))
    return listed(*(sum(index[other] == mark for other in range(place + 1 - after)) for place in places))


def _toggled(case: Case, *, after: int) -> Sequence:
    """From 0 to 1 and back at every separator, or after it."""
    return listed(*(int(part) % 2 for part in _at_every_separator(case, after=after).items if isinstance(part, int)))


def _each(case: Case, rule: Callable[[int, int], object]) -> Sequence:
    """A segment id for each token from its id and the separator's alone, wherever it stands."""
    index, mark = input_of(case)
    return listed(*(int(bool(rule(token, mark))) for token in index))


def _hard_coded(case: Case) -> Observation:
    index, _mark = input_of(case)
    return listed(*segments(index, MARK)) if MARK in index else Raised("ValueError")


MISCONCEPTIONS = (
    Misconception(
        "calls-the-tokenizer",
        _("The function called the tokenizer for the segment ids. Here you write the rule yourself."),
        _("Use only the list and the separator that the function is given."),
        effect=CALLED_TOKENIZER,
        examples=(
            wrong("pairs vocabularies edges", """
                def segment_ids(index, mark):
                    from transformers import BertTokenizer
                    known = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "a": 5}
                    tokenizer = BertTokenizer(vocab=known)
                    k = index.index(mark)
                    first, second = "a " * (k - 1), "a " * (len(index) - k - 2)
                    return tokenizer(first, second)["token_type_ids"]
            """),
            wrong("pairs vocabularies edges", """
                def segment_ids(index, mark):
                    from transformers import BertTokenizer
                    known = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "a": 5}
                    library = BertTokenizer(vocab=known)._tokenizer
                    k = index.index(mark)
                    first, second = " ".join("a" * (k - 1)), " ".join("a" * max(len(index) - k - 2, 0))
                    found = library.encode(first, second) if len(index) > k + 1 else library.encode(first)
                    ids = found.type_ids
                    return (list(ids) + [1])[: len(index)]
            """),
        ),
    ),
    Misconception(
        "separator-in-second",
        _(
            "The first [SEP] closes sentence A, so it belongs to segment 0; here it is counted with sentence B "
            "(k zeros)."
        ),
        _("Count the tokens up to and including the first [SEP]: if its position is k, they are k + 1."),
        (lambda case: _split(first_of(case), length_of(case) - first_of(case)),),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                k = index.index(mark)
                return [0] * k + [1] * (len(index) - k)
        """),),
    ),
    Misconception(
        "last-separator",
        _("The last [SEP] was taken for the boundary. A pair holds two of them; the first one ends sentence A."),
        _("Search from the left: list.index gives the first position."),
        (lambda case: _split(last_of(case) + 1, length_of(case) - last_of(case) - 1),),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                for position, token in enumerate(index):
                    if token == mark:
                        k = position
                return [0] * (k + 1) + [1] * (len(index) - k - 1)
        """),),
    ),
    Misconception(
        "every-separator-zero",
        _("Every [SEP] got a 0. The one that closes sentence B belongs to sentence B, so it is a 1."),
        _("After the first [SEP], everything is 1, the last [SEP] too."),
        (
            lambda case: listed(
                *(
                    0 if token == input_of(case)[1] else part
                    for token, part in zip(input_of(case)[0], right_of(case), strict=True)
                )
            ),
        ),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                result, segment = [], 0
                for token in index:
                    result.append(0 if token == mark else segment)
                    if token == mark:
                        segment = 1
                return result
        """),),
    ),
    Misconception(
        "halves",
        _(
            "The list was cut in half. The boundary is where the first [SEP] stands, and sentences are rarely "
            "equally long."
        ),
        _("Try a pair whose sentences have very different lengths."),
        (
            lambda case: _split(length_of(case) // 2, length_of(case) - length_of(case) // 2),
            lambda case: _split(length_of(case) - length_of(case) // 2, length_of(case) // 2),
        ),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                middle = len(index) // 2
                return [0] * middle + [1] * (len(index) - middle)
        """),),
    ),
    Misconception(
        "only-the-example",
        _(
            "The answer fits the twelve tokens of the example and no other list: numbers of the example were "
            "written down."
        ),
        _("Compute the boundary from the list that the function is given."),
        (
            lambda _case: _split(5, 7),
            lambda case: _split(5, length_of(case) - 5),
        ),
        examples=(
            wrong("pairs vocabularies edges", """
                def segment_ids(index, mark):
                    return [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]
            """),
            wrong("pairs vocabularies edges", """
                def segment_ids(index, mark):
                    k = 4
                    return [0] * (k + 1) + [1] * (len(index) - k - 1)
            """),
        ),
    ),
    Misconception(
        "constant",
        _("The answer is the same for every list: six zeros and six ones."),
        _("Compute the boundary from the list that the function is given."),
        (lambda _case: _split(6, 6),),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                return [0] * 6 + [1] * 6
        """),),
    ),
    Misconception(
        "third-segment",
        _(
            "Each [SEP] starts a new segment here. BERT knows two segments only: after the first [SEP], "
            "everything is 1."
        ),
        _("Stop counting after the first [SEP]."),
        (lambda case: _at_every_separator(case, after=1), lambda case: _at_every_separator(case, after=0)),
        examples=(wrong("edges", """
            def segment_ids(index, mark):
                result, segment = [], 0
                for token in index:
                    result.append(segment)
                    if token == mark:
                        segment += 1
                return result
        """),),
    ),
    Misconception(
        "toggles",
        _(
            "Each [SEP] turns 0 into 1 and 1 back into 0. After the first one everything is 1, whatever else is typed "
            "into the text."
        ),
        _("At a [SEP], set the number to 1 instead of turning it round."),
        (lambda case: _toggled(case, after=1), lambda case: _toggled(case, after=0)),
        examples=(wrong("edges", """
            def segment_ids(index, mark):
                segment, result = 0, []
                for token in index:
                    result.append(segment)
                    if token == mark:
                        segment = 1 - segment
                return result
        """),),
    ),
    Misconception(
        "one-token-late",
        _("The first token of sentence B still got a 0: the zeros go one token too far."),
        _("Count the tokens up to and including the first [SEP]: if its position is k, they are k + 1."),
        (lambda case: _split(first_of(case) + 2, length_of(case) - first_of(case) - 2),),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                k = index.index(mark) + 1
                return [0] * (k + 1) + [1] * (len(index) - k - 1)
        """),),
    ),
    Misconception(
        "marks-the-separators",
        _("Only the separators stand out here. Every token has a segment id, and it says which sentence it is in."),
        _("Give every token up to and including the first [SEP] a 0, and every other token a 1."),
        (lambda case: _each(case, lambda token, mark: token == mark), lambda case: _each(case, lambda t, m: t != m)),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                return [1 if token == mark else 0 for token in index]
        """),),
    ),
    Misconception(
        "compares-the-ids",
        _("Ids were compared by their size. An id is a word's place in the vocabulary, not its place in the text."),
        _("Compare positions: where does the first [SEP] stand, and where does the token?"),
        (
            lambda case: _each(case, lambda token, mark: token > mark),
            lambda case: _each(case, lambda token, mark: token >= mark),
            lambda case: _each(case, lambda token, mark: token < mark),
        ),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                return [0 if token <= mark else 1 for token in index]
        """),),
    ),
    Misconception(
        "hard-coded-102",
        _("102 is written down. It is the id of [SEP] in bert-base-uncased; other vocabularies give it another one."),
        _("Search for mark, which the function is given, not for 102."),
        (
            _hard_coded,
            lambda case: listed(*right_of(case)) if input_of(case)[1] == MARK else listed(*[0] * length_of(case)),
        ),
        examples=(
            wrong("vocabularies", """
                def segment_ids(index, mark):
                    k = index.index(102)
                    return [0] * (k + 1) + [1] * (len(index) - k - 1)
            """),
            wrong("vocabularies", """
                def segment_ids(index, mark):
                    mark = 102
                    result, segment = [], 0
                    for token in index:
                        result.append(segment)
                        if token == mark:
                            segment = 1
                    return result
            """),
        ),
    ),
    Misconception(
        "batch-axis-length",
        _("The length was taken from the batch axis: a batch of one list has the length 1, the list itself has more."),
        _("Take len of the list of ids, not of a list or tensor that holds it."),
        (lambda case: _split(first_of(case) + 1, 1 - first_of(case) - 1),),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                batch = [index]
                k = index.index(mark)
                return [0] * (k + 1) + [1] * (len(batch) - k - 1)
        """),),
    ),
    Misconception(
        "floats",
        _(
            "The numbers are right but of the wrong kind: an embedding is looked up by whole numbers, not by "
            "decimal ones."
        ),
        _("Use 0 and 1 instead of 0.0 and 1.0."),
        (lambda case: listed(*map(float, right_of(case))),),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                k = index.index(mark)
                return [0.0] * (k + 1) + [1.0] * (len(index) - k - 1)
        """),),
    ),
    Misconception(
        "booleans",
        _(
            "The list holds True and False instead of 1 and 0. A comparison gives truth values; segment "
            "ids are numbers."
        ),
        _("Turn each truth value into a whole number with int(...)."),
        (lambda case: listed(*map(bool, right_of(case))),),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                k = index.index(mark)
                return [position > k for position in range(len(index))]
        """),),
    ),
    Misconception(
        "swapped",
        _("0 and 1 are swapped: sentence A is segment 0, sentence B is segment 1."),
        _("Give the tokens of the first sentence 0."),
        (lambda case: listed(*(1 - part for part in right_of(case))),),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                k = index.index(mark)
                return [1] * (k + 1) + [0] * (len(index) - k - 1)
        """),),
    ),
    Misconception(
        "one-and-two",
        _("The sentences are counted 1 and 2. BERT counts segments from 0: sentence A is 0, sentence B is 1."),
        _("Begin with 0."),
        (lambda case: listed(*(1 + part for part in right_of(case))),),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                k = index.index(mark)
                return [1] * (k + 1) + [2] * (len(index) - k - 1)
        """),),
    ),
    Misconception(
        "texts",
        _("The digits are right but came as text: an embedding is looked up by whole numbers."),
        _("Leave the quotation marks out: 0 and 1, in a list."),
        (
            lambda case: listed(*map(str, right_of(case))),
            lambda case: "".join(map(str, right_of(case))),
        ),
        examples=(
            wrong("pairs vocabularies edges", """
                def segment_ids(index, mark):
                    k = index.index(mark)
                    return ["0"] * (k + 1) + ["1"] * (len(index) - k - 1)
            """),
            wrong("pairs vocabularies edges", """
                def segment_ids(index, mark):
                    k = index.index(mark)
                    return "0" * (k + 1) + "1" * (len(index) - k - 1)
            """),
        ),
    ),
    Misconception(
        "all-ones",
        _("Every token got a 1, as if there were no sentence A."),
        _("The tokens up to and including the first [SEP] belong to sentence A: give them 0."),
        (lambda case: _split(0, length_of(case)),),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                return [1] * len(index)
        """),),
    ),
    Misconception(
        "all-zeros",
        _("Every token got a 0, as if there were only one sentence."),
        _("The tokens after the first [SEP] belong to sentence B: give them 1."),
        (lambda case: _split(length_of(case), 0),),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                return [0 for _ in index]
        """),),
    ),
    Misconception(
        "one-too-few",
        _("The list is one number too short: each token needs its segment id, [CLS] and both [SEP] too."),
        _("Check that the number of zeros and the number of ones add up to the length of the list."),
        (
            lambda case: listed(*right_of(case)[:-1]),
            lambda case: listed(*right_of(case)[1:]),
            lambda case: _split(first_of(case) + 1, length_of(case) - first_of(case) - 2),
        ),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                k = index.index(mark)
                return [0] * (k + 1) + [1] * (len(index) - k - 2)
        """),),
    ),
    Misconception(
        "one-too-many",
        _("The list is one number too long: there are more segment ids than tokens."),
        _("Check that the number of zeros and the number of ones add up to the length of the list."),
        (
            lambda case: listed(*right_of(case), 1),
            lambda case: listed(*right_of(case), 0),
            lambda case: _split(first_of(case) + 2, length_of(case) - first_of(case) - 1),
            lambda case: _split(first_of(case) + 1, length_of(case) - first_of(case)),
        ),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                k = index.index(mark)
                return [0] * (k + 1) + [1] * (len(index) - k)
        """),),
    ),
    Misconception(
        "tensor-for-list",
        _("The numbers are right, but they came as a tensor or array. Return a plain list here; tensors come next."),
        _("Return the list, or call tolist() on the result."),
        (
            lambda case: tensor(right_of(case), "int64"),
            lambda case: tensor([right_of(case)], "int64"),
            lambda case: tensor(right_of(case), "int64", library="numpy"),
        ),
        examples=(
            wrong("pairs vocabularies edges", """
                def segment_ids(index, mark):
                    k = index.index(mark)
                    return torch.tensor([0] * (k + 1) + [1] * (len(index) - k - 1))
            """),
            wrong("pairs vocabularies edges", """
                def segment_ids(index, mark):
                    import numpy
                    return (numpy.arange(len(index)) > index.index(mark)).astype(int)
            """),
        ),
    ),
    Misconception(
        "list-in-a-list",
        _("The list came inside another list. The batch axis is added in the next step, when the tensor is made."),
        _("Return the flat list of numbers."),
        (lambda case: listed(listed(*right_of(case))),),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                k = index.index(mark)
                return [[0] * (k + 1) + [1] * (len(index) - k - 1)]
        """),),
    ),
    Misconception(
        "two-lists",
        _("The zeros and the ones came as two lists. Return one list: a comma makes two, + makes one."),
        _("Join the two lists with + before you return them."),
        (lambda case: tupled(_split(first_of(case) + 1, 0), _split(0, length_of(case) - first_of(case) - 1)),),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                k = index.index(mark)
                return [0] * (k + 1), [1] * (len(index) - k - 1)
        """),),
    ),
    Misconception(
        "only-the-position",
        _("The position of the first [SEP] came back. It is the right place to look at, and not yet the list."),
        _("Make the list from it: k + 1 zeros, and ones for all tokens that are left."),
        (first_of, lambda case: first_of(case) + 1),
        examples=(wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                return index.index(mark)
        """),),
    ),
    not_computed_yet(_("Put list(...) around it, or write square brackets instead of round ones."), examples=(
        wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                k = index.index(mark)
                return (int(place > k) for place in range(len(index)))
        """),
        wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                k = index.index(mark)
                return map(int, (place > k for place in range(len(index))))
        """),
        wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                k = index.index(mark)
                for place in range(len(index)):
                    yield int(place > k)
        """),
    )),
    returns_nothing(_("the list"), examples=(wrong("pairs vocabularies edges", """
        def segment_ids(index, mark):
            k = index.index(mark)
            print([0] * (k + 1) + [1] * (len(index) - k - 1))
    """),)),
    changes_its_arguments((
        wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                result = []
                while index:
                    token = index.pop(0)
                    result.append(0)
                    if token == mark:
                        break
                return result + [1 for _ in index]
        """),
        wrong("pairs vocabularies edges", """
            def segment_ids(index, mark):
                k = index.index(mark)
                for position in range(len(index)):
                    index[position] = 0 if position <= k else 1
                return index
        """),
    )),
)  # fmt: skip
