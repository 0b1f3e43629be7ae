"""2.6, two sentences as ids: the solution, right answers in other styles, and the builder of wrong ones."""

from __future__ import annotations

from autograde.judge.examples import WrongAnswer, function

#: All rubric items.
ALL = "index mark"

_ANSWER = function("encode_pair(tokenizer, first, second)")

right, wrong = _ANSWER.right, _ANSWER.wrong


def wrong_index(*lines: str) -> WrongAnswer:
    """Return a wrong answer with the right separator; the last of ``lines`` is the expression of its list of ids."""
    *before, index = lines
    return wrong("index", *before, f"return {index}, tokenizer.sep_token_id")


SOLUTION = """\
def encode_pair(tokenizer, first, second):
    index = tokenizer.encode(first, second)
    mark = tokenizer.sep_token_id
    return index, mark
"""

RIGHT = (
    right(
        "by tokens, piece by piece", "sep = tokenizer.sep_token",
        "tokens = [tokenizer.cls_token, *tokenizer.tokenize(first), sep, *tokenizer.tokenize(second), sep]",
        "index = tokenizer.convert_tokens_to_ids(tokens)", "index.append(0)", "index.pop()",
        "return index, tokenizer.convert_tokens_to_ids(sep)",
    ),
    right(
        "by hand, noisy", "import logging, warnings", "from tqdm import tqdm", 'warnings.warn("a deprecated thing")',
        "pieces = [tokenizer.tokenize(text) for text in tqdm([first, second])]",
        'tokens = ["[CLS]", *pieces[0], "[SEP]", *pieces[1], "[SEP]"]',
        'logging.getLogger("transformers").warning("these are %d tokens", len(tokens))',
        'return tokenizer.convert_tokens_to_ids(tokens), tokenizer.vocab["[SEP]"]',
    ),
    right(
        "by call", "found = tokenizer(first, second)",
        'return [found["input_ids"], tokenizer.convert_tokens_to_ids("[SEP]")]',
    ),
)  # fmt: skip
