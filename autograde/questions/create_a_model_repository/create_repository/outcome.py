"""2.3, a model repository: build the judged answer from the reports of both sides."""

from __future__ import annotations

from autograde.judge.cases import Case
from autograde.judge.execution import calls
from autograde.judge.hub_facets import ADDRESS, full_name
from autograde.judge.hub_state import LicenseMissing, OthersChanges, Visibility
from autograde.judge.observation import Mapping, Observation, Raised
from autograde.questions._new_repositories import names_of
from autograde.questions.create_a_model_repository.create_repository.cases import LICENSE
from autograde.questions.create_a_model_repository.create_repository.facets import FACETS


def join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    """Return the judged answer, from the function's report and the state of the Hub, ``seen``."""
    returned, made = calls(report), seen.mapping("repositories")
    first, last = returned[0], returned[-1]
    again: Observation = "harmless"
    if not made.items:
        again = "nothing-made"
    elif isinstance(first, Raised):
        again = "not-reached"
    elif isinstance(last, Raised):
        again = last
    elif seen.get("kept") == OthersChanges.FILE_LOST:
        again = "lost"
    elif seen.get("kept") == OthersChanges.CARD_LOST:
        again = "card-lost"
    elif last != first:
        again = "another-result"
    license = _after_both(seen, "license", LICENSE)
    visibility = _after_both(seen, "visibility", Visibility.PRIVATE)
    if isinstance(first, Raised):
        # What is missing because the function stopped is not a mistake of its own.
        license = first if license in (*LicenseMissing,) else license
        visibility = first if visibility == Visibility.PUBLIC else visibility
    names = names_of(made)
    # Don't penalise a mistake twice: the full name of a repository with the wrong owner counts as a full name.
    name = full_name(case) if isinstance(first, str) and names == f"model {first}" else first
    if isinstance(first, str) and first.startswith("http") and first.endswith(f"/{full_name(case)}"):
        name = ADDRESS
    return FACETS.answer(
        case,
        made=names,
        visibility=visibility,
        license=license,
        returned=name,
        again=again,
    )


def _after_both(seen: Mapping, name: str, right: str) -> Observation:
    """Return the entry ``name`` of the repository's outline, which must be right after both calls."""
    after = _outlined(seen.mapping("repositories"), name)
    before = _outlined(seen.mapping("meanwhile"), name)
    return "late" if after == right and before not in (None, right) else after or "none"


def _outlined(repositories: Mapping, name: str) -> Observation:
    first = next((full for full, _outline in repositories.items), "")
    return repositories.mapping(first).get(name)
