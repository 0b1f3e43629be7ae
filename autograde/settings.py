"""Every environment variable and every default of the kit, in one place.

No other module reads ``os.environ``: what the kit listens to can be read here from top to bottom.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

#: The folder that holds course/ and release/.
KIT = Path(__file__).resolve().parent.parent

#: Languages of the lessons and messages; the first is the source language.
LANGUAGES = ("en", "zh")

#: Inside a workspace: everything that is not for the learner to read (the Hub's data, HF_HOME, git configuration).
PRIVATE = ".autograde"

#: The port that a learner's Hub and a class Hub ask for first.
HUB_PORT = 8960

#: The port that JupyterLab asks for first.
LAB_PORT = 8888

#: The package index that has torch for CPUs, without the gigabytes for NVIDIA cards.
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"

#: Variables of the person's own Hub life. They are removed from every environment that the kit hands to a
#: child process, so that a lesson can neither use nor leak the person's token and cache.
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
    """A copy of this process's environment."""
    return dict(os.environ)


def set_environment(variables: Mapping[str, str]) -> None:
    """Make this process's environment exactly ``variables``; only a lesson's first cell and a fixture do this."""
    for name in set(os.environ) - set(variables):
        del os.environ[name]
    os.environ.update(variables)


def language(preferred: str | None = None) -> str:
    """The language of lessons and messages: ``"en"`` or ``"zh"``.

    ``preferred`` wins, then ``AUTOGRADE_LANGUAGE``, then ``LANGUAGE``, ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` as
    gettext reads them. Anything that is not Chinese is English.
    """
    variables = ("AUTOGRADE_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    values = [preferred, *(os.environ.get(name) for name in variables)]
    chosen = next((value for value in values if value), "en")
    return "zh" if chosen.lower().startswith("zh") else "en"


def choose_language(chosen: str) -> None:
    """Make ``chosen`` the language of this process and of those it starts."""
    os.environ["AUTOGRADE_LANGUAGE"] = chosen


def cache_folder() -> Path:
    """Where models that the kit makes are kept: ``AUTOGRADE_CACHE``, or ``autograde`` in the user's cache folder."""
    if own := os.environ.get("AUTOGRADE_CACHE"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "autograde"


def endpoint() -> str | None:
    """The Hub that this process was pointed at (``HF_ENDPOINT``), without a trailing slash; None when there is none."""
    return (os.environ.get("HF_ENDPOINT") or "").rstrip("/") or None


def hub_port() -> int:
    """The first port to try for a Hub: ``AUTOGRADE_HUB_PORT`` or :data:`HUB_PORT`."""
    return int(os.environ.get("AUTOGRADE_HUB_PORT") or HUB_PORT)


def lab_port() -> int:
    """The first port to try for JupyterLab: ``AUTOGRADE_LAB_PORT`` or :data:`LAB_PORT`."""
    return int(os.environ.get("AUTOGRADE_LAB_PORT") or LAB_PORT)


def torch_index() -> str:
    """The package index of torch for CPUs: ``AUTOGRADE_TORCH_INDEX`` or :data:`TORCH_INDEX`; empty for pip's own."""
    return os.environ.get("AUTOGRADE_TORCH_INDEX", TORCH_INDEX).strip()


def public_url(port: int | str = "{port}") -> str:
    """Where browsers reach the Hub on ``port`` of this machine, when a proxy stands between; empty when none does.

    ``AUTOGRADE_PUBLIC_URL`` says it, with ``{port}`` in the place of the port:
    ``https://jupyter.example.org/user/ada/proxy/{port}``. Otherwise ``JUPYTERHUB_PUBLIC_URL``, which JupyterHub gives
    to its notebook servers where its own ``public_url`` is set, with jupyter-server-proxy's path behind it.
    """
    found = os.environ.get("AUTOGRADE_PUBLIC_URL") or ""
    if not found and (server := os.environ.get("JUPYTERHUB_PUBLIC_URL")):
        found = f"{server.rstrip('/')}/proxy/{{port}}"
    return found.rstrip("/").replace("{port}", str(port))


def choose_public_url(chosen: str) -> None:
    """Make ``chosen`` the :func:`public_url` of this process and of those it starts."""
    os.environ["AUTOGRADE_PUBLIC_URL"] = chosen


def pages(endpoint: str) -> str:
    """Where a browser finds the pages of the Hub at ``endpoint``: there, or behind the proxy of this machine."""
    parts = urlsplit(endpoint)
    if parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        return endpoint
    return public_url(parts.port or 80) or endpoint


#: Drawn when nothing else is set: two processes then grade on different cases.
_SEED_OF_THIS_PROCESS = secrets.token_hex(16)


def grading_seed() -> str:
    """Return what the graded cases are made from: the course's seed, or one that was drawn for this process.

    nbgrader's configuration sets ``AUTOGRADE_SEED`` from the file beside the gradebook before it starts a kernel.
    """
    return os.environ.get("AUTOGRADE_SEED") or _SEED_OF_THIS_PROCESS


def choose_grading_seed(seed: str) -> None:
    """Make ``seed`` the :func:`grading_seed` of this process and of those it starts."""
    os.environ["AUTOGRADE_SEED"] = seed


def referee_address() -> str | None:
    """Return the path of the grader's socket (``AUTOGRADE_REFEREE``); None when this process judges by itself."""
    return os.environ.get("AUTOGRADE_REFEREE") or None
