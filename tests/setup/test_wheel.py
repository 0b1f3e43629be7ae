"""The installed wheel: only the Hub in a clean environment, and the complete course in an empty folder.

No network: the packages that the wheel's metadata requires are linked from this environment. ``make wheel`` does
the same with pip and the package index.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from autograde import settings
from autograde.settings import KIT
from autograde.setup.extras import MODULES, install_command

TEST_OF_A_DEVELOPER = """\
import subprocess
import sys


def test_pushed_files_are_on_the_hub(local_hub, tmp_path):
    ada = local_hub.create_user("ada")
    local_hub.create_repository("ada/first")
    clone = tmp_path / "first"
    address = local_hub.endpoint.replace("://", f"://ada:{ada.token}@") + "/ada/first"
    environment = local_hub.environment()
    subprocess.run(["git", "clone", "-q", address, str(clone)], check=True, env=environment)
    (clone / "config.json").write_text("{}")
    (clone / "model.safetensors").write_bytes(bytes(range(256)) * 50_000)
    for words in (["lfs", "track", "*.safetensors"], ["add", "--all"], ["commit", "-qm", "Add it"], ["push", "-q"]):
        subprocess.run(["git", *words], cwd=clone, check=True, env=environment, capture_output=True)
    assert "config.json" in local_hub.repository("ada/first").files()
    assert local_hub.repository("ada/first").lfs_paths() == ["model.safetensors"]
    assert local_hub.events(user="ada")


def test_packages_of_the_course_are_not_imported(local_hub):
    assert not {MODULES} & set(sys.modules)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=KIT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def needed(names: list[str]) -> set[str]:
    """Return the distributions that pip installs for ``names`` on this machine, including ``names``."""
    found: set[str] = set()
    waiting = [Requirement(name) for name in names]
    while waiting:
        requirement = waiting.pop()
        extras = sorted(requirement.extras) or [""]
        if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        distribution = metadata.distribution(requirement.name)
        name = distribution.name.lower()
        if name not in found:
            found.add(name)
            waiting += [
                each
                for each in map(Requirement, distribution.requires or [])
                if not each.marker or any(each.marker.evaluate({"extra": extra}) for extra in extras)
            ]
    return found


def base_requirements(wheel: Path) -> list[str]:
    """Return the requirements of the wheel without extras."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        lines = archive.read(name).decode().splitlines()
    requirements = [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")]
    return [line for line in requirements if "extra ==" not in line]


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with only the wheel, its requirements and pytest."""
    venv = tmp_path_factory.mktemp("clean") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    (site,) = venv.glob("lib/python*/site-packages")
    for name in needed([*base_requirements(wheel), "pytest"]):
        distribution = metadata.distribution(name)
        for top in {file.parts[0] for file in distribution.files or []} - {"..", "__pycache__"}:
            if not (site / top).exists():
                (site / top).symlink_to(Path(str(distribution.locate_file(top))))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return venv / "bin" / "python"


