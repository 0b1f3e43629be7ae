"""3: what was seen, in words."""

from __future__ import annotations

from autograde.judge import replays
from autograde.judge.comparison import Difference
from autograde.judge.describing import describe, raised, shorten
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation, Raised, Sequence
from autograde.judge.question import Case
from autograde.judge.verdict import Finding
from autograde.questions.summary.publish_and_load.cases import (
    BROKEN_OFF,
    ELSEWHERE,
    HUB,
    NO_SEGMENTS,
    OF_THE_RESULT,
    OTHER_WEIGHTS,
    TENSOR,
    full_name_of,
    shape_of,
)


def _text(value: Observation) -> Message:
    if isinstance(value, Sequence) and len(value.items) <= 4 and all(type(item) is int for item in value.items):
        return verbatim(str(list(value.items)))
    return _("the address") if value == "the address" else describe(value)


#: What the model ran on, in words.
_RAN: dict[Observation, Message] = {
    "the pair": _("the pair"),
    "nothing": _("it never ran"),
    BROKEN_OFF: _("it could not run"),
    "the other order": _("the second sentence, then the first"),
    "the first alone": _("the first sentence alone"),
    "the second alone": _("the second sentence alone"),
    "one text": _("one text made of both sentences"),
    NO_SEGMENTS: _("the pair without its segment ids"),
    "two rows": _("two inputs, one for each sentence"),
    "something else": _("something else"),
}


def words(case: Case, difference: Difference) -> Message:
    """A difference in words."""
    got, name, shape = difference.got, full_name_of(case), _text(shape_of(case))
    match difference.path[:1]:
        case ("made",) if got:
            return _("expected the model repository {name}, but found {made}", name=name, made=shorten(str(got)))
        case ("made",):
            return _("expected the model repository {name}, but there is none", name=name)
        case ("files",) if got == "in a folder":
            return _("the files lie in a folder inside the repository, and not at its top")
        case ("files",) if got == "different":
            return _("files of the repository have other bytes than those of the folder")
        case ("files",):
            return _("not all files of the folder are in the repository")
        case ("storage",):
            return _("the weights do not lie in LFS")
        case ("model",) if got == OTHER_WEIGHTS:
            return _("the model that ran has other weights than the one on the Hub")
        case ("model",):
            return _("the model that ran was not loaded from the Hub")
        case ("tokenizer",):
            return _("no file of the tokenizer was downloaded from the Hub")
        case ("ran",) if isinstance(got, Mapping) and isinstance(error := got.get(BROKEN_OFF), Raised):
            return _("the model was called and could not run: {what}", what=raised(error))
        case ("ran",) if got == "nothing":
            return _("the model never ran")
        case ("ran",):
            return _("the model ran on {got}; expected the pair of sentences", got=_RAN.get(got, describe(got)))
        case ("name",) if got is None:
            return _("the function returned no name; expected two things, the name {name} and a shape", name=name)
        case ("name",):
            return _("expected the name {name}, but the function returned {got}", name=name, got=_text(got))
        case ("shape",) if got is None:
            return _("the function returned no shape; expected two things, a name and the shape {shape}",
                     shape=shape)  # fmt: skip
        case ("shape",) if got == TENSOR:
            return _("expected the shape {shape}, but the function returned the numbers themselves", shape=shape)
        case ("shape",):
            return _("expected the shape {shape}, but the function returned {got}", shape=shape, got=_text(got))
    return describe(got)


def achieved(case: Case, _answer: Observation) -> Message:
    """What a right answer has achieved."""
    return _(
        "Seen on the Hub: {name} was made and filled, and its weights and its tokenizer were downloaded again; the "
        "model ran, and its result has the shape {shape}.",
        name=full_name_of(case),
        shape=_text(shape_of(case)),
    )


def findings(case: Case, expected: Observation, got: Observation) -> tuple[Finding, ...]:
    """The lines of the table of what was seen."""
    if not isinstance(got, Mapping):
        return ()
    assert isinstance(expected, Mapping)
    # Of what ran instead, the shape may well be right.
    right = got.get("shape") != OF_THE_RESULT or got.get("ran") in ("the pair", "nothing", NO_SEGMENTS)
    words: dict[Observation, Message] = {
        **_RAN,
        "same": _("all of the folder"), "missing": _("not all"),
        "different": _("other bytes"),
        "pointer": _("an LFS pointer only"), "in a folder": _("in a folder"), HUB: _("from the Hub"),
        ELSEWHERE: _("not from the Hub"), OTHER_WEIGHTS: _("other weights"),
        "the address": _("the address"), TENSOR: _("the numbers themselves"),
        OF_THE_RESULT: _text(shape_of(case)) if right else _("that of the result"),
    }  # fmt: skip
    lines = {
        "made": _("repository"), "files": _("files"), "model": _("model"), "tokenizer": _("tokenizer"),
        "ran": _("ran on"), "name": _("name"), "shape": _("shape"),
    }  # fmt: skip
    errors = replays.exceptions(got)

    def seen(name: str) -> dict[Observation, Message]:
        value = got.get(name)
        if name in errors:
            return words | {value: errors[name]}
        if isinstance(value, Mapping):
            return words | {value: _RAN[BROKEN_OFF]}
        return words if value in words or isinstance(value, str) else words | {value: _text(value)}

    return tuple(replays.line(what, expected.get(name), got.get(name), seen(name)) for name, what in lines.items())
