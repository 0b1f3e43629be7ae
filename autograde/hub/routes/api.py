"""Routes of the JSON API, which ``huggingface_hub`` and other programs use."""

from __future__ import annotations

from autograde.hub.api import (
    account,
    buckets,
    collections,
    commits,
    descriptions,
    discussions,
    duplication,
    files,
    gating,
    gguf,
    history,
    lfs_files,
    lists,
    oauth,
    preupload,
    refs,
    repositories,
    social,
    spaces,
    tags,
    webhooks,
    xet_tokens,
)
from autograde.hub.permissions import OPEN, OWN, READ, WRITE, Permission
from autograde.hub.routing import Route
from autograde.hub.web.endpoint import Handler, endpoint

_REPOSITORY = "/api/{types:types}/{owner:seg}/{name:seg}"
_BUCKET = "/api/{types:buckets}/{owner:seg}/{name:seg}"


def routes() -> list[Route]:
    """Return the routes; if two match, the first one wins."""
    made = [
        Route(path, endpoint(handler), permission=permission, methods=[method])
        for method, path, handler, permission in _table()
    ]
    # Commits contain files, so their bodies may be larger, and a repository's page shows their progress.
    commit = endpoint(commits.commit, limit=lambda limits: limits.commit_body, watch=commits.track_body, spooled=True)
    # Each line has a path, which may be a kilobyte long.
    batch = endpoint(buckets.batch, limit=lambda limits: 4 * limits.json_body)
    return [
        *made,
        Route(_REPOSITORY + "/commit/{revision:rev}", commit, permission=WRITE, methods=["POST"]),
        Route(_BUCKET + "/batch", batch, permission=WRITE, methods=["POST"]),
    ]


