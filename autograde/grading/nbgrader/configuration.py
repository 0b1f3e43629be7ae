"""Configure nbgrader for the course; used by ``nbgrader_config.py``."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from functools import partial
from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute
from traitlets.config import Config

from autograde import settings
from autograde.files import write_file
from autograde.grading.kernel_options import CELL_TIMEOUT, NO_EXIT
from autograde.grading.nbgrader.exchange import (
    CollectEveryLanguage,
    FetchOneLanguage,
    ReleaseEveryLanguage,
    ReleaseFeedbackOfTheExchange,
)
from autograde.grading.nbgrader.formgrader import configure_formgrader
from autograde.grading.nbgrader.quick import prepare_once
from autograde.grading.nbgrader.sandboxed_autograde import SandboxedExecute
from autograde.grading.nbgrader.stock_autograde import (
    RepairingExporter,
    read_as_autograde_grade_does,
    recognise_renamed,
)
from autograde.grading.reports.feedback import FeedbackExporter, OpenGrades
from autograde.notebooks import generating

#: File with the course's secret, next to ``gradebook.db``. It decides the hidden cases, so learners must not read it.
SEED_FILE = "grading-seed"


def configure(config: Config, root: Path, language: str | None = None) -> None:
    """Set the configuration of the course in ``root``.

    Learners' notebooks are released in ``language`` (from the settings when None). Submissions in all languages share
    one gradebook, because only cells without a language have nbgrader's metadata.
    """
    prepare_once()
    read_as_autograde_grade_does()
    chosen = settings.language(language)
    generating.configure(config, root, chosen)

    # Submissions arrive as editors, browsers and platforms left them.
    config.Autograde.exporter_class = RepairingExporter
    # Validate a notebook once after all steps, instead of after each of them.
    config.RepairingExporter.optimistic_validation = True
    config.Autograde.pre_convert_hook = partial(recognise_renamed, root / "release" / chosen)
    usual = Autograde.class_traits()["autograde_preprocessors"].default()
    config.Autograde.autograde_preprocessors = [SandboxedExecute if each is Execute else each for each in usual]
    config.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", f"--IPKernelApp.exec_lines={NO_EXIT}"]

    # Restore a deleted test cell instead of waiting for manual grading.
    config.OverwriteCells.add_missing_cells = True
    # Text typed into a widget is private to the learner.
    config.Execute.store_widget_state = False
    config.Execute.timeout = CELL_TIMEOUT

    # Both languages of an assignment are released to one class.
    config.ExchangeFactory.release_assignment = ReleaseEveryLanguage
    config.ExchangeFactory.fetch_assignment = FetchOneLanguage
    config.ExchangeFactory.collect = CollectEveryLanguage
    config.ExchangeFactory.release_feedback = ReleaseFeedbackOfTheExchange

    # nbgrader's own page loads scripts from the internet and shows the graded cells.
    config.GenerateFeedback.exporter_class = FeedbackExporter
    config.GenerateFeedback.preprocessors = [OpenGrades]
    configure_formgrader(config)


#: Whether a course without a secret gets one.
_creates_seed = ContextVar("creates_seed", default=True)


@contextlib.contextmanager
def without_new_seed() -> Iterator[None]:
    """Read a course's ``nbgrader_config.py``, which asks for :func:`course_seed`, without writing to the course."""
    before = _creates_seed.set(False)
    try:
        yield
    finally:
        _creates_seed.reset(before)


def course_seed(root: Path) -> str:
    """Return the secret from which the hidden cases are generated; created once and stored next to the gradebook.

    It is an empty string if there is none and it must not be created.

    Raises:
        OSError: the file cannot be read or written.
    """
    path = root / SEED_FILE
    if not path.exists():
        if not _creates_seed.get():
            return ""
        scratch = root / f".{SEED_FILE}-{secrets.token_hex(4)}"
        write_file(scratch, f"{secrets.token_hex(16)}\n".encode(), mode=0o600)
        # If two processes create a seed at the same time, one succeeds and both use its seed.
        with contextlib.suppress(FileExistsError):
            os.link(scratch, path)
        scratch.unlink()
    return path.read_text(encoding="ascii").strip()


def put_commands_on_path() -> None:
    """Put this Python's folder on the PATH, because nbgrader starts ``alembic`` by name."""
    here = str(Path(sys.executable).parent)
    variables = settings.environment()
    folders = variables.get("PATH", "").split(os.pathsep)
    if here not in folders:
        settings.set_environment({**variables, "PATH": os.pathsep.join([here, *filter(None, folders)])})
