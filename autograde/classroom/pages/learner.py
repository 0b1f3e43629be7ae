"""A learner's page: progress, events, a new password, renaming and removing the account."""

from __future__ import annotations

from starlette.responses import Response

from autograde.classroom.checks import OUTCOMES
from autograde.classroom.pages.sentences import lines, outcome_text
from autograde.classroom.pages.shared import password_file, show, step_names
from autograde.classroom.progress import LearnerProgress, learners
from autograde.errors import HubRefused
from autograde.hub.public import (
    Call,
    Refusal,
    User,
    about_person,
    field,
    first_password,
    language_of,
    redirect,
    remove_user,
    rename_user,
    repositories_to_delete,
    revoke_tokens,
    set_password,
    user_by_id,
)
from autograde.i18n.translation import translator


def learner(call: Call) -> Response:
    """``/classroom/{name}``: show a learner; ``POST`` sets a new password, or renames or removes the account."""
    _ = translator("classroom", language_of(call.request))
    found = learners(call.hub, call.parameters["person"])
    if not found:
        raise Refusal(404, _("There is no learner with this name on this Hub."))
    (person,) = found
    act = field(call, "act") if call.request.method == "POST" else None
    password = problem = ""
    try:
        if act == "rename":
            return _rename(call, person)
        if act == "remove":
            return _remove(call, person)
        if act is not None:
            password = _new_password(call, person)
    except HubRefused as refused:
        problem = refused.what
    given = call.request.query_params.get("before", "")
    before = int(given) if given.isdecimal() and given.isascii() and len(given) < 16 else None
    slip = (person.name, person.fullname, password, person.email or "")
    events, more = about_person(call.hub, person.id, before=before)
    return show(
        call, "classroom-learner.html", 400 if problem else 200, person=person, problem=problem, steps=step_names(_),
        lines=lines(events, _), more=more, outcomes={each: outcome_text(each, _) for each in OUTCOMES},
        repositories=repositories_to_delete(call.hub, _user(call, person)),
        password=password, slips=password_file([slip]) if password else "",
    )  # fmt: skip


def _new_password(call: Call, person: LearnerProgress) -> str:
    """Set a new password for a learner and return it; it is shown once and never stored as text."""
    user = _user(call, person)
    password = first_password()
    set_password(call.hub, user, password)
    revoked = field(call, "tokens") == "revoke"
    if revoked:
        revoke_tokens(call.hub, user)
    call.record("account.password_reset", name=user.name, tokens_revoked=revoked)
    return password


def _rename(call: Call, person: LearnerProgress) -> Response:
    """Give the account another name.

    Raises:
        HubRefused: the name is invalid or taken.
    """
    name = field(call, "name").strip()
    rename_user(call.hub, _user(call, person), name, language=language_of(call.request))
    call.record("account.renamed", name=person.name, to=name)
    return redirect(f"/classroom/{name}")


def _remove(call: Call, person: LearnerProgress) -> Response:
    """Remove the account if its name was typed as a confirmation.

    Raises:
        HubRefused: something else was typed.
    """
    if field(call, "confirmation").strip() != person.name:
        _ = translator("classroom", language_of(call.request))
        raise HubRefused(
            _("Nothing was removed. To remove the account, type its name: {name}").format(name=person.name)
        )
    remove_user(call.hub, _user(call, person))
    call.record("account.removed", name=person.name)
    return redirect("/classroom")


def _user(call: Call, person: LearnerProgress) -> User:
    user = user_by_id(call.hub, person.id)
    assert user
    return user
