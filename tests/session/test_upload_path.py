"""The path of a model to the Hub, in a real clone: each git command moves it one step further."""

from __future__ import annotations

import subprocess
from pathlib import Path

from huggingface_hub import HfApi

from autograde.hub import LocalHub
from autograde.session.upload_path import UploadPath, clone_state


def test_each_command_moves_the_model_one_step(tmp_path: Path) -> None:
    clone = tmp_path / "m"
    with LocalHub() as hub:
        ada = hub.create_user("ada")
        hub.create_repository("ada/m")
        environment = hub.environment(tmp_path / "home")
        address = hub.endpoint.replace("://", f"://ada:{ada.token}@") + "/ada/m"

        def git(*words: str) -> UploadPath:
            subprocess.run(["git", *words], cwd=tmp_path, env=environment, check=True, capture_output=True)
            return clone_state(clone)

        assert clone_state(clone).place == "nowhere"
        assert git("clone", address, str(clone)) == UploadPath(True)
        assert clone_state(clone).place == "clone"
        (clone / "sub").mkdir()
        for name in ("config.json", "sub/two files.json"):
            (clone / name).write_text("{}")
        assert (clone_state(clone).place, clone_state(clone).count) == ("folder", 2)
        added = git("-C", str(clone), "add", ".")
        assert (added.place, added.count) == ("index", 2)
        committed = git("-C", str(clone), "commit", "-m", "Two files")
        assert (committed.place, committed.count) == ("commit", 1)
        assert git("-C", str(clone), "push") == UploadPath(True, tracked=True)
        assert clone_state(clone).place == "hub"
        # Another program adds a commit on the Hub: the clone's own commit is there all the same.
        HfApi(endpoint=hub.endpoint, token=ada.token).upload_file(
            path_or_fileobj=b"x", path_in_repo="notes.md", repo_id="ada/m"
        )
        assert clone_state(clone).place == "hub"
        # A later change starts the path again; if it was only partly added, the step furthest from the Hub is shown.
        (clone / "config.json").write_text("{ }")
        changed = git("-C", str(clone), "add", "config.json")
        assert (changed.place, changed.count) == ("index", 1)
        (clone / "config.json").write_text("{  }")
        assert (clone_state(clone).place, clone_state(clone).count) == ("folder", 1)


def test_model_copied_with_its_folder_is_to_be_copied_again(tmp_path: Path) -> None:
    """``cp -r`` without ``/.`` was shown as done, and the learner noticed the mistake only after the push."""
    subprocess.run(["git", "init", str(tmp_path)], check=True, capture_output=True)
    copied = tmp_path / "bert"
    copied.mkdir()
    (copied / "config.json").write_text("{}")
    assert repr(clone_state(tmp_path)).startswith("✓ git clone → ▶ cp -r → ○ git add")
    assert "in the folder bert of the clone" in repr(clone_state(tmp_path))
    assert "<code>bert</code>" in clone_state(tmp_path)._repr_html_()
    # The right copy follows, and the folder stays: it would be pushed, too.
    (tmp_path / "config.json").write_text("{}")
    assert repr(clone_state(tmp_path)).startswith("✓ git clone → ✓ cp -r → ▶ git add")
    assert "The folder bert of the clone has the model a second time" in repr(clone_state(tmp_path))
    (tmp_path / "config.json").unlink()
    copied.rename(tmp_path / "onnx")
    (tmp_path / "config.json").write_text('{"layers": 2}')
    assert repr(clone_state(tmp_path)).startswith("✓ git clone → ✓ cp -r → ▶ git add")
    assert "a second time" not in repr(clone_state(tmp_path))


def test_repository_around_the_folder_is_ignored(tmp_path: Path) -> None:
    subprocess.run(["git", "init", str(tmp_path)], check=True, capture_output=True)
    (tmp_path / "m").mkdir()
    assert clone_state(tmp_path / "m") == UploadPath(False)
    assert clone_state(tmp_path / "missing").place == "nowhere"


def test_repository_that_was_deleted_or_made_anew_begins_the_path_again(tmp_path: Path) -> None:
    """git alone still believes that everything is on the Hub."""
    clone = tmp_path / "m"
    with LocalHub() as hub:
        ada = hub.create_user("ada")
        environment = hub.environment(tmp_path / "home")
        address = hub.endpoint.replace("://", f"://ada:{ada.token}@") + "/ada/m"
        api = HfApi(endpoint=hub.endpoint, token=ada.token)
        api.create_repo("m")

        def git(*words: str) -> None:
            subprocess.run(["git", *words], cwd=tmp_path, env=environment, check=True, capture_output=True)

        git("clone", address, str(clone))
        (clone / "config.json").write_text("{}")
        for words in (["add", "."], ["commit", "-m", "One file"], ["push"]):
            git("-C", str(clone), *words)
        assert clone_state(clone).place == "hub"
        api.delete_repo("ada/m")
        gone = clone_state(clone)
        assert gone.place == "elsewhere"
        assert repr(gone).startswith("▶ git clone → ○ cp -r")
        assert "The Hub doesn't have this version" in repr(gone)
        api.create_repo("m")
        api.upload_file(path_or_fileobj=b"x", path_in_repo="notes.md", repo_id="ada/m")
        assert clone_state(clone).place == "elsewhere"
    # The Hub does not run.
    assert clone_state(clone).place == "elsewhere"
