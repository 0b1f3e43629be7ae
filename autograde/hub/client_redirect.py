"""Redirect an already imported ``huggingface_hub`` to a Hub of this process, and back.

The client reads ``HF_ENDPOINT`` and ``HF_HOME`` once, when it is imported, and keeps values derived from them in module
constants. Prefer a child process with :func:`~autograde.hub.environment.client_environment`; this module is for tests
and notebooks that have already imported the client.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from autograde import settings
from autograde.errors import MissingExtra, RestartNeeded
from autograde.hub.environment import client_environment

#: Constants that do not depend on the endpoint or the home.
_FIXED = ("_HF_DEFAULT_ENDPOINT", "_HF_DEFAULT_STAGING_ENDPOINT")


@contextmanager
def redirect_client(endpoint: str, home: Path) -> Iterator[None]:
    """Inside the block, make this process's ``huggingface_hub`` use ``endpoint`` and keep its state in ``home``.

    This covers functions, new ``HfApi`` and ``HfFileSystem`` objects, the token, the caches and the environment of
    child processes; at first there is no log-in. Existing objects with an endpoint of their own keep it.

    Raises:
        RestartNeeded: this process's client cannot be redirected; the message says why. Nothing was changed.
        MissingExtra: ``huggingface_hub`` is not installed.
    """
    try:
        from huggingface_hub import HfFileSystem, constants, hf_api
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"This needs the Python package {error.name}, which isn't installed here.",
            "Type: pip install huggingface_hub",
        ) from error

    _check(constants)
    before = settings.environment()
    variables = client_environment(endpoint, home)
    moved = _moves(constants, endpoint.rstrip("/"), variables["HF_HOME"])
    hosts = constants.HF_URL_HOSTS
    settings.set_environment(variables)
    replaced = _replace(moved)
    try:
        constants.HF_URL_HOSTS = hosts | {urlsplit(endpoint).hostname or ""}
        hf_api.api.endpoint = constants.ENDPOINT
        HfFileSystem.clear_instance_cache()
        yield
    finally:
        for module, name, old in replaced:
            setattr(module, name, old)
        # Restore modules that were imported inside the block too: they copied the new values.
        _replace({new: old for old, new in moved.items()})
        constants.HF_URL_HOSTS = hosts
        hf_api.api.endpoint = constants.ENDPOINT
        HfFileSystem.clear_instance_cache()
        settings.set_environment(before)


def _check(constants: Any) -> None:
    """Raise if the client cannot be redirected completely."""
    if constants.HF_HUB_OFFLINE:
        raise RestartNeeded(
            "huggingface_hub was imported with HF_HUB_OFFLINE=1, and cannot be brought online again.",
            "Unset the variable, restart the process, and point it at the Hub before huggingface_hub is imported.",
        )
    needed = ("ENDPOINT", "HUGGINGFACE_CO_URL_TEMPLATE", "HF_URL_HOSTS", "HF_HOME", "HF_HUB_CACHE", "HF_TOKEN_PATH")
    if missing := [name for name in needed if not hasattr(constants, name)]:
        from huggingface_hub import __version__

        raise RestartNeeded(
            f"huggingface_hub {__version__} keeps its settings in another form than the one that is known here"
            f" ({', '.join(missing)}).",
            "Use a child process with LocalHub.environment() instead.",
        )


def _moves(constants: Any, endpoint: str, home: str) -> dict[str, str]:
    """Return ``{old: new}`` for every string derived from the endpoint or the home."""
    old = constants.ENDPOINT
    moves = {
        old: endpoint,
        constants.HUGGINGFACE_CO_URL_TEMPLATE: endpoint + constants.HUGGINGFACE_CO_URL_TEMPLATE[len(old) :],
    }
    folders = {name: value for name, value in vars(constants).items() if _is_home_path(name, value)}
    for name, value in folders.items():
        # Paths set by their own variable (HF_HUB_CACHE, HF_TOKEN_PATH) move into the new home as well.
        tail = Path(value).relative_to(constants.HF_HOME) if _inside(value, constants.HF_HOME) else Path(_TAILS[name])
        moves[value] = str(Path(home) / tail)
    moves[constants.HF_HOME] = home
    return moves


#: Constants that may be set by their own variable, and their default places in a home.
_TAILS = {
    "HF_HUB_CACHE": "hub", "HUGGINGFACE_HUB_CACHE": "hub", "HF_ASSETS_CACHE": "assets",
    "HUGGINGFACE_ASSETS_CACHE": "assets", "HF_TOKEN_PATH": "token", "HF_STORED_TOKENS_PATH": "stored_tokens",
    "HF_XET_CACHE": "xet",
}  # fmt: skip


def _inside(path: str, folder: str) -> bool:
    return Path(path).is_relative_to(folder)


def _is_home_path(name: str, value: Any) -> bool:
    from huggingface_hub import constants

    return isinstance(value, str) and (name in _TAILS or (name.isupper() and _inside(value, constants.HF_HOME)))


def string_constants() -> list[tuple[ModuleType, list[str]]]:
    """Return each imported module of the client, and the names of its string constants.

    Checking all 14,000 values takes 20 ms, so only modules that are new or have new names are checked. The first call
    fills the cache.
    """
    global _last_module
    new = [*takewhile(lambda name: name != _last_module, reversed(sys.modules))]
    _string_names.update({name: (0, []) for name in new if name.partition(".")[0] == "huggingface_hub"})
    _last_module = new[0] if new else _last_module
    found = []
    for name, (size, keys) in list(_string_names.items()):
        if (module := sys.modules.get(name)) is not None:
            if len(vars(module)) != size:
                keys = [key for key, value in vars(module).items() if _is_text(key, value)]
                _string_names[name] = len(vars(module)), keys
            found.append((module, keys))
    return found


#: Cache: ``{module: (number of names in it, names of its string constants)}``, and the module that was imported last.
_string_names: dict[str, tuple[int, list[str]]] = {}
_last_module = ""


def _is_text(key: str, value: object) -> bool:
    return isinstance(value, str) and key not in _FIXED and not key.startswith("__")


def _replace(moves: Mapping[str, str]) -> list[tuple[ModuleType, str, str]]:
    """Replace string constants in every module of the client; return ``(module, name, old value)`` of each."""
    replaced = []
    for module, keys in string_constants():
        for key in keys:
            value = vars(module).get(key)
            if isinstance(value, str) and value in moves:
                setattr(module, key, moves[value])
                replaced.append((module, key, value))
    return replaced
