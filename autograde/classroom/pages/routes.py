"""The routes of the teacher's pages."""

from __future__ import annotations

from autograde.classroom import checks
from autograde.classroom.pages import admission, downloads, learner, overview
from autograde.hub.public import ADMINISTRATOR, OPEN, REPORT, Address, endpoint, extension_static, page


def routes() -> list[Address]:
    """Return the routes; fixed paths come before those that end with a learner's name."""
    both = ["GET", "POST"]
    return [
        Address("/api/classroom/checks", endpoint(checks.receive), permission=REPORT, methods=["POST"]),
        Address("/classroom", page(overview.overview), permission=ADMINISTRATOR, methods=both),
        Address("/classroom/static/{file:seg}", extension_static("classroom"), permission=OPEN),
        Address("/classroom/new", page(admission.admission), permission=ADMINISTRATOR, methods=both),
        Address("/classroom/events.{format:seg}", page(downloads.events), permission=ADMINISTRATOR),
        Address("/classroom/{person:seg}", page(learner.learner), permission=ADMINISTRATOR, methods=both),
    ]
