"""The nbgrader course in this folder.

``nbgrader generate_assignment``, ``autograde``, ``generate_feedback`` and the formgrader work here as they do in any
course. Learners' notebooks are made in English; with LANGUAGE=zh in the environment, in Chinese.
"""

from pathlib import Path

from autograde.grading.nbgrader_course import configure, put_commands_on_path

put_commands_on_path()
configure(get_config(), Path(__file__).resolve().parent)  # noqa: F821 - nbgrader's loader defines get_config
