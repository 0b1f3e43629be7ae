"""Observe the state of one repository after an answer ran: its files, its commits, and how they reached it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

from autograde.hub import LocalHub, RepositoryView
from autograde.hub.events import Event
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
from autograde.judge.initial_state import INITIAL_FILES, InitialState
from autograde.judge.observation import LONGEST_STRING, Mapping, Observation, listed

#: Largest number of files, repositories and downloads that are listed, to limit the size of an observation.
MOST = 200

#: An access token.
_TOKEN = re.compile(r"hf_[A-Za-z0-9]{30,}")


def observe_repository(
    hub: LocalHub,
    view: RepositoryView,
    files: Dictionary[str, bytes],
    initial: InitialState,
    expected: Dictionary[str, bytes],
    first: Dictionary[str, str],
) -> Mapping:
    """Return the state of a repository.

    Args:
        hub: its Hub.
        view: the repository.
        files: ``{path: content}`` of its branch main; empty if it has no commit.
        initial: as for :func:`~autograde.runner.hubs.hub_state.observe_hub`, like ``expected`` and ``first``.
        expected: ``{path: content}`` of the files that the answer must upload.
        first: ``{repository: initial commit}`` of the repositories that existed before.

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
    events = hub.events(repository=view.full_name)
    history = _history(view, events, initial, first) if files else _History()
    card = parse_card(files.get("README.md", b"").decode("utf-8", "replace"))
    on_main = {event.kind for event in events if _on_main(event)}
    differing = {path: fingerprint(files[path]) for path in expected if path in files and files[path] != expected[path]}
    submodules = view.submodules() if files else []
    return Mapping(
        (
            ("visibility", visibility(view)),
            ("license", limited(_license(card))),
            ("files", named(statuses(files, expected) | dict.fromkeys(submodules, FileStatus.EXTRA))),
            ("different", named(differing)),
            ("secret", any(map(_TOKEN.search, history.messages))),
            ("storage", storage(files, set(view.lfs_paths()) if files else set())),
            ("initial", history.kept),
            ("on_top", len(history.new_messages)),
            ("merges", history.merges),
            ("attributes", attributes(files.get(".gitattributes"))),
            ("attributes_fingerprint", fingerprint(files.get(".gitattributes"))),
            ("message", messages(history.new_messages)),
            ("arrived", route(by_git="git.pushed" in on_main, by_api="commit.created" in on_main)),
            ("aside", any(event.kind == "commit.created" and not _on_main(event) for event in events)),
            (
                "exposed",
                any(event.kind == "repository.changed" and event.detail.get("private") is False for event in events),
            ),
            ("anew", any(event.kind in ("repository.deleted", "repository.moved") for event in events)),
            ("head", view.head()),
            ("elsewhere", listed(*(limited(name) for name in list(view.branches())[:MOST] if name != "main"))),
            ("tags", listed(*(limited(name) for name in list(view.tags())[:MOST]))),
        )
    )


@dataclass(frozen=True)
class _History:
    """The commits of the branch main.

    Attributes:
        messages: the messages of all commits.
        kept: whether the commits from before the answer still exist.
        new_messages: the messages of the other ones; without the initial commit of a new repository.
        merges: the number of merge commits among these.
    """

    messages: Sequence[str] = ()
    kept: bool = False
    new_messages: Sequence[str] = ()
    merges: int = 0


def _history(
    view: RepositoryView, events: Sequence[Event], initial: InitialState, first: Dictionary[str, str]
) -> _History:
    """Separate the answer's commits from those that were there before."""
    commits = view.commits()
    before = next((each for each in initial.repositories if f"{each.owner}/{each.name}" == view.full_name), None)
    old = 1 if before is None or not before.files else 2
    # Find the initial commit by its missing parent, because commits of the same second may be listed in any order.
    roots = [commit for commit in commits if not commit.parents]
    # A repository that is created again within the same second gets an initial commit with the same hash.
    deleted = view.full_name in first and any(event.kind == "repository.deleted" for event in events)
    kept = (
        not deleted
        and len(commits) >= old
        and len(roots) == 1
        and roots[0].title == "initial commit"
        and ".gitattributes" in view.files(roots[0].oid)
        and first.get(view.full_name, roots[0].oid) == roots[0].oid
    )
    earlier: set[str] = set()
    if kept:
        earlier = {roots[0].oid}
        if old > 1:
            earlier |= {commit.oid for commit in commits[-old:]}
    new = [commit for commit in commits if commit.oid not in earlier]
    return _History(
        messages=[commit.message for commit in commits],
        kept=kept,
        new_messages=[commit.message for commit in new],
        merges=sum(len(commit.parents) > 1 for commit in new),
    )


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
    return Mapping((("visibility", visibility(view)), ("license", limited(licence))))


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


def limited(value: str) -> str:
    """Limit a text chosen by a user to the size allowed in an observation."""
    return value[:LONGEST_STRING].encode("utf-8", "replace").decode()


def named(values: Dictionary[str, Observation]) -> Mapping:
    """Return a dictionary as an observation, with the white space in its names replaced by spaces."""
    return Mapping(tuple((limited(re.sub(r"\s", " ", name)), value) for name, value in values.items()))


def _on_main(event: Event) -> bool:
    """Return whether an event is a push or a commit to the branch main."""
    place = event.detail.get("ref") or event.detail.get("branch")
    return event.kind in ("git.pushed", "commit.created") and place in ("refs/heads/main", "main")