def run(python: Path, *arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in settings.environment().items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(python), *arguments],
        cwd=folder,
        env=environment | {"COLUMNS": "200"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_base_installation_contains_no_packages_of_the_course(wheel: Path) -> None:
    names = needed(base_requirements(wheel))
    course = {"torch", "transformers", "jupyterlab", "notebook", "nbgrader", "huggingface-hub", "numpy", "ipython"}
    assert not names & course
    distributions = [metadata.distribution(name) for name in names]
    size = sum(file.size or 0 for found in distributions for file in found.files or [])
    assert len(names) < 30
    assert size < 40_000_000, "bytes on the disk"
    assert wheel.stat().st_size < 5_000_000


def test_wheel_passes_check_wheel_contents(wheel: Path) -> None:
    program = Path(sys.executable).with_name("check-wheel-contents")
    done = subprocess.run([program, wheel], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_wheel_installs_the_startup_file_for_ipython(wheel: Path) -> None:
    """It is in ``*.data/data``, which pip copies into the environment's folder and removes with the package."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("etc/ipython/startup/50-autograde.py"))
        assert ".data/data/etc/" in name
        assert archive.read(name) == (KIT / "autograde" / "session" / "kernel_startup.py").read_bytes()


def test_fixture_works_without_torch_and_jupyterlab(clean: Path, tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(TEST_OF_A_DEVELOPER.replace("{MODULES}", repr(set(MODULES["course"]))))
    done = run(clean, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "2 passed" in done.stdout


def test_hub_client_without_huggingface_hub_shows_how_to_install_it(clean: Path, tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text("def test_it(hub_client):\n    pass\n")
    done = run(clean, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder=tmp_path)
    assert "Type: pip install huggingface_hub" in done.stdout


@pytest.mark.parametrize(("language", "words"), [("en", "isn't installed here"), ("zh", "还没有安装")])
@pytest.mark.parametrize("command", [("learn", "--no-browser"), ("grade-demo",), ("submit", "2.6"), ("demo",)])
def test_command_without_its_extra_shows_how_to_install_it(
    clean: Path, tmp_path: Path, command: tuple[str, ...], language: str, words: str
) -> None:
    (tmp_path / "workspace" / ".autograde").mkdir(parents=True)
    (tmp_path / "workspace" / "exercises").mkdir()
    done = run(clean, "-m", "autograde", *command, folder=tmp_path, AUTOGRADE_LANGUAGE=language)
    assert done.returncode == 1, done.stdout
    assert words in done.stderr
    assert install_command("course") in done.stderr
    assert "Traceback" not in done.stderr


def test_hub_commands_need_no_extra(clean: Path, tmp_path: Path) -> None:
    (tmp_path / "class.csv").write_text("name,email\nada,ada@example.org\n")
    for arguments in (
        ("--help",),
        ("hub", "accounts", "class.csv", "--data", "hub", "--passwords", "new.csv"),
        ("hub", "events", "--data", "hub"),
        ("doctor",),
    ):
        done = run(clean, "-m", "autograde", *arguments, folder=tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), arguments
    assert "ada" in (tmp_path / "new.csv").read_text()


def test_hub_is_served_without_an_extra(clean: Path, tmp_path: Path) -> None:
    with started(clean, tmp_path, "hub", "serve", "--data", "hub", "--port", "0") as output:
        url = next(line.split()[-1] for line in output if "http://" in line)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{url.rstrip('/')}/api/models") as response:
            assert response.read() == b"[]"


class started:  # noqa: N801 - used like a function
    """Run ``autograde`` with ``arguments``, yield its output lines, and stop it like Ctrl-C."""

    def __init__(self, python: Path, folder: Path, *arguments: str, **variables: str) -> None:
        environment = settings.environment() | {"PYTHONUNBUFFERED": "1", "COLUMNS": "200"} | variables
        self.process = subprocess.Popen(
            [str(python), "-m", "autograde", *arguments],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Iterator[str]:
        assert self.process.stdout
        return iter(self.process.stdout)

    def __exit__(self, *_error: object) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)


def test_wheel_opens_the_lessons_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """The packages are those of this environment; the kit comes from the wheel instead of the clone."""
    site, folder = tmp_path / "site", tmp_path / "empty"
    folder.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    arguments = ("learn", "--no-browser", "--language", "zh")
    with started(Path(sys.executable), folder, *arguments, PYTHONPATH=str(site)) as output:
        lines = []
        for line in output:
            lines.append(line)
            if "Ctrl-C" in line:
                break
    assert any("http://127.0.0.1" in line for line in lines), lines
    workspace = folder / "workspace"
    kit = {path.name for path in (KIT / "course").glob("*.ipynb")}
    assert {path.name for path in workspace.glob("*.ipynb")} == kit
    assert list(workspace.glob("pictures/*.zh.png"))
    assert list(workspace.glob("exercises/*/*.ipynb"))
    assert not [path for path in site.rglob("*.ipynb") if "kit" not in path.parts]
