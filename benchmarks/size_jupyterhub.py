"""``make sizing``: estimate the memory and the cores that a class in JupyterHub needs, for 30, 60 and 600 people.

Starts ``examples/jupyterhub`` with a few people, measures every process (PSS: shared pages are counted once), and
extrapolates: fixed parts count once, the others once per person. Lesson 2.1 needs no model; lesson 2.6, which loads
torch and a model, is the most expensive one. The number of cores lets everyone start within ten minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import psutil
from nbclient import NotebookClient
from rich.console import Console
from rich.table import Table

from autograde import notebooks, settings
from autograde.hub import LocalHub, client_environment
from autograde.session.ports import free_port
from autograde.settings import KIT

EXAMPLE = KIT / "examples" / "jupyterhub"
PROXY = KIT / ".tools" / "jupyterhub" / "node_modules" / ".bin" / "configurable-http-proxy"
MIB = 2**20
CLASSES = (30, 60, 600)

#: The example's configuration, and a token that may start servers.
CONFIGURATION = """\
load_subconfig('{example}')
c = get_config()
c.JupyterHub.services = [*c.JupyterHub.services, {{"name": "sizing", "api_token": "{token}"}}]
c.JupyterHub.load_roles = [{{"name": "sizing", "services": ["sizing"], "scopes": ["admin:users", "admin:servers"]}}]
"""

#: Seconds within which everyone opens the first lesson.
ARRIVAL = 600


@dataclass(frozen=True)
class Measured:
    """The resources of one part.

    Attributes:
        memory: bytes (PSS) while it is idle.
        seconds: processor time until it was idle.
    """

    memory: float
    seconds: float


def needs(process: psutil.Process) -> Measured:
    """Return the resources of a process and its children."""
    processes = [process, *process.children(recursive=True)]
    memory = seconds = 0.0
    for each in processes:
        try:
            memory += each.memory_full_info().pss
            times = each.cpu_times()
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
        seconds += times.user + times.system
    return Measured(memory, seconds)


def measure_lesson(section: str) -> Measured:
    """Return the resources of a lesson's kernel after all of its cells have run."""
    (path,) = (KIT / "course").glob(f"{section}-*.ipynb")
    book: nbformat.NotebookNode = notebooks.one_language(notebooks.read(path), "en")
    with tempfile.TemporaryDirectory() as folder, LocalHub() as hub:
        environment = client_environment(hub.endpoint, Path(folder) / ".autograde")
        client = NotebookClient(book, timeout=600, resources={"metadata": {"path": folder}})
        with client.setup_kernel(env=environment):
            for index, cell in enumerate(book.cells):
                client.execute_cell(cell, index)
            kernel = next(
                each for each in psutil.Process().children(recursive=True) if "ipykernel" in " ".join(each.cmdline())
            )
            return needs(kernel)


def measure_servers(people: int) -> tuple[Measured, Measured, Measured]:
    """Return the resources of JupyterHub with its proxy, of the class Hub, and of one person's server."""
    token, address, hub_port = secrets.token_hex(16), f"http://127.0.0.1:{free_port()}", free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        variables = {
            "PATH": f"{Path(sys.executable).parent}:{settings.environment()['PATH']}",
            "CLASS_ADDRESS": address,
            "CLASS_DATA": str(folder / "data"),
            "CLASS_HUB_PORT": str(hub_port),
        }
        (folder / "config.py").write_text(
            CONFIGURATION.format(example=EXAMPLE / "jupyterhub_config.py", token=token), encoding="utf-8"
        )
        command = [
            "jupyterhub", f"--config={folder / 'config.py'}", "--JupyterHub.authenticator_class=dummy",
            "--JupyterHub.spawner_class=simple", f"--SimpleLocalProcessSpawner.home_dir_template={folder}/{{username}}",
            f"--JupyterHub.hub_port={free_port()}", f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{free_port()}",
            f"--ConfigurableHTTPProxy.command={PROXY}", "--Spawner.start_timeout=300", "--Spawner.http_timeout=300",
            *(["--Spawner.args=--allow-root"] if os.geteuid() == 0 else []),
        ]  # fmt: skip
        log = (folder / "log").open("w")
        running = subprocess.Popen(command, cwd=folder, env=settings.environment() | variables, stdout=log, stderr=log)
        try:
            return _servers(running, address, token, people)
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(60)
            log.close()


