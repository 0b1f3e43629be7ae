"""After a Hub moved to another port, git in older clones finds it and keeps its login."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from autograde.hub.environment import client_environment
from autograde.session.moved_hub import redirect, with_moved_credentials

OLD, NEWER, OTHER = 41001, 41002, 41003


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "a home"


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    return client_environment(f"http://127.0.0.1:{NEWER}", home)


def git(environment: dict[str, str], *arguments: str, answer: str = "", folder: Path | None = None) -> str:
    done = subprocess.run(
        ["git", *arguments], env=environment, cwd=folder, input=answer, capture_output=True, text=True, check=True
    )
    return done.stdout


def remember(environment: dict[str, str], port: int, secret: str) -> None:
    git(
        environment,
        "credential",
        "approve",
        answer=f"protocol=http\nhost=127.0.0.1:{port}\nusername=ada\npassword={secret}\n\n",
    )


def remembered(environment: dict[str, str], port: int) -> str:
    answer = git(environment, "credential", "fill", answer=f"protocol=http\nhost=127.0.0.1:{port}\n\n")
    return dict(line.split("=", 1) for line in answer.splitlines())["password"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_clone_with_the_old_address_uses_the_new_one(
    home: Path, environment: dict[str, str], tmp_path: Path, host: str
) -> None:
    git(environment, "init", "-q", str(tmp_path / "clone"))
    git(environment, "remote", "add", "origin", f"http://{host}:{OLD}/ada/mymodel04", folder=tmp_path / "clone")
    redirect(home, NEWER, [OLD], environment)
    url = git(environment, "remote", "get-url", "origin", folder=tmp_path / "clone")
    assert url.strip() == f"http://127.0.0.1:{NEWER}/ada/mymodel04"


def test_hub_that_returns_to_its_old_port_is_found(home: Path, environment: dict[str, str], tmp_path: Path) -> None:
    redirect(home, NEWER, [OLD], environment)
    redirect(home, OLD, [NEWER], environment)
    for port in (OLD, NEWER):
        answer = git(environment, "ls-remote", "--get-url", f"http://127.0.0.1:{port}/ada/mymodel04", folder=tmp_path)
        assert answer.strip() == f"http://127.0.0.1:{OLD}/ada/mymodel04"
    assert git(environment, "config", "--get-all", "include.path").count("gitconfig-moved") == 1


def test_other_addresses_are_not_redirected(home: Path, environment: dict[str, str], tmp_path: Path) -> None:
    redirect(home, NEWER, [OLD], environment)
    for url in (f"http://127.0.0.1:{OTHER}/ada/x", f"http://127.0.0.1:{OLD}1/ada/x", "https://huggingface.co/ada/x"):
        assert git(environment, "ls-remote", "--get-url", url, folder=tmp_path).strip() == url


def test_login_saved_by_git_is_copied_to_the_new_port(home: Path, environment: dict[str, str]) -> None:
    secret = "a-secret"
    remember(environment, OLD, secret)
    redirect(home, NEWER, [OLD], environment)
    assert remembered(environment, NEWER) == secret
    assert (home / "git-credentials").stat().st_mode & 0o777 == 0o600


def test_existing_login_at_the_new_port_is_kept(home: Path, environment: dict[str, str]) -> None:
    remember(environment, OLD, "old")
    remember(environment, NEWER, "new")
    redirect(home, NEWER, [OLD], environment)
    assert remembered(environment, NEWER) == "new"


def test_logins_of_other_addresses_are_not_copied() -> None:
    store = f"https://ada:s@huggingface.co\nhttp://ada:s@127.0.0.1%3a{OTHER}\nhttp://ada:s@10.0.0.1%3a{OLD}\n"
    assert with_moved_credentials(store, NEWER, [OLD]) == store


def test_redirecting_twice_does_not_duplicate_logins(home: Path, environment: dict[str, str]) -> None:
    remember(environment, OLD, "s")
    redirect(home, NEWER, [OLD], environment)
    once = (home / "git-credentials").read_text()
    redirect(home, NEWER, [OLD], environment)
    assert (home / "git-credentials").read_text() == once
