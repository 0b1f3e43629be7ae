"""Observe the state of a Hub after an answer ran, from git, the database and the events, not from the answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Mapping as Dictionary

from autograde.hub import LocalHub, RepositoryView
from autograde.hub.events import Event
from autograde.hub.people.accounts import find_user
from autograde.hub.repos.cards import RepositoryCard, parse_card, tags
from autograde.hub.repos.gitattributes import INITIAL_GITATTRIBUTES, is_lfs_path
from autograde.hub.repos.pointers import parse_pointer
from autograde.judge.hub_state import (
    Attributes,
    CommitMessages,
    FileStatus,
    LicenseMissing,
    Storage,
    UploadRoute,
    Visibility,
)
from autograde.judge.initial_state import INITIAL_FILES, InitialState, PlannedRepository
from autograde.judge.observation import LONGEST_STRING, Mapping, Observation, listed

#: Largest number of files, repositories and downloads that are listed, to limit the size of an observation.
MOST = 200

#: An access token.
_TOKEN = re.compile(r"hf_[A-Za-z0-9]{30,}")

#: Kinds of download events: a git fetch, and files by their path or by the SHA-256 of their content.
_DOWNLOADS = ("git.fetched", "file.downloaded", "lfs.downloaded", "xet.downloaded")

#: Kinds of events without changes.
_LOOKING = (*_DOWNLOADS, "model.loaded")


def observe_hub(
    hub: LocalHub, initial: InitialState, expected: Dictionary[str, bytes], first: Dictionary[str, str] | None = None
) -> Mapping:
    """Return the state of the Hub.

    Args:
        hub: a Hub that was prepared for ``initial``, after the answer ran.
        initial: the state before.
        expected: ``{path: content}`` of the files that the answer must upload to the target repository.
        first: ``{repository: initial commit}`` of the repositories that existed before.

    Returns:
        A dictionary with

        - ``untouched``: whether nothing was changed;
        - ``changes``: the kinds of the events that changed something, for example ``git.pushed``;
        - ``repositories``: new repositories by type and name, for example ``model ada/m`` (see :func:`outline`);
        - ``target``: the target model repository (see :func:`repository_seen`), None if it does not exist;
        - ``downloads``: downloaded paths, and ``git`` for a clone or fetch of a repository that had files to fetch;
        - ``downloaded_with``: for each download after the last change of the target repository, the roles of the tokens
          that were used; ``none`` for a download without a token;
        - ``tokens``: the names of the given tokens that were used;
        - ``joined``: who signed up, ``{name: e-mail address}``.
    """
    there = {f"model {planned.owner}/{planned.name}" for planned in initial.repositories}
    made = [view for view in hub.repositories() if f"{view.type} {view.full_name}" not in there]
    entries = hub.events()
    used = {token.name: token.last_used_at is not None for token in hub.tokens(initial.account)}
    target = hub.repository(initial.repository) if initial.name else None
    there_now = target.files() if target is not None and target.exists and target.head() else {}
    paths = {hashlib.sha256(content).hexdigest(): path for path, content in (*there_now.items(), *expected.items())}
    filled = {f"{planned.owner}/{planned.name}" for planned in initial.repositories}
    downloads = [_downloaded(entry, paths) for entry in _fetched(entries, filled)]
    people = {
        entry.user: find_user(hub.hub, entry.user)
        for entry in entries
        if entry.kind == "account.created" and entry.user
    }
    return Mapping(
        (
            ("untouched", all(entry.kind in _LOOKING for entry in entries)),
            ("changes", listed(*sorted({entry.kind for entry in entries} - set(_LOOKING))[:MOST])),
            ("repositories", _named({f"{view.type} {view.full_name}": outline(view) for view in made[:MOST]})),
            (
                "target",
                repository_seen(hub, target, there_now, initial, expected, first or {})
                if target is not None and target.exists
                else None,
            ),
            ("downloads", listed(*(text(path) for path in dict.fromkeys(downloads[:MOST])))),
            ("downloaded_with", _named(_roles(entries, paths, target.full_name if target is not None else ""))),
            ("tokens", _named(dict(sorted(used.items())))),
            ("joined", _named({name: user.email if user else None for name, user in people.items()})),
        )
    )


def _fetched(entries: Iterable[Event], filled: Collection[str]) -> Iterator[Event]:
    """Yield the downloads, without clones of repositories that were still empty.

    Args:
        entries: events, oldest first.
        filled: names of the repositories that existed before.
    """
    full = set(filled)
    for entry in entries:
        if entry.kind in ("commit.created", "git.pushed") and entry.repository:
            full.add(entry.repository)
        if entry.kind in _DOWNLOADS and (entry.kind != "git.fetched" or entry.repository in full):
            yield entry


def _roles(entries: Sequence[Event], paths: Dictionary[str, str], name: str) -> dict[str, Observation]:
    """Return ``{path: roles}`` of the downloads from a repository since its last change; see :func:`observe_hub`."""
    own = [entry for entry in entries if entry.repository == name]
    changes = [place for place, entry in enumerate(own) if entry.kind in ("commit.created", "git.pushed")]
    roles: dict[str, set[str]] = {}
    for entry in own[max(changes, default=-1) + 1 :]:
        if entry.kind in _DOWNLOADS:
            roles.setdefault(_downloaded(entry, paths), set()).add(entry.token_role or "none")
    return {path: listed(*sorted(found)) for path, found in list(roles.items())[:MOST]}


def _downloaded(entry: Event, paths: Dictionary[str, str]) -> str:
    """Return the downloaded item: ``git`` for a fetch, otherwise the file's path or, if unknown, its SHA-256."""
    if entry.kind == "git.fetched":
        return "git"
    oid = str(entry.detail.get("oid"))
    return str(entry.detail.get("path") or paths.get(oid, oid))


