"""``autograde hub serve``: it answers, prints what learners need, stops on a signal and keeps its data."""

from __future__ import annotations

import errno
import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograde.errors import CannotListen, FolderUnusable, HubRefused
from autograde.hub import LocalHub, Visitor
from autograde.hub.server import RunningHub
from autograde.session import seeding
from autograde.session.serve import serve
from autograde.settings import environment
from tests.local_requests import OPENER


@contextmanager
def served(data: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run ``autograde hub serve``; yield the process and the URL that it printed."""
    command = [sys.executable, "-m", "autograde", "hub", "serve", "--data", str(data), "--port", "0", *arguments]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment() | {"AUTOGRADE_LANGUAGE": "en"},
    ) as process:
        assert process.stdout
        try:
            found = re.search(r"https?://\S+", process.stdout.readline())
            assert found
            yield process, found[0]
        finally:
            process.kill()


def health(url: str) -> dict[str, str]:
    with OPENER.open(f"{url}/healthz", timeout=10) as answer:
        found: dict[str, str] = json.load(answer)
    return found


def test_hub_answers_and_prints_the_learners_command(tmp_path: Path) -> None:
    with served(tmp_path / "data") as (process, url):
        assert health(url)["status"] == "ok"
        assert process.stdout
        assert f"export HF_ENDPOINT={url}" in process.stdout.readline()
        assert "autograde learn" in process.stdout.readline()


@pytest.mark.parametrize("address", ["https://hub.school.example", "https://school.example/hub"])
def test_public_url_is_printed_for_learners(tmp_path: Path, address: str) -> None:
    with served(tmp_path / "data", "--public-url", f"{address}/") as (process, url):
        assert process.stdout
        assert f"export HF_ENDPOINT={address}\n" in process.stdout.readline()
        assert url == address


def test_invalid_public_url_gives_a_clear_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "autograde", "hub", "serve", "--data", str(tmp_path / "d"), "--port", "0"]
    variables = environment() | {"AUTOGRADE_LANGUAGE": "en"}
    done = subprocess.run([*command, "--public-url", "hub.school"], env=variables, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("hub.school is not an address under which browsers could reach this Hub.")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--host", "no-such-host.invalid"), "The Hub cannot listen on port 0 of no-such-host.invalid: "),
        (("--host", "192.0.2.77"), "The Hub cannot listen on port 0 of 192.0.2.77: "),
        (("--teacher", "Frau Müller"), "The teacher Frau Müller cannot be created: "),
        (("--limit", "storage=1GB"), "There is no limit storage."),
        (("--limit", "owner_storage=much"), "owner_storage=much is not a limit."),
    ],
)
def test_invalid_option_gives_a_clear_error(tmp_path: Path, arguments: tuple[str, str], message: str) -> None:
    """The first two showed a traceback."""
    command = [sys.executable, "-m", "autograde", "hub", "serve", "--data", str(tmp_path / "d"), "--port", "0"]
    variables = environment() | {"AUTOGRADE_LANGUAGE": "en"}
    done = subprocess.run([*command, *arguments], env=variables, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith(message)
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_privileged_port_gives_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error was that the data folder could not be written to."""

    def bind(_socket: socket.socket, _address: tuple[str, int]) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", bind)
    with pytest.raises(CannotListen, match="cannot listen on port 80 of 127"):
        serve(tmp_path / "data", host="127.0.0.1", port=80, names=(), say=pytest.fail)


def test_full_disk_while_models_are_added_names_the_hubs_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The current folder was blamed, which had room."""

    def full(_hub: LocalHub) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(seeding, "seed", full)
    with pytest.raises(FolderUnusable, match=f"{tmp_path}.* No space left on device"):
        serve(tmp_path / "data", host="127.0.0.1", port=0, names=(), models=True, say=lambda _line: None)


def test_learner_cannot_sign_up_as_the_teacher_while_the_hub_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, refused = list[str](), list[str]()

    def slow(hub: LocalHub) -> None:
        with pytest.raises(HubRefused) as error:
            Visitor(hub.endpoint).join("Tina", "eve@example.org", "a good password")
        refused.append(error.value.what)
        raise KeyboardInterrupt

    monkeypatch.setattr(seeding, "seed", slow)
    serve(
        tmp_path / "data", host="127.0.0.1", port=0, names=(), models=True, teachers=("tina",), terminal=True,
        say=lambda line: said.append(str(line)),
    )  # fmt: skip
    assert "taken" in refused[0]
    # The password is shown even if the start is interrupted.
    assert re.search(r"Teacher: +tina, password \S+", "\n".join(said)), said


def test_teachers_password_is_shown_if_the_start_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_running: RunningHub) -> None:
        raise KeyboardInterrupt

    said = list[str]()
    monkeypatch.setattr(RunningHub, "start", interrupted)
    serve(
        tmp_path / "data", host="127.0.0.1", port=0, names=(), teachers=("tina",), terminal=True,
        say=lambda line: said.append(str(line)),
    )  # fmt: skip
    assert re.search(r"Teacher: +tina, password \S+", "\n".join(said)), said


def test_address_of_the_teachers_page_is_printed(tmp_path: Path) -> None:
    with served(tmp_path / "data", "--teacher", "tina") as (process, url):
        assert process.stdout
        lines = list(iter(process.stdout.readline, "To stop it: Ctrl-C here.\n"))
        page = f"{url}/login?next=/classroom"
        with OPENER.open(page, timeout=10) as answer:
            assert answer.status == 200, "the login page was not found"
    assert f"Teachers open: {page}\n" in lines


def test_hub_stops_on_signals_and_keeps_its_identity(tmp_path: Path) -> None:
    instances = set()
    for number in (signal.SIGTERM, signal.SIGINT):
        with served(tmp_path / "data") as (process, url):
            instances.add(health(url)["instance"])
            process.send_signal(number)
            _, errors = process.communicate(timeout=30)
            assert (process.returncode, errors) == (0, "")
    assert len(instances) == 1


def test_busy_port_gives_a_clear_error(tmp_path: Path) -> None:
    with served(tmp_path / "one") as (_, url):
        port = url.rpartition(":")[2]
        done = subprocess.run(
            [sys.executable, "-m", "autograde", "hub", "serve", "--data", str(tmp_path / "two"), "--port", port],
            capture_output=True,
            text=True,
            env=environment() | {"AUTOGRADE_LANGUAGE": "en"},
            check=False,
        )
    assert done.returncode == 1
    assert port in done.stderr
    assert "Traceback" not in done.stderr


def test_snapshot_is_used_only_for_a_new_data_folder(tmp_path: Path) -> None:
    with LocalHub() as hub:
        token = hub.create_user("ada").token
        seed = hub.snapshot(tmp_path / "seed")
    for __ in range(2):
        with served(tmp_path / "data", "--seed", str(seed)) as (process, url):
            request = urllib.request.Request(f"{url}/api/whoami-v2", headers={"Authorization": f"Bearer {token}"})
            with OPENER.open(request, timeout=10) as answer:
                assert json.load(answer)["name"] == "ada"
            process.send_signal(signal.SIGTERM)
            process.wait(20)
        # The second start must not use the snapshot again.
        seed = tmp_path / "data" / "no-snapshot-any-more"


def test_missing_models_of_the_lessons_are_reported_at_start(tmp_path: Path) -> None:
    for arguments, lacking in (((), True), (("--models",), False), ((), False)):
        with served(tmp_path / "data", *arguments) as (process, _url):
            assert process.stdout
            lines: list[str] = []
            while not lines or "Ctrl-C" not in lines[-1]:
                lines.append(process.stdout.readline())
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
        assert any("--models" in line for line in lines) is lacking, arguments


def test_teachers_first_password_is_in_a_file_and_not_in_the_output(tmp_path: Path) -> None:
    """Output may be kept in a log by the program that started the Hub; only a terminal shows the password."""
    secret = tmp_path / "data" / "first-password-tina.txt"
    for start in range(2):
        with served(tmp_path / "data", "--teacher", "tina") as (process, url):
            assert process.stdout
            lines = [process.stdout.readline() for __ in range(4)]
            assert lines[3].startswith("Teacher:       tina")
            assert (str(secret) in lines[3]) is (start == 0)
            if start == 0:
                assert secret.stat().st_mode & 0o777 == 0o600
                password = secret.read_text().strip()
                secret.unlink()
                visitor = Visitor(url)
                visitor.log_in("tina", password)
                assert "/classroom" in visitor.get("/")
            process.send_signal(signal.SIGTERM)
            rest, errors = process.communicate(timeout=20)
            assert password not in "".join(lines) + rest + errors
    assert not secret.exists()


def test_seed_that_is_not_a_snapshot_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "autograde", "hub", "serve", "--data", str(tmp_path / "data"), "--port", "0"]
    done = subprocess.run(
        [*command, "--seed", str(tmp_path)],
        capture_output=True,
        text=True,
        env=environment() | {"AUTOGRADE_LANGUAGE": "en"},
        check=False,
    )
    assert done.returncode == 1
    assert "is not a snapshot of a Hub" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="the Hub is a second process on Windows")
def test_running_hub_does_not_load_the_command_line_library(tmp_path: Path) -> None:
    with served(tmp_path / "data", "--name", "classhub") as (process, _url):
        loaded = Path(f"/proc/{process.pid}/maps")
        if not loaded.exists():
            pytest.skip("only Linux lists the files that a process has loaded")
        assert "pydantic" not in loaded.read_text()


def test_error_of_the_running_hub_is_reported_by_the_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "autograde", "hub", "serve", "--data", str(tmp_path / "data"), "--port", "0"]
    done = subprocess.run(
        [*command, "--teacher", "settings"],
        env=environment() | {"AUTOGRADE_LANGUAGE": "zh"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert re.search("[\u4e00-\u9fff]", done.stderr)
