"""All environment variables and defaults of the kit.

No other module reads ``os.environ``, so this file contains the kit's complete configuration.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

#: The kit's files inside the package, if it was installed from the wheel.
_PACKAGED = Path(__file__).resolve().parent / "kit"

#: The folder that contains course/, source/ and release/: inside an installed package, or the clone around it.
KIT = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).resolve().parent.parent

#: Languages of the lessons and messages: English, the source language, and each that has catalogues.
LANGUAGES = ("en", *sorted(path.parent.name for path in Path(__file__).parent.glob("i18n/locale/*/LC_MESSAGES")))

#: The languages' own names. A language without a name here is shown by its code.
LANGUAGE_NAMES = {language: language for language in LANGUAGES} | {"en": "English", "zh": "中文"}

#: Folder in a workspace for internal data (the Hub's data, HF_HOME, git configuration).
PRIVATE = ".autograde"

#: The first port to try for a learner's Hub and a class Hub.
HUB_PORT = 8960

#: The first port to try for JupyterLab.
LAB_PORT = 8888

#: An address at which no Hub answers, on any machine.
NO_HUB = "http://127.0.0.1:9"

#: The package index of torch for CPUs, which is gigabytes smaller than torch for NVIDIA GPUs.
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"

#: The user's own settings for huggingface.co. They are removed from the environment of every child process, so that a
#: lesson can neither use nor leak the user's token and cache.
PERSONAL_VARIABLES = (
    "HF_TOKEN",
    "HF_TOKEN_PATH",
    "HF_OIDC_RESOURCE",
    "HF_STORED_TOKENS_PATH",
    "HUGGING_FACE_HUB_TOKEN",
    "HUGGINGFACE_HUB_CACHE",
    "HUGGINGFACE_CO_STAGING",
    "HF_HUB_CACHE",
    "HF_ASSETS_CACHE",
    "HF_XET_CACHE",
    "HF_DATASETS_CACHE",
    "HF_MODULES_CACHE",
    "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE",
    "TRANSFORMERS_CACHE",
    "PYTORCH_TRANSFORMERS_CACHE",
    "PYTORCH_PRETRAINED_BERT_CACHE",
    "GIT_ASKPASS",
    "SSH_ASKPASS",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
)


def environment() -> dict[str, str]:
    """Return a copy of this process's environment."""
    return dict(os.environ)


def set_environment(variables: Mapping[str, str]) -> None:
    """Make this process's environment exactly ``variables``; only a lesson's first cell and a fixture do this."""
    for name in set(os.environ) - set(variables):
        del os.environ[name]
    os.environ.update(variables)


