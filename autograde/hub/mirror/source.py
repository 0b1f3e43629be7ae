"""Read repositories of another Hub through its API."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urljoin, urlsplit

from autograde.errors import HubRefused, HubUnreachable
from autograde.hub.repos.binaries import is_binary
from autograde.hub.repos.commits import INITIAL_GITATTRIBUTES
from autograde.hub.repos.repositories import URL_PREFIX
from autograde.hub.repos.wildmatch import is_lfs_path
from autograde.i18n.translation import messages

_ = messages("hub")

#: Seconds for one answer, and for the next bytes of a download.
_PATIENCE = 60.0

#: Bytes read at a time.
PIECE = 1 << 20

_NAME = re.compile(
    r"(?:(?P<kind>models|datasets|spaces)/)?(?P<name>\w[\w.-]*/\w[\w.-]*)(?:@(?P<revision>\S+))?", re.ASCII
)


@dataclass(frozen=True)
class Wanted:
    """A repository to copy: its type, ``owner/name``, and a branch, tag or commit."""

    type: str
    name: str
    revision: str = "main"

    def __str__(self) -> str:
        return URL_PREFIX[self.type] + self.name


def wanted(text: str) -> Wanted:
    """Parse ``owner/name``, ``datasets/owner/name`` or ``owner/name@revision``.

    Raises:
        HubRefused: it is none of these.
    """
    found = _NAME.fullmatch(text.strip())
    if not found:
        raise HubRefused(
            _("{text} is not the name of a repository.").format(text=repr(text)),
            _("Write owner/name, datasets/owner/name, or owner/name@revision."),
        )
    return Wanted((found["kind"] or "models").removesuffix("s"), found["name"], found["revision"] or "main")


def listed(text: str) -> list[Wanted]:
    """Parse a list such as ``models.txt``: one repository on each line, ``#`` begins a comment. Raises as
    :func:`wanted`."""
    lines = (line.partition("#")[0].strip() for line in text.lstrip("\ufeff").splitlines())
    return [wanted(line) for line in lines if line]


@dataclass(frozen=True)
class SourceFile:
    """A file of the other Hub. ``size`` is in bytes; ``sha256`` is None for a file that is stored in git itself."""

    path: str
    size: int
    oid: str
    sha256: str | None


@dataclass(frozen=True)
class Described:
    """A repository of the other Hub at one commit. ``gated`` is empty, ``auto`` or ``manual``."""

    wanted: Wanted
    commit: str
    private: bool
    gated: str
    licence: str
    files: tuple[SourceFile, ...]


class Reader(Protocol):
    """Something that repositories can be copied from."""

    endpoint: str

    def read(self, at: Described, file: SourceFile, start: int, write: Callable[[bytes], object]) -> None:
        """Pass on a file from the byte ``start`` on, piece by piece."""


class Given:
    """Contents that are on this machine as something to copy from.

    Args:
        endpoint: what commit messages call it.
        contents: the files, by path.
    """

    def __init__(self, endpoint: str, contents: Mapping[str, bytes]) -> None:
        self.endpoint = endpoint
        self._contents = {".gitattributes": INITIAL_GITATTRIBUTES.encode(), **contents}

    def describe(self, repository: Wanted) -> Described:
        """Return what the copy will have; its commit is a digest of all contents."""
        files = tuple(self._file(path, content) for path, content in sorted(self._contents.items()))
        digest = hashlib.sha1(repr(files).encode(), usedforsecurity=False).hexdigest()
        return Described(repository, digest, private=False, gated="", licence="", files=files)

    @staticmethod
    def _file(path: str, content: bytes) -> SourceFile:
        large = is_lfs_path(INITIAL_GITATTRIBUTES, path) or is_binary(content)
        sha256 = hashlib.sha256(content).hexdigest() if large else None
        return SourceFile(path, len(content), blob_id(content), sha256)

    def read(self, at: Described, file: SourceFile, start: int, write: Callable[[bytes], object]) -> None:
        """Pass on a file from the byte ``start`` on."""
        write(self._contents[file.path][start:])


def blob_id(content: bytes | bytearray) -> str:
    """Return git's name of a file's content, a SHA-1."""
    return hashlib.sha1(b"blob %d\0%s" % (len(content), content), usedforsecurity=False).hexdigest()


class _SameOrigin(urllib.request.HTTPRedirectHandler):
    """Follow redirections, and send the access token only to the Hub that it is for."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        followed = super().redirect_request(req, fp, code, msg, headers, newurl)
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        token = req.unredirected_hdrs.get("Authorization")
        if followed is not None and token and (old.scheme, old.netloc) == (new.scheme, new.netloc):
            followed.add_unredirected_header("Authorization", token)
        return followed


