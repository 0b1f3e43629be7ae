"""The citation, the workflows and the exercises' changelog agree with the project."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

from autograde.settings import KIT

PROJECT = tomllib.loads((KIT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MAKEFILE = (KIT / "Makefile").read_text(encoding="utf-8")
WORKFLOWS = sorted((KIT / ".github" / "workflows").glob("*.yml"))


def steps(path: Path) -> list[dict[str, object]]:
    """Return every step of every job of a workflow."""
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


def test_citation_has_the_current_version_and_licence() -> None:
    citation = yaml.safe_load((KIT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"]
    assert " AND ".join(citation["license"]) == PROJECT["license"]
    assert {"cff-version", "message", "title", "authors"} <= set(citation)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflow_runs_existing_commands_with_read_only_permissions(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    commands = [str(step["run"]) for step in steps(path) if "run" in step]
    targets = re.findall(r"\bmake (\w+)", "\n".join(commands))
    assert all(re.search(rf"^{target}:", MAKEFILE, re.MULTILINE) for target in targets)
    assert all((KIT / command).is_file() for command in commands if command.startswith(".ci/"))
    assert targets or ".ci/run" in commands


def test_release_workflow_checks_that_tag_package_and_changelog_agree() -> None:
    (check,) = (step for step in steps(KIT / ".github" / "workflows" / "release.yml") if "grep" in str(step.get("run")))
    pyproject = (KIT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    changelog = (KIT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    version = PROJECT["version"]
    patterns = re.findall(r'grep -qx "(.+)" ', str(check["run"]))
    assert len(patterns) == str(check["run"]).count("grep") >= 2
    for pattern in patterns:
        line = pattern.replace("\\", "").replace("$version", version)
        assert line in pyproject or line in changelog, line


def test_exercises_changelog_lists_every_assignment_with_its_points() -> None:
    page = (KIT / "docs" / "exercises-changelog.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", page, re.MULTILINE)
    rows = dict(re.findall(r"^\| `([^`]+)` \| (\d+) \|", page.split("\n## ")[1], re.MULTILINE))
    points = {}
    for path in (KIT / "source").glob("*/*.ipynb"):
        cells = [cell.metadata.get("nbgrader", {}) for cell in nbformat.read(path, as_version=4).cells]
        points[path.parent.name] = sum(cell.get("points", 0) for cell in cells if cell.get("grade"))
    assert {name: int(number) for name, number in rows.items()} == points
