"""``autograde doctor`` lists what is installed, missing or damaged, and how to fix it."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from rich.console import Console

from autograde import models, settings
from autograde.cli.doctor import sandbox
from autograde.grading.sandbox import template_handle
from autograde.setup import doctor
from autograde.setup.doctor import CheckResult


def found(name: str) -> CheckResult:
    (finding,) = (finding for finding in doctor.examine() if finding.name == name)
    return finding


def test_doctor_finds_nothing_missing_on_this_machine() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autograde", "doctor"],
        env=settings.environment() | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for name in doctor.PACKAGES:
        assert metadata.version(name) in done.stdout
    assert "MISSING" not in done.stdout


def test_doctor_fails_without_git_and_shows_the_command_to_install_it(tmp_path: Path) -> None:
    (tmp_path / "apt-get").write_text("#!/bin/sh\n")
    (tmp_path / "apt-get").chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "autograde", "doctor"],
        env=settings.environment() | {"COLUMNS": "300", "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.count("MISSING") == 2, "git and git-lfs; chromium is only a note"
    assert "apt-get install -y --no-install-recommends git-lfs" in done.stdout


def test_table_fits_a_narrow_notebook() -> None:
    """In a window of 1000 pixels, the browser broke lines of 80 characters again, in the middle of a word."""
    done = subprocess.run(
        [sys.executable, "-m", "autograde", "doctor"],
        env=settings.environment() | {"COLUMNS": "80", "JPY_PARENT_PID": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= 66


def test_damaged_model_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADE_CACHE", str(tmp_path))
    assert not found(models.FINETUNED).needed
    (models.finetuned_folder() / "vocab.txt").write_text("[PAD]\n")
    damaged = found(models.FINETUNED)
    assert damaged.needed
    assert "vocab.txt" in damaged.fix
    shutil.rmtree(models.finetuned_folder())
    assert not found(models.FINETUNED).needed


def test_full_disk_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ROOM", shutil.disk_usage(Path.cwd()).total + 1)
    assert found("disk").needed


def test_every_mark_has_a_word() -> None:
    findings = [CheckResult("a", "1"), CheckResult("b", "2", "look"), CheckResult("c", "", "get", needed=True)]
    text = io.StringIO()
    Console(width=80, no_color=True, file=text).print(doctor.table(findings))
    assert [word in text.getvalue() for word in ("ok", "note", "MISSING")] == [True] * 3


def test_sandbox_is_tried_and_its_requirements_are_shown_if_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [(each.found, each.fix) for each in sandbox()] == [("works", "")]
    monkeypatch.setattr(template_handle, "supported", lambda: False)
    (finding,) = sandbox()
    assert (finding.found, finding.needed) == ("", False)
    assert "it needs Linux on x86-64 or ARM64" in finding.fix


def test_empty_column_is_left_out() -> None:
    findings, text = (
        [CheckResult("a", "/a/path/of/exactly/60/characters".ljust(60, "-")), CheckResult("b", "2")],
        io.StringIO(),
    )
    Console(width=80, no_color=True, file=text).print(doctor.table(findings))
    assert "what to do" not in text.getvalue()
    # The path stays on one line.
    assert findings[0].found in text.getvalue()
