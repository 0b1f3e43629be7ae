"""3: the facets: the repository, its files, the loaded and run model, and the returned values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from autograde.judge.cases import Case
from autograde.judge.describing import describe, raised
from autograde.judge.facets import Facet, Facets, Item, State
from autograde.judge.hub_facets import created, full_name, returned_name, weights_in_lfs
from autograde.judge.hub_state import FileStatus
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation, Raised, Sequence
from autograde.judge.verdict import Finding
from autograde.questions.summary.publish_and_load.cases import shape_of

#: Where something was loaded from; OTHER_WEIGHTS: a model was downloaded, but a different one ran.
HUB, ELSEWHERE, OTHER_WEIGHTS = "hub", "elsewhere", "other-weights"

#: The pair without its segment ids.
NO_SEGMENTS = "no-segments"

#: The pair, with an attention mask that hides some of its tokens.
MASKED = "masked"

#: The model was called, but could not run.
BROKEN_OFF = "broken-off"

#: States of returned values: the shape of the model's result, and the result itself. They begin with $, because a
#: learner's text is unlikely to.
RESULT, TENSOR = "$result", "$tensor"


def text(value: Observation) -> Message:
    """Return a value in words, a shape as a list of numbers."""
    if isinstance(value, Sequence) and len(value.items) <= 4 and all(type(item) is int for item in value.items):
        return verbatim(str(list(value.items)))
    return describe(value)


def _ran_on(label: Message) -> Message:
    return _("the model ran on {got}; expected the pair of sentences", got=label)


def _ran(_case: Case, got: Observation) -> Message:
    if isinstance(got, Mapping) and isinstance(error := got.get(BROKEN_OFF), Raised):
        return _("the model was called but could not run: {what}", what=raised(error))
    return _ran_on(describe(got))


def _shape(case: Case, got: Observation) -> Message:
    return _("expected the shape {shape}, but the function returned {got}", shape=text(shape_of(case)), got=text(got))


@dataclass(frozen=True)
class _Shape(Facet):
    """The facet of the shape, whose numbers are unknown if the result is not the pair's."""

    def lines(self, case: Case, expected: Mapping, got: Mapping) -> Iterator[Finding]:
        """Yield the row of the table."""
        for line in super().lines(case, expected, got):
            known = got.get("shape") != RESULT or got.get("ran") in ("pair", "nothing", NO_SEGMENTS, MASKED)
            that = _("the shape of the result")
            yield line if known else replace(line, expected=that, seen=that)


def _ran_state(value: str, label: Message) -> State:
    return State(value, label, _ran_on(label))


FACETS = Facets((
    Item("repository", _("a model repository with the given name, in your own namespace"), 2, (
        created(),
    )),
    Item("files", _("every file of the folder is there, and the weights are in LFS"), 2, (
        Facet("files", FileStatus.SAME, (
            State(FileStatus.SAME, _("all files of the folder")),
            State(FileStatus.MISSING, _("not all")),
            State(
                FileStatus.DIFFERENT, _("different content"),
                _("some files of the repository differ from those of the folder"),
            ),
            State(FileStatus.POINTER, _("an LFS pointer only")),
            State("folder", _("in a folder"), _("the files are in a folder of the repository, not at the top level")),
        ), _("files"), clause=_("some files of the folder are missing in the repository"), advice=_(
            "Upload the whole folder unchanged: upload_folder does that when it is given only repo_id and "
            "folder_path."
        )),
        weights_in_lfs(_("Upload with upload_folder: it puts weights into LFS.")),
    )),
    Item("loaded", _("the model and its tokenizer were loaded from the Hub"), 2, (
        Facet("model", HUB, (
            State(HUB, _("from the Hub")),
            State(ELSEWHERE, _("not from the Hub"), _("no model that was loaded from the Hub ran")),
            State(
                OTHER_WEIGHTS, _("other weights"),
                _("the weights of the model that ran differ from those on the Hub"),
            ),
        ), _("model"), advice=_("Load the model with from_pretrained and the full name, and run that model.")),
        Facet("tokenizer", HUB, (
            State(HUB, _("from the Hub")),
            State(ELSEWHERE, _("not from the Hub"), _("no file of the tokenizer was downloaded from the Hub")),
        ), _("tokenizer"), advice=_("Load the tokenizer with from_pretrained and the full name, too.")),
    )),
    Item("ran", _("the model ran on the pair of sentences"), 2, (
        Facet("ran", "pair", (
            State("pair", _("the pair")),
            State("nothing", _("it never ran"), _("the model never ran")),
            _ran_state(BROKEN_OFF, _("it could not run")),
            _ran_state("swapped", _("the second sentence, then the first")),
            _ran_state("first", _("the first sentence alone")),
            _ran_state("second", _("the second sentence alone")),
            _ran_state("joined", _("one text made of both sentences")),
            _ran_state(NO_SEGMENTS, _("the pair without its segment ids")),
            _ran_state(MASKED, _("the pair, with tokens hidden by the attention mask")),
            _ran_state("rows", _("two inputs, one for each sentence")),
            _ran_state("other", _("something else")),
        ), _("ran on"), clause=_ran, other=lambda _case, _got: _("it could not run"), advice=_(
            "Pass both sentences to the tokenizer, as two arguments and without max_length, and pass "
            "everything that it returns to the model, with **."
        )),
    )),
    Item("returned", _("the full name, and the shape of the result"), 2, (
        returned_name(
            "name", _("Return the full name first: `repo_id` of what create_repo returned."),
            State(None, describe(None), lambda case, _got: _(
                "the function returned no name; expected the name {name} and a shape", name=full_name(case),
            )),
            label=_("name"), words=text,
        ),
        _Shape("shape", RESULT, (
            State(RESULT, lambda case, _got: text(shape_of(case))),
            State(TENSOR, _("the tensor itself"), lambda case, _got: _(
                "expected the shape {shape}, but the function returned the tensor itself",
                shape=text(shape_of(case)),
            )),
            State(None, describe(None), lambda case, _got: _(
                "the function returned no shape; expected a name and the shape {shape}",
                shape=text(shape_of(case)),
            )),
        ), _("shape"), clause=_shape, other=lambda _case, got: text(got),
            advice=_("Return result.last_hidden_state.shape second, as it is."),
        ),
    )),
))  # fmt: skip


def achieved(case: Case, _answer: Observation) -> Message:
    """Describe the achievement of a right answer."""
    return _(
        "{name} was created and filled; model and tokenizer were loaded from it; the model ran, and its result has "
        "the shape {shape}.",
        name=full_name(case),
        shape=text(shape_of(case)),
    )
