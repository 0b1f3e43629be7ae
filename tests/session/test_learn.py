"""Starting ``autograde learn``: both servers answer, work is kept, and the user's own files are not touched."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from autograde import notebooks, settings
from autograde.classroom import CLASSROOM
from autograde.hub import LocalHub, Visitor
from autograde.session.lab import FOR_INSTRUCTORS
from autograde.session.languages import name_in
from autograde.session.learn import FIRST_LESSON, find_class_hub
from autograde.session.ports import Ports, free_port
from autograde.settings import PRIVATE
from tests.local_requests import OPENER


@dataclass(frozen=True)
class Person:
    """A user with a Hugging Face account and settings of their own.

    Attributes:
        home: their home folder, with settings that lessons must neither read nor change.
        secret: a text that all of these settings contain.
        environment: the environment variables of their shell.
    """

    home: Path
    secret: str
    environment: dict[str, str] = field(repr=False)

    def own_files(self) -> list[Path]:
        """Return every file in the home folder."""
        return sorted(path for path in self.home.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Person:
    home = tmp_path_factory.mktemp("home")
    # Looks like a token, and is different in every run.
    secret = "hf_" + secrets.token_hex(17)
    spy = home / "spy-was-here"
    files = {
        ".cache/huggingface/token": secret,
        ".cache/huggingface/stored_tokens": f"[mine]\nhf_token = {secret}\n",
        ".gitconfig": f"[user]\n\tname = {secret}\n[credential]\n\thelper = !touch {spy}; echo password={secret}\n",
        ".git-credentials": f"http://me:{secret}@127.0.0.1\nhttps://me:{secret}@huggingface.co\n",
        ".config/git/config": f"[user]\n\temail = {secret}@example.org\n",
        ".config/git/ignore": "*.safetensors\n",
        ".config/git/attributes": "* -text\n",
        ".config/git/credentials": f"https://me:{secret}@huggingface.co\n",
        ".jupyter/jupyter_server_config.py": f"open({str(spy)!r}, 'w')\n",
        ".jupyter/lab/user-settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings": "{}",
        ".ipython/profile_default/startup/00-spy.py": f"open({str(spy)!r}, 'w')\n",
        ".bashrc": f"touch {spy}; export HF_TOKEN={secret}\n",
    }
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        # Reading a file updates its access time, on most file systems only if that time is old.
        os.utime(path, (1_000_000_000, time.time()))
    environment = settings.environment() | {
        "HOME": str(home),
        "HF_TOKEN": secret,
        "HUGGING_FACE_HUB_TOKEN": secret,
        "HF_HOME": str(home / ".cache" / "huggingface"),
        "HF_TOKEN_PATH": str(home / ".cache" / "huggingface" / "token"),
        "GIT_AUTHOR_NAME": secret,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "user.name",
        "GIT_CONFIG_VALUE_0": secret,
        "JUPYTER_TOKEN": secret,
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"),
        "IPYTHONDIR": str(home / ".ipython"),
        "AUTOGRADE_CACHE": str(settings.cache_folder()),
    }
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "GIT_CONFIG_GLOBAL", "HF_ENDPOINT"):
        environment.pop(name, None)
    return Person(home, secret, environment)


@dataclass
class Started:
    """A running ``autograde learn`` and its output.

    Attributes:
        process: the command.
        output: its lines until it was ready.
        lab: JupyterLab's URL, without the page.
        token: the token in the URL that it printed.
        hub: the Hub's URL.
        workspace: the learner's folder.
    """

    process: subprocess.Popen[str]
    output: str
    lab: str
    token: str
    hub: str
    workspace: Path

    def ask(self, path: str, *, method: str = "GET", token: str | None = None) -> tuple[int, str]:
        """Send a request to JupyterLab and return status and body."""
        request = urllib.request.Request(
            f"{self.lab}/{path}",
            method=method,
            headers={"Authorization": f"token {self.token if token is None else token}"},
            data=b"{}" if method == "POST" else None,
        )
        try:
            with OPENER.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, ""

    def server(self) -> psutil.Process:
        """Return JupyterLab's process."""
        children = psutil.Process(self.process.pid).children()
        (server,) = (child for child in children if "jupyterlab" in child.cmdline())
        return server


