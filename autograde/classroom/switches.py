"""Names of the switches that a teacher turns."""

from __future__ import annotations

#: Lets notebooks report checks of exercises; off unless the teacher turns it on.
CHECKS = "classroom.checks"
