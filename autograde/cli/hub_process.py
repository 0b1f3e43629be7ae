"""The process of ``autograde hub serve``, without the packages that read its command line.

typer, pydantic and rich would take 15 MiB as long as the Hub runs: a third of its memory.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from autograde import settings
from autograde.classroom import CLASSROOM
from autograde.session.serve import serve


def become(**options: Any) -> None:
    """Serve a Hub in this process, which from here on runs this module.

    Args:
        options: arguments of :func:`autograde.session.serve.serve`, as JSON holds them.
    """
    told = json.dumps({"language": settings.language(), **options})
    if sys.platform == "win32" or not sys.executable:
        # Windows would start a second process, and the terminal would not wait for it.
        run(json.loads(told))
        return
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", __name__, told])  # noqa: S606 - this Python


def run(options: Mapping[str, Any]) -> None:
    """Serve a Hub with the options of :func:`become`."""
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in options.items()
    }
    settings.choose_language(given.pop("language"))
    data, seed = Path(given.pop("data")), given.pop("seed")
    serve(
        data,
        seed=Path(seed) if seed else None,
        extensions=(CLASSROOM,),
        terminal=sys.stdout.isatty(),
        say=partial(print, flush=True),
        **given,
    )


def _explain(error: BaseException) -> None:
    """Print an error as every command does, and exit."""
    from autograde.cli.explaining import explained

    def fail() -> NoReturn:
        raise error

    explained(fail)


if __name__ == "__main__":
    try:
        run(json.loads(sys.argv[1]))
    except (Exception, KeyboardInterrupt) as raised:
        _explain(raised)
