"""Discussions and pull requests, with the real client."""

from __future__ import annotations

import subprocess
import threading
from contextlib import AbstractContextManager
from typing import Any

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.repos import discussions
from autograde.hub.repos.commits import Author, WriteFile, write_commit
from autograde.hub.storage.gitstore import GitStore
from tests.hub.clients import ClientError, PythonClient

SETUP = """
api = huggingface_hub.HfApi(token=token)
"""


@pytest.fixture
def name(hub: LocalHub, ada: Account, python_client: PythonClient) -> str:
    """Create a repository of ada with one file and return its name."""
    full_name = f"{ada.name}/talk"
    code = (
        SETUP
        + "api.create_repo(name); api.upload_file(repo_id=name, path_in_repo='a.txt', path_or_fileobj=b'one\\ntwo\\n')"
    )
    python_client.run(code, token=ada.token, name=full_name)
    return full_name


OFFER = """
from huggingface_hub import CommitOperationAdd
info = api.create_commit(name, [CommitOperationAdd(path, content.encode())], commit_message="my change", create_pr=True,
                         parent_commit=parent)
result = info.pr_num
"""


def test_owner_can_merge_a_pull_request_of_another_user(
    hub: LocalHub, ada: Account, bob: Account, python_client: PythonClient, name: str
) -> None:
    number = python_client.run(SETUP + OFFER, token=bob.token, name=name, path="b.txt", content="hi", parent=None)
    repository = hub.repository(name)
    assert repository.files(f"refs/pr/{number}")["b.txt"] == b"hi"
    assert "b.txt" not in repository.files()
    found = python_client.run(
        SETUP
        + """
api.merge_pull_request(name, number, comment="thanks")
details = api.get_discussion_details(name, number)
result = [details.status, details.merge_commit_oid, details.author, [e.type for e in details.events],
details.conflicting_files]
""",
        token=ada.token,
        name=name,
        number=number,
    )
    assert found[:3] == ["merged", repository.head(), bob.name]
    assert found[3] == ["comment", "commit", "comment", "status-change"]
    assert repository.files()["b.txt"] == b"hi"
    head = repository.commits()[0]
    assert len(head.parents) == 2
    assert head.author == ada.name


def test_pull_request_with_conflicts_cannot_be_merged(
    ada: Account, bob: Account, python_client: PythonClient, client_error: type[ClientError], name: str
) -> None:
    number = python_client.run(
        SETUP + OFFER, token=bob.token, name=name, path="a.txt", content="bob\ntwo\n", parent=None
    )
    change = SETUP + "api.upload_file(repo_id=name, path_in_repo='a.txt', path_or_fileobj=b'ada\\ntwo\\n')"
    python_client.run(change, token=ada.token, name=name)
    code = SETUP + "result = api.get_discussion_details(name, number).conflicting_files"
    assert python_client.run(code, token=ada.token, name=name, number=number) == ["a.txt"]
    with pytest.raises(client_error, match=r"changed differently on main: a\.txt"):
        python_client.run(SETUP + "api.merge_pull_request(name, number)", token=ada.token, name=name, number=number)


def test_conflicts_are_computed_once_for_the_same_two_commits(
    hub: LocalHub, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With tens of thousands of conflicts, each view of a pull request cost seconds."""
    full_name, started, merges = f"{ada.name}/often", GitStore.started, list[str]()
    repository = hub.create_repository(full_name, files={"a.txt": b"one"})._found()
    pull = discussions.open_discussion(hub.hub, repository, hub._user(ada.name), "t", "", pull_request=True)

    def write(branch: str, content: bytes) -> None:
        files = [WriteFile("a.txt", content)]
        write_commit(hub.hub, repository, branch, files, author=Author("ada", "ada@example.org"), message="m")

    def counted(git: GitStore, *arguments: str, **more: Any) -> AbstractContextManager[subprocess.Popen[bytes]]:
        merges.extend(each for each in arguments if each == "merge-tree")
        return started(git, *arguments, **more)

    monkeypatch.setattr(GitStore, "started", counted)
    write(pull.ref, b"two")
    for content, found in ((b"one", []), (b"three", ["a.txt"]), (b"two", [])):
        write("main", content)
        before = len(merges)
        assert [discussions.conflicts(hub.hub, repository, pull) for __ in range(3)] == [found] * 3
        assert len(merges) == before + 1


@pytest.mark.parametrize(
    "action",
    [
        "api.merge_pull_request(name, number)",
        "api.change_discussion_status(name, number, 'closed')",
        "api.rename_discussion(name, number, 'mine now')",
        "api.hide_discussion_comment(name, number, event)",
        "api.edit_discussion_comment(name, number, event, 'never said')",
        "api.upload_file(repo_id=name, path_in_repo='x', path_or_fileobj=b'x', revision=f'refs/pr/{number}')",
    ],
)
def test_other_users_cannot_change_status_or_merge(
    ada: Account, bob: Account, python_client: PythonClient, client_error: type[ClientError], name: str, action: str
) -> None:
    number, event = python_client.run(
        SETUP + "d = api.create_pull_request(name, title='t', description='mine'); result = [d.num, d.events[0].id]",
        token=ada.token,
        name=name,
    )
    with pytest.raises(client_error) as refused:
        python_client.run(SETUP + action, token=bob.token, name=name, number=number, event=event)
    assert "403" in refused.value.message


def test_refused_commit_leaves_no_pull_request(
    hub: LocalHub, bob: Account, python_client: PythonClient, client_error: type[ClientError], name: str
) -> None:
    with pytest.raises(client_error):
        python_client.run(SETUP + OFFER, token=bob.token, name=name, path="../x", content="x", parent=None)
    with pytest.raises(client_error, match="updated since"):
        python_client.run(SETUP + OFFER, token=bob.token, name=name, path="x", content="x", parent="0" * 40)
    assert python_client.run(SETUP + "result = list(api.get_repo_discussions(name))", token=bob.token, name=name) == []


def test_edited_comment_keeps_its_versions_and_hidden_comment_has_no_text(
    ada: Account, python_client: PythonClient, name: str
) -> None:
    found = python_client.run(
        SETUP
        + """
d = api.create_discussion(name, title="words", description="first")
event = d.events[0].id
api.edit_discussion_comment(name, d.num, event, "second")
comment = api.get_discussion_details(name, d.num).events[0]
result = [comment.content, comment.edited, [item["raw"] for item in comment.edit_history]]
api.hide_discussion_comment(name, d.num, event)
hidden = api.get_discussion_details(name, d.num).events[0]
result += [hidden.hidden, hidden.content]
""",
        token=ada.token,
        name=name,
    )
    assert found == ["second", True, ["first"], True, ""]


def test_comment_that_is_hidden_while_its_author_edits_it_stays_hidden(
    hub: LocalHub, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edit wrote back the earlier state, so an author could undo the hiding."""
    repository, user = hub.create_repository(f"{ada.name}/hidden")._found(), hub._user(ada.name)
    talk = discussions.open_discussion(hub.hub, repository, user, "t", "rude", pull_request=False)
    (event,) = discussions.events(hub.hub, talk)
    hiding = threading.Thread(target=discussions.hide_comment, args=(hub.hub, talk, event.id))
    version = discussions._version

    def version_while_it_is_hidden(*arguments: Any) -> dict[str, Any]:
        hiding.start()
        hiding.join(0.5)
        return version(*arguments)

    monkeypatch.setattr(discussions, "_version", version_while_it_is_hidden)
    discussions.edit_comment(hub.hub, talk, user, event.id, "still rude")
    hiding.join()
    assert discussions.events(hub.hub, talk)[0].data["hidden"]
