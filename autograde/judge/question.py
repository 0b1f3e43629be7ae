"""A question as the judge knows it: cases, right answers, the rubric, and the wrong answers that people really give.

A specification is all there is to a question: a widget, a learner's own check, nbgrader and a grader outside the
sandbox hand the same replies to :func:`autograde.judge.judging.judge` and get the same verdict.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from autograde.errors import MalformedEvidence
from autograde.judge.acts import Act, Setting
from autograde.judge.comparison import USUAL, Difference, Kind, Rules, first_difference
from autograde.judge.examples import RightAnswer, WrongAnswer
from autograde.judge.messages import Message
from autograde.judge.observation import Mapping, Observation, Sequence, from_json, to_json
from autograde.judge.verdict import Finding

#: What a call may do besides returning: call a tokenizer, change one of its arguments, leave a model in training mode,
#: run a model while PyTorch records for training, switch the gradients of a model's parameters off, print a token.
CALLED_TOKENIZER = "called-tokenizer"
CHANGED_ARGUMENTS = "changed-arguments"
LEFT_TRAINING = "left-training"
RECORDED_GRADIENTS = "recorded-gradients"
FROZE_MODEL = "froze-model"
GAVE_AWAY = "gave-away"
EFFECTS = frozenset({CALLED_TOKENIZER, CHANGED_ARGUMENTS, LEFT_TRAINING, RECORDED_GRADIENTS, FROZE_MODEL, GAVE_AWAY})

#: Most characters of what a learner's code printed that are kept.
LONGEST_NOISE = 600


class AnswerKind(StrEnum):
    """What a learner hands in."""

    #: A function: each case is one call of it.
    FUNCTION = "function"
    #: A dictionary, of choices or of a form's fields: each case is the entry that its first argument names.
    ENTRIES = "entries"
    #: A text, such as a shell script: each case looks at the whole of it.
    TEXT = "text"


class FirstArgument(StrEnum):
    """What the learner's side makes of the first argument of a call."""

    #: The value itself.
    VALUE = "value"
    #: A tokenizer, from a :class:`autograde.judge.tiny.Vocabulary`.
    TOKENIZER = "tokenizer"
    #: A model, from a :class:`autograde.judge.tiny.ModelRecipe`.
    MODEL = "model"


@dataclass(frozen=True)
class Case:
    """One call of the learner's function, or one look at the learner's value.

    Attributes:
        name: unique among the question's cases.
        group: the rubric items that look at this case name this group.
        about: what kind of case it is, for people.
        arguments: what the function is called with; what a model or tokenizer is made from stands for it.
        tokens: the token at each position of the answer, ``()`` when positions are not tokens.
        facts: what only the judge knows of the case, for the oracle and the wrong models.
        setting: for a question with an act: what there is before it.
    """

    name: str
    group: str
    about: Message
    arguments: tuple[Observation, ...]
    tokens: tuple[str, ...] = ()
    facts: Observation = None
    setting: Setting | None = None

    def request(self) -> dict[str, object]:
        """What the learner's side is told, as JSON: the name and the arguments."""
        return {"name": self.name, "arguments": [to_json(argument) for argument in self.arguments]}


@dataclass(frozen=True)
class Reply:
    """The result of one call.

    Attributes:
        value: the returned value, or the exception.
        effects: the observed ones of :data:`EFFECTS`.
        printed: the shortened output of both streams.
    """

    value: Observation
    effects: frozenset[str] = frozenset()
    printed: str = ""


_GIVEN = frozenset({*AnswerKind, "missing", "untouched", "asynchronous", "other", "failed"})


