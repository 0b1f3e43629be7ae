"""Evidence: what the learner's side sends about one question."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from autograde.errors import MalformedEvidence
from autograde.judge.observation import Observation, from_json, to_json

#: Effects of a call: call a tokenizer, change one of its arguments, leave a model in training mode,
#: run a model while PyTorch records for training, switch the gradients of a model's parameters off, print a token.
CALLED_TOKENIZER = "called-tokenizer"
CHANGED_ARGUMENTS = "changed-arguments"
LEFT_TRAINING = "left-training"
RECORDED_GRADIENTS = "recorded-gradients"
FROZE_MODEL = "froze-model"
PRINTED_TOKEN = "printed-token"  # noqa: S105 - the name of an effect
EFFECTS = frozenset(
    {CALLED_TOKENIZER, CHANGED_ARGUMENTS, LEFT_TRAINING, RECORDED_GRADIENTS, FROZE_MODEL, PRINTED_TOKEN}
)

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
        raise MalformedEvidence("The notebook sent a value that is not evidence.")


def _reply(value: object) -> Reply:
    match value:
        case {"value": observed, "effects": list() as effects, "printed": str() as printed, **rest}:
            known = all(isinstance(effect, str) and effect in EFFECTS for effect in effects)
            if not rest and known and len(printed) <= LONGEST_NOISE:
                return Reply(from_json(observed), frozenset(effects), printed)
    raise MalformedEvidence("A reply from the notebook is not of the agreed form.")
