"""The only place that prints the errors of a command."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable

from autograde.cli.printing import report
from autograde.errors import FolderUnusable, KitError
from autograde.i18n.translation import messages
from autograde.setup.extras import missing_extra

_ = messages("cli")

#: ``OSError`` numbers that a user can do something about.
DISK_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}


def explained(command: Callable[[], object]) -> None:
    """Run the command. A KitError is printed as a message without a traceback; the exit code is 1."""
    try:
        command()
    except KitError as error:
        report(error)
    except ModuleNotFoundError as error:
        missing = missing_extra(error)
        if missing is None:
            raise
        report(missing)
    except OSError as error:
        if error.errno not in DISK_TROUBLE:
            raise
        # Only some errors name the file; the current folder would be a guess.
        what = _("{place} cannot be written: {reason}.") if error.filename else _("A file cannot be written: {reason}.")
        report(
            FolderUnusable(
                what.format(place=error.filename, reason=error.strerror),
                _("Free some disk space, or choose a folder that you may write to."),
            )
        )
    except KeyboardInterrupt:
        sys.exit(130)
    else:
        return
    sys.exit(1)
