"""Names of the switches for teachers."""

from __future__ import annotations

#: Lets notebooks report checks of exercises; off unless the teacher turns it on.
CHECKS = "classroom.checks"
