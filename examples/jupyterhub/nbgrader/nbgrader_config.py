"""Where everybody's nbgrader looks: the exchange folder, and the course in the person's language."""

import os

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - nbgrader's loader defines it
c.Exchange.root = os.environ["CLASS_EXCHANGE"]
c.CourseDirectory.course_id = os.environ.get("CLASS_COURSE", "hub-en")
