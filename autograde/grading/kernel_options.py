"""Options for kernels that run submissions, shared by nbgrader's configuration and :mod:`autograde.grading.kernel`."""

from __future__ import annotations

#: ``exit()`` ends only its cell: the cells below it need the kernel.
NO_EXIT = "exit = quit = __import__('sys').exit"

#: Wall time of one cell, in seconds: enough for six graded calls that reach their own limit, and for loading torch.
CELL_TIMEOUT = 90
