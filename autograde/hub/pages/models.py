"""Pages about repositories: the front page and list, making one, its card, files, a file, its history."""

from __future__ import annotations

from itertools import islice
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from autograde.errors import HubRefused
from autograde.hub import access, accounts, history
from autograde.hub.api import gating
from autograde.hub.api.repositories import found_repository
from autograde.hub.calls import Call
from autograde.hub.cards import LICENSES, parse_card, tags
from autograde.hub.contents import Entry, Snapshot, resolve, snapshot
from autograde.hub.markdown import to_html
from autograde.hub.names import repository_name_problem
from autograde.hub.pages.people import required_user
from autograde.hub.pages.view import _marked, field, language_of, redirect, render
from autograde.hub.refusals import Refusal
from autograde.hub.repositories import Repository, Search, count, find_repository, search
from autograde.hub.tensors import tensors_of
from autograde.translation import translator

#: The largest text that a page shows, in bytes.
_SHOWN = 256 << 10
_PAGE = 50


def home(call: Call) -> Response:
    """``/``: what this Hub is, and its models."""
    return _list(call, "home.html", Search(type="model", viewer=_viewer(call)), most=12)


def listing(call: Call) -> Response:
    """``/models``, ``/datasets`` and ``/spaces``: list and search."""
    text = call.request.query_params.get("search", "").strip()
    wanted = Search(type=call.repository_type, viewer=_viewer(call), text=text)
    return _list(call, "list.html", wanted, most=200, type=wanted.type, search=text)


def _viewer(call: Call) -> tuple[str, ...]:
    return accounts.namespaces(call.hub, call.caller.user)


def _list(call: Call, template: str, wanted: Search, *, most: int, **context: Any) -> Response:
    """A page with the first repositories of a list, and how many there are."""
    seen = (r for r in search(call.hub, wanted) if access.can_see(call.hub, call.caller, r))
    return render(call, template, repositories=list(islice(seen, most)), count=count(call.hub, wanted), **context)


def new(call: Call) -> Response:
    """``/new``: make a model repository."""
    user = required_user(call)
    if isinstance(user, Response):
        return user
    owners = [user, *(org for org, role in accounts.organizations(call.hub, user) if role in ("write", "admin"))]
    given = {"owner": user.name, "name": "", "visibility": "public", "license": ""}
    if call.request.method == "GET":
        return render(call, "new.html", owners=owners, licenses=LICENSES, problem="", given=given)
    _ = translator("hub", language_of(call.request))
    given = {key: field(call, key).strip() or value for key, value in given.items()}
    owner = next((o for o in owners if o.name == given["owner"]), None)
    try:
        if problem := repository_name_problem(given["name"], language_of(call.request)):
            raise HubRefused(problem)
        if owner is None:
            raise HubRefused(_("You cannot make repositories under this name; choose one from the list."))
        if (taken := find_repository(call.hub, "model", f"{owner.name}/{given['name']}")) and (
            taken.full_name.lower() == f"{owner.name}/{given['name']}".lower()
        ):
            raise HubRefused(
                _("There is a model called {name} already; choose another name.").format(name=taken.full_name)
            )
        card = f"---\nlicense: {given['license']}\n---\n" if given["license"] in LICENSES else ""
        repository = found_repository(
            call, owner, given["name"], type="model", private=given["visibility"] == "private", card=card
        )
    except HubRefused as refused:
        return render(call, "new.html", 400, owners=owners, licenses=LICENSES, problem=refused.what, given=given)
    return redirect(f"/{repository.full_name}")


def _repository(call: Call) -> tuple[Repository, str]:
    """The repository and the revision that a page is about."""
    return call.readable(), call.parameters.get("revision", "main")


def common(call: Call, repository: Repository, revision: str, tab: str) -> dict[str, Any]:
    """What every page of a repository needs."""
    return {
        "repository": repository, "revision": revision, "tab": tab, "base": f"/{repository.path}",
        "rev": quote(revision, safe=""), "can_write": access.can_write(call.hub, call.caller, repository),
        "can_change": access.can_change(call.hub, call.caller, repository),
    }  # fmt: skip


def card(call: Call) -> Response:
    """``/{owner}/{name}``: the model card; for a repository without files, the commands that fill it."""
    repository = call.visible()
    if not access.can_read(call.hub, call.caller, repository):
        if call.request.method == "POST":
            gating.ask(call)
            return redirect(f"/{repository.path}")
        asked = access.request_status(call.hub, call.caller, repository)
        return render(call, "gated.html", **common(call, repository, "main", "card"), asked=asked)
    repository, revision = _repository(call)
    shared = common(call, repository, revision, "card")
    with snapshot(call.hub, repository, revision) as at:
        listed = at.list(recursive=True)
        readme = at.text("README.md", call.hub.config.limits.card)
        commits = history.count(call.hub, repository, at.commit.oid)
    parsed = parse_card(readme or "", type=repository.type)
    empty = all(entry.path in (".gitattributes", "README.md") for entry in listed) and commits == 1
    return render(
        call, "card.html", **shared, empty=empty, tags=tags(parsed, repository.type), card=to_html(parsed.text),
        files=sum(not e.is_folder for e in listed), size=sum(e.size for e in listed), commits=commits,
    )  # fmt: skip


def _crumbs(path: str) -> list[tuple[str, str]]:
    parts = path.split("/") if path else []
    return [(part, quote("/".join(parts[: depth + 1]))) for depth, part in enumerate(parts)]


def tree(call: Call) -> Response:
    """``/{owner}/{name}/tree/{revision}[/{path}]``: a folder."""
    repository, revision = _repository(call)
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
    repository, revision = _repository(call)
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


def commits(call: Call) -> Response:
    """``/{owner}/{name}/commits/{revision}``: the history."""
    repository, revision = _repository(call)
    page = call.request.query_params.get("p", "0")
    number = int(page) if page.isdecimal() and len(page) < 7 else 0
    listed = history.commits(call.hub, repository, revision, skip=number * _PAGE, limit=_PAGE + 1)
    return render(
        call, "commits.html", **common(call, repository, revision, "commits"), commits=listed[:_PAGE], page=number,
        more=len(listed) > _PAGE,
    )  # fmt: skip


def commit(call: Call) -> Response:
    """``/{owner}/{name}/commit/{id}``: one commit and what it changed."""
    repository, revision = _repository(call)
    oid = resolve(call.hub, repository, revision)
    if oid is None:
        raise Refusal(404, "", code="RevisionNotFound")
    with call.hub.git.reader(repository.id) as reader:
        record = reader.commit(oid)
    diff = call.hub.git.run(
        repository.id, "show", "--format=", "--no-color", "--no-ext-diff", "--no-textconv", "-M", oid
    )
    lines = diff[:_SHOWN].decode("utf-8", "replace").splitlines()
    return render(
        call,
        "commit.html",
        **common(call, repository, "main", "commits"),
        commit=record,
        lines=lines,
        cut=len(diff) > _SHOWN,
    )


def lost(call: Call) -> Response:
    """Any other address."""
    name = call.request.scope["path"].strip("/")
    if name.count("/") == 1 and find_repository(call.hub, "model", name) is not None:
        return redirect(f"/{name}")
    raise Refusal(404, _marked("There is no page at this address."))
