"""Import torch and transformers as soon as JupyterLab opens a notebook that needs them, before its first cell is run.

The import takes less time than learners need to read the first lines of a lesson.
"""

from __future__ import annotations

import re
from pathlib import Path

from autograde import settings
from autograde.runner.answers import warm_up

#: An IPython start-up file that starts the import. Only for kernels of ``autograde learn``: transformers imports
#: huggingface_hub, which reads the Hub's address when it is imported.
STARTUP = """\
from autograde.session import early_import

early_import.start()
"""

_USES_A_MODEL = re.compile(r"(?:import torch|from transformers import)\b")


def start() -> None:
    """Start the import in the background if this kernel's notebook needs it."""
    notebook = settings.notebook()
    if notebook is not None and needs_models(notebook):
        warm_up.start()


def needs_models(notebook: Path) -> bool:
    """Return whether a notebook imports torch or transformers."""
    try:
        return bool(_USES_A_MODEL.search(notebook.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError):
        return False
