"""The class page: progress of all learners, and whether sign-up is open.

Like all of the teacher's pages, it requires an administrator's browser session. All other requests get a 404, including
those with an access token: a teacher's token in a notebook must not reveal the names of a class.
"""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from autograde.classroom.checks import are_shown, show_checks
from autograde.classroom.pages.sentences import lines
from autograde.classroom.pages.shared import show, step_names
from autograde.classroom.progress import ORDERS, arranged, learners, reached
from autograde.hub.public import (
    Call,
    field,
    language_of,
    last_id,
    newest,
    open_sign_up,
    page_number,
    redirect,
)
from autograde.i18n.translation import translator

#: Number of newest events on the page.
_NEWEST = 5

#: Number of learners on a page: enough for most classes, but under 60 kB, because open pages reload every two seconds.
_SHOWN = 34


def overview(call: Call) -> Response:
    """``/classroom``: a row for each learner, and the switch for sign-up."""
    if call.request.method == "POST":
        if field(call, "checks"):
            show_checks(call.hub, field(call, "checks") == "show")
            return redirect("/classroom")
        wanted = field(call, "sign_up") == "open"
        open_sign_up(call.hub, wanted)
        call.record("sign_up.switched", open=wanted)
        return redirect("/classroom")
    query = call.request.query_params
    part = query.get("part") == "live"
    version = f'"{_version(call)}"'
    if part and call.request.headers.get("if-none-match") == version:
        return Response(status_code=304, headers={"ETag": version, "Cache-Control": "no-store"})
    everyone = learners(call.hub)
    asked = {key: query.get(key, "")[:100] for key in ("sort", "q", "lacking", "p")}
    found = arranged(everyone, order=asked["sort"], text=asked["q"].strip(), lacking=asked["lacking"])
    page = min(page_number(call), max(len(found) - 1, 0) // _SHOWN)
    _ = translator("classroom", language_of(call.request))
    response = show(
        call, "classroom-live.html" if part else "classroom.html", number=len(everyone), asked=asked,
        checks_shown=are_shown(call.hub), with_checks=any(learner.checks for learner in everyone),
        found=len(found), learners=found[page * _SHOWN : (page + 1) * _SHOWN], page=page, first=page * _SHOWN + 1,
        more=len(found) > (page + 1) * _SHOWN,
        reached=reached(everyone), steps=step_names(_), newest=lines(newest(call.hub, _NEWEST), _),
        turned=["?" + urlencode({**asked, "p": page + step}) for step in (-1, 1)],
        sorting={order: _sorting(asked, order) for order in ORDERS}, address="?" + urlencode({**asked, "part": "live"}),
    )  # fmt: skip
    response.headers["ETag"] = version
    return response


def _version(call: Call) -> str:
    """Return a text that changes when the table may change: with each event, each minute, and by language."""
    return f"{last_id(call.hub)}-{call.hub.now() // 60_000}-{language_of(call.request)}"


def _sorting(asked: dict[str, str], order: str) -> tuple[str, str]:
    """Return, for a column's heading, the URL that sorts by it and its ``aria-sort`` state."""
    current = asked["sort"] or "name"
    # Names and steps start with the smallest, all others with the largest.
    first = order if order in ("name", "steps") else f"-{order}"
    other = order if first.startswith("-") else f"-{order}"
    state = {order: "ascending", f"-{order}": "descending"}.get(current, "none")
    kept = {key: value for key, value in asked.items() if value and key in ("q", "lacking")}
    return "?" + urlencode({**kept, "sort": other if current == first else first}), state
