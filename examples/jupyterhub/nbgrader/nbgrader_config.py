"""nbgrader's settings for every user: the exchange folder, and the course in the user's language."""

import os

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - nbgrader's loader defines it
c.Exchange.root = os.environ["CLASS_EXCHANGE"]
c.CourseDirectory.course_id = os.environ.get("CLASS_COURSE", "hub-en")
