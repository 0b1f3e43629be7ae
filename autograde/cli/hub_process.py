"""The process of ``autograde hub serve``, without the packages that parse the command line.

typer, pydantic and rich would take 15 MiB as long as the Hub runs, a third of its memory.
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
    """Serve a Hub in this process, by replacing its program with this module.

    Args:
        options: arguments of :func:`autograde.session.serve.serve` as JSON values.
    """
    arguments = json.dumps({"language": settings.language(), **options})
    if not sys.executable:
        run(json.loads(arguments))
        return
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", __name__, arguments])  # noqa: S606 - this Python


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
