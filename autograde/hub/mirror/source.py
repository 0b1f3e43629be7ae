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
from autograde.hub.pages.visible import visible
from autograde.hub.repos.binaries import is_binary
from autograde.hub.repos.gitattributes import INITIAL_GITATTRIBUTES, is_lfs_path
from autograde.hub.repos.pointers import is_oid
from autograde.hub.repos.repositories import URL_PREFIX
from autograde.hub.untrusted import clean_text
from autograde.i18n.translation import messages

_ = messages("hub")

#: Time limit in seconds for a response, and for the next bytes of a download.
_TIMEOUT = 60.0

#: Bytes read at a time.
PIECE = 1 << 20

#: Limits for lists of another Hub: bytes of one response, number of pages, and of files.
_MAX_JSON, _MAX_PAGES, _MAX_FILES = 64 << 20, 2000, 500_000

#: The largest file that another Hub may announce, in bytes; the Hub counts with 64 bits.
_MAX_SIZE = 1 << 50

_COMMIT = re.compile("[0-9a-f]{40}")

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
    """A file on the other Hub. ``size`` is in bytes; ``sha256`` is None for a file that is stored in git itself."""

    path: str
    size: int
    oid: str
    sha256: str | None


@dataclass(frozen=True)
class Described:
    """A repository on the other Hub at one commit. ``gated`` is empty, ``auto`` or ``manual``."""

    wanted: Wanted
    commit: str
    private: bool
    gated: str
    licence: str
    files: tuple[SourceFile, ...]


class Reader(Protocol):
    """A source that repositories can be copied from."""

    endpoint: str

    def read(self, at: Described, file: SourceFile, start: int, write: Callable[[bytes], object]) -> None:
        """Call ``write`` with the pieces of a file, starting at the byte ``start``."""


class LocalContents:
    """Files on this machine as a source.

    Args:
        endpoint: name of the source in commit messages.
        contents: the files, by path.
    """

    def __init__(self, endpoint: str, contents: Mapping[str, bytes]) -> None:
        self.endpoint = endpoint
        self._contents = {".gitattributes": INITIAL_GITATTRIBUTES.encode(), **contents}

    def describe(self, repository: Wanted) -> Described:
        """Describe the files as a repository; its commit id is a digest of all contents."""
        files = tuple(self._file(path, content) for path, content in sorted(self._contents.items()))
        digest = hashlib.sha1(repr(files).encode(), usedforsecurity=False).hexdigest()
        return Described(repository, digest, private=False, gated="", licence="", files=files)

    @staticmethod
    def _file(path: str, content: bytes) -> SourceFile:
        large = is_lfs_path(INITIAL_GITATTRIBUTES, path) or is_binary(content)
        sha256 = hashlib.sha256(content).hexdigest() if large else None
        return SourceFile(path, len(content), blob_id(content), sha256)

    def read(self, at: Described, file: SourceFile, start: int, write: Callable[[bytes], object]) -> None:
        """Call ``write`` with a file's content, starting at the byte ``start``."""
        write(self._contents[file.path][start:])