def _table() -> list[tuple[str, str, Handler, Permission]]:
    """Return ``(method, path, handler, permission)`` of all routes with a small body."""
    return [
        ("GET", "/api/whoami-v2", account.who_am_i, OWN),
        ("GET", "/api/agent-harnesses", account.agent_harnesses, OPEN),
        ("GET", "/api/telemetry/{topic:rest}", account.telemetry, OPEN),
        ("POST", "/v1/telemetry", account.telemetry, OPEN),
        ("GET", "/api/users/{owner:seg}/overview", account.user_overview, READ),
        ("GET", "/api/organizations/{owner:seg}/overview", account.organization_overview, READ),
        ("GET", "/api/organizations/{owner:seg}/members", account.organization_members, READ),
        ("GET", "/api/users/{owner:seg}/followers", account.follows, READ),
        ("GET", "/api/users/{owner:seg}/following", account.follows, READ),
        ("GET", "/api/organizations/{owner:seg}/followers", account.follows, READ),
        ("GET", "/api/metrics", account.metrics, OPEN),
        ("GET", "/api/models-tags-by-type", tags.by_type, READ),
        ("GET", "/api/datasets-tags-by-type", tags.by_type, READ),
        ("GET", "/api/settings/repositories", account.own_repositories, OWN),
        ("GET", "/api/organizations/{owner:seg}/settings/repositories", account.own_repositories, OWN),
        ("GET", "/.well-known/openid-configuration", oauth.configuration, OPEN),
        ("GET", "/oauth/authorize", oauth.authorize, OPEN),
        ("POST", "/oauth/device", oauth.device, OPEN),
        ("POST", "/oauth/token", oauth.token, OPEN),
        ("POST", "/api/validate-yaml", commits.validate_yaml, OPEN),
        ("POST", "/api/repos/create", repositories.create, WRITE),
        ("DELETE", "/api/repos/delete", repositories.delete, WRITE),
        ("POST", "/api/repos/move", repositories.move, WRITE),
        ("GET", "/v2/{owner:seg}/{name:seg}/manifests/{tag:seg}", gguf.manifest, READ),
        ("GET", "/api/{types:types}", lists.listing, READ),
        ("GET", _REPOSITORY, descriptions.info, READ),
        ("GET", _REPOSITORY + "/revision/{revision:rev}", descriptions.info, READ),
        ("PUT", _REPOSITORY + "/settings", repositories.change, WRITE),
        ("GET", _REPOSITORY + "/tree/{revision:rev}", files.tree, READ),
        ("GET", _REPOSITORY + "/tree/{revision:rev}/{path:rest}", files.tree, READ),
        ("POST", _REPOSITORY + "/paths-info/{revision:rev}", files.paths_info, READ),
        ("POST", _REPOSITORY + "/preupload/{revision:rev}", preupload.preupload, WRITE),
        ("GET", _REPOSITORY + "/commits/{revision:rev}", history.commits, READ),
        ("GET", _REPOSITORY + "/refs", refs.list_refs, READ),
        ("POST", _REPOSITORY + "/branch/{branch:rest}", refs.create_branch, WRITE),
        ("DELETE", _REPOSITORY + "/branch/{branch:rest}", refs.delete_branch, WRITE),
        ("POST", _REPOSITORY + "/tag/{revision:rest}", refs.create_tag, WRITE),
        ("DELETE", _REPOSITORY + "/tag/{revision:rest}", refs.delete_tag, WRITE),
        ("POST", _REPOSITORY + "/super-squash/{branch:rest}", history.super_squash, WRITE),
        ("GET", _REPOSITORY + "/lfs-files", lfs_files.lfs_files, WRITE),
        ("POST", _REPOSITORY + "/lfs-files/batch", lfs_files.delete_lfs_files, WRITE),
        ("POST", _REPOSITORY + "/lfs-files/duplicate", lfs_files.copy_lfs_files, WRITE),
        ("POST", _REPOSITORY + "/duplicate", duplication.duplicate, WRITE),
        ("GET", _REPOSITORY + "/auth-check", gating.check, READ),
        ("GET", _REPOSITORY + "/auth-check/write", gating.check, WRITE),
        ("POST", _REPOSITORY + "/ask-access", gating.request_access, WRITE),
        ("POST", _REPOSITORY + "/user-access-request/handle", gating.handle, WRITE),
        ("POST", _REPOSITORY + "/user-access-request/grant", gating.grant, WRITE),
        ("GET", _REPOSITORY + "/user-access-request/{status:seg}", gating.requests, WRITE),
        ("POST", _REPOSITORY + "/like", social.like, WRITE),
        ("DELETE", _REPOSITORY + "/like", social.unlike, WRITE),
        ("GET", _REPOSITORY + "/likers", social.likers, READ),
        ("GET", "/api/users/{owner:seg}/likes", social.likes_of, READ),
        ("GET", _REPOSITORY + "/discussions", discussions.listing, READ),
        ("POST", _REPOSITORY + "/discussions", discussions.create, WRITE),
        ("GET", _REPOSITORY + "/discussions/{number:seg}", discussions.detail, READ),
        ("POST", _REPOSITORY + "/discussions/{number:seg}/comment", discussions.comment, WRITE),
        ("POST", _REPOSITORY + "/discussions/{number:seg}/comment/{event:seg}/edit", discussions.edit, WRITE),
        ("PUT", _REPOSITORY + "/discussions/{number:seg}/comment/{event:seg}/hide", discussions.hide, WRITE),
        ("POST", _REPOSITORY + "/discussions/{number:seg}/comment/{event:seg}/hide", discussions.hide, WRITE),
        ("POST", _REPOSITORY + "/discussions/{number:seg}/title", discussions.title, WRITE),
        ("POST", _REPOSITORY + "/discussions/{number:seg}/status", discussions.status, WRITE),
        ("POST", _REPOSITORY + "/discussions/{number:seg}/merge", discussions.merge, WRITE),
        ("GET", "/api/collections", collections.listing, READ),
        ("POST", "/api/collections", collections.create, WRITE),
        ("POST", "/api/collections/{slug:rest}/items", collections.add_item, WRITE),
        ("PATCH", "/api/collections/{slug:rest}/items/{item:seg}", collections.change_item, WRITE),
        ("DELETE", "/api/collections/{slug:rest}/items/{item:seg}", collections.delete_item, WRITE),
        ("GET", "/api/collections/{slug:rest}", collections.detail, READ),
        ("PATCH", "/api/collections/{slug:rest}", collections.change, WRITE),
        ("DELETE", "/api/collections/{slug:rest}", collections.delete, WRITE),
        ("GET", "/api/settings/webhooks", webhooks.listing, WRITE),
        ("POST", "/api/settings/webhooks", webhooks.create, WRITE),
        ("GET", "/api/settings/webhooks/{webhook:seg}", webhooks.detail, WRITE),
        ("POST", "/api/settings/webhooks/{webhook:seg}", webhooks.change, WRITE),
        ("DELETE", "/api/settings/webhooks/{webhook:seg}", webhooks.delete, WRITE),
        ("POST", "/api/settings/webhooks/{webhook:seg}/{state:state}", webhooks.switch, WRITE),
        ("GET", _REPOSITORY + "/runtime", spaces.runtime, READ),
        *((method, _REPOSITORY + "/secrets", spaces.secrets, WRITE) for method in ("GET", "POST", "DELETE")),
        ("GET", _REPOSITORY + "/variables", spaces.variables, READ),
        ("POST", _REPOSITORY + "/variables", spaces.variables, WRITE),
        ("DELETE", _REPOSITORY + "/variables", spaces.variables, WRITE),
        ("GET", _REPOSITORY + "/xet-write-token/{revision:rev}", xet_tokens.write_token, WRITE),
        ("GET", _REPOSITORY + "/xet-read-token/{revision:rev}", xet_tokens.read_token, READ),
        ("GET", "/api/{types:buckets}/{owner:seg}", buckets.listing, READ),
        ("DELETE", "/api/{types:buckets}/{owner:seg}", buckets.no_owner, WRITE),
        ("POST", _BUCKET, buckets.create, WRITE),
        ("GET", _BUCKET, buckets.info, READ),
        ("DELETE", _BUCKET, buckets.delete, WRITE),
        ("PUT", _BUCKET + "/settings", buckets.change, WRITE),
        ("POST", _BUCKET + "/paths-info", buckets.paths_info, READ),
        ("GET", _BUCKET + "/tree", buckets.tree, READ),
        ("GET", _BUCKET + "/tree/{path:rest}", buckets.tree, READ),
        ("GET", _BUCKET + "/xet-write-token", xet_tokens.write_token, WRITE),
        ("GET", _BUCKET + "/xet-read-token", xet_tokens.read_token, READ),
    ]
