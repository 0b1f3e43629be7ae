"""2.6: the two lists become tensors with a batch axis."""

from __future__ import annotations

import random
from dataclasses import replace

from autograde.judge.beliefs import changes_its_arguments, returns_nothing
from autograde.judge.describing import call
from autograde.judge.examples import right, wrong
from autograde.judge.forms import dictionary, not_computed_yet
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Observation, Sequence, listed, tensor, tupled
from autograde.judge.question import (
    CALLED_TOKENIZER,
    Case,
    Misconception,
    Presentation,
    Question,
    RubricItem,
    Teaching,
    part,
)
from autograde.judge.sentences import (
    CHINESE,
    ENGLISH,
    SEP,
    SHOW,
    SPECIAL,
    TALK,
    Sentences,
    in_another_vocabulary,
    segments,
    unequal_pair,
    words,
)


def _case(name: str, about: Message, sentences: Sentences, mark: int = 102) -> Case:
    tokens = sentences.tokens
    ids = sentences.ids() if mark == SPECIAL[SEP] else sentences.ids(in_another_vocabulary(sentences, mark))
    return Case(name, "pairs", about, (listed(*ids), listed(*segments(tokens, SEP))), tokens)


_PAIR = _("a pair of sentences of different lengths")
_VOCABULARY = _("a pair in a vocabulary whose [SEP] has another id")

VISIBLE = (
    _case("tutorial", _("the tutorial's pair"), Sentences(TALK, SHOW)),
    _case("short", _PAIR, Sentences(("birds", "sing"), ("yes",))),
    _case("vocabulary", _VOCABULARY, Sentences(("birds", "sing"), ("we", "read", "books", ".")), 103),
)


def _small(sentences: Sentences, mark: int = 102) -> Case:
    case = _case(f"{'-'.join(sentences.tokens)}-{mark}", _PAIR, sentences, mark)
    return replace(case, about=verbatim(call("to_tensors", *case.arguments)))


SMALLER = (
    _small(Sentences(("yes",))),
    _small(Sentences(("yes",), ("no",))),
    _small(Sentences(("yes",), ("no",)), 103),
)


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    return (
        _case("longer-first", _PAIR, unequal_pair(rng, ENGLISH, longer_first=True)),
        _case("longer-second", _PAIR, unequal_pair(rng, ENGLISH, longer_first=False)),
        _case("chinese", _("a pair of Chinese sentences"), unequal_pair(rng, CHINESE, longer_first=True)),
        _case("single", _("a single sentence"), Sentences(words(rng, rng.randint(2, 6), ENGLISH))),
        _case(
            "one-token", _("a pair of sentences of one token each"),
            Sentences(words(rng, 1, ENGLISH), words(rng, 1, ENGLISH)),
        ),
        _case(
            "vocabulary", _VOCABULARY,
            unequal_pair(rng, ENGLISH, longer_first=False), rng.choice((103, 3, 203)),
        ),
    )  # fmt: skip


def _lists(case: Case) -> tuple[list[int], list[int]]:
    found = []
    for argument in case.arguments:
        assert isinstance(argument, Sequence)
        found.append([value for value in argument.items if isinstance(value, int)])
    return found[0], found[1]


def _pair(case: Case, dtype: str = "int64", library: str = "torch") -> Observation:
    index, ids = _lists(case)
    return tupled(tensor([index], dtype, library=library), tensor([ids], dtype, library=library))


def _of_two_dtypes(case: Case, first: str, second: str) -> Observation:
    index, ids = _lists(case)
    return tupled(tensor([index], first), tensor([ids], second))


#: Whole numbers that an embedding does not take, and truth values.
_OTHER_WHOLE = ("uint8", "int8", "int16", "bool")


def _made_anew(case: Case) -> Observation:
    """Return the segment ids computed with 102 as the separator."""
    index, _ids = _lists(case)
    anew = segments(index, SPECIAL[SEP])
    return tupled(tensor([index], "int64"), tensor([list(anew)], "int64"))


def _flat(case: Case) -> Observation:
    index, ids = _lists(case)
    return tupled(tensor(index, "int64"), tensor(ids, "int64"))


def _columns(case: Case) -> Observation:
    index, ids = _lists(case)
    return tupled(tensor([[value] for value in index], "int64"), tensor([[value] for value in ids], "int64"))


def _flat_segments(case: Case) -> Observation:
    index, ids = _lists(case)
    return tupled(tensor([index], "int64"), tensor(ids, "int64"))


def _flat_tokens(case: Case) -> Observation:
    index, ids = _lists(case)
    return tupled(tensor(index, "int64"), tensor([ids], "int64"))


def _deep(case: Case) -> Observation:
    index, ids = _lists(case)
    return tupled(tensor([[index]], "int64"), tensor([[ids]], "int64"))


def _swapped(case: Case) -> Observation:
    index, ids = _lists(case)
    return tupled(tensor([ids], "int64"), tensor([index], "int64"))


