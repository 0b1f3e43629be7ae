"""Set up the kit from nothing: what is installed when, and a clear error for everything that can fail."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from autograde.errors import FolderUnusable, MissingTool, SetUpFailed
from autograde.settings import KIT
from autograde.setup import bootstrap, tools


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "constraints.txt").write_text("")
    return tmp_path


@pytest.fixture
def venv(kit: Path) -> Path:
    """A virtual environment with this Python, without the slow installation by pip."""
    scripts = kit / ".venv" / "bin"
    scripts.mkdir(parents=True)
    (scripts / "python").symlink_to(sys.executable)
    (scripts / "autograde").touch()
    return kit / ".venv"


def replace_python(venv: Path, script: str) -> None:
    """Replace the environment's Python by a shell script."""
    python = venv / "bin" / "python"
    python.unlink()
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(python.stat().st_mode | stat.S_IXUSR)


def test_second_start_installs_nothing(kit: Path, venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(bootstrap, "install", lambda venv, kit, extra: calls.append(extra))
    for _ in range(2):
        bootstrap.set_up(kit, "learner")
    assert calls == ["learner"]


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_changed_requirements_are_installed(kit: Path, venv: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    calls: list[str] = []
    monkeypatch.setattr(bootstrap, "install", lambda venv, kit, extra: calls.append(extra))
    bootstrap.set_up(kit, "learner")
    (kit / name).write_text("changed")
    bootstrap.set_up(kit, "learner")
    assert len(calls) == 2


def test_developer_environment_is_enough_for_a_learner_but_not_vice_versa(
    kit: Path, venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    monkeypatch.setattr(bootstrap, "install", lambda venv, kit, extra: calls.append(extra))
    for extra in ("learner", "developer", "learner"):
        bootstrap.set_up(kit, extra)
    assert calls == ["learner", "developer"]


def test_environment_is_not_ready_after_a_failed_installation(
    kit: Path, venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(venv: Path, kit: Path, extra: str) -> None:
        raise SetUpFailed("no network")

    monkeypatch.setattr(bootstrap, "install", fail)
    with pytest.raises(SetUpFailed):
        bootstrap.set_up(kit, "learner")
    assert not bootstrap.is_ready(venv, kit, "learner")


def test_broken_environment_is_created_again(kit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    monkeypatch.setattr(bootstrap, "make_venv", made.append)
    monkeypatch.setattr(bootstrap, "install", lambda venv, kit, extra: None)
    (kit / ".venv" / "bin").mkdir(parents=True)
    (kit / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")
    bootstrap.set_up(kit, "learner")
    assert made == [kit / ".venv"]


def test_new_environment_replaces_a_broken_one(kit: Path) -> None:
    broken = kit / ".venv"
    (broken / "bin").mkdir(parents=True)
    (broken / "leftover").touch()
    assert not bootstrap.works(broken)
    bootstrap.make_venv(broken)
    assert bootstrap.works(broken)
    assert not (broken / "leftover").exists()


def test_environment_that_cannot_be_created_is_reported(kit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # There is a folder where venv writes its configuration file.
    monkeypatch.setattr(shutil, "rmtree", lambda path: (kit / ".venv" / "pyvenv.cfg").mkdir())
    (kit / ".venv").mkdir()
    with pytest.raises(FolderUnusable, match="cannot be made"):
        bootstrap.make_venv(kit / ".venv")


def test_missing_venv_module_is_reported_with_the_command_to_install_it(
    kit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "_has_ensurepip", lambda: False)
    monkeypatch.setattr(tools, "is_root", lambda: False)
    monkeypatch.setattr(tools, "package_manager", lambda: "apt-get")
    with pytest.raises(MissingTool, match="venv") as caught:
        bootstrap.make_venv(kit / ".venv")
    assert f"sudo apt-get install -y --no-install-recommends python3.{sys.version_info.minor}-venv" in caught.value.fix


def test_failed_installation_is_reported_with_a_reason_and_a_fix(kit: Path, venv: Path) -> None:
    replace_python(venv, "echo 'ERROR: [Errno 28] No space left on device' >&2; exit 1")
    with pytest.raises(SetUpFailed, match="disk is full") as caught:
        bootstrap.install(venv, kit, "learner")
    assert caught.value.fix


def test_pip_installs_the_tested_versions(kit: Path, venv: Path) -> None:
    replace_python(venv, f'echo "$@" >> "{kit}/arguments"')
    for kind, extras in (("learner", "course"), ("developer", "course,dev,docs")):
        bootstrap.install(venv, kit, kind)
        [pip] = [line for line in (kit / "arguments").read_text().splitlines() if line.startswith("-m pip install")]
        assert f"-c {kit}/constraints.txt" in pip
        assert pip.endswith(f"-e {kit}[{extras}]")
        (kit / "arguments").unlink()


def test_missing_programs_are_installed_with_apt_for_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake apt-get puts git-lfs on the PATH."""
    apt = tmp_path / "apt-get"
    apt.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n[ "$1" = update ] || cp {tmp_path}/apt-get {tmp_path}/git-lfs\n'
    )
    apt.chmod(0o755)
    for name in ("git", "cp", "sh"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tools, "is_root", lambda: True)
    bootstrap.get_tools(tools.FOR_LEARNERS)
    update, install = (tmp_path / "calls").read_text().splitlines()
    assert update.startswith("update")
    assert install.startswith("install -y")
    assert install.endswith(" git-lfs")


def test_failed_apt_is_reported_with_its_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apt = tmp_path / "apt-get"
    apt.write_text("#!/bin/sh\necho 'E: Unable to locate package git-lfs' >&2\nexit 100\n")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    with pytest.raises(SetUpFailed, match="Unable to locate"):
        bootstrap.install_with_apt(["git-lfs"])


def test_bootstrap_imports_only_the_standard_library() -> None:
    """The system's Python has none of our packages; ``-S`` hides them here, too."""
    done = subprocess.run(
        [
            sys.executable,
            "-S",
            "-c",
            "import autograde.setup.bootstrap, sys; print(sorted(m for m in sys.modules if 'rich' in m))",
        ],
        cwd=KIT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
