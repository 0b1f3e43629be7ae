"""2.6, tensors: common wrong answers."""

from __future__ import annotations

from collections.abc import Callable

from autograde.judge.cases import Case
from autograde.judge.common_misconceptions import changes_its_arguments, dictionary, not_computed_yet, returns_nothing
from autograde.judge.evidence import CALLED_TOKENIZER
from autograde.judge.messages import _
from autograde.judge.observation import Observation, listed, tensor, tupled
from autograde.judge.question import WrongModel, misconception
from autograde.judge.sentences import SEP, SPECIAL, segments
from autograde.questions.load_the_downloaded_model.to_tensors.cases import lists, pair_of
from autograde.questions.load_the_downloaded_model.to_tensors.solutions import ALL, wrong

#: Integer dtypes that an embedding does not accept, and bool.
_OTHER_WHOLE = ("uint8", "int8", "int16", "bool")

#: The dtypes of a right answer.
_RIGHT = ("int64", "int64")

#: Creates the nested lists for a tensor.
Nesting = Callable[[list[int]], object]


def _batch(values: list[int]) -> object:
    return [values]


def _tensors(first: Nesting = _batch, second: Nesting = _batch, dtypes: tuple[str, str] = _RIGHT) -> WrongModel:
    """Return the wrong model in which the two tensors have other axes or dtypes."""

    def model(case: Case) -> Observation:
        index, ids = lists(case)
        return tupled(tensor(first(index), dtypes[0]), tensor(second(ids), dtypes[1]))

    return model


def _made_anew(case: Case) -> Observation:
    """Return the segment ids computed with 102 as the separator."""
    index, _ids = lists(case)
    return tupled(tensor([index], "int64"), tensor([segments(index, SPECIAL[SEP])], "int64"))


def _swapped(case: Case) -> Observation:
    index, ids = lists(case)
    return tupled(tensor([ids], "int64"), tensor([index], "int64"))


