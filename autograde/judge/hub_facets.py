"""Facets of a Hub that several questions share, with the same states and sentences everywhere."""

from __future__ import annotations

from collections.abc import Callable

from autograde.judge import file_statuses
from autograde.judge.cases import Case
from autograde.judge.describing import describe, joined, shorten
from autograde.judge.facets import Facet, State
from autograde.judge.hub_state import FileStatus, Storage, Visibility
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Observation

#: The table's text for a missing value.
NOTHING = verbatim("—")

#: Most new repositories that a sentence lists.
_MOST_NAMED = 4

#: The state of a returned name that is the repository's address. A learner's text is unlikely to begin with $.
ADDRESS = "$address"


def what_was_returned(got: Observation) -> Message:
    """Return the sentence about a function whose answer is not a state of the Hub, such as an exception."""
    return _("the function returned {got}", got=describe(got))


def full_name(case: Case) -> str:
    """Return the case's repository as ``owner/name``."""
    return case.initial.repository


def repositories_in_words(made: str) -> Message:
    """Return the table's text for new repositories, given by type and name: ``"model ada/m, dataset ada/d"``."""
    kinds: dict[str, Callable[[str], Message]] = {
        "model": lambda name: _("model {name}", name=name),
        "dataset": lambda name: _("dataset {name}", name=name),
        "space": lambda name: _("Space {name}", name=name),
    }
    each = [entry.partition(" ") for entry in made.split(", ")]
    return joined([kinds.get(kind, verbatim)(shorten(name)) for kind, _blank, name in each[:_MOST_NAMED]])


def created() -> Facet:
    """Return the facet ``made``: the new repositories, which must be a single model with the right name."""

    def clause(case: Case, got: Observation) -> Message:
        if got:
            made = repositories_in_words(str(got))
            return _("expected the model repository {name}, but found {made}", name=full_name(case), made=made)
        return _("expected the model repository {name}, but there is none", name=full_name(case))

    return Facet(
        "made",
        lambda case: f"model {full_name(case)}",
        (State("", NOTHING),),
        _("repository"),
        clause=clause,
        other=lambda _case, got: repositories_in_words(str(got)),
        advice=_(
            "Call create_repo once, with the parameter `name`: it takes the account that is logged in as the owner."
        ),
    )


def private(public: Message, *more: State, advice: Message) -> Facet:
    """Return the facet ``visibility`` of a repository that must be private.

    Args:
        public: the sentence about a public repository.
        more: further states.
        advice: what to do about a wrong value.
    """
    states = (State(Visibility.PRIVATE, _("private")), State(Visibility.PUBLIC, _("public"), public), *more)
    return Facet("visibility", Visibility.PRIVATE, states, _("visibility"), advice=advice)


def weights_in_lfs(advice: Message) -> Facet:
    """Return the facet ``storage``: the weights are in LFS."""
    states = (
        State(Storage.LFS, _("in LFS")),
        State(Storage.GIT, _("in git, not in LFS"), _("weights are in git, not in LFS")),
        State(Storage.NOWHERE, _("missing"), _("there are no weights on the Hub")),
    )
    return Facet("storage", Storage.LFS, states, _("weights"), advice=advice)


def returned_name(
    name: str,
    advice: Message,
    *more: State,
    label: Message | None = None,
    words: Callable[[Observation], Message] = describe,
) -> Facet:
    """Return the facet of a returned value that must be the repository's full name.

    Args:
        name: the entry's key.
        advice: what to do about a wrong value.
        more: further states.
        label: label of its row in the table; None for no row.
        words: describes a wrong value.
    """

    def clause(case: Case, got: Observation) -> Message:
        shown = _("the repository's address") if got == ADDRESS else words(got)
        return _("expected the name {name}, but the function returned {got}", name=full_name(case), got=shown)

    def plain(_case: Case, got: Observation) -> Message:
        return verbatim(got) if isinstance(got, str) else words(got)

    states = (State(ADDRESS, _("the address"), clause), *more)
    return Facet(name, full_name, states, label, clause=clause, advice=advice, other=plain)


def on_hub(path: str, status: Observation) -> Message:
    """Return the sentence about a file on the Hub."""
    return _("`{path}` on the Hub: {status}", path=path, status=file_statuses.status_in_words(status))


def in_folder(case: Case, path: str, status: Observation) -> Message:
    """Return the sentence about a file in the case's clone."""
    words = file_statuses.status_in_words(status)
    return _("`{path}` in the folder {folder}: {status}", path=path, folder=case.initial.name, status=words)


def weights_in_clone(path: Callable[[Case], str], advice: Message) -> Facet:
    """Return the facet ``weights``: the file at ``path(case)`` in the clone has the real content."""
    return Facet(
        "weights",
        FileStatus.SAME,
        label=_("weights"),
        other=lambda _case, got: file_statuses.status_in_words(got),
        clause=lambda case, got: in_folder(case, path(case), got),
        advice=advice,
    )


def hub_unchanged(changed: Message, advice: Message) -> Facet:
    """Return the facet ``hub``: whether the Hub is unchanged; ``changed`` is the sentence if it is not."""
    states = (State(True, _("unchanged")), State(False, _("changed"), changed))
    return Facet("hub", True, states, _("the Hub"), advice=advice)
