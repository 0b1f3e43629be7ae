"""``make clients``: clients of many kinds and ages, unmodified, against a local Hub.

Each client is installed with pip or npm into a folder outside the repository and runs those of the steps below that
it supports: log in, create, upload, upload large files, list, download, download by a former name, delete, and requests
that must be rejected. The uploads are then compared with the Hub's git repositories and blobs. The result is a table.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from rich.console import Console
from rich.table import Table

from autograde.hub import Account, LocalHub

PROGRAMS = Path(__file__).parent / "programs"
STEPS = ("log in", "create", "upload", "large", "list", "download", "renamed", "delete", "refused")

#: Timeouts in seconds, for running one client and for installing one.
CLIENT_TIMEOUT, INSTALL_TIMEOUT = 240, 600


@dataclass(frozen=True)
class Client:
    """One client in one version.

    Attributes:
        name: as shown in the table.
        version: as shown in the table; empty for programs of this machine.
        program: its file under ``programs``.
        pip: its pip requirements; empty: none.
        npm: its npm packages; empty: none.
        needs: programs that must be on the machine.
        environment: additional environment variables.
    """

    name: str
    version: str
    program: str
    pip: tuple[str, ...] = ()
    npm: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The folder of its packages, shared by clients that need the same ones."""
        digest = hashlib.sha256(" ".join((*self.pip, *self.npm)).encode()).hexdigest()[:12]
        return f"{'npm' if self.npm else 'pip'}-{digest}"


def _python(version: str, *more: str, **environment: str) -> Client:
    label = " ".join(part for part in (version, *more, *environment) if part)
    return Client(
        "huggingface_hub", label, "python_hub.py", pip=(f"huggingface_hub=={version}", *more), environment=environment
    )


_JAVASCRIPT = ("@huggingface/hub@2.17.5", "@huggingface/transformers@4.3.1", "isomorphic-git@1.44.17")
_GIT = ("pygit2==1.21.0", "dulwich==1.2.21", "GitPython==3.1.62")

CLIENTS = (
    _python("0.17.3"),
    _python("0.23.5"),
    _python("0.30.2", "hf_xet==1.0.5"),
    _python("0.36.2", "hf_xet==1.2.0"),
    _python("0.36.2", "hf_transfer==0.1.9", HF_HUB_ENABLE_HF_TRANSFER="1", HF_HUB_DISABLE_XET="1"),
    _python("1.0.1", "hf_xet==1.2.0"),
    _python("1.10.2", "hf_xet==1.4.3"),
    _python("2.4.0"),
    _python("2.4.0", HF_HUB_DISABLE_XET="1"),
    Client("@huggingface/hub", "2.17.5", "javascript_hub.mjs", npm=_JAVASCRIPT, needs=("node", "npm")),
    Client("hfjs", "2.17.5", "hfjs.mjs", npm=_JAVASCRIPT, needs=("node", "npm")),
    Client("transformers.js", "4.3.1", "transformers.mjs", npm=_JAVASCRIPT, needs=("node", "npm")),
    Client("both in a browser", "2.17.5, 4.3.1", "browser.py", npm=_JAVASCRIPT, needs=("node", "npm", "chromium")),
    Client("isomorphic-git", "1.44.17", "isomorphic.mjs", npm=_JAVASCRIPT, needs=("node", "npm")),
    Client("pygit2", "1.21.0", "git_pygit2.py", pip=_GIT),
    Client("dulwich", "1.2.21", "git_dulwich.py", pip=_GIT),
    Client("GitPython", "3.1.62", "git_commands.py", pip=_GIT, needs=("git", "git-lfs")),
    Client("git HTTP/2", "", "git_commands.py", needs=("git", "git-lfs"), environment={"GIT_HTTP_VERSION": "HTTP/2"}),
    Client("curl --http2", "", "plain_http.py", needs=("curl",)),
    Client("aria2c, axel, wget", "", "downloaders.py", needs=("aria2c", "curl")),
)


def install(client: Client, folder: Path) -> Path:
    """Install a client's packages unless they are there, and return their folder."""
    target = folder / client.folder
    if target.exists() or not (client.pip or client.npm):
        return target
    new = target.with_name(f"{target.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    if client.pip:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(new), *client.pip]
    else:
        # Installation scripts of packages would download from other places than npm's registry.
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-save"]
        command = ["npm", "install", *options, "--prefix", str(new), *client.npm]
    done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_TIMEOUT, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr[-2000:]}")
    new.rename(target)
    return target


class PreparedHub:
    """A Hub with everything that the steps need: a renamed repository, a private one and a gated one."""

    def __init__(self, hub: LocalHub) -> None:
        self.hub = hub
        self.other = hub.create_user("other", password="correct horse", email="other@example.org")
        hub.create_repository("other/hidden", private=True, files={"secret.txt": b"secret"})
        hub.create_repository("other/theirs", files={"a.txt": b"a"})

    def task(self, number: int, folder: Path) -> tuple[Account, dict[str, Any]]:
        """Create an account and repositories for one client; return the account and the task for its program."""
        user = self.hub.create_user(f"person{number}", password="correct horse", email=f"p{number}@example.org")
        content = {"config.json": b'{"a": 1}\n', "weights.bin": os.urandom(150_000)}
        self.hub.create_repository(f"{user.name}/now", files=content)
        self._call(user, "POST", "/api/repos/move", {"fromRepo": f"{user.name}/now", "toRepo": f"{user.name}/new"})
        self.hub.create_repository(f"{user.name}/gated")
        self._call(user, "PUT", f"/api/models/{user.name}/gated/settings", {"gated": "auto"})
        self._call(self.other, "POST", f"/api/models/{user.name}/gated/ask-access", {})
        return user, {
            "endpoint": self.hub.endpoint,
            "token": user.token,
            "user": user.name,
            "name": f"{user.name}/made",
            "old": f"{user.name}/now",
            "old_files": {path: hashlib.sha256(data).hexdigest() for path, data in content.items()},
            "hidden": "other/hidden",
            "gated": f"{user.name}/gated",
            "gated_other": "other/theirs",
            "requester": "other",
            "folder": str(folder),
        }

    def _call(self, user: Account, method: str, path: str, body: dict[str, Any]) -> None:
        headers = {"Authorization": f"Bearer {user.token}", "Content-Type": "application/json"}
        request = Request(self.hub.endpoint + path, json.dumps(body).encode(), headers, method=method)
        with urlopen(request, timeout=30) as answer:
            answer.read()