def blob_id(content: bytes | bytearray) -> str:
    """Return git's id of a file's content, a SHA-1."""
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
        token: an access token for private and gated repositories, or empty.
        pause: waits for some seconds between two attempts; replaced in tests.
    """

    def __init__(self, endpoint: str, token: str = "", pause: Callable[[float], None] = time.sleep) -> None:
        self.endpoint, self.token, self._pause = endpoint.rstrip("/"), token, pause
        self._opener = urllib.request.build_opener(_SameOrigin())

    @contextmanager
    def _open(self, url: str, body: Any = None, **headers: str) -> Iterator[Any]:
        if urlsplit(url).scheme not in ("http", "https"):
            raise HubRefused(_("{url} is not an address that can be downloaded.").format(url=visible(url)))
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            url, None if body is None else json.dumps(body).encode(), headers
        )
        if self.token and url.startswith(self.endpoint + "/"):
            request.add_unredirected_header("Authorization", f"Bearer {self.token}")
        if body is not None:
            request.add_header("Content-Type", "application/vnd.git-lfs+json")
        with self._opener.open(request, timeout=_TIMEOUT) as answer:
            yield answer

    def _json(self, url: str, body: Any = None) -> tuple[Any, str]:
        """Return a response's JSON, and the URL of the next page, or empty for the last one."""
        with self._errors_explained(url), self._open(url, body, Accept="application/json") as answer:
            link = re.search(r'<([^>]+)>;\s*rel="next"', answer.headers.get("Link") or "")
            if len(content := answer.read(_MAX_JSON + 1)) > _MAX_JSON:
                raise self._unexpected(url)
            try:
                return json.loads(content), urljoin(url, link[1]) if link else ""
            except RecursionError:
                raise self._unexpected(url) from None

    def _unexpected(self, url: str) -> HubRefused:
        """Return the error for a response that is not a Hub's."""
        return HubRefused(
            _("{endpoint} gave an answer that no Hub gives: {url}").format(endpoint=self.endpoint, url=visible(url)),
            _("Check the address."),
        )

    @contextmanager
    def _errors_explained(self, url: str) -> Iterator[None]:
        """Replace errors of a request with :class:`HubRefused` or :class:`HubUnreachable`."""
        try:
            yield
        except urllib.error.HTTPError as error:
            code, message = error.headers.get("X-Error-Code"), error.headers.get("X-Error-Message") or error.reason
            error.close()
            raise HubRefused(*_explained(self.endpoint, url, error.code, code or "", message)) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise HubUnreachable(
                _("{endpoint} does not answer: {error}.").format(endpoint=self.endpoint, error=visible(error)),
                _("Check the address and try again."),
            ) from None

    def describe(self, repository: Wanted) -> Described:
        """Return a repository's commit, settings and files.

        Raises:
            HubRefused: it does not exist there, or is private or gated.
            HubUnreachable: the other Hub does not answer.
        """
        base = f"{self.endpoint}/api/{repository.type}s/{repository.name}"
        info, __ = self._json(f"{base}/revision/{quote(repository.revision, safe='')}")
        if not isinstance(info, dict) or not _COMMIT.fullmatch(str(info.get("sha"))):
            raise self._unexpected(base)
        files: list[SourceFile] = []
        following = f"{base}/tree/{info['sha']}?recursive=true&expand=false"
        for ___ in range(_MAX_PAGES):
            entries, following = self._json(following)
            for entry in entries if isinstance(entries, list) else [None]:
                if isinstance(entry, dict) and entry.get("type") == "directory":
                    continue
                if (file := _file_of(entry)) is None:
                    raise self._unexpected(base)
                files.append(file)
            if len(files) > _MAX_FILES:
                raise self._unexpected(base)
            if not following:
                break
        else:
            raise self._unexpected(base)
        card = info.get("cardData")
        licence = card.get("license") if isinstance(card, dict) else None
        gated = info.get("gated")
        gate = "manual" if gated == "manual" else "auto" if gated else ""
        return Described(
            repository, info["sha"], bool(info.get("private")), gate,
            visible(licence) if isinstance(licence, str) else "", tuple(files),
        )  # fmt: skip

    def read(self, at: Described, file: SourceFile, start: int, write: Callable[[bytes], object]) -> None:
        """Download a file and call ``write`` with its pieces, starting at the byte ``start``. Retries after errors.

        Raises:
            HubRefused: the other Hub refuses it.
            HubUnreachable: it does not answer.
        """
        url = f"{self.endpoint}/{at.wanted}/resolve/{at.commit}/{quote(file.path)}"
        self.fetch(url, file.size, start, write)

    def fetch(self, url: str, size: int, start: int, write: Callable[[bytes], object]) -> None:
        """Download a file of ``size`` bytes from a URL, as :meth:`read` does; it raises the same errors."""
        if start >= size > 0:
            return
        for attempt in range(5):
            if attempt:
                self._pause(2.0**attempt)
            try:
                ranged = {"Range": f"bytes={start}-"} if start else {}
                with self._open(url, **ranged) as answer:
                    skip = start if answer.status != 206 else 0
                    while skip and (data := answer.read(min(skip, PIECE))):
                        skip -= len(data)
                    while data := answer.read(PIECE):
                        start += len(data)
                        if start > size:
                            raise self._unexpected(url)
                        write(data)
                if start >= size:
                    return
            except urllib.error.HTTPError as error:
                with self._errors_explained(url):
                    raise error
            except (OSError, http.client.HTTPException):
                continue
            except ValueError:  # a redirection to something that is not an address
                raise self._unexpected(url) from None
        raise HubUnreachable(
            _("{endpoint} broke off a download five times: {url}").format(endpoint=self.endpoint, url=visible(url)),
            _("Run the same command again: it continues where it was."),
        )

    def large_files(self, repository: Wanted, oids: dict[str, int]) -> dict[str, str]:
        """Return the download URLs of large files by SHA-256, without files that the other Hub does not have.

        Args:
            repository: the repository.
            oids: the sizes of the files in bytes, by SHA-256.

        Raises:
            HubRefused: the other Hub refuses the list, or its answer is malformed.
            HubUnreachable: it does not answer.
        """
        found: dict[str, str] = {}
        names = list(oids)
        for first in range(0, len(names), 100):
            objects = [{"oid": oid, "size": oids[oid]} for oid in names[first : first + 100]]
            batch = {"operation": "download", "transfers": ["basic"], "objects": objects}
            answer, __ = self._json(f"{self.endpoint}/{repository}.git/info/lfs/objects/batch", batch)
            try:
                for item in answer["objects"]:
                    if (href := item.get("actions", {}).get("download", {}).get("href")) and item["oid"] in oids:
                        found[item["oid"]] = str(href)
            except (KeyError, TypeError, AttributeError):
                raise self._unexpected(f"{self.endpoint}/{repository}") from None
        return found


def _file_of(entry: Any) -> SourceFile | None:
    """Parse an entry of a list; None if it is invalid. Its ids become names of files on this machine, so check them."""
    if not isinstance(entry, dict):
        return None
    path, size, oid, lfs = (entry.get(key) for key in ("path", "size", "oid", "lfs"))
    sha256 = lfs.get("oid") if isinstance(lfs, dict) else None
    if not isinstance(path, str) or not isinstance(size, int) or not _COMMIT.fullmatch(str(oid)):
        return None
    if not 0 <= size <= _MAX_SIZE:
        return None
    return SourceFile(clean_text(path), size, str(oid), sha256) if lfs is None or is_oid(sha256) else None


def _explained(endpoint: str, url: str, status: int, code: str, message: str) -> tuple[str, str]:
    """Return an error's message and what to do next."""
    name, message = "/".join(urlsplit(url.removeprefix(endpoint)).path.split("/")[1:5]), visible(message)[:500]
    if code == "GatedRepo":
        return (
            _("{name} is gated: {message}").format(name=name, message=message),
            _("Ask for access on its page, then give an access token with --token-env."),
        )
    if status in (401, 404) and code in ("RepoNotFound", ""):
        return (
            _("{endpoint} has no {name}, or it is private.").format(endpoint=endpoint, name=name),
            _("Check the name. For a private repository give an access token with --token-env."),
        )
    return (
        _("{endpoint} refused {name}: {status} {message}").format(
            endpoint=endpoint, name=name, status=status, message=message
        ),
        "",
    )