@contextmanager
def started(person: Person, workspace: Path, port: int, **variables: str) -> Iterator[Started]:
    """Run ``autograde learn --no-browser``, whose Hub tries ``port`` first."""
    command = [sys.executable, "-m", "autograde", "learn", "--no-browser", "--workspace", str(workspace)]
    environment = person.environment | {"AUTOGRADE_HUB_PORT": str(port), "AUTOGRADE_LAB_PORT": str(free_port())}
    with subprocess.Popen(
        command,
        env=environment | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        stdin=subprocess.DEVNULL,
    ) as process:
        assert process.stdout
        output = ""
        try:
            while "Ctrl-C" not in output:
                line = process.stdout.readline()
                assert line, f"it ended: {output}"
                output += line
            found = re.search(r"(http://\S+:\d+)/lab/tree/\S+\?token=(\w+)", output)
            hub = re.search(r"(http://\S+:\d+)$", output, re.MULTILINE)
            assert found
            assert hub
            yield Started(process, output, found[1], found[2], hub[1], workspace)
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture(scope="module")
def running(person: Person, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """The first start, in Chinese."""
    workspace = tmp_path_factory.mktemp("learner") / "work space"
    with started(person, workspace, free_port(), LANGUAGE="zh", AUTOGRADE_LANGUAGE="") as first:
        yield first


@pytest.fixture(scope="module")
def kernel(running: Started) -> dict[str, str]:
    """The environment of a kernel that JupyterLab started."""
    status, body = running.ask("api/kernels", method="POST")
    assert status == 201
    assert json.loads(body)["name"] == "python3"
    (process,) = (child for child in running.server().children() if "ipykernel_launcher" in " ".join(child.cmdline()))
    environment: dict[str, str] = process.environ()
    return environment


def test_both_servers_answer(running: Started) -> None:
    with OPENER.open(f"{running.hub}/healthz", timeout=10) as answer:
        assert json.load(answer)["service"] == "autograde-hub"
    assert running.ask("api/status")[0] == 200
    status, page = running.ask(f"lab/tree/{FIRST_LESSON}")
    assert status == 200
    assert "JupyterLab" in page


def test_buttons_for_instructors_are_disabled(running: Started) -> None:
    _, page = running.ask("lab")
    found = re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    disabled = json.loads(found[1])["disabledExtensions"]
    assert {f"@jupyter/nbgrader:{name}" for name in FOR_INSTRUCTORS} <= set(disabled)


def test_jupyterlab_refuses_requests_without_the_token(running: Started, person: Person) -> None:
    assert running.ask("api/contents", token="")[0] == 403
    assert running.ask("api/contents", token=person.secret)[0] == 403


def test_output_and_lessons_are_in_the_learners_language(running: Started) -> None:
    assert "你的课程" in running.output
    text = "".join(cell.source for cell in notebooks.read(running.workspace / FIRST_LESSON).cells)
    assert re.search("[一-鿿]", text)


def test_jupyterlab_is_in_the_learners_language(running: Started) -> None:
    _, body = running.ask("lab/api/settings/@jupyterlab/translation-extension:plugin")
    assert json.loads(body)["settings"]["locale"] == "zh_CN"
    _, body = running.ask("lab/api/translations/zh_CN")
    assert json.loads(body)["data"]["jupyterlab"]["Run Selected"] == ["运行选定单元格"]


def test_second_start_of_a_workspace_shows_the_running_ones_address(running: Started, person: Person) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autograde", "learn", "--no-browser", "--workspace", str(running.workspace)],
        env=person.environment | {"AUTOGRADE_LANGUAGE": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"already open: {running.lab}/lab/tree/" in done.stderr
    assert "Traceback" not in done.stderr


def test_kernel_gets_none_of_the_users_own_settings(running: Started, kernel: dict[str, str], person: Person) -> None:
    assert kernel["HF_ENDPOINT"] == running.hub
    own = {name: value for name, value in kernel.items() if person.secret in value}
    assert list(own) == [], "the kernel's environment contains the user's secret"
    inside = [name for name in kernel if str(person.home) in kernel[name] and name not in ("HOME", "PATH", "OLDPWD")]
    assert inside == []


def test_git_in_a_kernel_reads_only_the_workspaces_configuration(
    running: Started, kernel: dict[str, str], person: Person, tmp_path: Path
) -> None:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], env=kernel, cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout

    listed = git("config", "--list", "--show-origin", "--includes")
    origins = {line.split("\t")[0].strip('"') for line in listed.splitlines()}
    assert origins == {f"file:{running.workspace / PRIVATE / 'gitconfig'}"}
    assert person.secret not in listed
    git("init", "-q")
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    git("add", ".")
    assert "model.safetensors" in git("ls-files"), "git read the user's own ignore file"


def test_hf_in_a_kernel_is_not_logged_in(kernel: dict[str, str], person: Person) -> None:
    done = subprocess.run(["hf", "auth", "whoami"], env=kernel, capture_output=True, text=True, check=False)
    assert "not logged in" in (done.stdout + done.stderr).lower()
    assert person.secret not in done.stdout + done.stderr


def test_programs_of_the_kit_come_first_on_the_path(kernel: dict[str, str]) -> None:
    assert kernel["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)


def test_folder_with_tokens_is_private(running: Started) -> None:
    assert (running.workspace / PRIVATE).stat().st_mode & 0o077 == 0


@pytest.fixture(scope="module")
def stopped(running: Started, kernel: dict[str, str]) -> list[psutil.Process]:
    """Stop the command with Ctrl-C; return the processes that were running before."""
    processes: list[psutil.Process] = psutil.Process(running.process.pid).children(recursive=True)
    running.process.send_signal(signal.SIGINT)
    running.process.wait(60)
    return processes


def test_ctrl_c_stops_everything(running: Started, stopped: list[psutil.Process]) -> None:
    assert running.process.returncode == 0
    assert len(stopped) >= 2, "JupyterLab or the kernel was not running"
    psutil.wait_procs(stopped, timeout=30)
    assert not any(process.is_running() for process in stopped)
    for url in (running.hub, running.lab):
        with pytest.raises(urllib.error.URLError):
            OPENER.open(url, timeout=5)


def test_users_own_files_were_neither_read_nor_written(
    person: Person, stopped: list[psutil.Process], tmp_path: Path
) -> None:
    # Some file systems don't record access times.
    control = tmp_path / "control"
    control.write_text("read me")
    os.utime(control, (1_000_000_000, time.time()))
    control.read_text()
    records_access = control.stat().st_atime != 1_000_000_000
    for path in person.own_files():
        if records_access:
            assert path.stat().st_atime == 1_000_000_000, f"{path} was read"
        assert path.name != "spy-was-here", "a start-up file of the user ran"
    names = {path.relative_to(person.home).parts[0] for path in person.home.rglob("*")}
    assert names <= {".cache", ".gitconfig", ".git-credentials", ".config", ".jupyter", ".ipython", ".bashrc"}
    assert (person.home / ".cache" / "huggingface" / "token").read_text() == person.secret


def test_next_start_keeps_edited_lessons_and_avoids_a_busy_port(
    running: Started, stopped: list[psutil.Process], person: Person
) -> None:
    """A lesson was edited, the language is another one, the Hub's port is in use, and a clone has the old address."""
    lesson = running.workspace / FIRST_LESSON
    edited = notebooks.read(lesson)
    edited.cells[0].source += "\n\n我的笔记"
    lesson.write_text(notebooks.canonical(edited), encoding="utf-8")
    mine = lesson.read_bytes()
    port = int(running.hub.rpartition(":")[2])
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        with started(person, running.workspace, port, AUTOGRADE_LANGUAGE="en") as second:
            kept = name_in(FIRST_LESSON, "zh")
            assert (running.workspace / kept).read_bytes() == mine
            assert kept in second.output
            assert "Start here" in notebooks.read(lesson).cells[0].source
            assert second.hub != running.hub
            assert str(port) in second.output
            visitor = Visitor(second.hub)
            visitor.join("ada", "ada@example.org", "a long enough passphrase")
            visitor.create_repository("mymodel04")
            environment = second.server().environ()
            done = subprocess.run(
                # The Hub's first address, as in an older clone.
                ["git", "ls-remote", f"{running.hub}/ada/mymodel04"],
                env=environment, capture_output=True, text=True, check=True,
            )  # fmt: skip
            assert "refs/heads/main" in done.stdout
    assert Ports.read(running.workspace / PRIVATE).hub[1] == port


def test_lessons_use_the_class_hub_in_hf_endpoint(person: Person, tmp_path: Path) -> None:
    """`autograde learn` ignored HF_ENDPOINT and started another Hub, so the teacher's page stayed empty."""
    with (
        LocalHub(tmp_path / "class", durable=False, extensions=(CLASSROOM,)) as hub,
        started(person, tmp_path / "work", free_port(), HF_ENDPOINT=f"{hub.endpoint}/") as learner,
    ):
        assert learner.hub == hub.endpoint
        assert f"The class Hub: {hub.endpoint}\n" in learner.output
        assert learner.server().environ()["HF_ENDPOINT"] == hub.endpoint
        assert not (tmp_path / "work" / PRIVATE / "hub").exists(), "a second Hub was started"
        again = subprocess.run(
            [sys.executable, "-m", "autograde", "learn", "--no-browser", "--workspace", str(tmp_path / "work")],
            env=person.environment | {"HF_ENDPOINT": hub.endpoint, "AUTOGRADE_LANGUAGE": "en"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert again.returncode == 1
        assert learner.lab in again.stderr


def test_address_without_a_class_hub_is_reported_and_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    messages: list[str] = []
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    assert find_class_hub(messages.append) == ""
    assert messages[0].startswith(f"No class Hub answers at {os.environ['HF_ENDPOINT']} (HF_ENDPOINT)")
    with LocalHub(tmp_path, durable=False) as own:
        monkeypatch.setenv("HF_ENDPOINT", own.endpoint)
        assert find_class_hub(pytest.fail) == "", "a workspace's own Hub was taken for a class Hub"


def test_folder_that_cannot_be_written_to_gives_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "autograde", "learn", "--workspace", str(tmp_path / "file")],
        env=settings.environment() | {"AUTOGRADE_LANGUAGE": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "cannot be written to" in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_git_gives_a_clear_error(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autograde", "learn", "--workspace", str(tmp_path / "workspace")],
        env=settings.environment() | {"AUTOGRADE_LANGUAGE": "en", "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "git-lfs" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "workspace").exists()
