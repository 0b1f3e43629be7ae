"""Branches, tags and history, by the unmodified client."""

from __future__ import annotations

from autograde.hub import Account, LocalHub
from tests.hub.clients import PythonClient


def test_client_creates_lists_and_deletes_branches_and_tags(
    hub: LocalHub, ada: Account, python_client: PythonClient
) -> None:
    name = f"{ada.name}/refs"
    result = python_client.run(
        """
        api = huggingface_hub.HfApi(token=token)
        api.create_repo(name)
        api.upload_file(path_or_fileobj=b"1", path_in_repo="a.txt", repo_id=name, commit_message="one")
        api.create_tag(name, tag="v1", tag_message="the first")
        api.create_branch(name, branch="feature/x")
        api.upload_file(path_or_fileobj=b"2", path_in_repo="a.txt", repo_id=name, revision="feature/x")
        api.upload_file(path_or_fileobj=b"3", path_in_repo="d/b.txt", repo_id=name)
        api.delete_file("a.txt", name, commit_message="gone")
        refs = api.list_repo_refs(name)
        result = {
            "branches": sorted(b.name for b in refs.branches), "tags": [t.name for t in refs.tags],
            "v1": open(api.hf_hub_download(name, "a.txt", revision="v1")).read(),
            "x": open(api.hf_hub_download(name, "a.txt", revision="feature/x")).read(),
            "commits": [c.title for c in api.list_repo_commits(name)],
            "authors": {a for c in api.list_repo_commits(name) for a in c.authors}.pop(),
            "exists": [api.file_exists(name, "a.txt"), api.file_exists(name, "d/b.txt"), api.repo_exists(name),
                       api.repo_exists(name + "x"), api.revision_exists(name, "v1"), api.revision_exists(name, "v9")],
            "tree": [t.path for t in api.list_repo_tree(name, recursive=True, expand=True)],
        }
        api.delete_branch(name, branch="feature/x")
        api.delete_tag(name, tag="v1")
        api.delete_folder("d", name)
        """,
        token=ada.token,
        name=name,
    )
    assert result == {
        "branches": ["feature/x", "main"],
        "tags": ["v1"],
        "v1": "1",
        "x": "2",
        "commits": ["gone", "Upload d/b.txt with huggingface_hub", "one", "initial commit"],
        "authors": ada.name,
        "exists": [False, True, True, False, True, False],
        "tree": [".gitattributes", "d", "d/b.txt"],
    }
    view = hub.repository(name)
    assert list(view.files()) == [".gitattributes"]
    assert view.head("feature/x") is None
    assert view.head("v1") is None
