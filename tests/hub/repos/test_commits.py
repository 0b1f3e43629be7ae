"""Commits through the Hub: complete or not at all, only on the expected head, and never with a dangerous path."""

from __future__ import annotations

import hashlib
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograde.hub.core import Hub
from autograde.hub.people import accounts
from autograde.hub.refusals import Refusal
from autograde.hub.repos import history
from autograde.hub.repos.bindings import bind
from autograde.hub.repos.commits import Author, Delete, Operation, WriteFile, WritePointer, write_commit
from autograde.hub.repos.contents import open_revision, resolve
from autograde.hub.repos.pointers import LfsPointer
from autograde.hub.repos.repositories import Repository, create_repository

ADA = Author("ada", "ada@example.org")


@pytest.fixture
def repository(store: Hub) -> Repository:
    owner = accounts.create_user(store, "ada")
    found = create_repository(store, owner, "m")
    commit(store, found, WriteFile(".gitattributes", b""), create=True)
    return found


def commit(
    store: Hub, repository: Repository, *operations: Operation, branch: str = "main", author: Author = ADA,
    message: str = "m", parent: str | None = None, create: bool = False,
) -> str:  # fmt: skip
    return write_commit(
        store, repository, branch, operations, author=author, message=message, parent=parent, create=create
    )


def files(store: Hub, repository: Repository, revision: str = "main") -> dict[str, bytes]:
    with open_revision(store, repository, revision) as at:
        return {
            entry.path: at.blob(entry)
            for entry in at.list(recursive=True)
            if not entry.is_folder and entry.path != ".gitattributes"
        }


def bound(store: Hub, repository: Repository, content: bytes) -> str:
    """Bind a large file to the repository, as an upload does, and return its oid."""
    with store.blobs.writer() as writer:
        writer.write(content)
        oid = writer.commit()
    bind(store, repository.id, oid, len(content))
    return oid


def test_committed_files_equal_the_files_in_git(store: Hub, repository: Repository) -> None:
    content = {"a.txt": b"1", "模型/权 重.txt": b"\0\xff", "q\"uo'te": b"", "deep/er/x": b"x\n" * 1000}
    oid = commit(store, repository, *[WriteFile(*item) for item in content.items()], message="first\n\nbody")
    assert files(store, repository) == content
    assert resolve(store, repository, "main") == oid
    newest = history.commits(store, repository, "main")[0]
    assert (newest.oid, newest.title, newest.body, newest.author) == (oid, "first", "body", "ada")
    assert store.git.run(repository.id, "fsck", "--strict", "--full") == b""


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("write"), st.sampled_from(["a", "b", "d/a", "d/b", "d/e/f"]), st.binary(max_size=5)),
            st.tuples(st.just("delete"), st.sampled_from(["a", "d", "d/e", "d/e/f", "nope"]), st.just(b"")),
        ),
        max_size=6,
    )
)
def test_commit_applies_all_operations_or_none(store: Hub, steps: list[tuple[str, str, bytes]]) -> None:
    """Compare with a dictionary: deletions first, then writes."""
    owner = accounts.find_user(store, "prop") or accounts.create_user(store, "prop")
    repository = create_repository(store, owner, store.new_id())
    commit(store, repository, WriteFile("a", b"0"), WriteFile("d/e/f", b"0"), create=True)
    before = files(store, repository)
    operations: list[Operation] = [WriteFile(p, c) if kind == "write" else Delete(p) for kind, p, c in steps]
    expected, missing = dict(before), False
    for kind, path, __ in steps:
        if kind == "delete":
            removed = [name for name in before if name == path or name.startswith(path + "/")]
            missing |= not removed
            for name in removed:
                expected.pop(name, None)
    for kind, path, content in steps:
        if kind == "write":
            expected[path] = content
    if missing:
        with pytest.raises(Refusal) as refused:
            commit(store, repository, *operations)
        assert refused.value.code == "EntryNotFound"
        assert files(store, repository) == before
    else:
        commit(store, repository, *operations)
        assert files(store, repository) == expected


def test_concurrent_commits_all_succeed_and_lose_no_file(store: Hub, repository: Repository) -> None:
    count = 12
    failed = []

    def write(number: int) -> None:
        try:
            commit(store, repository, WriteFile(f"{number}.txt", str(number).encode()))
        except Refusal as refusal:
            failed.append(refusal)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert files(store, repository) == {f"{number}.txt": str(number).encode() for number in range(count)}
    assert len(history.commits(store, repository, "main", limit=100)) == count + 1


def test_commit_on_an_outdated_head_is_refused(store: Hub, repository: Repository) -> None:
    seen = resolve(store, repository, "main")
    second = commit(store, repository, WriteFile("a", b"1"), parent=seen)
    with pytest.raises(Refusal) as refused:
        commit(store, repository, WriteFile("a", b"2"), parent=seen)
    assert refused.value.status == 412
    assert refused.value.message.startswith("The branch was updated since you opened this page.")
    assert files(store, repository) == {"a": b"1"}
    commit(store, repository, WriteFile("a", b"3"), parent=second[:7])


