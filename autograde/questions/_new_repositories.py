"""Misconceptions about a new repository and its name that several questions share."""

from __future__ import annotations

from collections.abc import Callable

from autograde.judge.cases import Case
from autograde.judge.facets import has
from autograde.judge.messages import _
from autograde.judge.observation import Mapping
from autograde.judge.question import Misconception


def names_of(repositories: Mapping) -> str:
    """Return the types and names of new repositories, the entry ``made`` of an answer."""
    return ", ".join(name for name, _outline in repositories.items)


def owned_by(owner: str) -> Callable[[Case], str]:
    """Return the function that names a case's repository in the namespace of another owner."""
    return lambda case: f"{owner}/{case.initial.name}"


def short_name(case: Case) -> str:
    """Return the name of a case's repository without its owner."""
    return case.initial.name


def tutorials_name(case: Case) -> str:
    """Return the full name of a repository that is called as in the tutorial."""
    return f"{case.initial.account}/mymodel04"


#: The advice on an owner invented by the function.
NO_OWNER = _("Don't name an owner: create_repo uses the account that is logged in.")

#: An account name is hard-coded; the models describe the cases in which the Hub accepts it.
FIXED_OWNER = Misconception(
    "fixed-owner",
    _(
        "The owner is hard-coded. You can create repositories only in your own namespace, and other people who "
        "run this function have other account names."
    ),
    NO_OWNER,
    refusal="rights to create a repository under the namespace",
)

#: The owner is derived from the account's e-mail address or full name.
OWNER_FROM_ANOTHER_ENTRY = Misconception(
    "owner-from-another-entry",
    _(
        "The owner was made from the e-mail address or the full name. Neither is the account's name, and you can "
        "create repositories only in your own namespace."
    ),
    NO_OWNER,
    refusal=r"under the namespace '\w+[. ]\w+'|Repo id must use alphanumeric .*'\w+ \w+/",
)

#: The tutorial's model name is hard-coded.
FIXED_NAME = Misconception(
    "fixed-name",
    _("The repository is always called mymodel04: the tutorial's name is hard-coded."),
    _("Use the parameter `name`."),
)

#: The code creates the repository, then requests a name other than its full name; the models raise the error.
NOT_THE_FULL_NAME = Misconception(
    "not-the-full-name",
    _(
        "The repository was created, but then its short name was used: all functions except create_repo need the "
        "full name, with the owner."
    ),
    _("Use the `repo_id` of what create_repo returns: that is the full name."),
)

#: A repository of another type is created.
ANOTHER_TYPE = Misconception(
    "dataset",
    _(
        "You created a dataset or a Space. Models, datasets and Spaces are different kinds of repositories with "
        "different addresses."
    ),
    _("Leave repo_type out: by default, create_repo creates a model repository."),
    form=has(made=lambda made: isinstance(made, str) and made.startswith(("dataset ", "space "))),
)

#: The result of ``create_repo`` is returned unchanged.
RETURNS_THE_ADDRESS = Misconception(
    "returns-the-address",
    _("The function returns the repository's address. Programs use the full name instead, owner/name."),
    _("What create_repo returns is more than an address: it has the attribute `repo_id`."),
)

#: The function returns the name that was passed to it.
RETURNS_THE_SHORT_NAME = Misconception(
    "returns-the-short-name",
    _("The function returns the name without the owner. To find the repository, other people need `owner/name`."),
    _("What create_repo returns has the full name as `repo_id`."),
)
