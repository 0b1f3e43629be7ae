"""The routes of the teacher's pages."""

from __future__ import annotations

from autograde.classroom import checks
from autograde.classroom.pages import admission, downloads, learner, overview
from autograde.hub.public import ADMINISTRATOR, OPEN, REPORT, Route, endpoint, extension_static, page


def routes() -> list[Route]:
    """Return the routes; fixed paths come before those that end with a learner's name."""
    both = ["GET", "POST"]
    return [
        Route("/api/classroom/checks", endpoint(checks.receive), permission=REPORT, methods=["POST"]),
        Route("/classroom", page(overview.overview), permission=ADMINISTRATOR, methods=both),
        Route("/classroom/static/{file:seg}", extension_static("classroom"), permission=OPEN),
        Route("/classroom/new", page(admission.admission), permission=ADMINISTRATOR, methods=both),
        Route("/classroom/events.{format:seg}", page(downloads.events), permission=ADMINISTRATOR),
        Route("/classroom/{person:seg}", page(learner.learner), permission=ADMINISTRATOR, methods=both),
    ]
