"""``make pictures``: draw the diagrams, take the screenshots, and write both to course/pictures.

``python -m autograde.pictures diagrams`` only draws the diagrams, in a second; ``screenshots`` only takes the
screenshots.
"""

from __future__ import annotations

import sys

from autograde.files import write_file
from autograde.pictures.diagrams import FOLDER, diagrams


def main() -> None:
    """Write all pictures that look different from the existing ones, and print their names."""
    wanted = sys.argv[1:] or ["diagrams", "screenshots"]
    if "diagrams" in wanted:
        for name, text in diagrams():
            target = FOLDER / name
            if not target.exists() or target.read_text(encoding="utf-8") != text:
                write_file(target, text.encode())
                _say(name)
    if "screenshots" in wanted:
        from autograde.pictures.png import keep
        from autograde.pictures.screenshots import screenshots

        for name, content in screenshots():
            if keep(FOLDER / name, content):
                _say(name)


def _say(name: str) -> None:
    print(f"course/pictures/{name}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
