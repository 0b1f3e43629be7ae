"""JupyterLab as a child process: its own settings, its own environment, and a page to open."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from autograde.errors import SetUpFailed
from autograde.files import write_file
from autograde.i18n.translation import messages
from autograde.session import missing_names
from autograde.setup import tools

_ = messages("cli")

#: Longest time in seconds that JupyterLab may take to answer; a cold disk in a classroom needs many.
START_SECONDS = 120

#: Seconds that JupyterLab gets to stop its kernels.
STOP_SECONDS = 15

#: JupyterLab's settings in a new workspace: no question about news, no look at the internet.
NOTIFICATIONS = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": False}

#: What JupyterLab calls the languages of the course; its own default is English.
LOCALES = {"en": "en", "zh": "zh_CN"}

#: JupyterLab takes the arrow keys to go from cell to cell, also from a list, a slider or radio buttons in an output:
#: without a mouse, no question could be answered. The second selector of each key leaves them alone.
_COMMAND_MODE = ".jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite) :focus"
SHORTCUTS = [
    {"command": f"notebook:move-cursor-{direction}", "keys": [key], "selector": selector, "disabled": disabled}
    for direction, key in (("down", "ArrowDown"), ("up", "ArrowUp"))
    for selector, disabled in (
        (_COMMAND_MODE, True),
        (f"{_COMMAND_MODE}:not(select):not([type='radio']):not(.noUi-handle)", False),
    )
]

#: nbgrader's buttons are for those who make and grade exercises; in a learner's JupyterLab they only confuse.
FOR_INSTRUCTORS = (
    "assignment-list",
    "course-list",
    "create-assignment",
    "formgrader",
    "menu",
    "validate-assignment",
)

#: Their halves in the server, which would take half a second to load.
FOR_INSTRUCTORS_IN_SERVER = ("assignment_list", "course_list", "formgrader", "validate_assignment")

#: The start-up file of JupyterLab's terminals. The person's own is not read: it may put their real token back.
BASHRC = "PS1='\\W \\$ '\n"


def lab_environment(client: Mapping[str, str], home: Path, language: str) -> dict[str, str]:
    """The whole environment of JupyterLab and its kernels.

    Args:
        client: the environment of a client of the Hub (``client_environment``).
        home: folder for Jupyter's own files; the person's Jupyter settings are neither read nor changed.
        language: of messages, ``"en"`` or ``"zh"``.
    """
    variables = {name: value for name, value in client.items() if not name.startswith(("JUPYTER", "IPYTHON"))}
    scripts = str(Path(sys.executable).parent)
    paths = [path for path in variables.get("PATH", os.defpath).split(os.pathsep) if path != scripts]
    return variables | {
        "PATH": os.pathsep.join([scripts, *paths]),
        "AUTOGRADE_LANGUAGE": language,
        # The tutorial signs its commit with $USER, which containers often lack.
        "USER": variables.get("USER") or "learner",
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }


@dataclass
class Lab:
    """A running JupyterLab.

    Attributes:
        process: the server; its kernels are its children.
        url: the page to open, with the token that lets the browser in.
        log: the file that everything it says goes to.
    """

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def stop(self) -> None:
        """Stop the server and its kernels; does nothing when they have stopped."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def command(folder: Path, home: Path, port: int, page: str) -> list[str]:
    """The command line that starts JupyterLab in ``folder`` on ``port``, with ``page`` in front."""
    words = [
        sys.executable,
        "-P",  # the folder is the learner's: a random.py in it must not be imported by the server
        "-m",
        "jupyterlab",
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{quote(page)}",
        "--LabApp.expose_app_in_browser=True",  # widgets.hub_panel puts a page of the Hub beside the notebook
        "--LabApp.extension_manager=readonly",  # the other one asks a package index on the internet
        "--LanguageServerManager.autodetect=False",  # it starts npm, which writes into the person's home folder
    ]
    if bash := shutil.which("bash"):
        shell = [bash, "--noprofile", "--rcfile", str(home / "bashrc")]
        words.append(f"--ServerApp.terminado_settings={{'shell_command': {shell!r}}}")
    if tools.is_root():
        words.append("--allow-root")
    return words


