"""The page that creates a model repository."""

from __future__ import annotations

from starlette.responses import Response

from autograde.errors import HubRefused
from autograde.hub.api.repositories import create_with_first_commit
from autograde.hub.names import repository_name_problem
from autograde.hub.pages.forms import field
from autograde.hub.pages.languages import language_of
from autograde.hub.pages.links import redirect
from autograde.hub.pages.rendering import problem_of, render
from autograde.hub.pages.sessions import required_user
from autograde.hub.people import organizations
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos.cards import LICENSES
from autograde.hub.repos.repositories import find_repository
from autograde.hub.web.calls import Call
from autograde.i18n.translation import translator


def owners_for(call: Call, user: User) -> list[User]:
    """Return the namespaces in which a person may create repositories: their own, and their organisations'."""
    return [user, *(org for org, role in organizations.organizations(call.hub, user) if role in ("write", "admin"))]


def chosen_owner(call: Call, owners: list[User], name: str, repository: str, type: str) -> User:
    """Return the owner chosen in a form, if the repository's name is still free there.

    Raises:
        HubRefused: the person may not create repositories there, or the name is taken.
    """
    _ = translator("hub", language_of(call.request))
    owner = next((o for o in owners if o.name == name), None)
    if owner is None:
        raise HubRefused(_("You cannot make repositories under this name; choose one from the list."))
    taken = find_repository(call.hub, type, f"{owner.name}/{repository}")
    if taken and taken.full_name.lower() == f"{owner.name}/{repository}".lower():
        raise HubRefused(
            _("There is a repository called {name} already; choose another name.").format(name=taken.full_name)
        )
    return owner


def new(call: Call) -> Response:
    """``/new``: create a model repository."""
    user = required_user(call)
    owners = owners_for(call, user)
    given = {"owner": user.name, "name": "", "visibility": "public", "license": ""}
    if call.request.method == "GET":
        given["owner"] = call.request.query_params.get("owner", user.name)
        return render(call, "new.html", owners=owners, licenses=LICENSES, problem="", given=given)
    given = {key: field(call, key).strip() or value for key, value in given.items()}
    try:
        if problem := repository_name_problem(given["name"], language_of(call.request)):
            raise HubRefused(problem)
        owner = chosen_owner(call, owners, given["owner"], given["name"], "model")
        card = f"---\nlicense: {given['license']}\n---\n" if given["license"] in LICENSES else ""
        repository = create_with_first_commit(
            call, owner, given["name"], type="model", private=given["visibility"] == "private", card=card
        )
    except (HubRefused, Refusal) as refused:
        status, problem = problem_of(call, refused)
        return render(call, "new.html", status, owners=owners, licenses=LICENSES, problem=problem, given=given)
    return redirect(f"/{repository.full_name}")