def language(preferred: str | None = None) -> str:
    """Return the language of lessons and messages: one of :data:`LANGUAGES`, such as ``"en"`` or ``"zh"``.

    In order: ``preferred``, ``AUTOGRADE_LANGUAGE``, then ``LANGUAGE``, ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` as
    gettext reads them. English is used for all other languages.
    """
    variables = ("AUTOGRADE_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    values = [preferred, *(os.environ.get(name) for name in variables)]
    chosen = next((value for value in values if value), "en")
    return next((language for language in LANGUAGES if chosen.lower().startswith(language)), "en")


def choose_language(chosen: str) -> None:
    """Set the language of this process and its child processes."""
    os.environ["AUTOGRADE_LANGUAGE"] = chosen


def cache_folder() -> Path:
    """Return the folder for generated models: ``AUTOGRADE_CACHE``, or ``autograde`` in the user's cache folder."""
    if own := os.environ.get("AUTOGRADE_CACHE"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "autograde"


def endpoint() -> str | None:
    """Return this process's Hub URL (``HF_ENDPOINT``) without a trailing slash, or None if it is not set."""
    return (os.environ.get("HF_ENDPOINT") or "").rstrip("/") or None


def in_kernel() -> bool:
    """Return whether this process is a notebook's kernel or runs in one (``JPY_PARENT_PID``)."""
    return "JPY_PARENT_PID" in os.environ


def notebook() -> Path | None:
    """Return the notebook for which Jupyter started this kernel (``JPY_SESSION_NAME``); None if unknown."""
    found = os.environ.get("JPY_SESSION_NAME")
    return Path(found) if found else None


def hub_port() -> int:
    """Return the first port to try for a Hub: ``AUTOGRADE_HUB_PORT`` or :data:`HUB_PORT`."""
    return _port("AUTOGRADE_HUB_PORT", HUB_PORT)


def lab_port() -> int:
    """Return the first port to try for JupyterLab: ``AUTOGRADE_LAB_PORT`` or :data:`LAB_PORT`."""
    return _port("AUTOGRADE_LAB_PORT", LAB_PORT)


def wrong_ports() -> dict[str, str]:
    """Return the variables whose value is not a port, with the value; commands report them."""
    values = {name: os.environ.get(name, "").strip() for name in ("AUTOGRADE_HUB_PORT", "AUTOGRADE_LAB_PORT")}
    return {name: value for name, value in values.items() if value and not _is_port(value)}


def _port(name: str, usual: int) -> int:
    value = os.environ.get(name, "").strip()
    return int(value) if _is_port(value) else usual


def _is_port(value: str) -> bool:
    return value.isdecimal() and len(value) <= 5 and int(value) <= 65535


def torch_index() -> str:
    """Return the package index of torch for CPUs: ``AUTOGRADE_TORCH_INDEX`` or :data:`TORCH_INDEX`; empty: pip's."""
    return os.environ.get("AUTOGRADE_TORCH_INDEX", TORCH_INDEX).strip()


def public_url(port: int | str = "{port}") -> str:
    """Return the public URL of the Hub on ``port`` of this machine behind a proxy; empty without a proxy.

    It is ``AUTOGRADE_PUBLIC_URL`` with ``{port}`` replaced by the port:
    ``https://jupyter.example.org/user/ada/proxy/{port}``. Otherwise it is ``JUPYTERHUB_PUBLIC_URL``, which JupyterHub
    sets if its own ``public_url`` is set, with jupyter-server-proxy's path appended. In a JupyterHub that does not set
    it (Binder), it is only the path, ``/user/ada/proxy/{port}``, to which the browser adds the server's name.
    """
    found = os.environ.get("AUTOGRADE_PUBLIC_URL") or ""
    if not found and (server := os.environ.get("JUPYTERHUB_PUBLIC_URL") or os.environ.get("JUPYTERHUB_SERVICE_PREFIX")):
        found = f"{server.rstrip('/')}/proxy/{{port}}"
    return found.rstrip("/").replace("{port}", str(port))


def choose_public_url(chosen: str) -> None:
    """Set the :func:`public_url` of this process and its child processes."""
    os.environ["AUTOGRADE_PUBLIC_URL"] = chosen


def pages(endpoint: str) -> str:
    """Return the URL of the pages of the Hub at ``endpoint`` in a browser, which may be behind a proxy.

    An ``AUTOGRADE_PUBLIC_URL`` without ``{port}`` is the address of the class Hub on any machine.
    """
    fixed = os.environ.get("AUTOGRADE_PUBLIC_URL") or ""
    if fixed and "{port}" not in fixed:
        return fixed.rstrip("/")
    parts = urlsplit(endpoint)
    if parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        return endpoint
    return public_url(parts.port or 80) or endpoint


#: Used if no seed is set, so that each process grades with different cases.
_SEED_OF_THIS_PROCESS = secrets.token_hex(16)


def grading_seed() -> str:
    """Return the seed of the graded cases: the course's, or a random one for this process.

    nbgrader's configuration sets ``AUTOGRADE_SEED`` from the file next to the gradebook before it starts a kernel.
    """
    return os.environ.get("AUTOGRADE_SEED") or _SEED_OF_THIS_PROCESS


def choose_grading_seed(seed: str) -> None:
    """Set the :func:`grading_seed` of this process and its child processes."""
    os.environ["AUTOGRADE_SEED"] = seed


def solutions_until() -> str:
    """Return why ``solution()`` shows nothing; ``""`` if it shows solutions.

    ``AUTOGRADE_SOLUTIONS`` is ``off``, or the first day on which solutions are shown, as ``2026-12-24``. An instructor
    sets it in the environment of learners' notebooks, for example in JupyterHub's configuration.

    Returns:
        ``"off"``, or the day if it is in the future. An invalid value counts as ``"off"``.
    """
    chosen = os.environ.get("AUTOGRADE_SOLUTIONS", "").strip().lower()
    if chosen in ("", "on"):
        return ""
    try:
        day = date.fromisoformat(chosen)
    except ValueError:
        return "off"
    return day.isoformat() if date.today() < day else ""


def graded_run() -> bool:
    """Return whether this process runs a submission for a grader (``AUTOGRADE_GRADED``, which the sandbox sets).

    A self-check then only reports that the answer is graded at the end, by the graded cell.
    """
    return os.environ.get("AUTOGRADE_GRADED", "") == "1"


def run_by_nbgrader() -> bool:
    """Return whether nbgrader's own ``autograde`` runs this notebook, to give points and make the feedback page."""
    return os.environ.get("NBGRADER_EXECUTION", "") == "autograde"


def sandbox() -> bool:
    """Return whether graded notebooks are run in a sandbox; ``AUTOGRADE_SANDBOX=off`` switches it off.

    Without it, a learner's code can read and change the grader's files, other submissions and all grades.
    """
    return os.environ.get("AUTOGRADE_SANDBOX", "").strip().lower() not in ("off", "0", "no", "false")


def referee_address() -> str | None:
    """Return the grader's socket (``AUTOGRADE_REFEREE``); None if this process judges itself.

    It is a path, or ``fd:`` with the number of an open file passed by the grader.
    """
    return os.environ.get("AUTOGRADE_REFEREE") or None
