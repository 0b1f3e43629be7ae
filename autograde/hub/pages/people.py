"""Pages about people: sign-up, log-in, welcome, access tokens, device log-in, profiles."""

from __future__ import annotations

from starlette.responses import Response

from autograde.errors import HubRefused
from autograde.hub.events import Sender, record
from autograde.hub.pages.forms import field
from autograde.hub.pages.languages import language_of
from autograde.hub.pages.links import LISTED, local_path, redirect
from autograde.hub.pages.rendering import render
from autograde.hub.pages.sessions import login_source, required_user, start_session
from autograde.hub.people import accounts, attempts, devices, organizations, sessions
from autograde.hub.people.attempts import TooManyAttempts
from autograde.hub.people.switches import sign_up_is_open
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access
from autograde.hub.repos.owners import user_by_former_name
from autograde.hub.repos.repositories import repositories_of
from autograde.hub.web.admission import session_secret
from autograde.hub.web.calls import Call
from autograde.hub.web.origin import client_address
from autograde.i18n.translation import marked, translator


def join(call: Call) -> Response:
    """``/join``: sign up."""
    if call.request.method == "GET":
        return render(call, "join.html", problem="", username="", email="", fullname="")
    username, email, fullname = (field(call, name).strip() for name in ("username", "email", "fullname"))
    language = language_of(call.request)
    try:
        if not sign_up_is_open(call.hub):
            _ = translator("hub", language)
            raise HubRefused(_("Sign-up is closed on this Hub; ask the person who runs it for an account."))
        attempts.count_action(call.hub, "join", client_address(call.request), call.hub.config.limits.sign_ups)
        user = accounts.sign_up(
            call.hub, username, email, field(call, "password"), fullname=fullname, language=language
        )
    except HubRefused as refused:
        return render(call, "join.html", 400, problem=refused.what, username=username, email=email, fullname=fullname)
    record(call.hub, "account.created", Sender.of(user, request_id=call.request_id))
    return start_session(call, user, "/welcome")


def login(call: Call) -> Response:
    """``/login``: log in with a name or e-mail address and the password."""
    target = local_path(call.request.query_params.get("next") or field(call, "next") or "/")
    if call.request.method == "GET":
        return render(call, "login.html", problem="", username="", next=target)
    username = field(call, "username").strip()
    language = language_of(call.request)
    _ = translator("hub", language)
    problem, status = _("Name or password is wrong. Passwords are case-sensitive."), 400
    try:
        user = accounts.check_password(
            call.hub, username, field(call, "password"), source=login_source(call), language=language
        )
    except TooManyAttempts as refused:
        user, problem, status = None, refused.what, 429
    if user is None:
        return render(call, "login.html", status, problem=problem, username=username, next=target)
    record(call.hub, "account.logged_in", Sender.of(user, request_id=call.request_id))
    return start_session(call, user, target)


def logout(call: Call) -> Response:
    """``POST /logout``."""
    if secret := session_secret(call.hub, call.request):
        sessions.close_session(call.hub, secret)
    return redirect("/")


def welcome(call: Call) -> Response:
    """``/welcome``: show the first commands, filled in for this person."""
    user = required_user(call)
    models = repositories_of(call.hub, user, "model")
    return render(call, "welcome.html", user=user, model=models[0].name if models else "mymodel04")


def device(call: Call) -> Response:
    """``/device``: approve or deny the log-in of a terminal or a notebook."""
    user = required_user(call, then=f"/device?{call.request.url.query}")
    if call.request.method == "GET":
        return render(call, "device.html", code=call.request.query_params.get("user_code", ""), outcome="", problem="")
    code, approve = field(call, "user_code"), field(call, "decision") == "approve"
    attempts.count_action(call.hub, "code", user.id, call.hub.config.limits.device_logins)
    if not devices.decide(call.hub, code, user, approve=approve):
        _ = translator("hub", language_of(call.request))
        problem = _(
            "No log-in is waiting for this code. Codes expire after 15 minutes. Check the code in the terminal."
        )
        return render(call, "device.html", 400, code=code, outcome="", problem=problem)
    return render(call, "device.html", code=code, outcome="approved" if approve else "denied", problem="")


def profile(call: Call) -> Response:
    """``/{name}``: a person's or an organisation's page."""
    user = accounts.find_user(call.hub, call.parameters["owner"])
    if user is None:
        if renamed := user_by_former_name(call.hub, call.parameters["owner"]):
            return redirect(f"/{renamed.name}")
        raise Refusal(404, marked("This Hub has no user or organization with this name."))
    visible = [r for r in repositories_of(call.hub, user) if access.can_see(call.hub, call.caller, r)]
    people = (
        organizations.members(call.hub, user) if user.kind == "org" else organizations.organizations(call.hub, user)
    )
    number = call.number("p")
    return render(
        call, "profile.html", user=user, repositories=visible[number * LISTED : (number + 1) * LISTED], related=people,
        count=len(visible), page=number, more=len(visible) > (number + 1) * LISTED,
        may_create=call.caller.user is not None and access.can_create_in(call.hub, call.caller, user),
        administers=user.kind == "org" and ("admin" in [r for u, r in people if call.caller.user == u]),
    )  # fmt: skip
