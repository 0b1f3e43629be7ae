"""Facets: the properties of a Hub's state that a question checks, each declared once.

A question's facets define its oracle, its rubric, the sentences about differences, and the table of findings. The
judged answer is a dictionary with an entry for each facet.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from autograde.judge import file_statuses, script_reports
from autograde.judge.aspects import Aspect, entry
from autograde.judge.cases import Case
from autograde.judge.comparison import Difference, Kind, kind_of
from autograde.judge.describing import describe, shorten
from autograde.judge.evidence import AnswerKind
from autograde.judge.examples import WrongAnswer
from autograde.judge.execution import Execution, ExecutionKind, replaced
from autograde.judge.messages import Message, verbatim
from autograde.judge.observation import Mapping, Observation, Raised
from autograde.judge.question import (
    Form,
    Misconception,
    Presentation,
    Question,
    RubricItem,
    Teaching,
    WrongModel,
    misconception,
)
from autograde.judge.verdict import Finding

#: An entry of an answer, or a function that computes it from the case.
Value: TypeAlias = Observation | Callable[[Case], Observation]

#: Text that may depend on the case and on the value.
Words: TypeAlias = Message | Callable[[Case, Observation], Message]

#: The kind of answer for each way to run it.
_ANSWERS = {
    ExecutionKind.CALL: AnswerKind.FUNCTION,
    ExecutionKind.SCRIPT: AnswerKind.TEXT,
    ExecutionKind.FORM: AnswerKind.ENTRIES,
}


@dataclass(frozen=True)
class State:
    """A possible value of a facet.

    Attributes:
        value: the entry of the answer: a short name that is compared and never shown, or a truth value.
        label: its name in the table.
        clause: the sentence about it, without a full stop; None for the expected state.
    """

    value: Observation
    label: Words
    clause: Words | None = None


@dataclass(frozen=True)
class Facet:
    """One property of the state.

    Attributes:
        name: the entry's key.
        expected: the right value, or a function that computes it from the case.
        states: the possible states.
        label: first column of its row in the table; None for no row.
        clause: the sentence about a value that is not one of the states.
        advice: what to do about a wrong value that no misconception explains.
        other: the table's text for a value that is not one of the states; None shows the value itself.
        only_wrong: whether the table has the row only if the value is wrong and not None.
        may_raise: whether an exception counts as an ordinary wrong value; otherwise the verdict reports only the
            exception.
    """

    name: str
    expected: Value
    states: tuple[State, ...] = ()
    label: Message | None = None
    clause: Words | None = None
    advice: Message | None = None
    other: Words | None = None
    only_wrong: bool = False
    may_raise: bool = False

    def right(self, case: Case) -> Observation:
        """Return the right value for a case."""
        return _resolved(self.expected, case)

    def sentence(self, case: Case, difference: Difference) -> Message | None:
        """Return the sentence about a wrong value."""
        got = difference.got
        state = self._state(got)
        return _resolved_words((state.clause if state else None) or self.clause, case, got)

    def lines(self, case: Case, expected: Mapping, got: Mapping) -> Iterator[Finding]:
        """Yield the rows of the table for two complete answers."""
        wanted, found = expected.get(self.name), got.get(self.name)
        if self.label is None or (self.only_wrong and (wanted == found or found is None)):
            return
        seen = _exceptions(got).get(self.name) or self._state_in_words(case, found)
        yield Finding(self.label, self._state_in_words(case, wanted), seen, wanted == found)

    def _state(self, value: Observation) -> State | None:
        return next((each for each in self.states if _same(each.value, value)), None)

    def _state_in_words(self, case: Case, value: Observation) -> Message:
        state = self._state(value)
        text = _resolved_words(state.label if state else self.other, case, value)
        return text or verbatim("—" if value is None else str(value))


@dataclass(frozen=True)
class Files(Facet):
    """A facet whose value is a dictionary of files, ``{path: status}``, with a row and a sentence for each file."""

    def sentence(self, case: Case, difference: Difference) -> Message | None:
        """Return the sentence about a file; ``clause`` gets path and status as a mapping with one entry."""
        if len(difference.path) < 2:
            return None
        return _resolved_words(self.clause, case, Mapping(((str(difference.path[1]), difference.got),)))

    def lines(self, case: Case, expected: Mapping, got: Mapping) -> Iterator[Finding]:
        """Yield a row for each file."""
        yield from file_statuses.table_lines(expected.get(self.name), got.get(self.name))


@dataclass(frozen=True)
class Item:
    """A rubric item: its points are given if all its facets are right.

    Attributes:
        id: unique in the question.
        about: description for people.
        points: its points.
        facets: its facets in the order of comparison.
        groups: the groups of cases that have these facets; empty for all cases.
    """

    id: str
    about: Message
    points: float
    facets: tuple[Facet, ...]
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facets:
    """The facets of a question.

    Attributes:
        items: the rubric items.
        unscored: facets without points, which only distinguish misconceptions.
        otherwise: the sentence about an answer that is not a dictionary, such as an exception.
    """

    items: tuple[Item, ...]
    unscored: tuple[Facet, ...] = ()
    otherwise: Callable[[Observation], Message] = describe

    @property
    def _all(self) -> tuple[Facet, ...]:
        return (*(facet for item in self.items for facet in item.facets), *self.unscored)

    def of(self, case: Case) -> tuple[Facet, ...]:
        """Return the facets of a case."""
        items = (item for item in self.items if not item.groups or case.group in item.groups)
        # Two items may share a facet.
        scored = {facet.name: facet for item in items for facet in item.facets}
        return (*scored.values(), *self.unscored)

    def oracle(self, case: Case) -> Mapping:
        """Return the right answer to a case."""
        return Mapping(tuple((facet.name, facet.right(case)) for facet in self.of(case)))

    def answer(self, case: Case, **values: Value) -> Mapping:
        """Return the right answer to a case, with other values for some of its facets.

        Raises:
            KeyError: a facet does not exist.
        """
        right = self.oracle(case)
        if unknown := set(values) - {name for name, _value in right.items}:
            raise KeyError(f"no facet {', '.join(sorted(unknown))}")
        return replaced(right, **{name: _resolved(value, case) for name, value in values.items()})

    def wrong(self, **values: Value) -> WrongModel:
        """Return the model of a wrong answer that differs from the right one in these values."""
        return lambda case: self.answer(case, **values)

    def misconception(
        self, identity: str, explanation: Message, next_step: Message, /, *examples: WrongAnswer, **values: Value
    ) -> Misconception:
        """Return the misconception whose answers differ from the right one in these values; see :func:`wrong`.

        For the other arguments see :class:`Misconception`.
        """
        return misconception(identity, explanation, next_step, *examples, models=(self.wrong(**values),))

    def wrong_only(self, **entries: Observation | Callable[[Observation], bool]) -> Form:
        """Return the form of answers that are wrong only in these entries; for ``entries`` see :func:`has`."""
        form = has(**entries)

        def only(case: Case, got: Observation) -> bool:
            return (
                form(case, got)
                and isinstance(got, Mapping)
                and got == self.answer(case, **{name: got.get(name) for name in entries})
            )

        return only

    @property
    def rubric(self) -> tuple[RubricItem, ...]:
        """Return the rubric."""
        return tuple(
            RubricItem(item.id, item.about, item.points, item.groups, _aspect(item.facets)) for item in self.items
        )

    def words(self, case: Case, difference: Difference) -> Message:
        """Return the sentence about a difference."""
        name = difference.path[0] if difference.path else ""
        found = (facet.sentence(case, difference) for facet in self.of(case) if facet.name == name)
        return next(filter(None, found), None) or self.otherwise(difference.got)

    def advice(self, difference: Difference) -> Message | None:
        """Return what to do about a difference; None if no facet has advice."""
        name = difference.path[0] if difference.path else ""
        return next((facet.advice for facet in self._all if facet.name == name), None)

    def step(self, name: str) -> Message:
        """Return a facet's advice, for a misconception for which it is the right next step.

        Raises:
            KeyError: no facet of this name has advice.
        """
        return {facet.name: facet.advice for facet in self._all if facet.advice is not None}[name]

    def table(self, case: Case, expected: Observation, got: Observation) -> tuple[Finding, ...]:
        """Return the table of expected and found states; empty for an answer that is not a dictionary."""
        if not isinstance(got, Mapping) or not isinstance(expected, Mapping):
            return ()
        return tuple(line for facet in self.of(case) for line in facet.lines(case, expected, got))

    def question(
        self,
        identity: str,
        execution: Execution,
        teaching: Teaching,
        *,
        visible: tuple[Case, ...],
        hidden: Callable[[random.Random], tuple[Case, ...]] | None,
        misconceptions: tuple[Misconception, ...],
        achieved: Callable[[Case, Observation], Message],
        number: int = 1,
        quote: Callable[[Observation], Message | None] = script_reports.quote,
    ) -> Question:
        """Return a question whose oracle, rubric, sentences, table and advice are defined by these facets.

        See :class:`Question` and :class:`Presentation` for the arguments.
        """
        return Question(
            id=identity,
            number=number,
            kind=_ANSWERS[execution.kind],
            visible=visible,
            hidden=hidden,
            oracle=self.oracle,
            rubric=self.rubric,
            misconceptions=misconceptions,
            execution=execution,
            normal=self._compared,
            presentation=Presentation(words=self.words, achieved=achieved, table=self.table, quote=quote),
            teaching=replace(teaching, advice_on=self.advice),
        )

    def _compared(self, _case: Case, answer: Observation) -> Observation:
        """Return only the answer's entries that are facets; the other ones are quoted, but not compared."""
        if not isinstance(answer, Mapping):
            return answer
        names = {facet.name for facet in self._all}
        return Mapping(tuple(item for item in answer.items if item[0] in names))


