"""Valid names of users, repositories and branches."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograde.hub.app import all_routes
from autograde.hub.names import RESERVED, branch_name_problem, repository_name_problem, user_name_problem

NAMES = st.text(st.sampled_from("aZ09-._ /é~^:@{"), max_size=50)


@pytest.mark.parametrize("name", ["ada", "Ada", "ada-lovelace", "a1", "x" * 42])
def test_ordinary_user_names_are_accepted(name: str) -> None:
    assert user_name_problem(name) is None


@pytest.mark.parametrize(
    "name", ["", "a", "x" * 43, "ada lovelace", "-ada", "ada-", "a--b", "ada_l", "ada.l", "阿达", "123", "../x", "a/b"]
)
def test_invalid_user_names_are_rejected(name: str) -> None:
    assert user_name_problem(name)


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_names_of_pages_are_rejected_as_user_names(name: str) -> None:
    # Some, such as `v1`, are rejected for another reason; only the rejection matters.
    assert user_name_problem(name)
    assert user_name_problem(name.upper())


def test_first_path_segment_of_every_route_is_reserved() -> None:
    """Otherwise the profile of a user with that name would be unreachable."""
    first = {found[1] for route in all_routes() if (found := re.match(r"/([\w-]+)(?:/|$)", route.path))}
    assert first
    assert not {name for name in first if user_name_problem(name) is None}


@given(NAMES)
def test_rejected_name_has_an_explanation_in_both_languages(name: str) -> None:
    for problem in (user_name_problem, repository_name_problem):
        assert (problem(name) is None) == (problem(name, "zh") is None)
        if sentence := problem(name):
            assert sentence[0].isupper()
            assert sentence.endswith(".")


@pytest.fixture(scope="module")
def client_refuses() -> Callable[[str], bool]:
    """Return whether huggingface_hub's own validation rejects a repository name."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils._validators import validate_repo_id

    def refuses(name: str) -> bool:
        try:
            validate_repo_id(f"ada/{name}")
        except HFValidationError:
            return True
        return False

    return refuses


@given(NAMES)
@example("model.git")
@example("model.ipynb")
@example("x" * 97)
@example("x" * 91)
def test_repository_name_that_the_client_rejects_is_rejected_by_the_hub(
    client_refuses: Callable[[str], bool], name: str
) -> None:
    if repository_name_problem(name) is None and len(name) <= 92:
        assert not client_refuses(name)


@pytest.mark.parametrize("name", ["mymodel04", "bert-base-uncased", "a.b_c-d", "X", "1"])
def test_ordinary_repository_names_are_accepted(name: str, client_refuses: Callable[[str], bool]) -> None:
    assert repository_name_problem(name) is None
    assert not client_refuses(name)


@pytest.mark.parametrize(
    "name", ["", "a b", "模型", ".hidden", "a.", "a..b", "a--b", "m.git", "M.GIT", "x" * 97, "a/b"]
)
def test_invalid_repository_names_are_rejected(name: str) -> None:
    assert repository_name_problem(name)


@given(st.text(st.sampled_from("ab/.~^:?*[\\@{ -lock\x7f\n"), max_size=12))
@example("feature/x.lock")
@example("@")
@example("a@{b")
def test_branch_names_follow_git_except_for_confusing_ones(name: str) -> None:
    reference = f"refs/heads/{name}"
    allowed = subprocess.run(["git", "check-ref-format", reference], capture_output=True, check=False).returncode == 0
    # Three kinds of name are valid for git, but would be mistaken for something else.
    confusing = name.startswith(("-", "refs/")) or name == "@"
    assert (branch_name_problem(name) is None) == (allowed and not confusing)


@pytest.mark.parametrize("name", ["a" * 40, "refs/heads/main", "x" * 201, "é" * 101])
def test_branch_name_like_a_commit_or_reference_or_too_long_is_rejected(name: str) -> None:
    assert branch_name_problem(name)
