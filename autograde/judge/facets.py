"""Facets: the sides of a Hub's state that a question looks at, each declared once.

From the facets of a question follow its oracle, its rubric, the sentence about a difference, and the table of what was
seen. A facet is one entry of the answer that is judged, a dictionary.
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
from autograde.judge.execution import Execution, ExecutionKind, replaced
from autograde.judge.messages import Message, verbatim
from autograde.judge.observation import Mapping, Observation, Raised
from autograde.judge.question import Misconception, Presentation, Question, RubricItem, Teaching, WrongModel
from autograde.judge.verdict import Finding

#: Words that may depend on the case and on the value.
Words: TypeAlias = Message | Callable[[Case, Observation], Message]

#: What a learner hands in for each way to run it.
_ANSWERS = {
    ExecutionKind.CALL: AnswerKind.FUNCTION,
    ExecutionKind.SCRIPT: AnswerKind.TEXT,
    ExecutionKind.FORM: AnswerKind.ENTRIES,
}


@dataclass(frozen=True)
class State:
    """A state that a facet can be in.

    Attributes:
        value: the entry of the answer: a short name that is compared and never shown, or a truth value.
        label: what the table calls it.
        clause: the sentence about it, without a full stop; None for the expected state.
    """

    value: Observation
    label: Words
    clause: Words | None = None


@dataclass(frozen=True)
class Facet:
    """One side of the state.

    Attributes:
        name: of the entry.
        expected: its right value, or a function that finds it from the case.
        states: those that it can be in.
        label: the first column of its line in the table; None for no line.
        clause: the sentence about a value that is none of the states.
        advice: one thing to do about a wrong value that no misconception explains.
        other: what the table calls a value that is none of the states; None to show it as it is.
        only_wrong: whether the table has the line only where there is a wrong value, and not None.
        may_raise: whether an exception counts as an ordinary wrong value; otherwise the verdict speaks of it alone.
    """

    name: str
    expected: Observation | Callable[[Case], Observation]
    states: tuple[State, ...] = ()
    label: Message | None = None
    clause: Words | None = None
    advice: Message | None = None
    other: Words | None = None
    only_wrong: bool = False
    may_raise: bool = False

    def right(self, case: Case) -> Observation:
        """Return the right value for a case."""
        return self.expected(case) if callable(self.expected) else self.expected

    def sentence(self, case: Case, difference: Difference) -> Message | None:
        """Return the sentence about a wrong value."""
        got = difference.got
        state = self._state(got)
        return _said((state.clause if state else None) or self.clause, case, got)

    def lines(self, case: Case, expected: Mapping, got: Mapping) -> Iterator[Finding]:
        """Yield the lines of the table for two whole answers."""
        wanted, found = expected.get(self.name), got.get(self.name)
        if self.label is None or (self.only_wrong and (wanted == found or found is None)):
            return
        seen = _exceptions(got).get(self.name) or self._shown(case, found)
        yield Finding(self.label, self._shown(case, wanted), seen, wanted == found)

    def _state(self, value: Observation) -> State | None:
        # True and 1 are equal for Python, and not for a question.
        return next(
            (each for each in self.states if each.value == value and kind_of(each.value) is kind_of(value)), None
        )

    def _shown(self, case: Case, value: Observation) -> Message:
        state = self._state(value)
        said = _said(state.label if state else self.other, case, value)
        return said or verbatim("—" if value is None else str(value))


@dataclass(frozen=True)
class Files(Facet):
    """A facet whose value is a dictionary of files, ``{path: status}``: one line and one sentence for each."""

    def sentence(self, case: Case, difference: Difference) -> Message | None:
        """Return the sentence about a file; ``clause`` gets the path and the status as a mapping of one entry."""
        if len(difference.path) < 2:
            return None
        return _said(self.clause, case, Mapping(((str(difference.path[1]), difference.got),)))

    def lines(self, case: Case, expected: Mapping, got: Mapping) -> Iterator[Finding]:
        """Yield one line for each file."""
        yield from file_statuses.table_lines(expected.get(self.name), got.get(self.name))


@dataclass(frozen=True)
class Item:
    """A line of the rubric: points that are given when all its facets are right.

    Attributes:
        id: unique in the question.
        about: what it asks for.
        points: what it is worth.
        facets: in the order in which they are compared.
        groups: the groups of cases that have these facets; empty for all of them.
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
        items: those that give points.
        unscored: facets without points, which only tell misconceptions apart.
        otherwise: the sentence about an answer other than a dictionary, such as an exception.
    """

    items: tuple[Item, ...]
    unscored: tuple[Facet, ...] = ()
    otherwise: Callable[[Observation], Message] = describe

    @property
    def _all(self) -> tuple[Facet, ...]:
        return (*(facet for item in self.items for facet in item.facets), *self.unscored)

    def of(self, case: Case) -> tuple[Facet, ...]:
        """Return the facets that a case has."""
        items = (item for item in self.items if not item.groups or case.group in item.groups)
        # Two items may look at the same facet.
        scored = {facet.name: facet for item in items for facet in item.facets}
        return (*scored.values(), *self.unscored)

    def oracle(self, case: Case) -> Mapping:
        """Return the right answer to a case."""
        return Mapping(tuple((facet.name, facet.right(case)) for facet in self.of(case)))

    def answer(self, case: Case, **values: Observation) -> Mapping:
        """Return the right answer to a case, with other values for some of its facets.

        Raises:
            KeyError: there is no such facet.
        """
        right = self.oracle(case)
        if unknown := set(values) - {name for name, _value in right.items}:
            raise KeyError(f"no facet {', '.join(sorted(unknown))}")
        return replaced(right, **values)

    def wrong(self, **values: Observation) -> WrongModel:
        """Return the model of a wrong answer that differs from the right one in these values."""
        return lambda case: self.answer(case, **values)

    @property
    def rubric(self) -> tuple[RubricItem, ...]:
        """The rubric."""
        return tuple(
            RubricItem(item.id, item.about, item.points, item.groups, _aspect(item.facets)) for item in self.items
        )

    def words(self, case: Case, difference: Difference) -> Message:
        """Return the sentence about a difference."""
        name = difference.path[0] if difference.path else ""
        found = (facet.sentence(case, difference) for facet in self.of(case) if facet.name == name)
        return next(filter(None, found), None) or self.otherwise(difference.got)

    def advice(self, difference: Difference) -> Message | None:
        """Return one thing to do about a difference; None where no facet has advice."""
        name = difference.path[0] if difference.path else ""
        return next((facet.advice for facet in self._all if facet.name == name), None)

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
        """Return the question whose oracle, rubric, sentences, table and advice follow from these facets.

        For the arguments see :class:`Question` and :class:`Presentation`.
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
        """Return the entries of the answer that are facets; the others are quoted and never compared."""
        if not isinstance(answer, Mapping):
            return answer
        names = {facet.name for facet in self._all}
        return Mapping(tuple(item for item in answer.items if item[0] in names))


def _aspect(facets: tuple[Facet, ...]) -> Aspect:
    compare = entry(*(facet.name for facet in facets))
    raising = {facet.name for facet in facets if facet.may_raise}

    def aspect(case: Case, expected: Observation, got: Observation) -> Difference | None:
        found = compare(case, expected, got)
        if found is not None and found.kind is Kind.RAISED and found.path and found.path[0] in raising:
            return replace(found, kind=Kind.VALUE)
        return found

    return aspect


def _said(words: Words | None, case: Case, value: Observation) -> Message | None:
    return words(case, value) if callable(words) else words


def _exceptions(answer: Mapping) -> dict[str, Message]:
    """Return what a table shows of the entries that are exceptions: the first one's message, dashes for the others."""
    found = [(name, value) for name, value in answer.items if isinstance(value, Raised)]
    quoted = {name: verbatim(_quoted(value)) for name, value in found[:1]}
    return dict.fromkeys((name for name, _value in found), verbatim("—")) | quoted


def _quoted(error: Raised) -> str:
    return shorten(f"{error.type}: {error.message}".removesuffix(": "))
