"""The teacher's pages: how far everybody is, one learner's way, accounts from a class list, the diary as a file.

For teachers who are logged in with a browser. To everybody else these addresses do not exist; and no token opens them:
one that a teacher leaves in a notebook must not show a class's names.
"""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse

from autograde.classroom import lists, rosters
from autograde.classroom.exports import cell, csv_lines, json_lines, moment
from autograde.classroom.list_files import ClassFile, read_file
from autograde.classroom.lists import Row
from autograde.errors import HubRefused
from autograde.hub import diary
from autograde.hub.addresses import for_others
from autograde.hub.pages.sentences import lines
from autograde.hub.pages.view import endpoint_of, field, language_of, page_number, redirect, render
from autograde.hub.people import accounts
from autograde.hub.people.accounts import User
from autograde.hub.people.classroom import ORDERS, STEPS, Learner, arranged, learners, reached
from autograde.hub.people.switches import open_sign_up
from autograde.hub.refusals import Refusal, _marked
from autograde.hub.repos import access
from autograde.hub.web.calls import Call
from autograde.i18n.translation import translator

#: How many of the newest events the class's page names.
_NEWEST = 5

#: How many learners stand on one page: most classes, and less than 60 kB where it is asked for all the time.
_SHOWN = 36


def required_teacher(call: Call) -> User:
    """The teacher who asks.

    Raises:
        Refusal: 404 for everybody else, in the words of any address that leads nowhere.
    """
    return access.require_teacher(call.caller, call.request.scope["path"])


