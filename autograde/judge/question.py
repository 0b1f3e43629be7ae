"""A question as the judge knows it: cases, right answers, the rubric, and the wrong answers that people really give.

A specification is all there is to a question: a widget, a learner's own check, nbgrader and a grader outside the
sandbox hand the same replies to :func:`autograde.judge.judging.judge` and get the same verdict.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from autograde.judge.aspects import Aspect, whole
from autograde.judge.cases import Case
from autograde.judge.comparison import USUAL, Difference, Rules, first_difference
from autograde.judge.evidence import CALLED_TOKENIZER, CHANGED_ARGUMENTS, AnswerKind, Reply
from autograde.judge.examples import RightAnswer, WrongAnswer
from autograde.judge.execution import Execution
from autograde.judge.messages import Message
from autograde.judge.observation import Observation
from autograde.judge.verdict import Finding


class FirstArgument(StrEnum):
    """What the learner's side makes of the first argument of a call."""

    #: The value itself.
    VALUE = "value"
    #: A tokenizer, from a :class:`autograde.judge.tiny_bert.Vocabulary`.
    TOKENIZER = "tokenizer"
    #: A model, from a :class:`autograde.judge.tiny_bert.ModelRecipe`.
    MODEL = "model"


@dataclass(frozen=True)
class RubricItem:
    """Points for one thing: given when every case of its groups is right, not at all otherwise.

    Attributes:
        id: unique in the question.
        about: what it asks for.
        points: what it is worth.
        groups: the groups of cases that it looks at; empty for all of them.
        aspect: how it compares.
        effects: effects that cost the item although the value is right.
    """

    id: str
    about: Message
    points: float
    groups: tuple[str, ...] = ()
    aspect: Aspect = whole
    effects: tuple[str, ...] = ()

    def looks_at(self, case: Case) -> bool:
        """Whether the case counts for this item."""
        return not self.groups or case.group in self.groups


#: The wrong answer that a misconception gives to a case.
WrongModel = Callable[[Case], Observation]


@dataclass(frozen=True)
class Misconception:
    """A wrong answer that people really give. It is named only when one of its models explains every reply.

    A wrong choice concerns one case only: with ``case``, only the reply to that case must fit.

    Attributes:
        id: stable name, for counting over a class.
        explanation: one sentence about the concept.
        next_step: one thing to do.
        models: functions that give the wrong answer; several if the same misconception can be written in several ways.
        effect: an effect that was seen in every call; with models, one of them must fit as well.
        case: the name of the one case that it is about; ``""`` when it is about all of them.
        form: for an answer that cannot be computed, such as a generator: whether one that is not right looks like it in
            this case.
        refusal: for a run that ends with an exception: what the exception's message says in every case that is not
            right, as a regular expression.
        examples: answers that show it, as learners write them.
    """

    id: str
    explanation: Message
    next_step: Message
    models: tuple[WrongModel, ...] = ()
    effect: str = ""
    case: str = ""
    refusal: str = ""
    form: Callable[[Case, Observation], bool] | None = None
    examples: tuple[WrongAnswer, ...] = ()

    def shown_by(self, *models: WrongModel, examples: tuple[WrongAnswer, ...] = ()) -> Misconception:
        """Return the same misconception as one question has it: with its wrong models and example answers."""
        return replace(self, models=models, examples=examples)

    def fits(self, case: Case, reply: Reply, rules: Rules) -> bool:
        """Whether one of the models answers just this to the case."""
        return any(first_difference(model(case), reply.value, rules) is None for model in self.models)


@dataclass(frozen=True)
class Teaching:
    """What a question says to a learner before and after an answer.

    Attributes:
        title: what the question is about, a few words.
        hints: from a question to a partial example.
        solution: code of a right answer.
        expectation: what the function returns, in a few words.
        advice: one thing to do about a wrong value that no misconception explains; None for the usual words.
        advice_on: the same for one difference, where it decides what helps; None where ``advice`` does.
        right: right answers in other styles, for tests.
    """

    title: Message
    hints: tuple[Message, ...]
    solution: str
    expectation: Message
    advice: Message | None = None
    advice_on: Callable[[Difference], Message | None] = lambda _difference: None
    right: tuple[RightAnswer, ...] = ()