def repository_seen(
    hub: LocalHub,
    view: RepositoryView,
    files: Dictionary[str, bytes],
    initial: InitialState,
    expected: Dictionary[str, bytes],
    first: Dictionary[str, str],
) -> Mapping:
    """Describe a repository; ``files`` are those of its branch main; for the other arguments see :func:`observe_hub`.

    Returns:
        A dictionary with

        - ``visibility``: a :class:`~autograde.judge.hub_state.Visibility`;
        - ``license``: the license in the model card's metadata, or ``""``;
        - ``files``: ``{path: status}`` of all expected and all other files, each a
          :class:`~autograde.judge.hub_state.FileStatus`;
        - ``different``: ``{path: sha256}`` of the expected files that are there with another content;
        - ``secret``: whether an access token is in the message of a commit;
        - ``storage``: where the files that should be in LFS are, a :class:`~autograde.judge.hub_state.Storage`;
        - ``initial``: whether the earlier commits still exist;
        - ``on_top``: number of new commits on ``main``, without the initial one of a new repository;
        - ``merges``: number of merge commits among them;
        - ``attributes``: the state of .gitattributes, an :class:`~autograde.judge.hub_state.Attributes`;
        - ``attributes_fingerprint``: the SHA-256 of .gitattributes, ``""`` if it is gone;
        - ``message``: whether all new commits have a message, a :class:`~autograde.judge.hub_state.CommitMessages`;
        - ``arrived``: how they were uploaded, an :class:`~autograde.judge.hub_state.UploadRoute`;
        - ``aside``: whether the API committed to other branches;
        - ``exposed``: whether it was ever public, even for a moment;
        - ``anew``: whether a repository of this name was deleted or renamed;
        - ``head``: the last commit of ``main``, or None;
        - ``elsewhere``: the other branches;
        - ``tags``: the tags.
    """
    large = set(view.lfs_paths()) if files else set()
    commits = view.commits() if files else []
    before = next((planned for planned in initial.repositories if _is(planned, view)), None)
    old = 1 if before is None or not before.files else 2
    # Find the initial commit by its missing parent, because commits of the same second may be listed in any order.
    roots = [commit for commit in commits if not commit.parents]
    entries = hub.events(repository=view.full_name)
    # A repository that is created again within the same second gets an initial commit with the same hash.
    deleted = view.full_name in first and any(entry.kind == "repository.deleted" for entry in entries)
    kept = (
        not deleted
        and len(commits) >= old
        and len(roots) == 1
        and roots[0].title == "initial commit"
        and ".gitattributes" in view.files(roots[0].oid)
        and first.get(view.full_name, roots[0].oid) == roots[0].oid
    )
    before_now = {roots[0].oid, *(commit.oid for commit in commits[len(commits) - old :])} if kept else set()
    new = (
        [commit for commit in commits if commit.oid not in before_now]
        if old > 1 or not kept
        else [commit for commit in commits if commit.oid != roots[0].oid]
    )
    card = parse_card(files.get("README.md", b"").decode("utf-8", "replace"))
    ways = {entry.kind for entry in entries if _on_main(entry.kind, entry.detail)}
    aside = any(entry.kind == "commit.created" and not _on_main(entry.kind, entry.detail) for entry in entries)
    submodules = view.submodules() if files else []
    return Mapping(
        (
            ("visibility", visibility(view)),
            ("license", text(_license(card))),
            ("files", _named(statuses(files, expected) | dict.fromkeys(submodules, FileStatus.EXTRA))),
            ("different", _named({
                path: fingerprint(files[path]) for path in expected if path in files and files[path] != expected[path]
            })),
            ("secret", any(_TOKEN.search(commit.message) for commit in commits)),
            ("storage", storage(files, large)),
            ("initial", kept),
            ("on_top", len(new)),
            ("merges", sum(len(commit.parents) > 1 for commit in new)),
            ("attributes", attributes(files.get(".gitattributes"))),
            ("attributes_fingerprint", fingerprint(files.get(".gitattributes"))),
            ("message", messages([commit.message for commit in new])),
            ("arrived", route(by_git="git.pushed" in ways, by_api="commit.created" in ways)),
            ("aside", aside),
            (
                "exposed",
                any(entry.kind == "repository.changed" and entry.detail.get("private") is False for entry in entries),
            ),
            ("anew", any(entry.kind in ("repository.deleted", "repository.moved") for entry in entries)),
            ("head", view.head()),
            ("elsewhere", listed(*(text(name) for name in list(view.branches())[:MOST] if name != "main"))),
            ("tags", listed(*(text(name) for name in list(view.tags())[:MOST]))),
        )
    )  # fmt: skip


