"""Create commits through the API, and validate model cards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from autograde.hub.api.commit_bodies import parse_commit
from autograde.hub.api.repositories import author_of, repository_url
from autograde.hub.config import MIB
from autograde.hub.core import Hub
from autograde.hub.people import attempts
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, discussions, uploads
from autograde.hub.repos.binaries import SAMPLE, is_binary
from autograde.hub.repos.cards import parse_card
from autograde.hub.repos.commits import Delete, Operation, WriteFile, WritePointer, check_files_of_git, write_commit
from autograde.hub.repos.contents import resolve, revision_not_found
from autograde.hub.repos.repositories import Repository
from autograde.hub.repos.tensors import is_weights
from autograde.hub.repos.uploads import readable_size
from autograde.hub.storage.spool import Spool
from autograde.hub.web.admission import admit
from autograde.hub.web.calls import Call

#: How many files an error message names.
_NAMED = 20

#: Progress is tracked for commit bodies of at least this size, in bytes.
_MIN_TRACKED = 1 << 20


def committer(call: Call, repository: Repository, revision: str) -> User:
    """Return the user who commits: a writer; for an open pull request also its author; for a new one any reader.

    Raises:
        Refusal: 401 or 403 without these rights; 409 if the pull request is closed.
    """
    user = access.require_user(call.caller)
    if repository.type == "bucket":
        access.require_write(call.hub, call.caller, repository)
        return user
    if not call.flag("create_pr"):
        request = revision.startswith("refs/pr/") and discussions.require_open_pull(call.hub, repository, revision)
        if not request or request.author.id != user.id:
            access.require_write(call.hub, call.caller, repository)
            return user
    return access.require_participant(call.caller, repository)


def track_body(hub: Hub, request: Request) -> AbstractContextManager[Callable[[int], None]]:
    """Track a commit's body while it arrives, for the repository's page."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) < _MIN_TRACKED:
        return nullcontext(lambda length: None)
    call = Call(hub, request, admit(hub, request), b"")
    repository, user = call.find(), call.caller.user
    if repository is None or user is None or not access.can_write(hub, call.caller, repository):
        return nullcontext(lambda length: None)
    return hub.upload_progress.receiving(repository.id, user.id, user.name, "HTTP")


def commit(call: Call) -> dict[str, Any]:
    """``POST /api/{types}/{id}/commit/{revision}``."""
    with Spool(call.hub.temporary) as spool:
        return _commit(call, spool)


def _commit(call: Call, spool: Spool) -> dict[str, Any]:
    repository = call.readable()
    user = committer(call, repository, call.parameters["revision"])
    header, operations = parse_commit(call, spool)
    _check_card(call, operations, repository.type)
    _check_regular(call, operations)
    check_files_of_git(call.hub, repository, operations)
    summary = str(header.get("summary") or "").strip() or "Upload"
    description = str(header.get("description") or "").strip()
    message = f"{summary}\n\n{description}" if description else summary
    parent = header.get("parentCommit") if isinstance(header.get("parentCommit"), str) else None
    revision, answer, request = call.parameters["revision"], {}, None
    if call.flag("create_pr"):
        start = resolve(call.hub, repository, f"refs/heads/{revision}")
        if start is None:
            raise revision_not_found(revision)
        attempts.count_action(call.hub, "post", user.id, call.hub.config.limits.posts)
        request = discussions.open_discussion(
            call.hub,
            repository,
            user,
            summary[: discussions.MAX_TITLE],
            description,
            pull_request=True,
            draft=False,
            start=start,
        )
        revision = request.ref
        answer["pullRequestUrl"] = f"{repository_url(call, repository)}/discussions/{request.number}"
    try:
        oid = write_commit(
            call.hub,
            repository,
            revision,
            operations,
            author=author_of(user),
            message=message,
            parent=parent,
            payer=uploads.payer(call.hub, call.caller, repository),
        )
    except Refusal:
        call.hub.upload_progress.ended(repository.id, user.id, user.name, "refused")
        if request:
            discussions.discard(call.hub, repository, request)
        raise
    discussions.add_commits(call.hub, repository, revision, user, [(oid, summary)])
    details = _event_details(call, repository, operations)
    call.hub.upload_progress.ended(repository.id, user.id, user.name, "done", (details["files"], details["size"]))
    call.record("commit.created", repository, commit=oid, branch=revision, via="api", **details)
    url = f"{repository_url(call, repository)}/commit/{oid}"
    return {"success": True, "commitOid": oid, "commitUrl": url, "hookOutput": "", **answer}


def _check_regular(call: Call, operations: Iterable[Operation]) -> None:
    """Refuse regular files that a push would refuse too: large and binary ones.

    Raises:
        Refusal: 400, with the names of the files.
    """
    files = [operation for operation in operations if isinstance(operation, WriteFile)]
    limit = call.hub.config.limits.regular_file
    if large := [file.path for file in files if file.size > limit]:
        raise Refusal(400, f"Files larger than {limit / MIB:g} MiB belong in LFS or Xet, not in git: {some_of(large)}.")
    if binary := [file.path for file in files if is_binary(file.read(SAMPLE))]:
        raise Refusal(
            400,
            f"Binary files belong in LFS or Xet, not in git: {some_of(binary)}. Upload them as large files (lfsFile).",
        )


def some_of(paths: list[str]) -> str:
    """Return the first paths of a list, for an error message, and how many more there are."""
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return ", ".join(paths[:_NAMED]) + more


def _event_details(call: Call, repository: Repository, operations: list[Operation]) -> dict[str, int | bool]:
    """Return the event's details: number of changed files, written bytes, and whether there are model weights."""
    size, weights = 0, False
    for operation in operations:
        if isinstance(operation, WriteFile):
            size += operation.size
        elif isinstance(operation, WritePointer):
            known = (
                operation.size if operation.size is not None else readable_size(call.hub, repository.id, operation.oid)
            )
            size += known or 0
        weights = weights or (not isinstance(operation, Delete) and is_weights(operation.path))
    return {"files": len(operations), "size": size, "weights": weights}


def _check_card(call: Call, operations: list[Operation], type: str) -> None:
    for operation in operations:
        if isinstance(operation, WriteFile) and operation.path == "README.md":
            content = operation.read(call.hub.config.limits.card).decode("utf-8", "replace")
            if errors := parse_card(content, type=type).errors:
                raise Refusal(400, "Invalid metadata in README.md.\n" + "\n".join(f"- {error}" for error in errors))


def validate_yaml(call: Call) -> Response:
    """``POST /api/validate-yaml``: the errors and warnings about a card's metadata; 400 if there are errors."""
    data = call.json()
    content = data.get("content")
    card = parse_card(
        content[: call.hub.config.limits.card] if isinstance(content, str) else "",
        type=str(data.get("repoType") or "model"),
    )
    status = 400 if card.errors else 200
    if call.request.headers.get("accept", "").startswith("text/plain"):
        lines = [f"- Error: {error}" for error in card.errors] + [f"- Warning: {warning}" for warning in card.warnings]
        return PlainTextResponse("\n".join(lines) or "ok", status)
    return JSONResponse(
        {"errors": [{"message": e} for e in card.errors], "warnings": [{"message": w} for w in card.warnings]}, status
    )
