"""The Hub's public face for extensions (:mod:`autograde.hub.extension`): events, accounts, pages.

Extensions import nothing else from the Hub, so everything else can change without breaking them.
"""

from __future__ import annotations

from autograde.hub.addresses import for_others
from autograde.hub.config import HubConfig
from autograde.hub.core import Hub
from autograde.hub.events import (
    Event,
    Sender,
    Total,
    about_person,
    events_between,
    last_id,
    newest,
    record,
    stored_events,
    totals,
)
from autograde.hub.extension import Extension
from autograde.hub.names import user_name_problem
from autograde.hub.pages.assets import extension_static
from autograde.hub.pages.endpoint import page
from autograde.hub.pages.forms import field
from autograde.hub.pages.languages import language_of
from autograde.hub.pages.links import endpoint_of, page_number, redirect
from autograde.hub.pages.rendering import render
from autograde.hub.people.access_tokens import revoke_tokens
from autograde.hub.people.accounts import (
    FirstPassword,
    User,
    UserSummary,
    create_user,
    email_problem,
    email_taken,
    find_user,
    first_password,
    name_problem,
    set_password,
    user_by_id,
    user_summaries,
)
from autograde.hub.people.attempts import count_action
from autograde.hub.people.extension_data import Stored, store, stored_values
from autograde.hub.people.switches import is_on, open_sign_up, set_switch, sign_up_is_open
from autograde.hub.permissions import ADMINISTRATOR, OPEN, REPORT
from autograde.hub.refusals import Refusal
from autograde.hub.repos.access import not_found
from autograde.hub.repos.owners import remove_user, rename_user, repositories_to_delete
from autograde.hub.repos.repositories import names_by_owner
from autograde.hub.routing import Route
from autograde.hub.times import size_text
from autograde.hub.web.bodies import optional_text
from autograde.hub.web.calls import Call
from autograde.hub.web.endpoint import endpoint

__all__ = [
    "ADMINISTRATOR",
    "OPEN",
    "REPORT",
    "Call",
    "Event",
    "Extension",
    "FirstPassword",
    "Hub",
    "HubConfig",
    "Refusal",
    "Route",
    "Sender",
    "Stored",
    "Total",
    "User",
    "UserSummary",
    "about_person",
    "count_action",
    "create_user",
    "email_problem",
    "email_taken",
    "endpoint",
    "endpoint_of",
    "events_between",
    "extension_static",
    "field",
    "find_user",
    "first_password",
    "for_others",
    "is_on",
    "language_of",
    "last_id",
    "name_problem",
    "names_by_owner",
    "newest",
    "not_found",
    "open_sign_up",
    "optional_text",
    "page",
    "page_number",
    "record",
    "redirect",
    "remove_user",
    "rename_user",
    "render",
    "repositories_to_delete",
    "revoke_tokens",
    "set_password",
    "set_switch",
    "sign_up_is_open",
    "size_text",
    "store",
    "stored_events",
    "stored_values",
    "totals",
    "user_by_id",
    "user_name_problem",
    "user_summaries",
]
