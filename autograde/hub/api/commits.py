"""Create commits through the API (hub-protocol, rows 6 to 8)."""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from autograde.hub.api.repositories import author_of, repository_url
from autograde.hub.core import Hub
from autograde.hub.people import attempts
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, discussions, uploads
from autograde.hub.repos.binaries import SAMPLE, is_binary
from autograde.hub.repos.cards import parse_card
from autograde.hub.repos.commits import Delete, Operation, WriteFile, WritePointer, check_files_of_git, write_commit
from autograde.hub.repos.contents import open_revision, resolve, revision_not_found
from autograde.hub.repos.gitattributes import is_lfs_path
from autograde.hub.repos.gitignore import ignored
from autograde.hub.repos.paths import path_problem
from autograde.hub.repos.pointers import is_oid
from autograde.hub.repos.quota import require_room_for_new_files
from autograde.hub.repos.repositories import Repository
from autograde.hub.repos.tensors import is_weights
from autograde.hub.repos.uploads import readable_size
from autograde.hub.storage.spool import Spool
from autograde.hub.untrusted import read_json
from autograde.hub.web.admission import admit
from autograde.hub.web.calls import Call

#: Largest number of files in one preupload request (clients send 256), and seconds for matching their patterns.
_FILES = 10_000
_SECONDS = 5.0

#: How many files an error message names.
_NAMED = 20

#: Progress is tracked for commit bodies of at least this size, in bytes.
_MIN_TRACKED = 1 << 20


def preupload(call: Call) -> dict[str, Any]:
    """``POST /api/{types}/{id}/preupload/{revision}`` (row 6): which files go into the commit, and which into LFS."""
    repository = call.readable()
    committer(call, repository, call.parameters["revision"])
    data = call.json()
    files = data.get("files")
    if not isinstance(files, list) or not all(isinstance(file, dict) for file in files):
        raise Refusal(400, "'files' must be a list of objects.")
    if len(files) > _FILES:
        raise Refusal(413, f"Ask about at most {_FILES:,} files at a time.")
    answers, started = [], time.thread_time()
    with open_revision(call.hub, repository, call.parameters["revision"]) as at:
        limit = call.hub.config.limits.card
        sent = data.get("gitAttributes")
        attributes = sent if isinstance(sent, str) and sent else at.text(".gitattributes", limit) or ""
        given = data.get("gitIgnore")
        rules = given if isinstance(given, str) else at.text(".gitignore", limit) or ""
        for file in files:
            path, size = (file.get("path"), file.get("size")) if isinstance(file, dict) else (None, None)
            if time.thread_time() - started > _SECONDS:
                raise Refusal(413, "These patterns take too long for so many files; ask about fewer files at a time.")
            if not isinstance(path, str) or not isinstance(size, int):
                raise Refusal(400, "Each file needs a path and a size in bytes.")
            if problem := path_problem(path, portable=call.hub.config.portable_names):
                raise Refusal(422, problem)
            large = (
                is_lfs_path(attributes, path)
                or size > call.hub.config.limits.regular_file
                or _binary(file.get("sample"))
            )
            entry = at.find(path)
            answer = {"path": path, "uploadMode": "lfs" if large else "regular", "shouldIgnore": ignored(rules, path)}
            if entry and not entry.is_folder:
                answer["oid"] = entry.etag
            answers.append(answer)
    ignored_paths = {a["path"] for a in answers if a["shouldIgnore"] or a["uploadMode"] != "lfs"}
    lfs_files = [(file["path"], file["size"]) for file in files if file["path"] not in ignored_paths]
    # Here, because hf_xet shows only the number of a later refusal, without its message.
    if lfs_files:
        most = call.hub.config.limits.lfs_file
        if larger := [path for path, size in lfs_files if size > most]:
            raise Refusal(413, f"This Hub takes files of at most {most:,} bytes; larger: {_listed(larger)}.")
        payer = uploads.payer(call.hub, call.caller, repository)
        require_room_for_new_files(call.hub, repository, [size for _path, size in lfs_files], payer)
    # Only announce writers' uploads: other users must not be able to announce terabytes on someone else's page.
    if lfs_files and call.caller.user and access.can_write(call.hub, call.caller, repository):
        call.hub.upload_progress.announce(repository.id, call.caller.user.id, call.caller.user.name, "HTTP", lfs_files)
    return {"files": answers}


def _binary(sample: object) -> bool:
    """Return whether a file's first bytes are binary."""
    if not isinstance(sample, str):
        return False
    try:
        content = base64.b64decode(sample)
    except (binascii.Error, ValueError):
        return False
    return is_binary(content)


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
    """``POST /api/{types}/{id}/commit/{revision}`` (row 7)."""
    with Spool(call.hub.temporary) as spool:
        return _commit(call, spool)


