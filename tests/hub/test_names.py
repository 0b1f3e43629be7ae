"""What people, repositories and branches may be called."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograde.hub.app import addresses
from autograde.hub.names import RESERVED, branch_name_problem, repository_name_problem, user_name_problem

NAMES = st.text(st.sampled_from("aZ09-._ /é~^:@{"), max_size=50)


@pytest.mark.parametrize("name", ["ada", "Ada", "ada-lovelace", "a1", "x" * 42])
def test_ordinary_user_names_are_welcome(name: str) -> None:
    assert user_name_problem(name) is None


@pytest.mark.parametrize(
    "name", ["", "a", "x" * 43, "ada lovelace", "-ada", "ada-", "a--b", "ada_l", "ada.l", "阿达", "123", "../x", "a/b"]
)
def test_user_names_that_could_not_be_addresses_are_refused(name: str) -> None:
    assert user_name_problem(name)


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_names_of_pages_are_rejected_as_user_names(name: str) -> None:
    # `v1` and the like are refused before that, for another reason; what matters is that they are.
    assert user_name_problem(name)
    assert user_name_problem(name.upper())


def test_first_path_segment_of_every_route_is_reserved() -> None:
    """The profile of a person named like it would be unreachable."""
    first = {found[1] for address in addresses() if (found := re.match(r"/([\w-]+)(?:/|$)", address.path))}
    assert first
    assert not {name for name in first if user_name_problem(name) is None}


@given(NAMES)
def test_a_name_is_refused_with_a_sentence_in_both_languages(name: str) -> None:
    for problem in (user_name_problem, repository_name_problem):
        assert (problem(name) is None) == (problem(name, "zh") is None)
        if sentence := problem(name):
            assert sentence[0].isupper()
            assert sentence.endswith(".")


@pytest.fixture(scope="module")
def client_refuses() -> Callable[[str], bool]:
    """huggingface_hub's own rule, from its own function."""
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
def test_the_hub_takes_no_repository_name_that_the_client_refuses(
    client_refuses: Callable[[str], bool], name: str
) -> None:
    if repository_name_problem(name) is None and len(name) <= 92:
        assert not client_refuses(name)


@pytest.mark.parametrize("name", ["mymodel04", "bert-base-uncased", "a.b_c-d", "X", "1"])
def test_ordinary_repository_names_are_welcome(name: str, client_refuses: Callable[[str], bool]) -> None:
    assert repository_name_problem(name) is None
    assert not client_refuses(name)


@pytest.mark.parametrize(
    "name", ["", "a b", "模型", ".hidden", "a.", "a..b", "a--b", "m.git", "M.GIT", "x" * 97, "a/b"]
)
def test_repository_names_that_clients_refuse_are_refused(name: str) -> None:
    assert repository_name_problem(name)


@given(st.text(st.sampled_from("ab/.~^:?*[\\@{ -lock\x7f\n"), max_size=12))
@example("feature/x.lock")
@example("@")
@example("a@{b")
def test_a_branch_name_that_is_welcome_is_one_for_git(name: str) -> None:
    reference = f"refs/heads/{name}"
    allowed = subprocess.run(["git", "check-ref-format", reference], capture_output=True, check=False).returncode == 0
    # Of what git allows, three kinds of name would be read as something else.
    confusing = name.startswith(("-", "refs/")) or name == "@"
    assert (branch_name_problem(name) is None) == (allowed and not confusing)


@pytest.mark.parametrize("name", ["a" * 40, "refs/heads/main", "x" * 201, "é" * 101])
def test_a_branch_is_not_called_like_a_commit_or_a_full_reference(name: str) -> None:
    assert branch_name_problem(name)
