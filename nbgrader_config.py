"""The nbgrader course in this folder.

``nbgrader generate_assignment``, ``autograde``, ``generate_feedback`` and the formgrader work here as they do in any
course. Learners' notebooks are made in English; with LANGUAGE=zh in the environment, in Chinese.
"""

from pathlib import Path

from autograde import settings
from autograde.grading.nbgrader.configuration import configure, course_seed, put_commands_on_path
from autograde.grading.submissions.notebook_names import name_notebooks

ROOT = Path(__file__).resolve().parent

put_commands_on_path()
name_notebooks(ROOT)
settings.choose_grading_seed(course_seed(ROOT))
configure(get_config(), ROOT)  # noqa: F821 - nbgrader's loader defines get_config