def _commit(call: Call, spool: Spool) -> dict[str, Any]:
    repository = call.readable()
    user = committer(call, repository, call.parameters["revision"])
    header, operations = _operations(call, spool)
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
    if found := re.fullmatch(r"refs/pr/(\d{1,9})", revision):
        discussion = discussions.find(call.hub, repository, int(found[1]))
        discussions.add_event(call.hub, discussion, user, "commit", {"subject": summary, "oid": oid})
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
    large = [file.path for file in files if file.size > call.hub.config.limits.regular_file]
    if large:
        raise Refusal(400, f"Files larger than 10 MiB belong in LFS or Xet, not in git: {_listed(large)}.")
    if binary := [file.path for file in files if is_binary(file.read(SAMPLE))]:
        raise Refusal(
            400,
            f"Binary files belong in LFS or Xet, not in git: {_listed(binary)}. Upload them as large files (lfsFile).",
        )


def _listed(paths: list[str]) -> str:
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


def _operations(call: Call, spool: Spool) -> tuple[dict[str, Any], list[Operation]]:
    """Parse the body into its header and its operations: NDJSON by lines, or one JSON object.

    Large contents go into ``spool``.
    """
    # The longest line has a regular file in base64; 1 MiB is for its path and the JSON.
    longest = call.hub.config.limits.regular_file * 4 // 3 + (1 << 20)
    body = call.open_body()
    if call.request.headers.get("content-type", "").startswith("application/json"):
        with call.hub.parsing if call.spool is not None else nullcontext():
            if found := _from_object(call, body.read(longest), spool, longest):
                return found
        body.seek(0)
    header: dict[str, Any] = {}
    operations: list[Operation] = []
    number = 0
    while True:
        # Parse one large line at a time: parsing and decoding it needs four times its size.
        with call.hub.parsing if call.spool is not None else nullcontext():
            line = body.readline(longest)
            number += 1
            if not line:
                break
            if len(line) == longest:
                raise Refusal(400, f"Line {number} of the commit is too long. Upload large files as such (lfsFile).")
            try:
                if line.strip():
                    item = read_json(line)
                    key, value = item["key"], item["value"]
                    if key == "header":
                        header = dict(value)
                    else:
                        operations.append(_operation(key, value, spool))
                    del item, value
            except (ValueError, KeyError, TypeError) as error:
                raise Refusal(400, f"Line {number} of the commit cannot be read: {error}") from error
            del line
        _check_number(call, len(operations))
    if not header:
        raise Refusal(400, "The commit has no header line.")
    return header, operations


#: The lists of a commit that is one JSON object, and the keys of the same operations in NDJSON.
_LISTS = {"files": "file", "lfsFiles": "lfsFile", "deletedFiles": "deletedFile", "deletedFolders": "deletedFolder"}


def _from_object(call: Call, text: bytes, spool: Spool, longest: int) -> tuple[dict[str, Any], list[Operation]] | None:
    """Parse a body that is one JSON object of less than ``longest`` bytes; None if it is something else.

    huggingface_hub before 0.11 sends such commits.
    """
    try:
        given = read_json(text) if len(text) < longest else None
    except ValueError:
        return None
    if not isinstance(given, dict) or "key" in given or "summary" not in given:
        return None
    operations: list[Operation] = []
    for name, key in _LISTS.items():
        values = given.pop(name, None) or []
        if not isinstance(values, list):
            raise Refusal(400, f"{name!r} must be a list.")
        _check_number(call, len(operations) + len(values))
        for value in values:
            try:
                operations.append(_operation(key, value, spool))
            except (ValueError, KeyError, TypeError) as error:
                raise Refusal(400, f"An entry of {name!r} cannot be read: {error}") from error
    return given, operations


def _check_number(call: Call, number: int) -> None:
    """Raise 413 if a commit has more operations than the Hub's limit."""
    limit = call.hub.config.limits.files_per_commit
    if number > limit:
        raise Refusal(413, f"A commit has at most {limit:,} files here; make several.")


def _operation(key: str, value: dict[str, Any], spool: Spool) -> Operation:
    path = value["path"]
    if not isinstance(path, str):
        raise ValueError("a path is a text")
    if key == "file":
        text = value["content"]
        content = base64.b64decode(text, validate=True) if value.get("encoding") == "base64" else str(text).encode()
        return WriteFile(path, spool.add(content))
    if key == "lfsFile":
        size = value.get("size")
        if value.get("algo") != "sha256" or not is_oid(value["oid"]) or not isinstance(size, int | None):
            raise ValueError("an LFS file has algo sha256, an oid of 64 hexadecimal digits, and a size")
        return WritePointer(path, value["oid"], size)
    if key in ("deletedFile", "deletedFolder"):
        return Delete(path.rstrip("/"))
    raise ValueError(f"there is no operation {key!r}")


def _check_card(call: Call, operations: list[Operation], type: str) -> None:
    for operation in operations:
        if isinstance(operation, WriteFile) and operation.path == "README.md":
            content = operation.read(call.hub.config.limits.card).decode("utf-8", "replace")
            if errors := parse_card(content, type=type).errors:
                raise Refusal(400, "Invalid metadata in README.md.\n" + "\n".join(f"- {error}" for error in errors))


def validate_yaml(call: Call) -> Response:
    """``POST /api/validate-yaml`` (row 8). Returns the documented response for any input."""
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