class Source:
    """Another Hub.

    Args:
        endpoint: its URL.
        token: an access token for private and gated repositories; empty: none.
        pause: waits some seconds between two tries; replaced in tests.
    """

    def __init__(self, endpoint: str, token: str = "", pause: Callable[[float], None] = time.sleep) -> None:
        self.endpoint, self.token, self._pause = endpoint.rstrip("/"), token, pause
        self._opener = urllib.request.build_opener(_SameOrigin())

    @contextmanager
    def _open(self, url: str, body: Any = None, **headers: str) -> Iterator[Any]:
        if urlsplit(url).scheme not in ("http", "https"):
            raise HubRefused(_("{url} is not an address that can be downloaded.").format(url=url))
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            url, None if body is None else json.dumps(body).encode(), headers
        )
        if self.token and url.startswith(self.endpoint + "/"):
            request.add_unredirected_header("Authorization", f"Bearer {self.token}")
        if body is not None:
            request.add_header("Content-Type", "application/vnd.git-lfs+json")
        with self._opener.open(request, timeout=_PATIENCE) as answer:
            yield answer

    def _json(self, url: str, body: Any = None) -> tuple[Any, str]:
        """Return an answer, and the address of the next page; empty if it is the last one."""
        with self._tried(url), self._open(url, body, Accept="application/json") as answer:
            link = re.search(r'<([^>]+)>;\s*rel="next"', answer.headers.get("Link") or "")
            return json.loads(answer.read()), urljoin(url, link[1]) if link else ""

    @contextmanager
    def _tried(self, url: str) -> Iterator[None]:
        try:
            yield
        except urllib.error.HTTPError as error:
            code, said = error.headers.get("X-Error-Code"), error.headers.get("X-Error-Message") or error.reason
            error.close()
            raise HubRefused(*_explained(self.endpoint, url, error.code, code or "", said)) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise HubUnreachable(
                _("{endpoint} does not answer: {error}.").format(endpoint=self.endpoint, error=error),
                _("Check the address and try again."),
            ) from None

    def describe(self, repository: Wanted) -> Described:
        """Return what a repository has.

        Raises:
            HubRefused: it does not exist there, or is private or gated.
            HubUnreachable: the other Hub does not answer.
        """
        base = f"{self.endpoint}/api/{repository.type}s/{repository.name}"
        info, __ = self._json(f"{base}/revision/{quote(repository.revision, safe='')}")
        files: list[SourceFile] = []
        following = f"{base}/tree/{info['sha']}?recursive=true&expand=false"
        while following:
            entries, following = self._json(following)
            for entry in entries:
                if entry["type"] == "file":
                    lfs = entry.get("lfs") or {}
                    files.append(SourceFile(entry["path"], entry["size"], entry["oid"], lfs.get("oid")))
        card = info.get("cardData") or {}
        licence = card.get("license")
        return Described(
            repository, info["sha"], bool(info.get("private")), str(info.get("gated") or ""),
            licence if isinstance(licence, str) else "", tuple(files),
        )  # fmt: skip

    def read(self, at: Described, file: SourceFile, start: int, write: Callable[[bytes], object]) -> None:
        """Download a file from the byte ``start`` on, and pass it on piece by piece. After a break it is tried again.

        Raises:
            HubRefused: the other Hub refuses it.
            HubUnreachable: it does not answer.
        """
        url = f"{self.endpoint}/{at.wanted}/resolve/{at.commit}/{quote(file.path)}"
        self.fetch(url, file.size, start, write)

    def fetch(self, url: str, size: int, start: int, write: Callable[[bytes], object]) -> None:
        """Download from an address as :meth:`read`."""
        if start >= size > 0:
            return
        for attempt in range(5):
            if attempt:
                self._pause(2.0**attempt)
            try:
                ranged = {"Range": f"bytes={start}-"} if start else {}
                with self._open(url, **ranged) as answer:
                    if start and answer.status != 206:
                        answer.read(start)
                    while data := answer.read(PIECE):
                        write(data)
                        start += len(data)
                if start >= size:
                    return
            except urllib.error.HTTPError as error:
                with self._tried(url):
                    raise error
            except (OSError, http.client.HTTPException):
                continue
        raise HubUnreachable(
            _("{endpoint} broke off a download five times: {url}").format(endpoint=self.endpoint, url=url),
            _("Run the same command again: it continues where it was."),
        )

    def large_files(self, repository: Wanted, oids: dict[str, int]) -> dict[str, str]:
        """Return the download addresses of large files, by SHA-256, without those that the other Hub has lost."""
        found: dict[str, str] = {}
        names = list(oids)
        for first in range(0, len(names), 100):
            objects = [{"oid": oid, "size": oids[oid]} for oid in names[first : first + 100]]
            batch = {"operation": "download", "transfers": ["basic"], "objects": objects}
            answer, __ = self._json(f"{self.endpoint}/{repository}.git/info/lfs/objects/batch", batch)
            for item in answer["objects"]:
                if href := item.get("actions", {}).get("download", {}).get("href"):
                    found[item["oid"]] = href
        return found


def _explained(endpoint: str, url: str, status: int, code: str, said: str) -> tuple[str, str]:
    """Return what happened and what to do next."""
    name = "/".join(urlsplit(url.removeprefix(endpoint)).path.split("/")[1:5])
    if code == "GatedRepo":
        return (
            _("{name} is gated: {said}").format(name=name, said=said),
            _("Ask for access on its page, then give an access token with --token-env."),
        )
    if status in (401, 404) and code in ("RepoNotFound", ""):
        return (
            _("{endpoint} has no {name}, or it is private.").format(endpoint=endpoint, name=name),
            _("Check the name. For a private repository give an access token with --token-env."),
        )
    return (
        _("{endpoint} refused {name}: {status} {said}").format(endpoint=endpoint, name=name, status=status, said=said),
        "",
    )
