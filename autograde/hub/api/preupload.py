"""Tell clients, before a commit, which files go into it and which into LFS."""

from __future__ import annotations

import base64
import binascii
import time
from typing import Any

from autograde.hub.api.commits import committer, some_of
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, uploads
from autograde.hub.repos.binaries import is_binary
from autograde.hub.repos.contents import open_revision
from autograde.hub.repos.gitattributes import is_lfs_path
from autograde.hub.repos.gitignore import ignored
from autograde.hub.repos.paths import path_problem
from autograde.hub.repos.quota import require_room_for_new_files
from autograde.hub.web.calls import Call

#: Largest number of files in one preupload request (clients send 256), and seconds for matching their patterns.
_FILES = 10_000
_SECONDS = 5.0


def preupload(call: Call) -> dict[str, Any]:
    """``POST /api/{types}/{id}/preupload/{revision}``: which files go into the commit, and which into LFS."""
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
            path, size = file.get("path"), file.get("size")
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
    lfs_files = [
        (file["path"], file["size"])
        for file, answer in zip(files, answers, strict=True)
        if answer["uploadMode"] == "lfs" and not answer["shouldIgnore"]
    ]
    # Here, because hf_xet shows only the number of a later refusal, without its message.
    if lfs_files:
        most = call.hub.config.limits.lfs_file
        if larger := [path for path, size in lfs_files if size > most]:
            raise Refusal(413, f"This Hub takes files of at most {most:,} bytes; larger: {some_of(larger)}.")
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
