"""Settings pages of accounts and repositories."""

from __future__ import annotations

from starlette.responses import Response

from autograde.errors import HubRefused
from autograde.hub.api import gating
from autograde.hub.names import repository_name_problem
from autograde.hub.pages.forms import field
from autograde.hub.pages.languages import language_of
from autograde.hub.pages.links import redirect
from autograde.hub.pages.rendering import problem_of, render
from autograde.hub.pages.repository import common
from autograde.hub.pages.sessions import login_source, required_user, start_session
from autograde.hub.people import access_tokens, accounts
from autograde.hub.people.accounts import MIN_PASSWORD, User
from autograde.hub.refusals import Refusal
from autograde.hub.repos import repositories
from autograde.hub.repos.repositories import Repository
from autograde.hub.web.calls import Call
from autograde.i18n.translation import translator

#: Largest number of access requests with one status on the page.
_REQUESTS = 50


def account(call: Call) -> Response:
    """``/settings/account``: change the display name and the password."""
    user = required_user(call)
    problem = ""
    if call.request.method == "POST":
        try:
            return _change_account(call, user)
        except HubRefused as refused:
            problem = refused.what
    saved = call.request.query_params.get("saved", "")
    return render(call, "account.html", 400 if problem else 200, user=user, problem=problem, saved=saved)


def _change_account(call: Call, user: User) -> Response:
    _ = translator("hub", language_of(call.request))
    if not field(call, "password"):
        accounts.set_fullname(call.hub, user, field(call, "fullname"))
        return redirect("/settings/account?saved=name")
    if accounts.check_password(call.hub, user.name, field(call, "current"), source=login_source(call)) is None:
        raise HubRefused(_("The current password is wrong."))
    if not MIN_PASSWORD <= len(field(call, "password")) <= 1024:
        raise HubRefused(_("A password has at least 8 characters."))
    accounts.set_password(call.hub, user, field(call, "password"))
    revoked = field(call, "tokens") == "revoke"
    if revoked:
        access_tokens.revoke_tokens(call.hub, user)
    call.record("account.password_changed", tokens_revoked=revoked)
    # This ended every session, including the current one: give the browser a new one.
    return start_session(call, user, "/settings/account?saved=" + ("tokens" if revoked else "password"))


def repository(call: Call) -> Response:
    """``/{owner}/{name}/settings``: change a repository's visibility and name, or delete it."""
    required_user(call)
    found = call.administered()
    problem = ""
    if call.request.method == "POST":
        try:
            return _change(call, found)
        except (HubRefused, Refusal) as refused:
            __, problem = problem_of(call, refused)
    requests = [
        (row["id"], accounts.user_by_id(call.hub, row["user_id"]), row["status"], row["created_at"])
        for status in gating.STATUSES
        for row in gating.requests_with_status(call, found, status)[:_REQUESTS]
    ]
    return render(
        call, "settings.html", 400 if problem else 200, **common(call, found, "main", "settings"), problem=problem,
        requests=requests,
    )  # fmt: skip


def _change(call: Call, found: Repository) -> Response:
    _ = translator("hub", language_of(call.request))
    act = field(call, "act")
    if act == "visibility":
        private = field(call, "visibility") == "private"
        repositories.change_settings(call.hub, found, private=private)
        call.record("repository.changed", found, private=private)
    elif act == "gating":
        gated = field(call, "gated")
        if gated not in ("", "auto", "manual"):
            raise HubRefused(_("Choose one of the three ways."))
        repositories.change_settings(call.hub, found, gated=gated)
        call.record("repository.changed", found, gated=gated)
    elif act in ("accepted", "rejected"):
        gating.decide(call, found, {"requestId": field(call, "request")}, act)
    elif act == "rename":
        name = field(call, "name").strip()
        if problem := repository_name_problem(name, language_of(call.request)):
            raise HubRefused(problem)
        owner = accounts.user_by_id(call.hub, found.owner_id)
        assert owner
        target = f"{owner.name}/{name}"
        other = repositories.find_repository(call.hub, found.type, target)
        if other and other.id != found.id and other.full_name.lower() == target.lower():
            message = _("There is a repository called {name} already; choose another name.")
            raise HubRefused(message.format(name=other.full_name))
        repositories.move_repository(call.hub, found, owner, name)
        call.record("repository.moved", found, to=target)
        return redirect(f"/{repositories.URL_PREFIX[found.type]}{target}/settings")
    elif act == "delete":
        if field(call, "confirmation").strip() != found.full_name:
            raise HubRefused(_("Type the repository's whole name to delete it: {name}").format(name=found.full_name))
        repositories.delete_repository(call.hub, found)
        call.record("repository.deleted", found)
        return redirect(f"/{found.owner}")
    return redirect(f"/{found.path}/settings")
