"""Output of a copied process contains the learner's output and no warnings from the redirection itself."""

from __future__ import annotations

import subprocess
import sys

REDIRECTED = """
import logging, os

from autograde.runner.answers.output import redirect_everything

logger = logging.getLogger("IPKernelApp")
logger.addHandler(logging.StreamHandler(open(os.devnull, "w")))
saved, (reading, writing) = os.dup(1), os.pipe()
redirect_everything(writing)
print("from the answer")
logger.warning("from a library")
os.write(saved, os.read(reading, 100_000))
"""


def test_replacing_the_stream_of_a_logging_handler_gives_no_warning() -> None:
    """A kernel's handler owns a file; freeing it showed a ResourceWarning below a learner's verdict."""
    done = subprocess.run([sys.executable, "-c", REDIRECTED], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["from the answer", "from a library"]


LEFT_OPEN = """
import warnings

from autograde.runner.answers.output import captured

with captured() as output:
    open("/dev/null", "rb").read(100)
    warnings.warn("of the learner's own")
print(output.text)
"""


def test_file_left_open_by_an_answer_gives_no_warning() -> None:
    """Beginners write `open(path, "rb").read(100)`, and an ordinary kernel does not warn about it."""
    done = subprocess.run([sys.executable, "-c", LEFT_OPEN], capture_output=True, text=True, check=True)
    assert "of the learner's own" in done.stdout
    assert "ResourceWarning" not in done.stdout


CONTENTS = """
import os
import sys

from IPython.display import Markdown, display
from autograde.runner.answers.output import redirect_everything

saved, (reading, writing) = os.dup(1), os.pipe()
redirect_everything(writing)
display(Markdown("a secret"), 7)
os.write(saved, os.read(reading, 100_000))
"""


def test_displayed_text_is_printed_outside_a_notebook() -> None:
    """Outside a notebook, ``display`` prints only the type of Markdown: a token in it was not noticed."""
    done = subprocess.run([sys.executable, "-c", CONTENTS], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["<IPython.core.display.Markdown object>", "a secret", "7"]


DISPLAYED = """
import os

from autograde.runner.answers.output import _NoDisplay, redirect_everything

saved, (reading, writing) = os.dup(1), os.pipe()
redirect_everything(writing)
import sys
display = _NoDisplay(sys.stdout)
view = {"application/vnd.jupyter.widget-view+json": {"model_id": "cdc3f8fe"}}
display.publish({"text/plain": "README.md:   0%|          | 0.00/5.11k [00:00<?, ?B/s]", **view})
display.publish({"text/plain": "Text(value='of the learner')", **view})
display.publish(data={"text/plain": "<IPython HTML>", "text/html": "<b>a secret</b>"}, metadata={})
os.write(saved, os.read(reading, 100_000))
"""


def test_displayed_objects_are_printed_as_text_and_progress_bars_not_at_all() -> None:
    """Each right answer to exercise 2.3 said that it had printed a dictionary, the progress bar of a download."""
    done = subprocess.run([sys.executable, "-c", DISPLAYED], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["Text(value='of the learner')", "<IPython HTML>", "<b>a secret</b>"]