MISCONCEPTIONS = (
    Misconception(
        "calls-the-tokenizer",
        _("The function called the tokenizer for the tensors. Here you make them from the two lists."),
        _("Use only the two lists that the function is given."),
        effect=CALLED_TOKENIZER,
        examples=(wrong("tokens segments", """
            def to_tensors(index, segments_ids):
                from transformers import BertTokenizer
                tokenizer = BertTokenizer(vocab={"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4})
                one = {"input_ids": index, "token_type_ids": segments_ids}
                batch = tokenizer.pad([one], return_tensors="pt")
                return batch["input_ids"], batch["token_type_ids"]
        """),),
    ),
    Misconception(
        "no-batch-axis",
        _("The batch axis is missing: a model takes a batch of sentences, so one sentence has the shape [1, tokens]."),
        _("Put the list into another pair of brackets before the tensor is made."),
        (_flat,),
        examples=(wrong("tokens segments", """
            def to_tensors(index, segments_ids):
                return torch.tensor(index), torch.tensor(segments_ids)
        """),),
    ),
    Misconception(
        "batch-axis-once",
        _("Only one of the two tensors has a batch axis. The model needs both in the same shape, [1, tokens]."),
        _("Make both tensors in the same way."),
        (_flat_segments, _flat_tokens),
        examples=(wrong("segments", """
            def to_tensors(index, segments_ids):
                return torch.tensor([index]), torch.tensor(segments_ids)
        """),),
    ),
    Misconception(
        "one-axis-too-many",
        _("There is one axis too many: the batch and the tokens are all, so one sentence has the shape [1, tokens]."),
        _("Take one pair of brackets away, or one unsqueeze."),
        (_deep,),
        examples=(wrong("tokens segments", """
            def to_tensors(index, segments_ids):
                return torch.tensor([[index]]), torch.tensor([[segments_ids]])
        """),),
    ),
    Misconception(
        "batch-axis-last",
        _("The batch axis is at the wrong end: it is the first axis, so one sentence has the shape [1, tokens]."),
        _("Use unsqueeze(0), or brackets around the whole list."),
        (_columns,),
        examples=(wrong("tokens segments", """
            def to_tensors(index, segments_ids):
                return torch.tensor(index).unsqueeze(1), torch.tensor(segments_ids).unsqueeze(1)
        """),),
    ),
    Misconception(
        "floats",
        _(
            "The tensors hold decimal numbers. Ids are looked up in a table, so they must be whole numbers "
            "(torch.long)."
        ),
        _("Make the tensor from whole numbers and give no floating-point dtype."),
        (
            lambda case: _pair(case, "float32"),
            lambda case: _pair(case, "float64"),
            lambda case: _of_two_dtypes(case, "int64", "float32"),
            lambda case: _of_two_dtypes(case, "float32", "int64"),
        ),
        examples=(
            wrong("tokens segments", """
                def to_tensors(index, segments_ids):
                    return torch.Tensor([index]), torch.Tensor([segments_ids])
            """),
            wrong("segments", """
                def to_tensors(index, segments_ids):
                    return torch.tensor([index]), torch.zeros(1, len(index)) + torch.tensor(segments_ids)
            """),
        ),
    ),
    Misconception(
        "other-whole-numbers",
        _("The whole numbers are of a kind that an embedding does not take: it takes int64 (torch.long) and int32."),
        _("Leave the dtype out: torch.tensor makes int64 from whole numbers."),
        (
            *(lambda case, dtype=dtype: _of_two_dtypes(case, "int64", dtype) for dtype in _OTHER_WHOLE),
            lambda case: _pair(case, "int16"),
            lambda case: _of_two_dtypes(case, "int16", "int64"),
        ),
        examples=(wrong("segments", """
            def to_tensors(index, segments_ids):
                return torch.tensor([index]), torch.tensor([segments_ids], dtype=torch.uint8)
        """),),
    ),
    Misconception(
        "lists-for-tensors",
        _("The function returned plain lists instead of tensors: the model calls methods that a list does not have."),
        _("Put another pair of square brackets around each list, then pass it to torch.tensor."),
        (
            lambda case: tupled(*(listed(*values) for values in _lists(case))),
            lambda case: tupled(*(listed(listed(*values)) for values in _lists(case))),
        ),
        examples=(wrong("tokens segments", """
            def to_tensors(index, segments_ids):
                return [index], [segments_ids]
        """),),
    ),
    Misconception(
        "numpy-for-tensors",
        _("The function returned NumPy arrays instead of PyTorch tensors."),
        _("Use torch.tensor, or torch.from_numpy on the array."),
        (lambda case: _pair(case, library="numpy"),),
        examples=(wrong("tokens segments", """
            def to_tensors(index, segments_ids):
                import numpy
                return numpy.array([index]), numpy.array([segments_ids])
        """),),
    ),
    Misconception(
        "stacked",
        _("Both lists went into one tensor, as if they were two sentences of one batch. The model takes them apart."),
        _("Make two tensors and return both."),
        (lambda case: tensor(list(_lists(case)), "int64"),),
        examples=(wrong("tokens segments", """
            def to_tensors(index, segments_ids):
                return torch.tensor([index, segments_ids])
        """),),
    ),
    Misconception(
        "swapped",
        _("The two tensors are in the wrong order: first the tokens, then the segments."),
        _("Return the tensor of the ids first."),
        (_swapped,),
        examples=(wrong("tokens segments", """
            def to_tensors(index, segments_ids):
                return torch.tensor([segments_ids]), torch.tensor([index])
        """),),
    ),
    Misconception(
        "segments-made-anew",
        _(
            "The second tensor doesn't hold the segment ids that the function is given: they were worked out again "
            "with the id 102."
        ),
        _("Make the second tensor from segments_ids."),
        (_made_anew,),
        examples=(wrong("segments", """
            def to_tensors(index, segments_ids):
                k = index.index(102)
                segments = [0] * (k + 1) + [1] * (len(index) - k - 1)
                return torch.tensor([index]), torch.tensor([segments])
        """),),
    ),
    Misconception(
        "only-the-ids",
        _("The function returned only the tensor of the ids. Return the tensor of the segment ids as well."),
        _("Return both tensors."),
        (lambda case: tensor([_lists(case)[0]], "int64"), lambda case: tensor(_lists(case)[0], "int64")),
        examples=(wrong("tokens segments", """
            def to_tensors(index, segments_ids):
                return torch.tensor([index])
        """),),
    ),
    dictionary(
        _("the tensor of the ids, the tensor of the segment ids"), _("Return them with a comma between them."),
        examples=(wrong("tokens segments", """
        def to_tensors(index, segments_ids):
            return {"input_ids": torch.tensor([index]), "token_type_ids": torch.tensor([segments_ids])}
    """),)),
    not_computed_yet(
        _("Return both tensors themselves, with a comma between them."),
        examples=(wrong("tokens segments", """
        def to_tensors(index, segments_ids):
            return map(lambda values: torch.tensor([values]), (index, segments_ids))
    """),)),
    returns_nothing(_("both results"), examples=(wrong("tokens segments", """
        def to_tensors(index, segments_ids):
            tokens_tensor = torch.tensor([index])
            segments_tensors = torch.tensor([segments_ids])
    """),)),
    changes_its_arguments((
        wrong("tokens segments", """
            def to_tensors(index, segments_ids):
                index[:] = [list(index)]
                segments_ids[:] = [list(segments_ids)]
                return torch.tensor(index), torch.tensor(segments_ids)
        """),
        wrong("tokens segments", """
            def to_tensors(index, segments_ids):
                tokens, segments = torch.tensor([index]), torch.tensor([segments_ids])
                del index[:]
                return tokens, segments
        """),
    )),
)  # fmt: skip

