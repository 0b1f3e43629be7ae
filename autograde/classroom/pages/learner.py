"""One learner's page: progress, events, and a new password."""

from __future__ import annotations

from starlette.responses import Response

from autograde.classroom.pages.sentences import lines
from autograde.classroom.pages.shared import password_file, show, step_names
from autograde.classroom.progress import Learner, learners
from autograde.hub.public import (
    Call,
    Refusal,
    about_person,
    field,
    first_password,
    language_of,
    revoke_tokens,
    set_password,
    user_by_id,
)
from autograde.i18n.translation import translator


def learner(call: Call) -> Response:
    """``/classroom/{name}``: show a learner; ``POST`` sets a new password."""
    _ = translator("classroom", language_of(call.request))
    found = learners(call.hub, call.parameters["person"])
    if not found:
        raise Refusal(404, _("There is no learner with this name on this Hub."))
    (person,) = found
    password = _new_password(call, person) if call.request.method == "POST" else ""
    given = call.request.query_params.get("before", "")
    before = int(given) if given.isdecimal() and given.isascii() and len(given) < 16 else None
    events, more = about_person(call.hub, person.id, before=before)
    return show(
        call, "classroom-learner.html", person=person, steps=step_names(_), lines=lines(events, _), more=more,
        password=password, slips=password_file([(person.name, person.fullname, password)]) if password else "",
    )  # fmt: skip


def _new_password(call: Call, person: Learner) -> str:
    """Give a learner a new password and return it; it is shown once and never stored as text."""
    user = user_by_id(call.hub, person.id)
    assert user
    password = first_password()
    set_password(call.hub, user, password)
    revoked = field(call, "tokens") == "revoke"
    if revoked:
        revoke_tokens(call.hub, user)
    call.record("account.password_reset", name=user.name, tokens_revoked=revoked)
    return password
