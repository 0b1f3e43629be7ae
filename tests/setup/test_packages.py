"""Install with pip: torch for CPUs from its own index, the fallback to pip's index, and the progress."""

from __future__ import annotations

import http.server
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograde import settings
from autograde.errors import SetUpFailed
from autograde.session.ports import first_free
from autograde.setup import packages
from autograde.setup.packages import PipProgress


def wheel(folder: Path, version: str) -> None:
    """Make the smallest wheel that pip installs as torch."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / f"torch-{version}-py3-none-any.whl", "w") as file:
        info = f"torch-{version}.dist-info"
        file.writestr("torch.py", f"__version__ = {version!r}\n")
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n")
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", "")


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """The address of a package index on this machine that has torch for CPUs."""
    wheel(tmp_path / "index" / "torch", "2.13.0+cpu")

    class Pages(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(tmp_path / "index"))  # type: ignore[arg-type]

        def log_message(self, *_arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real environment with pip."""
    folder = tmp_path_factory.mktemp("environment") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return folder


@pytest.fixture
def kit(tmp_path: Path, venv: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The kit on Linux without an NVIDIA card, pip settings or an installed torch."""
    for name in settings.environment():
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(packages, "has_nvidia_card", lambda: False)
    (tmp_path / "constraints.txt").write_text("rich==15.0.0\ntorch==2.13.0\n")
    uninstall = [str(venv / "bin" / "python"), "-m", "pip", "uninstall", "--yes", "--quiet", "torch"]
    subprocess.run(uninstall, check=True, capture_output=True)
    return tmp_path


def torch_version(venv: Path) -> str:
    program = "import importlib.metadata as found; print(found.version('torch'))"
    done = subprocess.run([str(venv / "bin" / "python"), "-c", program], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def test_without_an_nvidia_card_torch_for_cpus_is_installed(
    kit: Path, venv: Path, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADE_TORCH_INDEX", index)
    messages: list[str] = []
    packages.install_cpu_torch(venv, kit, messages.append)
    assert torch_version(venv) == "2.13.0+cpu"
    assert index in messages[0]


def test_unreachable_index_falls_back_to_pips_usual_index(
    kit: Path, venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreachable = f"http://127.0.0.1:{first_free(20000)}"
    monkeypatch.setenv("AUTOGRADE_TORCH_INDEX", unreachable)
    messages: list[str] = []
    packages.install_cpu_torch(venv, kit, messages.append)
    assert torch_version(venv) == ""
    assert "pip's usual index" in messages[-1]


def test_index_without_this_torch_falls_back_to_pips_usual_index(
    kit: Path, venv: Path, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADE_TORCH_INDEX", index)
    (kit / "constraints.txt").write_text("torch==2.14.0\n")
    messages: list[str] = []
    packages.install_cpu_torch(venv, kit, messages.append)
    assert "pip's usual index" in messages[-1]


def test_installation_under_the_old_name_is_removed(kit: Path, venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (site,) = venv.glob("lib/python*/site-packages")
    info = site / "autograde-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: autograde\nVersion: 0.1.0\n")
    (info / "RECORD").write_text("autograde-0.1.0.dist-info/METADATA,,\nautograde-0.1.0.dist-info/RECORD,,\n")
    monkeypatch.setattr(packages, "pip_install", lambda venv, arguments, say: (0, ""))
    packages.install_kit(venv, kit, "learner", print)
    assert not info.exists()


def test_modules_are_compiled_except_rarely_imported_ones(venv: Path, kit: Path) -> None:
    (site,) = venv.glob("lib/python*/site-packages")
    seldom = ("library/tests/test_library.py", "transformers/models/llama/modeling_llama.py")
    often = ("library/broken.py", "library/useful.py", "transformers/models/bert/modeling_bert.py")
    for path in (*seldom, *often):
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text("def broken(" if "broken" in path else "answer = 42\n")
    (kit / "autograde").mkdir()
    (kit / "autograde/own.py").touch()
    packages.compile_modules(venv, kit, print)
    assert list((kit / "autograde").rglob("own.*.pyc"))
    compiled = {path.name.partition(".")[0] for path in site.rglob("*.pyc") if path.parts[-3] != "pip"}
    assert {"useful", "modeling_bert"} <= compiled
    assert not {"test_library", "modeling_llama", "broken"} & compiled


def test_full_disk_is_reported_without_a_fallback(kit: Path, venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
    monkeypatch.setattr(packages, "pip_install", lambda venv, arguments, say: (1, full))
    with pytest.raises(SetUpFailed, match="disk is full"):
        packages.install_cpu_torch(venv, kit, print)


@pytest.mark.parametrize("case", ["an NVIDIA card", "not Linux", "no index wanted"])
def test_torch_comes_from_pips_own_index_on_other_machines(
    kit: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if case == "an NVIDIA card":
        monkeypatch.setattr(packages, "has_nvidia_card", lambda: True)
    elif case == "not Linux":
        monkeypatch.setattr(sys, "platform", "darwin")
    else:
        monkeypatch.setenv("AUTOGRADE_TORCH_INDEX", "")
    messages: list[str] = []
    packages.install_cpu_torch(kit / "no-such-environment", kit, messages.append)
    assert messages == []


def test_nvidia_card_is_detected_by_its_device_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not packages.has_nvidia_card([str(tmp_path / "nvidiactl")])
    (tmp_path / "nvidiactl").touch()
    assert packages.has_nvidia_card([str(tmp_path / "nvidiactl")])


def test_progress_follows_the_output_of_pip() -> None:
    progress = PipProgress(before=2)
    assert "0 so far" in progress.text()
    for line in (
        "Collecting rich==15.0.0 (from autograde==0.1.0)\n",
        "  Using cached rich-15.0.0-py3-none-any.whl.metadata (18 kB)\n",
        "Collecting torch==2.13.0\n",
    ):
        progress.read(line)
    assert "2 so far" in progress.text()
    progress.read("Downloading torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl (196.4 MB)\n")
    assert progress.text() == "fetching package 1: torch-2.13.0+cpu (196.4 MB)"
    progress.read("Installing collected packages: rich, torch, numpy, lz4\n")
    progress.installed = 4
    assert progress.text() == "[##########..........] installed 2 of 4 packages"


def test_long_installation_shows_its_progress(kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake pip prints a line and waits until the test has seen the progress."""
    monkeypatch.setattr(packages, "_BETWEEN_LINES", 0.0)
    seen = tmp_path / "seen"
    python = tmp_path / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\necho Collecting rich\nwhile ! [ -e {seen} ]; do sleep 0.05; done\n")
    python.chmod(0o755)
    messages: list[str] = []

    def say(line: str) -> None:
        messages.append(line)
        if "1 so far" in line:
            seen.touch()

    assert packages.pip_install(tmp_path / "environment", ["rich"], say)[0] == 0
    assert any("1 so far" in line for line in messages)
