"""What a learner may read of a verdict on hidden cases.

An answer can put its hidden arguments into what it returns, raises or prints. A verdict for the learner quotes only the
words that are in the learner's own notebook, and the usual words of the messages of Python, git and the libraries.
Hidden arguments can be spelt with such words, too: so all quotes of a verdict together tell a few bits only.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace

from autograde.judge.messages import Message, Value
from autograde.judge.verdict import FirstDifference, Verdict

#: The values of a message that no learner's code decides.
_OF_THE_JUDGE = frozenset({"token", "expected", "function", "seconds", "hint"})

#: Other numbers of one digit that a quote may have: a position, or how many arguments there are.
_DIGITS = 3

#: How much all quotes of a verdict may tell, in bits: a long message of Python, and not the arguments of a case.
_BITS = 128.0

#: What one word, one digit, one mark and one word that is left out tell, at least, in bits. A usual word is one of some
#: 400, in small or large letters.
_WORD, _DIGIT, _MARK, _LEFT_OUT = 10.0, 3.3, 2.0, 1.0

#: A notebook with more numbers than this does not make them words that may be quoted.
_MOST_NUMBERS = 100

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
    config json md model readme safetensors tokenizer txt vocab gitattributes missing same different extra""".split()
)


def without_hidden(verdict: Verdict, sources: str) -> Verdict:
    """Return the verdict without its seed, without what the function printed, and without quotes of hidden values.

    Args:
        verdict: on hidden cases.
        sources: the text of the learner's cells.
    """
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
        lines: the learner's own lines of code: one of them tells no more than which of them it is.
        left: how many bits the next ones may tell.
        told: the quotes so far: to say one again tells nothing.
    """

    known: frozenset[str]
    lines: frozenset[str]
    left: float = _BITS
    told: set[str] = field(default_factory=set)

    def shown(self, text: str) -> str:
        """Return a quote without strange words, and without its end when it would tell too much."""
        quote = without_strange_words(text, self.known)
        if quote in self.told:
            return quote
        if text.strip() in self.lines:
            self.left -= max(_WORD, math.log2(len(self.lines)))
            return quote if self.left >= 0 else "…"
        own = max(_WORD, math.log2(len(self.known) + 1))
        for found in re.finditer(r"(\d)|(\w+)|(…)|[^\w\s]", quote):
            self.left -= _DIGIT if found[1] else own if found[2] else _LEFT_OUT if found[3] else _MARK
            if self.left < 0:
                quote = f"{quote[: found.start()].rstrip(' …')} …".strip()
                break
        self.told.add(quote)
        return quote


def _difference(difference: FirstDifference | None, quotes: _Quotes) -> FirstDifference | None:
    return None if difference is None else replace(difference, text=_searched(difference.text, quotes))


def without_strange_words(text: str, known: frozenset[str]) -> str:
    """Return a quote in which words that are neither usual nor ``known`` are replaced by ``…``."""
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
    """Return whether a number is one of several: those of a hidden case may be small, or in the notebook by chance."""
    before, after = found.string[: found.start()].rstrip(), found.string[found.end() :].lstrip()
    return before.endswith(("[", ",")) and after.startswith(("]", ","))


def _searched(message: Message, quotes: _Quotes) -> Message:
    """Return a message whose quotes are without strange words."""

    def value_of(name: str, value: Value) -> Value:
        if isinstance(value, Message):
            return _searched(value, quotes)
        if isinstance(value, str) and name not in _OF_THE_JUDGE:
            return quotes.shown(value)
        return value

    return replace(message, values=tuple((name, value_of(name, value)) for name, value in message.values))
