"""2.6, two sentences as ids: common wrong answers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from autograde.judge.cases import Case
from autograde.judge.common_misconceptions import changes_its_arguments, dictionary, not_computed_yet, returns_nothing
from autograde.judge.messages import _
from autograde.judge.observation import Observation, Other, Raised, Sequence, listed, tensor, tupled
from autograde.judge.question import WrongModel, misconception
from autograde.judge.sentences import CLS, PAD, SEP, UNK
from autograde.judge.tiny_bert import Vocabulary
from autograde.questions.load_the_downloaded_model.encode_pair.cases import answer_of, index_of, pieces_of, sep_of
from autograde.questions.load_the_downloaded_model.encode_pair.solutions import ALL, wrong, wrong_index

#: Computes a wrong list of ids from the ids of both sentences and those of [CLS] and [SEP].
Rule = Callable[[list[Observation], list[Observation], int, int], list[Observation]]


def _index(rule: Rule) -> WrongModel:
    """Return the wrong model with the list of ids from ``rule`` and the right separator."""
    return lambda case: answer_of(rule(*pieces_of(case)), sep_of(case))


def _run_together(case: Case) -> list[Observation]:
    """Return the ids of the two texts joined without a space, so that two words merge into an unknown one."""
    vocabulary = Vocabulary.read(case.arguments[0])
    first, second, cls, sep = pieces_of(case)
    seam = case.tokens[len(first)], case.tokens[len(first) + 2]
    if all(word.isascii() and word.isalpha() for word in seam):
        return [cls, *first[:-1], vocabulary.id("[UNK]"), *second[1:], sep]
    return [cls, *first, *second, sep]


def _split(case: Case, known: Callable[[Vocabulary, str], Observation], lower: bool) -> Observation:
    """Split the texts at spaces and look up each piece, with a special token between the sentences."""
    vocabulary = Vocabulary.read(case.arguments[0])
    _first, _second, cls, sep = pieces_of(case)
    index: list[Observation] = [cls]
    for text in case.arguments[1:3]:
        pieces = str(text).lower() if lower else str(text)
        index += [known(vocabulary, piece) for piece in pieces.split()]
        index.append(sep)
    wrong = next((found for found in index if isinstance(found, Raised)), None)
    return wrong or answer_of(index, sep)


def _or_error(vocabulary: Vocabulary, piece: str) -> Observation:
    return vocabulary.id(piece) if piece in vocabulary.tokens else Raised("KeyError")


def _or_unknown(vocabulary: Vocabulary, piece: str) -> Observation:
    return vocabulary.id(piece if piece in vocabulary.tokens else UNK)


def _or_nothing(vocabulary: Vocabulary, piece: str) -> Observation:
    return vocabulary.id(piece) if piece in vocabulary.tokens else None


def _without_special(case: Case) -> list[Observation]:
    """Return the tokens of both texts, including a [SEP] that was typed in one."""
    first = len(pieces_of(case)[0])
    return [*case.tokens[1 : first + 1], *case.tokens[first + 2 : -1]]


def _converted(case: Case, kind: Callable[[int], Observation]) -> Observation:
    return answer_of([kind(number) for number in index_of(case) if isinstance(number, int)], sep_of(case))


def _as_tensor(case: Case, library: str, batch: int) -> Observation:
    ids = [number for number in index_of(case) if isinstance(number, int)]
    return tupled(tensor([ids] if batch else ids, "int64", library=library), sep_of(case))


def _with_mark_of(case: Case, token: str) -> Observation:
    return answer_of(index_of(case), Vocabulary.read(case.arguments[0]).id(token))


def _holds_the_encoding(_case: Case, got: Observation) -> bool:
    found = got.items[0] if isinstance(got, Sequence) and got.items else got
    return isinstance(found, Other) and found.type == "BatchEncoding"


MISCONCEPTIONS = (
    misconception(
        "hard-coded-102",
        _("The ids are right, but the separator is hard-coded as 102. In other vocabularies [SEP] has another id."),
        _("Read the id from the tokenizer: tokenizer.sep_token_id."),
        wrong("mark", "return tokenizer.encode(first, second), 102"),
        models=(lambda case: answer_of(index_of(case), 102),),
    ),
    misconception(
        "joined-text",
        _(
            "Both sentences were joined into one text, so there is no [SEP] between them: the model sees a single "
            "sentence."
        ),
        _("Give the tokenizer the two sentences as two arguments."),
        wrong_index('tokenizer.encode(first + " " + second)'),
        wrong_index("tokenizer.encode(first + second)"),
        models=(
            _index(lambda first, second, cls, sep: [cls, *first, *second, sep]),
            lambda case: answer_of(_run_together(case), sep_of(case)),
        ),
    ),
    misconception(
        "second-forgotten",
        _("Only the first sentence was encoded; the second one is missing."),
        _("Give the tokenizer the second sentence as its second argument."),
        wrong_index("tokenizer.encode(first)"),
        models=(_index(lambda first, _second, cls, sep: [cls, *first, sep]),),
    ),
    misconception(
        "sentences-swapped",
        _("The sentences are in the wrong order: sentence A comes first, sentence B after it."),
        _("Give the tokenizer `first` before `second`."),
        wrong_index("tokenizer.encode(second, first)"),
        models=(_index(lambda first, second, cls, sep: [cls, *second, sep, *first, sep]),),
    ),
    misconception(
        "batch-of-two",
        _(
            "The sentences were passed as a list, which means a batch: each one was encoded separately. A pair is one "
            "input that contains both sentences."
        ),
        _("Give the tokenizer the two sentences as two arguments, without square brackets."),
        wrong_index('tokenizer([first, second])["input_ids"]'),
        models=(_index(lambda first, second, cls, sep: [listed(cls, *first, sep), listed(cls, *second, sep)]),),
    ),
    misconception(
        "list-in-a-list",
        _("The list of ids is inside another list: the pair was passed as a batch of one."),
        _("Use `tokenizer.encode(first, second)`, or take the first item of the outer list: `[0]`."),
        wrong_index('tokenizer([(first, second)])["input_ids"]'),
        wrong_index("[tokenizer.encode(first, second)]"),
        wrong_index('pair = tokenizer(first, second, return_tensors="pt")', 'pair["input_ids"].tolist()'),
        models=(lambda case: answer_of([listed(*index_of(case))], sep_of(case)),),
    ),
    misconception(
        "method-of-older-versions",
        _(
            "The function calls a method that older versions of transformers had, such as encode_plus. Present "
            "versions no longer have it."
        ),
        _("Call the tokenizer itself, `tokenizer(first, second)`, or use `tokenizer.encode(first, second)`."),
        wrong(ALL, 'return tokenizer.encode_plus(first, second)["input_ids"], tokenizer.sep_token_id'),
        refusal=r"has no attribute '?(encode_plus|batch_encode_plus|prepare_for_model|build_inputs_with_special_tokens"
        r"|create_token_type_ids_from_sequences|truncate_sequences)",
    ),
    misconception(
        "encoded-apart",
        _("The sentences were encoded separately and the lists were joined, so there is a second [CLS] in the middle."),
        _("Give the tokenizer both sentences in one call."),
        wrong_index("tokenizer.encode(first) + tokenizer.encode(second)"),
        models=(_index(lambda first, second, cls, sep: [cls, *first, sep, cls, *second, sep]),),
    ),
    misconception(
        "special-tokens-twice",
        _("Special tokens are there twice: they were written into the text, and the tokenizer added them as well."),
        _("Give the tokenizer the two sentences as two arguments, without [CLS] and [SEP]."),
        *(
            wrong("index", f'return tokenizer.encode(f"{text}"), tokenizer.sep_token_id')
            for text in ("[CLS] {first} [SEP] {second} [SEP]", "{first} [SEP] {second} [SEP]")
        ),
        models=(
            _index(lambda first, second, cls, sep: [cls, cls, *first, sep, *second, sep, sep]),
            _index(lambda first, second, cls, sep: [cls, *first, sep, *second, sep, sep]),
        ),
    ),
    misconception(
        "split-at-blanks",
        _(
            "The texts were split at spaces, and each word was looked up. A tokenizer does more: it handles capitals, "
            "punctuation, words of several tokens, unknown words, and languages without spaces."
        ),
        _("Give both sentences to the tokenizer as they are."),
        wrong(
            "index", "vocab = tokenizer.get_vocab()",
            'index = [vocab["[CLS]"]] + [vocab[w] for w in first.split()] + [vocab["[SEP]"]]',
            'index += [vocab[w] for w in second.split()] + [vocab["[SEP]"]]', 'return index, vocab["[SEP]"]',
        ),
        wrong(
            "index", 'words = ["[CLS]", *first.lower().split(), "[SEP]", *second.lower().split(), "[SEP]"]',
            "return tokenizer.convert_tokens_to_ids(words), tokenizer.sep_token_id",
        ),
        wrong_index(
            'words = ["[CLS]", *first.split(), "[SEP]", *second.split(), "[SEP]"]',
            "[tokenizer.vocab.get(word) for word in words]",
        ),
        models=tuple(
            partial(_split, known=known, lower=lower)
            for known in (_or_error, _or_unknown, _or_nothing)
            for lower in (False, True)
        ),
    ),
    misconception(
        "no-special-tokens",
        _(
            "[CLS] and [SEP] are missing. BERT was trained with them, and without [SEP] the end of sentence A can't "
            "be found."
        ),
        _("Use encode, which adds them; tokenize and convert_tokens_to_ids don't."),
        wrong_index("index = tokenizer.encode(first, second, add_special_tokens=False)", "index"),
        models=(_index(lambda first, second, _cls, _sep: [*first, *second]),),
    ),
    misconception(
        "special-token-missing",
        _("[CLS] at the beginning or [SEP] at the end is missing: it was cut off, or never added."),
        _("`tokenizer.encode(first, second)` adds all three special tokens: leave its list as it is."),
        wrong_index("tokenizer.encode(first, second)[1:]"),
        wrong_index("index = tokenizer.encode(first) + tokenizer.encode(second, add_special_tokens=False)", "index"),
        wrong_index("tokenizer.encode(first, second)[1:-1]"),
        models=(
            _index(lambda first, second, _cls, sep: [*first, sep, *second, sep]),
            _index(lambda first, second, cls, sep: [cls, *first, sep, *second]),
            _index(lambda first, second, _cls, sep: [*first, sep, *second]),
        ),
    ),
    misconception(
        "ids-of-another-type",
        _("The ids are right, but they are text or decimal numbers. Ids are whole numbers."),
        _("Return the list of `tokenizer.encode(first, second)` as it is."),
        wrong_index("[str(i) for i in tokenizer.encode(first, second)]"),
        wrong_index("[float(i) for i in tokenizer.encode(first, second)]"),
        models=(partial(_converted, kind=str), partial(_converted, kind=float)),
    ),
    misconception(
        "tokens-for-ids",
        _("The function returned tokens as text. The model needs their ids."),
        _("Use encode instead of tokenize, or pass the tokens to convert_tokens_to_ids."),
        wrong_index("tokenizer.tokenize(first, second)"),
        wrong_index("tokenizer.tokenize(first, second, add_special_tokens=True)"),
        models=(
            lambda case: answer_of(list(case.tokens), sep_of(case)),
            lambda case: answer_of(_without_special(case), sep_of(case)),
        ),
    ),
    misconception(
        "whole-encoding",
        _("The function returned the tokenizer's whole result. The list of ids is only one entry of it."),
        _("Take its entry input_ids, or use encode, which returns only the list."),
        wrong_index("tokenizer(first, second)"),
        wrong(ALL, "return tokenizer(first, second)"),
        form=_holds_the_encoding,
    ),
    misconception(
        "tensor-for-list",
        _(
            "The function returned a tensor or array of ids. Return a plain list here; a later question makes the "
            "tensors."
        ),
        _("Leave return_tensors out."),
        wrong_index('tokenizer.encode(first, second, return_tensors="pt")'),
        models=tuple(
            partial(_as_tensor, library=library, batch=batch) for library in ("torch", "numpy") for batch in (1, 0)
        ),
    ),
    misconception(
        "mark-of-another-token",
        _("The ids are right, but the second value is the id of another special token, not of [SEP]."),
        _("Take sep_token_id: sep stands for separator."),
        wrong("mark", "return tokenizer.encode(first, second), tokenizer.cls_token_id"),
        models=(partial(_with_mark_of, token=CLS), partial(_with_mark_of, token=PAD)),
    ),
    misconception(
        "mark-is-none",
        _("The second value is None: BERT's tokenizers have no eos_token or bos_token, so these have no id."),
        _("Take sep_token_id: BERT separates sentences with [SEP]."),
        wrong("mark", "return tokenizer.encode(first, second), tokenizer.eos_token_id"),
        models=(lambda case: answer_of(index_of(case), None),),
    ),
    misconception(
        "mark-as-text",
        _("The separator was returned as the text [SEP]. The list contains ids, so the separator must be an id too."),
        _("Take sep_token_id instead of sep_token."),
        wrong("mark", "return tokenizer.encode(first, second), tokenizer.sep_token"),
        models=(lambda case: answer_of(index_of(case), SEP),),
    ),
    misconception(
        "mark-as-position",
        _("The function returned the position of the first [SEP] instead of its id."),
        _("Return the id at that position. The position itself is needed only in the next question."),
        wrong("mark", "index = tokenizer.encode(first, second)", "return index, index.index(tokenizer.sep_token_id)"),
        models=(lambda case: answer_of(index_of(case), index_of(case).index(sep_of(case))),),
    ),
    misconception(
        "only-the-ids",
        _("The function returned only the list of ids. Return the separator's id as well."),
        _("Return both: the list, and the separator's id."),
        wrong(ALL, "return tokenizer.encode(first, second)"),
        models=(lambda case: listed(*index_of(case)),),
    ),
    misconception(
        "swapped",
        _("The two results are in the wrong order: first the list of ids, then the separator's id."),
        _("Return the list first."),
        wrong(ALL, "return tokenizer.sep_token_id, tokenizer.encode(first, second)"),
        models=(lambda case: tupled(sep_of(case), listed(*index_of(case))),),
    ),
    dictionary(
        _("the list of ids, the separator's id"),
        _("Return them with a comma between them."),
        wrong(ALL, 'return {"index": tokenizer.encode(first, second), "mark": tokenizer.sep_token_id}'),
    ),
    not_computed_yet(
        _("Return both values themselves, with a comma between them."),
        wrong(ALL, "yield tokenizer.encode(first, second)", "yield tokenizer.sep_token_id"),
    ),
    returns_nothing(_("both results"), wrong(ALL, "index = tokenizer.encode(first, second)")),
    changes_its_arguments(wrong(
        ALL, 'tokenizer.add_tokens(["[A]", "[B]"])', "return tokenizer.encode(first, second), tokenizer.sep_token_id",
    )),
)  # fmt: skip
