"""The routes of the teacher's pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from autograde.classroom.extension import CLASSROOM
from autograde.classroom.pages import admission, downloads, learner, overview
from autograde.hub.public import ADMINISTRATOR, OPEN, Address, page, static_response


async def static(request: Request) -> Response:
    """``/classroom/static/{file}``: the style sheet."""
    return static_response(CLASSROOM.folder, request.path_params["file"])


def routes() -> list[Address]:
    """Return the routes; fixed paths come before those that end with a learner's name."""
    both = ["GET", "POST"]
    return [
        Address("/classroom", page(overview.overview), permission=ADMINISTRATOR, methods=both),
        Address("/classroom/static/{file:seg}", static, permission=OPEN),
        Address("/classroom/new", page(admission.admission), permission=ADMINISTRATOR, methods=both),
        Address("/classroom/events.{format:seg}", page(downloads.events), permission=ADMINISTRATOR),
        Address("/classroom/{person:seg}", page(learner.learner), permission=ADMINISTRATOR, methods=both),
    ]
