"""Folders and files: list a tree, describe files, and download them."""

from __future__ import annotations

import mimetypes
import re
from typing import Any
from urllib.parse import quote

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from autograde.hub.core import Hub
from autograde.hub.refusals import Refusal
from autograde.hub.repos.access import Caller
from autograde.hub.repos.contents import Entry, Revision, open_revision
from autograde.hub.repos.history import last_commits
from autograde.hub.repos.pointers import LfsPointer
from autograde.hub.repos.repositories import Repository, count_download
from autograde.hub.repos.tensors import is_weights
from autograde.hub.repos.uploads import readable_size
from autograde.hub.times import iso
from autograde.hub.web import conditions
from autograde.hub.web.admission import admit
from autograde.hub.web.calls import Call
from autograde.hub.web.clients import loads_weights
from autograde.hub.web.ranges import ignore_malformed, ranged
from autograde.hub.web.refused import refused
from autograde.hub.web.sending import blob_response

PAGE = 1000
#: Pages are smaller if each entry needs its last commit.
EXPANDED_PAGE = 50

#: A file name that needs no escapes in a header.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]+(?: [A-Za-z0-9._-]+)*")


def tree_entry(entry: Entry) -> dict[str, Any]:
    """Return an entry in the format of ``/tree`` and ``/paths-info``."""
    if entry.is_folder:
        return {"type": "directory", "oid": entry.oid, "size": 0, "path": entry.utf8_path}
    if entry.is_submodule:
        # Clients take everything of type "file" for something that can be downloaded.
        return {"type": "unknown", "oid": entry.oid, "size": 0, "path": entry.utf8_path}
    answer: dict[str, Any] = {"type": "file", "oid": entry.oid, "size": entry.size, "path": entry.utf8_path}
    if entry.lfs:
        answer["lfs"] = {"oid": entry.lfs.oid, "size": entry.lfs.size, "pointerSize": entry.blob_size}
    if entry.xet_hash:
        answer["xetHash"] = entry.xet_hash
    return answer


def _expanded(hub: Hub, repository: Repository, at: Revision, entries: list[Entry]) -> list[dict[str, Any]]:
    commits = last_commits(hub, repository, at.commit.oid, [entry.path for entry in entries])
    answers = []
    for entry in entries:
        answer = tree_entry(entry)
        commit = commits.get(entry.path)
        if commit:
            answer["lastCommit"] = {"id": commit.oid, "title": commit.title, "date": iso(commit.when * 1000)}
        if answer["type"] == "file":
            answer["securityFileStatus"] = {
                "status": "safe",
                "avScan": {"status": "unscanned"},
                "pickleImportScan": {"status": "unscanned"},
            }
        answers.append(answer)
    return answers


def tree(call: Call) -> Response:
    """``GET /api/{types}/{id}/tree/{revision}[/{path}]``."""
    repository = call.readable()
    with open_revision(call.hub, repository, call.parameters["revision"]) as at:
        expand = call.flag("expand")
        page = EXPANDED_PAGE if expand else PAGE
        start = call.number("cursor")
        folder = call.parameters.get("path", "").strip("/")
        entries = at.list(folder, recursive=call.flag("recursive"), start=start, limit=page + 1)
        shown = entries[:page]
        answers = _expanded(call.hub, repository, at, shown) if expand else [tree_entry(entry) for entry in shown]
    return JSONResponse(answers, headers=call.next_page(cursor=start + page) if len(entries) > page else None)


def paths_info(call: Call) -> list[dict[str, Any]]:
    """``POST /api/{types}/{id}/paths-info/{revision}``: the entries at the given paths; unknown paths are skipped."""
    repository = call.readable()
    if call.request.headers.get("content-type", "").startswith("application/json"):
        data = call.json()
        given, expand = data.get("paths", []), bool(data.get("expand"))
    else:
        form = call.form()
        given, expand = form.get("paths", []), form.get("expand", ["false"])[-1].lower() == "true"
    if not isinstance(given, list) or not all(isinstance(path, str) for path in given):
        raise Refusal(400, "'paths' must be a list of file names.")
    limit = EXPANDED_PAGE * 20 if expand else PAGE * 10
    if len(given) > limit:
        raise Refusal(413, f"Ask about at most {limit:,} paths at a time.")
    with open_revision(call.hub, repository, call.parameters["revision"]) as at:
        entries = [entry for path in given if (entry := at.find(path.strip("/")))]
        return _expanded(call.hub, repository, at, entries) if expand else [tree_entry(entry) for entry in entries]


