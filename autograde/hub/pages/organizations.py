"""Pages to create organisations and manage their members."""

from __future__ import annotations

from starlette.responses import Response

from autograde.errors import HubRefused
from autograde.hub.pages.forms import field
from autograde.hub.pages.languages import language_of
from autograde.hub.pages.links import redirect
from autograde.hub.pages.rendering import render
from autograde.hub.pages.sessions import required_user
from autograde.hub.people import accounts, attempts, organizations
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.web.calls import Call
from autograde.i18n.translation import marked

#: Organisations that one user may create in five minutes, so that no user reserves many names.
_MAX_NEW = 20


def new(call: Call) -> Response:
    """``/organizations/new``: create an organisation."""
    user = required_user(call)
    problem, given = "", {key: field(call, key).strip() for key in ("name", "fullname")}
    if call.request.method == "POST":
        attempts.count_action(call.hub, "organization", user.id, _MAX_NEW)
        try:
            made = organizations.create_organization(
                call.hub, user, given["name"], fullname=given["fullname"], language=language_of(call.request)
            )
        except HubRefused as refused:
            problem = refused.what
        else:
            call.record("organization.created", organization=made.name)
            return redirect(f"/organizations/{made.name}/members")
    return render(call, "organization_new.html", 400 if problem else 200, problem=problem, given=given)


def members(call: Call) -> Response:
    """``/organizations/{name}/members``: list the members. Administrators can add, change and remove them; every member
    can leave."""
    found = accounts.find_user(call.hub, call.parameters["owner"])
    if found is None or found.kind != "org":
        raise Refusal(404, marked("This Hub has no organization with this name."))
    administers = call.caller.user is not None and (
        organizations.membership(call.hub, found.id, call.caller.user.id) == "admin"
    )
    problem = ""
    if call.request.method == "POST":
        user = required_user(call)
        leaves = field(call, "act") == "remove" and field(call, "member") == user.name
        if not administers and not leaves:
            raise Refusal(403, marked("Only an administrator of {owner} may do this."), values={"owner": found.name})
        try:
            _change(call, found)
        except HubRefused as refused:
            problem = refused.what
        else:
            return redirect(f"/organizations/{found.name}/members")
    return render(
        call, "organization_members.html", 400 if problem else 200, organization=found, problem=problem,
        members=organizations.members(call.hub, found), administers=administers, typed=field(call, "member"),
    )  # fmt: skip


def _change(call: Call, organization: User) -> None:
    language = language_of(call.request)
    name = field(call, "member").strip()
    if field(call, "act") == "remove":
        organizations.remove_member(call.hub, organization, name, language=language)
        call.record("organization.member_removed", organization=organization.name, member=name)
    else:
        role = field(call, "role")
        user = organizations.set_member(call.hub, organization, name, role, language=language)
        call.record("organization.member_set", organization=organization.name, member=user.name, role=role)
