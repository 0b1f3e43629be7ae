"""Attacks with Git objects that git itself never writes: odd modes, doubled headers, far dates (2, 3 and 4)."""

from __future__ import annotations

import os
from pathlib import Path

from ..battery import Answer, Person, Target, clone_folder, row
from .contents import commit_lfs, ticket, upload
from .uploads import everything_answers, file_line

_AUTHOR = "e <e@example.org> 1700000000 +0000"


def _blob(target: Target, clone: Path, content: bytes = b"x\n") -> str:
    return target.git(clone, "hash-object", "-w", "--stdin", stdin=content)


def _tree(target: Target, clone: Path, *entries: tuple[str, str, str]) -> str:
    """Write a tree of ``(mode, id, name)`` without checking the modes."""
    content = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(oid) for mode, oid, name in entries)
    return target.git(clone, "hash-object", "-t", "tree", "--literally", "-w", "--stdin", stdin=content)


def _commit(
    target: Target, clone: Path, tree: str, *, author: str = _AUTHOR, more: str = "", message: str = "x"
) -> str:
    """Write a commit; ``more`` are lines after its headers."""
    text = f"tree {tree}\nauthor {author}\ncommitter {author}\n{more}\n{message}\n"
    return target.git(clone, "hash-object", "-t", "commit", "--literally", "-w", "--stdin", stdin=text.encode())


def _push(target: Target, clone: Path, name: str, token: str, commit: str, branch: str = "main") -> str:
    """Push a commit by force; return git's message."""
    url = target.endpoint.replace("://", f"://x:{token}@") + f"/{name}"
    return target.git(clone, "push", "--force", url, f"{commit}:refs/heads/{branch}", check=False)


def _learner(target: Target, name: str = "m") -> tuple[Person, str, str]:
    person = target.person()
    token = person.token()
    return person, token, person.repository(token, name)


@row("2", "a tree entry with an unusual mode that names another user's file does not change what others download")
def tree_entries_with_odd_modes_do_not_change_downloads(target: Target) -> None:
    __, eve_token, name = _learner(target)
    content = os.urandom(3000)
    for mode in ("160755", "140000", "60000"):
        content = os.urandom(3000)
        __, owner_token, theirs = _learner(target)
        parts = upload(target, ticket(target, theirs, owner_token), content)
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{parts[3]}\nsize {len(content)}\n".encode()
        with clone_folder(target) as clone:
            pointed = target.git(clone, "hash-object", "--stdin", stdin=pointer)
            tree = _tree(target, clone, ("100644", _blob(target, clone), "a.txt"), (mode, pointed, "z"))
            _push(target, clone, name, eve_token, _commit(target, clone, tree))
        target.send("GET", f"/api/models/{name}/tree/main")
        target.send("GET", f"/{name}")
        commit_lfs(target, theirs, owner_token, "weights.bin", content)
        assert target.send("GET", f"/{theirs}/resolve/main/weights.bin").body == content, mode


@row("4", "folders with odd modes are counted and their names are checked, and a second tree header changes nothing")
def folders_with_odd_modes_are_checked(target: Target) -> None:
    __, eve_token, name = _learner(target)
    with clone_folder(target) as clone:
        blob = _blob(target, clone)
        for mode in ("40755", "40644", "47777"):
            tree = _tree(target, clone, (mode, _tree(target, clone, ("100644", blob, "con")), "d"))
            assert "rejected" in _push(target, clone, name, eve_token, _commit(target, clone, tree)), mode
            tree = _tree(target, clone, *(("100644", blob, f"f{n}") for n in range(10)))
            for _again in range(7):
                tree = _tree(target, clone, *((mode, tree, f"d{n}") for n in range(10)))
            output = _push(target, clone, name, eve_token, _commit(target, clone, tree))
            assert "files and folders" in output, output
        # A second "tree" line further down once replaced the commit's tree in the check.
        good = _tree(target, clone, ("100644", blob, "a.txt"))
        _push(target, clone, name, eve_token, _commit(target, clone, good), "good")
        output = _push(target, clone, name, eve_token, _commit(target, clone, tree, more=f"tree {good}\n"))
        assert "files and folders" in output, output
        assert "rejected" not in _push(
            target, clone, name, eve_token, _commit(target, clone, good, more=f"tree {tree}\n")
        )
    listed = target.send("GET", f"/api/models/{name}/tree/main?recursive=true")
    assert [entry["path"] for entry in listed.json()] == ["a.txt"]


