"""The repository panel follows a real push while it arrives."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from autograde.errors import HubRefused, HubUnreachable
from autograde.hub import Account, LocalHub
from autograde.widgets import RepositoryPanel
from autograde.widgets.login import log_in
from autograde.widgets.repository_panel import Arriving, ListedFile, RepositoryState, look, tables

FAST = 0.02


@pytest.fixture
def model(workspace: Path, hub: LocalHub, ada: Account, request: pytest.FixtureRequest) -> str:
    log_in(ada.token)
    name = f"ada/{request.node.name.replace('_', '-')[:60].strip('-')}"
    HfApi().create_repo(name)
    return name


@pytest.fixture
def panels() -> Iterator[list[RepositoryPanel]]:
    """Panels that are stopped after the test."""
    made: list[RepositoryPanel] = []
    yield made
    for panel in made:
        panel.stop()


def git(*words: str) -> None:
    subprocess.run(["git", *words], check=True, capture_output=True, env=os.environ | {"GIT_TERMINAL_PROMPT": "0"})


def test_git_push_is_followed_until_its_commit_has_arrived(
    model: str, hub: LocalHub, tmp_path: Path, panels: list[RepositoryPanel]
) -> None:
    panel = RepositoryPanel(model, interval=FAST)
    panels.append(panel)
    assert panel.follows
    assert [file.path for file in (panel.snapshot or RepositoryState()).files] == [".gitattributes"]
    clone = str(tmp_path / "clone")
    git("clone", f"{hub.endpoint}/{model}", clone)
    (tmp_path / "clone" / "model.safetensors").write_bytes(os.urandom(1 << 20))
    git("-C", clone, "add", ".")
    git("-C", clone, "commit", "-m", "Add weights")
    git("-C", clone, "push")
    assert panel.wait(30)
    assert "A new commit has arrived: “Add weights”" in panel.status.value
    assert ListedFile("model.safetensors", 1 << 20, True) in (panel.snapshot or RepositoryState()).files
    assert panel.shown.value.count("✚ new") == 2
    assert "model.safetensors" in repr(panel)
    assert not panel.button.disabled


def test_upload_in_progress_is_shown_with_a_bar_until_it_ends(panels: list[RepositoryPanel]) -> None:
    before = RepositoryState((), (("a", "initial commit"),))
    going = RepositoryState((), (("b", "New"), *before.commits), (Arriving("git push by ada: 1 MB", 5, 10),))
    over = RepositoryState((), going.commits, (Arriving("ada uploaded 1 file", over=True),))
    seen, finish = threading.Event(), threading.Event()
    answers = iter([before, going, over])

    def scripted(_repo_id: str) -> RepositoryState:
        found = next(answers)
        if found is over:
            seen.set()
            finish.wait(30)
        return found

    panel = RepositoryPanel("ada/scripted", look=scripted, interval=FAST)
    panels.append(panel)
    assert seen.wait(30)
    # The commit has arrived, but an upload is still in progress: the panel keeps following.
    assert '<progress max="10" value="5"' in panel.status.value
    assert "git push by ada: 1 MB" in panel.status.value
    finish.set()
    assert panel.wait(30)
    assert "“New”" in panel.status.value


def test_panel_stops_after_a_while_and_the_button_starts_it_again(panels: list[RepositoryPanel]) -> None:
    panel = RepositoryPanel("ada/quiet", look=lambda _repo_id: RepositoryState(), interval=FAST, patience=0)
    panels.append(panel)
    assert panel.wait(30)
    assert "Nothing has happened" in panel.status.value
    panel.button.click()
    assert panel.wait(30)


def test_a_second_panel_of_a_repository_stops_the_first(panels: list[RepositoryPanel]) -> None:
    first = RepositoryPanel("ada/two", look=lambda _repo_id: RepositoryState(), interval=FAST)
    second = RepositoryPanel("ada/two", look=lambda _repo_id: RepositoryState(), interval=FAST)
    panels += [first, second]
    assert not first.follows
    assert second.follows


def test_missing_repository_is_reported(workspace: Path, ada: Account) -> None:
    log_in(ada.token)
    panel = RepositoryPanel("ada/nothing-here")
    assert not panel.follows
    assert "The Hub answers" in panel.status.value


def scripted(*answers: RepositoryState | Exception) -> Callable[[str], RepositoryState]:
    """Return a function that returns or raises each answer in turn."""
    left = iter(answers)

    def look_at(_repo_id: str) -> RepositoryState:
        found = next(left)
        if isinstance(found, Exception):
            raise found
        return found

    return look_at


def test_panel_continues_after_the_hub_was_unreachable(panels: list[RepositoryPanel]) -> None:
    before, after = RepositoryState((), (("a", "one"),)), RepositoryState((), (("b", "two"), ("a", "one")))
    answers = scripted(before, HubUnreachable("No Hub answers.", "Start it."), after)
    panel = RepositoryPanel("ada/away", look=answers, interval=FAST)
    panels.append(panel)
    assert panel.wait(30)
    assert "“two”" in panel.status.value


def test_refusal_by_the_hub_stops_the_panel(panels: list[RepositoryPanel]) -> None:
    answers = scripted(RepositoryState(), HubRefused("The Hub answers: gone"))
    panel = RepositoryPanel("ada/gone", look=answers, interval=FAST)
    panels.append(panel)
    assert panel.wait(30)
    assert "gone" in panel.status.value


def test_names_and_titles_are_escaped() -> None:
    shown = tables(RepositoryState((ListedFile("<b>x", 1, False),), (("a", "<script>"),)), RepositoryState())
    assert "<script>" not in shown
    assert "<b>x" not in shown


def test_files_in_folders_are_listed(model: str) -> None:
    HfApi().upload_file(path_or_fileobj=b"{}", path_in_repo="folder/config.json", repo_id=model)
    assert ListedFile("folder/config.json", 2, False) in look(model).files