MISCONCEPTIONS = (
    misconception(
        "calls-the-tokenizer",
        _("The function called the tokenizer for the tensors. Here you make them from the two lists."),
        _("Use only the two lists that the function gets."),
        wrong(
            ALL, "from transformers import BertTokenizer",
            'tokenizer = BertTokenizer(vocab={"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4})',
            'one = {"input_ids": index, "token_type_ids": segments_ids}',
            'batch = tokenizer.pad([one], return_tensors="pt")', 'return batch["input_ids"], batch["token_type_ids"]',
        ),
        effect=CALLED_TOKENIZER,
    ),
    misconception(
        "no-batch-axis",
        _("The batch axis is missing. A model takes a batch of sentences, so one sentence has the shape [1, tokens]."),
        _("Put another pair of square brackets around the list before you make the tensor."),
        wrong(ALL, "return torch.tensor(index), torch.tensor(segments_ids)"),
        models=(_tensors(list, list),),
    ),
    misconception(
        "batch-axis-once",
        _("Only one of the two tensors has a batch axis. The model needs both in the same shape, [1, tokens]."),
        _("Make both tensors in the same way."),
        wrong("segments", "return torch.tensor([index]), torch.tensor(segments_ids)"),
        models=(_tensors(second=list), _tensors(first=list)),
    ),
    misconception(
        "one-axis-too-many",
        _("There is one axis too many. Only batch and tokens are needed: one sentence has the shape [1, tokens]."),
        _("Remove one pair of brackets, or one unsqueeze."),
        wrong(ALL, "return torch.tensor([[index]]), torch.tensor([[segments_ids]])"),
        models=(_tensors(lambda values: [[values]], lambda values: [[values]]),),
    ),
    misconception(
        "batch-axis-last",
        _("The batch axis is at the wrong end: it is the first axis, so one sentence has the shape [1, tokens]."),
        _("Use unsqueeze(0), or brackets around the whole list."),
        wrong(ALL, "return torch.tensor(index).unsqueeze(1), torch.tensor(segments_ids).unsqueeze(1)"),
        models=(_tensors(lambda values: [[each] for each in values], lambda values: [[each] for each in values]),),
    ),
    misconception(
        "floats",
        _("The tensors contain decimal numbers. Ids must be whole numbers (torch.long)."),
        _("Make the tensors from whole numbers, without a floating-point dtype."),
        wrong(ALL, "return torch.Tensor([index]), torch.Tensor([segments_ids])"),
        wrong("segments", "return torch.tensor([index]), torch.zeros(1, len(index)) + torch.tensor(segments_ids)"),
        models=tuple(_tensors(dtypes=each) for each in (
            ("float32", "float32"), ("float64", "float64"), ("int64", "float32"), ("float32", "int64"),
        )),
    ),
    misconception(
        "other-whole-numbers",
        _("The dtype is wrong: a model takes ids as int64 (torch.long) or int32."),
        _("Leave the dtype out: torch.tensor makes int64 from whole numbers."),
        wrong("segments", "return torch.tensor([index]), torch.tensor([segments_ids], dtype=torch.uint8)"),
        models=tuple(_tensors(dtypes=each) for each in (
            *(("int64", dtype) for dtype in _OTHER_WHOLE), ("int16", "int16"), ("int16", "int64"),
        )),
    ),
    misconception(
        "lists-for-tensors",
        _("The function returned plain lists. The model needs tensors."),
        _("Put another pair of square brackets around each list, then pass it to torch.tensor."),
        wrong(ALL, "return [index], [segments_ids]"),
        models=(
            lambda case: tupled(*(listed(*values) for values in lists(case))),
            lambda case: tupled(*(listed(listed(*values)) for values in lists(case))),
        ),
    ),
    misconception(
        "numpy-for-tensors",
        _("The function returned NumPy arrays instead of PyTorch tensors."),
        _("Use torch.tensor, or torch.from_numpy on the array."),
        wrong(ALL, "import numpy", "return numpy.array([index]), numpy.array([segments_ids])"),
        models=(lambda case: pair_of(case, library="numpy"),),
    ),
    misconception(
        "stacked",
        _(
            "Both lists are in one tensor, as if they were two sentences of a batch. The model needs two separate "
            "tensors."
        ),
        _("Make two tensors and return both."),
        wrong(ALL, "return torch.tensor([index, segments_ids])"),
        models=(lambda case: tensor(list(lists(case)), "int64"),),
    ),
    misconception(
        "swapped",
        _("The two tensors are in the wrong order: first the tokens, then the segments."),
        _("Return the tensor of the ids first."),
        wrong(ALL, "return torch.tensor([segments_ids]), torch.tensor([index])"),
        models=(_swapped,),
    ),
    misconception(
        "segments-made-anew",
        _(
            "The second tensor doesn't contain the given segment ids: the function worked them out again, with 102 as "
            "the separator."
        ),
        _("Make the second tensor from segments_ids."),
        wrong(
            "segments", "k = index.index(102)", "segments = [0] * (k + 1) + [1] * (len(index) - k - 1)",
            "return torch.tensor([index]), torch.tensor([segments])",
        ),
        models=(_made_anew,),
    ),
    misconception(
        "only-the-ids",
        _("The function returned only the tensor of the ids. Return the tensor of the segment ids as well."),
        _("Return both tensors."),
        wrong(ALL, "return torch.tensor([index])"),
        models=(lambda case: tensor([lists(case)[0]], "int64"), lambda case: tensor(lists(case)[0], "int64")),
    ),
    dictionary(
        _("the tensor of the ids, the tensor of the segment ids"),
        _("Return them with a comma between them."),
        wrong(ALL, 'return {"input_ids": torch.tensor([index]), "token_type_ids": torch.tensor([segments_ids])}'),
    ),
    not_computed_yet(
        _("Return both tensors themselves, with a comma between them."),
        wrong(ALL, "return map(lambda values: torch.tensor([values]), (index, segments_ids))"),
    ),
    returns_nothing(
        _("both results"),
        wrong(ALL, "tokens_tensor = torch.tensor([index])", "segments_tensors = torch.tensor([segments_ids])"),
    ),
    changes_its_arguments(
        wrong(
            ALL, "index[:] = [list(index)]", "segments_ids[:] = [list(segments_ids)]",
            "return torch.tensor(index), torch.tensor(segments_ids)",
        ),
        wrong(
            ALL, "tokens, segments = torch.tensor([index]), torch.tensor([segments_ids])", "del index[:]",
            "return tokens, segments",
        ),
    ),
)  # fmt: skip
