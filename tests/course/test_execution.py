"""Every lesson runs from top to bottom with nobody in front of it: on its own, in a fresh workspace, in both languages.

Real kernels, git, git-lfs and transformers against one real Hub. That each lesson has a workspace and an account of its
own shows that they can be done in any order.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograde import notebooks
from autograde.files import sha256
from autograde.hub import LocalHub, client_environment
from autograde.models import FINETUNED_SHA256, finetuned_folder

KIT = Path(__file__).parent.parent.parent
LESSONS = {path.stem.split("-")[0]: path for path in sorted((KIT / "course").glob("*.ipynb"))}

in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])


@pytest.fixture(scope="module")
def hub() -> Iterator[LocalHub]:
    with LocalHub() as running:
        yield running


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Path]:
    """A learner's folder. It goes at once: clones of the model would fill the disk, as pytest keeps three runs."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def run(section: str, language: str, hub: LocalHub, workspace: Path) -> NotebookNode:
    """The lesson in one language, executed as ``make learn`` would run it: with its outputs and its widgets' state."""
    book = notebooks.one_language(notebooks.read(LESSONS[section]), language)
    environment = client_environment(hub.endpoint, workspace / ".autograde") | {"AUTOGRADE_LANGUAGE": language}
    client = NotebookClient(
        book, timeout=180, store_widget_state=True, resources={"metadata": {"path": str(workspace)}}
    )
    client.execute(env=environment)
    return book


def printed(book: NotebookNode, identifier: str) -> str:
    """Everything that the cell put out as text."""
    [cell] = [cell for cell in book.cells if cell.id == identifier]
    parts = [each.text if each.output_type == "stream" else each.data.get("text/plain", "") for each in cell.outputs]
    return "".join(parts)


def everything_printed(book: NotebookNode) -> str:
    return "\n".join(printed(book, cell.id) for cell in book.cells if cell.cell_type == "code")


def account(workspace: Path) -> str:
    """The name of the practice account that the lesson made."""
    found = re.search(r'"name": "([^"]+)"', (workspace / ".autograde/huggingface/practice-account.json").read_text())
    assert found
    return found[1]


def assert_no_token(book: NotebookNode, workspace: Path) -> None:
    """Neither the saved token nor anything that looks like one is in the file that JupyterLab would save."""
    saved = nbformat.writes(book)
    token = workspace / ".autograde" / "huggingface" / "token"
    if token.exists():
        assert token.read_text() not in saved
    assert not re.search(r"hf_[A-Za-z0-9]{20,}", saved)


@in_both_languages
@pytest.mark.parametrize("section", [each for each in LESSONS if each not in ("2.4", "2.5", "2.6")])
def test_a_lesson_runs_on_its_own_and_saves_no_token(
    hub: LocalHub, workspace: Path, section: str, language: str
) -> None:
    book = run(section, language, hub, workspace)
    assert_no_token(book, workspace)
    shown = everything_printed(book)
    assert "Traceback" not in shown
    assert "fatal:" not in shown
    # The kit's own words come in the learner's language.
    opened = printed(book, "open-the-lesson")
    assert bool(re.search(r"[\u4e00-\u9fff]", opened)) == (language == "zh")


@in_both_languages
def test_lesson_2_4_pushes_the_whole_model_with_git(hub: LocalHub, workspace: Path, language: str) -> None:
    book = run("2.4", language, hub, workspace)
    assert_no_token(book, workspace)
    repository = hub.repository(f"{account(workspace)}/mymodel04")
    assert repository.lfs_paths() == ["model.safetensors"]
    files = repository.files()
    assert {name: sha256(files[name]) for name in FINETUNED_SHA256} == FINETUNED_SHA256
    titles = [commit.message.splitlines()[0] for commit in repository.commits()]
    assert titles[-1] == "initial commit"
    assert titles[-2].startswith("Upload the fine-tuned model")
    assert len(titles) == 3
    # The one refusal is the planned one, in the Hub's words.
    assert everything_printed(book).count("fatal:") == 1
    assert "Password authentication in git is no longer supported" in printed(book, "push-with-a-password")
    assert "LFS  model.safetensors" in printed(book, "what-the-hub-has")
    assert FINETUNED_SHA256["model.safetensors"] in printed(book, "what-git-keeps")


@in_both_languages
def test_lesson_2_5_clones_the_real_files_and_repairs_a_clone_of_pointers(
    hub: LocalHub, workspace: Path, language: str
) -> None:
    book = run("2.5", language, hub, workspace)
    assert_no_token(book, workspace)
    for clone in ("mymodel04", "without-lfs"):
        weights = workspace / "clones" / "2.5" / clone / "model.safetensors"
        assert weights.stat().st_size == (finetuned_folder() / "model.safetensors").stat().st_size
        assert sha256(weights.read_bytes()) == FINETUNED_SHA256["model.safetensors"]
    pointer = printed(book, "look-at-the-pointer")
    assert "version https://git-lfs.github.com/spec/v1" in pointer
    assert "header" in printed(book, "load-the-pointer-file")
    assert "fatal:" not in everything_printed(book)


@in_both_languages
def test_lesson_2_6_ends_with_the_tutorials_shape(hub: LocalHub, workspace: Path, language: str) -> None:
    book = run("2.6", language, hub, workspace)
    assert_no_token(book, workspace)
    assert "[101, 2831, 2003, 10036, 102, 3531, 2265, 2033, 2115, 3642, 999, 102]" in printed(book, "encode-the-pair")
    assert printed(book, "make-segment-ids") == "[0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]"
    assert printed(book, "run-the-model").rstrip().endswith("torch.Size([1, 12, 768])")
    assert printed(book, "the-tokenizers-own").rstrip().endswith("the same: True")
    assert "same numbers: False" in printed(book, "wrong-segment-ids")


def test_a_workspace_takes_a_lesson_twice_and_the_next_one_after_it_and_the_map_shows_them(
    hub: LocalHub, workspace: Path
) -> None:
    """The first run leaves a clone behind, and its repository is there already in the second."""
    for _time in range(2):
        book = run("2.4", "en", hub, workspace)
    assert "nothing to commit" in printed(book, "git-commit")
    assert "Everything up-to-date" in printed(book, "git-push")
    assert everything_printed(book).count("fatal:") == 1
    assert "fatal:" not in everything_printed(run("2.5", "en", hub, workspace))
    progress = printed(run("0", "en", hub, workspace), "show-progress")
    assert [line[0] for line in progress.splitlines()[1:]] == ["✓", "✓", "✓", "✓", "✓", "○"]


def test_nbconvert_runs_a_lesson_that_nobody_prepared_anything_for(tmp_path: Path) -> None:
    """Plain Jupyter, without ``make learn``: the first cell starts a Hub, and the page that comes out is whole."""
    name = "2.3-create-a-model-repository"
    book = notebooks.one_language(notebooks.read(LESSONS["2.3"]), "en")
    (tmp_path / f"{name}.ipynb").write_text(notebooks.canonical(book), encoding="utf-8")
    own = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "GIT_"))}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    done = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", f"{name}.ipynb"],
        cwd=tmp_path,
        env=own | {"HOME": str(tmp_path / "person"), "AUTOGRADE_HUB_PORT": port, "AUTOGRADE_LANGUAGE": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = (tmp_path / f"{name}.html").read_text(encoding="utf-8")
    assert "You already created this model repo" in shown
    assert not re.search(r"hf_[A-Za-z0-9]{20,}", shown)
    assert not (tmp_path / "person" / ".cache" / "huggingface").exists()
