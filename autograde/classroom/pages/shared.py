"""Functions shared by the teacher's pages."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

from starlette.responses import Response

from autograde.classroom.progress import STEPS
from autograde.classroom.rosters import PASSWORD_COLUMNS
from autograde.hub.public import Call, endpoint_of, for_others, render
from autograde.spreadsheets import cell


def show(call: Call, template: str, status: int = 200, **context: Any) -> Response:
    """Render one of the teacher's pages."""
    return render(call, template, status, extension="classroom", reached_at=_address(call), **context)


def _address(call: Call) -> str:
    """Return the Hub's address for learners."""
    config, public = call.hub.config, call.hub.public
    if public and not public.path:
        return public.origin
    return for_others(endpoint_of(call.request), host=config.host, names=config.hosts)


def step_names(_: Callable[[str], str]) -> dict[str, str]:
    """Return the heading of each step's column."""
    names = (_("Account"), _("Log-in"), _("Repository"), _("Weights pushed"), _("Downloaded"), _("Loaded"))
    return dict(zip(STEPS, names, strict=True))


def password_file(people: Iterable[tuple[str, str, str, str]]) -> str:
    """Return user names, full names, passwords and e-mail addresses as a CSV file.

    It is a ``data:`` URL, so that no copy is stored on the server.
    """
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(PASSWORD_COLUMNS)
    table.writerows([cell(value) for value in person] for person in people)
    # Excel recognises UTF-8 only with a byte-order mark.
    return "data:text/csv;base64," + base64.b64encode(written.getvalue().encode("utf-8-sig")).decode()
