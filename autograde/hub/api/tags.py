"""``GET /api/{models,datasets}-tags-by-type``: the tags by which repositories can be filtered."""

from __future__ import annotations

from itertools import islice
from typing import Any

from autograde.hub.api.descriptions import describe_listed
from autograde.hub.people import organizations
from autograde.hub.repos import access
from autograde.hub.repos.cards import LICENSES
from autograde.hub.repos.search import Search, search
from autograde.hub.web.calls import Call

#: Number of repositories whose tags are collected: the most recently changed ones.
_MAX_REPOSITORIES = 500

#: The kind of tag for each key of a card.
_KINDS = {"library_name": "library", "pipeline_tag": "pipeline_tag", "language": "language", "tags": "other"}


def by_type(call: Call) -> dict[str, list[dict[str, Any]]]:
    """Return tags by kind: every licence, and the tags in the cards of repositories that the caller may see."""
    type = "dataset" if call.request.scope["path"].endswith("/datasets-tags-by-type") else "model"
    kinds = ("pipeline_tag", "library", "language", "license", "dataset", "other")
    found: dict[str, dict[str, str]] = {kind: {} for kind in kinds}
    found["license"] = {f"license:{name}": name for name in LICENSES}
    wanted = Search(type=type, viewer=organizations.namespaces(call.hub, call.caller.user))
    for repository in islice(search(call.hub, wanted), _MAX_REPOSITORIES):
        if not access.can_see(call.hub, call.caller, repository):
            continue
        described = describe_listed(call, repository, siblings=False)
        card = described.get("cardData") or {}
        for key, kind in _KINDS.items():
            value = card.get(key)
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, str):
                    found[kind][item] = item
        found["dataset"] |= {t: t.removeprefix("dataset:") for t in described["tags"] if t.startswith("dataset:")}
    return {
        kind: [{"id": tag, "label": label, "type": kind} for tag, label in sorted(tags.items())]
        for kind, tags in found.items()
    }