@dataclass(frozen=True)
class Presentation:
    """How a question shows an answer: the usual sentences and rows, unless it brings its own.

    Attributes:
        parts: names of the parts of an answer that has several.
        words: puts a difference in words; for answers whose expected value must not be shown, and for what is on a Hub.
        achieved: what a right answer has done on a Hub, as a sentence.
        table: what was expected and what is there, line by line.
        quote: the error that explains a wrong answer, as a clause with its own words; None when there is none.
    """

    parts: tuple[str, ...] = ()
    words: Callable[[Case, Difference], Message] | None = None
    achieved: Callable[[Case, Observation], Message] | None = None
    table: Callable[[Case, Observation, Observation], tuple[Finding, ...]] = lambda _case, _expected, _got: ()
    quote: Callable[[Observation], Message | None] = lambda _answer: None


@dataclass(frozen=True)
class Question:
    """A question: the specification by which answers are judged, its teaching text, and its presentation.

    Attributes:
        id: section and function, ``"2.6/segment_ids"``. The function may also be a value that the learner fills in.
        visible: the cases of a self-check.
        hidden: makes the graded cases from a source of random numbers; the visible ones are not among them. None when
            there can be no others: a quiz is graded on what was asked.
        oracle: the right answer to a case.
        rubric: what gives points.
        teaching: title, hints, solution.
        misconceptions: wrong answers, the more special one first.
        presentation: sentences and tables.
        number: its place among the questions of its notebook, from 1.
        kind: what the learner hands in.
        first: what the first argument of a call is made into from its description.
        execution: how the answer is run in a case's initial state; None when it is only called or read.
        smaller: cases small enough to be worked out by hand, the smallest first.
        rules: what counts as the same when a wrong model is compared.
        normal: brings replies to a case that mean the same into one form before anything is compared.
        by_hand: whether calling a tokenizer is against the rules.
    """

    id: str
    visible: tuple[Case, ...]
    hidden: Callable[[random.Random], tuple[Case, ...]] | None
    oracle: Callable[[Case], Observation]
    rubric: tuple[RubricItem, ...]
    teaching: Teaching
    misconceptions: tuple[Misconception, ...] = ()
    presentation: Presentation = Presentation()
    number: int = 1
    kind: AnswerKind = AnswerKind.FUNCTION
    first: FirstArgument = FirstArgument.VALUE
    execution: Execution | None = None
    smaller: tuple[Case, ...] = ()
    rules: Rules = USUAL
    normal: Callable[[Case, Observation], Observation] = lambda _case, value: value
    by_hand: bool = False

    @property
    def section(self) -> str:
        """The section of the tutorial, ``"2.6"``."""
        return self.id.partition("/")[0]

    @property
    def function(self) -> str:
        """The name of the learner's function, or of the value that the learner fills in."""
        return self.id.partition("/")[2]

    @property
    def forbidden(self) -> tuple[str, ...]:
        """The effects that cost every item: arguments belong to the caller, and some answers are written by hand."""
        return (CALLED_TOKENIZER, CHANGED_ARGUMENTS) if self.by_hand else (CHANGED_ARGUMENTS,)

    @property
    def points(self) -> float:
        """Points that the question is worth."""
        return sum(item.points for item in self.rubric)

    def cases(self, seed: str | None) -> tuple[Case, ...]:
        """The visible cases, or the graded ones that ``seed`` makes: the same for the same seed."""
        if seed is None or self.hidden is None:
            return self.visible
        return _made(self.hidden, f"{seed}/{self.id}")

    def requests(self, cases: tuple[Case, ...]) -> list[dict[str, object]]:
        """Return what the learner's side is told of ``cases``, as JSON values: how to answer them, and no answer."""
        how: dict[str, object] = {"first": self.first.value}
        if self.execution is not None:
            hub = any(case.initial.account for case in cases)
            execution = self.execution
            how["execution"] = {"kind": execution.kind.value, "seconds": execution.seconds, "hub": hub}
        return [{**case.request(), **how} for case in cases]


@lru_cache(maxsize=128)
def _made(hidden: Callable[[random.Random], tuple[Case, ...]], seed: str) -> tuple[Case, ...]:
    """Make the hidden cases of a seed, once for a whole class."""
    return hidden(random.Random(seed))  # noqa: S311 - cases, not secrets