SOLUTION = """\
def to_tensors(index, segments_ids):
    tokens_tensor = torch.tensor([index])
    segments_tensors = torch.tensor([segments_ids])
    return tokens_tensor, segments_tensors
"""

RIGHT = (
    right("unsqueeze, a list", """
        def to_tensors(index, segments_ids):
            return [torch.LongTensor(index).unsqueeze(0), torch.LongTensor(segments_ids)[None, :]]
    """),
    right("from NumPy", """
        def to_tensors(index, segments_ids):
            import numpy
            return tuple(torch.from_numpy(numpy.array(values)[None]) for values in (index, segments_ids))
    """),
    right("filled in a loop, noisy", """
        def to_tensors(index, segments_ids):
            import warnings
            warnings.warn("slow")
            tensors = torch.zeros(2, 1, len(index), dtype=torch.long)
            for row, values in enumerate((index, segments_ids)):
                for place, value in enumerate(values):
                    tensors[row, 0, place] = value
            print(tensors)
            return tensors.unbind()
    """),
    right("int32", """
        def to_tensors(index, segments_ids):
            both = torch.tensor([[index], [segments_ids]], dtype=torch.int32)
            return both[0], both[1]
    """),
)  # fmt: skip

QUESTION = Question(
    id="2.6/to_tensors",
    number=3,
    visible=VISIBLE,
    hidden=_hidden,
    oracle=_pair,
    rubric=(
        RubricItem("tokens", _("the tensor of the ids: shape, dtype, values"), 3, aspect=part(0)),
        RubricItem("segments", _("the tensor of the segment ids: shape, dtype, values"), 2, aspect=part(1)),
    ),
    misconceptions=MISCONCEPTIONS,
    smaller=SMALLER,
    by_hand=True,
    presentation=Presentation(parts=("tokens_tensor", "segments_tensors")),
    teaching=Teaching(
        title=_("Lists become tensors with a batch axis"),
        hints=(
            _("How many sentences does a batch of one hold, and which axis counts them?"),
            _("The tutorial's result has the shape [1, 12, 768]. Where must its 1 come from?"),
            _("torch.tensor([5, 6, 7]) has the shape [3]. Which brackets make it [1, 3]?"),
        ),
        solution=SOLUTION,
        expectation=_("two tensors of the shape [1, tokens]"),
        advice=_("Print both tensors beside the lists that they were made from."),
        right=RIGHT,
    ),
)