def classroom(call: Call) -> Response:
    """``/classroom``: a line for each learner, and the switch of the sign-up."""
    required_teacher(call)
    if call.request.method == "POST":
        wanted = field(call, "sign_up") == "open"
        open_sign_up(call.hub, wanted)
        call.record("classroom.sign_up", open=wanted)
        return redirect("/classroom")
    query = call.request.query_params
    part = query.get("part") == "live"
    version = f'"{_version(call)}"'
    if part and call.request.headers.get("if-none-match") == version:
        return Response(status_code=304, headers={"ETag": version, "Cache-Control": "no-store"})
    everybody = learners(call.hub)
    asked = {key: query.get(key, "")[:100] for key in ("sort", "q", "lacking", "p")}
    shown = arranged(everybody, order=asked["sort"], text=asked["q"].strip(), lacking=asked["lacking"])
    page = min(page_number(call), max(len(shown) - 1, 0) // _SHOWN)
    _ = translator("hub", language_of(call.request))
    response = render(
        call, "classroom-live.html" if part else "classroom.html", number=len(everybody), asked=asked,
        found=len(shown), reached_at=_address(call),
        learners=shown[page * _SHOWN : (page + 1) * _SHOWN], page=page, first=page * _SHOWN + 1,
        more=len(shown) > (page + 1) * _SHOWN,
        reached=reached(everybody), steps=step_names(_), newest=lines(diary.newest(call.hub, _NEWEST), _),
        turned=["?" + urlencode({**asked, "p": page + step}) for step in (-1, 1)],
        sorting={order: _sorting(asked, order) for order in ORDERS}, address="?" + urlencode({**asked, "part": "live"}),
    )  # fmt: skip
    response.headers["ETag"] = version
    return response


def _address(call: Call) -> str:
    """The Hub's address as learners need it."""
    config, public = call.hub.config, call.hub.public
    if public and not public.path:
        return public.origin
    return for_others(endpoint_of(call.request), host=config.host, names=config.hosts)


def _version(call: Call) -> str:
    """What the class's table depends on, in short: what happened last, which minute it is, who reads."""
    row = call.hub.database.one("SELECT max(id) AS last FROM events")
    assert row
    return f"{row['last']}-{call.hub.now() // 60_000}-{language_of(call.request)}"


def step_names(_: Any) -> dict[str, str]:
    """What the tutorial's steps are called at the head of a column."""
    names = (_("Account"), _("Log-in"), _("Repository"), _("Weights pushed"), _("Downloaded"), _("Loaded"))
    return dict(zip(STEPS, names, strict=True))


def _sorting(asked: dict[str, str], order: str) -> tuple[str, str]:
    """For the head of a column: the address that sorts by it, and how it is sorted now (``aria-sort``)."""
    current = asked["sort"] or "name"
    # What a teacher looks for is the largest first, but of names the first.
    first = order if order in ("name", "steps") else f"-{order}"
    other = order if first.startswith("-") else f"-{order}"
    state = {order: "ascending", f"-{order}": "descending"}.get(current, "none")
    kept = {key: value for key, value in asked.items() if value and key in ("q", "lacking")}
    return "?" + urlencode({**kept, "sort": other if current == first else first}), state


def learner(call: Call) -> Response:
    """``/classroom/{name}``: one learner's steps, everything that the Hub saw of them, and a new password."""
    required_teacher(call)
    found = learners(call.hub, call.parameters["person"])
    if not found:
        raise Refusal(404, _marked("There is no learner of this name on this Hub."))
    (person,) = found
    password = _reset(call, person) if call.request.method == "POST" else ""
    _ = translator("hub", language_of(call.request))
    given = call.request.query_params.get("before", "")
    before = int(given) if given.isdecimal() and given.isascii() and len(given) < 16 else None
    events, more = diary.about_person(call.hub, person.id, before=before)
    return render(
        call, "classroom-learner.html", person=person, steps=step_names(_), lines=lines(events, _), more=more,
        password=password, slips=_slips([(person.name, person.fullname, password)]) if password else "",
        reached_at=_address(call),
    )  # fmt: skip


def _reset(call: Call, person: Learner) -> str:
    """Give a learner a new password and return it: the only time that anybody sees it."""
    user = accounts.user_by_id(call.hub, person.id)
    assert user
    password = accounts.first_password()
    accounts.set_password(call.hub, user, password)
    if field(call, "tokens") == "revoke":
        accounts.revoke_tokens(call.hub, user)
    call.record("account.password_reset", name=user.name, tokens_revoked=field(call, "tokens") == "revoke")
    return password


def admission(call: Call) -> Response:
    """``/classroom/new``: accounts from a class list. First what will happen is shown; then, once, the passwords."""
    required_teacher(call)
    language = language_of(call.request)
    text, problem = field(call, "list"), ""
    rows: list[Row] = []
    understood: list[str] = []
    made: list[tuple[User, accounts.FirstPassword]] = []
    if call.request.method == "POST":
        try:
            file = _class_file(call, language)
            # The text stays on the page, also when its columns are not understood.
            text = file.text
            listed = lists.interpret(
                file,
                columns=field(call, "columns"),
                header={"yes": True, "no": False}.get(field(call, "header")),
                language=language,
            )
            understood = lists.understood(listed, language)
            rows = rosters.examine(call.hub, listed.rows, language)
            if field(call, "shown"):
                made = _admit(call, rows, language)
        except HubRefused as refused:
            problem = refused.what
    good = sum(not row.problem for row in rows)
    slips = [(user.name, user.fullname, str(password)) for user, password in made]
    return render(
        call, "classroom-new.html", 400 if problem else 200, text=text, rows=rows, good=good, problem=problem,
        understood=understood, columns=field(call, "columns"), header=field(call, "header"),
        encoding=field(call, "encoding"), encodings=lists.ENCODINGS,
        shown=rosters.fingerprint(rows), made=slips, slips=_slips(slips), reached_at=_address(call),
    )  # fmt: skip


def _class_file(call: Call, language: str) -> ClassFile:
    """The class list of the form: the file that was chosen, otherwise the text.

    Raises:
        HubRefused: it cannot be read.
    """
    if content := call.upload("file"):
        return read_file(content, field(call, "encoding"), language)
    return read_file(field(call, "list").encode("utf-8", "replace"), "utf-8", language)


def _admit(call: Call, rows: list[Row], language: str) -> list[tuple[User, accounts.FirstPassword]]:
    """Make the accounts of a preview that was confirmed.

    Raises:
        HubRefused: what was shown is not what would happen now.
    """
    if rosters.fingerprint(rows) != field(call, "shown"):
        _ = translator("hub", language)
        raise HubRefused(_("Something changed since you looked, so nothing was done. This is what would happen now."))
    with call.hub.database.transaction():
        made = rosters.admit(call.hub, rows, language)
        for user, __ in made:
            call.record("account.made", name=user.name)
    return made


def _slips(people: Iterable[tuple[str, str, str]]) -> str:
    """Names and passwords as a CSV file inside an address: it is made for this page and kept nowhere."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["username", "full name", "password"])
    table.writerows([cell(value) for value in person] for person in people)
    # With a mark, so that Excel takes it for UTF-8.
    return "data:text/csv;base64," + base64.b64encode(written.getvalue().encode("utf-8-sig")).decode()


def events(call: Call) -> Response:
    """``/classroom/events.csv`` and ``events.ndjson``: the diary, or a part of it, as a file."""
    required_teacher(call)
    form = call.parameters["format"]
    if form not in ("csv", "ndjson"):
        raise access.not_found(call.caller)
    language, query = language_of(call.request), call.request.query_params
    since = moment(query.get("since", ""), 0, language)
    until = moment(query.get("until", ""), 1 << 62, language)
    found = diary.between(call.hub.database, since, until)
    content, kind = (csv_lines(found), "text/csv") if form == "csv" else (json_lines(found), "application/x-ndjson")
    headers = {"Content-Disposition": f'attachment; filename="events.{form}"', "Cache-Control": "no-store"}
    return StreamingResponse(content, media_type=f"{kind}; charset=utf-8", headers=headers)
