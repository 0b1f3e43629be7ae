"""Questions about the Hub's state: each facet is declared once, and names of states are not sentences."""

from __future__ import annotations

import importlib
import pkgutil

import autograde.questions
from autograde.judge.facets import Facets
from autograde.judge.hub_facets import repositories_in_words
from autograde.questions import assignments


def declared() -> dict[str, Facets]:
    """Return the facets of each module that declares some."""
    found: dict[str, Facets] = {}
    for module in pkgutil.walk_packages(autograde.questions.__path__, f"{autograde.questions.__name__}."):
        facets = vars(importlib.import_module(module.name)).get("FACETS")
        if isinstance(facets, Facets) and facets not in found.values():
            found[module.name] = facets
    return found


def test_every_question_about_the_hubs_state_declares_facets() -> None:
    with_a_hub = [each for questions in assignments().values() for each in questions if each.visible[0].initial.account]
    assert len(with_a_hub) >= 8
    for question in with_a_hub:
        assert any(question.oracle == facets.oracle for facets in declared().values()), question.id


def test_names_of_states_have_no_spaces() -> None:
    for name, facets in declared().items():
        for facet in (facet for item in facets.items for facet in item.facets):
            for state in facet.states:
                assert " " not in str(state.value), f"{name}: {facet.name}: {state.value!r}"


def test_every_scored_facet_has_a_clause_for_each_wrong_state() -> None:
    for name, facets in declared().items():
        for facet in (facet for item in facets.items for facet in item.facets):
            wrong = [state for state in facet.states if state.value != facet.expected]
            assert all(state.clause or facet.clause for state in wrong), f"{name}: {facet.name}"
            assert facet.clause or wrong, f"{name}: {facet.name}"


def test_new_repositories_are_named_in_the_learners_language() -> None:
    text = repositories_in_words("dataset ada/d, space ada/s, model ada/m")
    assert text.in_language("en") == "dataset ada/d; Space ada/s; model ada/m"
    assert text.in_language("zh") == "数据集仓库 ada/d；Space ada/s；模型仓库 ada/m"
