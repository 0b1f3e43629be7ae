"""Unmodified clients for the tests of the Hub: ``huggingface_hub`` in its own process, git, and raw requests."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import textwrap
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from autograde.hub import LocalHub

#: Runs the code in each line of JSON; answers with the value of ``result`` or with the exception.
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
    """An exception raised in the client; ``kinds`` holds the names of its class and base classes."""

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
        """Run code in the child process and return its ``result``; raises :class:`ClientError`."""
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
        """Stop the child process."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


class Git:
    """git as a learner runs it: its own configuration, and an askpass program for user name and password."""

    def __init__(self, environment: dict[str, str], home: Path) -> None:
        askpass = home / "askpass"
        askpass.write_text('#!/bin/sh\ncase "$1" in Username*) echo "$ASKED_USER";; *) echo "$ASKED_PASSWORD";; esac\n')
        askpass.chmod(0o755)
        self.environment = environment | {"GIT_ASKPASS": str(askpass), "ASKED_USER": "", "ASKED_PASSWORD": ""}

    def answer(self, user: str, password: str) -> None:
        """Set the user name and password that git receives when it asks."""
        self.environment |= {"ASKED_USER": user, "ASKED_PASSWORD": password}

    def __call__(self, *arguments: str | Path, cwd: Path | None = None, check: bool = True, **more: str) -> str:
        """Run git and return its output and error output together."""
        # The credential store would remember a token from one test's step to the next.
        command = ["git", "-c", "credential.helper=", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=cwd, env=self.environment | more, capture_output=True, text=True, timeout=120, check=False
        )
        self.code = done.returncode
        if check and done.returncode:
            raise AssertionError(f"git {' '.join(map(str, arguments))}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def commit(self, folder: Path, message: str, **files: bytes) -> None:
        """Write files (``a__txt`` is a.txt) into a clone and commit everything."""
        for path, content in files.items():
            target = folder / path.replace("__", ".")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        self("add", ".", cwd=folder)
        self("commit", "--quiet", "-m", message, cwd=folder)


class LocalGit:
    """git without a Hub, on a repository in ``folder``."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "local-repository"
        self.folder.mkdir()
        self._environment = {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}
        self("init", "--quiet", ".")

    def __call__(self, *arguments: str, stdin: bytes = b"", check: bool = True) -> str:
        """Run git and return its output; with ``check=False``, an empty string if git failed."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, input=stdin, env=self._environment, capture_output=True, check=False
        )
        if check and done.returncode:
            raise AssertionError(done.stderr.decode())
        return done.stdout.decode("utf-8", "surrogateescape") if not done.returncode else ""


class Endpoint(Protocol):
    """Anything that has the address of a Hub."""

    @property
    def endpoint(self) -> str:
        """The address."""


class Connect(Protocol):
    """Start a client process for a Hub, with a new home folder unless one is given."""

    def __call__(self, hub: Endpoint, home: Path | None = None, /, **more: str) -> PythonClient:
        """Return the client; ``more`` holds extra environment variables."""


class Ask(Protocol):
    """Send one raw request."""

    def __call__(
        self, hub: LocalHub, method: str, path: str, body: bytes = b"", /, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Return the status, the headers with lower-case names, and the body."""


def send(
    hub: LocalHub, method: str, path: str, body: bytes = b"", /, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Send one raw request: ``send(hub, "GET", "/path", b"body", X_Header="value")`` → status, headers, body."""
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=20)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in ({"Content_Length": str(len(body))} | headers).items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders(body)
    answer = connection.getresponse()
    found = answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()
    connection.close()
    return found


def commit_body(*lines: dict[str, Any]) -> bytes:
    """Return the body of a commit by the API: its header, then ``lines``."""
    header = {"key": "header", "value": {"summary": "a commit"}}
    return b"\n".join(json.dumps(line).encode() for line in (header, *lines))


def file_line(path: str, content: bytes) -> dict[str, Any]:
    """Return the line of a commit that writes a file."""
    return {"key": "file", "value": {"path": path, "content": b64encode(content).decode(), "encoding": "base64"}}


@dataclass(frozen=True)
class JsonAnswer:
    """An answer of the API."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which must be JSON."""
        assert "json" in (self.headers["content-type"] or ""), self.headers["content-type"]
        return json.loads(self.body)


class JsonClient:
    """Sends requests with a token: ``client("POST", "/path", {"a": 1}, X_Header="value")``."""

    def __init__(self, hub: LocalHub, token: str) -> None:
        self.port, self.token = hub.port, token

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> JsonAnswer:
        """Send a body, as JSON unless it is bytes; empty headers are left out."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Authorization": f"Bearer {self.token}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        connection.request(method, path, data, {name: value for name, value in sent.items() if value})
        answer = connection.getresponse()
        found = JsonAnswer(answer.status, answer.headers, answer.read())
        connection.close()
        return found
