"""Hubs, people and unmodified clients for the tests of the Hub.

Hubs are shared by the whole run where a test only adds to them; names come from ``new_name``, so that no test sees
another's. ``python_client`` is one child process with ``huggingface_hub`` in it that answers many tests: importing it
costs a third of a second each time.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograde.classroom import CLASSROOM
from autograde.hub import Account, LocalHub, client_environment

#: Reads one JSON line a step, runs its code, answers with what the code left in ``result`` or with the exception.
_WORKER = """
import io, json, sys, traceback
from contextlib import redirect_stdout, redirect_stderr
import huggingface_hub
answers = sys.stdout
for line in sys.stdin:
    step = json.loads(line)
    names = {"huggingface_hub": huggingface_hub, **step["values"]}
    try:
        with redirect_stdout(io.StringIO()):
            exec(compile(step["code"], "<test>", "exec"), names)
        answer = {"result": names.get("result")}
    except BaseException as error:
        answer = {"error": [kind.__name__ for kind in type(error).__mro__], "message": str(error),
                  "traceback": traceback.format_exc()}
    print(json.dumps(answer, default=str), file=answers, flush=True)
"""


class ClientError(Exception):
    """What the client raised: ``kinds`` are the names of its class and its base classes."""

    def __init__(self, kinds: list[str], message: str, traceback: str) -> None:
        super().__init__(f"{kinds[0]}: {message}\n{traceback}")
        self.kinds, self.message = kinds, message


class PythonClient:
    """A child process that has imported ``huggingface_hub`` with a Hub's environment."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _WORKER],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def run(self, code: str, **values: Any) -> Any:
        """Run code in the child; returns what it leaves in ``result``; raises :class:`ClientError`."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps({"code": textwrap.dedent(code), "values": values}), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        assert line, f"the client ended with {self.process.poll()}"
        answer = json.loads(line)
        if "error" in answer:
            raise ClientError(answer["error"], answer["message"], answer["traceback"])
        return answer["result"]

    def close(self) -> None:
        """End the child."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


@pytest.fixture(scope="session")
def client_error() -> type[ClientError]:
    """What a client process raises."""
    return ClientError


@pytest.fixture(scope="session")
def hub() -> Iterator[LocalHub]:
    """A Hub that tests share and add to."""
    with LocalHub(extensions=(CLASSROOM,)) as running:
        yield running


@pytest.fixture
def ada(hub: LocalHub, new_name: Callable[[str], str]) -> Account:
    """A person with a write token, on the shared Hub."""
    return hub.create_user(new_name("ada"), password="correct horse")


@pytest.fixture
def bob(hub: LocalHub, new_name: Callable[[str], str]) -> Account:
    """Another person, on the shared Hub."""
    return hub.create_user(new_name("bob"), password="correct horse")


@pytest.fixture(scope="session")
def python_client(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PythonClient]:
    """``huggingface_hub`` with its defaults, in a process of its own."""
    client = PythonClient(hub.environment(tmp_path_factory.mktemp("client")))
    yield client
    client.close()


@pytest.fixture(scope="module")
def new_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[LocalHub], PythonClient]]:
    """Start a client process for a Hub that one module's tests share."""
    opened: list[PythonClient] = []

    def start(hub: LocalHub) -> PythonClient:
        opened.append(PythonClient(hub.environment(tmp_path_factory.mktemp("client"))))
        return opened[-1]

    yield start
    for client in opened:
        client.close()


@pytest.fixture(scope="session")
def lfs_client(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PythonClient]:
    """``huggingface_hub`` with ``HF_HUB_DISABLE_XET=1``."""
    environment = hub.environment(tmp_path_factory.mktemp("lfs-client")) | {"HF_HUB_DISABLE_XET": "1"}
    client = PythonClient(environment)
    yield client
    client.close()


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Callable[[LocalHub], PythonClient]]:
    """Start a client process for a Hub of the test's own; each has a home of its own unless one is given."""
    opened: list[PythonClient] = []

    def start(hub: LocalHub, home: Path | None = None, **more: str) -> PythonClient:
        environment = client_environment(hub.endpoint, home or tmp_path / f"home-{len(opened)}") | more
        opened.append(PythonClient(environment))
        return opened[-1]

    yield start
    for client in opened:
        client.close()


class Git:
    """git as a learner runs it: its own configuration, and a program that answers its two questions."""

    def __init__(self, environment: dict[str, str], home: Path) -> None:
        self.environment = environment
        askpass = home / "askpass"
        askpass.write_text('#!/bin/sh\ncase "$1" in Username*) echo "$ASKED_USER";; *) echo "$ASKED_PASSWORD";; esac\n')
        askpass.chmod(0o755)
        self.environment = environment | {"GIT_ASKPASS": str(askpass), "ASKED_USER": "", "ASKED_PASSWORD": ""}

    def answer(self, user: str, password: str) -> None:
        """What to type when git asks."""
        self.environment |= {"ASKED_USER": user, "ASKED_PASSWORD": password}

    def __call__(self, *arguments: str | Path, cwd: Path | None = None, check: bool = True, **more: str) -> str:
        """Run git; returns what it printed, both streams together."""
        # The credential store would remember a token from one test's step to the next.
        command = ["git", "-c", "credential.helper=", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=cwd, env=self.environment | more, capture_output=True, text=True, timeout=120, check=False
        )
        self.code = done.returncode
        if check and done.returncode:
            raise AssertionError(f"git {' '.join(map(str, arguments))}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr


@pytest.fixture
def git(hub: LocalHub, tmp_path: Path, ada: Account) -> Git:
    """git for the shared Hub, answering with ada's name and token."""
    home = tmp_path / "git-home"
    found = Git(client_environment(hub.endpoint, home), home)
    found.answer(ada.name, ada.token)
    return found


@pytest.fixture
def local_git(tmp_path: Path) -> Callable[..., str]:
    """git on a repository of its own, to compare with: the truth about paths, patterns and names."""
    folder = tmp_path / "truth"
    folder.mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}

    def run(*arguments: str, stdin: bytes = b"", check: bool = True) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, input=stdin, env=environment, capture_output=True, check=False
        )
        if check and done.returncode:
            raise AssertionError(done.stderr.decode())
        return done.stdout.decode("utf-8", "surrogateescape") if not done.returncode else ""

    run("init", "--quiet", ".")
    run.folder = folder  # type: ignore[attr-defined]
    return run


@pytest.fixture(scope="session")
def ask() -> Callable[..., tuple[int, dict[str, str], bytes]]:
    """Send one raw request: ``ask(hub, "GET", "/path", b"body", X_Header="value")`` → status, headers, body."""

    def send(
        hub: LocalHub, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=20)
        connection.putrequest(method, path, skip_host="Host" in headers)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(body)
        answer = connection.getresponse()
        found = answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()
        connection.close()
        return found

    return send
