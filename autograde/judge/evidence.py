"""Evidence: what the learner's side sends about one question."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from autograde.errors import MalformedEvidence
from autograde.judge.observation import Observation, from_json, to_json

#: Effects of a call: call a tokenizer, change one of its arguments, leave a model in training mode, run a model while
#: PyTorch records gradients, switch off the gradients of a model's parameters or of the whole program, print a token.
CALLED_TOKENIZER = "called-tokenizer"
CHANGED_ARGUMENTS = "changed-arguments"
LEFT_TRAINING = "left-training"
RECORDED_GRADIENTS = "recorded-gradients"
FROZE_MODEL = "froze-model"
LEFT_GRADIENTS_OFF = "left-gradients-off"
PRINTED_TOKEN = "printed-token"  # noqa: S105 - the name of an effect
EFFECTS = frozenset(
    {
        CALLED_TOKENIZER, CHANGED_ARGUMENTS, LEFT_TRAINING, RECORDED_GRADIENTS, FROZE_MODEL, LEFT_GRADIENTS_OFF,
        PRINTED_TOKEN,
    }
)  # fmt: skip

#: Most characters of printed output that are kept.
LONGEST_NOISE = 600


class AnswerKind(StrEnum):
    """The kind of answer that a question expects."""

    #: A function: each case is one call of it.
    FUNCTION = "function"
    #: A dictionary, of choices or of a form's fields: each case is the entry that its first argument names.
    ENTRIES = "entries"
    #: A text, such as a shell script: each case checks the complete text.
    TEXT = "text"


@dataclass(frozen=True)
class Reply:
    """The result of one call.

    Attributes:
        value: the returned value, or the exception.
        effects: the observed effects, from :data:`EFFECTS`.
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
        given: the :class:`AnswerKind` of the answer; or ``"missing"`` (the name is undefined or None), ``"untouched"``
            (the released value is unchanged), ``"asynchronous"`` (a function defined with ``async def``), ``"other"``
            (not a function, dictionary or text), or ``"failed"`` (the learner's side had an error of its own).
        type: the name of the answer's type; after a failure, what failed.
        replies: one for each case in order; fewer if a call took too long. A missing or unchanged entry of a dictionary
            is None.
    """

    given: str
    type: str = ""
    replies: tuple[Reply, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the evidence as a JSON value."""
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
        """Return the evidence in a JSON value.

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
        raise MalformedEvidence("The notebook sent a value that is not evidence.")


def _reply(value: object) -> Reply:
    match value:
        case {"value": observed, "effects": list() as effects, "printed": str() as printed, **rest}:
            known = all(isinstance(effect, str) and effect in EFFECTS for effect in effects)
            if not rest and known and len(printed) <= LONGEST_NOISE:
                return Reply(from_json(observed), frozenset(effects), printed)
    raise MalformedEvidence("A reply from the notebook is not of the agreed form.")
