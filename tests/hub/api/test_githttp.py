"""Unmodified git and git-lfs: their commands, their output and the resulting repository."""

from __future__ import annotations

import json
import random
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.repos.pointers import LfsPointer
from autograde.hub.repos.repositories import find_repository
from tests.hub.clients import Git, PythonClient, commit_body, file_line

WEIGHTS = random.Random(3).randbytes(11 << 20)


def api(hub: LocalHub, account: Account, method: str, path: str, **body: object) -> dict[str, Any]:
    request = urllib.request.Request(
        hub.endpoint + path, json.dumps(body).encode(), {"Authorization": f"Bearer {account.token}"}, method=method
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def test_git_commands_of_the_tutorial_work(hub: LocalHub, name: str, git: Git, clone: Path, tmp_path: Path) -> None:
    """git clone, cp -r, git add ., git commit, git push; then a fresh clone, compared file by file."""
    git.commit(clone, "commit from ada", config__json=b"{}", model__safetensors=WEIGHTS)
    output = git("push", cwd=clone)
    assert "main -> main" in output
    view = hub.repository(name)
    assert view.files()["model.safetensors"] == WEIGHTS
    assert view.lfs_paths() == ["model.safetensors"]
    assert [c.title for c in view.commits()] == ["commit from ada", "initial commit"]
    git("clone", "--quiet", f"{hub.endpoint}/{name}", tmp_path / "fresh")
    assert (tmp_path / "fresh" / "model.safetensors").read_bytes() == WEIGHTS
    assert (tmp_path / "fresh" / "config.json").read_bytes() == b"{}"
    assert git("status", "--porcelain", cwd=tmp_path / "fresh") == ""
    git("fsck", "--strict", cwd=tmp_path / "fresh")


def test_clone_without_lfs_has_pointers_until_lfs_pull(
    hub: LocalHub, name: str, git: Git, clone: Path, tmp_path: Path
) -> None:
    git.commit(clone, "weights", model__bin=b"weights" * 1000)
    git("push", "--quiet", cwd=clone)
    fresh = tmp_path / "fresh"
    git("clone", "--quiet", f"{hub.endpoint}/{name}", fresh, GIT_LFS_SKIP_SMUDGE="1")
    assert (fresh / "model.bin").read_bytes().startswith(b"version https://git-lfs.github.com/spec/v1\n")
    git("lfs", "pull", cwd=fresh)
    assert (fresh / "model.bin").read_bytes() == b"weights" * 1000


@pytest.mark.parametrize("options", [["--depth=1"], ["--filter=blob:none"], ["--single-branch", "--branch", "main"]])
def test_partial_and_shallow_clones_can_push(
    hub: LocalHub, name: str, git: Git, clone: Path, tmp_path: Path, options: list[str]
) -> None:
    for number in range(3):
        git.commit(clone, f"step {number}", a__txt=str(number).encode())
    git("push", "--quiet", cwd=clone)
    part = tmp_path / "part"
    git("clone", "--quiet", *options, f"{hub.endpoint}/{name}", part)
    git.commit(part, "from a part", b__txt=b"b")
    git("push", "--quiet", cwd=part)
    view = hub.repository(name)
    assert view.files()["b.txt"] == b"b"
    assert len(view.commits()) == 5


def test_branches_and_tags_can_be_pushed_atomically_forced_and_deleted(
    hub: LocalHub, name: str, git: Git, clone: Path
) -> None:
    git.commit(clone, "one", a__txt=b"1")
    git("tag", "v1", cwd=clone)
    git("tag", "-a", "v2", "-m", "annotated", cwd=clone)
    git("branch", "feature/x", cwd=clone)
    git("push", "--quiet", "--atomic", "origin", "main", "feature/x", "v1", "v2", cwd=clone)
    view = hub.repository(name)
    head = git("rev-parse", "HEAD", cwd=clone).strip()
    assert {view.head(ref) for ref in ("main", "feature/x", "v1", "v2")} == {head}
    git("commit", "--quiet", "--amend", "-m", "rewritten", cwd=clone)
    git("push", cwd=clone, check=False)
    assert git.code != 0
    assert view.head() == head, "only a forced push may rewrite history"
    git("push", "--quiet", "--force", cwd=clone)
    assert view.commits()[0].title == "rewritten"
    git("push", "--quiet", "--delete", "origin", "feature/x", "v1", cwd=clone)
    assert view.head("feature/x") is None
    assert view.head("v1") is None


def test_pushes_and_api_commits_are_visible_to_each_other_at_once(
    hub: LocalHub, ada: Account, name: str, git: Git, clone: Path, python_client: PythonClient
) -> None:
    git.commit(clone, "by git", a__txt=b"1")
    git("push", "--quiet", cwd=clone)
    listed = python_client.run(
        """
        api = huggingface_hub.HfApi(token=token)
        result = api.list_repo_files(name), [c.title for c in api.list_repo_commits(name)]
        api.upload_file(path_or_fileobj=b"2", path_in_repo="b.txt", repo_id=name, commit_message="by the api")
        """,
        token=ada.token,
        name=name,
    )
    assert listed == [[".gitattributes", "a.txt"], ["by git", "initial commit"]]
    git("pull", "--quiet", cwd=clone)
    assert (clone / "b.txt").read_bytes() == b"2"


def refused(hub: LocalHub, name: str, git: Git, clone: Path, *push: str) -> str:
    """Push, which must fail and change nothing; return git's output."""
    before = hub.repository(name).head()
    output: str = git("push", *push, cwd=clone, check=False)
    assert git.code != 0, output
    assert hub.repository(name).head() == before
    return output


def test_deleting_main_is_rejected(hub: LocalHub, name: str, git: Git, clone: Path) -> None:
    assert "The branch main cannot be deleted." in refused(hub, name, git, clone, "origin", ":main")


@pytest.mark.parametrize("ref", ["refs/notes/x", "refs/x", "refs/heads/refs/y", "refs/pr/7"])
def test_only_branches_and_tags_can_be_pushed(hub: LocalHub, name: str, git: Git, clone: Path, ref: str) -> None:
    assert "remote rejected" in refused(hub, name, git, clone, "origin", f"main:{ref}")


def test_large_file_without_lfs_is_rejected_by_name(hub: LocalHub, name: str, git: Git, clone: Path) -> None:
    (clone / ".gitattributes").write_text("")
    git.commit(clone, "too large", model__safetensors=WEIGHTS)
    output = refused(hub, name, git, clone)
    assert "contains files larger than 10 MiB" in output
    assert "git-lfs.github.com" in output
    assert "model.safetensors (ref: refs/heads/main)" in output
    # The fix from the tutorial: track the file with LFS and amend the commit.
    (clone / ".gitattributes").write_text("*.safetensors filter=lfs diff=lfs merge=lfs -text\n")
    git("add", "--renormalize", ".", cwd=clone)
    git("commit", "--quiet", "--amend", "--all", "--no-edit", cwd=clone)
    git("push", "--quiet", cwd=clone)
    assert hub.repository(name).files()["model.safetensors"] == WEIGHTS


def test_large_file_in_an_earlier_commit_is_rejected(hub: LocalHub, name: str, git: Git, clone: Path) -> None:
    (clone / ".gitattributes").write_text("")
    git.commit(clone, "too large", big__txt=b"x" * ((10 << 20) + 1))
    git("rm", "--quiet", "big.txt", cwd=clone)
    git("commit", "--quiet", "-m", "gone", cwd=clone)
    assert "big.txt" in refused(hub, name, git, clone)


def test_file_of_exactly_10_mib_is_accepted(hub: LocalHub, name: str, git: Git, clone: Path) -> None:
    git.commit(clone, "just right", big__txt=b"x" * (10 << 20))
    git("push", "--quiet", cwd=clone)
    assert len(hub.repository(name).files()["big.txt"]) == 10 << 20


def test_pointer_to_missing_file_is_rejected_by_name(hub: LocalHub, name: str, git: Git, clone: Path) -> None:
    git.commit(clone, "pointer only", model__bin=b"not sent")
    output = refused(hub, name, git, clone, "--no-verify")
    assert "an LFS pointer pointed to a file that does not exist" in output
    assert "model.bin" in output
    git("lfs", "push", "--all", "origin", cwd=clone)
    git("push", "--quiet", "--no-verify", cwd=clone)
    assert hub.repository(name).files()["model.bin"] == b"not sent"


def test_pointer_with_wrong_size_is_rejected(hub: LocalHub, name: str, git: Git, clone: Path) -> None:
    git.commit(clone, "real", model__bin=b"real content")
    git("push", "--quiet", cwd=clone)
    text = git("show", "HEAD:model.bin", cwd=clone)
    (clone / ".gitattributes").write_text("")
    git.commit(clone, "lie", model__bin=text.replace("size 12", "size 13").encode())
    assert "model.bin" in refused(hub, name, git, clone)


def test_invalid_card_metadata_is_rejected_with_the_reason(hub: LocalHub, name: str, git: Git, clone: Path) -> None:
    git.commit(clone, "card", README__md=b"---\nlicense: my-own\n---\n# x\n")
    assert '"license" must be one of' in refused(hub, name, git, clone)


def test_tree_that_fsck_refuses_is_rejected(hub: LocalHub, name: str, git: Git, clone: Path) -> None:
    """`receive.fsckObjects`: the file name would write into the .git folder of every clone."""
    blob = git("hash-object", "-w", ".gitattributes", cwd=clone).strip()
    inner = "100644 blob " + blob + "\tconfig\n"
    made = subprocess_git(git, clone, inner)
    tree = subprocess_git(git, clone, f"040000 tree {made}\t.GIT\n")
    oid = git("commit-tree", tree, "-p", "HEAD", "-m", "evil", cwd=clone).strip()
    assert "hasDotgit" in refused(hub, name, git, clone, "origin", f"{oid}:refs/heads/evil")
    assert hub.repository(name).head("evil") is None


def subprocess_git(git: Git, folder: Path, listing: str) -> str:

    return subprocess.run(
        ["git", "mktree"], input=listing, cwd=folder, env=git.environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_password_is_rejected_with_a_hint_to_use_a_token(
    hub: LocalHub, ada: Account, name: str, git: Git, clone: Path
) -> None:
    git.commit(clone, "x", a__txt=b"x")
    git.answer(ada.name, "correct horse")
    output = refused(hub, name, git, clone)
    assert "Password authentication in git is no longer supported" in output
    assert f"{hub.endpoint}/settings/tokens" in output
    git.answer(ada.name, ada.token)
    git("push", "--quiet", cwd=clone)


def test_wrong_and_revoked_tokens_are_rejected(hub: LocalHub, ada: Account, name: str, git: Git, clone: Path) -> None:
    git.commit(clone, "x", a__txt=b"x")
    for token in ("hf_" + "x" * 34, ""):
        git.answer(ada.name, token)
        refused(hub, name, git, clone)


@pytest.mark.parametrize("role", ["read", "fineGrained"])
def test_push_with_read_token_is_rejected(
    hub: LocalHub, ada: Account, name: str, git: Git, clone: Path, role: str
) -> None:
    git.commit(clone, "x", a__txt=b"x", w__bin=b"w")
    git.answer(ada.name, hub.create_token(ada.name, role=role))
    output = refused(hub, name, git, clone)
    assert "403" in output
    assert "may only read" in output


def test_push_to_another_users_repository_is_rejected(
    hub: LocalHub, bob: Account, name: str, git: Git, clone: Path
) -> None:
    git.commit(clone, "x", a__txt=b"x")
    git.answer(bob.name, bob.token)
    assert "403" in refused(hub, name, git, clone)


def test_author_of_a_pull_request_can_push_to_it_and_to_nothing_else(
    hub: LocalHub, ada: Account, bob: Account, name: str, git: Git, clone: Path
) -> None:
    discussions = f"/api/models/{name}/discussions"
    mine, theirs = (
        api(hub, account, "POST", discussions, title="A change", pullRequest=True)["num"] for account in (bob, ada)
    )
    git.commit(clone, "by bob", model__bin=b"weights" * 1000)
    git.answer(bob.name, bob.token)
    git("commit", "--quiet", "--allow-empty", "-m", "and more", cwd=clone)
    git("push", "--quiet", "origin", f"HEAD:refs/pr/{mine}", cwd=clone)
    events = api(hub, bob, "GET", f"{discussions}/{mine}")["events"]
    assert [(event["type"], event["data"].get("subject")) for event in events] == [
        ("comment", None), ("commit", "by bob"), ("commit", "and more"),
    ]  # fmt: skip
    assert events[-1]["data"]["oid"] == git("rev-parse", "HEAD", cwd=clone).strip()
    view = hub.repository(name)
    assert view.files(f"refs/pr/{mine}")["model.bin"] == b"weights" * 1000
    stored = hub.hub.database.all(
        "SELECT size FROM git_storage JOIN users ON users.id = user_id WHERE name = ?", (bob.name,)
    )
    assert [row["size"] > 0 for row in stored] == [True], (
        "the bytes count against the quota of the person who sent them"
    )
    for ref in ("refs/heads/main", "refs/heads/new", "refs/tags/v1", f"refs/pr/{theirs}"):
        output = refused(hub, name, git, clone, "origin", f"HEAD:{ref}", f"HEAD^:refs/pr/{mine}")
        assert f"You have no write access to {name}: it belongs to {ada.name}." in output
    output = refused(hub, name, git, clone, "origin", f":refs/pr/{mine}")
    assert "The changes of a pull request cannot be deleted; close it instead." in output
    git("tag", "-a", "v2", "-m", "annotated", cwd=clone)
    output = refused(hub, name, git, clone, "--force", "origin", f"v2:refs/pr/{mine}")
    assert f"refs/pr/{mine} does not name a commit." in output
    api(hub, bob, "POST", f"{discussions}/{mine}/status", status="closed")
    git("commit", "--quiet", "--allow-empty", "-m", "more", cwd=clone)
    assert "no write access" in refused(hub, name, git, clone, "origin", f"HEAD:refs/pr/{mine}")


def test_private_repository_can_only_be_cloned_by_its_owner(
    hub: LocalHub, ada: Account, bob: Account, git: Git, tmp_path: Path
) -> None:
    api(hub, ada, "POST", "/api/repos/create", name="secret", visibility="private")
    url = f"{hub.endpoint}/{ada.name}/secret"
    git.answer(bob.name, bob.token)
    output = git("clone", url, tmp_path / "a", check=False)
    assert git.code != 0
    assert "not found" in output.lower()
    git.answer(ada.name, hub.create_token(ada.name, role="read"))
    git("clone", "--quiet", url, tmp_path / "b")
    assert (tmp_path / "b" / ".gitattributes").exists()


def test_token_in_the_url_is_accepted(hub: LocalHub, ada: Account, name: str, git: Git, tmp_path: Path) -> None:
    git.answer("", "")
    url = hub.endpoint.replace("://", f"://{ada.name}:{ada.token}@")
    git("clone", "--quiet", f"{url}/{name}", tmp_path / "c")
    git.commit(tmp_path / "c", "x", a__txt=b"x")
    git("push", "--quiet", cwd=tmp_path / "c")
    assert hub.repository(name).files()["a.txt"] == b"x"


def test_old_clones_of_a_renamed_repository_still_work(
    hub: LocalHub, ada: Account, name: str, git: Git, clone: Path
) -> None:
    renamed = f"{ada.name}/renamed"
    api(hub, ada, "POST", "/api/repos/move", fromRepo=name, toRepo=renamed)
    git.commit(clone, "after the move", a__txt=b"x", w__bin=b"weights")
    git("push", "--quiet", cwd=clone)
    assert hub.repository(renamed).files()["w.bin"] == b"weights"
    git("pull", "--quiet", cwd=clone)


@pytest.mark.parametrize("kind", ["dataset", "space"])
def test_datasets_and_spaces_can_be_cloned_and_pushed(
    hub: LocalHub, ada: Account, git: Git, tmp_path: Path, kind: str
) -> None:
    more = {"sdk": "static"} if kind == "space" else {}
    api(hub, ada, "POST", "/api/repos/create", name="d", type=kind, **more)
    folder = tmp_path / kind
    git("clone", "--quiet", f"{hub.endpoint}/{kind}s/{ada.name}/d.git", folder)
    git.commit(folder, "data", data__parquet=b"PAR1" * 100)
    git("push", "--quiet", cwd=folder)
    assert hub.repository(f"{ada.name}/d", type=kind).files()["data.parquet"] == b"PAR1" * 100


def test_one_of_two_concurrent_pushes_is_rejected(
    hub: LocalHub, name: str, git: Git, clone: Path, tmp_path: Path
) -> None:
    git("clone", "--quiet", f"{hub.endpoint}/{name}", tmp_path / "other")
    git.commit(clone, "first", a__txt=b"1")
    git.commit(tmp_path / "other", "second", b__txt=b"2")
    git("push", "--quiet", cwd=clone)
    output = git("push", cwd=tmp_path / "other", check=False)
    assert git.code != 0
    assert "fetch first" in output or "non-fast-forward" in output
    git("pull", "--quiet", "--rebase", cwd=tmp_path / "other")
    git("push", "--quiet", cwd=tmp_path / "other")
    assert [c.title for c in hub.repository(name).commits()] == ["second", "first", "initial commit"]


def test_symbolic_link_is_stored_and_not_followed(
    hub: LocalHub, name: str, git: Git, clone: Path, tmp_path: Path
) -> None:
    (clone / "passwd").symlink_to("/etc/passwd")
    git.commit(clone, "link", a__txt=b"x")
    git("push", "--quiet", cwd=clone)
    assert hub.repository(name).files()["passwd"] == b"/etc/passwd"
    for kind in ("resolve", "raw"):
        with urllib.request.urlopen(f"{hub.endpoint}/{name}/{kind}/main/passwd", timeout=10) as answer:
            assert answer.read() == b"/etc/passwd"


def test_hand_written_pointer_does_not_give_access(
    hub: LocalHub, ada: Account, bob: Account, git: Git, tmp_path: Path
) -> None:
    """bob knows the oid of ada's private file and pushes a pointer to it."""
    api(hub, ada, "POST", "/api/repos/create", name="private", visibility="private")
    api(hub, bob, "POST", "/api/repos/create", name="mine")
    secret = b"ada's secret weights"
    git("clone", "--quiet", f"{hub.endpoint}/{ada.name}/private", tmp_path / "a")
    git.commit(tmp_path / "a", "secret", w__bin=secret)
    git("push", "--quiet", cwd=tmp_path / "a")
    pointer = git("show", "HEAD:w.bin", cwd=tmp_path / "a").encode()
    assert LfsPointer(pointer.split(b"sha256:")[1][:64].decode(), len(secret)).text() == pointer
    git.answer(bob.name, bob.token)
    git("clone", "--quiet", f"{hub.endpoint}/{bob.name}/mine", tmp_path / "b")
    (tmp_path / "b" / ".gitattributes").write_text("")
    git.commit(tmp_path / "b", "stolen", w__bin=pointer)
    assert "pointed to a file that does not exist" in refused(hub, f"{bob.name}/mine", git, tmp_path / "b")


def test_pushes_and_fetches_are_recorded(hub: LocalHub, ada: Account, name: str, git: Git, clone: Path) -> None:
    git.commit(clone, "x", a__txt=b"x")
    git("push", "--quiet", cwd=clone)
    rows = hub.hub.database.all("SELECT * FROM events WHERE repository_name = ? ORDER BY id", (name,))
    kinds = [(row["kind"], row["user_name"]) for row in rows]
    assert ("git.pushed", ada.name) in kinds
    assert "git.fetched" in [kind for kind, __ in kinds]


def test_pushes_leave_no_temporary_files(hub: LocalHub, name: str, git: Git, clone: Path) -> None:
    git.commit(clone, "x", a__txt=b"x")
    git("push", "--quiet", cwd=clone)
    refused(hub, name, git, clone, "origin", ":main")
    assert list(hub.hub.temporary.glob("push-*")) == []


def test_readers_see_pushes_in_order(hub: LocalHub, name: str, git: Git, clone: Path) -> None:
    for number in range(4):
        git.commit(clone, str(number), a__txt=str(number).encode())
        git("push", "--quiet", cwd=clone)
        assert hub.repository(name).files()["a.txt"] == str(number).encode()


@pytest.mark.parametrize("way", ["push", "commit", "create"])
def test_binary_file_outside_lfs_is_rejected_with_its_name(
    hub: LocalHub, ada: Account, name: str, git: Git, clone: Path, way: str
) -> None:
    """As on huggingface.co, for files of any size; text and empty files are accepted."""
    content = b"\x89PNG\r\n\x1a\n\0\0"
    if way == "push":
        git.commit(clone, "picture", cat__png=content, a__txt=b"text", empty=b"")
        output = git("push", cwd=clone, check=False)
        assert git.code != 0
        for line in (
            "Your push was rejected because it contains binary files.",
            "Please use https://huggingface.co/docs/hub/xet to store binary files.",
            "Offending files:",
            "  - cat.png (ref: refs/heads/main)",
        ):
            assert line in output
        assert "a.txt" not in output
        assert set(hub.repository(name).files()) == {".gitattributes"}
        return
    file = file_line("cat.png", content)
    if way == "create":
        path, body = "/api/repos/create", json.dumps({"name": "other", "files": [file["value"]]}).encode()
    else:
        path, body = f"/api/models/{name}/commit/main", commit_body(file)
    request = urllib.request.Request(hub.endpoint + path, body, {"Authorization": f"Bearer {ada.token}"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 400
    assert "cat.png" in json.load(caught.value)["error"]
    assert not hub.repository(f"{ada.name}/other").exists


def test_binary_file_tracked_by_lfs_is_accepted(hub: LocalHub, name: str, git: Git, clone: Path) -> None:
    git("lfs", "install", "--local", cwd=clone)
    git("lfs", "track", "*.png", cwd=clone)
    git.commit(clone, "picture", cat__png=b"\x89PNG\0\0")
    git("push", cwd=clone)
    assert hub.repository(name).lfs_paths() == ["cat.png"]


@pytest.mark.parametrize("path", ["tab\there.txt", "bell\a.txt", "line\nend.txt"])
def test_control_character_in_a_file_name_is_rejected_by_push_and_api(
    hub: LocalHub, ada: Account, name: str, git: Git, clone: Path, path: str
) -> None:
    (clone / path).write_bytes(b"x")
    git("add", ".", cwd=clone)
    git("commit", "--quiet", "-m", "x", cwd=clone)
    assert "contains a control character" in git("push", cwd=clone, check=False)
    request = urllib.request.Request(
        f"{hub.endpoint}/api/models/{name}/commit/main",
        commit_body(file_line(path, b"x")),
        {"Authorization": f"Bearer {ada.token}"},
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert (caught.value.code, "contains a control character" in json.load(caught.value)["error"]) == (422, True)


def test_file_with_a_non_utf8_name_can_be_downloaded_by_its_listed_name(
    hub: LocalHub, ada: Account, name: str, python_client: PythonClient
) -> None:
    """Pushes with such names are rejected, but older or imported repositories may contain them."""
    store = hub.hub.git
    repository = find_repository(hub.hub, "model", name)
    assert repository
    stream = (
        b"feature done\ncommit refs/heads/main\ncommitter a <a@b> 1 +0000\ndata 1\nx\nfrom refs/heads/main^0\n"
        b'M 100644 inline "caf\\351/men\\374.txt"\ndata 4\nfood\n'
        b"M 100644 inline caf%E9.txt\ndata 7\nliteral\ndone\n"
    )
    store.run(repository.id, "fast-import", "--quiet", "--date-format=raw", stdin=stream)
    found = python_client.run(
        """
        api = huggingface_hub.HfApi(token=token)
        listed = api.list_repo_files(name)
        odd = next(path for path in listed if "men" in path)
        content = open(api.hf_hub_download(name, odd)).read()
        literal = open(api.hf_hub_download(name, "caf%E9.txt")).read()
        below = [entry.path for entry in api.list_repo_tree(name, odd.split("/")[0])]
        api.delete_file(odd, name)
        result = [odd, content, literal, below, sorted(api.list_repo_files(name))]
        """,
        name=name,
        token=ada.token,
    )
    odd = "caf%E9/men%FC.txt"
    assert found == [odd, "food", "literal", [odd], [".gitattributes", "caf%E9.txt"]]
