"""Pages of a repository's folders and files."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from autograde.hub.markdown.highlighting import highlighted, language_of_file
from autograde.hub.pages.rendering import render
from autograde.hub.pages.repository import common, crumbs, repository_and_revision, url
from autograde.hub.pages.visible import visible_text
from autograde.hub.repos import history
from autograde.hub.repos.branches import branches_and_tags
from autograde.hub.repos.contents import Entry, Revision, open_revision
from autograde.hub.repos.repositories import Repository
from autograde.hub.repos.tensors import TensorInfo, tensors_in
from autograde.hub.repos.uploads import readable_size
from autograde.hub.web.calls import Call

if TYPE_CHECKING:
    from markupsafe import Markup

#: Files of a folder, and tensors of a file, on one page.
FILES = 80
TENSORS = 200

#: The largest text that is shown, in bytes.
_MAX_TEXT = 4 << 20

#: The length of one page of a text, and of its HTML, in characters.
_PAGE_TEXT = 12 << 10
_PAGE_HTML = 32 << 10

#: Longer lines are truncated, in characters.
_LINE = 2000

#: The largest one-line JSON file that is reformatted, in bytes.
_MAX_REFORMATTED = 256 << 10

_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp")


@dataclass(frozen=True)
class TextPart:
    """The lines of a file that one page shows.

    Attributes:
        code: the lines as HTML.
        first: number of the first line, from 1.
        last: number of the last line.
        lines: number of lines in the file.
        cut: whether a line is truncated.
    """

    code: Markup
    first: int
    last: int
    lines: int
    cut: bool


def tree(call: Call) -> Response:
    """``/{owner}/{name}/tree/{revision}[/{path}]``: a folder."""
    repository, revision = repository_and_revision(call)
    path = call.parameters.get("path", "").strip("/")
    number = call.number("p")
    with open_revision(call.hub, repository, revision) as at:
        entries = sorted(at.list(path), key=lambda entry: (not entry.is_folder, entry.path.lower()))
        shown = entries[number * FILES : (number + 1) * FILES]
        head = at.commit
        last = history.last_commits(call.hub, repository, head.oid, [entry.path for entry in shown])
        commits = history.count(call.hub, repository, head.oid)
    rows = [(entry, entry.path.rpartition("/")[2], url(entry.path), last.get(entry.path)) for entry in shown]
    return render(
        call, "tree.html", **common(call, repository, revision, "files"), rows=rows, crumbs=crumbs(path), head=head,
        commits=commits, refs=branches_and_tags(call.hub, repository), files=len(entries), page=number,
        first=number * FILES + 1, more=len(entries) > (number + 1) * FILES,
    )  # fmt: skip


def blob(call: Call) -> Response:
    """``/{owner}/{name}/blob/{revision}/{path}``: a file, with a preview if possible."""
    repository, revision = repository_and_revision(call)
    path = call.parameters["path"].strip("/")
    with open_revision(call.hub, repository, revision) as at:
        entry = at.file(path)
        shown = _shown(call, repository, at, entry)
        last = history.last_commits(call.hub, repository, at.commit.oid, [path]).get(path)
    return render(
        call, "blob.html", **common(call, repository, revision, "files"), entry=entry, name=path.rpartition("/")[2],
        path=url(path), crumbs=crumbs(path), last=last, **shown,
    )  # fmt: skip


def _shown(call: Call, repository: Repository, at: Revision, entry: Entry) -> dict[str, Any]:
    """Return a file's preview: ``part`` of a text, ``tensors``, an ``image``, or none of them.

    For a large file also ``pointer``, its LFS pointer in git. ``missing`` means that the large file itself was never
    uploaded to this repository.
    """
    shown: dict[str, Any] = {
        "part": None, "tensors": None, "image": False, "pointer": None, "missing": False, "reformatted": False,
    }  # fmt: skip
    name = entry.path.lower()
    if entry.lfs:
        shown["pointer"] = entry.lfs.text().decode()
        shown["missing"] = readable_size(call.hub, repository.id, entry.lfs.oid) is None
        if shown["missing"] or not call.hub.blobs.has(entry.lfs.oid):
            return shown
        if name.endswith(".safetensors"):
            with call.hub.blobs.open(entry.lfs.oid) as stream:
                shown |= _tensors(call, tensors_in(stream))
        shown["image"] = name.endswith(_IMAGES)
        return shown
    if name.endswith(_IMAGES):
        return shown | {"image": True}
    if entry.blob_size > _MAX_TEXT:
        return shown
    content = at.blob(entry)
    if name.endswith(".safetensors") and (found := tensors_in(io.BytesIO(content))) is not None:
        return shown | _tensors(call, found)
    if b"\0" in content[:8000]:
        return shown
    if content.startswith(b"version https://git-lfs.github.com/spec/"):
        shown["missing"] = True
    text = content.decode("utf-8", "replace")
    if name.endswith(".json") and "\n" not in text.strip() and len(content) <= _MAX_REFORMATTED:
        text, shown["reformatted"] = _reformatted(text)
    return shown | {"part": part_of(text, language_of_file(name), call.number("from"))}


def _tensors(call: Call, found: list[TensorInfo] | None) -> dict[str, Any]:
    if found is None:
        return {}
    number = call.number("p")
    rows = [
        (tensor.name, tensor.dtype, " × ".join(map(str, tensor.shape)) or "1")
        for tensor in found[number * TENSORS : (number + 1) * TENSORS]
    ]
    return {
        "tensors": rows, "number": len(found), "page": number, "more": len(found) > (number + 1) * TENSORS,
        "parameters": sum(tensor.parameters for tensor in found),
    }  # fmt: skip


def _reformatted(text: str) -> tuple[str, bool]:
    """Reformat one-line JSON with one line per value; return the text, and whether it was changed.

    Returns other texts unchanged, and also JSON that would become much longer: a number inside a thousand lists is
    indented by two thousand blanks.
    """
    pieces, length = list[str](), 0
    try:
        for piece in json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(json.loads(text)):
            length += len(piece)
            if length > _MAX_TEXT:
                return text, False
            pieces.append(piece)
    except (ValueError, RecursionError):
        return text, False
    reformatted = "".join(pieces)
    return reformatted, reformatted != text.strip()


def part_of(text: str, language: str, first: int) -> TextPart:
    """Return as many lines of a text, starting at line ``first``, as fit on a page."""
    text = text.replace("\r\n", "\n").removesuffix("\n")
    number = text.count("\n") + 1
    first = min(max(first, 1), number)
    start = 0
    for __ in range(first - 1):
        start = text.index("\n", start) + 1
    # Split off only the lines that can fit on the page: four megabytes may have millions.
    lines = text[start:].split("\n", _PAGE_TEXT)[:_PAGE_TEXT]
    room = _PAGE_TEXT
    while True:
        taken, used, cut = list[str](), 0, False
        for line in lines:
            cut = cut or len(line) > _LINE
            shown = visible_text(line if len(line) <= _LINE else line[:_LINE] + "…")
            if taken and used + len(shown) + 1 > room:
                break
            used += len(shown) + 1
            taken.append(shown)
        code = highlighted("\n".join(taken), language)
        if len(code) <= _PAGE_HTML or len(taken) == 1:
            return TextPart(code, first, first + len(taken) - 1, number, cut)
        # The HTML of many short tokens is too long: show proportionally fewer lines, at least one fewer.
        room = min(used * _PAGE_HTML // len(code), used - 1)
