"""Remove hidden values from a verdict before the learner reads it.

An answer can put its hidden arguments into what it returns, raises or prints. A verdict for the learner quotes only the
words that are in the learner's own notebook, and common words in the messages of Python, git and the libraries.
Hidden arguments can be encoded in such words, too, so the total information in a verdict's quotes is limited.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace

from autograde.judge.messages import Message, Value
from autograde.judge.verdict import FirstDifference, Verdict

#: Values in a message that a learner's code cannot influence, or only by which cases it fails.
_OF_THE_JUDGE = frozenset({"token", "expected", "function", "seconds", "hint"})
_COUNTS = frozenset({"wrong", "cases", "passed", "points", "possible", "untried", "count", "position"})

#: Larger numbers, such as the length of a list that was returned, are quoted only if the notebook has them.
_LARGEST = 999

#: Most other one-digit numbers in a quote, such as a position or a number of arguments.
_DIGITS = 3

#: Most information in all quotes of a verdict, in bits: enough for a long message of Python, too little for the
#: arguments of a case.
_BITS = 64.0

#: Information in one word, digit, punctuation mark, omitted word and phrase, in bits. A common word is one of about
#: 400, in lower or upper case.
_WORD, _DIGIT, _MARK, _LEFT_OUT, _PHRASE = 10.0, 3.3, 2.0, 1.0, 6.0

#: Parts of the messages of Python and PyTorch. Quoting one reveals no more than which of them it is.
_PHRASES = """
unsupported operand type(s) for
object is not subscriptable
object is not callable
object is not iterable
object has no attribute
has no attribute
object does not support item assignment
object cannot be interpreted as an integer
not supported between instances of
list indices must be integers or slices, not
string indices must be integers, not
can only concatenate list (not
can only concatenate str (not
index out of range
is out of bounds for dimension
with size
is not in list
is not defined
division by zero
too many values to unpack (expected
not enough values to unpack (expected
missing 1 required positional argument:
missing 2 required positional arguments:
positional arguments but
positional argument but
were given
was given
got an unexpected keyword argument
invalid literal for int() with base 10:
The size of tensor a (
must match the size of tensor b (
at non-singleton dimension
only integer tensors of a single element can be converted to an index
maximum recursion depth exceeded
in comparison
is not implemented for
did not match any
file(s) known to git
failed to push some refs to
No such file or directory
local variable
cannot access local variable
where it is not associated with a value
""".strip().splitlines()

_TOKENS = re.compile(rf"({'|'.join(map(re.escape, sorted(_PHRASES, key=len, reverse=True)))})|(\d)|(\w+)|(…)|[^\w\s]")

#: The numbers in a notebook may be quoted only if it has at most this many.
_MOST_NUMBERS = 100

#: Most characters of a notebook whose words may be quoted: finding the words of 50 MB takes ten seconds and 900 MB.
_LONGEST_SOURCE = 1_000_000

#: Words of the messages of Python, PyTorch, huggingface_hub and git, and of the files of a model.
_USUAL = frozenset(
    """a after all an and any are argument arguments as assignment at attribute attributes base be been before bool but
    by bytes call callable called can cannot cell code complex concatenate could decode defined device dict dictionary
    dimension dimensions division does dtype element elements empty encode end enough error exist expected exceeded
    failed file float for found from function generator get given got has have hashable have id ids import imported in
    index indices input inputs instance int integer integers invalid is it item items iterable key keys keyword length
    line list literal local main match maximum method missing model module more most multiple must mutable name named no
    non none nonetype not number numbers object of on one only operand operator or out output parameter parameters path
    permitted positional possibly range recursion referenced required return returned same scalar sequence set shape
    should single size slice slices split str string subscriptable such support supported syntax takes tensor tensors
    than the this to token tokens too tuple type types unexpected unhashable unpack unsupported unterminated use used
    value values variable was were when where which with without zero you your
    function torch numpy transformers huggingface_hub unauthorized forbidden client http repository batch
    fatal warning remote push pushed pull rejected denied authentication credentials clone cloning branch ref refs heads
    head origin pathspec did any nothing commit commits committed add added directory exists already lfs git hf bash
    command syntax near big permission access token tokens user login whoami remote fetch updates behind tip counterpart
    working tree clean up date everything pointer smudge filter object objects
    config json md model readme safetensors tokenizer txt vocab gitattributes missing same different extra
    b s singleton""".split()
)


def without_hidden(verdict: Verdict, sources: str) -> Verdict:
    """Return the verdict without its seed, the function's printed output, and quotes of hidden values.

    Args:
        verdict: on hidden cases.
        sources: the text of the learner's cells.
    """
    sources = sources[:_LONGEST_SOURCE]
    quotes = _Quotes(_words_of(sources), frozenset(line.strip() for line in sources.splitlines()))
    items = tuple(
        item if item.remark is None else replace(item, remark=_searched(item.remark, quotes)) for item in verdict.items
    )
    return replace(
        verdict,
        summary=_searched(verdict.summary, quotes),
        items=items,
        difference=_difference(verdict.difference, quotes),
        next_step=None if verdict.next_step is None else _searched(verdict.next_step, quotes),
        noise="",
        seed="",
    )


def _words_of(sources: str) -> frozenset[str]:
    words = frozenset(re.findall(r"\w+", sources))
    numbers = frozenset(word for word in words if word.isdecimal())
    return words - numbers if len(numbers) > _MOST_NUMBERS else words


@dataclass
class _Quotes:
    """The quotes of one verdict.

    Attributes:
        known: the learner's own words.
        lines: the learner's own lines of code: quoting one reveals only which of them it is.
        bits_left: information that further quotes may reveal, in bits.
        shown_before: the quotes so far: repeating one reveals nothing.
    """

    known: frozenset[str]
    lines: frozenset[str]
    bits_left: float = _BITS
    shown_before: set[str] = field(default_factory=set)

    def shown(self, text: str) -> str:
        """Return a quote without unknown words, cut off where it would reveal too much."""
        quote = without_unknown_words(text, self.known)
        if quote in self.shown_before:
            return quote
        if text.strip() in self.lines:
            self.bits_left -= max(_WORD, math.log2(len(self.lines)))
            return quote if self.bits_left >= 0 else "…"
        word_bits = max(_WORD, math.log2(len(self.known) + 1))
        costs = (_PHRASE, _DIGIT, word_bits, _LEFT_OUT)
        for found in _TOKENS.finditer(quote):
            self.bits_left -= costs[found.lastindex - 1] if found.lastindex else _MARK
            if self.bits_left < 0:
                quote = f"{quote[: found.start()].rstrip(' …')} …".strip()
                break
        self.shown_before.add(quote)
        return quote

    def number(self, value: float) -> float | str:
        """Return a number if it is small or in the learner's notebook; ``…`` if it is not, or would reveal too much."""
        text = str(value)
        if len(text) > len(str(_LARGEST)) + 1 or not -_LARGEST <= value <= _LARGEST:
            # A partly hidden number such as "….0" cannot be read.
            return text if self.shown(text) == text else "…"
        if text not in self.shown_before:
            self.bits_left -= _DIGIT * len(text)
            if self.bits_left < 0:
                return "…"
            self.shown_before.add(text)
        return value


def _difference(difference: FirstDifference | None, quotes: _Quotes) -> FirstDifference | None:
    return None if difference is None else replace(difference, text=_searched(difference.text, quotes))


def without_unknown_words(text: str, known: frozenset[str]) -> str:
    """Return a quote in which words that are neither common nor ``known`` are replaced by ``…``."""
    digits = 0

    def shown(found: re.Match[str]) -> str:
        nonlocal digits
        word = found[0]
        if word.isdecimal() and _in_a_list(found):
            return "…"
        if word in known or (
            word.lower() in _USUAL and word in (word.lower(), word.upper(), word.capitalize(), "NoneType")
        ):
            return word
        digits += len(word) == 1 and word.isdecimal()
        return word if len(word) == 1 and word.isdecimal() and digits <= _DIGITS else "…"

    return re.sub(r"\w+", shown, re.sub(r"\s+", " ", text))


def _in_a_list(found: re.Match[str]) -> bool:
    """Return whether a number is part of a list, which may be a hidden one even if the notebook has each number."""
    before, after = found.string[: found.start()].rstrip(), found.string[found.end() :].lstrip()
    return before.endswith(("[", ",")) and after.startswith(("]", ","))


def _searched(message: Message, quotes: _Quotes) -> Message:
    """Return a message without unknown words in its quotes."""

    def value_of(name: str, value: Value) -> Value:
        if isinstance(value, Message):
            return _searched(value, quotes)
        if name in _OF_THE_JUDGE or (name in _COUNTS and not isinstance(value, str)):
            return value
        return quotes.shown(value) if isinstance(value, str) else quotes.number(value)

    return replace(message, values=tuple((name, value_of(name, value)) for name, value in message.values))
