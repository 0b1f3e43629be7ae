"""After the same mistake three times, show a smaller case instead of more detail.

It is the smallest of the question's smaller cases that the answer still gets wrong, with the actual result but without
the expected one, which the learner should work out by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from autograde.judge.comparison import Difference, Kind
from autograde.judge.describing import TIME_LIMIT, in_a_row, in_full
from autograde.judge.evidence import Evidence
from autograde.judge.messages import Message, _
from autograde.judge.observation import Raised
from autograde.judge.question import Question
from autograde.judge.scoring import first_of_reply
from autograde.judge.verdict import Outcome, Verdict

#: Number of equal failures in a row after which a smaller case is shown.
PATIENCE = 3


#: The task for a case without a model, whose numbers can be worked out by hand.
BY_HAND = _(
    "Work out the right result by hand, value by value. Then look for the line of your code that does something else."
)


@dataclass(frozen=True)
class SmallerCase:
    """A case small enough to work out by hand.

    Attributes:
        about: the call, or its arguments.
        got: the returned value.
        tokens: the token at each position; ``()`` if positions are not tokens.
        values: the returned value at each position, if known, or ``()``.
        task: what the learner should do with it.
    """

    about: Message
    got: Message
    tokens: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    task: Message = BY_HAND

    def to_json(self) -> dict[str, object]:
        """Return the case as a JSON value."""
        return {
            "about": self.about.to_json(),
            "got": self.got.to_json(),
            "tokens": list(self.tokens),
            "values": list(self.values),
            "task": self.task.to_json(),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> SmallerCase:
        """Return the case that :meth:`to_json` wrote."""
        return cls(
            Message.from_json(value["about"]),
            Message.from_json(value["got"]),
            tuple(map(str, value["tokens"])),
            tuple(map(str, value["values"])),
            Message.from_json(value["task"]),
        )


#: The task for a case in which the function raises an exception.
_FOLLOW = _("Call your function with this input and follow it line by line: what is the value of each variable?")


def mistake(verdict: Verdict) -> object | None:
    """Return a key that is equal for two failures with the same mistake; None if the verdict shows no mistake."""
    if verdict.outcome not in (Outcome.INCORRECT, Outcome.COULD_NOT_RUN) or verdict.difference is None:
        return None
    if verdict.misconception is not None:
        return verdict.misconception.id
    return verdict.difference.case, verdict.difference.text


def smallest_wrong(question: Question, evidence: Evidence) -> SmallerCase | None:
    """Return the first of the question's smaller cases that the answer gets wrong.

    Args:
        question: the question, with its ``smaller`` cases sorted by size.
        evidence: the learner's side's evidence, with a reply for each of them; fewer if a call took too long.

    Returns:
        None if the answer is right in all of them, or a smaller case explains nothing because the answer breaks a rule,
        is of the wrong kind, could not be called, or did not return.
    """
    for case, reply in zip(question.smaller, evidence.replies, strict=False):
        got = question.normal(case, reply.value)
        difference = first_of_reply(question, case, question.oracle(case), replace(reply, value=got))
        if difference is None:
            continue
        if _is_same_on_every_case(difference):
            return None
        smallest = SmallerCase(case.about, in_full(got), case.tokens, in_a_row(got) if case.tokens else ())
        if difference.kind is Kind.RAISED:
            return replace(smallest, task=_FOLLOW)
        if question.rules.tolerance and question.teaching.advice is not None:
            # A model's numbers can't be worked out by hand.
            return replace(smallest, task=question.teaching.advice)
        return smallest
    return None


def _is_same_on_every_case(difference: Difference) -> bool:
    """Return whether the difference is the same in every case, large or small."""
    if difference.kind is Kind.RAISED:
        got = difference.got
        return not isinstance(got, Raised) or not got.line or got.type == TIME_LIMIT
    return difference.kind is Kind.EFFECT or (difference.kind is Kind.TYPE and not difference.path)