def messages(of_commits: Sequence[str]) -> CommitMessages:
    """Return whether all commits have a message."""
    if not of_commits:
        return CommitMessages.NO_COMMITS
    return CommitMessages.GIVEN if all(message.strip() for message in of_commits) else CommitMessages.EMPTY


def route(*, by_git: bool, by_api: bool) -> UploadRoute:
    """Return how files reached the branch main."""
    if by_git and by_api:
        return UploadRoute.BOTH
    if by_api:
        return UploadRoute.API
    return UploadRoute.GIT_PUSH if by_git else UploadRoute.NONE


def attributes(content: bytes | None) -> Attributes:
    """Return the state of .gitattributes."""
    if content is None:
        return Attributes.GONE
    lines = {line.strip() for line in content.decode("utf-8", "replace").splitlines()}
    kept = all(line.strip() in lines for line in INITIAL_GITATTRIBUTES.splitlines())
    return Attributes.KEPT if kept else Attributes.CHANGED


def fingerprint(content: bytes | None) -> str:
    """Return the SHA-256 of a file's content; ``""`` for None."""
    return "" if content is None else hashlib.sha256(content).hexdigest()


def storage(files: Collection[str], large: Collection[str]) -> Storage:
    """Return where the files that should be in LFS are."""
    belong = [path for path in files if is_lfs_path(INITIAL_GITATTRIBUTES, path)]
    if not belong:
        return Storage.NOWHERE
    return Storage.LFS if all(path in large for path in belong) else Storage.GIT


def outline(view: RepositoryView) -> Mapping:
    """Return ``visibility`` and ``license``.

    The license is the one in the card's metadata, or a :class:`~autograde.judge.hub_state.LicenseMissing`.
    """
    files = view.files() if view.head() else {}
    licence: str = LicenseMissing.NO_CARD
    if "README.md" in files:
        card = parse_card(files["README.md"].decode("utf-8", "replace"))
        licence = _license(card) or LicenseMissing.NOT_IN_METADATA
    return Mapping((("visibility", visibility(view)), ("license", text(licence))))


def _license(card: RepositoryCard) -> str:
    """Return the card's licenses (one or a list) as a text; ``""`` without any."""
    alone = RepositoryCard({"license": card.metadata.get("license")}, "")
    return ", ".join(tag.removeprefix("license:") for tag in tags(alone, "model"))


def statuses(files: Dictionary[str, bytes], expected: Dictionary[str, bytes]) -> dict[str, FileStatus]:
    """Return the status of each file, expected ones first."""

    def status(path: str, content: bytes) -> FileStatus:
        if path not in files:
            return FileStatus.MISSING
        if files[path] == content:
            return FileStatus.SAME
        return FileStatus.POINTER if parse_pointer(files[path]) else FileStatus.DIFFERENT

    found = {path: status(path, content) for path, content in sorted(expected.items())}
    extra = [path for path in sorted(files) if path not in expected and path not in INITIAL_FILES]
    return found | dict.fromkeys(extra[:MOST], FileStatus.EXTRA)


def visibility(view: RepositoryView) -> Visibility:
    """Return who may read the repository."""
    return Visibility.PRIVATE if view.private else Visibility.PUBLIC


def text(value: str) -> str:
    """Limit a text chosen by a user to the size allowed in an observation."""
    return value[:LONGEST_STRING].encode("utf-8", "replace").decode()


def _named(values: Dictionary[str, Observation]) -> Mapping:
    return Mapping(tuple((text(re.sub(r"\s", " ", name)), value) for name, value in values.items()))


def _is(planned: PlannedRepository, view: RepositoryView) -> bool:
    return f"{planned.owner}/{planned.name}" == view.full_name


def _on_main(kind: str, detail: Dictionary[str, object]) -> bool:
    place = detail.get("ref") or detail.get("branch")
    return kind in ("git.pushed", "commit.created") and place in ("refs/heads/main", "main")
