"""Search, filter, sort and list repositories."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from starlette.responses import JSONResponse, Response

from autograde.hub.api.descriptions import describe_listed, expanded, name_only
from autograde.hub.people import organizations
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access
from autograde.hub.repos.repositories import Repository
from autograde.hub.repos.search import ORDERS, Search, search
from autograde.hub.web.calls import Call

PAGE = 1000

#: The longest response, in characters.
_MAX_LENGTH = 8 << 20

#: Sort key that needs the files of repositories; the others are columns of the database.
_PARAMETERS = "num_parameters"

_UNITS = {"": 1, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}

#: Seconds of CPU time for a list. Summaries are cached, so the next list shows more.
_SECONDS = 5.0


def listing(call: Call) -> Response:
    """``GET /api/{types}``: search, filter, sort and paginate."""
    query = call.request.query_params
    order = query.get("sort", "lastModified")
    if order not in (orders := (*ORDERS, _PARAMETERS)):
        raise Refusal(400, f"Invalid sort {order!r}: choose one of {', '.join(orders)}.")
    descending = query.get("direction", "-1") == "-1"
    found = _visible(call, "lastModified" if order == _PARAMETERS else order, descending=descending)
    timed = _Descriptions(call)
    filters = [item for value in query.getlist("filter") for item in value.split(",") if item]
    filters += [value for key in ("pipeline_tag", "library", "language") if (value := query.get(key))]
    if filters:
        found = (each for each in found if set(filters) <= {each.full_name, *timed.describe(each)["tags"]})
    if bounds := query.get("num_parameters"):
        least, most = _bounds(bounds)
        found = (each for each in found if least <= timed.parameters(each) <= most)
    if query.get("inference") or query.get("inference_provider"):
        # No model runs here.
        found = iter(())
    if order == _PARAMETERS:
        found = iter(sorted(found, key=timed.parameters, reverse=descending))
    skip, limit = call.number("skip"), min(call.number("limit", PAGE), PAGE)
    shown = list(islice(found, skip, skip + limit + 1))
    page = _page(call, timed, shown[:limit])
    return JSONResponse(page, headers=call.next_page(skip=skip + limit) if len(shown) > limit else None)


def _visible(call: Call, order: str, *, descending: bool) -> Iterator[Repository]:
    """Yield the repositories that the request searches for and that the caller may see."""
    query = call.request.query_params
    gated = query.get("gated")
    wanted = Search(
        type=call.repository_type,
        viewer=organizations.namespaces(call.hub, call.caller.user),
        author=query.get("author", ""),
        text=query.get("search", ""),
        gated=None if gated is None else gated.lower() == "true",
    )
    found = search(call.hub, wanted, order=order, descending=descending)
    # A token may have fewer rights than its owner.
    return (each for each in found if access.can_see(call.hub, call.caller, each))


class _Descriptions:
    """Describes repositories for a list; once the list's time limit is used up, only by name."""

    def __init__(self, call: Call) -> None:
        self._call, self._started = call, time.thread_time()

    def describe(self, repository: Repository, *, siblings: bool = False) -> dict[str, Any]:
        """Describe a repository, with the names of its files if ``siblings``."""
        hub = self._call.hub
        known = hub.summaries.has(repository.id, hub.git.main(repository.id) or "")
        if time.thread_time() - self._started > _SECONDS and (siblings or not known):
            return name_only(repository) | {"error": "This list took too long; open the repository to see more."}
        return describe_listed(self._call, repository, siblings=siblings)

    def parameters(self, repository: Repository) -> int:
        """Return the number of parameters of a model, or 0 if unknown."""
        return int((self.describe(repository).get("safetensors") or {}).get("total", 0))


def _page(call: Call, timed: _Descriptions, shown: Sequence[Repository]) -> list[dict[str, Any]]:
    full = call.flag("full") or call.request.query_params.get("full") is not None
    page, length = list[dict[str, Any]](), 0
    for repository in shown:
        described = timed.describe(repository, siblings=full)
        if not full and not call.flag("cardData"):
            described.pop("cardData", None)
        length += len(json.dumps(described))
        if length > _MAX_LENGTH:
            # Each of a thousand cards may have 64 KiB of metadata.
            described = name_only(repository) | {"error": "This list is too long; open the repository to see more."}
        page.append(expanded(call, described))
    return page


def _bounds(text: str) -> tuple[float, float]:
    """Return the least and the largest number of parameters in ``min:6B,max:0.5T``, without unknown sizes (0)."""
    bounds = {"min": 1.0, "max": math.inf}
    for part in text.split(","):
        found = re.fullmatch(r"(min|max):(\d{1,9}(?:\.\d{1,9})?)([KMBT]?)", part.strip(), re.IGNORECASE | re.ASCII)
        if not found:
            raise Refusal(400, f"Invalid num_parameters {text!r}: write it like min:6B,max:128B.")
        bounds[found[1].lower()] = float(found[2]) * _UNITS[found[3].upper()]
    return max(bounds["min"], 1.0), bounds["max"]