def _servers(
    running: subprocess.Popen[bytes], address: str, token: str, people: int
) -> tuple[Measured, Measured, Measured]:
    def request_api(method: str, path: str, content: object = None) -> Any:
        request = urllib.request.Request(
            f"{address}/hub/api{path}", method=method, headers={"Authorization": f"token {token}"},
            data=None if content is None else json.dumps(content).encode(),
        )  # fmt: skip
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=60) as answer:
            return json.loads(answer.read() or "{}")

    last = time.monotonic() + 300
    while True:
        try:
            request_api("GET", "/users")
        except urllib.error.HTTPError as error:
            error.close()  # the proxy answers before JupyterHub does
        except OSError:
            pass
        else:
            break
        assert running.poll() is None, "JupyterHub stopped"
        assert time.monotonic() < last, "JupyterHub does not start"
        time.sleep(0.3)
    request_api("POST", "/users", {"usernames": [f"p{number}" for number in range(people)]})
    for number in range(people):
        request_api("POST", f"/users/p{number}/server")
        while not request_api("GET", f"/users/p{number}").get("server"):
            assert time.monotonic() < last, "a server does not start"
            time.sleep(0.5)
    top = psutil.Process(running.pid)
    servers, hubs = list[Measured](), list[Measured]()
    rest = [Measured(top.memory_full_info().pss, sum(top.cpu_times()[:2]))]
    for child in top.children():
        line = " ".join(child.cmdline())
        kind = servers if "singleuser" in line else hubs if "autograde" in line else rest
        kind.append(needs(child))
    assert (len(servers), len(hubs)) == (people, 1)
    fixed = Measured(sum(each.memory for each in rest), sum(each.seconds for each in rest))
    one = Measured(sum(each.memory for each in servers) / people, sum(each.seconds for each in servers) / people)
    return fixed, hubs[0], one


def main() -> None:
    """Print the parts and the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=3, help="number of servers to start")
    people = options.parse_args().people
    fixed, hub, server = measure_servers(people)
    light, heavy = measure_lesson("2.1"), measure_lesson("2.6")
    console = Console(width=110)
    parts = Table(title="One of each")
    for heading in ("part", "memory (MiB)", "processor time to start (s)"):
        parts.add_column(heading, justify="left" if heading == "part" else "right")
    named = {"JupyterHub and proxy": fixed, "class Hub": hub, "one person's server": server}
    named |= {"kernel of lesson 2.1": light, "kernel of lesson 2.6": heavy}
    for name, part in named.items():
        parts.add_row(name, f"{part.memory / MIB:,.0f}", f"{part.seconds:.1f}")
    console.print(parts)
    table = Table(title=f"A class in which everyone starts within {ARRIVAL // 60} minutes")
    for heading in ("people", "memory in 2.1 (GiB)", "memory in 2.6 (GiB)", "cores for 2.1", "cores for 2.6"):
        table.add_column(heading, justify="right")
    for size in CLASSES:
        cells = [f"{size}"]
        for kernel in (light, heavy):
            total = fixed.memory + hub.memory + size * (server.memory + kernel.memory)
            cells.append(f"{total / 2**30:.0f}")
        cells += [f"{max(1, size * (server.seconds + kernel.seconds) / ARRIVAL):.1f}" for kernel in (light, heavy)]
        table.add_row(*cells)
    console.print(table)


if __name__ == "__main__":
    main()
