"""Routes of the pages for repositories, settings and organizations."""

from __future__ import annotations

from autograde.hub.pages import (
    card,
    discussions,
    files,
    history,
    new_repository,
    organizations,
    refs,
    settings,
)
from autograde.hub.pages.endpoint import page
from autograde.hub.permissions import FORM, PAGE
from autograde.hub.routing import Route


def routes() -> list[Route]:
    """Return the routes; fixed paths come before those that start with an account's name."""
    both = ["GET", "POST"]
    made = [
        Route("/settings/account", page(settings.account, hashes=True), permission=PAGE, post=FORM, methods=both),
        Route("/new", page(new_repository.new), permission=PAGE, post=FORM, methods=both),
        Route("/organizations/new", page(organizations.new), permission=PAGE, post=FORM, methods=both),
        Route(
            "/organizations/{owner:seg}/members", page(organizations.members), permission=PAGE, post=FORM, methods=both
        ),
    ]
    made += [
        Route("/models/{owner:seg}/{name:seg}" + rest, page(card.with_type), permission=PAGE)
        for rest in ("", "/{path:rest}")
    ]
    for prefix in ("/{types:kinds}", ""):
        base = prefix + "/{owner:seg}/{name:seg}"
        made += [
            Route(base, page(card.card), permission=PAGE, framed=True, post=FORM, methods=both),
            Route(base + "/tree/{revision:rev}", page(files.tree), permission=PAGE, framed=True),
            Route(base + "/tree/{revision:rev}/{path:rest}", page(files.tree), permission=PAGE, framed=True),
            Route(base + "/blob/{revision:rev}/{path:rest}", page(files.blob), permission=PAGE, framed=True),
            Route(base + "/commits/{revision:rev}", page(history.commits), permission=PAGE, framed=True),
            Route(base + "/commit/{revision:rev}", page(history.commit), permission=PAGE, framed=True),
            Route(base + "/discussions", page(discussions.listing), permission=PAGE, post=FORM, methods=both),
            Route(
                base + "/discussions/{number:seg}",
                page(discussions.discussion),
                permission=PAGE,
                post=FORM,
                methods=both,
            ),
            Route(base + "/refs", page(refs.refs), permission=PAGE, post=FORM, methods=both),
            Route(base + "/incoming", page(card.uploads), permission=PAGE, framed=True),
            Route(base + "/like", page(card.like), permission=FORM, methods=["POST"]),
            Route(base + "/duplicate", page(card.duplicate), permission=PAGE, post=FORM, methods=both),
            Route(base + "/settings", page(settings.repository), permission=PAGE, post=FORM, methods=both),
        ]
    return made
