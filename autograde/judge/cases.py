"""A case: one call of the learner's function, or one look at the learner's value."""

from __future__ import annotations

from dataclasses import dataclass

from autograde.judge.initial_state import EMPTY, InitialState
from autograde.judge.messages import Message
from autograde.judge.observation import Observation, to_json


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
        initial: what is there before the answer runs; nothing for a question without an execution.
    """

    name: str
    group: str
    about: Message
    arguments: tuple[Observation, ...]
    tokens: tuple[str, ...] = ()
    facts: Observation = None
    initial: InitialState = EMPTY

    def request(self) -> dict[str, object]:
        """What the learner's side is told, as JSON: the name and the arguments."""
        return {"name": self.name, "arguments": [to_json(argument) for argument in self.arguments]}