def start(folder: Path, home: Path, port: int, page: str, environment: Mapping[str, str], language: str) -> Lab:
    """Start JupyterLab and wait until it answers.

    Args:
        folder: the learner's folder, the root of the file browser.
        home: folder for Jupyter's own files; the same that ``environment`` was made with.
        port: where it listens, on this machine only.
        page: the notebook to open, as a path inside ``folder``.
        environment: the whole environment of the server and its kernels.
        language: of JupyterLab's own menus and messages, ``"en"`` or ``"zh"``.

    Raises:
        SetUpFailed: it stopped at once, or did not answer in time; the error names its log.
    """
    write_settings(home, language)
    runtime = home / "runtime"
    stop_orphans(runtime)
    log = home / "jupyterlab.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(folder, home, port, page),
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the terminal is for us; JupyterLab would ask a question that nobody can answer.
            start_new_session=True,
        )
    lab = Lab(process, "", log)
    try:
        server = answering_server(lab, runtime / f"jpserver-{process.pid}.json")
    except BaseException:
        lab.stop()
        raise
    lab.url = f"{server['url']}lab/tree/{quote(page)}?token={server['token']}"
    return lab


def write_settings(home: Path, language: str) -> None:
    """Write the settings of a learner's JupyterLab into ``home``; those that the learner may change only once."""
    extensions = home / "settings" / "@jupyterlab"
    # At each start: a workspace can change its language.
    locale = {"locale": LOCALES[language]}
    write_file(extensions / "translation-extension" / "plugin.jupyterlab-settings", json.dumps(locale).encode())
    notifications = extensions / "apputils-extension" / "notification.jupyterlab-settings"
    if not notifications.exists():
        write_file(notifications, json.dumps(NOTIFICATIONS).encode())
    shortcuts = extensions / "shortcuts-extension" / "shortcuts.jupyterlab-settings"
    if not shortcuts.exists():
        write_file(shortcuts, json.dumps({"shortcuts": SHORTCUTS}).encode())
    page = {"disabledExtensions": {f"@jupyter/nbgrader:{name}": True for name in FOR_INSTRUCTORS}}
    write_file(home / "config" / "labconfig" / "page_config.json", json.dumps(page).encode())
    server_extensions = {f"nbgrader.server_extensions.{name}": False for name in FOR_INSTRUCTORS_IN_SERVER}
    server = {"ServerApp": {"jpserver_extensions": server_extensions}}
    write_file(home / "config" / "jupyter_server_config.json", json.dumps(server).encode())
    write_file(home / "bashrc", BASHRC.encode())
    write_file(home / "ipython" / "profile_default" / "startup" / "00-missing-names.py", missing_names.STARTUP.encode())


def answering_server(lab: Lab, record: Path) -> dict[str, str]:
    """What a Jupyter server wrote down about itself, once it answers: its ``url`` and ``token`` among it.

    Args:
        lab: the server that was started.
        record: the file ``jpserver-….json`` in its runtime folder.

    Raises:
        SetUpFailed: it stopped, or did not answer in time; the error names its log.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if lab.process.poll() is not None:
            break
        try:
            server: dict[str, str] = json.loads(record.read_text(encoding="utf-8"))
            _request(server, "api/status")
            return server
        except (OSError, ValueError):
            time.sleep(0.05)
    lines = lab.log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["?"]
    raise SetUpFailed(
        _("JupyterLab did not start: {reason}").format(reason=lines[-1]),
        _("Everything it said is in {log}.").format(log=lab.log),
    )


def _request(server: Mapping[str, str], path: str, method: str = "GET") -> None:
    request = urllib.request.Request(  # noqa: S310 - http to this machine
        f"{server['url']}{path}", method=method, headers={"Authorization": f"token {server['token']}"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=5):
        pass


def stop_orphans(runtime: Path) -> None:
    """Stop every JupyterLab of this workspace whose ``autograde learn`` was killed before it could do so.

    Only a server that takes the token written down in the workspace is one of ours.
    """
    for record in runtime.glob("jpserver-*.json"):
        try:
            _request(json.loads(record.read_text(encoding="utf-8")), "api/shutdown", "POST")
        except (OSError, ValueError, KeyError):
            pass
        finally:
            record.unlink(missing_ok=True)
