"""Start JupyterLab as a child process with separate settings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from autograde.errors import SetUpFailed
from autograde.files import write_file
from autograde.i18n.translation import messages
from autograde.session import early_import, explained_errors
from autograde.setup import tools

_ = messages("cli")

#: Longest time in seconds for JupyterLab to answer; long, because disks in classrooms are slow.
START_SECONDS = 120

#: Longest time in seconds for JupyterLab to stop its kernels.
STOP_SECONDS = 15

#: JupyterLab's settings in a new workspace: no question about news, no requests to the internet.
NOTIFICATIONS = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": False}

#: Beside a column with dates, the names of most lessons are cut off.
FILE_BROWSER = {"showLastModifiedColumn": False}

#: A long line of a learner's code is wrapped instead of being cut off.
NOTEBOOKS = {"codeCellConfig": {"lineNumbers": False, "lineWrap": True}}

#: JupyterLab's locale for each language of the course.
LOCALES = {"en": "en", "zh": "zh_CN"}

#: JupyterLab uses the arrow keys to move between cells, even inside a list, slider or radio buttons of a widget, so
#: that questions cannot be answered with the keyboard. The second selector of each key excludes these elements.
_COMMAND_MODE = ".jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite) :focus"
SHORTCUTS = [
    {"command": f"notebook:move-cursor-{direction}", "keys": [key], "selector": selector, "disabled": disabled}
    for direction, key in (("down", "ArrowDown"), ("up", "ArrowUp"))
    for selector, disabled in (
        (_COMMAND_MODE, True),
        (f"{_COMMAND_MODE}:not(select):not([type='radio']):not(.noUi-handle)", False),
    )
]

#: nbgrader's extensions for instructors, hidden from learners.
FOR_INSTRUCTORS = (
    "assignment-list",
    "course-list",
    "create-assignment",
    "formgrader",
    "menu",
    "validate-assignment",
)

#: The server parts of these extensions; loading them takes half a second.
FOR_INSTRUCTORS_IN_SERVER = ("assignment_list", "course_list", "formgrader", "validate_assignment")

#: Start-up file of JupyterLab's terminals. The user's own is not read, because it may set their real token again.
BASHRC = "PS1='\\W \\$ '\n"


def lab_environment(client: Mapping[str, str], home: Path, language: str) -> dict[str, str]:
    """Return the complete environment of JupyterLab and its kernels.

    Args:
        client: environment of the Hub's clients (``client_environment``).
        home: folder for Jupyter's files; the user's own Jupyter settings are neither read nor changed.
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
        # Make waiting threads of torch sleep: on a class server, they would take processor time from other kernels.
        "OMP_WAIT_POLICY": variables.get("OMP_WAIT_POLICY", "passive"),
    }


@dataclass
class Lab:
    """A running JupyterLab.

    Attributes:
        process: the server; its kernels are its child processes.
        url: the page to open, including the access token.
        log: file with the server's output.
    """

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def wait(self) -> None:
        """Wait until the server ends.

        It polls every second, because a signal may be delivered to a thread of the Hub, which does not wake a main
        thread that waits for a process.
        """
        waiting = threading.Thread(target=self.process.wait, daemon=True)
        waiting.start()
        while waiting.is_alive():
            waiting.join(1.0)

    def stop(self) -> None:
        """Stop the server and its kernels, if they are running."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def command(folder: Path, home: Path, port: int, page: str) -> list[str]:
    """Return the command that starts JupyterLab in ``folder`` on ``port`` and opens ``page``."""
    words = [
        sys.executable,
        "-P",  # the server must not import a file random.py from the learner's folder
        "-m",
        "jupyterlab",
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{quote(page)}",
        "--LabApp.expose_app_in_browser=True",  # widgets.hub_panel opens a page of the Hub beside the notebook
        "--LabApp.extension_manager=readonly",  # the default one contacts a package index on the internet
        "--LanguageServerManager.autodetect=False",  # it starts npm, which writes to the user's home folder
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
        home: folder for Jupyter's files, the same as for ``environment``.
        port: port to listen on, for this machine only.
        page: the notebook to open, as a path inside ``folder``.
        environment: complete environment of the server and its kernels.
        language: of JupyterLab's menus and messages, ``"en"`` or ``"zh"``.

    Raises:
        SetUpFailed: it stopped or did not answer in time; the error names its log.
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
            # Otherwise JupyterLab also receives Ctrl-C from the terminal and asks for confirmation on the keyboard.
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
    """Write the settings of a learner's JupyterLab into ``home``; those that the learner may change, only once."""
    extensions = home / "settings" / "@jupyterlab"
    # Written at each start, because the language of a workspace can change.
    locale = {"locale": LOCALES.get(language, language)}
    write_file(extensions / "translation-extension" / "plugin.jupyterlab-settings", json.dumps(locale).encode())
    for plugin, values in (
        ("apputils-extension/notification", NOTIFICATIONS),
        ("filebrowser-extension/browser", FILE_BROWSER),
        ("notebook-extension/tracker", NOTEBOOKS),
        ("shortcuts-extension/shortcuts", {"shortcuts": SHORTCUTS}),
    ):
        file = extensions / f"{plugin}.jupyterlab-settings"
        if not file.exists():
            write_file(file, json.dumps(values).encode())
    page = {"disabledExtensions": {f"@jupyter/nbgrader:{name}": True for name in FOR_INSTRUCTORS}}
    write_file(home / "config" / "labconfig" / "page_config.json", json.dumps(page).encode())
    server_extensions = {f"nbgrader.server_extensions.{name}": False for name in FOR_INSTRUCTORS_IN_SERVER}
    server = {"ServerApp": {"jpserver_extensions": server_extensions}}
    write_file(home / "config" / "jupyter_server_config.json", json.dumps(server).encode())
    write_file(home / "bashrc", BASHRC.encode())
    startup = home / "ipython" / "profile_default" / "startup"
    # Named after its first content: under a new name, the old file would stay in the workspaces that have it.
    write_file(startup / "00-missing-names.py", explained_errors.STARTUP.encode())
    write_file(startup / "10-early-import.py", early_import.STARTUP.encode())


def answering_server(lab: Lab, record: Path) -> dict[str, str]:
    """Wait until a Jupyter server answers; return its record, which contains its ``url`` and ``token``.

    Args:
        lab: the server.
        record: the file ``jpserver-….json`` in its runtime folder.

    Raises:
        SetUpFailed: it stopped or did not answer in time; the error names its log.
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
        _("Its complete output is in {log}.").format(log=lab.log),
    )


def _request(server: Mapping[str, str], path: str, method: str = "GET") -> None:
    request = urllib.request.Request(  # noqa: S310 - http to this machine
        f"{server['url']}{path}", method=method, headers={"Authorization": f"token {server['token']}"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=5):
        pass


def stop_orphans(runtime: Path) -> None:
    """Stop the JupyterLab servers of this workspace that a killed ``autograde learn`` left running.

    The token in the record proves that the server belongs to this workspace.
    """
    for record in runtime.glob("jpserver-*.json"):
        try:
            _request(json.loads(record.read_text(encoding="utf-8")), "api/shutdown", "POST")
        except (OSError, ValueError, KeyError):
            pass
        finally:
            record.unlink(missing_ok=True)
