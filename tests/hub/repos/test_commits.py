"""Commits through the Hub: whole or not at all, never on top of a head that has moved, never a dangerous path."""

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
from autograde.hub.repos.commits import Author, Delete, Operation, WriteFile, WritePointer, write_commit
from autograde.hub.repos.contents import resolve, snapshot
from autograde.hub.repos.pointers import Pointer
from autograde.hub.repos.repositories import Repository, bind, create_repository

ADA = Author("ada", "ada@example.org")


@pytest.fixture
def repository(store: Hub) -> Repository:
    owner = accounts.create_user(store, "ada")
    found = create_repository(store, owner, "m")
    commit(store, found, WriteFile(".gitattributes", b""), create=True)
    return found


def commit(store: Hub, repository: Repository, *operations: Operation, **more) -> str:
    more = {"author": ADA, "message": "m"} | more
    return write_commit(store, repository, more.pop("branch", "main"), operations, **more)


def files(store: Hub, repository: Repository, revision: str = "main") -> dict[str, bytes]:
    with snapshot(store, repository, revision) as at:
        return {
            entry.path: at.blob(entry)
            for entry in at.list(recursive=True)
            if not entry.is_folder and entry.path != ".gitattributes"
        }


def bound(store: Hub, repository: Repository, content: bytes) -> str:
    """A large file's oid, as if its bytes had just been received for this repository."""
    with store.blobs.writer() as writer:
        writer.write(content)
        oid = writer.commit()
    bind(store, repository.id, oid, len(content))
    return oid


def test_what_is_committed_is_what_git_holds(store: Hub, repository: Repository) -> None:
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
def test_a_commit_does_what_its_operations_say_or_nothing(store: Hub, steps: list[tuple[str, str, bytes]]) -> None:
    """Deletions first, then writes; compared with a dictionary."""
    owner = accounts.find_user(store, "prop") or accounts.create_user(store, "prop")
    repository = create_repository(store, owner, store.new_id())
    commit(store, repository, WriteFile("a", b"0"), WriteFile("d/e/f", b"0"), create=True)
    before = files(store, repository)
    operations: list[Operation] = [WriteFile(p, c) if kind == "write" else Delete(p) for kind, p, c in steps]
    expected, missing = dict(before), False
    for kind, path, __ in steps:
        if kind == "delete":
            gone = [name for name in before if name == path or name.startswith(path + "/")]
            missing |= not gone
            for name in gone:
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


def test_writers_at_once_all_win_and_no_file_is_lost(store: Hub, repository: Repository) -> None:
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


def test_a_commit_on_a_head_that_has_moved_is_refused(store: Hub, repository: Repository) -> None:
    seen = resolve(store, repository, "main")
    second = commit(store, repository, WriteFile("a", b"1"), parent=seen)
    with pytest.raises(Refusal) as refused:
        commit(store, repository, WriteFile("a", b"2"), parent=seen)
    assert refused.value.status == 412
    assert refused.value.message.startswith("The branch was updated since you opened this page.")
    assert files(store, repository) == {"a": b"1"}
    commit(store, repository, WriteFile("a", b"3"), parent=second[:7])


def test_of_many_writers_on_one_parent_one_wins(store: Hub, repository: Repository) -> None:
    seen = resolve(store, repository, "main")
    outcomes = []

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
def test_a_dangerous_path_refuses_the_whole_commit(store: Hub, repository: Repository, path: str) -> None:
    head = resolve(store, repository, "main")
    for operation in (WriteFile(path, b"x"), Delete(path)):
        with pytest.raises(Refusal) as refused:
            commit(store, repository, WriteFile("good", b""), operation)
        assert refused.value.status == 422
    assert resolve(store, repository, "main") == head


@pytest.mark.parametrize(
    "paths", [["a", "a/b"], ["a/b", "a"], ["x/y/z", "x/y"], ["d", "other"], ["d/f/below"]], ids=lambda paths: paths[-1]
)
def test_a_name_is_a_file_or_a_folder(store: Hub, repository: Repository, paths: list[str]) -> None:
    commit(store, repository, WriteFile("d/f", b""))
    with pytest.raises(Refusal) as refused:
        commit(store, repository, *[WriteFile(path, b"") for path in paths])
    assert refused.value.status == 422


def test_a_file_gives_way_to_a_folder_in_one_commit_and_back(store: Hub, repository: Repository) -> None:
    commit(store, repository, WriteFile("a", b"file"))
    commit(store, repository, WriteFile("a/b", b"in a folder"), Delete("a"))
    assert files(store, repository) == {"a/b": b"in a folder"}
    commit(store, repository, Delete("a"), WriteFile("a", b"file again"))
    assert files(store, repository) == {"a": b"file again"}


def test_only_a_branch_can_be_committed_to(store: Hub, repository: Repository) -> None:
    head = resolve(store, repository, "main") or ""
    store.git.run(repository.id, "tag", "v1", head)
    for revision in ("nope", head, "v1"):
        with pytest.raises(Refusal) as refused:
            commit(store, repository, WriteFile("a", b""), branch=revision)
        assert refused.value.code == "RevisionNotFound"


def test_a_large_file_is_a_pointer_in_git(store: Hub, repository: Repository) -> None:
    oid = bound(store, repository, b"weights")
    commit(store, repository, WritePointer("model.weights", oid, 7))
    assert files(store, repository) == {"model.weights": Pointer(oid, 7).text()}
    with snapshot(store, repository, "main") as at:
        assert "model.weights filter=lfs" in (at.text(".gitattributes", 1000) or "")
        assert at.file("model.weights").size == 7


def test_a_large_file_that_was_not_given_to_this_repository_is_refused(store: Hub, repository: Repository) -> None:
    """Knowing an oid gives no right to it, even where the same person holds it in another repository."""
    other = create_repository(store, accounts.find_user(store, "ada"), "other")  # type: ignore[arg-type]
    oid = bound(store, other, b"weights")
    for candidate in (oid, hashlib.sha256(b"nowhere").hexdigest()):
        with pytest.raises(Refusal) as refused:
            commit(store, repository, WritePointer("w", candidate))
        assert refused.value.status == 400
        assert "was not uploaded to this repository" in refused.value.message


def test_a_wrong_size_of_a_large_file_is_refused(store: Hub, repository: Repository) -> None:
    oid = bound(store, repository, b"weights")
    with pytest.raises(Refusal, match="7 bytes, not 8"):
        commit(store, repository, WritePointer("w", oid, 8))


@pytest.mark.parametrize("name", ["Ada <x@y>", "a\nb", "a\0b", "", "  "])
def test_an_authors_name_cannot_forge_the_record(store: Hub, repository: Repository, name: str) -> None:
    commit(store, repository, WriteFile("a", b""), author=Author(name, "a>\nauthor evil <e@e> 1 +0000"))
    newest = history.commits(store, repository, "main")[0]
    assert "evil" not in newest.author
    assert store.git.run(repository.id, "fsck", "--full") == b""


@pytest.mark.parametrize("message", ["", "\n", "data 3\nfrom :1\n", "done\n", "é 中文", "\0x", "\ud800"])
def test_a_message_cannot_leave_its_place(store: Hub, repository: Repository, message: str) -> None:
    commit(store, repository, WriteFile("a", b"1"), message=message)
    assert files(store, repository) == {"a": b"1"}