def _content_headers(entry: Entry, etag: str, commit: str, *, inline: bool) -> dict[str, str]:
    name = entry.path.rpartition("/")[2]
    disposition = f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name, errors='surrogateescape')}"
    if _PLAIN_NAME.fullmatch(name):
        # For curl -J and scripts, which read only this form.
        disposition += f'; filename="{name}"'
    return {
        "ETag": f'"{etag}"',
        "X-Repo-Commit": commit,
        "Accept-Ranges": "bytes",
        "Content-Disposition": disposition,
        # An uploaded file may be a web page: it must never run with the Hub's own origin.
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }


def _media_type(path: str) -> str:
    guessed = mimetypes.guess_type(path)[0] or ""
    # An SVG may contain scripts.
    if guessed.startswith(("image/", "audio/", "video/")) and "svg" not in guessed:
        return guessed
    if guessed.startswith(("text/", "application/json")):
        return "text/plain; charset=utf-8"
    return "application/octet-stream"


def _large_file(hub: Hub, repository: Repository, entry: Entry) -> LfsPointer | None:
    """Return the pointer of a large file that was uploaded to this repository. Any other pointer is just text."""
    pointer = entry.lfs
    if pointer is None or readable_size(hub, repository.id, pointer.oid) is None or not hub.blobs.has(pointer.oid):
        return None
    return pointer


def _open(hub: Hub, request: Request, caller: Caller, *, raw: bool) -> Response:
    """Prepare the response for a file; runs in a worker thread."""
    call = Call(hub, request, caller, b"")
    repository = call.readable()
    path = call.parameters["path"]
    with open_revision(hub, repository, call.parameters["revision"]) as at:
        entry = at.file(path)
        large = None if raw else _large_file(hub, repository, entry)
        inline = raw or not request.query_params.get("download")
        headers = _content_headers(entry, large.oid if large else entry.oid, at.commit.oid, inline=inline)
        if large:
            headers["X-Linked-ETag"] = headers["ETag"]
            headers["X-Linked-Size"] = str(entry.size)
            if entry.xet_hash:
                route = f"{call.base_url}/api/{repository.type}s/{repository.full_name}/xet-read-token/{at.commit.oid}"
                headers["X-Xet-Hash"] = entry.xet_hash
                headers["X-Xet-Refresh-Route"] = route
                headers["Link"] = f'<{route}>; rel="xet-auth"'
        if status := conditions.status_of(request, headers["ETag"]):
            return Response(status_code=status, headers=headers)
        conditions.ignore_old_range(request, headers["ETag"])
        with hub.database.relaxed_transaction():
            if request.headers.get("x-hf-download-counter"):
                count_download(hub, repository)
            if request.method == "GET":
                call.record(
                    "file.downloaded", repository, path=path, commit=at.commit.oid, files=1, size=entry.size,
                    weights=is_weights(path),
                )  # fmt: skip
            elif loads_weights(request, path):
                call.record("model.loaded", repository, path=path, commit=at.commit.oid, weights=True)
        if large:
            ignore_malformed(request)
            return blob_response(hub.blobs, large.oid, headers)
        return ranged(request, at.blob(entry), headers, _media_type(path))


async def _serve(request: Request, *, raw: bool) -> Response:
    hub: Hub = request.app.state.hub
    try:
        return await anyio.to_thread.run_sync(lambda: _open(hub, request, admit(hub, request), raw=raw))
    except Refusal as refusal:
        return refused(request, refusal)


async def serve_file(request: Request) -> Response:
    """``HEAD`` and ``GET /{id}/resolve/{revision}/{path}``: download a file; large ones are blobs."""
    return await _serve(request, raw=False)


async def serve_raw(request: Request) -> Response:
    """``GET /{id}/raw/{revision}/{path}``: download the content stored in git; for a large file, its pointer."""
    return await _serve(request, raw=True)