@dataclass(frozen=True)
class Evidence:
    """Everything that the learner's side sends about one question.

    Attributes:
        given: the :class:`AnswerKind` of what was handed in; ``"missing"`` (no such name, or None), ``"untouched"`` (a
            value that is still as it was released), ``"asynchronous"`` (a function that was defined by ``async def``),
            ``"other"`` (neither function, dictionary nor text), or ``"failed"``: the learner's side itself could not do
            its work.
        type: the type's name of what was given; after a failure, what failed.
        replies: one for each case in their order; fewer when a call took too long. Of a dictionary, an entry that is
            missing or untouched is None.
    """

    given: str
    type: str = ""
    replies: tuple[Reply, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The evidence as a JSON value."""
        return {
            "given": self.given,
            "type": self.type,
            "replies": [
                {"value": to_json(reply.value), "effects": sorted(reply.effects), "printed": reply.printed}
                for reply in self.replies
            ],
        }

    @classmethod
    def from_json(cls, value: object) -> Evidence:
        """The evidence that a JSON value stands for.

        Raises:
            MalformedEvidence: the value is not evidence.
        """
        match value:
            case {
                "given": str() as given,
                "type": str() as name,
                "replies": list() as replies,
                **rest,
            }:
                if given in _GIVEN and not rest and len(name) <= LONGEST_NOISE:
                    return cls(given, name, tuple(_reply(reply) for reply in replies))
        raise MalformedEvidence("What came back from the notebook is not evidence.")


def _reply(value: object) -> Reply:
    match value:
        case {"value": observed, "effects": list() as effects, "printed": str() as printed, **rest}:
            known = all(isinstance(effect, str) and effect in EFFECTS for effect in effects)
            if not rest and known and len(printed) <= LONGEST_NOISE:
                return Reply(from_json(observed), frozenset(effects), printed)
    raise MalformedEvidence("A reply from the notebook is not of the agreed form.")


#: Compares the expected with the actual answer; None when the item is right.
Aspect = Callable[[Case, Observation, Observation], Difference | None]


def whole(rules: Rules = USUAL) -> Aspect:
    """The aspect that looks at the whole answer."""
    return lambda case, expected, got: first_difference(expected, got, rules)


def part(place: int, rules: Rules = USUAL) -> Aspect:
    """The aspect that looks at one part of an answer made of several, a list or a tuple."""

    def compare(case: Case, expected: Observation, got: Observation) -> Difference | None:
        assert isinstance(expected, Sequence)
        if not isinstance(got, Sequence) or len(got.items) != len(expected.items):
            return first_difference(expected, got, rules)
        return first_difference(expected.items[place], got.items[place], rules, (place,))

    return compare


def shape_part(place: int) -> Aspect:
    """The aspect that looks at one part of an answer, and that part is a shape: what differs is the whole of it."""

    def compare(case: Case, expected: Observation, got: Observation) -> Difference | None:
        found = part(place)(case, expected, got)
        if found is None or not found.path:
            return found
        assert isinstance(expected, Sequence)
        assert isinstance(got, Sequence)
        return Difference(Kind.SHAPE, (place,), expected.items[place], got.items[place])

    return compare


def entry(*names: str, rules: Rules = USUAL) -> Aspect:
    """The aspect that looks at some entries of an answer that is a dictionary."""

    def compare(case: Case, expected: Observation, got: Observation) -> Difference | None:
        if not isinstance(got, Mapping):
            return first_difference(expected, got, rules)
        assert isinstance(expected, Mapping)
        differences = (first_difference(expected.get(name), got.get(name), rules, (name,)) for name in names)
        return next(filter(None, differences), None)

    return compare


#: Looks at the whole answer with the usual rules.
WHOLE: Aspect = whole()


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
    aspect: Aspect = WHOLE
    effects: tuple[str, ...] = ()

    def looks_at(self, case: Case) -> bool:
        """Whether the case counts for this item."""
        return not self.groups or case.group in self.groups


#: The wrong answer that a misconception gives to a case.
WrongModel = Callable[[Case], Observation]


@dataclass(frozen=True)
class Misconception:
    """A wrong answer that people really give. It is named only when one of its models explains every reply.

    A wrong choice is a belief about one case only: with ``case``, only the reply to that case must fit.

    Attributes:
        id: stable name, for counting over a class.
        explanation: one sentence about the concept.
        next_step: one thing to do.
        models: functions that give the wrong answer; several if the same misconception can be written in several ways.
        effect: an effect that was seen in every call; with models, one of them must fit as well.
        case: the name of the one case that it is about; ``""`` when it is about all of them.
        form: for an answer that cannot be computed, such as a generator: whether one looks like it in this case.
        refusal: for an act that ends with an exception: what the exception's message says in every case, as a regular
            expression.
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
        right: right answers in other styles, for tests.
    """

    title: Message
    hints: tuple[Message, ...]
    solution: str
    expectation: Message
    advice: Message | None = None
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
        act: how the answer is replayed, for a question that is judged on a Hub's state; its cases have settings.
        smaller: cases small enough to be worked out by hand, the smallest first.
        rules: what counts as the same when a wrong model is compared.
        normal: brings replies that mean the same into one form before anything is compared.
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
    act: Act | None = None
    smaller: tuple[Case, ...] = ()
    rules: Rules = USUAL
    normal: Callable[[Observation], Observation] = lambda value: value
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
        return self.hidden(random.Random(f"{seed}/{self.id}"))  # noqa: S311 - cases, not secrets

    def requests(self, cases: tuple[Case, ...]) -> list[dict[str, object]]:
        """Return what the learner's side is told of ``cases``, as JSON values: how to answer them, and no answer."""
        how: dict[str, object] = {"first": self.first.value}
        if self.act is not None:
            hub = any(case.setting is not None and case.setting.account for case in cases)
            how["act"] = {"kind": self.act.kind, "seconds": self.act.seconds, "hub": hub}
        return [{**case.request(), **how} for case in cases]
