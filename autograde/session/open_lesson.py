"""The first cell of a lesson: find or start a Hub, and make this process use it.

After ``open_lesson("2.2")``, learners use unmodified git, huggingface_hub and transformers. This module never reads or
writes the user's own token, cache or git configuration, and never contacts a Hub other than one of this kit.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from autograde import settings
from autograde.errors import FolderUnusable, RestartNeeded
from autograde.files import private_folder
from autograde.hub import client_environment
from autograde.i18n.translation import messages
from autograde.runner.answers import warm_up
from autograde.session import explained_errors, missing_hub, missing_models, seeding, shell_commands, workspace_hub
from autograde.session.health import ask, healthz, is_class_hub
from autograde.session.languages import workspace_language
from autograde.session.lesson import Lesson
from autograde.settings import PRIVATE
from autograde.widgets.refusals import unreachable

_ = messages("widgets")

#: The notebook's folder: kernels start there, and the first cell runs before any code changes the folder.
_START = Path.cwd()

#: The lessons that load a model with torch and transformers.
_WITH_MODELS = ("2.6", "2.6b")

#: The lessons that use the models of the gallery.
_GALLERY_LESSONS = ("0", "1")


def open_lesson(section: str) -> Lesson:
    """Open the lesson about ``section`` of the tutorial. This is the first code cell of each lesson.

    It uses the Hub at ``HF_ENDPOINT`` if that is a Hub of this kit (from ``autograde learn``, or a class Hub). In plain
    JupyterLab, VS Code or ``nbconvert --execute``, it starts a Hub in this process, with its data in ``.autograde``
    next to the notebook. It can be run again at any time.

    Raises:
        HubUnreachable: the Hub that this process was started for does not answer.
        RestartNeeded: huggingface_hub has been imported with another Hub's address.
    """
    workspace, temporary = _workspace()
    environment = settings.environment()
    home = _client_home(environment)
    endpoint = settings.endpoint()
    answer = healthz(endpoint) if endpoint else None
    if answer is None or endpoint is None:
        if endpoint and home:
            raise unreachable(endpoint)
        endpoint, answer = _local_hub(workspace)
    # Use a folder from the kit's own environment, never the user's.
    home = home or workspace / PRIVATE
    variables = _variables(endpoint, home, workspace)
    _check_not_too_late(variables)
    settings.set_environment(variables)
    explained_errors.install()
    missing_hub.install()
    shell_commands.install()
    forgotten = _forget_foreign_token(endpoint, Path(variables["HF_HOME"]) / "token")
    if section in _WITH_MODELS:
        warm_up.start()
    if section in _GALLERY_LESSONS:
        missing_models.install()
    return Lesson(
        section=section,
        endpoint=endpoint,
        language=settings.language(),
        workspace=workspace,
        home=home,
        instance=str(answer.get("instance") or endpoint),
        temporary=temporary,
        forgotten=forgotten,
        bare=section in _GALLERY_LESSONS and _lacks_gallery(endpoint),
        class_hub=is_class_hub(answer),
    )


def _variables(endpoint: str, home: Path, workspace: Path) -> dict[str, str]:
    """Return the environment of the lesson's kernel and of the commands in its cells."""
    variables = client_environment(endpoint, home)
    # Editors often start a kernel by its path. Then its folder, which contains `hf`, is not on the PATH.
    scripts = str(Path(sys.executable).parent)
    if scripts not in variables.get("PATH", "").split(os.pathsep):
        variables["PATH"] = os.pathsep.join(filter(None, [scripts, variables.get("PATH", "")]))
    # The tutorial signs its commit with $USER, which is often not set in containers.
    variables.setdefault("USER", "learner")
    shell_commands.set_unattended(variables)
    if language := workspace_language(workspace):
        # The notebooks are in this language, even if the editor uses another one.
        variables.setdefault("AUTOGRADE_LANGUAGE", language)
    return variables


def _forget_foreign_token(endpoint: str, path: Path) -> bool:
    """Delete the saved token if this Hub does not know it; return whether it was deleted.

    The Hub answers 401 to every request with an unknown token, even for public pages, as huggingface.co does.
    """
    try:
        token = path.read_text(encoding="utf-8").strip()
        url, headers = f"{endpoint}/api/whoami-v2", {"Authorization": f"Bearer {token}"}
        with ask(urllib.request.Request(url, headers=headers)):  # noqa: S310 - an endpoint is http(s)
            return False
    except urllib.error.HTTPError as error:
        if error.code != 401:
            return False
    except OSError:
        return False
    path.unlink(missing_ok=True)
    return True


def _lacks_gallery(endpoint: str) -> bool:
    """Return whether the Hub has none of the gallery's models: a class Hub started without ``--models``."""
    try:
        url = f"{endpoint}/api/models?author={seeding.OWNER}&limit=1"
        with ask(urllib.request.Request(url)) as answer:  # noqa: S310 - an endpoint is http(s)
            return not json.load(answer)
    except (OSError, ValueError):
        return False


def _client_home(environment: dict[str, str]) -> Path | None:
    """Return the client folder in an environment made by the kit; None for the user's own environment."""
    gitconfig = environment.get("GIT_CONFIG_GLOBAL", "")
    home = Path(gitconfig).parent
    if gitconfig and Path(environment.get("HF_HOME", "")) == home / "huggingface":
        return home
    return None


def _workspace() -> tuple[Path, bool]:
    """Return the lessons' folder, or a temporary one if that cannot be written to; and whether it is temporary."""
    private = _START / PRIVATE
    try:
        private_folder(private)
        with tempfile.TemporaryFile(dir=private):
            return _START, False
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"autograde-{Path.home().name}"
        try:
            private_folder(folder, owned=True)
        except FolderUnusable:
            # Use a random name: another user could create a folder with a known name to get our tokens.
            folder = Path(tempfile.mkdtemp(prefix="autograde-"))
        private_folder(folder / PRIVATE)
        return folder, True


def _local_hub(workspace: Path) -> tuple[str, dict[str, Any]]:
    """Return the endpoint and health of a workspace's Hub; if it is not running, start it in this process."""
    endpoint, started = workspace_hub.find_or_start(workspace / PRIVATE)
    if started is not None:
        atexit.register(started.close)
    answer = healthz(endpoint)
    if answer is None:
        raise unreachable(endpoint)
    return endpoint, answer


def _check_not_too_late(variables: dict[str, str]) -> None:
    """Raise if huggingface_hub was imported with other settings; it reads them only once."""
    constants = sys.modules.get("huggingface_hub.constants")
    if constants is None:
        return
    wanted = (variables["HF_ENDPOINT"], variables["HF_HOME"])
    if wanted != (constants.ENDPOINT, constants.HF_HOME):
        raise RestartNeeded(
            _("huggingface_hub has already been imported and uses {endpoint}.").format(endpoint=constants.ENDPOINT),
            _("Choose Kernel > Restart Kernel, then run this cell before any other."),
        )
