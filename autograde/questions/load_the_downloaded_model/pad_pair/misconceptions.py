"""2.6, padding: common wrong answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import permutations

from autograde.judge.cases import Case
from autograde.judge.common_misconceptions import changes_its_arguments, dictionary, not_computed_yet, returns_nothing
from autograde.judge.evidence import CALLED_TOKENIZER
from autograde.judge.messages import _
from autograde.judge.observation import Observation, Sequence, Tensor, listed, tupled
from autograde.judge.question import WrongModel, misconception
from autograde.judge.sentences import PAD
from autograde.questions.load_the_downloaded_model.pad_pair.cases import answer, input_of
from autograde.questions.load_the_downloaded_model.pad_pair.solutions import ALL, wrong, wrong_list

#: Computes the three lists from the ids, the segment ids, the number of missing positions, and the padding id.
Rule = Callable[[list[int], list[int], int, int], tuple[Iterable[Observation], ...]]


def _lists(rule: Rule) -> WrongModel:
    """Return the wrong model with the lists from ``rule``."""

    def model(case: Case) -> Observation:
        return tupled(*(listed(*each) for each in rule(*input_of(case))))

    return model


def _masked(mask: Callable[[int, int], Iterable[int]]) -> WrongModel:
    """Return the wrong model with ``mask(number of tokens, number of missing positions)`` as its mask."""
    return _lists(lambda index, parts, more, pad: (
        index + [pad] * more, parts + [0] * more, mask(len(index), more)
    ))  # fmt: skip


def _ordered(case: Case, places: tuple[int, ...]) -> Observation:
    """Return the three right lists in another order."""
    right = answer(case)
    assert isinstance(right, Sequence)
    return tupled(*(right.items[place] for place in places))


def _is_tensors(_case: Case, got: Observation) -> bool:
    return isinstance(got, Sequence) and len(got.items) == 3 and all(isinstance(each, Tensor) for each in got.items)


MISCONCEPTIONS = (
    misconception(
        "calls-the-tokenizer",
        _("The function called the tokenizer for padding. Here you make the three lists yourself."),
        _("Use only the lists and numbers that the function gets."),
        wrong(
            ALL, "from transformers import BertTokenizer",
            'tokenizer = BertTokenizer(vocab={"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4})',
            'one = {"input_ids": index, "token_type_ids": segments_ids}',
            'padded = tokenizer.pad(one, padding="max_length", max_length=length)',
            'return padded["input_ids"], padded["token_type_ids"], padded["attention_mask"]',
        ),
        effect=CALLED_TOKENIZER,
    ),
    misconception(
        "padding-in-second",
        _("Padding was counted as sentence B. It belongs to no sentence, and its segment id is 0."),
        _("Fill the segment ids with 0."),
        wrong_list("segments", segments="segments_ids + [1] * more"),
        models=(lambda case: answer(case, segment=1),),
    ),
    misconception(
        "pad-in-segments",
        _("The segment ids were filled with the padding id. Segment ids are 0 or 1, and padding gets a 0."),
        _("Fill the segment ids with 0."),
        wrong_list("segments", segments="segments_ids + [pad] * more"),
        models=(lambda case: answer(case, segment=input_of(case)[3]),),
    ),
    misconception(
        "mask-all-ones",
        _("The attention mask is 1 everywhere, so the model would read the padding as if it were text."),
        _("The mask needs a 0 wherever padding was added."),
        wrong_list("attention_mask", mask="[1] * length"),
        models=(lambda case: answer(case, filled=1),),
    ),
    misconception(
        "mask-swapped",
        _("In the attention mask 0 and 1 are swapped: 1 means a token, 0 means padding."),
        _("Swap 0 and 1 in the mask."),
        wrong_list("attention_mask", mask="[0] * len(index) + [1] * more"),
        models=(lambda case: answer(case, real=0, filled=1),),
    ),
    misconception(
        "segments-as-mask",
        _("The segment ids were used as the attention mask, so sentence A would be hidden."),
        _("Make the mask separately: 1 for each token of both sentences, 0 for padding."),
        wrong(
            "attention_mask", "more = length - len(index)", "padded = segments_ids + [0] * more",
            "return index + [pad] * more, padded, padded",
        ),
        models=(_lists(lambda index, parts, more, pad: (
            index + [pad] * more, parts + [0] * more, parts + [0] * more,
        )),),
    ),
    misconception(
        "padding-in-front",
        _("Padding was added at the start. BERT counts positions from the left, so padding goes at the end."),
        _("Append the padding after the last [SEP]."),
        wrong_list(
            ALL, index="[pad] * more + index", segments="[0] * more + segments_ids",
            mask="[0] * more + [1] * len(index)",
        ),
        models=(_lists(lambda index, parts, more, pad: (
            [pad] * more + index, [0] * more + parts, [0] * more + [1] * len(index),
        )),),
    ),
    misconception(
        "hard-coded-0",
        _("The padding id is hard-coded as 0. In other vocabularies [PAD] has another id."),
        _("Fill with the parameter pad."),
        wrong_list("index", index="index + [0] * more"),
        models=(lambda case: answer(case, pad=0),),
    ),
    misconception(
        "mask-after-padding",
        _("The mask was made after the list had grown, so padding counts as tokens and the mask is too long."),
        _("Make the mask before you add the padding, or store the length first."),
        wrong(
            ALL, "more = length - len(index)", "index += [pad] * more", "segments_ids += [0] * more",
            "return index, segments_ids, [1] * len(index) + [0] * more",
        ),
        wrong(
            "attention_mask", "more = length - len(index)", "index = index + [pad] * more",
            "return index, segments_ids + [0] * more, [1] * len(index) + [0] * more",
        ),
        models=(_masked(lambda tokens, more: [1] * (tokens + more) + [0] * more),),
    ),
    misconception(
        "length-times-padding",
        _("The function added `length` places to each list. Add only the missing ones."),
        _("Add length - len(index) places."),
        wrong(ALL, "return index + [pad] * length, segments_ids + [0] * length, [1] * len(index) + [0] * length"),
        models=(_lists(lambda index, parts, more, pad: (
            index + [pad] * (len(index) + more), parts + [0] * (len(index) + more),
            [1] * len(index) + [0] * (len(index) + more),
        )),),
    ),
    misconception(
        "nothing-padded",
        _("No padding was added: the lists are as long as before."),
        _("Add length - len(index) places to each list."),
        wrong(ALL, "return index, segments_ids, [1] * len(index)"),
        models=(_lists(lambda index, parts, _more, _pad: (index, parts, [1] * len(index))),),
    ),
    misconception(
        "pad-as-text",
        _("The ids were filled with the text [PAD]. The list contains ids, so padding must be an id too."),
        _("Fill with the parameter pad."),
        wrong_list("index", index='index + ["[PAD]"] * more'),
        models=(_lists(lambda index, parts, more, _pad: (
            (*index, *[PAD] * more), parts + [0] * more, [1] * len(index) + [0] * more,
        )),),
    ),
    misconception(
        "booleans",
        _("The mask contains True and False instead of 1 and 0."),
        _("Turn each truth value into a whole number with int(...)."),
        wrong_list("attention_mask", mask="[place < len(index) for place in range(length)]"),
        models=(_masked(lambda tokens, more: [True] * tokens + [False] * more),),
    ),
    misconception(
        "order",
        _("The three lists are in another order: first the ids, then the segment ids, the attention mask last."),
        _("Return the ids, the segment ids and the mask, in this order."),
        wrong_list(
            "segments attention_mask", segments="[1] * len(index) + [0] * more", mask="segments_ids + [0] * more",
        ),
        wrong_list("index segments", index="segments_ids + [0] * more", segments="index + [pad] * more"),
        models=tuple(partial(_ordered, places=places) for places in permutations(range(3)) if places != (0, 1, 2)),
    ),
    misconception(
        "tensors-for-lists",
        _("The function returned tensors or arrays. Return plain lists here; they become tensors later."),
        _("Return the lists, or call tolist() on the results."),
        wrong(
            ALL, "more = length - len(index)",
            "lists = index + [pad] * more, segments_ids + [0] * more, [1] * len(index) + [0] * more",
            "return tuple(map(torch.tensor, lists))",
        ),
        form=_is_tensors,
    ),
    dictionary(
        _("the ids, the segment ids, the attention mask"),
        _("Return them with commas between them."),
        wrong(
            ALL, "more = length - len(index)", "ids, segments = index + [pad] * more, segments_ids + [0] * more",
            'return {"input_ids": ids, "token_type_ids": segments, "attention_mask": [1] * len(index) + [0] * more}',
        ),
    ),
    misconception(
        "no-mask",
        _("The function returned only two lists. Without an attention mask, the model cannot tell padding from text."),
        _("Return the attention mask as the third list."),
        wrong(ALL, "more = length - len(index)", "return index + [pad] * more, segments_ids + [0] * more"),
        models=(_lists(lambda index, parts, more, pad: (index + [pad] * more, parts + [0] * more)),),
    ),
    not_computed_yet(
        _("Return the three lists themselves, with commas between them."),
        wrong(
            ALL, "more = length - len(index)",
            "yield from (index + [pad] * more, segments_ids + [0] * more, [1] * len(index) + [0] * more)",
        ),
    ),
    returns_nothing(_("the three lists"), wrong(ALL, "index += [pad] * (length - len(index))")),
    changes_its_arguments(
        wrong(
            ALL, "mask = [1] * len(index)", "while len(index) < length:", "    index.append(pad)",
            "    segments_ids.append(0)", "    mask.append(0)", "return index, segments_ids, mask",
        ),
        wrong(
            ALL, "mask = [1] * len(index) + [0] * (length - len(index))", "index.extend([pad] * (length - len(index)))",
            "return index, segments_ids + [0] * (length - len(segments_ids)), mask",
        ),
    ),
)  # fmt: skip
