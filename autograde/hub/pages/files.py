"""Pages of a repository's folders and files."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from autograde.hub import history
from autograde.hub.calls import Call
from autograde.hub.contents import Entry, Snapshot, snapshot
from autograde.hub.pages.repository import common, repository_and_revision
from autograde.hub.pages.view import render
from autograde.hub.repositories import Repository
from autograde.hub.tensors import tensors_of

#: The largest text that a page shows, in bytes.
_SHOWN = 256 << 10


def _crumbs(path: str) -> list[tuple[str, str]]:
    parts = path.split("/") if path else []
    return [(part, quote("/".join(parts[: depth + 1]))) for depth, part in enumerate(parts)]


def tree(call: Call) -> Response:
    """``/{owner}/{name}/tree/{revision}[/{path}]``: a folder."""
    repository, revision = repository_and_revision(call)
    path = call.parameters.get("path", "").strip("/")
    with snapshot(call.hub, repository, revision) as at:
        entries = sorted(at.list(path), key=lambda e: (not e.is_folder, e.path.lower()))[:1000]
        head = at.commit
        last = history.last_commits(call.hub, repository, head.oid, [entry.path for entry in entries])
        commits = history.count(call.hub, repository, head.oid)
    rows = [(entry, entry.path.rpartition("/")[2], quote(entry.path), last.get(entry.path)) for entry in entries]
    return render(
        call, "tree.html", **common(call, repository, revision, "files"), rows=rows, crumbs=_crumbs(path), head=head,
        commits=commits, refs=_refs(call, repository),
    )  # fmt: skip


def _refs(call: Call, repository: Repository) -> list[str]:
    lines = call.hub.git.run(repository.id, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads", "refs/tags")
    return lines.decode().split()


def blob(call: Call) -> Response:
    """``/{owner}/{name}/blob/{revision}/{path}``: a file, shown where it can be shown."""
    repository, revision = repository_and_revision(call)
    path = call.parameters["path"].strip("/")
    with snapshot(call.hub, repository, revision) as at:
        entry = at.file(path)
        shown = _shown(call, at, entry)
        last = history.last_commits(call.hub, repository, at.commit.oid, [path]).get(path)
    return render(
        call, "blob.html", **common(call, repository, revision, "files"), entry=entry, name=path.rpartition("/")[2],
        path=quote(path), crumbs=_crumbs(path), last=last, **shown,
    )  # fmt: skip


def _shown(call: Call, at: Snapshot, entry: Entry) -> dict[str, Any]:
    """How a page shows a file: ``text``, ``tensors``, ``image`` or none of them; of a large file also ``pointer``."""
    shown: dict[str, Any] = {"text": None, "tensors": None, "image": False, "pointer": None}
    if entry.lfs:
        shown["pointer"] = entry.lfs.text().decode()
        if entry.path.endswith(".safetensors") and call.hub.blobs.has(entry.lfs.oid):
            found = tensors_of(call.hub.blobs.path(entry.lfs.oid))
            if found is not None:
                shown["tensors"] = [(t.name, t.dtype, " × ".join(map(str, t.shape)) or "1") for t in found]
    elif entry.path.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".webp")):
        shown["image"] = True
    elif entry.blob_size <= _SHOWN:
        content = at.blob(entry)
        if b"\0" not in content:
            shown["text"] = content.decode("utf-8", "replace")
    return shown