def _environment(client: Client, task: dict[str, Any], packages: Path, home: Path, hub: LocalHub) -> dict[str, str]:
    environment = hub.environment(home) | {"CLIENT_TASK": json.dumps(task), **client.environment}
    environment["HOME"] = str(home)
    if client.pip:
        environment["PYTHONPATH"] = str(packages)
    if client.npm:
        environment["CLIENT_PACKAGES"] = str(packages / "node_modules")
    return environment


def run_client(
    client: Client, prepared: PreparedHub, number: int, packages: Path, folder: Path, report: Callable[[str], None]
) -> dict[str, dict[str, Any]]:
    """Run a client's program; report each finished step and return the outcomes by step."""
    folder.mkdir()
    __, task = prepared.task(number, folder)
    program = PROGRAMS / client.program
    interpreter = sys.executable if program.suffix == ".py" else "node"
    outcomes: dict[str, dict[str, Any]] = {}
    with (folder / "errors").open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [interpreter, str(program)],
            env=_environment(client, task, packages, folder / "home", prepared.hub),
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    timer = threading.Timer(CLIENT_TIMEOUT, process.kill)
    timer.start()
    assert process.stdout
    uploaded: dict[str, str] = {}
    for line in process.stdout:
        try:
            outcome = json.loads(line)
        except ValueError:
            continue
        if "uploaded" in outcome:
            uploaded = outcome["uploaded"]
        else:
            outcomes[outcome["step"]] = outcome
            report(outcome["step"])
    process.wait()
    timer.cancel()
    process.stdout.close()
    if process.returncode:
        output = (folder / "errors").read_text(encoding="utf-8", errors="replace")[-2000:]
        outcomes["log in"] = {"ok": False, "why": f"the program ended with {process.returncode}\n{output}"}
    _compare(prepared.hub, task["name"], uploaded, outcomes)
    return outcomes


def _compare(hub: LocalHub, name: str, uploaded: dict[str, str], outcomes: dict[str, dict[str, Any]]) -> None:
    """Mark the upload as failed if the Hub does not have the bytes that the client sent."""
    if not uploaded:
        return
    stored = {path: hashlib.sha256(data).hexdigest() for path, data in hub.repository(name).files().items()}
    if wrong := sorted(path for path, digest in uploaded.items() if stored.get(path) != digest):
        outcomes["upload"] = {"ok": False, "why": f"the Hub does not have these bytes: {', '.join(wrong)}"}


def main() -> int:
    """Install, run, and print the table; return 1 if a step fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "hub-clients")
    parser.add_argument("select", nargs="*", help="parts of names or versions of clients to run; default: all")
    options = parser.parse_args()
    chosen = [c for c in CLIENTS if not options.select or any(s in f"{c.name} {c.version}" for s in options.select)]
    console = Console()
    if not console.is_terminal:
        console = Console(width=150)
    table = Table(title="Clients at the Hub")
    for column in ("client", "version", *STEPS, "s"):
        table.add_column(column, justify="left" if column in ("client", "version") else "center")
    complete, reasons = True, list[str]()
    with tempfile.TemporaryDirectory() as work, LocalHub() as hub, console.status("starting") as status:
        prepared = PreparedHub(hub)

        def say_done(label: str, step: str) -> None:
            status.update(f"{label}: {step} done")

        for number, client in enumerate(chosen, 1):
            label = f"{number}/{len(chosen)} {client.name} {client.version}"
            missing = [program for program in client.needs if shutil.which(program) is None]
            if missing:
                table.add_row(client.name, client.version, *["–"] * len(STEPS), "")
                reasons.append(f"{client.name}: not run, because {', '.join(missing)} is not installed")
                continue
            status.update(f"{label}: installing")
            packages = install(client, options.folder)
            started = time.monotonic()
            outcomes = run_client(
                client, prepared, number, packages, Path(work, str(number)),
                partial(say_done, label),
            )  # fmt: skip
            taken = time.monotonic() - started
            marks = ["–" if s not in outcomes else "ok" if outcomes[s]["ok"] else "[red]FAIL[/red]" for s in STEPS]
            table.add_row(client.name, client.version, *marks, f"{taken:.0f}")
            console.print(f"{label}: {' '.join(marks)}", highlight=False)
            for step, outcome in outcomes.items():
                if not outcome["ok"]:
                    complete = False
                    reasons.append(f"{client.name} {client.version}, {step}:\n{outcome.get('why', '')}")
    console.print(table)
    for reason in reasons:
        console.print(reason, highlight=False, markup=False)
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
