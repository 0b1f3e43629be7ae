"""Files and commands in the Dockerfile, for Binder and the dev container exist. No container is built."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

from packaging.specifiers import SpecifierSet

from autograde.cli.commands import app
from autograde.settings import KIT

DOCKERFILE = (KIT / "Dockerfile").read_text(encoding="utf-8")
COMMANDS = {command.name for command in app.registered_commands}
PYTHON = SpecifierSet(tomllib.loads((KIT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"])


def used_commands(text: str) -> set[str]:
    return set(re.findall(r"\bautograde (\w[\w-]*) ", text))


def test_container_runs_as_an_ordinary_user_with_git_lfs() -> None:
    users = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)
    assert users[-1:] == ["1000"]
    assert f"useradd --create-home --uid {users[-1]} jovyan" in DOCKERFILE
    assert "git-lfs" in DOCKERFILE
    (python,) = re.findall(r"^FROM python:(\d+\.\d+)-", DOCKERFILE, re.MULTILINE)
    assert f"{python}.7" in PYTHON


def test_files_and_commands_in_the_dockerfile_exist() -> None:
    for sources in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE):
        for source in sources.split():
            assert (KIT / source).exists(), source
    (command,) = re.findall(r"^CMD (.+)$", DOCKERFILE, re.MULTILINE)
    shell, _flag, line = json.loads(command)
    subprocess.run([shell, "-n", "-c", line], check=True)
    assert used_commands(line) <= COMMANDS
    lesson = re.search(r"/lab/tree/lessons/(\S+\.ipynb)", line)
    assert lesson
    assert (KIT / "course" / lesson[1]).exists()


def test_docker_build_ignores_the_files_of_a_class() -> None:
    ignored = set((KIT / ".dockerignore").read_text(encoding="utf-8").split())
    class_files = {
        "workspace",
        "submitted",
        "autograded",
        "feedback",
        "gradebook.db*",
        "grading-seed",
        "hub-data",
        "stick",
    }
    assert class_files | {".git", ".venv"} <= ignored


def test_binder_installs_the_tested_versions_and_runs_existing_commands() -> None:
    folder = KIT / ".binder"
    assert "git-lfs" in (folder / "apt.txt").read_text(encoding="utf-8").split()
    python = (folder / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    assert f"{python}.7" in PYTHON
    lines = (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    (constraint,) = (line.split()[1] for line in lines if line.startswith("--constraint"))
    assert (folder / constraint).resolve() == KIT / "constraints.txt"
    assert lines[-1] == ".[course]"
    script = folder / "postBuild"
    assert script.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", str(script)], check=True)
    assert used_commands(script.read_text(encoding="utf-8")) <= COMMANDS


def test_dev_container_uses_a_target_of_the_makefile() -> None:
    settings = json.loads((KIT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    (target,) = re.findall(r"make (\w+)", settings["onCreateCommand"])
    assert re.search(rf"^{target}:", (KIT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert "git-lfs" in settings["onCreateCommand"]


def test_files_of_the_jupyterhub_example_have_valid_syntax() -> None:
    folder = KIT / "examples" / "jupyterhub"
    for path in (folder / "jupyterhub_config.py", folder / "nbgrader" / "nbgrader_config.py"):
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
    start = Path(folder / "start")
    assert start.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", str(start)], check=True)
    assert used_commands(start.read_text(encoding="utf-8")) <= COMMANDS
