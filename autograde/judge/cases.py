"""A case: one call of the learner's function, or one check of the learner's value."""

from __future__ import annotations

from dataclasses import dataclass

from autograde.judge.initial_state import EMPTY, InitialState
from autograde.judge.messages import Message
from autograde.judge.observation import Observation, to_json


@dataclass(frozen=True)
class Case:
    """One call of the learner's function, or one check of the learner's value.

    Attributes:
        name: unique among the question's cases.
        group: name by which rubric items select this case.
        about: description of the case for people.
        arguments: arguments of the call; a model or tokenizer is represented by its recipe.
        tokens: the token at each position of the answer; ``()`` if positions are not tokens.
        facts: data for the oracle and the wrong models that the learner's side does not receive.
        initial: the initial state before the answer runs; empty for a question without an execution.
    """

    name: str
    group: str
    about: Message
    arguments: tuple[Observation, ...]
    tokens: tuple[str, ...] = ()
    facts: Observation = None
    initial: InitialState = EMPTY

    def request(self) -> dict[str, object]:
        """Return the name and the arguments as JSON, for the learner's side."""
        return {"name": self.name, "arguments": [to_json(argument) for argument in self.arguments]}
