"""A client's environment has everything it needs and nothing from the user's own settings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograde import settings
from autograde.hub import Account, LocalHub, client_environment


@pytest.fixture
def users_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home folder of a huggingface.co user, with a token, a cache, a git identity and credentials."""
    home = tmp_path / "person"
    (home / ".cache" / "huggingface").mkdir(parents=True)
    (home / ".cache" / "huggingface" / "token").write_text("hf_" + "p" * 34)
    (home / ".gitconfig").write_text("[user]\n\tname = Person\n\temail = person@home\n[credential]\n\thelper = store\n")
    (home / ".git-credentials").write_text("https://person:" + "hf_" + "p" * 34 + "@huggingface.co\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("HF_TOKEN", "hf_" + "q" * 34)
    monkeypatch.setenv("HF_HUB_CACHE", str(home / "cache"))
    monkeypatch.setenv("HUGGINGFACE_CO_STAGING", "1")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Person")
    monkeypatch.setenv("NO_PROXY", "example.org")
    return home


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_users_own_token_cache_and_git_settings_are_neither_used_nor_changed(
    hub: LocalHub, ada: Account, users_home: Path, tmp_path: Path
) -> None:
    before = everything_in(users_home)
    environment = client_environment(hub.endpoint, tmp_path / "home", name="Ada", email="ada@class")
    code = (
        "import huggingface_hub as h, os, sys\n"
        "assert h.get_token() is None, 'the user\\'s own token was read'\n"
        "h.login(sys.argv[1], add_to_git_credential=True)\n"
        "assert h.whoami()['name'] == sys.argv[2]\n"
        "print(h.constants.HF_HUB_CACHE)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, ada.token, ada.name], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "home") in done.stdout
    git = subprocess.run(
        ["git", "var", "GIT_AUTHOR_IDENT"], env=environment, capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert git.stdout.startswith("Ada <ada@class>")
    assert everything_in(users_home) == before
    assert ada.token in (tmp_path / "home" / "git-credentials").read_text()


def test_personal_variables_are_removed(tmp_path: Path) -> None:
    base = dict.fromkeys(settings.PERSONAL_VARIABLES, "x") | {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    environment = client_environment("http://127.0.0.1:1/", tmp_path, base=base)
    assert not set(settings.PERSONAL_VARIABLES) & set(environment)
    assert environment["LANG"] == "C.UTF-8"
    assert environment["HF_ENDPOINT"] == "http://127.0.0.1:1"


def test_proxy_is_bypassed_for_the_hub(users_home: Path, tmp_path: Path) -> None:
    environment = client_environment("http://127.0.0.1:1", tmp_path)
    assert environment["NO_PROXY"].split(",") == ["example.org", "127.0.0.1", "localhost"]
    assert environment["no_proxy"].split(",")[-2:] == ["127.0.0.1", "localhost"]


def test_existing_git_configuration_is_kept(tmp_path: Path) -> None:
    client_environment("http://127.0.0.1:1", tmp_path, name="first")
    client_environment("http://127.0.0.1:1", tmp_path, name="second")
    assert "name = first" in (tmp_path / "gitconfig").read_text()


def test_paths_in_the_environment_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    environment = client_environment("http://127.0.0.1:1", Path("home"))
    assert Path(environment["HF_HOME"]).is_absolute()
    assert Path(environment["GIT_CONFIG_GLOBAL"]).is_file()


def test_progress_bars_in_a_notebook_break_into_lines(tmp_path: Path) -> None:
    """In a window of 1000 pixels, four downloads of a model had a scroll bar each, and their speeds were cut."""
    program = "from tqdm.notebook import tqdm; print(tqdm([], display=False).container.layout.flex_flow)"
    environment = client_environment("http://127.0.0.1:1", tmp_path / "home")
    done = subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "row wrap"
