"""The specification of a question: cases, right answers, the rubric, and common wrong answers.

It defines the question completely: a widget, a learner's self-check, nbgrader and a grader outside the sandbox pass the
same replies to :func:`autograde.judge.judging.judge` and get the same verdict.
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
    """How the learner's side builds the first argument of a call."""

    #: The value itself.
    VALUE = "value"
    #: A tokenizer, from a :class:`autograde.judge.tiny_bert.Vocabulary`.
    TOKENIZER = "tokenizer"
    #: A model, from a :class:`autograde.judge.tiny_bert.ModelRecipe`.
    MODEL = "model"


@dataclass(frozen=True)
class RubricItem:
    """Points for one requirement, given only if every case of its groups is right.

    Attributes:
        id: unique in the question.
        about: description for people.
        points: its points.
        groups: the groups of cases it applies to; empty for all cases.
        aspect: how answers are compared.
        effects: effects that lose the item even if the value is right.
    """

    id: str
    about: Message
    points: float
    groups: tuple[str, ...] = ()
    aspect: Aspect = whole
    effects: tuple[str, ...] = ()

    def looks_at(self, case: Case) -> bool:
        """Return whether the item applies to the case."""
        return not self.groups or case.group in self.groups


#: The wrong answer that a misconception gives to a case.
WrongModel = Callable[[Case], Observation]

#: Whether an answer to a case has a certain form.
Form = Callable[[Case, Observation], bool]


@dataclass(frozen=True)
class Misconception:
    """A common misconception. It is reported only if one of its models explains every reply.

    A wrong choice concerns a single case: with ``case``, only the reply to that case must match.

    Attributes:
        id: stable name for class statistics.
        explanation: one sentence about the concept.
        next_step: what to do next.
        models: functions that give the wrong answer; several if it can take several forms.
        effect: an effect that must have been observed in every call; with models, one of them must match as well.
        case: the name of the only case it concerns; ``""`` for all cases.
        form: for an answer that cannot be computed, such as a generator: a predicate for a wrong answer to a case.
        refusal: for a run that ends with an exception: a regular expression that must match its message in every
            case that is not right.
        examples: answers with the misconception, as learners write them.
    """

    id: str
    explanation: Message
    next_step: Message
    models: tuple[WrongModel, ...] = ()
    effect: str = ""
    case: str = ""
    refusal: str = ""
    form: Form | None = None
    examples: tuple[WrongAnswer, ...] = ()

    def shown_by(self, *examples: WrongAnswer, models: tuple[WrongModel, ...] = ()) -> Misconception:
        """Return a copy for one question, with the question's example answers and wrong models."""
        return replace(self, models=models, examples=examples)

    def fits(self, case: Case, reply: Reply, rules: Rules) -> bool:
        """Return whether one of the models gives exactly this answer to the case."""
        return any(first_difference(model(case), reply.value, rules) is None for model in self.models)


def misconception(
    identity: str,
    explanation: Message,
    next_step: Message,
    /,
    *examples: WrongAnswer,
    models: tuple[WrongModel, ...] = (),
    effect: str = "",
    form: Form | None = None,
    refusal: str = "",
) -> Misconception:
    """Return a misconception: its texts, then its example answers, then how the judge recognises it.

    See :class:`Misconception` for the arguments.
    """
    return Misconception(
        identity, explanation, next_step, models, effect=effect, form=form, refusal=refusal, examples=examples
    )


@dataclass(frozen=True)
class Teaching:
    """A question's texts for learners before and after an answer.

    Attributes:
        title: the topic in a few words.
        hints: hints, from a guiding question to a partial example.
        solution: code of a right answer.
        expectation: what the function returns, in a few words.
        advice: what to do about a wrong value that no misconception explains; None for the default.
        advice_on: the same, depending on the difference; returns None to use ``advice``.
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
    """How an answer is presented; each attribute replaces a default.

    Attributes:
        parts: names of the parts of an answer that has several.
        words: describes a difference; for answers whose expected value must not be shown, and for states of a Hub.
        achieved: a sentence about what a right answer has achieved on a Hub.
        table: the rows with expected and found states.
        quote: a clause that quotes the error behind a wrong answer; None if there is none.
    """

    parts: tuple[str, ...] = ()
    words: Callable[[Case, Difference], Message] | None = None
    achieved: Callable[[Case, Observation], Message] | None = None
    table: Callable[[Case, Observation, Observation], tuple[Finding, ...]] = lambda _case, _expected, _got: ()
    quote: Callable[[Observation], Message | None] = lambda _answer: None


@dataclass(frozen=True)
class Question:
    """A question: the specification for judging answers, the teaching texts, and the presentation.

    Attributes:
        id: section and function, ``"2.6/segment_ids"``. The function may also be a variable that the learner fills in.
        visible: the cases of a self-check.
        hidden: generates the graded cases from a source of random numbers; the visible ones are not among them. None if
            there are no others: a quiz is graded on its visible questions.
        oracle: returns the right answer to a case.
        rubric: the items that give points.
        teaching: title, hints, solution.
        misconceptions: known wrong answers, the more specific ones first.
        presentation: sentences and tables.
        number: its position among the questions of its notebook, from 1.
        kind: the kind of answer.
        first: how the first argument of a call is built from its description.
        execution: how the answer is run in a case's initial state; None if it is only called or read.
        smaller: cases small enough to be worked out by hand, the smallest first.
        rules: what counts as equal when an answer is compared with a wrong model.
        normal: converts equivalent replies to a normal form before any comparison.
        by_hand: whether calling a tokenizer is forbidden.
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
        """The name of the learner's function or variable."""
        return self.id.partition("/")[2]

    @property
    def forbidden(self) -> tuple[str, ...]:
        """The effects that lose every item: changing arguments, and calling a tokenizer where that is forbidden."""
        return (CALLED_TOKENIZER, CHANGED_ARGUMENTS) if self.by_hand else (CHANGED_ARGUMENTS,)

    @property
    def watches_tokenizers(self) -> bool:
        """Whether the judge needs to know if the answer calls a tokenizer."""
        effects = [effect for item in self.rubric for effect in item.effects]
        effects += [misconception.effect for misconception in self.misconceptions]
        return CALLED_TOKENIZER in (*effects, *self.forbidden)

    @property
    def points(self) -> float:
        """The question's maximum points."""
        return sum(item.points for item in self.rubric)

    def cases(self, seed: str | None) -> tuple[Case, ...]:
        """Return the visible cases if ``seed`` is None, otherwise the graded cases generated from ``seed``."""
        if seed is None or self.hidden is None:
            return self.visible
        return _hidden_cases(self.hidden, f"{seed}/{self.id}")

    def requests(self, cases: tuple[Case, ...]) -> list[dict[str, object]]:
        """Return ``cases`` for the learner's side as JSON values, without the answers."""
        how: dict[str, object] = {"first": self.first.value, "watch_tokenizers": self.watches_tokenizers}
        if self.execution is not None:
            hub = any(case.initial.account for case in cases)
            execution = self.execution
            how["execution"] = {"kind": execution.kind.value, "seconds": execution.seconds, "hub": hub}
        return [{**case.request(), **how} for case in cases]


@lru_cache(maxsize=128)
def _hidden_cases(hidden: Callable[[random.Random], tuple[Case, ...]], seed: str) -> tuple[Case, ...]:
    """Generate the hidden cases of a seed, cached so that it happens once per class."""
    return hidden(random.Random(seed))  # noqa: S311 - cases, not secrets
