"""Observe the state of a Hub after an answer ran, from git, the database and the events, not from the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Mapping as Dictionary

from autograde.hub import LocalHub
from autograde.hub.events import Event
from autograde.hub.people.accounts import find_user
from autograde.judge.initial_state import InitialState
from autograde.judge.observation import Mapping, Observation, listed
from autograde.runner.hubs.repository_state import MOST, limited, named, observe_repository, outline

#: Kinds of download events: a git fetch, and files by their path or by the SHA-256 of their content.
_DOWNLOADS = ("git.fetched", "file.downloaded", "lfs.downloaded", "xet.downloaded")

#: Kinds of events without changes.
_LOOKING = (*_DOWNLOADS, "model.loaded", "token.refused")


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
        - ``target``: the target model repository (see :func:`observe_repository`), None if it does not exist;
        - ``downloads``: downloaded paths, and ``git`` for a clone or fetch of a repository that had files to fetch;
        - ``downloaded_with``: for each download after the last change of the target repository, the roles of the tokens
          that were used; ``none`` for a download without a token;
        - ``refused``: the roles of the tokens with which a change was tried and refused;
        - ``tokens``: ``{name: whether it was used}`` of the account's tokens;
        - ``joined``: who signed up, ``{name: e-mail address}``.
    """
    existing = {f"{planned.owner}/{planned.name}" for planned in initial.repositories}
    made = [view for view in hub.repositories() if view.type != "model" or view.full_name not in existing]
    events = hub.events()
    used = {token.name: token.last_used_at is not None for token in hub.tokens(initial.account)}
    target = hub.repository(initial.repository) if initial.name else None
    files = target.files() if target is not None and target.exists and target.head() else {}
    paths = {hashlib.sha256(content).hexdigest(): path for path, content in (*files.items(), *expected.items())}
    downloads = [_downloaded(event, paths) for event in _fetched(events, existing)]
    people = {
        event.user: find_user(hub.hub, event.user) for event in events if event.kind == "account.created" and event.user
    }
    return Mapping(
        (
            ("untouched", all(event.kind in _LOOKING for event in events)),
            ("changes", listed(*sorted({event.kind for event in events} - set(_LOOKING))[:MOST])),
            ("repositories", named({f"{view.type} {view.full_name}": outline(view) for view in made[:MOST]})),
            (
                "target",
                observe_repository(hub, target, files, initial, expected, first or {})
                if target is not None and target.exists
                else None,
            ),
            ("downloads", listed(*(limited(path) for path in dict.fromkeys(downloads[:MOST])))),
            ("downloaded_with", named(_roles(events, paths, target.full_name if target is not None else ""))),
            ("refused", listed(*sorted({event.token_role or "" for event in events if event.kind == "token.refused"}))),
            ("tokens", named(dict(sorted(used.items())))),
            ("joined", named({name: user.email if user else None for name, user in people.items()})),
        )
    )


def _fetched(events: Iterable[Event], existing: Collection[str]) -> Iterator[Event]:
    """Yield the downloads, without clones of repositories that were still empty.

    Args:
        events: events, oldest first.
        existing: names of the repositories that existed before.
    """
    filled = set(existing)
    for event in events:
        if event.kind in ("commit.created", "git.pushed") and event.repository:
            filled.add(event.repository)
        if event.kind in _DOWNLOADS and (event.kind != "git.fetched" or event.repository in filled):
            yield event


def _roles(events: Sequence[Event], paths: Dictionary[str, str], name: str) -> dict[str, Observation]:
    """Return ``{path: roles}`` of the downloads from a repository since its last change; see :func:`observe_hub`."""
    own = [event for event in events if event.repository == name]
    changes = [index for index, event in enumerate(own) if event.kind in ("commit.created", "git.pushed")]
    roles: dict[str, set[str]] = {}
    for event in own[max(changes, default=-1) + 1 :]:
        if event.kind in _DOWNLOADS:
            roles.setdefault(_downloaded(event, paths), set()).add(event.token_role or "none")
    return {path: listed(*sorted(found)) for path, found in list(roles.items())[:MOST]}


def _downloaded(event: Event, paths: Dictionary[str, str]) -> str:
    """Return the downloaded item: ``git`` for a fetch, otherwise the file's path or, if unknown, its SHA-256."""
    if event.kind == "git.fetched":
        return "git"
    oid = str(event.detail.get("oid"))
    return str(event.detail.get("path") or paths.get(oid, oid))