def has(**entries: Observation | Callable[[Observation], bool]) -> Form:
    """Return the form of an answer with these entries, each given as its value or as a function that is true of it."""

    def form(_case: Case, got: Observation) -> bool:
        return isinstance(got, Mapping) and all(
            fits(got.get(name)) if callable(fits) else _same(fits, got.get(name)) for name, fits in entries.items()
        )

    return form


def error_with(message: str) -> Callable[[Observation], bool]:
    """Return a condition for :func:`has`: the entry is an exception whose message contains ``message``."""
    return lambda value: isinstance(value, Raised) and message in value.message


def _same(one: Observation, other: Observation) -> bool:
    # True and 1 are equal in Python, but not for a question.
    return one == other and kind_of(one) is kind_of(other)


def _resolved(value: Value, case: Case) -> Observation:
    return value(case) if callable(value) else value


def _aspect(facets: tuple[Facet, ...]) -> Aspect:
    compare = entry(*(facet.name for facet in facets))
    raising = {facet.name for facet in facets if facet.may_raise}

    def aspect(case: Case, expected: Observation, got: Observation) -> Difference | None:
        found = compare(case, expected, got)
        if found is not None and found.kind is Kind.RAISED and found.path and found.path[0] in raising:
            return replace(found, kind=Kind.VALUE)
        return found

    return aspect


def _resolved_words(words: Words | None, case: Case, value: Observation) -> Message | None:
    return words(case, value) if callable(words) else words


def _exceptions(answer: Mapping) -> dict[str, Message]:
    """Return the table's text for entries that are exceptions: the message of the first, dashes for the others."""
    found = [(name, value) for name, value in answer.items if isinstance(value, Raised)]
    quoted = {name: verbatim(_quoted(value)) for name, value in found[:1]}
    return dict.fromkeys((name for name, _value in found), verbatim("—")) | quoted


def _quoted(error: Raised) -> str:
    return shorten(f"{error.type}: {error.message}".removesuffix(": "))