@row("4", "a tree that was refused for its depth is accepted from others who have it near the root")
def refused_depth_is_not_remembered(target: Target) -> None:
    __, eve_token, name = _learner(target)
    __, owner_token, theirs = _learner(target)
    with clone_folder(target) as clone:
        inner = _tree(target, clone, ("100644", _blob(target, clone, os.urandom(20).hex().encode()), "a.txt"))
        ordinary = tree = _tree(target, clone, ("40000", inner, "data"))
        for _again in range(512):
            tree = _tree(target, clone, ("40000", tree, "a"))
        assert "rejected" in _push(target, clone, name, eve_token, _commit(target, clone, tree))
        output = _push(target, clone, theirs, owner_token, _commit(target, clone, ordinary))
        assert "rejected" not in output, output


@row("3", "commits of any year are shown and do not break lists")
def commits_of_any_year_are_shown(target: Target) -> None:
    __, owner_token, good = _learner(target, "good")
    target.commit(good, file_line("README.md", b"---\nlicense: mit\n---\n"), token=owner_token)
    __, eve_token, name = _learner(target)
    with clone_folder(target) as clone:
        tree = _tree(target, clone, ("100644", _blob(target, clone), "a.txt"))
        for when in ("253402300800", "99999999999999", "9223372036854775807", "0"):
            for zone in ("+0000", "-9999"):
                author = f"e <e@example.org> {when} {zone}"
                output = _push(target, clone, name, eve_token, _commit(target, clone, tree, author=author))
                assert "rejected" not in output, output
                for path in (
                    f"/api/models/{name}/commits/main", f"/api/models/{name}/tree/main?expand=true",
                    f"/api/models/{name}/refs", f"/{name}/tree/main", f"/{name}/commits/main", f"/{name}/refs",
                    f"/{name}/commit/main",
                ):  # fmt: skip
                    answer: Answer = target.send("GET", path)
                    assert answer.status == 200, (when, zone, path, answer.text[:200])
    everything_answers(target, good, name)


@row("4", "fifty commits with long messages do not make lists large")
def long_messages_are_shortened_in_lists(target: Target) -> None:
    __, eve_token, name = _learner(target)
    with clone_folder(target) as clone:
        tree = _tree(target, clone, ("100644", _blob(target, clone), "a.txt"))
        commit, line = _commit(target, clone, tree), "<" * 150_000
        for _again in range(50):
            commit = _commit(target, clone, f"{tree}\nparent {commit}", message=f"{line}\n\n{line}")
        assert "rejected" not in _push(target, clone, name, eve_token, commit)
        huge = _commit(target, clone, tree, message="<" * 900_000)
        assert "rejected" in _push(target, clone, name, eve_token, huge)
    for path in (f"/api/models/{name}/commits/main?expand=formatted", f"/{name}/commits/main", f"/{name}/tree/main"):
        answer = target.send("GET", path)
        assert answer.status == 200
        assert len(answer.body) < 4_000_000, (path, len(answer.body))


@row("12", "a name like the output of git describe is not resolved unless it is a branch or tag")
def git_describe_names_are_not_resolved(target: Target) -> None:
    __, eve_token, name = _learner(target)
    commit = target.api("GET", f"/api/models/{name}").json()["sha"]
    described = f"v1-2-g{commit[:8]}"
    assert target.send("GET", f"/{name}/resolve/{described}/.gitattributes").status == 404
    assert target.api("POST", f"/api/models/{name}/tag/main", {"tag": described}, token=eve_token).status == 200
    assert target.send("GET", f"/{name}/resolve/{described}/.gitattributes").status == 200
    assert target.api("DELETE", f"/api/models/{name}/tag/{described}", token=eve_token).status == 200
    assert target.api("DELETE", f"/api/models/{name}/tag/{described}", token=eve_token).status == 404


@row("3", "pull requests can be read and merged after their repository's history was squashed")
def pull_requests_work_after_a_squash(target: Target) -> None:
    __, owner_token, name = _learner(target)
    eve = target.person()
    eve_token = eve.token()
    opened = target.commit(name, file_line("new.txt", b"new\n"), token=eve_token, query="?create_pr=1").json()
    number = opened["pullRequestUrl"].rpartition("/")[2]
    target.commit(name, file_line("main.txt", b"x\n"), token=owner_token)
    assert target.api("POST", f"/api/models/{name}/super-squash/main", {}, token=owner_token).status == 200
    page = target.send("GET", f"/{name}/discussions/{number}")
    assert page.status == 200
    assert "new.txt" in page.text
    answer = target.send("GET", f"/api/models/{name}/discussions/{number}?diff=1")
    assert answer.status == 200
    assert "new.txt" in answer.json()["diff"]
    assert target.api("POST", f"/api/models/{name}/discussions/{number}/merge", {}, token=owner_token).status == 200
    assert target.send("GET", f"/{name}/resolve/main/new.txt").body == b"new\n"
