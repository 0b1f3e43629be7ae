"""The overview of the learner's progress through the six steps."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

from autograde.session.progress import LESSONS, Progress


def test_every_step_links_to_its_lesson_and_exercise() -> None:
    course = Path(__file__).parent.parent.parent / "course"
    shown = Progress("ada", (True, True, False, False, False, False))._repr_html_()
    addresses = [unquote(each) for each in re.findall(r'href="([^"]+)"', shown)]
    lessons = [each for each in addresses if not each.startswith("exercises/")]
    assert lessons == [f"{lesson}.ipynb" for lesson in LESSONS]
    assert all((course / each).is_file() for each in lessons)
    exercises = [course.parent / "release" / "en" / each.removeprefix("exercises/") for each in addresses[1::2]]
    assert len(exercises) == 6
    assert all(each.is_file() for each in exercises)


def test_state_of_each_step_is_shown_in_words() -> None:
    progress = Progress("ada", (True, True, True, False, False, False))
    assert "3 of 6 steps done" in repr(progress)
    assert repr(progress).count("✓") == 3
    assert progress._repr_html_().count("✓ done") == 3
    assert progress._repr_html_().count("▶ next") == 1
    assert progress._repr_html_().count("○ to do") == 2