def test_only_one_of_many_concurrent_commits_on_one_parent_succeeds(store: Hub, repository: Repository) -> None:
    seen = resolve(store, repository, "main")
    outcomes: list[str | int] = []

    def write(number: int) -> None:
        try:
            outcomes.append(commit(store, repository, WriteFile(f"{number}", b""), parent=seen))
        except Refusal as refusal:
            outcomes.append(refusal.status)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(412) == 7
    assert len(files(store, repository)) == 1


@pytest.mark.parametrize("path", [".git/hooks/post-receive", "../x", "a/../../x", "/etc/passwd", "..\\b", "x\ny", ""])
def test_commit_with_a_dangerous_path_is_rejected(store: Hub, repository: Repository, path: str) -> None:
    head = resolve(store, repository, "main")
    for operation in (WriteFile(path, b"x"), Delete(path)):
        with pytest.raises(Refusal) as refused:
            commit(store, repository, WriteFile("good", b""), operation)
        assert refused.value.status == 422
    assert resolve(store, repository, "main") == head


@pytest.mark.parametrize(
    "paths", [["a", "a/b"], ["a/b", "a"], ["x/y/z", "x/y"], ["d", "other"], ["d/f/below"]], ids=lambda paths: paths[-1]
)
def test_path_cannot_be_file_and_folder_in_one_commit(store: Hub, repository: Repository, paths: list[str]) -> None:
    commit(store, repository, WriteFile("d/f", b""))
    with pytest.raises(Refusal) as refused:
        commit(store, repository, *[WriteFile(path, b"") for path in paths])
    assert refused.value.status == 422


def test_one_commit_can_replace_a_file_with_a_folder_and_back(store: Hub, repository: Repository) -> None:
    commit(store, repository, WriteFile("a", b"file"))
    commit(store, repository, WriteFile("a/b", b"in a folder"), Delete("a"))
    assert files(store, repository) == {"a/b": b"in a folder"}
    commit(store, repository, Delete("a"), WriteFile("a", b"file again"))
    assert files(store, repository) == {"a": b"file again"}


def test_commit_to_anything_but_a_branch_is_refused(store: Hub, repository: Repository) -> None:
    head = resolve(store, repository, "main") or ""
    store.git.run(repository.id, "tag", "v1", head)
    for revision in ("nope", head, "v1"):
        with pytest.raises(Refusal) as refused:
            commit(store, repository, WriteFile("a", b""), branch=revision)
        assert refused.value.code == "RevisionNotFound"


def test_large_file_is_stored_as_a_pointer_in_git(store: Hub, repository: Repository) -> None:
    oid = bound(store, repository, b"weights")
    commit(store, repository, WritePointer("model.weights", oid, 7))
    assert files(store, repository) == {"model.weights": LfsPointer(oid, 7).text()}
    with open_revision(store, repository, "main") as at:
        assert "model.weights filter=lfs" in (at.text(".gitattributes", 1000) or "")
        assert at.file("model.weights").size == 7


def test_large_file_that_was_not_uploaded_to_this_repository_is_refused(store: Hub, repository: Repository) -> None:
    """Knowing an oid is not enough, even when the same user has the file in another repository."""
    other = create_repository(store, accounts.find_user(store, "ada"), "other")  # type: ignore[arg-type]
    oid = bound(store, other, b"weights")
    for candidate in (oid, hashlib.sha256(b"nowhere").hexdigest()):
        with pytest.raises(Refusal) as refused:
            commit(store, repository, WritePointer("w", candidate))
        assert refused.value.status == 400
        assert "was not uploaded to this repository" in refused.value.message


def test_large_file_with_wrong_size_is_refused(store: Hub, repository: Repository) -> None:
    oid = bound(store, repository, b"weights")
    with pytest.raises(Refusal, match="7 bytes, not 8"):
        commit(store, repository, WritePointer("w", oid, 8))


@pytest.mark.parametrize("name", ["Ada <x@y>", "a\nb", "a\0b", "", "  "])
def test_author_name_cannot_inject_git_headers(store: Hub, repository: Repository, name: str) -> None:
    commit(store, repository, WriteFile("a", b""), author=Author(name, "a>\nauthor evil <e@e> 1 +0000"))
    newest = history.commits(store, repository, "main")[0]
    assert "evil" not in newest.author
    assert store.git.run(repository.id, "fsck", "--full") == b""


@pytest.mark.parametrize("message", ["", "\n", "data 3\nfrom :1\n", "done\n", "é 中文", "\0x", "\ud800"])
def test_message_cannot_inject_fast_import_commands(store: Hub, repository: Repository, message: str) -> None:
    commit(store, repository, WriteFile("a", b"1"), message=message)
    assert files(store, repository) == {"a": b"1"}
